"""What is known of a model, as its pages tell it: figures in plain words, diagrams, comparisons, corrections, weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from service.accounts.rules import ROLES
from service.complaints.reading import cut
from service.complaints.rules import CHANNELS
from service.directory.rules import Directory
from service.learning import rules
from service.learning.models import Example, ModelVersion
from service.web import curves

MACHINE = "系统"
Names = Mapping[int, str]


# --- one version -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """A number and what it means to somebody who never trained a model.

    Attributes:
        key: where it stands among the figures of a cross-validation.
        means: a sentence, with %(share)s where the number is repeated.
    """

    key: str
    name: str
    means: str


FIGURES = (
    Figure("accuracy", "第一个判断对的", "拿没学过的诉求来考，每 100 件约有 %(share)s 件第一个判断的类别就对。"),
    Figure("top3_accuracy", "前三个里有对的", "每 100 件约有 %(share)s 件，正确的类别在前三个判断里。"),
    Figure("family_accuracy", "大类对的", "每 100 件约有 %(share)s 件大类正确，小类可能不同。"),
    Figure("macro_f1", "各类平均（宏平均 F1）", "不论件数多少，每个类别一样看重；比第一个数低得多，就有小类别认不好。"),
    Figure("ece", "把握的偏差（ECE）", "它说的把握和实际的正确率平均相差 %(share)s 个百分点，越小越可信。"),
)  # fmt: skip


def figures(about: Mapping[str, Any]) -> list[dict[str, str]]:
    """What cross-validation measured, each number with what it means; those that this version lacks are left out."""
    measured = about.get("cross_validation", {})
    return [_figure(one, measured[one.key]) for one in FIGURES if one.key in measured]


def _figure(one: Figure, share: float) -> dict[str, str]:
    in_hundred = f"{share * 100:.1f}".removesuffix(".0")
    return {"name": _(one.name), "value": f"{share:.1%}", "means": _(one.means, share=in_hundred)}


def coverage(about: Mapping[str, Any], book: Directory) -> dict[str, Any] | None:
    """How many complaints go without a person, how many of these wrongly, and from which probability on.

    None where that was not measured.
    """
    told = about.get("coverage")
    if not told:
        return None
    whole = told["all"]
    families = [{"name": one.name, **told["families"][code]} for code, one in book.families.items()
                if code in told["families"]]  # fmt: skip
    return {
        **told,
        "limits": [*families, {"name": _("其余各类") if families else _("全部类别"), **whole}],
        "risk": curves.risk_coverage(told["curve"], told["error"], (whole["coverage"], whole["error"])),
        "calibration": curves.calibration(told["bins"]),
        "points": curves.tenths([(share, error) for share, error in told["curve"]]),
    }


def by_whom(user: int | None, names: Names) -> str:
    """Who did something; the machine where it was nobody."""
    return _(MACHINE) if user is None else names.get(user, "")


def people(versions: Sequence[ModelVersion]) -> set[int]:
    """Who trained and decided."""
    return {user for one in versions for user in (one.trained_by, one.decided_by) if user is not None}


# --- two versions ----------------------------------------------------------------------------------------------------

# verdict → word, icon, colour
VERDICTS = {
    rules.BETTER: ("变好", "check-circle", "grass"),
    rules.SAME: ("没有明显差别", "circle", "soft"),
    rules.WORSE: ("变差", "exclamation-triangle", "brick"),
    rules.FEW: ("件数太少，只供参考", "info-circle", "soft"),
    rules.PROMOTED: ("可以启用", "check-circle", "grass"),
    rules.REFUSED: ("不应启用", "x-circle", "brick"),
    "": ("无法比较", "question-circle", "amber"),
}
WHOLE, SEEDS = "全部", "自带样本"
# kind of a slice → what such a slice is called
KINDS = {
    "all": "",
    rules.CORPUS: SEEDS,
    rules.HANDLED: "",
    "family": "大类",
    "channel": "渠道",
    "month": "最近一个月的纠正",
}


def slices(report: Mapping[str, Any], book: Directory) -> list[dict[str, Any]]:
    """Each part on which two versions were compared, with its interval drawn on the scale of all."""
    rows = report.get("slices", [])
    drawn = curves.spans((row["low"], row["difference"], row["high"]) for row in rows)
    return [{**row, **_slice(row, book), "span": span} for row, span in zip(rows, drawn, strict=True)]


def _slice(row: Mapping[str, Any], book: Directory) -> dict[str, Any]:
    kind, name = row["kind"], row["name"]
    named = {
        "all": lambda: _(WHOLE),
        rules.HANDLED: lambda: _("按原判断办结的诉求"),
        "month": lambda: name,
        "channel": lambda: _(CHANNELS.get(name, SEEDS)),
    }.get(kind, lambda: _family(name, book))  # fmt: skip
    return {"name": named(), "kind": _(KINDS[kind]) if KINDS[kind] else "", "look": VERDICTS[row["verdict"]]}


def added(report: Mapping[str, Any], book: Directory) -> list[tuple[str, int]]:
    """How many corrections of each category it learnt, the most first."""
    found = sorted(report.get("added", {}).items(), key=lambda pair: -pair[1])
    return [(category(code, book), count) for code, count in found]


def confusions(report: Mapping[str, Any], book: Directory) -> list[tuple[str, str, int]]:
    """What it still takes for something else."""
    return [(category(meant, book), category(said, book), count) for meant, said, count in report.get("confusions", [])]


def capped(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who had more corrections than may count: logins, and enterprises by a mark that names none."""
    return [{**one, "called": _source(one["kind"], one["who"])} for one in report.get("capped", [])]


def _source(kind: str, who: str) -> str:
    return _("企业（代号 %(mark)s）", mark=who[:6]) if kind == "enterprise" else who


def category(code: str | None, book: Directory) -> str:
    """A leaf by its name with the family's before it; its code where the directory has it no longer."""
    if code is None:
        return ""
    leaf = book.categories.get(code)
    return _("%(family)s—%(leaf)s", family=leaf.family_name, leaf=leaf.name) if leaf else code


def _family(code: str, book: Directory) -> str:
    return book.families[code].name if code in book.families else code


# --- corrections and weeks -------------------------------------------------------------------------------------------


def corrections(items: Sequence[Example], names: Names, book: Directory) -> list[dict[str, Any]]:
    """Corrections with as little of what was said as it takes to recognise one."""
    return [
        {
            "id": one.id,
            "at": one.at,
            "text": excerpt(one),
            "changes": changes(one, book),
            "who": names.get(one.user_id, ""),
            "role": _(ROLES[one.role][0]) if one.role in ROLES else "",
            "why": one.why or "",
            "dropped": one.dropped_by and names.get(one.dropped_by),
            "dropped_at": one.dropped_at,
        }
        for one in items
    ]


def correctors(items: Sequence[Example]) -> set[int]:
    """Who corrected, and who took out."""
    return {user for one in items for user in (one.user_id, one.dropped_by) if user is not None}


def excerpt(one: Example) -> str:
    """The beginning of the masked text in one line."""
    return cut(" ".join(f"{one.title} {one.text}".split()))


def changes(one: Example, book: Directory) -> list[tuple[str, str]]:
    """What it was and what it became: category, department."""
    offices = [book.departments[code].name if code in book.departments else "" for code in
               (one.department_was, one.department) if code]  # fmt: skip
    found = [(category(one.was, book) or _("没有判断"), category(one.label, book))] if one.was != one.label else []
    return found + [(offices[0], offices[1])] if len(offices) == 2 else found


# what is watched → what it is called
WATCHED = {"unsure": "拿不准的", "corrected": "类别被人改的", "unseen": "认不得的字词"}


def watched() -> list[str]:
    """The heads of the columns of weeks()."""
    return [_(name) for name in WATCHED.values()]


def weeks(found: Sequence[rules.Week]) -> list[dict[str, Any]]:
    """Weeks, the newest first, each share with its bar; `few`: too little is known to call a week unlike the others."""
    columns = [[getattr(week, name) for week in found] for name in WATCHED]
    drawn = curves.bars([[share or 0.0 for share in column] for column in columns])
    return [
        {
            "week": week.week,
            "n": week.n,
            "shares": [(column[at], bars[at]) for column, bars in zip(columns, drawn, strict=True)],
            "alarm": _("、").join(_(WATCHED[name]) for name in week.alarms),
            "few": min(week.n, sum(one.n for one in found[:at])) < rules.ENOUGH,
        }
        for at, week in reversed(list(enumerate(found)))
    ]
