"""From events to the people and addresses that hear of them, for a whole batch at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, select, union_all

from service.accounts import enterprises as firms
from service.accounts import operations as accounts
from service.accounts.operations import Holder
from service.accounts.rules import Grant, Reader
from service.complaints.models import Complaint
from service.complaints.visibility import visible
from service.db import db
from service.directory.rules import Directory
from service.notices.models import Address
from service.notices.rules import CHANNELS_OF, Seat, distance, seats, tells

# A row of the batch: an event with what of its complaint decides on who hears of it.
Happening = Any
Pair = tuple[int, Grant]


@dataclass(frozen=True)
class Recipient:
    """One who is told of one event.

    Attributes:
        key: "user:7", "complaint:12" or "address:3"; see models.Notice.
        complaint_id, number: of the complaint they are told about: their own where it was merged into another.
    """

    happening: Happening
    audience: str
    channel: str
    key: str
    complaint_id: int
    number: str
    user_id: int | None = None
    address: Address | None = None


@dataclass(frozen=True)
class _Seen:
    """What a batch may be told to whom, read in a fixed number of statements."""

    holders: Sequence[Holder]
    enterprises: Sequence[tuple[int, int | None]]
    addresses: Sequence[Address]
    followers: Mapping[int, Sequence[Any]]
    visible: frozenset[Pair]
    book: Directory


def recipients(batch: Sequence[Happening], book: Directory) -> list[Recipient]:
    """Everybody who hears of the events of a batch, by each channel, and nobody who may not see the complaint."""
    seen = _look(batch, book)
    return [found for one in batch for found in (*_told(one, seen), *_pushed(one, seen))]


# --- reading what decides --------------------------------------------------------------------------------------------


def _look(batch: Sequence[Happening], book: Directory) -> _Seen:
    wanted = {seat for one in batch for audience in told(one) for seat in seats(audience, one)}
    holders = _holders(wanted, book)
    addresses = db.session.scalars(select(Address).where(Address.removed_at.is_(None)).order_by(Address.id)).all()
    followers = _followers({one.complaint_id for one in batch if "followers" in told(one)})
    filed = (*batch, *(row for rows in followers.values() for row in rows))
    pairs = {*_pairs(batch, holders, book), *_shared(batch, addresses, book)}
    shared, filers = {one.account for one in filed} - {None}, {one.filed_by for one in filed} - {None}
    enterprises = firms.told(shared, filers)
    return _Seen(holders, enterprises, addresses, followers, _visible(pairs), book)


def told(one: Happening) -> tuple[str, ...]:
    """The audiences of an event."""
    return tells(one.action, one.role, one.data, one.queue_desk, one.flags)


def _holders(wanted: Iterable[Seat], book: Directory) -> Sequence[Holder]:
    """Whoever holds a grant that fits one of the seats."""
    roles = {role for seat in wanted for role in seat.roles}
    departments = {seat.department for seat in wanted if seat.department}
    places = {place for seat in wanted for place in book.chain(seat.place)}
    return accounts.holders(roles, departments, places)


def _followers(leads: set[int]) -> Mapping[int, Sequence[Any]]:
    """The complaints that were merged into others, by the other."""
    who = (Complaint.filed_by, Complaint.account, Complaint.anonymous, Complaint.phone_hash)
    query = select(Complaint.id, Complaint.number, *who, Complaint.merged_into)
    query = query.where(Complaint.merged_into.in_(sorted(leads)))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query) if leads else ():
        found[row.merged_into].append(row)
    return found


def _pairs(batch: Sequence[Happening], holders: Sequence[Holder], book: Directory) -> Iterator[Pair]:
    """Each complaint with each grant under which somebody might hear of it."""
    for one in batch:
        for audience in told(one):
            for seat in seats(audience, one):
                yield from ((one.complaint_id, holder.grant) for holder in _fitting(seat, holders, book))


def _fitting(seat: Seat, holders: Sequence[Holder], book: Directory) -> Iterator[Holder]:
    return (holder for holder in holders if _far(seat, holder, book) is not None)


def _far(seat: Seat, holder: Holder, book: Directory) -> int | None:
    grant = holder.grant
    return distance(seat, grant.role, grant.place, grant.department, book.chain(seat.place))


def _shared(batch: Sequence[Happening], addresses: Sequence[Address], book: Directory) -> Iterator[Pair]:
    """Each complaint with the grant that an address of a department or a place stands for."""
    grants = {grant for address in addresses for grant in _grants_of(address, book)}
    return ((one.complaint_id, grant) for one in batch if not one.sealed for grant in grants)


def _grants_of(address: Address, book: Directory) -> list[Grant]:
    """What an address would hold if it were somebody; those of users are asked as their users."""
    if address.department:
        return [Grant("handler", None, None, address.department)]
    return [_desk(role, address.place, book) for role in DESK_ROLES] if address.place else []


# The desks of a place; a webhook of a place hears what its supervisor may see.
DESK_ROLES = ("dispatcher", "supervisor", "revisit_agent")


def _desk(role: str, place: str, book: Directory) -> Grant:
    return Grant(role, place, None if place == book.region else frozenset(book.subtree(place)))


def _visible(pairs: set[Pair]) -> frozenset[Pair]:
    """Those pairs in which the grant reaches the complaint, by the one predicate, in one statement.

    Each grant is asked by itself: who is a handler of the unit complained of and an auditor too is told nothing as
    a handler.
    """
    asked: dict[Grant, set[int]] = defaultdict(set)
    for complaint_id, grant in pairs:
        asked[grant].add(complaint_id)
    grants = list(asked)
    branches = [
        select(Complaint.id, literal(index)).where(Complaint.id.in_(sorted(asked[grant])), visible(_as_reader(grant)))
        for index, grant in enumerate(grants)
    ]
    if not branches:
        return frozenset()
    # Every batch asks in other words: kept, they would only crowd out others.
    rows = db.session.execute(union_all(*branches), execution_options={"compiled_cache": None})
    return frozenset((complaint_id, grants[index]) for complaint_id, index in rows)


def _as_reader(grant: Grant) -> Reader:
    return Reader(grants=(grant,), roles=frozenset({grant.role}))


# --- who it comes to -------------------------------------------------------------------------------------------------


def _told(one: Happening, seen: _Seen) -> Iterator[Recipient]:
    """The enterprises and the people, each once: in the first of the audiences that they belong to."""
    known: set[str] = set()
    for audience in told(one):
        for found in _audience(one, audience, seen):
            if (key := f"{found.channel}:{found.key}") not in known:
                known.add(key)
                yield found


def _audience(one: Happening, audience: str, seen: _Seen) -> Iterator[Recipient]:
    if audience == "enterprise":
        yield from _enterprise(one, audience, one.complaint_id, one.number, one, seen)
    elif audience == "followers":
        for row in seen.followers.get(one.complaint_id, ()):
            yield from _enterprise(one, audience, row.id, row.number, row, seen)
    else:
        for seat in seats(audience, one):
            yield from _seated(one, audience, seat, seen)


def _enterprise(
    one: Happening, audience: str, complaint_id: int, number: str, row: Any, seen: _Seen
) -> Iterator[Recipient]:
    """The inboxes of those who may see it as theirs, as complaints.visibility.own says, and its telephone."""
    for user_id, account in seen.enterprises:
        filed = user_id == row.filed_by and (account is None or row.account is None)
        if filed or (account is not None and account == row.account):
            yield Recipient(one, audience, "inbox", f"user:{user_id}", complaint_id, number, user_id)
    if row.phone_hash is not None and not row.anonymous:
        yield Recipient(one, audience, "sms", f"complaint:{complaint_id}", complaint_id, number)


def _seated(one: Happening, audience: str, seat: Seat, seen: _Seen) -> Iterator[Recipient]:
    """Who sits nearest among those who may see it, and the addresses that go with them or with the seat."""
    meant = _assigned(one, seat, seen) if audience == "assignee" else _nearest(one, seat, seen)
    for user_id in meant:
        yield Recipient(one, audience, "inbox", f"user:{user_id}", one.complaint_id, one.number, user_id)
        yield from (_at(one, audience, address) for address in seen.addresses if address.user_id == user_id and
                    address.channel in CHANNELS_OF[audience])  # fmt: skip
    if audience == "assignee":
        return
    for address in seen.addresses:
        if address.channel in CHANNELS_OF[audience] and _is_at(address, seat) and _may_have(one, address, seat, seen):
            yield _at(one, audience, address)


def _nearest(one: Happening, seat: Seat, seen: _Seen) -> list[int]:
    """The users with the nearest grants that reach the complaint, but for who did it."""
    reached = [
        (far, holder.user_id)
        for holder in seen.holders
        if (far := _far(seat, holder, seen.book)) is not None and (one.complaint_id, holder.grant) in seen.visible
    ]
    least = min((far for far, _user in reached), default=0)
    return sorted({user_id for far, user_id in reached if far == least and user_id != one.actor_id})


def _assigned(one: Happening, seat: Seat, seen: _Seen) -> list[int]:
    """Whom the complaint was given to, if it was not oneself and the complaint is within reach."""
    user_id = one.data["assignee"]
    fitting = (holder for holder in _fitting(seat, seen.holders, seen.book) if holder.user_id == user_id)
    reached = any((one.complaint_id, holder.grant) in seen.visible for holder in fitting)
    return [user_id] if reached and user_id != one.actor_id else []


def _is_at(address: Address, seat: Seat) -> bool:
    if seat.department:
        return address.department == seat.department
    return address.place == seat.place


def _may_have(one: Happening, address: Address, seat: Seat, seen: _Seen) -> bool:
    grants = [grant for grant in _grants_of(address, seen.book) if seat.department or grant.role in seat.roles]
    return not one.sealed and any((one.complaint_id, grant) in seen.visible for grant in grants)


def _at(one: Happening, audience: str, address: Address) -> Recipient:
    key = f"address:{address.id}"
    return Recipient(one, audience, address.channel, key, one.complaint_id, one.number, address.user_id, address)


def _pushed(one: Happening, seen: _Seen) -> Iterator[Recipient]:
    """The webhooks that hear of an event, whoever else does."""
    for address in seen.addresses:
        if address.channel == "webhook" and _subscribes(one, address, seen):
            yield _at(one, "systems", address)


def _subscribes(one: Happening, address: Address, seen: _Seen) -> bool:
    """A system hears the public events of what it filed itself; a department or a place all of what it may see."""
    if address.user_id is not None:
        return one.filed_by == address.user_id and one.public
    grants = [grant for grant in _grants_of(address, seen.book) if grant.role in {"handler", "supervisor"}]
    return not one.sealed and any((one.complaint_id, grant) in seen.visible for grant in grants)
