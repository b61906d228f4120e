"""Who may not outweigh, what the gate lets through, and which week is unlike the others."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import cycle

import numpy as np
import pytest

from service.learning.rules import (
    CORPUS,
    OF_A_PERSON,
    OF_AN_ENTERPRISE,
    RESAMPLES,
    Lesson,
    Trial,
    Week,
    alarmed,
    counted,
    judge,
    resampled,
    slices,
)

GOODS, IP = "arrears.goods", "market.ip"


def correction(number: int, enterprise: str = "", person: str = "") -> Lesson:
    return Lesson(number.to_bytes(16), "", f"第 {number} 条", GOODS, "web", "2026-03", enterprise, person)


def test_of_one_enterprise_and_of_one_person_only_so_many_count() -> None:
    flood = [correction(number, "poisoner", f"someone {number % 7}") for number in range(200)]
    busy = [correction(number, f"firm {number}", "busy") for number in range(200, 260)]
    others = [correction(number, f"firm {number}", f"person {number % 9}") for number in range(260, 320)]
    kept, capped = counted([*flood, *busy, *others])
    assert Counter(one.enterprise == "poisoner" for one in kept)[True] == OF_AN_ENTERPRISE
    limit = int(0.25 * (5 + 60 + 60))
    assert Counter(one.person for one in kept)["busy"] == limit
    assert [(one.kind, one.who, one.examples, one.counted) for one in capped] == [
        ("enterprise", "poisoner", 200, OF_AN_ENTERPRISE), ("user", "busy", 60, limit),
    ]  # fmt: skip
    assert kept == [one for one in [*flood, *busy, *others] if one in kept]


def test_few_corrections_all_count_and_unknown_enterprises_are_not_one() -> None:
    few = [correction(number, person="only") for number in range(OF_A_PERSON)]
    assert counted(few) == (few, [])


def trials(label: str, n: int, gained: int = 0, lost: int = 0, channel: str = CORPUS, month: str = "",
           people: Sequence[str] = ("a", "b", "c")) -> list[Trial]:  # fmt: skip
    """Texts of which the challenger got some right that the champion had wrong, and the other way round."""
    whose = cycle([""] if channel == CORPUS else people)
    wrong = "other.thing"
    said = [(wrong, label)] * gained + [(label, wrong)] * lost + [(label, label)] * (n - gained - lost)
    return [Trial(label, channel, month, next(whose), *one) for one in said]


def named(kind: str, name: str) -> str:
    return f"{kind}/{name}"


CASES: dict[str, tuple[Sequence[Trial], str, str]] = {
    "better and nowhere worse": (
        [*trials(GOODS, 400), *trials(IP, 100, gained=40, channel="hotline", month="2026-03")], "promoted", "总体提高",
    ),
    "no better": ([*trials(GOODS, 400, gained=2, lost=1)], "refused", "总体没有可靠的提高"),
    "better over all, worse on a family of the seed corpus": (
        [*trials(GOODS, 400, lost=12), *trials(IP, 200, gained=150, channel="web", month="2026-03")],
        "refused", "在「corpus/arrears」上变差",
    ),
    "better over all, worse on a channel": (
        [*trials(GOODS, 400), *trials(IP, 200, gained=90, channel="web"), *trials(IP, 40, lost=9, channel="hotline")],
        "refused", "在「channel/hotline」上变差",
    ),
    "a slice too small to guard anything": (
        [*trials(GOODS, 400), *trials(IP, 200, gained=90, channel="web"), *trials(IP, 19, lost=9, channel="app")],
        "promoted", "总体提高",
    ),
    "worse in the newest month only": (
        [*trials(GOODS, 300), *trials(IP, 90, gained=60, channel="web", month="2026-02"),
         *trials(GOODS, 30, lost=8, channel="web", month="2026-03"), *trials(GOODS, 300, gained=9, channel="web")],
        "refused", "在「month/2026-03」上变差",
    ),
    "the word of two people": (
        [*trials(GOODS, 400), *trials(IP, 9, channel="web"),
         *trials(IP, 60, gained=40, channel="web", people=["a", "b"])],
        "refused", "只有 a、b 的纠正支持它",
    ),
    "the word of one": (
        [*trials(GOODS, 400), *trials(IP, 60, gained=40, channel="web", people=["a"])],
        "refused", "只有 a 的纠正支持它",
    ),
    "worse on what was handled to the end as it was": (
        [*trials(GOODS, 400), *trials(IP, 200, gained=90, channel="web"),
         *trials(GOODS, 30, lost=8, channel="web", people=[""])],
        "refused", "在「handled/handled」上变差",
    ),
    "worse over all, and nowhere in particular": (
        [one for family in "abcdefgh" for one in trials(f"{family}.x", 30, lost=1, channel=family)],
        "refused", "在「all/all」上变差",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "verdict", "reason"), CASES.values(), ids=CASES.keys())
def test_the_gate(given: Sequence[Trial], verdict: str, reason: str) -> None:
    report = judge(given, named)
    assert report["verdict"] == verdict, report
    assert report["reason"].startswith(reason), report["reason"]


@pytest.mark.parametrize(
    ("n", "gained", "lost", "verdict"),
    [
        (100, 0, 0, "same"), (100, 8, 0, "better"), (100, 0, 8, "worse"), (19, 0, 8, "few"),
        # One text more or less is chance; three lost of a hundred and none gained are hardly any more.
        (100, 0, 1, "same"), (100, 0, 3, "worse"), (300, 0, 3, "same"), (100, 4, 6, "same"),
    ],
)  # fmt: skip
def test_a_slice_is_worse_only_where_chance_hardly_explains_it(n: int, gained: int, lost: int, verdict: str) -> None:
    whole = slices(trials(GOODS, n, gained, lost))[0]
    assert (whole.n, whole.verdict) == (n, verdict)
    assert whole.difference == pytest.approx((gained - lost) / n, abs=1e-5)
    assert whole.low <= whole.difference <= whole.high


def test_the_interval_is_that_of_a_paired_bootstrap() -> None:
    differences = np.array([1] * 30 + [-1] * 10 + [0] * 160)
    chance = np.random.default_rng(1)
    drawn = np.array([chance.choice(differences, len(differences)).mean() for _ in range(RESAMPLES)])
    expected = np.quantile(drawn, [0.025, 0.975])
    assert np.quantile(resampled(differences), [0.025, 0.975]) == pytest.approx(expected, abs=0.01)


def test_the_commonest_confusions_of_the_challenger_are_told() -> None:
    report = judge([*trials(GOODS, 40, lost=3), *trials(IP, 40, lost=5), *trials(IP, 40, gained=7)], named)
    assert report["confusions"] == [[IP, "other.thing", 5], [GOODS, "other.thing", 3]]


def weeks(*unsure: float, n: int = 100, unseen: float | None = None) -> list[Week]:
    return [
        Week(date(2026, 1, 5) + timedelta(weeks=at), n, share, 0.02, unseen, 0.1) for at, share in enumerate(unsure)
    ]


@pytest.mark.parametrize(
    ("given", "alarms"),
    [
        (weeks(0.2, 0.2, 0.2, 0.25), ()),
        (weeks(0.2, 0.2, 0.2, 0.4), ("unsure",)),
        (weeks(0.2, 0.2, 0.2, 0.4, n=20), ()),
        (weeks(0.4), ()),
        ([*weeks(0.2, 0.2, unseen=0.1), *weeks(0.2, unseen=0.2)], ("unseen",)),
        ([*weeks(0.2, 0.2), *weeks(0.2, unseen=0.9)], ()),
        ([*weeks(0.0, 0.0, 0.0), Week(date(2026, 2, 2), 100, 0.01, 0.15, None)], ("corrected",)),
    ],
    ids=["usual", "unsure", "too few", "the first", "unknown words", "never measured before", "corrected"],
)
def test_a_week_is_compared_with_those_before_it(given: Sequence[Week], alarms: tuple[str, ...]) -> None:
    assert alarmed(given)[-1].alarms == alarms
    assert alarmed(given)[-1].alarm == bool(alarms)
