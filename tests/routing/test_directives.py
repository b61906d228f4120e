"""What administrators order above the model: what a directive fits, what it can never order, what is wrong with it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.routing import directives
from service.routing.directives import CONDITIONS, Directive, closed, conflicts, state
from service.routing.ordering import BY_CASE, BY_FILING
from service.routing.rules import Decision, decide
from tests.directory.book import book, office, place, without
from tests.routing.test_rules import Suggestion, matter, name_of

DAY = date(2026, 3, 10)
WUYUAN = "150821"
HEALTH = f"{WUYUAN}-health"


def directive(at: int = 1, **said: Any) -> Directive:
    """A directive to the county's department of industry, unless another target is said."""
    target = {} if {"department", "kind"} & set(said) else {"department": f"{WUYUAN}-industry"}
    return Directive(at, f"规则{at}", at, **target, **said)


def sent(*directives: Directive, leaf: str = "tax.levy", where: str | None = "五原县", **facts: Any) -> Decision:
    return decide(matter(leaf, where, **facts), book(), directives)


USUAL = name_of(sent().department)


def test_each_condition_is_asked() -> None:
    assert sorted([*BY_FILING, *BY_CASE]) == sorted(CONDITIONS)
    assert all(hasattr(directive(), name) for name in CONDITIONS)


@pytest.mark.parametrize(
    ("asked", "facts"),
    [
        ({"categories": ("tax.levy",)}, {}),
        ({"categories": ("market", "tax")}, {}),
        ({"places": (WUYUAN,)}, {}),
        ({"places": ("150800",)}, {}),
        ({"places": ("150000",)}, {}),
        ({"words": ("核定", "Ppp项目")}, {"text": "园区PPP项目"}),
        ({"respondents": ("供电",)}, {"who": "五原县供电公司"}),
        ({"channels": ("hotline", "visit")}, {"channel": "visit"}),
        ({"natures": ("inquiry",)}, {"nature": "inquiry"}),
        ({"categories": ("tax",), "places": ("150800",), "words": ("核定",)}, {"text": "核定征收"}),
    ],
)
def test_a_directive_sends_what_it_fits(asked: dict[str, Any], facts: dict[str, Any]) -> None:
    decision = sent(directive(7, **asked), **facts)
    assert (name_of(decision.department), decision.routed_by) == ("五原县工业和信息化局", "rule")
    assert (decision.directive, decision.basis, decision.urgent) == (7, None, False)
    assert "按分派规则“规则7”" in decision.reason


@pytest.mark.parametrize(
    ("asked", "facts"),
    [
        ({"categories": ("tax.refund",)}, {}),
        ({"places": ("150802",)}, {}),
        ({"places": (WUYUAN,)}, {"where": None}),
        ({"words": ("退税",)}, {"text": "核定征收"}),
        ({"respondents": ("供电",)}, {"text": "供电"}),
        ({"channels": ("visit",)}, {"channel": "web"}),
        ({"natures": ("inquiry",)}, {}),
        ({"categories": ("tax",), "words": ("退税",)}, {"text": "核定征收"}),
    ],
)
def test_all_that_is_filled_in_must_hold(asked: dict[str, Any], facts: dict[str, Any]) -> None:
    decision = sent(directive(7, **asked), **facts)
    assert (decision.directive, "规则7" in decision.reason) == (None, False)


def test_the_first_that_fits_wins() -> None:
    health = directive(1, department=HEALTH, categories=("tax",), urgent=True)
    decision = sent(health, directive(2, categories=("tax.levy",)))
    assert (decision.directive, decision.department, decision.urgent) == (1, HEALTH, True)
    assert "按紧急事项办理。" in decision.reason


def test_the_nearest_department_of_a_kind_is_found_from_where_the_matter_lies() -> None:
    nearest = directive(1, kind="commerce", categories=("tax",))
    assert {where: name_of(sent(nearest, where=where).department) for where in ("五原县", "巴彦淖尔市")} == {
        "五原县": name_of(book().nearest("commerce", WUYUAN).code), "巴彦淖尔市": office_name("commerce", "150800"),
    }  # fmt: skip
    unplaced = sent(nearest, where=None)
    assert (unplaced.department, unplaced.directive) == (None, None)


def office_name(kind: str, where: str) -> str:
    return book().departments[f"{where}-{kind}"].name


# --- where it only proposes ------------------------------------------------------------------------------------------

UNSURE = {"p": 0.3}


def test_an_unsure_model_does_not_hold_back_a_directive_that_does_not_ask_for_the_category() -> None:
    decision = sent(directive(1, words=("核定",)), text="核定征收", **UNSURE)
    assert decision.department == f"{WUYUAN}-industry"
    assert "税" not in decision.reason.partition("。")[0]


@pytest.mark.parametrize(
    ("asked", "facts", "why"),
    [
        ({"categories": ("tax",)}, UNSURE, "没有把握"),
        ({"categories": ("market",)}, {"chosen": "market.ip", "chosen_by": "filer"}, "两者不一致"),
        ({"words": ("欠款",)}, {"text": "欠款", "leaf": "arrears.interest", "who": "五原恒远"}, "还不能确定是否适用"),
        ({"words": ("核定",)}, {"text": "核定", "where": None}, "没有认出事情发生在哪个旗县区"),
    ],
)
def test_what_a_person_must_look_at_first_is_only_proposed(asked: Any, facts: Any, why: str) -> None:
    decision = sent(directive(1, urgent=True, **asked), **facts)
    assert (decision.department, decision.proposed, decision.routed_by) == (None, f"{WUYUAN}-industry", "triage")
    assert (decision.directive, decision.urgent) == (1, True)
    assert why in decision.reason
    assert "分派规则“规则1”建议由五原县工业和信息化局办理，按紧急事项处理" in decision.reason


def test_a_family_that_a_person_confirms_is_only_proposed_whatever_the_directive_asks() -> None:
    leaf = replace(book().categories["tax.levy"], policy="confirm")
    cautious = replace(book(), categories={**book().categories, leaf.code: leaf})
    said = matter("tax.levy", "五原县", text="核定")
    decision = decide(said, cautious, [directive(1, words=("核定",))])
    assert (decision.department, decision.proposed) == (None, f"{WUYUAN}-industry")
    assert decide(
        replace(said, chosen="tax.levy", chosen_by="staff"), cautious, [directive(1, words=("核定",))]
    ).department


def test_where_something_sealed_or_strange_is_likely_nothing_is_dispatched() -> None:
    mine = [directive(1, words=("核定",))]
    said = matter("tax.levy", "五原县", text="核定")
    grave = replace(said, suggestions=(Suggestion("tax.levy", 0.6), Suggestion("approval.misconduct", 0.3)))
    for unclear in (grave, replace(said, strange=True)):
        decision = decide(unclear, book(), mine)
        assert (decision.department, decision.directive) == (None, 1)


# --- what no directive can order -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "target", "why"),
    [
        # the accused, who stands below the accused, and the natural accused where nobody is named
        (matter("tax.levy", "五原县", "五原县工业和信息化局", nature="complaint"), "industry", "须回避"),
        (matter("tax.levy", "五原县", "五原县人民政府", nature="complaint"), "industry", "须回避"),
        (matter("approval.delay", "五原县", nature="complaint"), "services", "须回避"),
        # sealed
        (matter("market.quality", "五原县", "五原县某商场", nature="report"), "industry", "密封"),
        (matter("approval.misconduct", "五原县"), "industry", "密封"),
        # nobody knows whom it is about
        (matter("enforcement.fine", "五原县", nature="report"), "discipline", "没有填写被举报的单位"),
        # not where the matter lies
        (matter("tax.levy", "临河区"), "industry", "不在事情发生地"),
    ],
)
def test_what_breaks_a_rule_is_passed_over_and_said(said: Any, target: str, why: str) -> None:
    plain = decide(said, book())
    decision = decide(said, book(), [directive(1, department=f"{WUYUAN}-{target}", places=("150000",))])
    assert replace(decision, reason=plain.reason) == plain
    assert decision.reason.startswith(plain.reason)
    assert "分派规则“规则1”不适用：" in decision.reason
    assert why in decision.reason


def test_after_one_that_is_passed_over_the_next_is_asked() -> None:
    said = matter("tax.levy", "五原县", "五原县工业和信息化局", nature="complaint")
    decision = decide(said, book(), [directive(1, words=("",)), directive(2, department="150800-tax", words=("",))])
    assert (decision.directive, decision.department) == (2, "150800-tax")
    assert "规则1”不适用" in decision.reason


def test_discipline_inspection_may_be_ordered_to_get_what_is_sealed() -> None:
    decision = sent(directive(1, kind="discipline", words=("",)), leaf="approval.misconduct")
    assert (decision.routed_by, decision.sealed) == ("rule", True)


@pytest.mark.parametrize(
    "said",
    [
        matter("tax.levy", "五原县", gates=("in_court",)),
        matter("tax.levy", "五原县", gates=("emergency",)),
        matter("tax.levy", "五原县", flags=frozenset({"retaliation"})),
        matter("out-of-scope.commercial", "五原县"),
        matter("arrears.goods-services", "五原县", "五原某个体户", "private"),
    ],
)
def test_gates_retaliation_and_what_is_not_ours_come_before_any_directive(said: Any) -> None:
    assert decide(said, book(), [directive(1, words=("",))]) == decide(said, book())


def test_a_directive_to_a_closed_department_rests_without_a_word_and_works_again_when_it_opens() -> None:
    mine = directive(1, categories=("tax",))
    shut = without("departments", mine.department or "")
    said = matter("tax.levy", "五原县")
    assert decide(said, shut, [mine]) == decide(said, shut)
    assert (state(mine, DAY, shut), closed(mine, shut)) == ("resting", "五原县工业和信息化局已停用")
    assert (state(mine, DAY, book()), closed(mine, book())) == ("on", "")
    kind = directive(2, kind="commerce", categories=("tax",))
    assert closed(kind, without("kinds", "commerce")) != ""
    assert decide(said, book(), [mine]).directive == 1


# --- states and conflicts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "stands", "holds"),
    [
        ({}, "on", True),
        ({"active": False}, "off", False),
        ({"ends": date(2026, 3, 9)}, "expired", False),
        ({"begins": DAY, "ends": DAY}, "on", True),
        ({"begins": date(2026, 3, 11)}, "coming", False),
    ],
)
def test_a_directive_holds_in_its_time(said: dict[str, Any], stands: str, holds: bool) -> None:
    mine = directive(1, words=("欠款",), **said)
    assert (state(mine, DAY, book()), mine.holds_on(DAY)) == (stands, holds)


ELSEWHERE = {"department": HEALTH}
CASES = [
    # first, second, what is said of the second
    ({"categories": ("tax",)}, {"categories": ("tax.levy",)}, "never"),
    ({"places": ("150800",)}, {"places": (WUYUAN,), "words": ("欠款",)}, "never"),
    ({"words": ("电费", "电")}, {"words": ("电费",)}, "never"),
    ({"categories": ("tax",)}, {"categories": ("tax",), **ELSEWHERE}, "never"),
    ({"categories": ("tax",), "ends": date(2026, 4, 1)}, {"categories": ("tax",), "ends": date(2026, 3, 20)}, "never"),
    ({"categories": ("tax.levy",)}, {"categories": ("tax",), **ELSEWHERE}, "overlap"),
    ({"categories": ("tax",)}, {"places": (WUYUAN,), **ELSEWHERE}, "overlap"),
    ({"categories": ("tax",), "ends": date(2026, 4, 1)}, {"categories": ("tax",), **ELSEWHERE}, "overlap"),
    ({"words": ("大棚电费",)}, {"words": ("电费",), **ELSEWHERE}, "overlap"),
    ({"categories": ("tax.levy",)}, {"categories": ("tax",)}, None),
    ({"categories": ("tax",)}, {"categories": ("market",), **ELSEWHERE}, None),
    ({"places": ("150802",)}, {"places": (WUYUAN,), **ELSEWHERE}, None),
    ({"words": ("电费",)}, {"words": ("水费",), **ELSEWHERE}, None),
    ({"categories": ("tax",), "ends": date(2026, 4, 1)}, {"categories": ("tax",), "begins": date(2026, 4, 2)}, None),
    ({"categories": ("tax",), "active": False}, {"categories": ("tax",)}, None),
    ({"categories": ("tax",), "ends": date(2026, 3, 1)}, {"categories": ("tax",), **ELSEWHERE}, None),
]


@pytest.mark.parametrize(("first", "second", "kind"), CASES)
def test_conflicts_between_two_are_found(first: dict[str, Any], second: dict[str, Any], kind: str | None) -> None:
    one, other = directive(1, **first), directive(2, **second)
    found = conflicts([one, other], DAY, book())
    assert [(one.kind, one.directive.id, one.other and one.other.id) for one in found] == (
        [(kind, 2, 1)] if kind else []
    )


def test_what_each_directive_means_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    extent = directives._extent
    monkeypatch.setattr(directives, "_extent", lambda one, at: asked.append(one.id) or extent(one, at))
    apart = ("tax", "market", "factor", "arrears")
    assert conflicts([directive(at, categories=(code,)) for at, code in enumerate(apart)], DAY, book()) == []
    assert asked == [0, 1, 2, 3]


def test_values_that_are_no_more_are_told() -> None:
    mine = directive(1, categories=("tax.levy", "market"), places=(WUYUAN, "150800"))
    poorer = without("categories", "tax.levy")
    assert [(one.kind, one.values) for one in conflicts([mine], DAY, poorer)] == [("gone", ("tax.levy",))]
    other = directive(1, department="150000-industry", categories=("tax",), places=(WUYUAN,))
    assert [one.values for one in conflicts([other], DAY, without("regions", WUYUAN))] == [(WUYUAN,)]


def test_a_closed_department_is_no_conflict_since_its_directive_rests() -> None:
    both = [directive(1, categories=("tax",)), directive(2, categories=("tax",), **ELSEWHERE)]
    assert conflicts(both, DAY, without("departments", f"{WUYUAN}-industry")) == []
    assert office("五原县工业和信息化局") == f"{place('五原县')}-industry"
