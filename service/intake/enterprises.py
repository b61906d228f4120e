"""Enterprises that complained before, found by name, by pinyin initials or by credit code while an operator types."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from service.accounts.rules import Reader
from service.complaints.models import Complaint
from service.complaints.visibility import visible
from service.crypto import keyed_hash
from service.db import db
from service.fields import narrow
from service.intake.models import KnownEnterprise

OFFERED = 6
# So many that fit what was typed are looked at for what the reader may know.
LOOKED_AT = 200
BATCH = 1000
# Complaints are numbered before they are stored: one with a lower number may be seen later than the next.
OVERLAP = 200
LEGAL_FORM = re.compile(r"(有限责任公司|股份有限公司|有限公司|分公司|公司|集团|合伙企业|个人独资企业|（.*?）|\(.*?\))")
CODE = re.compile(r"[0-9A-Z]{18}")
# Nobody else is to learn that these complained.
NAMEABLE = (Complaint.confidential.is_(False), Complaint.anonymous.is_(False), Complaint.sealed.is_(False))


# --- learning --------------------------------------------------------------------------------------------------------


def learn() -> int:
    """Take over the enterprises of complaints that were filed since the last time; gives how many were read."""
    since = (db.session.scalar(select(func.max(KnownEnterprise.last_complaint))) or 0) - OVERLAP
    columns = (Complaint.id, Complaint.enterprise_name, Complaint.enterprise_size, Complaint.uscc, Complaint.uscc_hash)
    query = select(*columns).where(Complaint.id > since, Complaint.enterprise_name.is_not(None), *NAMEABLE)
    rows = db.session.execute(query.order_by(Complaint.id).limit(BATCH)).all()
    told: dict[str, dict[str, Any]] = {}
    for row in rows:
        said = {name: value for name, value in row._mapping.items() if value is not None}
        told[row.enterprise_name] = {**told.get(row.enterprise_name, {}), **said}
    if told:
        _store([_known(name, said) for name, said in sorted(told.items())])
    return len(rows)


def _store(rows: Sequence[Mapping[str, Any]]) -> None:
    row = insert(KnownEnterprise)
    # What was not said this time stays as it was said before.
    kept = {
        name: func.coalesce(row.excluded[name], getattr(KnownEnterprise, name))
        for name in ("size", "uscc", "uscc_hash")
    }
    newer = {"last_complaint": func.greatest(row.excluded.last_complaint, KnownEnterprise.last_complaint), **kept}
    db.session.execute(row.on_conflict_do_update(index_elements=["name"], set_=newer), rows)


def _known(name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    spoken = initials(name)
    return {
        "name": name,
        "initials": spoken,
        "grams": sorted({*grams(_short(name)), *grams(spoken)}),
        "size": said.get("enterprise_size"),
        "uscc": said.get("uscc"),
        "uscc_hash": said.get("uscc_hash"),
        "last_complaint": said["id"],
    }


def initials(name: str) -> str:
    """The first letters of a name's syllables, without its legal form: 河套试剂有限公司 → htsj."""
    # Loading it costs 60 MB, and only the worker that learns needs it.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(_short(name), style=Style.FIRST_LETTER)).lower()


def _short(name: str) -> str:
    """A name without what nearly all have, in small letters; whole where nothing else is left."""
    short = narrow(LEGAL_FORM.sub("", name)).lower()
    return short if len(short) > 1 else narrow(name).lower()


def grams(text: str) -> Iterable[str]:
    """All pairs of neighbouring characters."""
    return (text[at : at + 2] for at in range(len(text) - 1))


# --- finding ---------------------------------------------------------------------------------------------------------


def suggest(typed: str, reader: Reader) -> Sequence[KnownEnterprise]:
    """The enterprises that what was typed may mean, those that begin so first, in one statement.

    Only those of which the reader may see a complaint, and none that asked for confidentiality each time.
    """
    matches = _matching(narrow(typed).strip())
    if matches is None:
        return []
    fitting, order = matches
    query = select(KnownEnterprise).where(fitting).order_by(*order).limit(LOOKED_AT)
    near = query.subquery()
    known = select(KnownEnterprise).join(near, near.c.id == KnownEnterprise.id)
    theirs = exists().where(Complaint.enterprise_name == KnownEnterprise.name, visible(reader), *NAMEABLE)
    return db.session.scalars(known.where(theirs).order_by(*order).limit(OFFERED)).all()


def find(known_id: int, reader: Reader) -> KnownEnterprise | None:
    """One of the enterprises that were offered, as far as the reader may know it."""
    theirs = exists().where(Complaint.enterprise_name == KnownEnterprise.name, visible(reader), *NAMEABLE)
    return db.session.scalar(select(KnownEnterprise).where(KnownEnterprise.id == known_id, theirs))


def _matching(typed: str) -> tuple[ColumnElement[bool], tuple[Any, ...]] | None:
    """What fits a text and in which order; None where it is too short to say anything."""
    if CODE.fullmatch(typed.upper()):
        return KnownEnterprise.uscc_hash == keyed_hash(typed.upper(), "uscc"), (KnownEnterprise.id,)
    text = _short(typed)
    pairs = sorted(set(grams(text)))
    if not pairs:
        return None
    whole = or_(
        func.lower(KnownEnterprise.name).contains(text, autoescape=True),
        KnownEnterprise.initials.contains(text, autoescape=True),
    )
    first = or_(
        func.lower(KnownEnterprise.name).startswith(text, autoescape=True),
        KnownEnterprise.initials.startswith(text, autoescape=True),
    )
    fitting = KnownEnterprise.grams.contains(pairs) & whole
    return fitting, (first.desc(), KnownEnterprise.last_complaint.desc())
