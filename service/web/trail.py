"""What happened to a complaint and what was said of it, as lines that people read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from flask_babel import gettext as _
from marshmallow import fields

from service.casework.rules import ACTORS
from service.complaints import reading
from service.complaints.models import Event
from service.complaints.reading import Cover
from service.complaints.rules import CHANNELS, COMPOSED, ENTERPRISE, MACHINE, NATURES, SATISFACTION
from service.deadlines.ladder import KINDS
from service.directory.rules import Directory
from service.fields import Choice, Day, Money
from service.intake.schemas import FilingSchema
from service.web import speech, words

FILING = FilingSchema()
# What a filing may tell beyond its text: group → its fields.
DETAILS = {group: cast(fields.Nested, FILING.fields[group]).schema.fields for group in ("debt", "promise", "policy")}
# Rungs of the ladder read as something that went wrong.
LATE = {"overdue", "supervise", "supervise_again", "summon", "letter", "censure"}
Speak = Callable[[Any, Directory], str]


def _plain(value: Any, book: Directory) -> str:
    return str(value)


def _recorded(value: Any, book: Directory) -> str:
    """What the program composed, perhaps around what people wrote."""
    return speech.recorded(str(value))


def _office(value: Any, book: Directory) -> str:
    return speech.told(str(value))


def _word(table: Mapping[Any, str]) -> Speak:
    return lambda value, book: _(table.get(value, str(value)))


def _name(of: str) -> Speak:
    """The name behind a code of one of the directory's tables."""

    def named(code: Any, book: Directory) -> str:
        found = getattr(book, of).get(code)
        return speech.told(found.name) if found else str(code)

    return named


def _when(value: Any, book: Directory) -> str:
    """A day or a moment as it was kept, in words."""
    try:
        return (
            words.day(date.fromisoformat(value)) if len(value) == DAY else words.moment(datetime.fromisoformat(value))
        )
    except ValueError:
        return str(value)


DAY = len("2026-03-16")
# A field of an event → what it is called in the trail, and how it is said; in this order.
TOLD: Mapping[str, tuple[str, Speak]] = {
    "department_name": ("承办部门", _office),
    "assignee_name": ("承办人", _plain),
    "place": ("地区", _name("places")),
    "clock": ("期限", _word(KINDS)),
    "party": ("协办部门", _name("departments")),
    "channel": ("渠道", _word(CHANNELS)),
    "category": ("类别", _name("categories")),
    "nature": ("性质", _word(NATURES)),
    "into": ("并入", _plain),
    "number": ("另一件的编号", _plain),
    "was": ("原来的期限", _when),
    "until": ("延长到", _when),
    "due_at": ("现在的期限", _when),
    "review_on": ("复核日期", _when),
    "letter": ("文号", _plain),
    "contacted": ("联系企业", _word({True: "联系上了", False: "没有联系上"})),
    "solved": ("是否解决", _word({True: "已解决", False: "没有解决"})),
    "satisfaction": ("满意度", _word(SATISFACTION)),
    "upheld": ("裁定", _word({True: "成立", False: "不成立"})),
    "reason": ("理由", _plain),
    "evidence": ("依据", _plain),
    "note": ("说明", _plain),
    "text": ("内容", _plain),
    "reply": ("答复", _plain),
    "internal": ("内部说明", _plain),
}
# What a field is called, or how it is said, in one step only.
OTHERWISE: Mapping[tuple[str, str], tuple[str, Speak]] = {
    **{(action, "reason"): ("理由", _recorded) for action in COMPOSED},
    ("hand_back", "department_name"): ("认为应由", _office),
    ("invite", "department_name"): ("协办部门", _office),
    ("opine", "department_name"): ("协办部门", _office),
    ("supervise_jointly", "department_name"): ("联合督办", _office),
    ("ask_extension", "until"): ("申请延到", _when),
    ("rule_misuse", "upheld"): ("裁定", _word({True: "认定为滥用", False: "不认定为滥用"})),
    ("rule_misuse_appeal", "upheld"): ("裁定", _word({True: "申诉成立，撤销认定", False: "申诉不成立，维持认定"})),
    ("rule_counting", "upheld"): ("裁定", _word({True: "剔除，不计入考核", False: "不剔除，照常计入"})),
}


def entries(
    events: Iterable[Event], everything: bool, cover: Cover, names: Mapping[int, str], book: Directory
) -> list[dict[str, Any]]:
    """The trail as the timeline shows it, the newest first.

    Args:
        cover: how the reader reads what was written.
        names: what the people in it are called; only staff is told.
    """
    told = ((event, reading.event(event, everything, cover, book)) for event in reversed(list(events)))
    return [_entry(event, seen, names if everything else None, book) for event, seen in told]


def _entry(event: Event, told: Mapping[str, Any], names: Mapping[int, str] | None, book: Directory) -> dict[str, Any]:
    return {
        "what": _(told["name"])
        if names is None
        else _("%(step)s　%(who)s", step=_(told["name"]), who=who(event, names)),
        "state": "late" if event.action in LATE else "done",
        "at": event.at,
        "action": event.action,
        "text": "\n".join(lines(event.action, told["data"], book)),
    }


def in_a_line(event: Event, cover: Cover, book: Directory) -> str:
    """What somebody said with a step, for lists: on one line, as `cover` makes it."""
    told = reading.event(event, True, cover, book)
    said = _("；").join(" ".join(line.split()) for line in lines(event.action, told["data"], book))
    return _("%(step)s　%(who)s", step=_(told["name"]), who=said)


def step_name(event: Event) -> str:
    """What was done, as the workflow calls it."""
    return _(reading.step_name(event.action))


def who(event: Event, names: Mapping[int, str]) -> str:
    """In which role something was done, and by whom."""
    role = _(ACTORS.get(event.role, event.role))
    name = names.get(event.actor_id or 0)
    return f"{role} {name}" if name and event.role not in {MACHINE, ENTERPRISE} else role


def lines(action: str, data: Mapping[str, Any], book: Directory) -> Iterator[str]:
    """What a step's event says, a field a line; `data` as reading.event gives it."""
    for name, usual in TOLD.items():
        if data.get(name) is not None:
            label, speak = OTHERWISE.get((action, name), usual)
            yield _("%(label)s：%(value)s", label=_(label), value=speak(data[name], book))


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
        return _("、").join(_spoken(field.inner, one) for one in value)
    if isinstance(field, Choice):
        return _(field.table.get(value, value))
    if isinstance(field, Money):
        return words.yuan(value)
    return words.day(date.fromisoformat(value)) if isinstance(field, Day) else str(value)


def people(events: Sequence[Event]) -> set[int]:
    """Whose names a trail needs."""
    return {event.actor_id for event in events if event.actor_id is not None}
