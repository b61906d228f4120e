"""Every model that was trained, and which of them answers."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from service.accounts.rules import Reader
from service.audit import operations as audit
from service.classifier import operations as classifier
from service.classifier import storage
from service.classifier.model import Model
from service.db import db
from service.errors import Invalid, NotFound, Unavailable, WrongState
from service.learning.models import CHALLENGER, CHAMPION, REFUSED, RETIRED, ModelVersion, PromotionRule
from service.sentences import say

MACHINE = "系统"
SUPERSEDED = "已有更新的版本，不再等待决定。"
FIRST = "第一个登记的版本。"
# Any number of our own: who changes which version answers waits here for who does.
LOCK = 20252
RULE = 1
LISTED = 60


def versions() -> Sequence[ModelVersion]:
    """The one that answers and the LISTED newest, the newest first, without their bytes; one statement."""
    newest = select(ModelVersion.version).order_by(ModelVersion.trained_at.desc()).limit(LISTED)
    shown = select(ModelVersion).where(or_(ModelVersion.state == CHAMPION, ModelVersion.version.in_(newest)))
    return db.session.scalars(shown.order_by(ModelVersion.trained_at.desc())).all()


def version(name: str) -> ModelVersion:
    """One of them.

    Raises:
        NotFound: there is no such version.
    """
    found = db.session.get(ModelVersion, name)
    if found is None:
        raise NotFound(say("没有版本为 %(name)s 的模型；用 flask model list 查看现有的版本。", name=name))
    return found


def champion() -> ModelVersion | None:
    """The version that answers; None where none was registered yet."""
    return db.session.scalar(select(ModelVersion).where(ModelVersion.state == CHAMPION))


def lock() -> None:
    """Wait until nobody else is changing which version answers, and keep others waiting till the transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def register(place: Any, actor: Reader | None, **rest: Any) -> ModelVersion:
    """Enter a model file of this machine, with its bytes, as a challenger; one that is known already stays as it is.

    Args:
        place: the file as storage.add() gave it.
        rest: what its own account does not say: when it was begun, how many `examples` of people it has, its `report`.
    """
    about = storage.about(place)
    row = {
        "version": about["version"], "trained_at": datetime.fromisoformat(about["trained_at"]),
        "trained_by": actor.id if actor else None, "state": CHALLENGER, "data": about["data"],
        "texts": about["texts"], "examples": 0, "about": about, "report": {},
        "file": place.read_bytes(), "outcomes": storage.outcomes(place), **rest,
    }  # fmt: skip
    db.session.execute(insert(ModelVersion).values(row).on_conflict_do_nothing())
    return version(about["version"])


def register_first(now: datetime) -> ModelVersion | None:
    """Enter this machine's current model as the champion where the database knows of none; None where it has none."""
    if found := champion():
        return found  # without the lock: a round of learning would hold it for minutes
    lock()
    with suppress(Unavailable):
        return champion() or promote(register(storage.current(classifier.models()), None).version, None, now, FIRST)
    return None


def file_of(name: str) -> bytes:
    """A version's file, byte for byte.

    Raises:
        NotFound: there is no such version. Unavailable: it was thrown away.
    """
    query = select(ModelVersion).where(ModelVersion.version == name).options(undefer(ModelVersion.file))
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(say("没有版本为 %(name)s 的模型；用 flask model list 查看现有的版本。", name=name))
    if found.file is None:
        raise Unavailable(say("版本 %(name)s 没有启用过，文件已清理，不能再启用。", name=name))
    return found.file


def model_of(name: str) -> Model:
    """A version, from this machine's file where that is whole.

    Raises:
        NotFound, Unavailable: as file_of(), and where the bytes are damaged.
    """
    try:
        return storage.kept(classifier.models(), name)
    except Unavailable:
        return storage.fetched(classifier.models(), name, file_of(name))


def promote(name: str, actor: Reader | None, now: datetime, why: str) -> ModelVersion:
    """Let a version answer from now on, in every process within seconds; the one before can be gone back to.

    Raises:
        NotFound: there is no such version. Unavailable: its file is damaged or was thrown away.
        WrongState: it answers already. Invalid: a person gave no reason.
    """
    lock()
    chosen, before = version(name), champion()
    if chosen.state == CHAMPION:
        raise WrongState(say("版本 %(name)s 正在使用。", name=name))
    if before is not None:
        chosen.predecessor = before.version
    return _crown(chosen, before, actor, now, why, "model.promoted")


def roll_back(actor: Reader, now: datetime, why: str) -> ModelVersion:
    """Let the version before the present one answer again, bit for bit as it did; a person decides on the next.

    Raises:
        WrongState: there was none before. Invalid: no reason.
    """
    lock()
    present = champion()
    if present is None or present.predecessor is None:
        raise WrongState("没有可以退回的版本。")
    set_promotes_by_itself(False, actor, now)
    return _crown(version(present.predecessor), present, actor, now, why, "model.rolled_back")


def refuse(name: str, actor: Reader | None, now: datetime, why: str) -> ModelVersion:
    """Leave a challenger unused.

    Raises:
        NotFound: there is no such version. WrongState: it does not wait for a word. Invalid: a person gave no reason.
    """
    lock()
    chosen = version(name)
    if chosen.state != CHALLENGER:
        raise WrongState(say("版本 %(name)s 不在等待决定。", name=name))
    _decide(chosen, REFUSED, actor, now, why)
    audit.record("model.refused", name, _known_as(actor), now, why=why)
    return chosen


def supersede(now: datetime, but: str) -> None:
    """No older challenger waits any more once there is a newer one."""
    waiting = select(ModelVersion).where(ModelVersion.state == CHALLENGER, ModelVersion.version != but)
    for one in db.session.scalars(waiting):
        _decide(one, REFUSED, None, now, SUPERSEDED)


def _crown(
    chosen: ModelVersion, before: ModelVersion | None, actor: Reader | None, now: datetime, why: str, action: str
) -> ModelVersion:
    """Change champions, once the new one's file is known to be whole."""
    model = storage.fetched(classifier.models(), chosen.version, file_of(chosen.version))
    if before is not None:
        _decide(before, RETIRED, actor, now, say("由 %(version)s 接替。", version=chosen.version))
        db.session.flush()
    _decide(chosen, CHAMPION, actor, now, why)
    db.session.flush()
    replaced = before.version if before else None
    audit.record(action, chosen.version, _known_as(actor), now, why=why, replaced=replaced, data=model.about["data"])
    return chosen


def _decide(one: ModelVersion, state: str, actor: Reader | None, now: datetime, why: str) -> None:
    if actor is not None and not why.strip():
        raise Invalid("请写明理由。", {"reason": ["请写明理由。"]})
    one.state, one.decided_at, one.decided_by, one.reason = state, now, actor.id if actor else None, why


def _known_as(actor: Reader | None) -> str:
    return actor.login if actor else MACHINE


# --- whether the machine may promote ---------------------------------------------------------------------------------


def promotes_by_itself() -> bool:
    """Whether a version that passes the gate is promoted without a person."""
    said = db.session.scalar(select(PromotionRule.by_machine))
    return True if said is None else said


def set_promotes_by_itself(by_machine: bool, actor: Reader, now: datetime) -> None:
    """Say whether a version that passes the gate is promoted without a person."""
    row = insert(PromotionRule).values(id=RULE, by_machine=by_machine)
    db.session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"by_machine": by_machine}))
    audit.record("model.promotion_rule", "model", actor.login, now, by_machine=by_machine)
