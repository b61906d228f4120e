"""Hot spots: what many enterprises complain of within a week, by respondent, by policy, or in nearly the same words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    RowMapping,
    Select,
    Text,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.accounts.rules import Reader
from service.classifier.labels import sayable
from service.complaints import reading
from service.complaints.models import Complaint, TextBand, enterprise_key, policy_key, respondent_key
from service.complaints.visibility import visible
from service.crypto import keyed_hash
from service.db import db
from service.directory.rules import Directory
from service.errors import NotFound
from service.insight.rules import Rise, Word, joined, label

# P, all of these: proposals of this project.
PERIOD = timedelta(days=7)
WEEKS_BEFORE = 8
FEWEST = 3
KINDS = {"respondent": "同一被反映单位", "policy": "同一政策", "text": "文字相似"}
MOST = 30
WORDS = 5
# Groups that are read at most (a text stands in eight), the largest clusters of them, which are compared with the weeks
# before; texts that a label is made of, and those that it stands out from.
GROUPS, COMPARED, TOLD, OTHERS = 500, 60, 100, 1000

# Who complains, as far as it can be told; of who is anonymous, nothing. Only counted, never shown.
who: ColumnElement[Any] = func.coalesce(
    enterprise_key, func.encode(Complaint.uscc_hash, "hex"), func.encode(Complaint.phone_hash, "hex")
)


@dataclass(frozen=True)
class Cluster:
    """Complaints of the week that belong together, and by what: keys of KINDS."""

    kind: str
    keys: tuple[str, ...]
    ids: tuple[int, ...]

    @property
    def code(self) -> str:
        """By what an address names it, which tells nobody whom it is about."""
        known = str(min(self.ids)) if self.kind == "text" else self.keys[0]
        return keyed_hash(f"{self.kind}:{known}", "hot spot").hex()[:16]


@dataclass(frozen=True)
class Hotspot:
    """A cluster as it is shown.

    Attributes:
        key: a department's code or the respondent's or policy's name, in the form that all spellings share.
        name: as most of them wrote it; empty where the words are all they have in common.
        words: what the texts have in common and others have not.
        enterprises: different ones, so far as they say who they are; anonymous: complaints that do not.
        amount: yuan in sum, of those that name one.
        ids: of its complaints, the newest first.
    """

    code: str
    kind: str
    key: str
    name: str
    words: tuple[str, ...]
    complaints: int
    enterprises: int
    anonymous: int
    amount: Decimal | None
    places: tuple[str, ...]
    first: datetime
    last: datetime
    rise: Rise
    ids: tuple[int, ...]


def hotspots(reader: Reader, now: datetime) -> list[Hotspot]:
    """What stands out in the last seven days of what the reader may see, the most unusual first.

    Four statements, and one where there is nothing.
    """
    clusters = _clusters(reader, now)
    if not clusters:
        return []
    sums, rises, words = _sums(clusters), _rises(clusters, reader, now), _words(clusters, reader, now)
    found = [_hotspot(cluster, sums[at], rises[at], words.get(at, ())) for at, cluster in enumerate(clusters)]
    return sorted(found, key=lambda one: (-(one.rise.least or 0), -one.enterprises, one.code))[:MOST]


def find(code: str, reader: Reader, now: datetime) -> Hotspot:
    """The hot spot of this code.

    Raises:
        NotFound: none of those that the reader may see now has it.
    """
    found = next((one for one in hotspots(reader, now) if one.code == code), None)
    if found is None:
        raise NotFound("这个热点已经不在最近七天里，请回到热点列表查看。")
    return found


def told(one: Hotspot, book: Directory) -> dict[str, Any]:
    """A hot spot with the names behind its codes."""
    department = book.departments.get(one.key)
    return {
        **vars(one),
        "kind_name": KINDS[one.kind],
        "name": department.name if department else one.name,
        "places": [reading.named(code, book.places) for code in one.places],
    }


def _hotspot(cluster: Cluster, sums: Mapping[str, Any], rise: Rise, words: Iterable[Word]) -> Hotspot:
    said = tuple(word.text for word in label(words, WORDS, FEWEST, sayable))
    key = "" if cluster.kind == "text" else cluster.keys[0]
    return Hotspot(code=cluster.code, kind=cluster.kind, key=key, words=said, rise=rise, ids=cluster.ids, **sums)


# --- what belongs together -------------------------------------------------------------------------------------------


def _clusters(reader: Reader, now: datetime) -> list[Cluster]:
    """Whatever at least three enterprises share, in one statement."""
    columns = (Complaint.id, respondent_key.label("respondent"), policy_key.label("policy"), who.label("who"))
    during = (visible(reader), Complaint.created_at > now - PERIOD, Complaint.created_at <= now)
    week = select(*columns).where(*during).cte("week").prefix_with("MATERIALIZED")
    keyed = [_group(week, kind, week.c[kind], week.c[kind].is_not(None)) for kind in ("respondent", "policy")]
    # Bands are stored in the order of complaints, or where older ones were dropped, and there too beside those of the
    # same days: an index of a few pages leads to those of the week. They are read once, since that index is of no use
    # for one complaint after the other.
    first = select(func.min(week.c.id)).scalar_subquery()
    recent = select(TextBand).where(TextBand.complaint_id >= first).cte("recent").prefix_with("MATERIALIZED")
    nameless = _group(week, "text", cast(recent.c.band, Text), week.c.respondent.is_(None), week.c.policy.is_(None))
    alike = nameless.join(recent, recent.c.complaint_id == week.c.id)
    members = union_all(*keyed, alike).subquery()
    query = select(members.c.kind, members.c.key, func.array_agg(members.c.id)).group_by(members.c.kind, members.c.key)
    enterprises = func.count(members.c.who.distinct())
    rows = db.session.execute(query.having(enterprises >= FEWEST).order_by(enterprises.desc()).limit(GROUPS)).all()
    named = [Cluster(kind, (key,), _newest_first(ids)) for kind, key, ids in rows if kind != "text"]
    found = named + _texts([(key, ids) for kind, key, ids in rows if kind == "text"])
    return sorted(found, key=lambda one: -len(one.ids))[:COMPARED]


def _group(week: CTE, kind: str, key: ColumnElement[Any], *where: ColumnElement[bool]) -> Select[Any]:
    columns = (literal(kind).label("kind"), key.label("key"), week.c.id, week.c.who)
    return select(*columns).select_from(week).where(*where)


def _texts(groups: Sequence[tuple[str, Sequence[int]]]) -> list[Cluster]:
    """Texts that have a band in common with a text that has one in common with another belong together."""
    merged = ([groups[at] for at in positions] for positions in joined(ids for _, ids in groups))
    return [
        Cluster("text", tuple(band for band, _ in those), _newest_first(one for _, ids in those for one in ids))
        for those in merged
    ]


def _newest_first(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(ids), reverse=True))


# --- what is told of it ----------------------------------------------------------------------------------------------


def _sums(clusters: Sequence[Cluster]) -> dict[int, dict[str, Any]]:
    """What a cluster's complaints come to, in one statement."""
    members = _pairs([(at, one) for at, cluster in enumerate(clusters) for one in cluster.ids], BigInteger)
    names = (Complaint.respondent_name, Complaint.details["policy"]["name"].as_string(),
             Complaint.details["policy"]["document"].as_string())  # fmt: skip
    usual = [func.mode().within_group(name).label(f"name_{at}") for at, name in enumerate(names)]
    query = select(
        members.c.cluster, func.count().label("complaints"), func.count(who.distinct()).label("enterprises"),
        func.count().filter(who.is_(None)).label("anonymous"), func.sum(Complaint.amount).label("amount"),
        func.array_agg(Complaint.region.distinct()).label("places"), func.min(Complaint.created_at).label("first"),
        func.max(Complaint.created_at).label("last"), *usual,
    ).join_from(members, Complaint, Complaint.id == members.c.value).group_by(members.c.cluster)  # fmt: skip
    return {row["cluster"]: _facts(clusters[row["cluster"]], row) for row in db.session.execute(query).mappings()}


def _facts(cluster: Cluster, row: RowMapping) -> dict[str, Any]:
    name = {"respondent": row["name_0"], "policy": row["name_1"] or row["name_2"], "text": None}[cluster.kind]
    plain = {key: row[key] for key in ("complaints", "enterprises", "anonymous", "amount", "first", "last")}
    return {**plain, "places": tuple(sorted(filter(None, row["places"]))), "name": name or ""}


def _rises(clusters: Sequence[Cluster], reader: Reader, now: datetime) -> list[Rise]:
    """The week beside the eight before, or as many of them as anything was stored in, in one statement."""
    until = now - PERIOD
    earlier = (visible(reader), Complaint.created_at <= until, Complaint.created_at > until - PERIOD * WEEKS_BEFORE)
    named = {"respondent": respondent_key, "policy": policy_key}
    counts = [_earlier(_keys(clusters, kind), key, earlier) for kind, key in named.items()]
    bands = _pairs([(at, int(key)) for at, key in _keys(clusters, "text")], BigInteger)
    alike = select(bands.c.cluster, func.count(Complaint.id.distinct())).where(*earlier)
    alike = alike.join_from(bands, TextBand, TextBand.band == bands.c.value)
    alike = alike.join(Complaint, Complaint.id == TextBand.complaint_id).group_by(bands.c.cluster)
    oldest = select(Complaint.created_at).order_by(Complaint.id).limit(1).scalar_subquery()
    known = select(literal(-1), cast(func.extract("epoch", until - oldest), BigInteger))
    rows: Any = db.session.execute(union_all(*counts, alike, known))
    found: dict[int, int] = dict(rows.all())
    weeks = max(0.0, min(WEEKS_BEFORE, found[-1] / PERIOD.total_seconds()))
    return [Rise(len(cluster.ids), found.get(at, 0), weeks) for at, cluster in enumerate(clusters)]


def _keys(clusters: Sequence[Cluster], kind: str) -> list[tuple[int, str]]:
    return [(at, key) for at, cluster in enumerate(clusters) if cluster.kind == kind for key in cluster.keys]


def _earlier(pairs: Sequence[tuple[int, str]], key: ColumnElement[Any], where: Collection[Any]) -> Select[Any]:
    """Counts by key, one after the other: a join would read all complaints, since many keys look like most of them."""
    asked = _pairs(pairs, Text)
    count = select(func.count()).select_from(Complaint).where(key == asked.c.value, *where).correlate(asked)
    return select(asked.c.cluster, count.scalar_subquery())


def _words(clusters: Sequence[Cluster], reader: Reader, now: datetime) -> dict[int, list[Word]]:
    """The words of each cluster's newest texts, and how often they stand in older ones, in one statement."""
    texts = {at: cluster.ids[:TOLD] for at, cluster in enumerate(clusters)}
    own = _own([(at, one) for at, ids in texts.items() for one in ids]).cte("own")
    older = select(Complaint.search).where(visible(reader), Complaint.created_at <= now - PERIOD)
    others = older.order_by(Complaint.id.desc()).limit(OTHERS).cte("others")
    spoken = _spoken(others.c.search)
    known = select(spoken.c.word, func.count().label("held")).select_from(others.join(spoken, true()))
    elsewhere = known.where(spoken.c.word.in_(select(own.c.word))).group_by(spoken.c.word).cte("elsewhere")
    size = select(func.count()).select_from(others).scalar_subquery()
    query = select(own.c.cluster, own.c.word, own.c.held, func.coalesce(elsewhere.c.held, 0), size)
    found: dict[int, list[Word]] = {}
    for at, word, held, beside, of in db.session.execute(query.outerjoin(elsewhere, elsewhere.c.word == own.c.word)):
        found.setdefault(at, []).append(Word(word, held, len(texts[at]), beside, of))
    return found


def _own(pairs: Sequence[tuple[int, int]]) -> Select[Any]:
    """Words of complaints by cluster, but for those of one or two."""
    members, spoken = _pairs(pairs, BigInteger), _spoken(Complaint.search)
    source = members.join(Complaint, Complaint.id == members.c.value).join(spoken, true())
    query = select(members.c.cluster, spoken.c.word, func.count().label("held")).select_from(source)
    return query.group_by(members.c.cluster, spoken.c.word).having(func.count() >= FEWEST)


def _spoken(search: Any) -> Any:
    """The words of a text, each once, as a table."""
    return func.unnest(func.tsvector_to_array(search)).table_valued("word").render_derived()


def _pairs(pairs: Sequence[tuple[int, Any]], type_: Any) -> Any:
    """Clusters' positions with a value each, as a table in a statement."""
    positions, values = [at for at, _ in pairs], [value for _, value in pairs]
    table = func.unnest(literal(positions, ARRAY(Integer)), literal(values, ARRAY(type_)))
    return table.table_valued("cluster", "value").render_derived()
