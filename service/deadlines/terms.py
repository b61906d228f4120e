"""The terms of clocks as an administrator changes them: from a day on, and what that would have moved."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import any_, literal, select

from service.audit.changing import Changeable
from service.db import db
from service.deadlines import operations
from service.deadlines.ladder import RUNGS, plan
from service.deadlines.models import Clock, ClockRule, ClockRuleVersion
from service.deadlines.places import calendar
from service.deadlines.recounting import Recounted
from service.deadlines.replay import OPEN
from service.deadlines.rules import Calendar, Term, Uncountable, Unit, local
from service.deadlines.seeds import MOST_EXTENSIONS
from service.directory import operations as directory
from service.errors import Invalid, NotFound
from service.sentences import say

Values = Mapping[str, Any]
TERMS = ("length", "unit", "cap", "longest", "extensions", "basis", "ladder")
LAWFUL = "依据："
MEND = "有内容需要修改，请看下面的说明。"


@dataclass
class Moves:
    """What other terms would have done to the clocks of past complaints.

    Attributes:
        looked_at: how many clocks of the rule there were; extended: those that follow their extension whatever holds.
        earlier, later: whose limit would be another.
        overdue: running ones that are in time and would be overdue at once; relieved: overdue ones that would not be.
        late, in_time: clocks that were met in time and would have been late, and the other way round.
    """

    looked_at: int = 0
    extended: int = 0
    earlier: int = 0
    later: int = 0
    overdue: int = 0
    relieved: int = 0
    late: int = 0
    in_time: int = 0


def rules(now: datetime) -> list[tuple[ClockRule, ClockRuleVersion | None, ClockRuleVersion | None]]:
    """All rules with the version that holds today and the one that is to come, in two statements."""
    today = local(now).date()
    versions: dict[str, list[ClockRuleVersion]] = {}
    for row in db.session.scalars(select(ClockRuleVersion).order_by(ClockRuleVersion.valid_from)):
        versions.setdefault(row.rule_code, []).append(row)
    found = []
    for rule in db.session.scalars(select(ClockRule).where(ClockRule.active).order_by(ClockRule.code)):
        own = versions.get(rule.code, [])
        past, coming = ([one for one in own if (one.valid_from <= today) is held] for held in (True, False))
        found.append((rule, past[-1] if past else None, coming[-1] if coming else None))
    return found


def rule(code: str) -> ClockRule:
    """A rule's own row.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(ClockRule, code)
    if found is None:
        raise NotFound("没有这个时限。")
    return found


def _last(code: str) -> ClockRuleVersion | None:
    query = select(ClockRuleVersion).where(ClockRuleVersion.rule_code == code)
    newest = query.order_by(ClockRuleVersion.valid_from.desc()).limit(1)
    return db.session.scalar(newest, execution_options={"populate_existing": True})


def read(code: str) -> dict[str, Any]:
    """The terms that were written down last, and from which day on they hold (None: always)."""
    own, last = rule(code), _last(code)
    return {**_terms(last or own), "valid_from": last.valid_from.isoformat() if last else None}


def _terms(row: ClockRule | ClockRuleVersion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TERMS}


def write(code: str, values: Values, now: datetime) -> None:
    """Let a rule have other terms from a day on; what is still to come is replaced.

    A day that is over means that a change is taken back: what held then holds again from today.

    Raises:
        Invalid: the terms cannot be counted, or contradict each other or the rule's mark.
    """
    whole, today = {**read(code), **values}, local(now).date()
    check(rule(code), whole)
    begins = date.fromisoformat(whole["valid_from"]) if whole["valid_from"] else date.min
    last = _last(code)
    if last is not None and last.valid_from > today:
        db.session.delete(last)
        db.session.flush()
        last = _last(code)
    terms = {name: whole[name] for name in TERMS}
    if begins >= today or terms != _terms(last or rule(code)):
        _put(code, max(begins, today), terms)
    directory.bump()


def _put(code: str, begins: date, terms: Values) -> None:
    query = select(ClockRuleVersion).where(ClockRuleVersion.rule_code == code, ClockRuleVersion.valid_from == begins)
    row = db.session.scalar(query) or ClockRuleVersion(rule_code=code, valid_from=begins)
    for name, value in terms.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()


CLOCK = Changeable("clock", read, write)


# --- what may be saved -----------------------------------------------------------------------------------------------


def check(of: ClockRule, terms: Values) -> None:
    """Raise Invalid where terms cannot be counted, or contradict each other or the rule."""
    errors = {**_wrong_length(of, terms), **_wrong_ladder(terms["ladder"]), **_wrong_basis(of, terms["basis"])}
    if not 1 <= terms["extensions"] <= MOST_EXTENSIONS:
        errors["extensions"] = [say("延期次数应在 1 到 %(most)s 之间。", most=MOST_EXTENSIONS)]
    if errors:
        raise Invalid(MEND, errors)


def _wrong_length(of: ClockRule, terms: Values) -> dict[str, list[str]]:
    if of.length is None:
        fixed = any(terms[name] is not None for name in ("length", "unit", "cap", "longest"))
        return {"length": ["这个期限由上级定，不能写长度。"]} if fixed else {}
    if not terms["length"] or terms["unit"] not in list(Unit):
        return {"length": ["请写明期限有多长、按什么算。"]}
    try:
        term = Term(terms["length"], Unit(terms["unit"]), terms["cap"])
    except Uncountable as error:
        return {"length": [error.args[0]]}
    found = {}
    if terms["longest"] is not None and terms["longest"] < term.length:
        found["longest"] = ["延长后的期限不能短于原来的期限。"]
    if term.cap and term.cap * (24 if term.unit.in_hours else 1) < term.length:
        found["cap"] = ["最长期限不能短于期限本身。"]
    return found


def _wrong_ladder(ladder: list[str]) -> dict[str, list[str]]:
    in_order = [code for code in RUNGS if code in ladder]
    return {} if in_order == ladder else {"ladder": ["提醒的级别要按先后、每级一次。"]}


def _wrong_basis(of: ClockRule, basis: str) -> dict[str, list[str]]:
    if of.mark == "V" and not basis.startswith(LAWFUL):
        return {"basis": ["这个期限是法律定的，要以“依据：”开头写明法规和第几条。"]}
    if of.mark != "V" and basis.startswith(LAWFUL):
        return {"basis": ["平台自己定的期限不能写成法律依据，请去掉“依据：”。"]}
    return {}


# --- what would move -------------------------------------------------------------------------------------------------


def moves(code: str, terms: Values, since: int, now: datetime, revision: Hashable) -> Moves:
    """What the clocks of a rule would be with other terms, in one statement; nothing is stored.

    Args:
        since: of complaints from this id on.
    """
    term, found = Term(terms["length"], Unit(terms["unit"]), terms["cap"]), Moves()
    wanted = select(Clock).where(Clock.complaint_id >= since, Clock.rule_code == code, Clock.state != "cancelled")
    for clock in db.session.scalars(wanted):
        found.looked_at += 1
        if clock.extensions or clock.term is None:
            found.extended += 1
        else:
            course = replace(clock.course, term=term)
            _count(found, clock, course.only(calendar(clock.places, revision))[1].due_at, now)
    return found


def calendar_moves(changed: Callable[[Sequence[str]], Calendar], place: str | None, since: int, now: datetime) -> Moves:
    """What another calendar would do to the clocks of complaints that run, in one statement; nothing is stored.

    Args:
        changed: the calendar of a place and its parents as it would be; place: whose clocks, None for all.
        since: of complaints from this id on.
    """
    found, known = Moves(), dict[tuple[str, ...], Calendar]()
    wanted = select(Clock).where(Clock.complaint_id >= since, Clock.state.in_(OPEN))
    for clock in db.session.scalars(wanted.where(literal(place) == any_(Clock.places)) if place else wanted):
        chain = tuple(clock.places)
        here = known.get(chain) or known.setdefault(chain, changed(chain))
        found.looked_at += 1
        _count(found, clock, clock.course.only(here)[1].due_at, now)
    return found


def _count(found: Moves, clock: Clock, due_at: datetime, now: datetime) -> None:
    found.earlier += due_at < clock.due_at
    found.later += due_at > clock.due_at
    ended = clock.stopped_at or now
    was_late, would_be = clock.due_at < ended, due_at < ended
    if clock.state in OPEN:
        found.overdue += would_be and not was_late
        found.relieved += was_late and not would_be
    else:
        found.late += would_be and not was_late
        found.in_time += was_late and not would_be


# --- clocks that run -------------------------------------------------------------------------------------------------


def open_clocks(code: str, after_id: int, limit: int) -> list[Clock]:
    """Some clocks of a rule that are not over, in order of their ids."""
    wanted = select(Clock).where(Clock.id > after_id, Clock.rule_code == code, Clock.state.in_(OPEN))
    return list(db.session.scalars(wanted.order_by(Clock.id).limit(limit)))


def follow(clocks: Sequence[Clock], code: str, document: str, now: datetime, revision: Hashable) -> list[Recounted]:
    """Let clocks run by the terms that hold today; gives those whose limit moved. Extended ones keep their extension.

    The caller holds their complaints locked.
    """
    held = operations.rules(revision, local(now).date()).coded(code)
    wanted = select(Clock).where(Clock.id.in_([clock.id for clock in clocks]), Clock.state.in_(OPEN))
    fresh = wanted.order_by(Clock.id).with_for_update().execution_options(populate_existing=True)
    if held is None or held.term is None:
        return []
    reason = say("时限规定调整（%(document)s）", document=document)
    rows = (clock for clock in db.session.scalars(fresh) if not clock.extensions and clock.term is not None)
    return [moved for clock in rows if (moved := _moved(clock, held.term, reason, revision))]


def _moved(clock: Clock, term: Term, reason: str, revision: Hashable) -> Recounted | None:
    was = clock.due_at
    clock.length, clock.unit, clock.cap = term.length, term.unit.value, term.cap
    clock.follow(plan(clock.ladder, clock.course, calendar(clock.places, revision)))
    return Recounted(clock, was, clock.due_at, reason) if clock.due_at != was else None
