"""Who hears of an event, by which channel, in which words, and when it is too late at night for that."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from service.clock import local
from service.complaints.rules import MACHINE, STEPS
from service.deadlines.ladder import KINDS, RUNGS
from service.sentences import say

AUDIENCES = {
    "enterprise": "企业",
    "department": "承办部门",
    "head": "部门负责人",
    "dispatcher": "派单员",
    "supervisor": "督办人",
    "co_handlers": "协办部门",
    "receiver": "受理机构",
    "followers": "并案的其他企业",
    "assignee": "承办人",
    "revisit_agent": "回访员",
    "systems": "对接系统",
}
# The roles in which the people of an audience are told; enterprises and systems hold no grant anywhere.
ROLES_OF: Mapping[str, tuple[str, ...]] = {
    "department": ("handler", "department_dispatcher"),
    "head": ("head",),
    "dispatcher": ("dispatcher",),
    "supervisor": ("supervisor",),
    "co_handlers": ("handler", "department_dispatcher"),
    "receiver": ("head", "handler"),
    "assignee": ("handler",),
    "revisit_agent": ("revisit_agent",),
}
CHANNELS = {"inbox": "站内消息", "sms": "短信", "email": "电子邮件", "robot": "群机器人", "webhook": "接口推送"}
# Whose words a notice is in: a short message has 200 characters, and what leaves the house says less.
GROUPS = {"inbox": "站内消息", "sms": "短信", "message": "邮件和群机器人"}
GROUP_OF = {"inbox": "inbox", "sms": "sms", "email": "message", "robot": "message"}
TO_ENTERPRISE, TO_STAFF = ("inbox", "sms"), ("inbox", "email", "robot")
CHANNELS_OF: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(AUDIENCES, TO_STAFF),
    "enterprise": TO_ENTERPRISE,
    "followers": TO_ENTERPRISE,
    "systems": ("webhook",),
}
ADDRESS_CHANNELS = {name: CHANNELS[name] for name in ("email", "robot", "webhook")}
# Held back at night, unless the matter is urgent.
DISTURBING = frozenset({"sms", "robot"})

STATES = {
    "waiting": "等待发送",
    "held": "夜间暂缓",
    "sent": "已发送",
    "failed": "发送失败",
    "skipped": "没有发送",
}

# What is no step of the workflow.
OTHER_NAMES = {"file": "提交", "recount": "期限重新计算", "letter": "督办书", "censure": "约谈通报被投诉单位"}
OTHER_TELLS: Mapping[str, tuple[str, ...]] = {
    "file": ("enterprise", "dispatcher"),
    "recount": ("enterprise", "department"),
}
# The rungs of the ladder; "keepers" are those for whom the clock runs.
RUNG_TELLS: Mapping[str, tuple[str, ...]] = {
    "remind": ("keepers",),
    "overdue": ("keepers",),
    "supervise": ("department", "head", "supervisor"),
    "supervise_again": ("department", "head", "supervisor"),
    "summon": ("head", "supervisor"),
    "letter": ("department", "supervisor"),
    "censure": ("head", "supervisor"),
}
# kind of clock → whom it waits for
KEEPERS: Mapping[str, tuple[str, ...]] = {
    "accept": ("dispatcher",),
    "supplement": ("enterprise",),
    "dispatch": ("dispatcher",),
    "transfer": ("dispatcher",),
    "sign": ("department",),
    "contact": ("department",),
    "result": ("department",),
    "material": ("enterprise",),
    "approval": ("head",),
    "hand_back": ("supervisor",),
    "consult": ("supervisor",),
    "extension": ("head", "supervisor"),
    "suspension": ("supervisor",),
    "co_handle": ("co_handlers",),
    "inquiry": ("department",),
    "revisit": ("revisit_agent",),
    "closing": (),
    "redo": ("supervisor",),
}
# Whoever has it in the queue, where a clock is of a kind that this table does not know yet.
AT_DESK = {**{desk: desk for desk in ("dispatcher", "department", "supervisor")}, "revisit": "revisit_agent"}


def is_rung(action: str, role: str) -> bool:
    """Whether an event is a rung of the ladder: some are called like the step that people take."""
    return role == MACHINE and action in RUNG_TELLS


def tells(
    action: str, role: str, data: Mapping[str, Any], desk: str | None, flags: Collection[str] = ()
) -> tuple[str, ...]:
    """Who hears of an event, each audience once.

    Args:
        role: in which it was done; data: what the event holds.
        desk: at which the complaint waits now.
    """
    if is_rung(action, role):
        kept = KEEPERS.get(str(data.get("clock")), tuple(filter(None, [AT_DESK.get(desk or "")])))
        return tuple(one for named in RUNG_TELLS[action] for one in (kept if named == "keepers" else (named,)))
    told = STEPS[action].tells if action in STEPS else OTHER_TELLS.get(action, ())
    if action == "file" and "retaliation" in flags:
        # Straight to the region's supervisor, at whose place such a complaint is dispatched.
        told = (*told, "supervisor")
    # A new complaint is the dispatcher's news only where it waits for one.
    return tuple(one for one in told if action != "file" or one != "dispatcher" or desk == "dispatcher")


def action_name(action: str) -> str:
    """What an event is called."""
    if action in STEPS:
        return STEPS[action].name
    return RUNGS[action].name if action in RUNGS else OTHER_NAMES.get(action, "有新情况")


def table() -> list[tuple[str, str, tuple[str, ...]]]:
    """(action, its name, who hears of it) for everything that is told, in the order of the workflow."""
    others = [(action, action_name(action), told) for action, told in OTHER_TELLS.items()]
    steps = [(step.action, step.name, step.tells) for step in STEPS.values() if step.tells]
    rungs = [(action, action_name(action), told) for action, told in RUNG_TELLS.items() if action not in STEPS]
    return [*others, *steps, *rungs]


# --- where the people of an audience sit -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Seat:
    """A department, or a desk of a place, where somebody in one of the roles is to be told."""

    roles: tuple[str, ...]
    place: str
    department: str | None = None


def seats(audience: str, one: Any) -> list[Seat]:
    """Where the people of an audience sit for a complaint as it stands (a row with the complaint's columns)."""
    roles = ROLES_OF.get(audience, ())
    if audience in {"department", "head", "assignee"}:
        codes = [one.department]
    elif audience == "receiver":
        codes = [one.receiver]
    elif audience == "co_handlers":
        # Who is asked to help, or is late with it, hears it; the others need not.
        meant = one.data.get("department" if one.action == "invite" else "party")
        codes = [meant] if meant else list(one.co_departments)
    else:
        return [Seat(roles, one.dispatch_place)] if roles else []
    return [Seat(roles, code.partition("-")[0], code) for code in codes if code]


def distance(seat: Seat, role: str, place: str | None, department: str | None, chain: Sequence[str]) -> int | None:
    """How far from a seat a grant is: 0 for the very department, then by place upwards; None where it does not fit."""
    if role not in seat.roles:
        return None
    if department is not None:
        return 0 if department == seat.department else None
    return chain.index(place) + 1 if place in chain else None


# --- the night -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quiet:
    """When nobody's telephone should ring, in local time; the same time twice means never."""

    begins: time = time(21)
    ends: time = time(8)

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours that now lies in are over; None outside them."""
        here = local(now)
        moment = here.time()
        over_night = self.begins > self.ends
        late = moment >= self.begins
        inside = (late or moment < self.ends) if over_night else self.begins <= moment < self.ends
        if not inside:
            return None
        end = here.replace(hour=self.ends.hour, minute=self.ends.minute, second=0, microsecond=0)
        return end + timedelta(days=1) if over_night and late else end


# --- the words -------------------------------------------------------------------------------------------------------

LONGEST = {"inbox": 500, "sms": 200, "message": 500}
LONGEST_SUBJECT = 60
MOST_REASON = 120
IN_PAGE = "（见诉求页面）"
# How a template reads where no limit runs: the clause that tells of one, what stands for it; then whatever is left.
UNDATED = (
    (re.compile(r"，(?:期限|最迟) ?\{due\}(?: ?前答复您)?"), ""),
    (re.compile(r"在 ?\{due\} ?前"), "尽快"),
    (re.compile(r"延长到 ?\{due\}"), "已延长"),
    (re.compile(r"重新计算为 ?\{due\}"), "已重新计算"),
    (re.compile(r" ?\{due\} ?"), "诉求页面写明的时间"),
)
# placeholder → what it stands for, what a preview shows. There is none for the complaint's text, for who complains or
# for the query code: what has no name cannot be written into a template.
PLACEHOLDERS = {
    "number": ("诉求编号", "QS20261121-0000123-1"),
    "action": ("发生了什么", "派单"),
    "status": ("现在的状态", "待签收"),
    "department": ("承办部门", "五原县卫生健康委员会"),
    "place": ("地区", "五原县"),
    "due": ("最近的期限", "2026年12月3日 17:30"),
    "clock": ("到期的是什么", "办理结果"),
    "category": ("类别", "货款服务款"),
    "reason": ("办理人写的理由或说明", "请补充双方签字的对账单。"),
}
# What people wrote and what a matter is about stay in the house.
IN_HOUSE = frozenset({"reason", "category"})
GENERAL = "any"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def placeholders(group: str) -> list[str]:
    """The placeholders that a template of a group may use."""
    return [name for name in PLACEHOLDERS if group == "inbox" or name not in IN_HOUSE]


def faults(group: str, subject: str, body: str) -> dict[str, list[str]]:
    """What is wrong with a template, by field; nothing where it can be used."""
    found = {"subject": _unknown(group, subject), "body": _unknown(group, body)}
    if len(body) > LONGEST[group]:
        found["body"].append(say("最多 %(most)s 个字，现在是 %(length)s 个字。", most=LONGEST[group], length=len(body)))
    if len(subject) > LONGEST_SUBJECT:
        found["subject"].append(
            say("最多 %(most)s 个字，现在是 %(length)s 个字。", most=LONGEST_SUBJECT, length=len(subject))
        )
    if not body.strip():
        found["body"].append("内容不能是空白。")
    return {field: sentences for field, sentences in found.items() if sentences}


def _unknown(group: str, text: str) -> list[str]:
    known = placeholders(group)
    wrong = [name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name not in known]
    usable = "、".join(f"{{{name}}}" for name in known)
    told = [say("没有占位符 {%(name)s}，可以用：%(usable)s。", name=name[:30], usable=usable) for name in wrong]
    if re.search("[{}]", _PLACEHOLDER.sub("", text)):
        told.append("花括号要成对，里面只写占位符的名字。")
    return told


def fill(text: str, values: Mapping[str, str]) -> str:
    """A template with its placeholders filled; what a value holds is never read as a placeholder again."""
    worded = text if values.get("due") else _undated(text)
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), worded)


def _undated(text: str) -> str:
    for clause, instead in UNDATED:
        text = clause.sub(instead, text)
    return text


def render(group: str, subject: str, body: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body as they go out, cut to what the group can carry."""
    told = {name: value for name, value in values.items() if group == "inbox" or name not in IN_HOUSE}
    return fill(subject, told)[:LONGEST_SUBJECT], _cut(fill(body, told), LONGEST[group])


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def codes_for(action: str, audience: str, group: str) -> list[str]:
    """The codes of the templates that fit, the most particular first."""
    pairs = ((action, audience), (action, GENERAL), (GENERAL, audience), (GENERAL, GENERAL))
    return [".".join((*pair, group)) for pair in pairs]


@dataclass(frozen=True)
class Words:
    """What a notice says."""

    code: str
    subject: str
    body: str


# Where no template was seeded, or each that fits was switched off.
PLAIN = Words("plain", "企声通：{number}", "【企声通】诉求 {number}：{action}，现在是「{status}」。请登录平台查看。")


def words_for(action: str, audience: str, group: str, templates: Mapping[str, Words]) -> Words:
    """The template that an event is told with."""
    fitting = (templates.get(code) for code in codes_for(action, audience, group))
    return next((words for words in fitting if words is not None), PLAIN)


def clock_name(kind: Any) -> str:
    """What a clock waits for, as people call it; empty for none."""
    return KINDS.get(str(kind), "")


def known_actions() -> Collection[str]:
    """Every action that a template may be for."""
    return {GENERAL, *STEPS, *OTHER_TELLS, *RUNG_TELLS}
