"""What is learnt from: the seed corpus, what people corrected, and what went right."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from sqlalchemy import exists, func, select

from service import clock
from service.accounts.models import User
from service.classifier import corpus, outcomes
from service.classifier import operations as classifier
from service.classifier.corpus import Corpus
from service.complaints.models import Complaint
from service.db import db
from service.learning import rules
from service.learning.models import Example
from service.learning.rules import CORPUS, Capped, Lesson, Trial

# P: what a complaint teaches beside a text of the seed corpus. At 1, 200 corrections of one leaf pull its neighbours'
# texts along; at 0.25 so do 200 wrong ones, and the gate does not see it. See docs/decisions/0013.
WEIGHT = 0.5
# P: so many complaints that went right are learnt beside what people corrected.
MOST_HANDLED = 500
COLUMNS = (
    Complaint.title, Complaint.body, Complaint.category, Complaint.channel, Complaint.uscc_hash, Complaint.phone_hash,
)  # fmt: skip


@dataclass(frozen=True)
class Material:
    """What is learnt from: the seed corpus, and behind it the complaints that count."""

    corpus: Corpus
    lessons: Sequence[Lesson]
    capped: Sequence[Capped]

    @property
    def corrections(self) -> list[Lesson]:
        """Those whose category a person gave."""
        return [one for one in self.lessons if one.person]

    def trials(self, champion: Mapping[bytes, str], challenger: Mapping[bytes, str]) -> list[Trial]:
        """Each text with what each model said of it."""
        keys = [outcomes.key(*row) for row in zip(self.corpus.titles, self.corpus.texts, strict=True)]
        seeds = len(self.corpus) - len(self.lessons)
        origin = [(CORPUS, "", "")] * seeds + [(one.channel, one.month, one.person) for one in self.lessons]
        return [
            Trial(label, *whence, champion[key], challenger[key])
            for key, label, whence in zip(keys, self.corpus.labels, origin, strict=True)
        ]


def gather() -> Material:
    """The seed corpus and the complaints that count; of leaves without two seed texts nothing can be learnt yet."""
    seed = corpus.read_seed(current_app.config["DATA"])
    sizes, known = Counter(seed.labels), set(map(outcomes.key, seed.titles, seed.texts))
    # Of one text people's newest word counts; the seed corpus is not put in question by any.
    every = [*_handled(), *_corrections()]
    newest = {one.key: one for one in every if one.key not in known and sizes[one.label] > 1}
    kept, capped = rules.counted(list(newest.values()))
    groups = [f"enterprise {one.enterprise}" if one.enterprise else f"text {one.key.hex()}" for one in kept]
    grown = replace(
        seed,
        titles=[*seed.titles, *(one.title for one in kept)],
        texts=[*seed.texts, *(one.text for one in kept)],
        labels=[*seed.labels, *(one.label for one in kept)],
        groups=[*[""] * len(seed), *groups] if kept else (),
        weights=[*[1.0] * len(seed), *[WEIGHT] * len(kept)] if kept else (),
    )
    return Material(grown, kept, capped)


def _corrections() -> list[Lesson]:
    """What people said against the machine, the oldest first; one statement."""
    said = (Example.dropped_at.is_(None), Example.label != func.coalesce(Example.was, ""))
    query = select(Example, User.login).outerjoin(User, User.id == Example.user_id).where(*said)
    rows = db.session.execute(query.order_by(Example.at, Example.id))
    return [_correction(row[0], row[1] or str(row[0].user_id)) for row in rows]


def _handled() -> list[Lesson]:
    """Complaints that were handled to the end, and solved, as the machine had said: the newest ones; one statement.

    Corrections are the machine's mistakes. Who learns from these alone takes all that sounds like them for one too.
    """
    query = select(*COLUMNS).where(
        Complaint.status == "closed",
        Complaint.solved.is_(True),
        Complaint.sealed.is_(False),
        Complaint.hand_backs == 0,
        Complaint.category == Complaint.suggestions[0]["code"].as_string(),
        ~exists().where(Example.complaint_id == Complaint.id),
    )
    return [_lesson(row) for row in db.session.execute(query.order_by(Complaint.id.desc()).limit(MOST_HANDLED))]


def _lesson(row: Any) -> Lesson:
    title, text = classifier.mask(row.title or ""), classifier.mask(row.body)
    whose = row.uscc_hash or row.phone_hash
    return Lesson(outcomes.key(title, text), title, text, row.category, row.channel, "", _short(whose), "")


def _short(enterprise: bytes | None) -> str:
    return enterprise.hex()[:12] if enterprise else ""


def _correction(one: Example, login: str) -> Lesson:
    return Lesson(
        outcomes.key(one.title, one.text), one.title, one.text, one.label, one.channel,
        f"{clock.local(one.at):%Y-%m}", _short(one.enterprise), login,
    )  # fmt: skip
