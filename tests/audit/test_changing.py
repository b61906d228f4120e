"""What was changed keeps what was; it is taken back only where nothing was changed since."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from service import clock
from service.audit import changing
from service.audit import operations as audit
from service.audit.changing import Changeable
from service.db import db, transaction
from service.errors import Conflict, Invalid, NotFound, Stale

pytestmark = pytest.mark.usefixtures("app")
THINGS: dict[str, dict[str, Any]] = {}


def read(code: str) -> dict[str, Any]:
    if code not in THINGS:
        raise NotFound("没有。")
    return dict(THINGS[code])


def write(code: str, values: Mapping[str, Any], now: datetime) -> None:
    if values.get("size") == 0:
        raise Invalid("太小。", {"size": ["太小。"]})
    THINGS[code].update(values)


THING = Changeable("thing", read, write)


@pytest.fixture(autouse=True)
def one_thing() -> Iterator[None]:
    THINGS["a"] = {"name": "甲", "size": 1}
    yield
    THINGS.clear()


def changed(seen: int | None = None, **values: Any) -> bool:
    with transaction():
        known = changing.version(THING, "a") if seen is None else seen
        return changing.change(THING, "a", values, known, "guan", clock.now())


def entries() -> list[Any]:
    return list(changing.history(THING, "a", 10))


def undone(entry_id: int) -> None:
    with transaction():
        changing.undo(THING, "a", entry_id, "guan", clock.now())


def test_a_change_keeps_what_was_and_what_became_of_what_is_other_than_before() -> None:
    assert changed(name="乙", size=1)
    (entry,) = entries()
    assert entry.details == {"was": {"name": "甲"}, "became": {"name": "乙"}}
    assert audit.broken() == []


def test_what_is_saved_as_it_was_leaves_no_record() -> None:
    assert not changed(name="甲")
    assert entries() == []


def test_who_has_not_seen_the_last_change_is_refused_and_told_which_it_was() -> None:
    changed(name="乙")
    with pytest.raises(Stale):
        changed(seen=0, name="丙")
    assert THINGS["a"]["name"] == "乙"
    assert [one.details["became"] for one in changing.since(0, entries())] == [{"name": "乙"}]
    assert changing.since(changing.version_in(entries()), entries()) == []


def test_a_change_is_taken_back_as_a_change_of_its_own_which_can_be_taken_back_too() -> None:
    changed(name="乙")
    undone(entries()[0].id)
    assert THINGS["a"]["name"] == "甲"
    undone(entries()[0].id)
    assert THINGS["a"]["name"] == "乙"
    assert [one.action for one in entries()] == ["thing.undone", "thing.undone", "thing.edited"]


def test_nothing_is_taken_back_over_a_later_change_of_the_same_but_well_beside_one_of_another() -> None:
    changed(name="乙")
    changed(size=2)
    undone(entries()[-1].id)
    assert THINGS["a"] == {"name": "甲", "size": 2}
    changed(name="丙")
    with pytest.raises(Conflict, match="后来又改过"):
        undone(entries()[1].id)


def test_nothing_is_taken_back_to_what_would_break_a_rule_by_now() -> None:
    THINGS["a"]["size"] = 0
    changed(size=5)
    with pytest.raises(Invalid, match="太小"):
        undone(entries()[0].id)
    db.session.rollback()
    assert THINGS["a"]["size"] == 5


def test_what_is_no_change_of_this_thing_is_not_taken_back() -> None:
    with transaction():
        audit.record("thing.added", "a", "guan", clock.now(), name="甲")
        audit.record("other.edited", "a", "guan", clock.now(), was={}, became={"name": "乙"})
    own, other = entries()[0].id, entries()[0].id + 1
    with pytest.raises(Conflict, match="不是修改"):
        undone(own)
    with pytest.raises(NotFound):
        undone(other)
    assert len(entries()) == 1
