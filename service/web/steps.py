"""The steps of the workflow as forms: which one comes next, and how each of its fields is asked for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from flask_babel import gettext as _

from service.casework import assigning, handing
from service.casework.rules import FIELD_NAMES
from service.casework.schemas import ActionSchema
from service.complaints.models import Complaint
from service.complaints.rules import NATURES, SATISFACTION, STEPS, Step, allowed
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.directory.rules import Directory
from service.fields import Text
from service.web import choices

ACTION = ActionSchema()
# state → what usually comes next, the likeliest first; everything else stands beside it
NEXT = {
    "submitted": ("accept", "answer"),
    "supplementing": ("supplement",),
    "accepted": ("dispatch", "dispatch_on"),
    "dispatched": ("sign", "hand_back"),
    "handling": ("contact", "draft"),
    "waiting": ("supply_material",),
    "drafted": ("approve", "return_draft"),
    "approved": ("reply",),
    "handing_back": ("grant_hand_back", "designate", "refuse_hand_back", "consult"),
    "consulting": ("designate",),
    "suspended": ("resume",),
    "redo_asked": ("grant_redo", "explain"),
    "replied": ("revisit", "close"),
    "answered": ("revisit", "close"),
    "revisited": ("close",),
}
# What stands beside it, by what it is about; in this order.
GROUPS = {
    "办理": (
        "accept", "request_supplement", "supplement", "answer", "refuse", "pass_on", "sign", "assign", "contact",
        "request_material", "supply_material", "message_back", "report", "draft", "approve", "return_draft", "reply",
        "revisit", "revisit_unanswered", "close",
    ),
    "去向": (
        "dispatch", "dispatch_on", "recall", "transfer", "hand_back", "grant_hand_back", "refuse_hand_back", "consult",
        "designate", "raise_level",
    ),
    "时限": ("ask_extension", "grant_extension", "refuse_extension", "suspend", "resume"),
    "协同": ("invite", "opine", "merge", "split"),
    "督办": ("press", "inquire", "issue_letter", "supervise", "supervise_jointly", "summon", "circulate"),
    "其他": (
        "urge", "message", "rate", "redo", "ask_redo", "grant_redo", "explain", "reopen", "withdraw", "terminate",
        "report_misuse", "rule_misuse", "appeal_misuse", "rule_misuse_appeal", "appeal_counting", "rule_counting",
    ),
}  # fmt: skip
# Steps that ask the enterprise for the three facts.
ASKED = ("revisit", "revisit_unanswered")
# So few others need no groups.
FEW = 4
# Steps that end the matter against the enterprise's wish, or cannot be undone.
GRAVE = frozenset({"refuse", "pass_on", "withdraw", "terminate", "merge", "explain"})
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
    ("hand_back", "reason"): "为什么不归本部门办；督办人据此裁定。",
    ("hand_back", "evidence"): "职责规定的文号和条款，或材料的名称和出处。",
    ("report_misuse", "evidence"): "哪些材料能证明，在哪里可以查到。",
    ("hand_back", "department"): "您认为应由谁办。",
    ("consult", "note"): "请谁来会商、商量什么。",
    ("designate", "reason"): "被指定的部门不能再退单；企业会看到理由。",
    ("transfer", "reason"): "企业会看到理由。",
    ("raise_level", "reason"): "企业会看到理由。",
    ("ask_extension", "until"): "按规定最多能延到哪天，系统会核对。",
    ("ask_extension", "reason"): "批准后企业会看到理由。",
    ("suspend", "reason"): "为什么要挂起、打算怎么恢复；企业会看到。法定期限照常计算。",
    ("suspend", "review_on"): "30 天以内的一个工作日，到时由您复核。",
    ("terminate", "reason"): "企业会看到理由，例如已向人民法院起诉。",
    ("report", "text"): "企业会看到：办到了哪一步，还要多久。",
    ("invite", "note"): "请对方做什么、什么时候要。",
    ("opine", "text"): "主办部门会看到，企业看不到。",
    ("revisit", "reason"): "企业不满意或非常不满意时必须填写。",
    ("revisit_unanswered", "reason"): "企业不满意或非常不满意时必须填写。",
    ("inquire", "text"): "请被投诉单位说明什么；不要写企业的联系方式。",
    ("issue_letter", "text"): "要求被投诉单位做什么、什么时候做到。",
    ("supervise", "reason"): "要求承办部门做什么；写进督办单。",
    ("supervise_jointly", "department"): "一起督办的上级或监管部门。",
    ("merge", "into"): "主办的那一件的编号。",
    ("merge", "reason"): "为什么是同一件事；企业看不到，免得说出另一家。",
    ("split", "text"): "要另立一件的那部分内容。",
    ("explain", "reason"): "为什么不能再办；企业会看到。",
    **dict.fromkeys(
        (("close", "solved"), ("close", "satisfaction")),
        "只记入办理记录；考核以企业自己说的、回访时问到的为准。",
    ),
    ("close", "reason"): "问题没有解决而办结时必须填写。",
    ("dispatch_on", "place"): "由下级的派单员接着派，期限照旧。",
    ("rule_misuse", "reason"): "企业会看到理由，也可以申诉。",
    ("rule_misuse_appeal", "reason"): "企业会看到理由。",
    ("rule_counting", "reason"): "承办部门会看到理由。",
    ("report_misuse", "reason"): "哪些内容不实、有什么证据；由督办人认定，不影响办理。",
    ("appeal_counting", "reason"): "为什么这一件不应计入本部门的考核；只能申诉一次。",
    ("refuse_extension", "reason"): "承办部门会看到理由。",
    ("refuse_hand_back", "reason"): "承办部门会看到理由。",
    ("summon", "note"): "约谈谁、谈了什么。",
    ("circulate", "note"): "通报什么；列入约谈通报名单。",
    ("reopen", "reason"): "企业会看到理由。",
}
# (step, field) → what it is called there, where that is not the field's usual name
NAMES = {
    ("hand_back", "department"): "认为应由哪个部门办",
    ("invite", "department"): "请哪个部门协办",
    ("supervise_jointly", "department"): "与哪个部门联合督办",
    ("designate", "department"): "指定由哪个部门办",
    ("transfer", "department"): "转给哪个部门",
    ("dispatch_on", "place"): "派给哪个下级地区",
    ("contact", "note"): "联系情况",
    ("request_material", "note"): "要补充什么",
    ("request_supplement", "note"): "要补正什么",
    ("opine", "text"): "协办意见",
    ("report", "text"): "进展",
    ("inquire", "text"): "请对方说明什么",
    ("issue_letter", "text"): "督办要求",
    ("supervise", "reason"): "督办要求",
    ("supervise_jointly", "reason"): "督办要求",
    ("split", "text"): "另立一件的内容",
    **{
        (step, name): said
        for step in ("revisit", "revisit_unanswered")
        for name, said in (
            ("contacted", "联系上企业了吗"),
            ("solved", "问题解决了吗"),
            ("satisfaction", "企业满意吗"),
            ("reason", "不满意的原因"),
        )
    },
}
SOLVED = {"true": "已解决", "false": "没有解决"}
# Nobody can untick a radio button, so that nothing to say is a choice of its own.
UNASKED = {"": "没有问到"}
# (step, field) → the choices there
CHOICES: Mapping[tuple[str, str], Mapping[str, str]] = {
    **{(step, "solved"): SOLVED | UNASKED for step in ("revisit", "revisit_unanswered")},
    **{(step, "satisfaction"): SATISFACTION | UNASKED for step in ("revisit", "revisit_unanswered")},
    ("close", "satisfaction"): SATISFACTION | {"": "没有表态"},
    ("rule_misuse", "upheld"): {"true": "认定为滥用", "false": "不认定为滥用"},
    ("rule_misuse_appeal", "upheld"): {"true": "申诉成立，撤销认定", "false": "申诉不成立，维持认定"},
    ("rule_counting", "upheld"): {"true": "剔除，不计入考核", "false": "不剔除，照常计入"},
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

    What somebody asked for comes first: it waits for this reader. A first contact that was made comes no more.
    """
    waited = {clock.kind for clock in clocks if clock.state == "running"}
    usual = [code for code in NEXT.get(status, ()) if code != "contact" or "contact" in waited]
    ruling = next((step for step in steps if step.settles), None)
    return ruling or next((step for code in usual for step in steps if step.action == code), None)


def near(steps: Sequence[Step], following: Step | None, status: str) -> list[Step]:
    """What could be done instead of the next step: the other answer to the question, the other usual steps."""
    if following is None:
        return []
    if following.settles:
        return [step for step in steps if step.settles == following.settles and step != following]
    usual = [code for code in NEXT.get(status, ()) if code != "contact"]
    return [step for code in usual for step in steps if step.action == code and step != following]


def grouped(steps: Sequence[Step]) -> list[tuple[str, list[Step]]]:
    """Steps by what they are about; a few stand together without a name."""
    if len(steps) <= FEW:
        return [("", list(steps))] if steps else []
    groups = ((name, [step for step in steps if step.action in actions]) for name, actions in GROUPS.items())
    return [(name, found) for name, found in groups if found]


def steps_for(complaint: Complaint, roles: Collection[str]) -> list[Step]:
    """The steps that somebody may take now, as far as there is anything to choose in them."""
    able = [STEPS[action] for action in allowed(complaint, roles)]
    return [step for step in able if "place" not in step.needs or places_below(complaint, directory.current())]


def controls(step: Step, complaint: Complaint, book: Directory) -> list[Control]:
    """The fields of a step, the needed ones first."""
    asked = ((name, name in step.needs) for name in (*step.needs, *step.allows))
    return [_control(name, needed, step, complaint, book) for name, needed in asked]


def _control(name: str, needed: bool, step: Step, complaint: Complaint, book: Directory) -> Control:
    macro, more = CONTROLS[name]
    here = (step.action, name)
    label = NAMES.get(here, CALLED.get(name, ""))
    arguments = {"optional": not needed, "hint": HINTS.get(here, ""), "label": label}
    # Where one of the choices is that there is nothing to say, nothing is left out.
    own = {"options": CHOICES[here], "optional": False} if here in CHOICES else {}
    return Control(name, macro, needed, {**arguments, **more(step, complaint, book), **own})


def begun(step: Step, complaint: Complaint) -> dict[str, Any]:
    """What stands in a step's form before anybody types: the draft that came back, what the machine proposed."""
    draft = complaint.draft or {}
    known = {
        "draft": {"reply": draft.get("reply"), "internal": draft.get("internal")},
        "dispatch": {"department": complaint.proposed_department},
        "refuse": {"channel": complaint.proposed_channel},
        "pass_on": {"channel": complaint.proposed_channel},
        # What the enterprise said itself, to be asked about and put right.
        **dict.fromkeys(ASKED, {"solved": _choice(complaint.solved), "satisfaction": complaint.satisfaction}),
        "close": {"solved": _choice(complaint.solved), "satisfaction": complaint.satisfaction},
    }
    return {name: value for name, value in known.get(step.action, {}).items() if value}


def _choice(answer: bool | None) -> str:
    return "" if answer is None else str(answer).lower()


# --- how each field is asked for -------------------------------------------------------------------------------------

More = Callable[[Step, Complaint, Directory], Mapping[str, Any]]
# Steps by which another department than those that have it comes in.
OTHERS = frozenset({"transfer", "invite", "hand_back", "supervise_jointly"})


def _area(name: str, rows: int) -> tuple[str, More]:
    most = cast(Text, ACTION.fields[name]).most
    return _given("textarea", {"rows": rows, "most": most})


def _given(macro: str, arguments: Mapping[str, Any]) -> tuple[str, More]:
    """A control that is the same for every complaint."""
    return macro, lambda step, complaint, book: arguments


def _offices(step: Step, complaint: Complaint, book: Directory) -> dict[str, Any]:
    """The departments of the complaint's place and of those above it that may have it, by place."""
    chain = book.chain(complaint.region or complaint.dispatch_place)
    having = {complaint.department, *complaint.co_departments} if step.action in OTHERS else set()
    groups = {
        book.places[place].name: {
            office.code: office.name
            for office in book.offices(place)
            if office.code not in having and handing.not_for(office.code, complaint, book) is None
        }
        for place in chain
    }
    return {"options": {name: offices for name, offices in groups.items() if offices}, "blank": "请选择",
            "attributes": {"data-filtered": _("输入几个字筛选部门")}}  # fmt: skip


def places_below(complaint: Complaint, book: Directory) -> dict[str, str]:
    """The places right below the desk that has it: code → name."""
    below = (book.places[code] for code in book.subtree(complaint.dispatch_place))
    return {one.code: one.name for one in below if one.parent == complaint.dispatch_place and one.active}


def _categories(step: Step, complaint: Complaint, book: Directory) -> dict[str, Any]:
    return {"options": choices.categories(book), "blank": "不改" if step.action == "dispatch" else "由系统判断"}


def _colleagues(step: Step, complaint: Complaint, book: Directory) -> dict[str, Any]:
    return {"options": assigning.colleagues(complaint.department or "", book), "blank": "请选择"}


DATE = {"type": "date", "css": "short"}
CONTROLS: dict[str, tuple[str, More]] = {
    "note": _area("note", 3),
    "reason": _area("reason", 3),
    "evidence": _area("evidence", 3),
    "text": _area("text", 6),
    "reply": _area("reply", 10),
    "internal": _area("internal", 4),
    "channel": _given("input", {}),
    "department": ("select", _offices),
    "place": ("select", lambda step, complaint, book: {"options": places_below(complaint, book), "blank": "请选择"}),
    "into": _given("input", {"css": "number", "autocomplete": "off", "maxlength": 40}),
    "assignee": ("select", _colleagues),
    "until": _given("input", DATE),
    "review_on": _given("input", DATE),
    "upheld": _given("radios", {"options": {"true": "成立", "false": "不成立"}}),
    "contacted": _given("radios", {"options": {"true": "联系上了", "false": "没有联系上"}}),
    "category": ("select", _categories),
    "nature": _given("select", {"options": NATURES, "blank": "不改"}),
    "solved": _given("radios", {"options": SOLVED}),
    "satisfaction": _given("radios", {"options": SATISFACTION}),
}
# Fields that mean something else in a step than in a filing, or that only steps have, and what they are called.
CALLED = {
    name: FIELD_NAMES[name]
    for name in (
        "channel", "satisfaction", "solved", "contacted", "until", "review_on", "upheld", "into", "place", "text",
    )
}  # fmt: skip
