"""What administrators change: each change keeps what was and what became of it, and can be taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from service.audit.models import Entry
from service.audit.operations import hold, record
from service.audit.rules import differences
from service.db import db
from service.errors import Conflict, NotFound, Stale

Values = Mapping[str, Any]
ADDED, EDITED, UNDONE = "added", "edited", "undone"
STALE = "您打开以后，别人改过这一项。请看改了什么，再决定是否仍按您填的保存。"
LATER = "这些内容后来又改过，不能直接撤销。请改成您要的内容再保存。"
NO_CHANGE = "这一条记录不是修改，没有可以撤销的。"


@dataclass(frozen=True)
class Changeable:
    """A kind of thing that administrators change.

    Attributes:
        name: what its entries' actions begin with.
        read: the values of one as JSON has them, by its code; fresh, and NotFound where there is none.
        write: give some of its values, or raise Invalid where they would break a rule.
    """

    name: str
    read: Callable[[str], dict[str, Any]]
    write: Callable[[str, Values, datetime], None]

    def action(self, what: str) -> str:
        """How an entry names what was done to one."""
        return f"{self.name}.{what}"


def change(of: Changeable, code: str, values: Values, seen: int, actor: str, now: datetime, **more: Any) -> bool:
    """Give a thing other values; false where it has them already.

    Args:
        seen: the version that whoever changes it has read; see version().
        more: what else the record keeps, such as the document that a change is based on.
    Raises:
        NotFound: there is none. Stale: somebody else changed it since. Invalid: the values break a rule.
    """
    hold()
    before = of.read(code)
    if version(of, code) != seen:
        raise Stale(STALE)
    return _change(of, code, before, values, of.action(EDITED), actor, now, more)


def do(of: Changeable, code: str, values: Values, what: str, actor: str, now: datetime, **more: Any) -> bool:
    """Give a thing other values by a deed of its own name, whoever changed it before."""
    hold()
    return _change(of, code, of.read(code), values, of.action(what), actor, now, more)


def undo(of: Changeable, code: str, entry_id: int, actor: str, now: datetime) -> None:
    """Give a thing what it had before a change, as a change of its own.

    Raises:
        NotFound: no such change of it. Conflict: what was changed then was changed again since.
        Invalid: the values of then break a rule by now.
    """
    hold()
    entry, before = _found(of, code, entry_id), of.read(code)
    if not can_undo(entry, before):
        raise Conflict(LATER if "was" in entry.details else NO_CHANGE)
    _change(of, code, before, entry.details["was"], of.action(UNDONE), actor, now, {"undoes": entry.id})


def can_undo(entry: Entry, now: Values) -> bool:
    """Whether an entry is of a change, and what it made is still so."""
    became = entry.details.get("became")
    return isinstance(became, Mapping) and "was" in entry.details and all(now.get(k) == v for k, v in became.items())


def history(of: Changeable, code: str, limit: int) -> Sequence[Entry]:
    """What was done to a thing, the newest first."""
    mine = (Entry.subject == code, Entry.action.startswith(f"{of.name}."))
    return db.session.scalars(select(Entry).where(*mine).order_by(Entry.id.desc()).limit(limit)).all()


def version(of: Changeable, code: str) -> int:
    """Which change a thing owes its values to: the last one's id, 0 where there was none."""
    mine = (Entry.subject == code, Entry.action.startswith(f"{of.name}."), Entry.details.has_key("became"))
    return db.session.scalar(select(func.max(Entry.id)).where(*mine)) or 0


def version_in(entries: Sequence[Entry]) -> int:
    """The same, where its history was read already."""
    return max((one.id for one in entries if _changed(one)), default=0)


def since(seen: int, entries: Sequence[Entry]) -> list[Entry]:
    """What of a history changed a thing after a version, the newest first."""
    return [one for one in entries if one.id > seen and _changed(one)]


def _changed(entry: Entry) -> bool:
    return "became" in entry.details


def _change(
    of: Changeable, code: str, before: Values, values: Values, action: str, actor: str, now: datetime, more: Values
) -> bool:
    wanted = differences(before, values)[1]
    if wanted:
        of.write(code, wanted, now)
        db.session.flush()
    # What came of it may be more than what was asked for: a day on which terms begin, say.
    after = of.read(code) if wanted else before
    was, became = differences(before, {name: after.get(name) for name in dict.fromkeys([*before, *after])})
    if became:
        record(action, code, actor, now, was=was, became=became, **more)
    return bool(became)


def _found(of: Changeable, code: str, entry_id: int) -> Entry:
    entry = db.session.get(Entry, entry_id)
    if entry is None or entry.subject != code or not entry.action.startswith(f"{of.name}."):
        raise NotFound("没有这条变更记录。")
    return entry
