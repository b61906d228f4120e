"""How each person has arranged a desk: which columns its table has, and lists that were given a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from service.accounts.models import KeptDesk
from service.db import db
from service.errors import Invalid, NotFound
from service.sentences import say

MOST_VIEWS = 20


@dataclass(frozen=True)
class View:
    """A list with a name: the filters as they stand in its address."""

    name: str
    filters: Mapping[str, Any]


@dataclass(frozen=True)
class Arranged:
    """A desk as somebody arranged it; no columns where nobody chose any."""

    columns: Sequence[str] | None = None
    views: Sequence[View] = field(default=())


def arranged(user_id: int, desk: str) -> Arranged:
    """How somebody has arranged a desk, in one statement."""
    columns = select(KeptDesk.columns, KeptDesk.views)
    row = db.session.execute(columns.where(KeptDesk.user_id == user_id, KeptDesk.desk == desk)).one_or_none()
    return Arranged(row.columns, [View(**one) for one in row.views]) if row else Arranged()


def choose_columns(user_id: int, desk: str, columns: Sequence[str]) -> None:
    """Keep which columns somebody wants to see; none chosen brings the usual ones back."""
    _held(user_id, desk).columns = list(columns) or None


def save_view(user_id: int, desk: str, view: View) -> None:
    """Keep a list under a name; what had that name before is replaced.

    Raises:
        Invalid: there are as many as there may be.
    """
    kept = _held(user_id, desk)
    others = [one for one in kept.views if one["name"] != view.name]
    if len(others) >= MOST_VIEWS:
        raise Invalid(
            say("最多保存 %(most)s 个视图。", most=MOST_VIEWS), {"name": ["请先删去一个不用的，或换用已有的名称。"]}
        )
    kept.views = [*others, {"name": view.name, "filters": dict(view.filters)}]


def rename_view(user_id: int, desk: str, old: str, new: str) -> None:
    """Call a view otherwise.

    Raises:
        NotFound: there is no such view. Invalid: another one is called so.
    """
    kept = _held(user_id, desk)
    names = [one["name"] for one in kept.views]
    if old not in names:
        raise NotFound("没有这个视图，可能已经删去。")
    if new != old and new in names:
        raise Invalid("已有同名的视图。", {"name": [say("已有一个视图叫「%(name)s」，请换一个名称。", name=new)]})
    kept.views = [{**one, "name": new} if one["name"] == old else one for one in kept.views]


def delete_view(user_id: int, desk: str, name: str) -> None:
    """Drop a view; one that is gone already is gone."""
    kept = _held(user_id, desk)
    kept.views = [one for one in kept.views if one["name"] != name]


def _held(user_id: int, desk: str) -> KeptDesk:
    """The row, made where there is none, and held until the transaction ends: two tabs of one person take turns."""
    row = insert(KeptDesk).values(user_id=user_id, desk=desk, views=[])
    db.session.execute(row.on_conflict_do_nothing())
    held = (KeptDesk.user_id == user_id, KeptDesk.desk == desk)
    return db.session.scalars(select(KeptDesk).where(*held).with_for_update()).one()
