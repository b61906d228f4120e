"""Earlier complaints that may be about the same matter: offered, never merged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.accounts.rules import Reader
from service.classifier.likeness import BANDS, ROWS, bands, likeness
from service.complaints.models import Complaint, TextBand, enterprise_key, plain, respondent_key
from service.complaints.visibility import own, visible
from service.db import db, first_after

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Kind:
    """A kind of sign that two complaints are about one matter.

    Attributes:
        weight: its share of the score where it holds in full.
        least: how alike the texts must be where it holds; None where it only adds to others.
    """

    name: str
    weight: float
    least: float | None = None


@dataclass(frozen=True)
class Sign:
    """Something that two complaints have in common.

    Attributes:
        held: how much of it, 0 to 1.
    """

    name: str
    weight: float
    held: float

    @property
    def share(self) -> float:
        """What it adds to the score; rounded here, so that the shares that are shown sum to the score."""
        return round(self.weight * self.held, 2)


# P, all of these: proposals of this project (domain words: 重复诉求).
KINDS = {
    "enterprise": Kind("同一企业", 0.25, least=0.35),
    "phone": Kind("同一联系电话", 0.05, least=0.35),
    "respondent": Kind("同一被反映单位", 0.20, least=0.35),
    "text": Kind("文字相似", 0.40, least=0.75),
    "amount": Kind("金额相近", 0.05),
    "place": Kind("同一地区", 0.05),
}
WHO = frozenset({"enterprise", "phone"})
WINDOW = timedelta(days=180)
OFFERED = 5
NEAR = Decimal("0.95")
# A short text that is the same only says that two ask for the same thing.
FEWEST_LETTERS = 40
# Of each enterprise, telephone, respondent and band the newest so many are looked at, so that the cost does not grow
# with what is stored. Of all those the most promising are read.
NEWEST, READ = 200, 20
# The likeness that common bands let expect: one is common with the probability of Jaccard's coefficient J ^ ROWS, and
# Dice's coefficient is 2 J / (1 + J).
EXPECTED: ColumnElement[float] = literal_column(f"2 / (1 + power({BANDS}::float8 / count(*), 1.0 / {ROWS}))")
COLUMNS = (
    Complaint.number, Complaint.status, Complaint.created_at, Complaint.body, Complaint.amount, Complaint.region,
)  # fmt: skip


def signs(same: Collection[str], alike: float) -> list[Sign]:
    """What speaks for one matter; nothing where the texts are too little alike for what else is the same.

    Args:
        same: codes of KINDS that hold.
        alike: likeness of the texts, 0 to 1.
    """
    enough = (KINDS[code].least for code in same)
    if not any(least is not None and alike >= least for least in enough):
        return []
    held = {**dict.fromkeys(same, 1.0), "text": alike}
    return [Sign(kind.name, kind.weight, held[code]) for code, kind in KINDS.items() if code in held]


def purge(now: datetime) -> None:
    """Drop the bands of complaints that are no longer looked at."""
    first = first_after(now - WINDOW, Complaint.id, Complaint.created_at)
    db.session.execute(delete(TextBand).where(TextBand.complaint_id < first))


def candidates(complaint: Complaint, reader: Reader, now: datetime) -> list[dict[str, Any]]:
    """Complaints of the last 180 days that may be about the same matter, the likest first.

    Only what the reader may see; one statement, and none where the complaint says nothing to look for.
    """
    named, marks = _named(complaint, reader), bands(complaint.body)
    if not named and not marks:
        return []
    query = _query(complaint, named, marks).where(Complaint.created_at > now - WINDOW, visible(reader))
    query = query.where(or_(Complaint.confidential.is_(False), own(reader)))
    found = (
        _offer(complaint, row, [code for code in named if getattr(row, code)]) for row in db.session.execute(query)
    )
    likely = [offer for offer in found if offer["signs"]]
    return sorted(likely, key=lambda offer: (-offer["score"], -offer["likeness"]))[:OFFERED]


def _named(complaint: Complaint, reader: Reader) -> dict[str, list[Condition]]:
    """Who it says that it is and whom it is about: for each, the conditions of which another has to fulfil one."""
    # To say "the same telephone" of a complaint made in confidence would name who made it, from either side.
    hidden = WHO if complaint.confidential and complaint.filed_by != reader.id else frozenset()
    said = {
        "enterprise": _enterprise(complaint),
        "phone": [Complaint.phone_hash == complaint.phone_hash] if complaint.phone_hash else [],
        "respondent": _respondent(complaint),
    }
    return {code: conditions for code, conditions in said.items() if conditions and code not in hidden}


def _enterprise(complaint: Complaint) -> list[Condition]:
    """The same credit code; the same name only where one of the two has no code."""
    named = [enterprise_key == plain(literal(complaint.enterprise_name))] if complaint.enterprise_name else []
    if not complaint.uscc_hash:
        return named
    uncoded = [and_(condition, Complaint.uscc_hash.is_(None)) for condition in named]
    return [Complaint.uscc_hash == complaint.uscc_hash, *uncoded]


def _respondent(complaint: Complaint) -> list[Condition]:
    if complaint.respondent_department:
        return [respondent_key == complaint.respondent_department]
    return [respondent_key == plain(literal(complaint.respondent_name))] if complaint.respondent_name else []


def _query(complaint: Complaint, named: Mapping[str, Sequence[Condition]], marks: Sequence[int]) -> Any:
    """The complaints that promise most by what indexes can tell, and which names each of them shares."""
    near = [_newest(condition, KINDS[code].weight) for code, those in named.items() for condition in those]
    promising = union_all(*near, *([_alike(marks)] if marks else [])).subquery()
    found = select(promising.c.id, func.sum(promising.c.weight).label("weight")).group_by(promising.c.id).subquery()
    shared = (or_(*conditions).label(code) for code, conditions in named.items())
    query = select(*COLUMNS, *shared).join(found, found.c.id == Complaint.id)
    query = query.order_by(found.c.weight.desc(), Complaint.id.desc()).limit(READ)
    return query.where(Complaint.id != complaint.id) if complaint.id else query


def _newest(condition: Condition, weight: float) -> Select[Any]:
    some = select(Complaint.id).where(condition).order_by(Complaint.id.desc()).limit(NEWEST).subquery()
    return select(some.c.id, literal(weight).label("weight"))


def _alike(marks: Sequence[int]) -> Select[Any]:
    """Texts with a band in common, weighed by the likeness that so many common bands let expect."""
    asked = func.unnest(literal(list(marks), ARRAY(BigInteger))).table_valued("band").render_derived()
    those = select(TextBand.complaint_id.label("id")).where(TextBand.band == asked.c.band)
    some = those.order_by(TextBand.complaint_id.desc()).limit(NEWEST).lateral()
    query = select(some.c.id, (EXPECTED * KINDS["text"].weight).label("weight"))
    return query.select_from(asked.join(some, true())).group_by(some.c.id)


def _offer(new: Complaint, old: Any, named: Sequence[str]) -> dict[str, Any]:
    alike = likeness(new.body, old.body)
    found = signs([*named, *_beside(new, old)], round(alike, 2))
    return {
        "number": old.number,
        "status": old.status,
        "created_at": old.created_at,
        "likeness": round(alike, 2),
        "why": [KINDS[code].name for code in named] or [KINDS["text"].name],
        "score": round(sum(sign.share for sign in found), 2),
        "signs": found,
    }


def _beside(new: Complaint, old: Any) -> list[str]:
    """What else is the same."""
    long = min(len(new.body), len(old.body)) >= FEWEST_LETTERS
    sums = sorted(one.amount for one in (new, old) if one.amount)
    near = len(sums) == 2 and sums[0] >= NEAR * sums[1]
    place = new.region is not None and new.region == old.region
    holds = {"text": long, "amount": near, "place": place}
    return [code for code, held in holds.items() if held]
