"""A hundred thousand complaints of two years: some really filed and worked, the rest copied with all their rows.

Each copy has a place, a time, a number, an enterprise, a respondent and a text of its own; its events, clocks, letters
and notices move along, and so do the people, of whom each banner has its own. Only the seals of the events do not fit.
"""

# ruff: noqa: S608 - statements are put together from constants of this file and the names of columns

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import ARRAY, Column, Connection, String, Table, Text, select, text
from sqlalchemy.dialects import postgresql

from service import crypto, lexemes
from service.accounts import operations as accounts
from service.accounts.rules import Grant
from service.casework import climbing
from service.classifier import operations as classifier
from service.classifier.likeness import bands
from service.complaints.models import Complaint, TextBand
from service.complaints.numbering import number
from service.complaints.rules import OPEN
from service.db import Instant, db, transaction
from service.demonstration import ASIDES, WAYS
from service.directory import operations as directory
from service.insight import tallying
from service.intake import enterprises
from service.intake.models import Call
from service.notices import operations as notices
from service.notices.models import Notice
from tests.bench.crowd import composed, without_indexes
from tests.e2e.cast import PEOPLE, PLACE, Cast
from tests.thirty import cases

SEED, DAYS, LEAGUE = 20_251, 730, "150800"
TEXTS, ENTERPRISES, RESPONDENTS = 5_000, 30_000, 20_000
# Of all complaints so many are over, and of those so many by the usual way.
OVER, CLOSED = 0.95, 0.8
# How long ago what is not over was filed, and what share of it.
AGES = {timedelta(hours=1): 1, timedelta(days=3): 3, timedelta(days=20): 8, timedelta(days=45): 3}
# When what is over was filed; between two steps; at most so much earlier than the first one a copy was filed.
LONG_AGO, PACE, EARLIER = timedelta(days=60), timedelta(minutes=50), timedelta(hours=20)
# Where most of what is not over stands; another state holds one part.
PARTS = {"submitted": 4, "dispatched": 12, "handling": 30, "waiting": 4, "drafted": 4, "replied": 12}
SAYINGS = "CREATE TEMP TABLE sayings (text int PRIMARY KEY, body text, search tsvector, bands bigint[])"
COPIES = """
  CREATE TEMP TABLE copies (id bigint PRIMARY KEY, old bigint, number text, later interval, place text, league text,
                            people bigint, text int, enterprise int, respondent int)
"""
Rows = Sequence[Mapping[str, Any]]


def fill(data: Path, rows: int, now: datetime) -> Cast:
    """Store so many complaints; gives the people of the banner in which the first ones were filed."""
    cast = Cast()
    firsts = _firsts(cast, now)
    leagues = _neighbours(now)
    with transaction():
        copies = list(_drawn(firsts, leagues, rows, now))
    with db.engine.begin() as connection:
        _copy(connection, _sayings(data), copies, cast)
    while _kept(lambda: bool(climbing.climb(now))):
        pass
    follow(now)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return cast


# --- what is really filed --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class First:
    """A complaint that was really filed and worked, whether it still is, and how many of its like there are."""

    id: int
    created_at: datetime
    goes_on: bool
    weight: float


def _firsts(cast: Cast, now: datetime) -> list[First]:
    """One in each state and with all that goes on beside one, of each age, about different matters."""
    bodies = cycle({**case.body, "region": PLACE} for case in cases() if case.expect["department"])
    aged = {}
    for age in (*AGES, LONG_AGO):
        for status in (*WAYS, *ASIDES):
            # What is merged needs another of the same enterprise.
            body = None if status in {"dispatched", "merged"} else next(bodies)
            aged[cast.complaint(status, age, body, PACE).number] = AGES.get(age, 0)
    with transaction():
        while climbing.climb(now):
            pass
    with transaction():
        while notices.spread(now, 1000):
            pass
    found = db.session.scalars(select(Complaint)).all()
    return [_first(one, aged.get(one.number, 0)) for one in found]


def _first(one: Complaint, share: int) -> First:
    if one.status in OPEN or one.pending:
        return First(one.id, one.created_at, True, 1 if one.pending else PARTS.get(one.status, 1) * share)
    return First(one.id, one.created_at, False, CLOSED * 20 if one.status == "closed" else 1 - CLOSED)


def _neighbours(now: datetime) -> dict[str, str]:
    """Every banner gets people like the first one's, in the same order; gives the league of each."""
    book = directory.current()
    banners = [place for place in book.places.values() if place.level == "旗县区" and place.code != PLACE]
    with transaction():
        for banner in banners:
            for login, (name, grant) in PEOPLE.items():
                accounts.create_user(f"{login}-{banner.code}", name, [_like(grant, banner.code)], None, now, "bench")
    return {PLACE: LEAGUE} | {banner.code: banner.parent or book.region for banner in banners}


def _like(grant: Grant, place: str) -> Grant:
    """The same for another banner; who is there for the whole region sits at the telephone instead."""
    if grant.department:
        return Grant(grant.role, None, None, grant.department.replace(PLACE, place))
    return Grant(grant.role if grant.place else "operator", place)


# --- what is copied --------------------------------------------------------------------------------------------------


def _sayings(data: Path) -> Rows:
    """Texts, each with its words and what it has in common with others."""
    return [
        {"text": serial, "body": body, "bands": bands(body), "search": lexemes.vector(classifier.words(body))}
        for serial, body in enumerate(composed(data, TEXTS))
    ]


def _drawn(firsts: Sequence[First], leagues: Mapping[str, str], rows: int, now: datetime) -> Iterator[dict[str, Any]]:
    """A row for each copy, the earliest first; the first banner and those after it have more than the last ones."""
    draw = random.Random(SEED)  # noqa: S311 - complaints, not secrets
    chosen = [one for share, going_on in ((OVER, False), (1 - OVER, True))
              for one in _some(firsts, going_on, round(rows * share), draw)]  # fmt: skip
    dated = sorted(((_moment(one, draw, now), one) for one in chosen), key=lambda pair: pair[0])
    serial = db.session.execute(text("SELECT max(id) FROM complaints")).scalar_one()
    for at, first in dated:
        serial += 1
        turn = min(int(draw.expovariate(3 / len(leagues))), len(leagues) - 1)
        place = list(leagues)[turn]
        yield {
            "id": serial, "old": first.id, "number": number(serial, at), "later": at - first.created_at,
            "place": place, "league": leagues[place], "people": turn * len(PEOPLE), "text": draw.randrange(TEXTS),
            "enterprise": int(ENTERPRISES * draw.random() ** 2), "respondent": int(RESPONDENTS * draw.random() ** 2),
        }  # fmt: skip


def _some(firsts: Sequence[First], going_on: bool, count: int, draw: random.Random) -> list[First]:
    those = [one for one in firsts if one.goes_on == going_on]
    return draw.choices(those, [one.weight for one in those], k=count)


def _moment(first: First, draw: random.Random, now: datetime) -> datetime:
    """When a copy was filed: what is not over shortly before the first one, what is over at any time."""
    if first.goes_on:
        return first.created_at - EARLIER * draw.random()
    return now - EARLIER - timedelta(days=DAYS) * draw.random()


def _copy(connection: Connection, sayings: Rows, copies: Rows, cast: Cast) -> None:
    """Copy beside what is stored, without what only makes storing slow."""
    with without_indexes(connection, *_tables()):
        # What is copied has all that it refers to; looking that up for each row takes longer than to store it.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        copy(connection, sayings, copies, cast)
        for statement in (FILED_FIRST, *AFTER):
            taker = {"phone": crypto.encrypt("13800138000"), "taker": cast.reader("zhang").id}
            connection.execute(text(statement), taker)


def copy(connection: Connection, sayings: Rows, copies: Rows, cast: Cast) -> None:
    """Insert each copy with all that belongs to it, in one statement a table.

    Args:
        sayings: texts with their words; copies: of which complaint, where, when, under which number and text.
    """
    for table, statement, rows in (("sayings", SAYINGS, sayings), ("copies", COPIES, copies)):
        connection.execute(text(statement))
        names = list(rows[0])
        into = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
        connection.execute(text(into), rows)
        connection.execute(text(f"ANALYZE {table}"))
    for table in _tables():
        _insert(connection, table, cast)


def _tables() -> list[Table]:
    """The tables whose rows belong to complaints and come again with them."""
    belonging = [table for table in db.metadata.sorted_tables if table.name not in MADE and _belongs(table)]
    # Who was told of an event is found by the event.
    return sorted(belonging, key=lambda table: table is Notice.__table__)


def _belongs(table: Table) -> bool:
    return table.name == "complaints" or "complaint_id" in table.c


# What follows from the rest, and files, of which there is but one on the disk.
MADE = {"attachments", "text_bands", "tallies", "examples"}
# Beside what every column of a kind becomes: table → column → what it becomes.
OWN: Mapping[str, Mapping[str, str]] = {
    "complaints": {
        "id": "copies.id",
        "body": "sayings.body",
        "search": "sayings.search",
        "title": "NULL",
        "uscc": "NULL",
        "uscc_hash": "CASE WHEN copies.enterprise % 3 > 0 THEN decode(md5('uscc' || copies.enterprise), 'hex') END",
        "phone_hash": "decode(md5('phone' || copies.enterprise), 'hex')",
        "enterprise_name": "CASE WHEN old.enterprise_name <> ''"
        " THEN '草原' || copies.enterprise || '号商贸有限公司' END",
        "respondent_name": "CASE WHEN old.respondent_department IS NULL AND old.respondent_name <> ''"
        " THEN '兴安' || copies.respondent || '号建设有限公司' ELSE old.respondent_name END",
        "amount": "1000 * (1 + copies.enterprise % 977)",
    },
    "clocks": {
        "pauses": "(SELECT coalesce(jsonb_agg(jsonb_build_object("
        " 'from', CAST(one ->> 'from' AS timestamptz) + copies.later,"
        " 'until', CAST(one ->> 'until' AS timestamptz) + copies.later"
        ")), '[]') FROM jsonb_array_elements(old.pauses) AS one)"
    },
    "letters": {
        "serial": "1000 + row_number() OVER (ORDER BY copies.id)",
        "number": "old.number || '/' || copies.id",
        "token_hash": "CASE WHEN old.token_hash IS NOT NULL THEN decode(md5(old.id || '-' || copies.id), 'hex') END",
    },
    "notices": {
        "event_id": "new.id",
        "recipient": "CASE WHEN old.user_id IS NOT NULL THEN 'user:' || old.user_id + copies.people"
        " ELSE 'complaint:' || copies.id END",
        "user_id": "old.user_id + copies.people",
        "read_at": "CASE WHEN copies.later < interval '-3 days' THEN old.sent_at + copies.later END",
    },
}
PEOPLES = {"actor_id", "assignee", "issued_by"}
FROM = {
    "complaints": "copies JOIN complaints AS old ON old.id = copies.old JOIN sayings USING (text)",
    "notices": "copies JOIN notices AS old ON old.complaint_id = copies.old JOIN events ON events.id = old.event_id"
    " JOIN events AS new ON new.complaint_id = copies.id AND new.seq = events.seq",
}
# What finds the last week's complaints relies on it that what was stored first was filed first.
FILED_FIRST = (
    f"UPDATE complaints SET created_at = created_at - interval '{DAYS} days' WHERE id < (SELECT min(id) FROM copies)"
)
AFTER = (
    f"INSERT INTO {TextBand.__tablename__} SELECT unnest(bands), id FROM copies JOIN sayings USING (text) ORDER BY id",
    f"INSERT INTO {Call.__tablename__} (announced, phone, operator, at, taken_by, taken_at, ended_at, number)"
    " SELECT 'call-' || id, :phone, 'zhang', created_at, :taker + people, created_at, created_at + interval '6 min',"
    " number FROM copies JOIN complaints USING (id, number) WHERE id % 2 = 0 ORDER BY id",
    "SELECT setval('complaint_serial', max(id)) FROM complaints",
)


def _insert(connection: Connection, table: Table, cast: Cast) -> None:
    """Insert a table's own rows again, one for each copy of the complaint they belong to."""
    own = OWN.get(table.name, {})
    names = [column.name for column in table.c if column.name != "id" or "id" in own]
    values = ", ".join(own.get(name) or _value(table.c[name], cast) for name in names)
    source = FROM.get(table.name, f"copies JOIN {table.name} AS old ON old.complaint_id = copies.old")
    connection.execute(
        text(f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {values} FROM {source} ORDER BY copies.id")
    )


def _value(column: Column[Any], cast: Cast) -> str:
    """What becomes of a column: moments move, codes are those of the other place, people those who sit there."""
    name, type_ = f"old.{column.name}", column.type
    if column.name in {"complaint_id", "number"}:
        return {"complaint_id": "copies.id", "number": "copies.number"}[column.name]
    if column.name in PEOPLES:
        known = sorted(reader.id for reader in cast.readers.values())
        return f"CASE WHEN {name} BETWEEN {known[0]} AND {known[-1]} THEN {name} + copies.people ELSE {name} END"
    if isinstance(type_, Instant):
        return f"{name} + copies.later"
    if isinstance(type_, ARRAY) and isinstance(type_.item_type, Instant):
        return f"ARRAY(SELECT at + copies.later FROM unnest({name}) WITH ORDINALITY AS one (at, turn) ORDER BY turn)"
    if isinstance(type_, (String, Text, postgresql.JSONB, ARRAY)):
        moved = f"replace(replace(CAST({name} AS text), '{PLACE}', copies.place), '{LEAGUE}', copies.league)"
        return f"CAST({moved} AS {type_.compile(postgresql.dialect())})"
    return name


def follow(now: datetime) -> None:
    """What workers keep beside complaints: the enterprises that an operator is offered, and what figures count from."""
    while _kept(lambda: enterprises.learn() == enterprises.BATCH):
        pass
    # What is there is seen first, and counted once nobody else can still add to it.
    _kept(lambda: tallying.keep(now))
    while _kept(lambda: tallying.keep(now)):
        pass


def _kept(some: Callable[[], bool]) -> bool:
    """Keep some of it; gives whether there is more."""
    with transaction():
        return some()
