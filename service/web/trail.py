"""What happened to a complaint and what was said of it, as lines that people read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from flask_babel import gettext as _
from marshmallow import fields

from service.casework.rules import ACTORS
from service.complaints import reading
from service.complaints.models import Event
from service.complaints.rules import CHANNELS, ENTERPRISE, MACHINE, SATISFACTION
from service.deadlines.ladder import KINDS
from service.directory.rules import Directory
from service.fields import Choice, Day
from service.intake.schemas import FilingSchema
from service.web import words

FILING = FilingSchema()
# What a filing may tell beyond its text: group → its fields.
DETAILS = {group: cast(fields.Nested, FILING.fields[group]).schema.fields for group in ("debt", "promise", "policy")}
# Rungs of the ladder read as something that went wrong.
LATE = {"overdue", "supervise", "supervise_again", "summon", "letter", "censure"}
# A field of an event → what it is called in the trail; in this order.
TOLD = {
    "department_name": "承办部门",
    "channel": "渠道",
    "reason": "理由",
    "note": "说明",
    "text": "内容",
    "reply": "答复",
    "internal": "内部说明",
    "solved": "是否解决",
    "satisfaction": "满意度",
    "contacted": "是否联系上",
    "upheld": "裁定",
    "until": "延长到",
    "review_on": "复核日期",
    "letter": "文号",
    "clock": "时限",
}
SPOKEN: Mapping[str, Mapping[Any, str]] = {
    "channel": CHANNELS,
    "contacted": {True: "联系上了", False: "没有联系上"},
    "upheld": {True: "成立", False: "不成立"},
    "solved": {True: "已解决", False: "没有解决"},
    "satisfaction": SATISFACTION,
    "clock": KINDS,
}


def entries(
    events: Iterable[Event], everything: bool, knows: bool, names: Mapping[int, str], book: Directory
) -> list[dict[str, Any]]:
    """The trail as the timeline shows it, the newest first.

    Args:
        knows: whether persons' numbers are shown as they were written.
        names: what the people in it are called; only staff is told.
    """
    told = ((event, reading.event(event, everything, knows, book)) for event in reversed(list(events)))
    return [_entry(event, seen, names if everything else None) for event, seen in told]


def _entry(event: Event, told: Mapping[str, Any], names: Mapping[int, str] | None) -> dict[str, Any]:
    return {
        "what": told["name"] if names is None else f"{told['name']}　{who(event, names)}",
        "state": "late" if event.action in LATE else "done",
        "at": event.at,
        "text": "\n".join(_lines(told["data"])),
    }


def step_name(event: Event) -> str:
    """What was done, as the workflow calls it."""
    return reading.step_name(event.action)


def who(event: Event, names: Mapping[int, str]) -> str:
    """In which role something was done, and by whom."""
    role = _(ACTORS.get(event.role, event.role))
    name = names.get(event.actor_id or 0)
    return f"{role} {name}" if name and event.role not in {MACHINE, ENTERPRISE} else role


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    for name, label in TOLD.items():
        if data.get(name) is not None:
            value = SPOKEN.get(name, {}).get(data[name], data[name])
            yield f"{_(label)}：{value}"


def details(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the filer told beyond the text, each with its name."""
    return [
        (words.label(f"{group}.{name}"), _spoken(inner, given[group][name]))
        for group, known in DETAILS.items()
        for name, inner in known.items()
        if name in given.get(group, {})
    ]


def _spoken(field: fields.Field, value: Any) -> str:
    """A stored value of a field as people say it."""
    if isinstance(field, fields.List):
        return "、".join(_spoken(field.inner, one) for one in value)
    if isinstance(field, Choice):
        return _(field.table.get(value, value))
    return words.day(date.fromisoformat(value)) if isinstance(field, Day) else str(value)


def people(events: Sequence[Event]) -> set[int]:
    """Whose names a trail needs."""
    return {event.actor_id for event in events if event.actor_id is not None}
