"""The steps of the workflow as forms: which one comes next, and how each of its fields is asked for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from service.casework import operations as casework
from service.casework.rules import FIELD_NAMES
from service.casework.schemas import ActionSchema
from service.complaints.models import Complaint
from service.complaints.rules import NATURES, SATISFACTION, STEPS, Step, allowed
from service.deadlines.models import Clock
from service.directory.rules import Directory
from service.fields import Text
from service.web import choices

ACTION = ActionSchema()
# state → what usually comes next, the likeliest first; everything else stands beside it
NEXT = {
    "submitted": ("accept", "answer"),
    "supplementing": ("supplement",),
    "accepted": ("dispatch",),
    "dispatched": ("sign",),
    "handling": ("contact", "draft"),
    "waiting": ("supply_material",),
    "drafted": ("approve",),
    "approved": ("reply",),
    "replied": ("close",),
    "answered": ("close",),
}
# Steps that end the matter against the enterprise's wish, or cannot be undone.
GRAVE = frozenset({"refuse", "pass_on", "withdraw"})
# (step, field) → what to think of when filling it in
HINTS = {
    ("request_supplement", "note"): "只能要求一次：请一次写清缺什么。企业会看到这段话。",
    ("refuse", "channel"): "企业可以去哪里，例如：人民法院、劳动仲裁。",
    ("refuse", "reason"): "企业会看到理由。",
    ("pass_on", "reason"): "企业会看到理由。",
    ("answer", "reply"): "这段话就是给企业的答复。",
    ("contact", "note"): "什么时候联系了谁，核对了什么。企业看不到。",
    ("request_material", "note"): "企业会看到这段话：请一次写清缺什么。",
    ("supply_material", "text"): "企业送来了什么材料。",
    ("draft", "reply"): "审签后原样发给企业：写明查清了什么、怎样解决、何时兑现。",
    ("draft", "internal"): "只有工作人员看得到。",
    ("return_draft", "reason"): "请写明要改什么；承办人会看到。",
    ("close", "reason"): "问题没有解决而办结时必须填写。",
}


@dataclass(frozen=True)
class Control:
    """How one field of a step is asked for.

    Attributes:
        macro: of components/form.html; arguments: what it is given beyond the field's name.
        needed: whether the step cannot be taken without it.
    """

    name: str
    macro: str
    needed: bool
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_aside(self) -> bool:
        """Whether it can stay folded away: a remark that nobody has to make."""
        return self.name == "note" and not self.needed


def next_step(steps: Sequence[Step], status: str, clocks: Collection[Clock]) -> Step | None:
    """The one step that should come next; None where the reader has none to take, or only ones that end the matter.

    A first contact that was made comes no more.
    """
    waited = {clock.kind for clock in clocks if clock.state == "running"}
    usual = [code for code in NEXT.get(status, ()) if code != "contact" or "contact" in waited]
    return next((step for code in usual for step in steps if step.action == code), None)


def steps_for(status: str, roles: Collection[str], spent: Collection[str] = ()) -> list[Step]:
    """The steps that somebody may take now."""
    return [STEPS[action] for action in allowed(status, roles, spent)]


def controls(step: Step, complaint: Complaint, book: Directory) -> list[Control]:
    """The fields of a step, the needed ones first."""
    asked = ((name, name in step.needs) for name in (*step.needs, *step.allows))
    return [_control(name, needed, step, complaint, book) for name, needed in asked]


def _control(name: str, needed: bool, step: Step, complaint: Complaint, book: Directory) -> Control:
    macro, more = CONTROLS[name]
    hint = HINTS.get((step.action, name), "")
    arguments = {"optional": not needed, "hint": hint, "label": CALLED.get(name, "")}
    return Control(name, macro, needed, {**arguments, **more(complaint, book)})


def begun(step: Step, complaint: Complaint) -> dict[str, Any]:
    """What stands in a step's form before anybody types: the draft that came back, what the machine proposed."""
    draft = complaint.draft or {}
    known = {
        "draft": {"reply": draft.get("reply"), "internal": draft.get("internal")},
        "dispatch": {"department": complaint.proposed_department},
        "refuse": {"channel": complaint.proposed_channel},
        "pass_on": {"channel": complaint.proposed_channel},
    }
    return {name: value for name, value in known.get(step.action, {}).items() if value}


# --- how each field is asked for -------------------------------------------------------------------------------------

More = Callable[[Complaint, Directory], Mapping[str, Any]]


def _area(name: str, rows: int) -> tuple[str, More]:
    most = cast(Text, ACTION.fields[name]).most
    return "textarea", lambda complaint, book: {"rows": rows, "most": most}


def _offices(complaint: Complaint, book: Directory) -> dict[str, Any]:
    """The departments of the complaint's place and of those above it that may have it, by place."""
    chain = book.chain(complaint.region or complaint.dispatch_place)
    groups = {
        book.places[place].name: {
            office.code: office.name
            for office in book.offices(place)
            if casework.not_for(office.code, complaint, book) is None
        }
        for place in chain
    }
    return {"options": groups, "blank": "请选择"}


CONTROLS: dict[str, tuple[str, More]] = {
    "note": _area("note", 3),
    "reason": _area("reason", 3),
    "text": _area("text", 6),
    "reply": _area("reply", 10),
    "internal": _area("internal", 4),
    "channel": ("input", lambda complaint, book: {}),
    "department": ("select", _offices),
    "category": ("select", lambda complaint, book: {"options": choices.categories(book), "blank": "不改"}),
    "nature": ("select", lambda complaint, book: {"options": NATURES, "blank": "不改"}),
    "solved": ("radios", lambda complaint, book: {"options": {"true": "已解决", "false": "没有解决"}}),
    "satisfaction": ("select", lambda complaint, book: {"options": SATISFACTION, "blank": "没有表态"}),
}
# Fields that mean something else in a step than in a filing, and what they are called there.
CALLED = {name: FIELD_NAMES[name] for name in ("channel", "satisfaction")}
