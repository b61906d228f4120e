"""Which step may be taken now, with what, and what a rung of the ladder means."""

from collections.abc import Collection, Mapping
from typing import Any

from service.accounts.rules import ROLES
from service.complaints.models import Complaint, Event
from service.complaints.rules import (
    ENTERPRISE,
    MACHINE,
    RESPONDENT,
    SATISFACTION,
    STATES,
    STEPS,
    Standing,
    Step,
    allowed,
    obstacle,
)
from service.deadlines.ladder import OWED_BY
from service.errors import Invalid, NotAllowed, NotFound, WrongState
from service.sentences import say

# Where one of these clocks ends, the complaint takes the step by itself.
LAPSES = {"supplement": "lapse_supplement", "material": "lapse_material", "closing": "lapse_closing"}
# After these the machine dispatches again, to the department that had it.
FOLLOWED_BY = {"redo": "dispatch", "grant_redo": "dispatch"}
DONE_ANEW = "重办"
# Who took a step, as everybody who reads the trail may call them.
ACTORS = {**{code: name for code, (name, _) in ROLES.items()}, MACHINE: "系统", RESPONDENT: "被投诉单位"}
# What a letter demands that the ladder sends out, by the letter's kind.
DEMANDS = {
    "order": "该诉求的{}期限已过，请立即办理，并在下列时限前报告进展和预计办结时间。",
    "letter": "{}期限已过，仍未收到答复。请在下列时限前书面说明情况和处理办法。",
}
# Stands in a template where only the writer knows what belongs there.
BLANK = "＿＿＿＿"
# With these the enterprise must say why.
DISSATISFIED = ("dissatisfied", "very_dissatisfied")

FIELD_NAMES = {
    "note": "说明",
    "reason": "理由",
    "evidence": "依据",
    "channel": "应走的渠道",
    "department": "承办部门",
    "place": "下级地区",
    "text": "内容",
    "reply": "答复内容",
    "internal": "内部说明",
    "contacted": "是否联系过企业",
    "solved": "问题是否已解决",
    "satisfaction": "满意度",
    "category": "类别",
    "nature": "性质",
    "until": "延长到哪一天",
    "review_on": "复核日期",
    "upheld": "是否成立",
    "into": "并入的诉求编号",
    "assignee": "承办人",
}


def step_named(action: str) -> Step:
    """The row of the workflow under a name; raises NotFound where there is none."""
    if (step := STEPS.get(action)) is None:
        raise NotFound(say("没有这个操作。可用的操作：%(actions)s", actions=list(STEPS)))
    return step


def step_for(action: str, one: Standing, roles: Collection[str], given: Mapping[str, Any]) -> Step:
    """The row of the workflow that this is, if it may be taken on a complaint as it stands.

    Raises:
        NotFound: there is no such action.
        NotAllowed: none of the roles may ever take it.
        WrongState: it does not fit the state, or something else is in its way; the error lists what does fit.
        Invalid: a field is missing, or given where the step has no use for it.
    """
    step = step_named(action)
    if not step.roles & set(roles):
        raise NotAllowed(say("您的岗位不能做「%(step)s」。", step=step.name))
    if one.status not in step.sources:
        raise WrongState(*_misfit(step, one, roles))
    if why := obstacle(step, one):
        raise WrongState(why, {"allowed_actions": allowed(one, roles)})
    check_fields(step, given)
    return step


def _misfit(step: Step, one: Standing, roles: Collection[str]) -> tuple[str, dict[str, list[str]]]:
    why = say("现在是「%(state)s」，不能做「%(step)s」。", state=STATES[one.status].name, step=step.name)
    return why, {"allowed_actions": allowed(one, roles)}


def check_fields(step: Step, given: Mapping[str, Any]) -> None:
    """Raise unless everything the step needs is given, all of it is filled in, and nothing it has no use for."""
    missing = {
        name: [say("「%(step)s」必须填写%(field)s。", step=step.name, field=FIELD_NAMES[name])]
        for name in step.needs
        if name not in given
    }
    known = {*step.needs, *step.allows}
    idle = {name: [say("「%(step)s」用不到这一项。", step=step.name)] for name in given if name not in known}
    blank = {name: ["还有没填的空白，请填好或删去。"] for name, value in given.items() if BLANK in str(value)}
    if missing or idle or blank:
        raise Invalid("有内容需要修改，请看各项的说明。", {**blank, **missing, **idle})


def check_close(given: Mapping[str, Any], role: str) -> None:
    """A reply is not a solution: who closes an unsolved matter must be staff and say why."""
    if given["solved"]:
        return
    if role == ENTERPRISE:
        raise Invalid("问题还没有解决时请不要办结，回访员会与您联系。", {"solved": ["只有已解决才能由企业办结。"]})
    if "reason" not in given:
        raise Invalid("问题没有解决而办结，必须写明理由。", {"reason": ["未解决而办结时必须填写理由。"]})


def check_revisit(given: Mapping[str, Any]) -> None:
    """Three facts, or that nobody could be reached; the two worst grades want a reason.

    Raises:
        Invalid: a fact is missing, or given though nobody was reached.
    """
    facts = [name for name in ("solved", "satisfaction") if name in given]
    if not given["contacted"]:
        if facts:
            raise Invalid("没有联系上企业时不能填写结果。", {name: ["没有联系上时请留空。"] for name in facts})
        return
    if missing := [name for name in ("solved", "satisfaction") if name not in given]:
        raise Invalid(
            "请填写企业的答复。", {name: [say("请填写%(field)s。", field=FIELD_NAMES[name])] for name in missing}
        )
    if given["satisfaction"] in DISSATISFIED and "reason" not in given:
        grade = SATISFACTION[given["satisfaction"]]
        raise Invalid(
            say("企业%(grade)s时必须写明原因。", grade=grade), {"reason": [say("请写明%(grade)s的原因。", grade=grade)]}
        )


def letter_for(complaint: Complaint, rung: str, kind: str) -> str | None:
    """The kind of letter that a rung of a kind of clock sends out; None for rungs that only remind."""
    if rung in {"supervise", "supervise_again"}:
        return "order" if complaint.department and OWED_BY[kind] == "department" else None
    # What is sealed the respondent must not learn of.
    return "letter" if rung == "letter" and complaint.respondent_name and not complaint.sealed else None


def told(event: Event) -> str:
    """What somebody did, for who acted on an older copy: 派单员 2026年3月16日 10:05 派单."""
    who, what = ACTORS.get(event.role, event.role), STEPS[event.action].name
    return say("%(who)s %(at)s %(step)s", who=who, at=event.at, step=what)


def acting_role(step: Step, roles: Collection[str]) -> str:
    """The role in which somebody takes a step, where several would do: the most particular first."""
    order = (
        "handler", "head", "department_dispatcher", "dispatcher", "operator", "revisit_agent", "supervisor",
    )  # fmt: skip
    held = step.roles & set(roles)
    return next((role for role in order if role in held), min(held))
