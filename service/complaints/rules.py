"""The words a complaint is made of, its number, and the workflow as one table."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stdnum import damm

from service.clock import local
from service.directory.rules import NATURES as NATURES
from service.directory.rules import RESPONDENT_KINDS as RESPONDENT_KINDS

FLAGS = {
    "urgent": "紧急",
    "sensitive": "敏感",
    "group": "群体",
    "retaliation": "涉打击报复",
    "campaign": "专项行动",
}
CHANNELS = {
    "web": "网页",
    "hotline": "热线",
    "app": "移动应用",
    "visit": "来访",
    "experience_officer": "体验官",
    "superior": "上级交办",
    "leader_note": "领导批示",
    "transfer": "转办",
    "api": "接口",
}
SIZES = {"micro": "微型", "small": "小型", "medium": "中型", "large": "大型"}
SATISFACTION = {
    "very_satisfied": "非常满意",
    "satisfied": "满意",
    "mostly_satisfied": "基本满意",
    "dissatisfied": "不满意",
    "very_dissatisfied": "非常不满意",
}

MACHINE = "machine"
# Who holds a complaint's query code acts as the enterprise.
ENTERPRISE = "enterprise"


@dataclass(frozen=True)
class State:
    """Where a complaint stands.

    Attributes:
        desk: who has it in the queue: dispatcher, department, revisit, or nobody (final).
    """

    name: str
    desk: str | None


STATES = {
    "submitted": State("已提交", "dispatcher"),
    "supplementing": State("待补正", "dispatcher"),
    "accepted": State("已受理", "dispatcher"),
    "dispatched": State("待签收", "department"),
    "handling": State("办理中", "department"),
    "waiting": State("待补充", "department"),
    "drafted": State("待审签", "department"),
    "approved": State("待答复", "department"),
    "replied": State("已答复", "revisit"),
    "answered": State("即时办结", "revisit"),
    "refused": State("不予受理", None),
    "passed_on": State("转送", None),
    "closed": State("办结", None),
    "withdrawn": State("已撤回", None),
    "terminated": State("终止办理", None),
}
ANSWERED_AT_ONCE = "工作人员已当场答复，不再派给部门。"
# Ends in which what a clock waited for never came: such clocks are cancelled, not met.
UNDONE = frozenset({"refused", "passed_on", "withdrawn", "terminated"})
OPEN = frozenset(code for code, state in STATES.items() if state.desk)
EVERY_CLOCK = ("*",)
# Clocks that a regime starts earlier than the table's row would: (action, regime) → kinds. The result follows the first
# of a complaint's regimes: where that is the law, it runs from delivery, whatever a superior wrote.
EARLIER = {
    ("file", "inquiry"): ("result",),
    ("file", "assigned"): ("result",),
    ("dispatch", "urgent"): ("contact",),
}


@dataclass(frozen=True)
class Step:
    """One row of the workflow.

    Attributes:
        sources: the states it may be taken from.
        target: the state after it; None leaves the state as it is.
        roles: who may take it.
        needs: fields that must be filled; allows: fields that may be.
        stops, starts, pauses, resumes: kinds of clocks; "*" is every running one.
        tells: who hears of it.
        public: whether the enterprise reads it in its trail.
        once: whether it may be taken only once on a complaint.
    """

    action: str
    name: str
    sources: frozenset[str]
    target: str | None
    roles: frozenset[str]
    needs: tuple[str, ...] = ()
    allows: tuple[str, ...] = ("note",)
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    tells: tuple[str, ...] = ("enterprise",)
    public: bool = True
    once: bool = False


def _step(action: str, name: str, sources: str, target: str | None, roles: str, **rest: object) -> Step:
    return Step(action, name, frozenset(sources.split()), target, frozenset(roles.split()), **rest)  # type: ignore[arg-type]


_STEPS = (
    _step("request_supplement", "补正", "submitted", "supplementing", "dispatcher", needs=("note",), allows=(),
          stops=("accept",), starts=("supplement",), pauses=("result",), once=True),
    _step("supplement", "提交补正", "supplementing", "submitted", "enterprise operator", needs=("text",),
          stops=("supplement",), starts=("accept",), resumes=("result",), tells=("dispatcher",)),
    _step("lapse_supplement", "逾期未补正", "supplementing", "terminated", MACHINE, stops=EVERY_CLOCK),
    _step("accept", "受理", "submitted", "accepted", "dispatcher machine", stops=("accept",),
          starts=("dispatch", "transfer")),
    _step("refuse", "不予受理", "submitted", "refused", "dispatcher", needs=("channel", "reason"), stops=EVERY_CLOCK),
    _step("pass_on", "转送", "submitted", "passed_on", "dispatcher", needs=("channel", "reason"), stops=EVERY_CLOCK),
    _step("answer", "即时办结", "submitted", "answered", "operator dispatcher", needs=("reply",),
          stops=EVERY_CLOCK, starts=("revisit",)),
    _step("dispatch", "派单", "accepted", "dispatched", "dispatcher machine", needs=("department",),
          allows=("note", "category", "nature"), stops=("dispatch", "transfer"), starts=("sign", "result"),
          tells=("enterprise", "department")),
    _step("sign", "签收", "dispatched", "handling", "handler department_dispatcher", stops=("sign",),
          starts=("contact",)),
    _step("contact", "首次联系", "handling", None, "handler", needs=("note",), allows=(), stops=("contact",),
          tells=(), public=False),
    _step("request_material", "要求补充材料", "handling", "waiting", "handler", needs=("note",), allows=(),
          pauses=("result",), starts=("material",)),
    _step("supply_material", "补充材料", "waiting", "handling", "enterprise operator handler", needs=("text",),
          stops=("material",), resumes=("result",), tells=("department",)),
    _step("lapse_material", "逾期未补充材料", "waiting", "handling", MACHINE, stops=("material",),
          resumes=("result",), tells=("enterprise", "department")),
    _step("draft", "起草答复", "handling", "drafted", "handler", needs=("reply",), allows=("note", "internal"),
          starts=("approval",), tells=("head",), public=False),
    _step("approve", "审签", "drafted", "approved", "head", stops=("approval",), tells=("department",), public=False),
    _step("return_draft", "审签退回", "drafted", "handling", "head", needs=("reason",), stops=("approval",),
          tells=("department",), public=False),
    _step("reply", "答复", "approved", "replied", "handler head", stops=EVERY_CLOCK, starts=("revisit",),
          tells=("enterprise", "receiver")),
    _step("close", "办结", "replied answered", "closed", "revisit_agent dispatcher enterprise", needs=("solved",),
          allows=("note", "reason", "satisfaction"), stops=EVERY_CLOCK, tells=("enterprise", "department")),
    _step("withdraw", "撤回", "submitted supplementing accepted dispatched handling waiting drafted approved",
          "withdrawn", "enterprise operator", allows=("note", "reason"), stops=EVERY_CLOCK,
          tells=("dispatcher", "department")),
)  # fmt: skip
STEPS: dict[str, Step] = {step.action: step for step in _STEPS}


def allowed(status: str, roles: Iterable[str], spent: Collection[str] = ()) -> list[str]:
    """The actions that these roles may take from a state, in the order of the table, but for those already spent."""
    held = set(roles)
    possible = (action for action, step in STEPS.items() if status in step.sources and held & step.roles)
    return [action for action in possible if action not in spent]


def started_by(action: str, regimes: Sequence[str]) -> tuple[str, ...]:
    """The kinds of clocks that an action starts under a complaint's regimes; filing itself is the action "file"."""
    usual = STEPS[action].starts if action in STEPS else ("accept",)
    early = ((regime, kind) for regime in regimes for kind in EARLIER.get((action, regime), ()))
    return (*usual, *(kind for regime, kind in early if kind != "result" or regime == regimes[0]))


@dataclass(frozen=True)
class Queue:
    """Where a complaint waits to be worked on."""

    desk: str
    code: str


def queue_for(status: str, dispatch_place: str, department: str | None) -> Queue | None:
    """The one queue a complaint in this state stands in; None once it is over."""
    desk = STATES[status].desk
    if desk is None:
        return None
    return Queue(desk, department if desk == "department" and department else dispatch_place)


def number(serial: int, filed_at: datetime) -> str:
    """QS20261121-0000123-1: day in Asia/Shanghai, serial, check digit by Damm's table over both."""
    body = f"{local(filed_at):%Y%m%d}{serial:07d}"
    return f"QS{body[:8]}-{body[8:]}-{damm.calc_check_digit(body)}"


def is_number(text: str) -> bool:
    """Whether a text is a complaint's number with the right check digit."""
    prefix, day, serial, check = text[:2], text[2:10], text[11:-2], text[-1:]
    if prefix != "QS" or text != f"QS{day}-{serial}-{check}" or not (day + serial + check).isascii():
        return False
    return (day + serial + check).isdigit() and len(serial) >= 7 and bool(damm.is_valid(day + serial + check))


@dataclass(frozen=True)
class Change:
    """Something that happened to a complaint, as its event keeps it.

    Attributes:
        before: the state it was in; None for the filing itself.
        public: whether the enterprise reads it.
    """

    action: str
    before: str | None
    after: str
    public: bool
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Trace:
    """Who did something to a complaint, as its event keeps it."""

    role: str
    actor_id: int | None = None
