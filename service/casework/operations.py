"""Taking a step of the workflow, one by one, many at once, or through a letter's link."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.accounts.rules import Reader
from service.casework import answering, asking, assigning, handing, joining, letters, rules, supervising
from service.casework.deeds import Deed, Given
from service.casework.taking import take
from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.complaints.rules import ENTERPRISE, MACHINE, RESPONDENT, STEPS, Step, Trace
from service.db import db
from service.errors import Problem, Stale
from service.intake import operations as intake
from service.intake.operations import Filed
from service.sentences import say

# What a step does beyond its row of the table.
EFFECTS = {
    **handing.EFFECTS, **assigning.EFFECTS, **answering.EFFECTS, **asking.EFFECTS, **joining.EFFECTS,
    **supervising.EFFECTS,
}  # fmt: skip
MOST_TOLD = 3


@dataclass(frozen=True)
class Outcome:
    """How one complaint of many fared; `why` says what was in the way."""

    number: str
    done: bool
    why: str = ""


def act(complaint: Complaint, roles: Collection[str], action: str, given: Given, actor: Reader, now: datetime) -> Deed:
    """Take one step on a complaint whose row the caller holds locked.

    Args:
        roles: in which the actor reaches this very complaint.
        given: the step's fields, checked by schema.

    Raises:
        NotFound, NotAllowed, WrongState, Invalid: see rules.step_for, and what stands in the way of single steps.
    """
    step = rules.step_for(action, complaint, roles, given)
    by = Trace(rules.acting_role(step, roles), actor.id)
    deed = Deed(complaint, given, by, actor, now, roles=frozenset(roles))
    _do(step, deed)
    follow = rules.FOLLOWED_BY.get(action)
    if follow and complaint.department and deed.book.departments[complaint.department].active:
        again = {"department": complaint.department, "note": rules.DONE_ANEW}
        _do(STEPS[follow], Deed(complaint, again, Trace(MACHINE), actor, now))
    return deed


def move(complaint: Complaint, action: str, given: Given, noted: Given, now: datetime) -> None:
    """Let the machine take a step of its own on a complaint whose row the caller holds locked; raises as act()."""
    step = rules.step_for(action, complaint, {MACHINE}, given)
    _do(step, Deed(complaint, given, Trace(MACHINE), Reader(), now, noted=dict(noted)))


def _do(step: Step, deed: Deed) -> None:
    """The effect of a step, its move, and the note that it is spent."""
    if effect := EFFECTS.get(step.action):
        effect(deed)
    take(step, deed)
    if step.once:
        deed.complaint.spent = [*deed.complaint.spent, step.action]


def accept_and_dispatch(
    complaint: Complaint, roles: Collection[str], given: Given, actor: Reader, now: datetime
) -> None:
    """Dispatch a complaint and, where nobody has accepted it yet, accept it with the same stroke; raises as act()."""
    if complaint.status in STEPS["accept"].sources:
        act(complaint, roles, "accept", {}, actor, now)
    act(complaint, roles, "dispatch", given, actor, now)


def act_on_all(
    numbers: Sequence[str], action: str, given: Given, actor: Reader, now: datetime,
    seen: Mapping[str, str] | None = None,
) -> list[Outcome]:  # fmt: skip
    """Take one step on many complaints, each succeeding or failing for itself; locked in the order of their numbers.

    `seen`: number → the version that the caller read, where what was read matters.

    Raises:
        NotFound: there is no such action.
    """
    rules.step_named(action)
    complaints.hold(numbers)
    seen = seen or {}
    outcomes = {number: _act_on(number, action, given, actor, now, seen.get(number)) for number in sorted(set(numbers))}
    return [outcomes[number] for number in dict.fromkeys(numbers)]


def _act_on(number: str, action: str, given: Given, actor: Reader, now: datetime, seen: str | None) -> Outcome:
    try:
        with db.session.begin_nested():
            complaint, roles = complaints.find(number, actor, lock=True)
            if seen is not None:
                check_version(complaint, {seen}, roles)
            act(complaint, roles, action, given, actor, now)
    except Problem as problem:
        return Outcome(number, False, problem.message)
    return Outcome(number, True)


def answer_inquiry(token: str, text: str, name: str, now: datetime) -> None:
    """The respondent answers a letter through its one-time link, which is dead afterwards.

    Raises:
        NotFound: there is no such link, or no more.
    """
    letter = letters.by_token(token, now)
    complaint = complaints.locked(letter.complaint_id)
    letters.answered(letter, text, name, now)
    act(complaint, {RESPONDENT}, "answer_inquiry", {"text": text}, Reader(), now)


def report_retaliation(complaint: Complaint, text: str, reader: Reader, now: datetime) -> Filed:
    """What was done to an enterprise because it complained: a sealed complaint of its own, to the region's supervisor.

    Nothing is written on the first complaint: who handles that must not learn of it (条例第二十条、第三十五条).
    """
    about = {"about": {"number": complaint.number}}
    draft = joining.same_person(complaint, body=text, nature="report", flags=("retaliation",), details=about)
    return intake.file_complaint(draft, reader, now)


def check_version(complaint: Complaint, expected: Collection[str], roles: Collection[str]) -> None:
    """Raise where the caller read none of the versions that stand now (If-Match, as complaints.api.etag gives them)."""
    # What is read from If-Match: "" comes as None.
    tags = [tag.partition(".") for tag in expected if tag]
    if str(complaint.version) in {version for version, _, _ in tags}:
        return
    seen = max((int(length) for _, _, length in tags if length.isdecimal() and len(length) < 10), default=0)
    events = complaints.trail(complaint, everything=bool(set(roles) - {ENTERPRISE}))
    done = [rules.told(event) for event in _since(events, seen)]
    told = "这件诉求刚刚被别人处理过（%(done)s），请重新打开后再操作。"
    raise Stale(say(told, done=done) if done else "这件诉求刚刚被别人处理过，请重新打开后再操作。")


def _since(events: Sequence[Event], seen: int) -> list[Event]:
    """The last things that people did after what a caller had read."""
    return [event for event in events if event.seq > seen and event.action in STEPS][-MOST_TOLD:]
