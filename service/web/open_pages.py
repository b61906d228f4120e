"""What everybody may read: how it works and what may be expected, figures, and frequent questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from service import clock
from service.casework.answering import TIME_TO_RATE, TIME_TO_REDO
from service.casework.asking import BETWEEN_URGES
from service.classifier import operations as classifier
from service.complaints.figures import FEWEST
from service.deadlines import operations as deadlines
from service.deadlines.ladder import ANY, INTERNAL, KINDS, OWED_BY, REGIMES, RUNGS, Rulebook
from service.deadlines.ladder import Rule as ClockRule
from service.directory import operations as directory
from service.directory.rules import Directory
from service.http import public
from service.insight import opened
from service.insight.opened import Line, Quarter
from service.knowledge import operations as knowledge
from service.knowledge.models import KnowledgeAnswer
from service.web import choices, portal
from service.web.forms import Filled
from service.web.promises import spoken_length

FIGURES_HOLD = 3600  # seconds
LONGEST_QUESTION = 100
# So much of an answer stands in a list, and so much before the first word that was looked for.
EXCERPT, BEFORE = 90, 20

pages = Blueprint("open", __name__)


# --- how it works ----------------------------------------------------------------------------------------------------

# For which complaints a limit holds.
WHOM = {
    ANY: "其他诉求",
    "802": "机关、事业单位和大型企业拖欠中小企业账款",
    "default": "政务失信",
    "policy": "政策不落实",
    "inquiry": "咨询",
    "urgent": "紧急事项",
}
SINCE = {
    "filed": "提交",
    "requested": "提出要求",
    "accepted": "受理",
    "dispatched": "派单",
    "signed": "签收",
    "delivered": "承办部门收到材料",
    "suspended": "挂起",
    "replied": "答复",
    "revisited": "回访",
}
OWERS = {
    "dispatcher": "派单员",
    "department": "承办部门",
    "supervisor": "督办人",
    "enterprise": "您",
    "revisit_agent": "回访员",
}


@dataclass(frozen=True)
class Limit:
    """How long a step may take: who takes it, from when, and on what that rests; `whom` where not all have it."""

    name: str
    whom: str
    who: str
    since: str
    within: str
    longest: str
    basis: str


@dataclass(frozen=True)
class Rung:
    """What happens towards the department, and when."""

    name: str
    when: str


@pages.get("/how-it-works")
@public
def how() -> str:
    """What can be brought, what happens then, how long each step may take, and what if it takes longer."""
    book = directory.current()
    rules = deadlines.rules(book.revision)
    return render_template(
        "open/how.html", families=choices.categories(book), gates=[gate for gate in book.gates.values() if gate.active],
        limits=list(limits(rules)), rungs=list(rungs(rules)), rating=TIME_TO_RATE.days,
        redo=spoken_length(TIME_TO_REDO.length, TIME_TO_REDO.unit.value),
        urging=int(BETWEEN_URGES.total_seconds()) // 3600,
    )  # fmt: skip


def limits(rules: Rulebook) -> Iterator[Limit]:
    """Each limit that the enterprise is told of, in the order of the way, as the table of clocks has it now."""
    for kind in KINDS:
        own = [rule for regime in (*REGIMES, ANY) if (rule := rules.find(kind, (regime,))) and rule.regime == regime]
        for rule in own:
            if kind not in INTERNAL and rule.term and rule.starts in SINCE:
                yield _limit(rule, alone=len(own) == 1)


def _limit(rule: ClockRule, alone: bool) -> Limit:
    assert rule.term is not None
    unit = rule.term.unit.value
    return Limit(
        name=_(KINDS[rule.kind]),
        whom="" if alone and rule.regime == ANY else _(WHOM.get(rule.regime, rule.regime)),
        who=_(OWERS[OWED_BY[rule.kind]]),
        since=_(SINCE[rule.starts]),
        within=spoken_length(rule.term.length, unit),
        longest=spoken_length(rule.longest, unit) if rule.longest else "",
        basis=rule.basis,
    )


def rungs(rules: Rulebook) -> Iterator[Rung]:
    """What follows where the result is late, step by step, as the ladder of its clock has it."""
    rule = rules.find("result", ())
    for code in rule.ladder if rule else ():
        rung = RUNGS[code]
        if rung.percent < 100:
            yield Rung(_(rung.name), _("时限过了 %(percent)d%%", percent=rung.percent))
        elif rung.days:
            yield Rung(_(rung.name), _("逾期 %(days)d 个工作日", days=rung.days))
        else:
            yield Rung(_(rung.name), _("到期还没有办完"))


# --- figures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A line with its name, and how long its bar is, 0 to 100."""

    name: str
    line: Line
    length: int


@pages.get("/figures")
@public
def figures() -> str:
    """Counts and rates of the quarters that are over, and of this month for the whole region."""
    book, now = directory.current(), clock.now()
    period = int(now.timestamp()) // FIGURES_HOLD
    quarters = counted(period)
    chosen = next((one for one in quarters if quarter_code(one) == request.args.get("quarter")), None)
    shown = chosen or next(iter(quarters), None)
    return render_template(
        "open/figures.html", month=portal.figures(int(now.timestamp()) // portal.FIGURES_HOLD), fewest=FEWEST,
        tabs=[_tab(one, one is shown) for one in quarters], quarter=shown and _spoken_quarter(shown),
        trend=_rows([line for one in reversed(quarters) for line in one.months[:-1]], _month),
        families=_rows(shown.families, lambda code: _family(code, book)) if shown else [],
        places=_rows(shown.places, lambda code: _place(code, book)) if shown else [],
    )  # fmt: skip


@lru_cache(maxsize=1)
def counted(_period: int) -> Sequence[Quarter]:
    """The quarters, counted once in a while: they are over, and hardly change."""
    return opened.opened(clock.now(), directory.current())


def quarter_code(one: Quarter) -> str:
    """2026Q3."""
    return f"{one.first.year}Q{(one.first.month + 2) // 3}"


def _tab(one: Quarter, current: bool) -> dict[str, Any]:
    url = url_for("open.figures", quarter=quarter_code(one))
    return {"name": _spoken_quarter(one), "url": url, "count": None, "current": current}


def _spoken_quarter(one: Quarter) -> str:
    return _("%(year)d 年第 %(quarter)d 季度", year=one.first.year, quarter=(one.first.month + 2) // 3)


def _rows(lines: Sequence[Line], named: Any) -> list[Row]:
    most = max((line.filed or 0 for line in lines if line.code), default=0)
    return [Row(named(line.code), line, round(100 * (line.filed or 0) / most) if most and line.code else 0)
            for line in lines]  # fmt: skip


def _month(code: str) -> str:
    year, month = code.split("-")
    return _("%(year)d 年 %(month)d 月", year=int(year), month=int(month))


def _family(code: str, book: Directory) -> str:
    return book.families[code].name if code in book.families else _("合计") if code == "" else code


def _place(code: str, book: Directory) -> str:
    if code == book.region:
        return _("自治区本级和地区不明")
    return book.places[code].name if code in book.places else _("合计")


# --- frequent questions ----------------------------------------------------------------------------------------------

Pieces = Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Hit:
    """An answer in a list, with what was looked for marked: (text, whether it is one of the words)."""

    code: str
    question: Pieces
    answer: Pieces


@pages.get("/faq")
@public
def faq() -> str:
    """The published answers by what they are about, or those that hold the words that were looked for."""
    asked, book = request.args.get("q", "").strip()[:LONGEST_QUESTION], directory.current()
    words = knowledge.searched(asked) if asked else []
    rows = knowledge.listed(asked, public=True)
    return render_template(
        "open/faq.html", form=Filled({"q": asked}), asked=asked,
        hits=[_hit(row, words) for row in rows] if asked else [], groups={} if asked else _grouped(rows, book),
    )  # fmt: skip


@pages.get("/faq/<code>")
@public
def answer(code: str) -> str:
    """One answer, with the others of its kind."""
    row, book = knowledge.published(code, clock.now()), directory.current()
    alike = [one for one in knowledge.listed(public=True) if _about(one, book) == _about(row, book) and one is not row]
    return render_template("open/answer.html", row=row, alike=alike, about=_about(row, book))


def _grouped(rows: Sequence[KnowledgeAnswer], book: Directory) -> dict[str, list[KnowledgeAnswer]]:
    """Answers by the family they belong to, in the families' order; what belongs to none is about this service."""
    groups: dict[str, list[KnowledgeAnswer]] = {family.name: [] for family in book.families.values()}
    for row in rows:
        groups.setdefault(_about(row, book), []).append(row)
    return {name: those for name, those in groups.items() if those}


def _about(row: KnowledgeAnswer, book: Directory) -> str:
    family = book.families.get((row.category or "").partition(".")[0])
    return family.name if family else _("怎么用企声通")


def _hit(row: KnowledgeAnswer, words: Sequence[str]) -> Hit:
    found = classifier.hits(row.answer, words)
    start = 0 if not found or found[0][1] <= EXCERPT else found[0][0] - BEFORE
    excerpt = row.answer[start : start + EXCERPT]
    left, right = "……" if start else "", "……" if start + EXCERPT < len(row.answer) else ""
    return Hit(row.code, pieces(row.question, words), pieces(f"{left}{excerpt}{right}", words))


def pieces(text: str, words: Sequence[str]) -> Pieces:
    """A text, cut where words that were looked for begin and end."""
    cut, done = [], 0
    for start, end in classifier.hits(text, words):
        cut += [(text[done:start], False), (text[start:end], True)]
        done = end
    return [piece for piece in (*cut, (text[done:], False)) if piece[0]]
