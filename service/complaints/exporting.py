"""Lists of complaints as Excel tables: as their reader sees them, in little memory, and on record."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import delete, select
from sqlalchemy.orm import defer

from service import sheets
from service.accounts import administration
from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.audit import operations as audit
from service.classifier.facts import mask
from service.complaints import listing, reading
from service.complaints.models import Export
from service.complaints.rules import CHANNELS, MARKS, OPEN
from service.complaints.wanted import Wanted, matching
from service.db import db
from service.directory import operations as directory
from service.directory.rules import Directory
from service.errors import Invalid, NotAllowed, NotFound
from service.jobs import outbox
from service.sentences import say
from service.sheets import Column, Table

# Up to so many rows at once; beyond, a worker writes them.
AT_ONCE = 5000
MOST = 120_000
# So many rows come from the database at a time.
FETCHED = 1000
KEPT = timedelta(hours=24)
# A worker that has not finished by then never will.
PATIENCE = timedelta(minutes=20)
NAME = "诉求"


@dataclass(frozen=True)
class Line:
    """What the cells of a row are made of: the row, as reading.brief tells it, and what people are called."""

    row: Any
    told: Mapping[str, Any]
    names: Mapping[int, str]
    now: datetime

    def named(self, what: str) -> str:
        """The name behind one of the codes; empty where there is none."""
        return self.told[what]["name"] if self.told[what] else ""


Cell = Callable[[Line], Any]
# What every table begins with, and the columns that a view may have: code → the column and what stands in it.
FIRST: Mapping[str, tuple[Column, Cell]] = {
    "number": (Column("编号", 22), lambda line: line.told["number"]),
    "summary": (Column("事项", 60), lambda line: line.told["summary"]),
    "flags": (Column("标记", 12), lambda line: "、".join(MARKS[flag] for flag in line.told["flags"])),
    "due": (Column("期限", 17, "moment"), lambda line: line.told["due_at"]),
    "late": (Column("是否逾期", 10), lambda line: _late(line)),
}
COLUMNS: Mapping[str, tuple[Column, Cell]] = {
    "enterprise": (Column("企业", 26), lambda line: line.told["enterprise"]["name"]),
    "region": (Column("地区", 12), lambda line: line.named("region")),
    "department": (Column("承办部门", 26), lambda line: line.named("department")),
    "assignee": (Column("承办人", 10), lambda line: line.names.get(line.row.assignee, "")),
    "status": (Column("状态", 10), lambda line: line.told["status_name"]),
    "category": (Column("类别", 14), lambda line: line.named("category")),
    "respondent": (Column("反映的对象", 26), lambda line: line.named("respondent")),
    "amount": (Column("涉及金额（元）", 16, "money"), lambda line: line.told["amount"]),
    "channel": (Column("来源渠道", 10), lambda line: CHANNELS[line.told["channel"]]),
    "filed": (Column("提交时间", 17, "moment"), lambda line: line.told["created_at"]),
    "updated": (Column("最近变化", 17, "moment"), lambda line: line.row.updated_at),
}


def _late(line: Line) -> str:
    if line.row.due_at is None or line.row.status not in OPEN:
        return ""
    return "是" if line.row.due_at < line.now else "否"


@dataclass(frozen=True)
class Order:
    """What somebody wants as a table.

    Attributes:
        roles: in which it is asked for; columns: codes of COLUMNS.
    """

    wanted: Wanted
    columns: Sequence[str]
    roles: frozenset[str]


def order(asked: Order, reader: Reader, now: datetime) -> bytes | Export:
    """A short table at once; of a long one the row that says when a worker has written it.

    Raises:
        Invalid: it is longer than anybody could read.
    """
    held = listing.totals([asked.wanted], _in_roles(reader, asked.roles), now)[0]
    if held > MOST:
        why = say(
            "筛选后有 %(held)s 件，一次最多导出 %(most)s 件。请加上时限、地区或大类，分几次导出。", held=held, most=MOST
        )
        raise Invalid(why, {"q": [why]})
    if held > AT_ONCE:
        return _queued(asked, reader, now)
    target = BytesIO()
    write(asked, reader, now, target)
    return target.getvalue()


def write(asked: Order, reader: Reader, now: datetime, target: IO[bytes]) -> int:
    """Write a table and put on record who took what out; gives the number of its rows."""
    columns = [*FIRST.values(), *(COLUMNS[code] for code in COLUMNS if code in asked.columns)]
    lines = _lines(asked.wanted, _in_roles(reader, asked.roles), now)
    cells = ([cell(line) for _, cell in columns] for line in lines)
    count = sheets.write(target, Table(NAME, [column for column, _ in columns], cells))
    audit.record("complaints.exported", f"{count} 件", reader.login, now, rows=count, columns=list(asked.columns),
                 filters=_on_record(asked.wanted))  # fmt: skip
    return count


def _lines(wanted: Wanted, reader: Reader, now: datetime) -> Iterator[Line]:
    """The rows through a cursor in the database: never all of them at once here."""
    book, names = directory.current(), _Names()
    rows_of: Any = select(*listing.COLUMNS)
    query = listing.in_order(rows_of.where(matching(wanted, reader, now)), wanted.sort)
    for rows in db.session.execute(query.execution_options(yield_per=FETCHED)).partitions():
        names.learn({row.assignee for row in rows if row.assignee is not None})
        yield from (_line(row, names, book, now) for row in rows)


def _line(row: Any, names: Mapping[int, str], book: Directory, now: datetime) -> Line:
    return Line(row, reading.brief(row, book), names, now)


class _Names(dict[int, str]):
    """What people are called, asked once for each."""

    def learn(self, ids: set[int]) -> None:
        if unknown := ids - self.keys():
            self.update(accounts.names(unknown))


def _in_roles(reader: Reader, roles: frozenset[str]) -> Reader:
    """The same person with only what they may do in some roles, as their desk shows it."""
    grants = tuple(grant for grant in reader.grants if grant.role in roles)
    return Reader(reader.id, reader.login, reader.name, grants, reader.roles & roles)


def _kept(wanted: Wanted) -> dict[str, Any]:
    """What was asked for, without what is usual, as JSON keeps it."""
    usual = asdict(Wanted())
    named = {name: value for name, value in asdict(wanted).items() if value != usual[name]}
    return {name: list(value) if isinstance(value, set | frozenset | tuple) else value for name, value in named.items()
            if name not in {"cursor", "limit"}}  # fmt: skip


def _on_record(wanted: Wanted) -> dict[str, Any]:
    """The same without numbers of persons that somebody may have searched for."""
    return {name: mask(value) if isinstance(value, str) else value for name, value in _kept(wanted).items()}


# --- long ones -------------------------------------------------------------------------------------------------------


def _queued(asked: Order, reader: Reader, now: datetime) -> Export:
    export = Export(
        user_id=reader.id, asked=_kept(asked.wanted), columns=list(asked.columns),
        grants=_held(reader, asked.roles), created_at=now,
    )  # fmt: skip
    db.session.add(export)
    db.session.flush()
    outbox.add("complaints.export", {"export_id": export.id})
    return export


def make(export_id: int, now: datetime) -> None:
    """Write a long table, with what its reader may see by now; one that was given up meanwhile is left."""
    export = db.session.get(Export, export_id)
    if export is None or export.ready_at is not None:
        return
    roles = frozenset(administration.read_grant(grant).role for grant in export.grants)
    asked, reader = Order(Wanted(**export.asked), export.columns, roles), accounts.reader_of(export.user_id)
    with TemporaryFile() as file:
        export.rows = write(asked, reader, now, file)
        file.seek(0)
        export.content = file.read()
    export.ready_at, export.grants = now, _held(reader, roles)


def _held(reader: Reader, roles: Collection[str]) -> list[str]:
    """The grants of somebody in some roles, as the record writes them."""
    return sorted(administration.written(grant) for grant in reader.grants if grant.role in roles)


def exports_of(reader: Reader, now: datetime) -> list[tuple[Export, bool]]:
    """Somebody's own long tables of the last day, the newest first, without what is in them, and whether the reader
    has still all the grants under which each was written."""
    own = select(Export).options(defer(Export.content)).where(Export.user_id == reader.id)
    found = db.session.scalars(own.where(Export.created_at > now - KEPT).order_by(Export.id.desc()))
    return [(one, _still_holds(reader, one.grants)) for one in found]


def _still_holds(reader: Reader, grants: Collection[str]) -> bool:
    return set(grants) <= set(_held(reader, reader.roles))


def content(export_id: int, reader: Reader, now: datetime) -> bytes:
    """What is in one of somebody's own tables.

    Raises:
        NotFound: there is none, or no more, or it is not written yet.
        NotAllowed: the reader has no longer all the grants under which it was written.
    """
    own = (Export.id == export_id, Export.user_id == reader.id, Export.created_at > now - KEPT)
    found = db.session.execute(select(Export.content, Export.grants).where(*own)).one_or_none()
    if found is None or found.content is None:
        raise NotFound("没有这份导出，或已过 24 小时。请回到列表重新导出。")
    if not _still_holds(reader, found.grants):
        raise NotAllowed("这份导出是按您以前的岗位生成的，岗位变了就不再提供。请回到列表重新导出。")
    return found.content


def purge(now: datetime) -> None:
    """Drop tables whose day is over."""
    db.session.execute(delete(Export).where(Export.created_at <= now - KEPT))
