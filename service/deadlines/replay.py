"""A complaint's clocks worked out again from how they started and what its events say of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from service.deadlines.extension import to_moment
from service.deadlines.ladder import OVERDUE, Course, Plan, label, plan
from service.deadlines.rules import Calendar, Term

Labels = Sequence[str]
Rung = tuple[str, str]
OPEN = frozenset({"running", "paused"})


@dataclass(frozen=True)
class Turn:
    """What one event did to clocks, each named by its label; turns stand in the order of the events.

    Attributes:
        extended: label → the length that the event kept.
        rungs: what was reached, as (rung, label); the event of a rung stands at its true time.
    """

    at: datetime
    started: Labels = ()
    met: Labels = ()
    cancelled: Labels = ()
    paused: Labels = ()
    resumed: Labels = ()
    extended: Mapping[str, int] = field(default_factory=dict)
    rungs: Sequence[Rung] = ()


@dataclass(frozen=True)
class Start:
    """What a clock began with: what no later event changes.

    Attributes:
        ended: its limit when it was over, which no calendar moves afterwards; None while it is open.
    """

    kind: str
    party: str | None
    started_at: datetime
    term: Term | None
    fixed: datetime | None
    cap_from: datetime | None
    ladder: tuple[str, ...]
    calendar: Calendar
    ended: datetime | None = None

    @property
    def label(self) -> str:
        """The clock as events name it."""
        return label(self.kind, self.party)


@dataclass(frozen=True)
class Standing:
    """How a clock stands after some turns; `pauses` may end with one that has no end."""

    start: Start
    state: str = "running"
    stopped_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    granted: int | None = None
    extended_to: datetime | None = None
    extensions: int = 0
    rung: int = 0
    overdue_at: datetime | None = None

    @property
    def course(self) -> Course:
        """What its limit follows from now."""
        term, held = self.start.term, [(begin, until) for begin, until in self.pauses if until is not None]
        if term and self.extended_to and term.unit.in_hours:
            term = None
        if term and self.granted:
            term = replace(term, length=self.granted)
        return Course(self.start.started_at, term, self.extended_to or self.start.fixed, held, self.start.cap_from)

    @property
    def way(self) -> Plan:
        """Its limit and the moments of its ladder."""
        return plan(self.start.ladder, self.course, self.start.calendar)

    @property
    def due_at(self) -> datetime:
        """Its limit."""
        return self.start.ended or self.way.deadline.due_at

    @property
    def next_at(self) -> datetime | None:
        """When it reaches its next rung."""
        moments = self.way.moments if self.state == "running" else []
        return moments[self.rung] if self.rung < len(moments) else None

    def written_pauses(self) -> list[dict[str, str | None]]:
        """The pauses as the row keeps them."""
        return [{"from": _written(begin), "until": _written(until) if until else None} for begin, until in self.pauses]


def replay(starts: Sequence[Start], turns: Iterable[Turn]) -> list[Standing | None]:
    """How the clocks of one complaint stand after all its turns; None for one that no turn started.

    Args:
        starts: the oldest first; a turn starts the first of its label that began at its moment.
    """
    standing: dict[int, Standing] = {}
    for turn in turns:
        older = {one.start.label for one in standing.values() if one.state in OPEN}
        standing = {index: _after(one, turn) for index, one in standing.items()}
        for name in turn.started:
            index = next((index for index in _fresh(starts, name, turn.at) if index not in standing), None)
            if index is not None:
                # A turn that starts a clock may also meet it, as filing does; where an older one ran, it met that.
                fresh = Standing(starts[index])
                standing[index] = fresh if name in older else _over(fresh, turn)
    return [standing.get(index) for index in range(len(starts))]


def _fresh(starts: Sequence[Start], name: str, at: datetime) -> Iterator[int]:
    """The clocks of a label that began at a moment: those from before events kept their clocks are nobody's here."""
    return (index for index, one in enumerate(starts) if one.label == name and one.started_at == at)


def _after(one: Standing, turn: Turn) -> Standing:
    """A clock after a turn; one that is over stays as it is."""
    return _turned(one, turn) if one.state in OPEN else one


def _turned(one: Standing, turn: Turn) -> Standing:
    name = one.start.label
    for rung, reached_by in turn.rungs:
        if reached_by == name and one.state == "running":
            one = _reached(one, rung, turn.at)
    if name in turn.extended:
        one = _extended(one, turn.extended[name], turn.at)
    for names, change in ((turn.paused, _paused), (turn.resumed, _resumed)):
        if name in names:
            one = change(one, turn.at)
    return _over(one, turn)


def _over(one: Standing, turn: Turn) -> Standing:
    states = (state for state in ("met", "cancelled") if one.start.label in getattr(turn, state))
    if state := next(states, None):
        return replace(_marked_late(one, turn.at, one.due_at), state=state, stopped_at=turn.at)
    return one


def _reached(one: Standing, rung: str, at: datetime) -> Standing:
    overdue_at = one.overdue_at or at if rung == OVERDUE else one.overdue_at
    return replace(one, rung=one.start.ladder.index(rung) + 1, overdue_at=overdue_at)


def _paused(one: Standing, at: datetime) -> Standing:
    return replace(_marked_late(one, at, one.way.deadline.due_at), state="paused", pauses=(*one.pauses, (at, None)))


def _resumed(one: Standing, at: datetime) -> Standing:
    return replace(one, state="running", pauses=(*one.pauses[:-1], (one.pauses[-1][0], at)))


def _extended(one: Standing, length: int, at: datetime) -> Standing:
    late = _marked_late(one, at, one.way.deadline.due_at)
    counting, _ends = one.course.only(one.start.calendar)
    if counting.term is None or counting.term.unit.in_hours:
        moved = replace(late, extended_to=to_moment(one.course, length, one.start.calendar).moment)
    else:
        moved = replace(late, granted=length)
    moved = replace(moved, extensions=one.extensions + 1)
    return replace(moved, rung=moved.way.passed(at))


def _marked_late(one: Standing, at: datetime, due_at: datetime) -> Standing:
    """A clock that ran out is overdue for good, also where no sweep had come by."""
    if one.state == "running" and one.overdue_at is None and due_at < at:
        return replace(one, overdue_at=max(due_at, one.start.started_at))
    return one


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
