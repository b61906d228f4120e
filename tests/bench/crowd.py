"""A million complaints: texts that recur, a respondent of thousands, an enterprise of hundreds.

Composed out of sentences of data/examples and stored beside the complaints that rows.fill() filed, whose other columns
they repeat. Their seals and clocks do not exist, and their words for the search are left out: nothing here reads them.
"""

import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles

import psutil
from sqlalchemy import ColumnElement, Connection, Table, func, select, text
from sqlalchemy.schema import CreateIndex, DropIndex

from service.accounts.rules import Reader
from service.classifier import corpus
from service.classifier.likeness import bands
from service.complaints.models import Complaint
from service.db import db
from service.insight import hotspots
from service.intake import duplicates

SEED = 20_251
# So many different texts at most; of a million complaints each comes ten times or more, the most frequent one 4,000.
TEXTS = 50_000
RESPONDENTS, ENTERPRISES = 50_000, 300_000
# One complaint of each so many is about the crowded respondent, or of the busy enterprise: 20,000 and 300 of a million.
CROWDED, BUSY = 50, 3_333
DAYS = 170
# What a stored complaint repeats of the filed one whose turn it is, and what is its own; :n is its serial.
OWN = {
    "id": "drawn.id",
    "number": "'C' || n",
    "created_at": "CAST(:now AS timestamptz) - interval '1 day' * (:days * (:rows - n) / CAST(:rows AS float))",
    "body": "pool.body",
    "title": "NULL",
    "search": "''",
    "uscc": "NULL",
    "uscc_hash": "CASE WHEN enterprise % 3 > 0 THEN decode(md5('uscc' || enterprise), 'hex') END",
    "phone_hash": "decode(md5('phone' || enterprise), 'hex')",
    "contact_phone": "NULL",
    "contact_name": "NULL",
    "enterprise_name": "'草原' || enterprise || '号商贸有限公司'",
    "respondent_name": "CASE WHEN respondent % 10 < 9 THEN '兴安' || respondent || '号建设有限公司' END",
    "respondent_department": "NULL",
    "amount": "1000 * (1 + enterprise % 977)",
    "confidential": "false",
    "anonymous": "false",
    "sealed": "false",
    "source_number": "NULL",
    "filed_by": "NULL",
}
DRAWN = f"""
  CREATE TEMP TABLE drawn AS
  SELECT n, nextval('complaint_serial') AS id,
         floor(:filed * random())::int AS base, floor(:texts * power(random(), 2))::int AS text,
         CASE WHEN n % {CROWDED} = 0 THEN 0 ELSE 1 + floor({RESPONDENTS} * random())::int END AS respondent,
         CASE WHEN n % {BUSY} = 0 THEN 0 ELSE 1 + floor({ENTERPRISES} * random())::int END AS enterprise
  FROM generate_series(1, :rows) AS n
"""  # noqa: S608 - constants of this file


def fill(data: Path, rows: int, now: datetime) -> None:
    """Store so many complaints; those that are filed already stay and are copied from."""
    with db.engine.begin() as connection, without_indexes(connection, Complaint.__table__):
        # What is stored first was filed first: what finds the week's complaints relies on it.
        connection.execute(text("UPDATE complaints SET created_at = created_at - interval '1 year'"))
        _draw(connection, composed(data, min(TEXTS, rows // 10)), rows)
        connection.execute(text(_statement()), {"rows": rows, "days": DAYS, "now": now})
        each_band = "INSERT INTO text_bands SELECT unnest(bands), id FROM drawn JOIN pool USING (text) ORDER BY id"
        connection.execute(text(each_band))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE complaints, text_bands"))


def composed(data: Path, count: int) -> list[str]:
    """Different texts of three to six sentences of the examples."""
    draw = random.Random(SEED)  # noqa: S311 - texts, not secrets
    sentences = [one for whole in corpus.read_seed(data).texts for one in _sentences(whole)]
    return ["".join(draw.sample(sentences, draw.randint(3, 6))) for _ in range(count)]


def shortened(body: str) -> str:
    """A text without its first sentence."""
    return "".join(_sentences(body)[1:])


def _sentences(whole: str) -> list[str]:
    return re.findall("[^。？！]+[。？！]?", whole)


def _draw(connection: Connection, texts: Sequence[str], rows: int) -> None:
    """The texts with their bands, the filed complaints by turn, and who complains of whom, in temporary tables."""
    connection.execute(text("CREATE TEMP TABLE pool (text int PRIMARY KEY, body text, bands bigint[])"))
    bodies = [{"text": serial, "body": body, "bands": bands(body)} for serial, body in enumerate(texts)]
    connection.execute(text("INSERT INTO pool VALUES (:text, :body, :bands)"), bodies)
    turns = "CREATE TEMP TABLE turns AS SELECT row_number() OVER () - 1 AS turn, * FROM complaints LIMIT 400"
    filed = connection.execute(text(turns)).rowcount
    connection.execute(text(DRAWN), {"filed": filed, "texts": len(texts), "rows": rows})
    # Without figures on them the planner would join row by row.
    connection.execute(text("ANALYZE pool, turns, drawn"))


def _statement() -> str:
    names = [column.name for column in Complaint.__table__.c]
    values = ", ".join(OWN.get(name, f"turns.{name}") for name in names)
    return f"""
      INSERT INTO complaints ({", ".join(names)}) SELECT {values}
      FROM drawn JOIN turns ON turn = base JOIN pool USING (text) ORDER BY n
    """  # noqa: S608 - put together from constants of this file and the names of columns


@contextmanager
def without_indexes(connection: Connection, *tables: Table) -> Iterator[None]:
    """Filling is quicker where indexes are made afterwards, as when a backup is restored; text_bands is among them."""
    indexes = [index for table in tables for index in table.indexes if not index.unique]
    for index in indexes:
        connection.execute(DropIndex(index))
    connection.execute(text("ALTER TABLE text_bands DROP CONSTRAINT pk_text_bands"))
    yield
    connection.execute(text("ALTER TABLE text_bands ADD CONSTRAINT pk_text_bands PRIMARY KEY (band, complaint_id)"))
    for index in indexes:
        connection.execute(CreateIndex(index))


# Which of the stored complaints come again.
AGAIN: dict[str, ColumnElement[bool]] = {
    "any": Complaint.number.like("C%"),
    "of the crowded respondent": Complaint.respondent_name == "兴安0号建设有限公司",
    "of the busy enterprise": Complaint.enterprise_name == "草原0号商贸有限公司",
}


def search(readers: Mapping[str, Reader], now: datetime, times: int) -> dict[str, dict[str, float]]:
    """Milliseconds to find the candidates of complaints that come again in nearly the same words, and how many."""
    found = {}
    for which, condition in AGAIN.items():
        again = [_again(one) for one in _sample(condition, times)]
        for whose, reader in readers.items():
            found[f"{which}, {whose}"] = _timed(again, reader, now)
    return found


def _sample(condition: ColumnElement[bool], times: int) -> Sequence[Complaint]:
    rows = select(Complaint).where(condition).order_by(func.md5(Complaint.number)).limit(times)
    return db.session.scalars(rows).all()


def _again(old: Complaint) -> Complaint:
    """The same matter told once more, of the same enterprise about the same respondent."""
    names = ("enterprise_name", "uscc_hash", "phone_hash", "respondent_name", "amount", "region")
    return Complaint(body=shortened(old.body) + "至今没有解决。", **{name: getattr(old, name) for name in names})


def _timed(again: Sequence[Complaint], reader: Reader, now: datetime) -> dict[str, float]:
    """Beside the time on the clock, that of the processors, here and in PostgreSQL: others may be at work here too."""
    taken, offered, busy = [], 0, _processor_ms()
    for one in again:
        began = time.perf_counter()
        offered += len(duplicates.candidates(one, reader, now))
        taken.append((time.perf_counter() - began) * 1000)
    return {
        "p50_ms": median(taken),
        "p95_ms": quantiles(taken, n=20)[-1],
        "cpu_ms": (_processor_ms() - busy) / len(again),
        "offered": offered / len(again),
    }


def _processor_ms() -> float:
    """Milliseconds of processor time that this process and its session in PostgreSQL have taken."""
    served = psutil.Process(db.session.execute(select(func.pg_backend_pid())).scalar_one()).cpu_times()
    return (time.process_time() + served.user + served.system) * 1000


def heat(reader: Reader, now: datetime, times: int) -> float:
    """Median milliseconds to find the hot spots of a week."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        hotspots.hotspots(reader, now)
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def sizes() -> dict[str, float]:
    """MB of what is kept for likeness alone."""
    return {"bands_mb": db.session.scalar(text("SELECT pg_total_relation_size('text_bands') / 1048576.0"))}
