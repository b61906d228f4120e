"""What everybody may read: how it works and what may be expected, figures, and frequent questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from service import clock
from service.casework.answering import TIME_TO_RATE, TIME_TO_REDO
from service.casework.asking import BETWEEN_URGES
from service.classifier import operations as classifier
from service.complaints.figures import FEWEST
from service.deadlines.ladder import ANY, REGIMES, RUNGS, Rule, Rulebook
from service.directory import operations as directory
from service.directory.rules import Directory
from service.http import public
from service.insight import opened
from service.insight.opened import Line, Quarter
from service.knowledge import operations as knowledge
from service.knowledge.models import KnowledgeAnswer
from service.web import languages, portal
from service.web.forms import Filled
from service.web.promises import in_force, spoken_length
from service.web.speech import told
from service.web.words import month

FIGURES_HOLD = 3600  # seconds
LONGEST_QUESTION = 100
# So much of an answer stands in a list, and so much before the first word that was looked for.
EXCERPT, BEFORE = 90, 20
LETTERS = 4  # of English say what one character says

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
    "assigned": "上级交办事项",
}
# What must have happened for a limit to begin; what the enterprise is asked for, and what it asks for, begins by that.
WITHIN = {
    "filed": "提交后 %(within)s内",
    "requested": "提出后 %(within)s内",
    "accepted": "受理后 %(within)s内",
    "dispatched": "派单后 %(within)s内",
    "signed": "签收后 %(within)s内",
    "delivered": "承办部门收到材料后 %(within)s内",
    "drafted": "起草答复后 %(within)s内",
    "suspended": "挂起后 %(within)s内",
    "replied": "答复后 %(within)s内",
    "revisited": "回访后 %(within)s内",
}
# What is done within a limit, and by whom.
DONE = {
    "accept": "告诉您是否受理",
    "supplement": "受理前请您补材料，您来补齐",
    "dispatch": "派给承办部门",
    "transfer": "转交承办部门",
    "sign": "承办部门签收",
    "contact": "承办部门第一次联系您",
    "result": "书面答复您",
    "material": "办理中请您补材料，您来补齐",
    "suspension": "复核能不能恢复办理",
    "revisit": "回访您",
    "closing": "没有新的意见就办结",
    "redo": "督办人决定是否重办",
}
ELSEWHERE = "out-of-scope"


@dataclass(frozen=True)
class Limit:
    """How long something may take; `whom` where not all complaints have the same, `longest` where it may grow."""

    whom: str
    within: str
    longest: str
    basis: str
    statutory: bool


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
    rules, families = in_force(), _families(book)
    return render_template(
        "open/how.html", elsewhere=families.pop(ELSEWHERE, None), families=families.values(),
        gates=[gate for gate in book.gates.values() if gate.active], limits=limits(rules), done=DONE,
        rungs=list(rungs(rules)), rating=TIME_TO_RATE.days,
        redo=spoken_length(TIME_TO_REDO.length, TIME_TO_REDO.unit.value),
        urging=int(BETWEEN_URGES.total_seconds()) // 3600,
    )  # fmt: skip


def _families(book: Directory) -> dict[str, tuple[str, list[str]]]:
    """Each family's name with the names of its leaves that are in use, by its code."""
    found: dict[str, tuple[str, list[str]]] = {}
    for leaf in book.categories.values():
        if leaf.active:
            found.setdefault(leaf.family, (leaf.family_name, []))[1].append(leaf.name)
    return found


def limits(rules: Rulebook) -> dict[str, list[Limit]]:
    """The limits that an enterprise is told of, by their kind in the order of the way, as the table has them now."""
    found = {}
    for kind in DONE:
        own = [rule for regime in (*REGIMES, ANY) if (rule := rules.find(kind, (regime,))) and rule.regime == regime]
        found[kind] = [_limit(rule, alone=len(own) == 1) for rule in own if rule.term]
    return {kind: those for kind, those in found.items() if those}


def _limit(rule: Rule, alone: bool) -> Limit:
    assert rule.term is not None
    unit = rule.term.unit.value
    return Limit(
        whom="" if alone and rule.regime == ANY else _(WHOM[rule.regime]),
        within=_(WITHIN[rule.starts], within=spoken_length(rule.term.length, unit)),
        longest=spoken_length(rule.longest, unit) if rule.longest else "",
        basis=rule.basis,
        statutory=rule.statutory,
    )


def rungs(rules: Rulebook) -> Iterator[Rung]:
    """What follows where the result is late, step by step, as the ladder of its clock has it."""
    rule = rules.find("result", ())
    for code in rule.ladder if rule else ():
        rung = RUNGS[code]
        if rung.percent < 100:
            yield Rung(_(rung.name), _("时限过了 %(percent)d%%", percent=rung.percent))
        elif rung.days:
            yield Rung(_(rung.name), _("逾期 %(count)d 个工作日", count=rung.days))
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
        places=_rows(shown.places, lambda code: _place(code, book)) if shown else [], tells=_tells,
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


def _tells(rows: Sequence[Row]) -> bool:
    """Whether a table holds anything that is published."""
    return any(row.line.filed or row.line.due for row in rows)


def _month(code: str) -> str:
    return month(date.fromisoformat(f"{code}-01"))


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
    question, text = told(row.question), told(row.answer)  # whole: no piece of one is in the catalogue
    found = classifier.hits(text, words)
    longest = EXCERPT if languages.is_chinese() else EXCERPT * LETTERS
    start = 0 if not found or found[0][1] <= longest else found[0][0] - BEFORE
    excerpt = text[start : start + longest]
    left, right = "……" if start else "", "……" if start + longest < len(text) else ""
    return Hit(row.code, pieces(question, words), pieces(f"{left}{excerpt}{right}", words))


def pieces(text: str, words: Sequence[str]) -> Pieces:
    """A text, cut where words that were looked for begin and end."""
    cut, done = [], 0
    for start, end in classifier.hits(text, words):
        cut += [(text[done:start], False), (text[start:end], True)]
        done = end
    return [piece for piece in (*cut, (text[done:], False)) if piece[0]]
