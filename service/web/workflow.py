"""The workflow as people read it: who may do what, from where to where, what it needs and what follows from it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, render_template
from flask_babel import gettext as _
from markupsafe import Markup

from service.casework.rules import ACTORS, FIELD_NAMES, FOLLOWED_BY
from service.complaints.rules import (
    CO_HANDLER,
    DELIVERIES,
    EARLIER,
    EVERY_CLOCK,
    QUESTIONS,
    STATES,
    STEPS,
    Step,
    started_by,
)
from service.config import ROOT
from service.deadlines.ladder import KINDS
from service.http import public
from service.notices.rules import AUDIENCES
from service.web import languages, telling

pages = Blueprint("workflow", __name__)

IMAGES = ROOT / "service" / "web" / "images"
DRAWINGS = {languages.CHINESE: IMAGES / "workflow.svg", languages.ENGLISH: IMAGES / "workflow.en.svg"}
TITLE = "诉求的办理流程"
DESCRIPTION = (
    "各个状态按在谁那里排成几列，箭头上写着从一个状态到另一个状态的步骤；框里写着从多个状态都可以走到这里的步骤。"
    "图上的内容都在下面的表里。"
)
# The step with which a group of the table begins → what the group is about.
GROUPS = {
    "request_supplement": "受理以前",
    "dispatch": "派给归它管的部门",
    "sign": "部门办理",
    "draft": "答复，以及企业怎么说",
    "supervise": "督办和函询",
    "report_misuse": "其他裁定",
    "merge": "并案和分案",
}
DESKS = {
    "dispatcher": "派单员", "department": "承办部门", "supervisor": "督办人", "revisit": "回访员", None: "已经结束",
}  # fmt: skip
WHO = {**ACTORS, CO_HANDLER: "协办部门"}
HOLDS = {
    "has_department": "已有承办部门",
    "has_respondent": "写明了被投诉单位",
    "not_designated": "不是督办人指定办理的",
    "hand_back_left": "退单不超过两次",
    "unruled": "督办人没有裁定过由谁办",
    "first_hand_back": "第一次退单",
    "misused": "已被认定为滥用",
    "not_misused": "没有被认定为滥用",
}
REGIMES = {"urgent": "紧急的", "inquiry": "咨询", "assigned": "上级交办的"}


@dataclass(frozen=True)
class Row:
    """One step, in words.

    Attributes:
        whence, whither: names of states; `whither` is empty where the state stays.
        notes: under which conditions it may be taken, and what the machine does after it.
        clocks: sentences about the limits that it starts, ends, pauses and resumes.
        public: whether the enterprise reads it.
    """

    action: str
    name: str
    who: str
    whence: str
    whither: str
    needs: str
    allows: str
    notes: tuple[str, ...]
    clocks: tuple[str, ...]
    told: str
    public: bool


@dataclass(frozen=True)
class Group:
    """Steps that belong together."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Place:
    """A state, in words: who has it, what the enterprise reads, and what may be done from there."""

    code: str
    name: str
    desk: str
    told: str
    steps: str


@dataclass(frozen=True)
class Stop:
    """A state on the way, in words: whose it is, and (step, state) for each way out that leads on from it."""

    code: str
    desk: str
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """Something that is asked beside the main way, and who rules on it."""

    name: str
    asked: str
    settled: str


def listed(names: Iterable[str]) -> str:
    """Names one after the other."""
    return _("、").join(names)


def groups() -> list[Group]:
    """The table's steps, in its order, under headings."""
    found: list[tuple[str, list[Row]]] = []
    for step in STEPS.values():
        if step.action in GROUPS:
            found.append((_(GROUPS[step.action]), []))
        found[-1][1].append(_row(step))
    return [Group(name, tuple(rows)) for name, rows in found]


def _row(step: Step) -> Row:
    return Row(
        step.action,
        _(step.name),
        listed(_(name) for role, name in WHO.items() if role in step.roles),
        states(step.sources),
        _(STATES[step.target].name) if step.target else "",
        listed(_(FIELD_NAMES[name]) for name in step.needs),
        listed(_(FIELD_NAMES[name]) for name in step.allows),
        tuple(_notes(step)),
        tuple(_clocks(step)),
        listed(_(AUDIENCES[audience]) for audience in step.tells),
        step.public,
    )


def states(codes: Iterable[str]) -> str:
    """States by name, in the table's order."""
    if set(codes) == set(STATES):
        return _("任何状态")
    return listed(_(state.name) for code, state in STATES.items() if code in set(codes))


def _notes(step: Step) -> Iterator[str]:
    if step.when:
        yield _("条件：%(what)s", what=listed(_(HOLDS[condition]) for condition in step.when))
    if step.once:
        yield _("只能做一次")
    if step.opens:
        yield _("提出：%(what)s", what=_(QUESTIONS[step.opens]))
    if step.settles:
        yield _("裁定：%(what)s", what=_(QUESTIONS[step.settles]))
    if step.action in FOLLOWED_BY:
        yield _("随后系统自动：%(what)s", what=_(STEPS[FOLLOWED_BY[step.action]].name))


def _clocks(step: Step) -> Iterator[str]:
    told = {"结束": step.stops, "开始": step.starts, "暂停": step.pauses, "恢复": step.resumes}
    for what, kinds in told.items():
        if kinds:
            yield _("%(what)s：%(kinds)s", what=_(what), kinds=_kinds(kinds))
    moment = "dispatch" if step.action in DELIVERIES else step.action
    for (action, regime), kinds in EARLIER.items():
        if action == moment:
            yield _("%(which)s同时开始：%(kinds)s", which=_(REGIMES[regime]), kinds=_kinds(kinds))


def _kinds(kinds: Iterable[str]) -> str:
    return _("全部时限") if tuple(kinds) == EVERY_CLOCK else listed(_(KINDS[kind]) for kind in kinds)


def filing() -> str:
    """What the filing itself starts, in one sentence."""
    usual = started_by("file", ())
    more = {regime: kinds for (action, regime), kinds in EARLIER.items() if action == "file"}
    told = [_("提交时开始的时限：%(kinds)s", kinds=_kinds(usual))]
    told += [_("%(which)s同时开始：%(kinds)s", which=_(REGIMES[one]), kinds=_kinds(more[one])) for one in more]
    return _("%(told)s。", told=_("；").join(told))


def places() -> list[Place]:
    """All states."""
    return [
        Place(code, _(state.name), _(DESKS[state.desk]), _(telling.NOW[code][0]) if code in telling.NOW else "",
              listed(_(step.name) for step in STEPS.values() if code in step.sources != set(STATES)))
        for code, state in STATES.items()
    ]  # fmt: skip


def stops() -> list[Stop]:
    """The drawing as a list, for where it finds no room: each state that is not an end, with where one goes from it."""
    return [
        Stop(code, _(DESKS[state.desk]), tuple((_(step.name), _(STATES[step.target].name)) for step in STEPS.values()
             if step.target not in {None, code} and code in step.sources))
        for code, state in STATES.items() if state.desk
    ]  # fmt: skip


def questions() -> list[Question]:
    """What is asked beside the main way."""
    return [Question(_(name), _steps("opens", code), _steps("settles", code)) for code, name in QUESTIONS.items()]


def _steps(what: str, question: str) -> str:
    """The steps that ask or settle a question, each with who may take it."""
    found = (step for step in STEPS.values() if getattr(step, what) == question)
    return listed(_("%(step)s（%(who)s）", step=_(step.name), who=_row(step).who) for step in found)


# --- the page --------------------------------------------------------------------------------------------------------


@cache
def drawing(language: str = languages.CHINESE) -> Markup:
    """The drawing as part of a page: its own colours give way to the page's."""
    text = DRAWINGS[language].read_text(encoding="utf-8")
    before, _style, rest = text.partition("<style>")
    return Markup(before + rest.partition("</style>")[2])  # noqa: S704 - ours, made by scripts/workflow.py


@pages.get("/workflow")
@public
def show() -> str:
    """The workflow: drawn, and as tables."""
    return render_template(
        "workflow/page.html", drawing=drawing(languages.current().code), groups=groups(), places=places(),
        stops=stops(), questions=questions(), filing=filing(),
    )  # fmt: skip
