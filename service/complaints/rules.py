"""The words a complaint is made of, and the workflow as one table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from service.directory.rules import NATURES as NATURES
from service.directory.rules import RESPONDENT_KINDS as RESPONDENT_KINDS
from service.sentences import Term, say

FLAGS = {
    "urgent": "紧急",
    "sensitive": "敏感",
    "group": "群体",
    "retaliation": "涉打击报复",
    "campaign": "专项行动",
}
# What a complaint can be marked with: what is filed, and what only a ruling says.
MARKS = {**FLAGS, "misuse": "认定为滥用"}
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
# Who holds the one-time link of a letter acts as the respondent.
RESPONDENT = "respondent"
# Whose department was asked to help works on a complaint beside the one that leads.
CO_HANDLER = "co_handler"
# Whose department received a complaint reads what becomes of it: the result goes there too (条例第二十五条第二款).
RECEIVER = "receiver"
# Roles that come with a complaint, beside those in which somebody works on it.
ASIDE = frozenset({CO_HANDLER, RECEIVER})


@dataclass(frozen=True)
class State:
    """Where a complaint stands.

    Attributes:
        desk: who has it in the queue: dispatcher, department, supervisor, revisit, or nobody (final).
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
    "handing_back": State("退单审核", "supervisor"),
    "consulting": State("会商中", "supervisor"),
    "suspended": State("已挂起", "supervisor"),
    "redo_asked": State("重办审核", "supervisor"),
    "replied": State("已答复", "revisit"),
    "answered": State("即时办结", "revisit"),
    "revisited": State("已回访", "revisit"),
    "refused": State("不予受理", None),
    "passed_on": State("转送", None),
    "closed": State("办结", None),
    "withdrawn": State("已撤回", None),
    "terminated": State("终止办理", None),
    "merged": State("已并案", None),
    "explained": State("解释归档", None),
}
# What somebody asked for beside the main way, and nobody has ruled on yet.
QUESTIONS = {
    "extension": "延期申请",
    "revisit": "期满回访",
    "misuse": "滥用认定",
    "misuse_appeal": "滥用认定申诉",
    "counting": "计数申诉",
}
ANSWERED_AT_ONCE = "工作人员已当场答复，不再派给部门。"
# Ends in which what a clock waited for never came: such clocks are cancelled, not met.
UNDONE = frozenset({"refused", "passed_on", "withdrawn", "terminated", "merged"})
OPEN = frozenset(code for code, state in STATES.items() if state.desk)
EVERY_CLOCK = ("*",)
# Steps after which a department has the material.
DELIVERIES = ("dispatch", "transfer", "designate", "take_over")
# Steps by which the enterprise is answered.
ANSWERS = ("reply", "answer")
# What the enterprise says of an answer, at a revisit or by itself, and after which steps all of it is asked anew.
FACTS = ("contacted", "solved", "satisfaction")
ASKING = ("revisit", "revisit_unanswered")
OWN_WORD = ("rate", "close")
ANEW = ("redo", "grant_redo", "reopen")
# Under this name the event of a filing keeps a digest of what was said in it; nobody is shown it.
DIGEST = "digest"
# Clocks that a regime starts earlier than the table's row would: (action, regime) → kinds. The result follows the first
# of a complaint's regimes: where that is the law, it runs from delivery, whatever a superior wrote.
EARLIER = {
    ("file", "inquiry"): ("result",),
    ("file", "assigned"): ("result",),
    ("dispatch", "urgent"): ("contact",),
}


class Standing(Protocol):
    """What decides, beside who asks, whether a step may be taken; a stored complaint is one."""

    status: str
    spent: list[str]
    pending: list[str]
    flags: list[str]
    hand_backs: int
    designated: bool
    department: str | None
    respondent_name: str | None


# condition → whether it holds, and what is said where it does not
CONDITIONS: dict[str, tuple[Callable[[Standing], bool], str]] = {
    "has_department": (lambda one: one.department is not None, "这件诉求没有承办部门。"),
    "has_respondent": (lambda one: bool(one.respondent_name), "这件诉求没有填写被投诉单位。"),
    "hand_back_left": (lambda one: one.hand_backs < MOST_HAND_BACKS, "已经退单两次，请督办人会商后指定承办部门。"),
    "not_designated": (lambda one: not one.designated, "这件诉求由督办人指定办理，不能再退单。"),
    "unruled": (
        lambda one: not one.hand_backs and not one.designated,
        "督办人已经裁定由这个部门办理，不能收回。",
    ),
    "first_hand_back": (lambda one: one.hand_backs < MOST_HAND_BACKS, "已是第二次退单，请会商后指定承办部门。"),
    "misused": (lambda one: "misuse" in one.flags, "这件诉求没有被认定为滥用。"),
    "not_misused": (lambda one: "misuse" not in one.flags, "这件诉求已经被认定为滥用。"),
}
MOST_HAND_BACKS = 2


@dataclass(frozen=True)
class Step:
    """One row of the workflow.

    Attributes:
        sources: the states it may be taken from.
        target: the state after it; None leaves the state as it is.
        roles: who may take it.
        needs: fields that must be filled; allows: fields that may be.
        when: the conditions that must hold.
        opens: the question that it asks; settles: the question that it answers.
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
    when: tuple[str, ...] = ()
    opens: str | None = None
    settles: str | None = None
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    tells: tuple[str, ...] = ("enterprise",)
    public: bool = True
    once: bool = False


# What a name means that is also a state's, a clock's, a desk's or a question's.
STEP = "step"
MEANT_TWICE = {*(state.name for state in STATES.values()), "会商", "督办", "滥用认定"}


def _step(action: str, name: str, sources: str, target: str | None, roles: str, **rest: object) -> Step:
    called = Term(name, STEP) if name in MEANT_TWICE else name
    return Step(action, called, frozenset(sources.split()), target, frozenset(roles.split()), **rest)  # type: ignore[arg-type]


# States in which a department has it, with and without those in which somebody else is asked about it.
AT_WORK = "dispatched handling waiting drafted approved"
IN_HAND = f"{AT_WORK} handing_back consulting suspended"
UNSOLVED = f"submitted supplementing accepted {IN_HAND}"
EVERYWHERE = " ".join(STATES)

_STEPS = (
    # --- until it is accepted
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
    # --- to the department that owns it
    _step("dispatch", "派单", "accepted", "dispatched", "dispatcher machine", needs=("department",),
          allows=("note", "category", "nature"), stops=("dispatch", "transfer", "co_handle"), starts=("sign", "result"),
          tells=("enterprise", "department")),
    _step("dispatch_on", "逐级派单", "accepted", None, "dispatcher", needs=("place",), tells=("dispatcher",)),
    # What was sent to the wrong one by a slip, before that one has taken it.
    _step("recall", "收回派单", "dispatched", "accepted", "dispatcher", when=("has_department", "unruled"),
          stops=("sign", "contact"), starts=("dispatch",), tells=("dispatcher",)),
    _step("transfer", "转办", "dispatched handling waiting", "dispatched", "dispatcher supervisor",
          needs=("department", "reason"), allows=(), stops=("sign", "contact", "material", "extension", "co_handle"),
          starts=("sign", "result"), resumes=("result",), tells=("enterprise", "department")),
    _step("hand_back", "退单", "dispatched handling", "handing_back", "handler department_dispatcher",
          needs=("reason", "evidence"), allows=("department",), when=("not_designated", "hand_back_left"),
          stops=("sign", "contact", "extension"), starts=("hand_back",), tells=("supervisor",), public=False),
    _step("grant_hand_back", "同意退单", "handing_back", "accepted", "supervisor", when=("first_hand_back",),
          stops=("hand_back",), starts=("dispatch",), tells=("dispatcher", "department"), public=False),
    _step("refuse_hand_back", "不同意退单", "handing_back", "dispatched", "supervisor", needs=("reason",), allows=(),
          stops=("hand_back",), starts=("sign",), tells=("department",), public=False),
    _step("consult", "会商", "accepted dispatched handling waiting handing_back", "consulting", "supervisor",
          needs=("note",), allows=(), stops=("dispatch", "sign", "contact", "material", "hand_back"),
          starts=("consult",), resumes=("result",), tells=("department", "dispatcher"), public=False),
    _step("designate", "指定办理", "accepted dispatched handling waiting handing_back consulting", "dispatched",
          "supervisor", needs=("department", "reason"), allows=(),
          stops=("dispatch", "transfer", "sign", "contact", "material", "hand_back", "consult", "extension",
                 "co_handle"),
          starts=("sign", "result"), resumes=("result",), tells=("enterprise", "department")),
    _step("raise_level", "提级", "accepted dispatched handling waiting handing_back consulting", "accepted",
          "supervisor", needs=("reason",), allows=(),
          stops=("dispatch", "sign", "contact", "material", "hand_back", "consult", "extension"), starts=("dispatch",),
          resumes=("result",), tells=("enterprise", "dispatcher", "department")),
    # Duties that move to another department take what is open with them, whatever it stands at.
    _step("take_over", "职责划转", IN_HAND, "dispatched", MACHINE, needs=("department", "reason"), allows=(),
          when=("has_department",),
          stops=("sign", "contact", "material", "hand_back", "consult", "suspension", "approval", "extension",
                 "co_handle"),
          starts=("sign", "result"), resumes=("result",), tells=("enterprise", "department")),
    _step("release", "划转后重新派单", IN_HAND, "accepted", MACHINE, needs=("reason",), allows=(),
          when=("has_department",),
          stops=("sign", "contact", "material", "hand_back", "consult", "suspension", "approval", "extension"),
          starts=("dispatch",), resumes=("result",), tells=("enterprise", "dispatcher")),
    # --- the department's work
    _step("sign", "签收", "dispatched", "handling", "handler department_dispatcher", stops=("sign",),
          starts=("contact",)),
    _step("assign", "分办", AT_WORK, None, "department_dispatcher handler head", needs=("assignee",),
          tells=("assignee",), public=False),
    _step("contact", "首次联系", "handling", None, "handler", needs=("note",), allows=(), stops=("contact",),
          tells=(), public=False),
    _step("request_material", "要求补充材料", "handling", "waiting", "handler", needs=("note",), allows=(),
          pauses=("result",), starts=("material",)),
    _step("supply_material", "补充材料", "waiting", "handling", "enterprise operator handler", needs=("text",),
          stops=("material",), resumes=("result",), tells=("department",)),
    _step("lapse_material", "逾期未补充材料", "waiting", "handling", MACHINE, stops=("material",),
          resumes=("result",), tells=("enterprise", "department")),
    _step("report", "阶段报告", "handling waiting suspended", None, "handler", needs=("text",), allows=(),
          tells=("enterprise", "supervisor")),
    _step("invite", "请求协办", "handling", None, "handler dispatcher supervisor", needs=("department", "note"),
          allows=(), starts=("co_handle",), tells=("co_handlers",), public=False),
    _step("opine", "协办意见", "handling waiting drafted approved suspended consulting", None, CO_HANDLER,
          needs=("text",), allows=(), stops=("co_handle",), tells=("department",), public=False),
    _step("ask_extension", "申请延期", "handling waiting drafted approved", None, "handler",
          needs=("until", "reason"), allows=(), opens="extension", starts=("extension",),
          tells=("head", "supervisor"), public=False),
    _step("grant_extension", "同意延期", "handling waiting drafted approved suspended consulting", None,
          "head supervisor", settles="extension", stops=("extension",), tells=("enterprise", "department")),
    _step("refuse_extension", "不同意延期", "handling waiting drafted approved suspended consulting", None,
          "head supervisor", needs=("reason",), allows=(), settles="extension", stops=("extension",),
          tells=("department",), public=False),
    _step("suspend", "挂起", "handling", "suspended", "supervisor", needs=("reason", "review_on"), allows=(),
          pauses=("result",), starts=("suspension",), tells=("enterprise", "department")),
    _step("resume", "恢复办理", "suspended", "handling", "supervisor", stops=("suspension",), resumes=("result",),
          tells=("enterprise", "department")),
    _step("terminate", "终止办理", f"accepted {IN_HAND}", "terminated", "supervisor", needs=("reason",),
          allows=("channel",), stops=EVERY_CLOCK, tells=("enterprise", "department", "co_handlers")),
    # --- the reply and what the enterprise says of it
    _step("draft", "起草答复", "handling", "drafted", "handler", needs=("reply",), allows=("note", "internal"),
          starts=("approval",), tells=("head",), public=False),
    _step("approve", "审签", "drafted", "approved", "head", stops=("approval",), tells=("department",), public=False),
    _step("return_draft", "审签退回", "drafted", "handling", "head", needs=("reason",), stops=("approval",),
          tells=("department",), public=False),
    _step("reply", "答复", "approved", "replied", "handler head", stops=EVERY_CLOCK, starts=("revisit",),
          tells=("enterprise", "receiver", "followers")),
    _step("revisit", "回访", "replied answered", "revisited", "revisit_agent", needs=("contacted",),
          allows=("solved", "satisfaction", "reason", "note"), stops=EVERY_CLOCK, starts=("closing",), tells=()),
    _step("call_due", "期满转回访", UNSOLVED, None, MACHINE, opens="revisit", starts=("revisit",),
          tells=("revisit_agent", "supervisor"), public=False),
    _step("revisit_unanswered", "期满回访", UNSOLVED, None, "revisit_agent", needs=("contacted",),
          allows=("solved", "satisfaction", "reason", "note"), settles="revisit", stops=("revisit",),
          tells=("supervisor",), public=False),
    # The enterprise's own word on the facts that a revisit asks for; where one asks too, the last word stands.
    _step("rate", "企业评价", "replied answered revisited closed", None, "enterprise", needs=("satisfaction",),
          allows=("solved", "reason"), tells=("department",)),
    _step("close", "办结", "replied answered revisited", "closed", "revisit_agent dispatcher enterprise",
          needs=("solved",), allows=("note", "reason", "satisfaction"), stops=EVERY_CLOCK,
          tells=("enterprise", "department", "followers")),
    _step("lapse_closing", "回访后自动办结", "revisited", "closed", MACHINE, stops=EVERY_CLOCK,
          tells=("enterprise", "department", "followers")),
    _step("redo", "申请重办", "replied revisited closed", "accepted", "enterprise operator", needs=("reason",),
          allows=(), when=("has_department",), stops=EVERY_CLOCK, starts=("dispatch",),
          tells=("department", "supervisor"), once=True),
    _step("ask_redo", "再次申请重办", "replied answered revisited closed", "redo_asked", "enterprise operator",
          needs=("reason",), allows=(), stops=EVERY_CLOCK, starts=("redo",), tells=("supervisor",)),
    _step("grant_redo", "同意重办", "redo_asked", "accepted", "supervisor", stops=("redo",), starts=("dispatch",),
          tells=("enterprise", "dispatcher", "department")),
    _step("explain", "解释归档", "redo_asked revisited", "explained", "supervisor", needs=("reason",), allows=(),
          stops=EVERY_CLOCK, tells=("enterprise", "department")),
    _step("withdraw", "撤回", UNSOLVED, "withdrawn", "enterprise operator", allows=("note", "reason"),
          stops=EVERY_CLOCK, tells=("dispatcher", "department", "co_handlers")),
    _step("reopen", "重新打开", "refused passed_on answered closed withdrawn terminated merged explained", "accepted",
          "supervisor", needs=("reason",), allows=(), stops=EVERY_CLOCK, starts=("dispatch",),
          tells=("enterprise", "dispatcher")),
    _step("urge", "企业催办", f"submitted accepted {IN_HAND}", None, "enterprise operator",
          tells=("dispatcher", "department", "head")),
    # --- what both sides say to each other meanwhile
    _step("message", "企业留言", f"{UNSOLVED} replied revisited", None, "enterprise operator", needs=("text",),
          allows=(), tells=("department",)),
    _step("message_back", "给企业留言", "handling waiting drafted approved suspended replied revisited", None,
          "handler department_dispatcher", needs=("text",), allows=(), when=("has_department",)),
    # --- supervision
    _step("press", "催办", IN_HAND, None, "supervisor", when=("has_department",), tells=("department", "head"),
          public=False),
    _step("supervise", "督办", f"accepted {IN_HAND} replied revisited", None, "supervisor",
          needs=("reason",), allows=(), when=("has_department",), tells=("department", "head"), public=False),
    _step("supervise_jointly", "联合督办", f"accepted {IN_HAND} replied revisited", None, "supervisor",
          needs=("department", "reason"), allows=(), when=("has_department",), tells=("department", "head"),
          public=False),
    _step("inquire", "函询", "accepted dispatched handling waiting", None, "dispatcher handler supervisor",
          needs=("text",), allows=(), when=("has_respondent",), starts=("inquiry",), tells=(), public=False),
    _step("answer_inquiry", "函询答复", f"accepted {IN_HAND} replied revisited", None, RESPONDENT, needs=("text",),
          allows=(), stops=("inquiry",), tells=("department", "supervisor"), public=False),
    _step("issue_letter", "督办书", f"accepted {IN_HAND} replied revisited", None, "supervisor", needs=("text",),
          allows=(), when=("has_respondent",), stops=("inquiry",), starts=("inquiry",), tells=("department",),
          public=False),
    _step("summon", "约谈", f"accepted {IN_HAND} replied revisited", None, "supervisor", needs=("note",), allows=(),
          tells=("department", "head"), public=False),
    _step("circulate", "通报", f"accepted {IN_HAND} replied revisited", None, "supervisor", needs=("note",),
          allows=(), tells=("department", "head"), public=False),
    # --- rulings beside the main way
    _step("report_misuse", "提请认定滥用", f"{UNSOLVED} replied answered revisited", None,
          "operator dispatcher handler", needs=("reason", "evidence"), allows=(), when=("not_misused",), opens="misuse",
          tells=("supervisor",), public=False),
    _step("rule_misuse", "滥用认定", EVERYWHERE, None, "supervisor", needs=("upheld", "reason"), allows=(),
          settles="misuse"),
    _step("appeal_misuse", "申诉", EVERYWHERE, None, "enterprise operator", needs=("reason",), allows=(),
          when=("misused",), opens="misuse_appeal", tells=("supervisor",)),
    _step("rule_misuse_appeal", "申诉裁定", EVERYWHERE, None, "supervisor", needs=("upheld", "reason"), allows=(),
          settles="misuse_appeal"),
    _step("appeal_counting", "申诉剔除", "replied revisited closed explained", None, "head",
          needs=("reason",), allows=(), when=("has_department",), opens="counting", tells=("supervisor",),
          public=False, once=True),
    _step("rule_counting", "剔除裁定", EVERYWHERE, None, "supervisor", needs=("upheld", "reason"), allows=(),
          settles="counting", tells=("department", "head"), public=False),
    # --- several complaints about one matter, one complaint about several
    _step("merge", "并案", "submitted accepted dispatched handling waiting", "merged", "dispatcher supervisor",
          needs=("into", "reason"), allows=(), stops=EVERY_CLOCK, tells=("enterprise", "department")),
    _step("absorb", "并入其他诉求", UNSOLVED, None, MACHINE, tells=("department",), public=False),
    _step("split", "分案", "submitted accepted dispatched handling waiting", None, "dispatcher supervisor",
          needs=("text",), allows=("category", "reason"), tells=("enterprise",)),
)  # fmt: skip
STEPS: dict[str, Step] = {step.action: step for step in _STEPS}
# Events whose reason the program composes, perhaps around what an administrator or dispatcher wrote; never what an
# enterprise wrote.
COMPOSED = frozenset({"dispatch", "take_over", "release", "recount"})


def obstacle(step: Step, one: Standing) -> str | None:
    """The sentence why a step that fits the state cannot be taken all the same; None where nothing is in its way."""
    if step.action in one.spent:
        return say("「%(step)s」只能做一次，已经做过了。", step=step.name)
    if step.opens in one.pending:
        return say("已经有一份%(question)s在等待裁定。", question=QUESTIONS[step.opens])
    if step.settles is not None and step.settles not in one.pending:
        return say("没有等待裁定的%(question)s。", question=QUESTIONS[step.settles])
    return next((said for holds, said in map(CONDITIONS.__getitem__, step.when) if not holds(one)), None)


def allowed(one: Standing, roles: Iterable[str]) -> list[str]:
    """The actions that these roles may take on a complaint as it stands, in the order of the table."""
    held = set(roles)
    fitting = (step for step in STEPS.values() if one.status in step.sources and held & step.roles)
    return [step.action for step in fitting if obstacle(step, one) is None]


def started_by(action: str, regimes: Sequence[str]) -> tuple[str, ...]:
    """The kinds of clocks that an action starts under a complaint's regimes; filing itself is the action "file"."""
    usual = STEPS[action].starts if action in STEPS else ("accept",)
    moment = "dispatch" if action in DELIVERIES else action
    early = ((regime, kind) for regime in regimes for kind in EARLIER.get((moment, regime), ()))
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
