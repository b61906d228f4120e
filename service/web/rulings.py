"""What somebody asked for and who decides it: both sides' words beside the form of the ruling."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from flask_babel import gettext as _

from service.casework.asking import RULERS
from service.complaints.models import Event
from service.complaints.rules import DELIVERIES, Step
from service.deadlines import operations as deadlines
from service.deadlines.models import Clock
from service.deadlines.rules import local
from service.directory.rules import Directory
from service.errors import Invalid
from service.web import steps

Slots = tuple[tuple[str, ...], ...]
REVISITS = ("revisit", "revisit_unanswered")
# question → the steps whose last words a ruling on it should know
ABOUT_QUESTION: Mapping[str, Slots] = {
    "extension": (("ask_extension",),),
    "revisit": (("call_due",),),
    "misuse": (("report_misuse",),),
    "misuse_appeal": (("report_misuse",), ("rule_misuse",), ("appeal_misuse",)),
    "counting": ((*REVISITS, "close"), ("appeal_counting",)),
}
# state → the same for what is decided there
ABOUT_STATE: Mapping[str, Slots] = {
    "handing_back": (DELIVERIES, ("hand_back",)),
    "consulting": (DELIVERIES, ("hand_back",), ("consult",)),
    "suspended": (("suspend",),),
    "redo_asked": (("reply", "answer"), REVISITS, ("ask_redo",)),
}
ASKERS = ("hand_back", "ask_extension", "report_misuse", "appeal_misuse", "appeal_counting", "ask_redo", "suspend",
          "consult")  # fmt: skip
EXTENSION = ("ask_extension", "grant_extension", "refuse_extension")
# Farther than any limit reaches, so that the refusal names the latest day.
TOO_FAR = timedelta(days=730)


def words_on(chosen: Step | None, offered: Collection[Step], status: str, events: Sequence[Event]) -> list[Event]:
    """The events in which the sides said what the reader has to rule on, the earliest first."""
    if chosen is not None and chosen.settles:
        slots = ABOUT_QUESTION[chosen.settles]
    else:
        decides = any(step.action in steps.NEXT.get(status, ()) for step in offered)
        slots = ABOUT_STATE.get(status, ()) if decides else ()
    last = (next((event for event in reversed(events) if event.action in slot), None) for slot in slots)
    return sorted((event for event in last if event is not None), key=lambda event: event.seq)


def result_clock(clocks: Sequence[Clock]) -> Clock | None:
    """The result's clock that is not over."""
    return next((clock for clock in clocks if clock.kind == "result" and clock.state in deadlines.OPEN), None)


def own(offered: Sequence[Step], roles: Collection[str], clocks: Sequence[Clock], book: Directory) -> list[Step]:
    """The steps without a ruling on an extension that is somebody else's to make."""
    clock = result_clock(clocks)
    ruler = deadlines.who_extends(clock, book.revision) if clock else None
    others = ruler is not None and ruler not in roles
    return [step for step in offered if not (others and step.settles == "extension")]


def advice(chosen: Step | None, clocks: Sequence[Clock], book: Directory) -> list[str]:
    """What should be known before an extension is asked for or granted: who decides, and how far it may go."""
    clock = result_clock(clocks)
    if chosen is None or chosen.action not in EXTENSION or clock is None:
        return []
    return list(_about_extension(clock, book))


def _about_extension(clock: Clock, book: Directory) -> Iterator[str]:
    ruler = deadlines.who_extends(clock, book.revision)
    if ruler is not None:
        yield _("这个期限的延期由%(ruler)s决定。", ruler=_(RULERS[ruler]))
    if told := latest(clock, book):
        yield told


def latest(clock: Clock, book: Directory) -> str:
    """The sentence that says how far the limit may be moved; empty where nothing bounds it."""
    calendar = deadlines.calendar(clock.places, book.revision)
    day = local(clock.started_at).date() + TOO_FAR
    while not calendar.is_working(day):
        day += timedelta(days=1)
    try:
        deadlines.extension(clock, day, book.revision)
    except Invalid as problem:
        return problem.message
    return ""
