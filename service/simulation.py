"""Days of the whole service in simulated time: who files, who works, who is late, and what the clocks make of it."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from secrets import token_hex
from typing import Any

from sqlalchemy import and_, func, select

from service import clock
from service.accounts.rules import DESKS, Reader
from service.casework import climbing, handing
from service.casework import operations as casework
from service.classifier import corpus
from service.complaints.models import Complaint, Event
from service.complaints.rules import MACHINE, OPEN, STEPS, allowed
from service.db import db
from service.deadlines import operations as deadlines
from service.deadlines.ladder import RUNGS
from service.deadlines.models import Clock
from service.directory import operations as directory
from service.errors import Problem
from service.insight import operations as insight
from service.insight.recount import recounted
from service.insight.rules import Figure, overall
from service.intake import operations as intake
from service.intake.rules import Draft

SYSTEM = "simulation"
SWEEP = timedelta(minutes=30)
# state → what is usually done next: (weight, role, action, the hours it takes at least and at most)
HABITS: Mapping[str, Sequence[tuple[int, str, str, float, float]]] = {
    "submitted": (
        (12, "dispatcher", "accept", 0.5, 9), (2, "dispatcher", "request_supplement", 0.5, 6),
        (2, "dispatcher", "refuse", 1, 8), (1, "dispatcher", "pass_on", 1, 8), (1, "enterprise", "withdraw", 1, 20),
    ),
    "supplementing": ((3, "enterprise", "supplement", 2, 70), (1, "", "", 300, 300)),
    "accepted": ((9, "dispatcher", "dispatch", 0.3, 7), (1, "supervisor", "designate", 1, 6)),
    "dispatched": (
        (14, "handler", "sign", 0.2, 7), (2, "department_dispatcher", "hand_back", 0.5, 6),
        (1, "handler", "sign", 9, 60),
    ),
    "handing_back": ((2, "supervisor", "grant_hand_back", 1, 12), (2, "supervisor", "refuse_hand_back", 1, 12),
                     (1, "supervisor", "designate", 1, 12)),
    "consulting": ((1, "supervisor", "designate", 4, 40),),
    "handling": (
        (10, "handler", "contact", 1, 20), (12, "handler", "draft", 10, 160), (3, "handler", "request_material", 2, 30),
        (2, "handler", "report", 10, 60), (1, "handler", "ask_extension", 40, 90), (1, "supervisor", "suspend", 20, 60),
        (1, "enterprise", "urge", 20, 80), (1, "handler", "draft", 300, 600),
    ),
    "waiting": ((4, "enterprise", "supply_material", 3, 80), (1, "", "", 300, 300)),
    "suspended": ((1, "supervisor", "resume", 20, 120),),
    "drafted": ((9, "head", "approve", 0.5, 14), (1, "head", "return_draft", 1, 10)),
    "approved": ((1, "handler", "reply", 0.2, 5),),
    "replied": ((8, "revisit_agent", "revisit", 2, 40), (1, "enterprise", "close", 1, 20),
                (1, "enterprise", "redo", 4, 60)),
    "answered": ((1, "revisit_agent", "revisit", 2, 40),),
    "revisited": ((6, "", "", 300, 300), (1, "enterprise", "ask_redo", 1, 6)),
    "redo_asked": ((2, "supervisor", "grant_redo", 1, 10), (1, "supervisor", "explain", 1, 10)),
}  # fmt: skip
SAID = "模拟办理。"
VALUES = {
    "note": SAID,
    "reason": SAID,
    "evidence": SAID,
    "channel": SAID,
    "text": SAID,
    "reply": SAID,
    "contacted": False,
    "solved": True,
}
FILER = Reader(roles=frozenset({"system"}))
# Another person for each role: who wrote a reply does not approve it.
READERS = {role: Reader(id=-1 - at) for at, role in enumerate(sorted(DESKS))} | {"enterprise": Reader()}
GRADES = ("very_satisfied", "satisfied", "satisfied", "mostly_satisfied", "dissatisfied", "very_dissatisfied")


@dataclass
class Days:
    """One run.

    Attributes:
        begins: the first day's beginning; ends: when the run stops.
        waiting: (when, tie-breaker, complaint's id, role, action), a heap.
        done: how often each step was taken; refused: how often one was not to be taken any more.
    """

    begins: datetime
    ends: datetime
    chance: Random
    texts: Sequence[tuple[str, str]]
    places: Sequence[str]
    waiting: list[tuple[datetime, int, int, str, str]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    filed: int = 0
    pushed: int = 0
    # Two runs on one database number their complaints apart.
    prefix: str = field(default_factory=lambda: f"{token_hex(4)}-")


@dataclass(frozen=True)
class Report:
    """What came of a run: the figures, what the clocks did, and everything that should not be."""

    filed: int
    steps: Mapping[str, int]
    rungs: Mapping[str, int]
    figures: Sequence[Figure]
    overall: float | None
    faults: Sequence[str]


def run(data: Path, begins: datetime, days: int, complaints: int, seed: int) -> Report:
    """Let so many complaints be filed and worked on over so many days, in the caller's transaction.

    Args:
        begins: aware; the first moment.
        seed: the same seed on the same data gives the same run.
    """
    book = directory.current()
    leaves = corpus.read_seed(data)
    here = Days(
        begins, begins + timedelta(days=days), Random(seed),  # noqa: S311 - to be repeated, not to be secret
        list(zip(leaves.labels, leaves.texts, strict=True)),
        sorted(code for code, place in book.places.items() if place.active),
    )  # fmt: skip
    for moment in _filings(here, complaints):
        _push(here, moment, 0, "", "file")
    sweep = begins
    while sweep < here.ends:
        sweep += SWEEP
        _work_until(sweep, here)
        while climbing.climb(sweep):
            pass
        # What is done is not needed any more: the run would otherwise hold every complaint in memory.
        db.session.flush()
        db.session.expunge_all()
    return _report(here, sweep)


def _filings(here: Days, complaints: int) -> list[datetime]:
    """When enterprises file: at any hour, in the first four fifths of the run."""
    seconds = (here.ends - here.begins).total_seconds() * 0.8
    return [here.begins + timedelta(seconds=here.chance.uniform(0, seconds)) for _ in range(complaints)]


def _push(here: Days, moment: datetime, complaint_id: int, role: str, action: str) -> None:
    heapq.heappush(here.waiting, (moment, len(here.waiting) + here.pushed, complaint_id, role, action))
    here.pushed += 1


def _work_until(moment: datetime, here: Days) -> None:
    """Everything that people do before a moment, in order."""
    while here.waiting and here.waiting[0][0] < moment:
        now, _, complaint_id, role, action = heapq.heappop(here.waiting)
        if action == "file":
            _plan(_file(here, now), now, here)
        elif complaint := db.session.get(Complaint, complaint_id):
            _act(complaint, role, action, now, here)
            _plan(complaint, now, here)


# --- what people do --------------------------------------------------------------------------------------------------


def _file(here: Days, now: datetime) -> Complaint:
    label, text = here.chance.choice(here.texts)
    here.filed += 1
    draft = Draft(
        body=text,
        region=here.chance.choice(here.places),
        category=label if here.chance.random() < 0.5 else None,
        enterprise_name=f"模拟企业{here.filed:05d}",
        enterprise_size=here.chance.choice(("micro", "small", "medium")),
        flags=("urgent",) if here.chance.random() < 0.02 else (),
        channel="api",
        source_system=SYSTEM,
        source_number=f"{here.prefix}{here.filed:05d}",
    )
    return intake.file_complaint(draft, FILER, now).complaint


def _plan(complaint: Complaint, now: datetime, here: Days) -> None:
    """What somebody will do next, some hours from now and in office hours, as people's habits are."""
    habits = HABITS.get(complaint.status, ())
    if not habits:
        return
    _, role, action, least, most = here.chance.choices(habits, [weight for weight, *_ in habits])[0]
    later = now + timedelta(hours=here.chance.uniform(least, most))
    _push(here, _in_the_office(later, here.chance), complaint.id, role, action)


def _in_the_office(moment: datetime, chance: Random) -> datetime:
    """The moment itself or, where nobody works then, some time on the next weekday's morning."""
    here = clock.local(moment)
    while here.weekday() > 4 or not 9 <= here.hour < 17:
        morning = here.replace(hour=9, minute=chance.randrange(60))
        here = morning if morning > here and here.weekday() < 5 else morning + timedelta(days=1)
    return here


def _act(complaint: Complaint, role: str, action: str, now: datetime, here: Days) -> None:
    """Take the step that was planned, where it still may be taken; time may have moved the complaint meanwhile."""
    if action not in allowed(complaint, {role}):
        return
    reader = READERS[role]
    if role == "revisit_agent" and complaint.draft and complaint.draft["by"] == reader.id:
        return
    try:
        with db.session.begin_nested():
            casework.act(complaint, {role}, action, _given(complaint, action, now, here), reader, now)
    except Problem:
        here.refused += 1
        return
    here.done[action] += 1


def _given(complaint: Complaint, action: str, now: datetime, here: Days) -> dict[str, Any]:
    """What people fill into the fields of a step."""
    given: dict[str, Any] = {name: VALUES[name] for name in STEPS[action].needs if name in VALUES}
    if "department" in STEPS[action].needs:
        given["department"] = _some_department(complaint, here)
    if action in {"ask_extension", "suspend"}:
        name = "until" if action == "ask_extension" else "review_on"
        given[name] = _in_the_office(now + timedelta(days=here.chance.choice((7, 25, 45))), here.chance).date()
    if action == "revisit" and here.chance.random() < 0.9:
        grade = here.chance.choice(GRADES)
        given = {"contacted": True, "solved": here.chance.random() < 0.7, "satisfaction": grade, "reason": SAID}
    return given


def _some_department(complaint: Complaint, here: Days) -> str:
    """The proposed department, or any of the place's that may have it."""
    book, chain = directory.current(), directory.current().chain(complaint.region or complaint.dispatch_place)
    if complaint.proposed_department and here.chance.random() < 0.8:
        return complaint.proposed_department
    offices = [one.code for place in chain for one in book.offices(place)]
    here.chance.shuffle(offices)
    return next(code for code in offices if handing.not_for(code, complaint, book) is None)


# --- what came of it -------------------------------------------------------------------------------------------------


def _report(here: Days, last_sweep: datetime) -> Report:
    own = and_(Complaint.source_system == SYSTEM, Complaint.source_number.startswith(here.prefix))
    figures = insight.figures(own, here.begins, last_sweep)
    again = recounted(SYSTEM, here.prefix, here.begins, last_sweep)
    rungs = select(Event.action, func.count().label("many")).join(Complaint, Complaint.id == Event.complaint_id)
    fired = db.session.execute(rungs.where(own, Event.action.in_(RUNGS), Event.role == MACHINE).group_by(Event.action))
    return Report(
        here.filed, dict(here.done), {row.action: row.many for row in fired}, figures, overall(figures),
        [*_misfired(own, last_sweep), *_orphans(own), *_uncounted(own, here), *_differing(figures, again)],
    )  # fmt: skip


def _misfired(own: Any, last_sweep: datetime) -> Iterator[str]:
    """Clocks whose rungs did not all come, once each, at their own moments."""
    events = select(Event.complaint_id, Event.action, Event.at, Event.data).join(
        Complaint, Complaint.id == Event.complaint_id
    )
    fired = Counter(
        (row.complaint_id, row.data["clock"], row.action, row.at)
        for row in db.session.execute(events.where(own, Event.action.in_(RUNGS), Event.role == MACHINE))
    )
    for clock_ in db.session.scalars(select(Clock).join(Complaint, Complaint.id == Clock.complaint_id).where(own)):
        wrong = _expected(clock_, last_sweep) - fired
        yield from (
            f"{clock_.complaint_id} {clock_.kind}：{rung} 应在 {at:%m-%d %H:%M} 触发" for _, _, rung, at in wrong
        )
        if clock_.next_at is not None and clock_.next_at <= last_sweep:
            yield f"{clock_.complaint_id} {clock_.kind}：{clock_.next_at:%m-%d %H:%M} 没有触发"


def _expected(clock_: Clock, last_sweep: datetime) -> Counter[tuple[int, str, str, datetime]]:
    """The rungs that a clock which was neither held nor extended had reached when a sweep last saw it run."""
    if clock_.pauses or clock_.extensions:
        return Counter()
    seen = clock_.moments[: clock_.rung]
    return Counter((clock_.complaint_id, clock_.kind, rung, at) for rung, at in zip(clock_.ladder, seen, strict=False))


def _orphans(own: Any) -> Iterator[str]:
    """Open complaints that wait for nothing, and clocks that run for one that is over."""
    runs = select(Clock.id).where(Clock.complaint_id == Complaint.id, Clock.state.in_(deadlines.OPEN)).exists()
    idle = select(Complaint.number, Complaint.status).where(own, Complaint.status.in_(sorted(OPEN)), ~runs)
    yield from (f"{number} {status}：没有在走的期限" for number, status in db.session.execute(idle))
    over = select(Complaint.number, Complaint.status).where(own, Complaint.status.not_in(sorted(OPEN)), runs)
    yield from (f"{number} {status}：已结束而期限还在走" for number, status in db.session.execute(over))


def _uncounted(own: Any, here: Days) -> Iterator[str]:
    """Steps that were taken and are not on record as often."""
    counts = select(Event.action, func.count().label("many")).join(Complaint, Complaint.id == Event.complaint_id)
    rows = db.session.execute(counts.where(own, Event.role != MACHINE).group_by(Event.action))
    stored = {row.action: row.many for row in rows}
    yield from (
        f"{action}：办了 {many} 次，记录 {stored.get(action, 0)} 次"
        for action, many in here.done.items() if stored.get(action, 0) != many
    )  # fmt: skip


def _differing(figures: Sequence[Figure], again: Mapping[str, tuple[float, int]]) -> Iterator[str]:
    """Figures that a second count, in SQL of its own, does not come to."""
    for one in figures:
        above, below = again[one.code]
        if abs(one.numerator - above) > 1e-6 or one.denominator != below:
            yield f"{one.name}：{one.numerator}/{one.denominator}，复核 {above}/{below}"


def lines(report: Report) -> Iterator[str]:
    """A report for the terminal."""
    taken = sum(report.steps.values())
    yield f"提交 {report.filed} 件，办理 {taken} 步，触发 {sum(report.rungs.values())} 级提醒和督办。"
    yield "　".join(f"{RUNGS[code].name} {many}" for code, many in sorted(report.rungs.items()))
    for one in report.figures:
        rate = "—" if one.rate is None else f"{one.rate:.1%}"
        yield f"{one.name}　{rate}（{one.numerator:g} / {one.denominator}）"
    yield f"综合　{'—' if report.overall is None else f'{report.overall:.1%}'}"
    yield from (f"✗ {fault}" for fault in report.faults[:50])
    yield (
        f"共 {len(report.faults)} 处不符。"
        if report.faults
        else "每一级都按时触发，没有无主的期限，指标与 SQL 复核一致。"
    )
