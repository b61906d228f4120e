"""One round of learning: a challenger is trained on what there is, compared with the champion, and judged."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select, update

from service.accounts.rules import Reader
from service.classifier import operations as classifier
from service.classifier import outcomes, storage
from service.classifier.corpus import Corpus
from service.complaints.rules import CHANNELS
from service.db import db
from service.directory import operations as directory
from service.errors import Conflict, Unavailable
from service.learning import registry, rules
from service.learning.material import Material, gather
from service.learning.models import CHALLENGER, CHAMPION, REFUSED, Example, ModelVersion
from service.learning.rules import CORPUS, HANDLED

# Any number of our own: two rounds at once would learn the same, and no machine here has the cores for it.
LOCK = 20253
# How long the bytes of a version that never answered are kept.
KEPT = timedelta(days=90)
PARTS = {
    "all": "全部",
    CORPUS: "自带样本·",
    HANDLED: "按原判断办结的诉求",
    "family": "",
    "channel": "渠道·",
    "month": "纠正样本·",
}
INCOMPARABLE = "使用中的版本没有留下检验记录，无法公平比较，请人工决定。"
UNREADABLE = "使用中的版本读不出来，直接启用新的版本。"
WAITING = "waiting"
FORCED = "未经比较直接启用。"
OVERTAKEN = "比较期间使用中的版本换了，比较不再算数，请人工决定。"


class Ruling(NamedTuple):
    """What the gate says of a challenger, compared with the version `against`; no report where there was none."""

    verdict: str
    reason: str
    report: dict[str, Any] = {}
    against: str | None = None


def run_if_needed(now: datetime) -> ModelVersion | None:
    """A round, unless nobody has corrected or taken out anything since the last one."""
    newest = db.session.scalar(select(func.max(ModelVersion.trained_at)))
    said = exists().where(func.greatest(Example.at, Example.dropped_at) > newest) if newest else exists(Example.id)
    return run(None, now) if db.session.scalar(select(said)) else None


def run(actor: Reader | None, now: datetime, taught: Corpus | None = None, force: bool = False) -> ModelVersion:
    """Train a challenger and let the gate decide; gives what became of it.

    Args:
        taught: what to learn from instead of the seed corpus and the corrections.
        force: it is promoted without a comparison.

    Raises:
        Conflict: another round is under way.
        Invalid: there is too little to learn from.
    """
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        raise Conflict("另一次训练正在进行，请等它结束。")
    registry.register_first(now)
    material = Material(taught, (), ()) if taught else gather()
    place = train(material.corpus)
    ruling = Ruling(rules.PROMOTED, FORCED) if force else _judged(material, place)
    told = {"trained_at": now, "examples": len(material.corrections), "report": ruling.report}
    trained = registry.register(place, actor, **told)
    if trained.state == CHALLENGER:
        _settle(trained, ruling, actor if force else None, now)
    if trained.state != CHAMPION:
        storage.discard(place)
    _throw_away(now)
    return trained


def train(taught: Corpus) -> Path:
    """Train a model and keep it on this machine; gives its file."""
    # Here and not above: scikit-learn takes 60 MB that no web process should carry.
    from service.classifier import training

    lesson = training.learn(taught)
    return storage.add(lesson.model, classifier.models(), lesson.outcomes)


def _settle(trained: ModelVersion, ruling: Ruling, actor: Reader | None, now: datetime) -> None:
    """Promote what passed the gate where the machine may, refuse what did not, let the rest wait for a person."""
    registry.lock()
    present = registry.champion()
    registry.supersede(now, trained.version)
    if ruling.against and (present is None or present.version != ruling.against):
        trained.reason = OVERTAKEN
    elif ruling.verdict == rules.REFUSED:
        registry.refuse(trained.version, actor, now, ruling.reason)
    elif ruling.verdict == rules.PROMOTED and (not ruling.report or registry.promotes_by_itself()):
        registry.promote(trained.version, actor, now, ruling.reason)
    else:
        trained.reason = ruling.reason


def _throw_away(now: datetime) -> None:
    """Versions that were refused long ago keep their figures, not their bytes."""
    old = (ModelVersion.state == REFUSED, ModelVersion.decided_at < now - KEPT, ModelVersion.file.is_not(None))
    db.session.execute(update(ModelVersion).where(*old).values(file=None, outcomes=None))


# --- the comparison --------------------------------------------------------------------------------------------------


def _judged(material: Material, place: Path) -> Ruling:
    """The gate's word on a model that was trained.

    What either says of a text comes from weights that had not seen it: those left out in training, or, where the text
    is newer than the champion, the champion itself.
    """
    champion = registry.champion()
    if champion is None:
        return Ruling(rules.PROMOTED, registry.FIRST)
    before, after = _said(champion.version), _unpacked(storage.outcomes(place))
    if not before:
        return Ruling(WAITING, INCOMPARABLE)
    try:
        trials = material.trials(_answers(champion.version, material.corpus, before), after)
    except Unavailable:
        return Ruling(rules.PROMOTED, UNREADABLE)
    found = rules.judge(trials, _named)
    added = Counter(one.label for one in material.corrections if one.key not in before)
    capped = [one.__dict__ for one in material.capped]
    return Ruling(
        found["verdict"], found["reason"], {**found, "added": dict(added), "capped": capped}, champion.version
    )


def _said(version: str) -> Mapping[bytes, str]:
    """What weights of a version that had not seen its texts said of them."""
    packed = db.session.scalar(select(ModelVersion.outcomes).where(ModelVersion.version == version))
    return _unpacked(packed or b"")


def _unpacked(packed: bytes) -> Mapping[bytes, str]:
    return {key: one.label for key, one in outcomes.unpack(packed).items()} if packed else {}


def _answers(version: str, taught: Corpus, said: Mapping[bytes, str]) -> Mapping[bytes, str]:
    """What a version says of every text of a corpus that it had not seen when it was asked."""
    model, answers = registry.model_of(version), dict(said)
    for title, text in zip(taught.titles, taught.texts, strict=True):
        if (key := outcomes.key(title, text)) not in answers:
            answers[key] = model.labels[int(model.probabilities(text, title).argmax())]
    return answers


def _named(kind: str, name: str) -> str:
    """How people call a slice."""
    book = directory.current()
    known = {"channel": {**CHANNELS, CORPUS: "自带样本"}.get(name, name), "all": "", HANDLED: "", "month": name}
    family = book.families[name].name if name in book.families else name
    return PARTS[kind] + known.get(kind, family)
