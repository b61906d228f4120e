"""Which step may be taken now, with what, and what a rung of the ladder means."""

from collections.abc import Collection, Mapping
from typing import Any

from service.complaints.rules import ENTERPRISE, STATES, STEPS, Step, allowed
from service.errors import Invalid, NotAllowed, NotFound, WrongState

# Where a clock ends that the enterprise was asked to keep, the complaint takes this step by itself.
LAPSES = {"supplement": "lapse_supplement", "material": "lapse_material"}

FIELD_NAMES = {
    "note": "说明",
    "reason": "理由",
    "channel": "应走的渠道",
    "department": "承办部门",
    "text": "补充的内容",
    "reply": "答复内容",
    "internal": "内部说明",
    "solved": "问题是否已解决",
    "satisfaction": "满意度",
    "category": "类别",
    "nature": "性质",
}


def step_for(action: str, status: str, roles: Collection[str], given: Mapping[str, Any]) -> Step:
    """The row of the workflow that this is, if it may be taken.

    Raises:
        NotFound: there is no such action.
        NotAllowed: none of the roles may ever take it.
        WrongState: it does not fit the state; the error lists what does.
        Invalid: a field is missing, or given where the step has no use for it.
    """
    step = STEPS.get(action)
    if step is None:
        raise NotFound(f"没有这个操作。可用的操作：{'、'.join(STEPS)}")
    if not step.roles & set(roles):
        raise NotAllowed(f"您的岗位不能做「{step.name}」。")
    if status not in step.sources:
        raise WrongState(*_misfit(step, status, roles))
    check_fields(step, given)
    return step


def _misfit(step: Step, status: str, roles: Collection[str]) -> tuple[str, dict[str, list[str]]]:
    possible = allowed(status, roles)
    names = "、".join(f"{STEPS[action].name}（{action}）" for action in possible) or "没有"
    return f"现在是「{STATES[status].name}」，不能做「{step.name}」。现在能做的：{names}。", {
        "allowed_actions": possible
    }


def check_fields(step: Step, given: Mapping[str, Any]) -> None:
    """Raise unless everything the step needs is given, and nothing it has no use for."""
    missing = {name: [f"「{step.name}」必须填写{FIELD_NAMES[name]}。"] for name in step.needs if name not in given}
    known = {*step.needs, *step.allows}
    idle = {name: [f"「{step.name}」用不到这一项。"] for name in given if name not in known}
    if missing or idle:
        raise Invalid("有内容需要修改，请看各项的说明。", {**missing, **idle})


def check_close(given: Mapping[str, Any], role: str) -> None:
    """A reply is not a solution: who closes an unsolved matter must be staff and say why."""
    if given["solved"]:
        return
    if role == ENTERPRISE:
        raise Invalid("问题还没有解决时请不要办结，回访员会与您联系。", {"solved": ["只有已解决才能由企业办结。"]})
    if "reason" not in given:
        raise Invalid("问题没有解决而办结，必须写明理由。", {"reason": ["未解决而办结时必须填写理由。"]})


def acting_role(step: Step, roles: Collection[str]) -> str:
    """The role in which somebody takes a step, where several would do: the most particular first."""
    order = ("handler", "head", "department_dispatcher", "dispatcher", "operator", "revisit_agent", "supervisor")
    held = step.roles & set(roles)
    return next((role for role in order if role in held), min(held))
