"""What a directive would have changed: past complaints are routed once more, and nothing is stored."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from service.accounts.rules import Reader
from service.classifier.rules import Suggestion
from service.clock import ZONE
from service.complaints.models import Complaint
from service.complaints.visibility import visible
from service.db import db
from service.directory.rules import Directory
from service.routing import operations as routing
from service.routing.directives import Directive, closed
from service.routing.examination import examine
from service.routing.matter import Case, Matter
from service.routing.ordering import fits, hindrance, may_fit
from service.routing.respondent import Respondent
from service.routing.rules import Decision, settle

# So many are looked at where no period is chosen, and at most.
LAST, MOST = 1000, 5000
HITS_OF = timedelta(days=30)
EARLIER = "排在前面的规则先适用"
OWN_WAY = "不属于受理范围，或按紧急、密封、打击报复等规定先行处理"
READ = (
    Complaint.id, Complaint.number, Complaint.created_at, Complaint.title, Complaint.body, Complaint.nature,
    Complaint.flags, Complaint.gates, Complaint.sealed, Complaint.region, Complaint.channel, Complaint.anonymous,
    Complaint.enterprise_size, Complaint.respondent_name, Complaint.respondent_kind, Complaint.category,
    Complaint.suggestions, Complaint.department, Complaint.routed_by,
)  # fmt: skip


@dataclass(frozen=True)
class Moved:
    """A complaint that would have gone elsewhere than it did.

    Attributes:
        was: code of its department now; None where no department has it.
        becomes: code of the department it would have; None: a dispatcher would decide.
        proposed: the department would only be proposed to a dispatcher.
        why: the sentences that the filing would have told.
    """

    number: str
    created_at: datetime
    category: str | None
    was: str | None
    becomes: str | None
    proposed: bool
    why: str


@dataclass
class Trial:
    """What came of routing past complaints with a directive.

    Attributes:
        looked_at: how many were routed again; oldest: when the first of them was filed.
        fitting: how many the directive would have decided or proposed; same: those that went there anyway.
        sealed: how many would have moved and are sealed, so that they are counted and not listed.
        ways: (department now, department it would have) → how many that are not sealed.
        moved: those of them that the reader may see.
        held: why it was not followed where it fits → how often.
        cut: there were more in the period than are looked at.
        asking, by_itself: how many would wait for a dispatcher and did not, and the other way round.
    """

    looked_at: int = 0
    oldest: datetime | None = None
    fitting: int = 0
    same: int = 0
    sealed: int = 0
    ways: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    moved: list[Moved] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    cut: bool = False
    asking: int = 0
    by_itself: int = 0

    def add(self, row: Any, was: str | None, after: Decision, sealed: bool) -> bool:
        """Count one complaint that would go elsewhere than where it was; false where it would not."""
        becomes, proposed = after.department or after.proposed, after.department is None
        if becomes == was:
            return False
        if row.sealed or sealed:
            self.sealed += 1
            return True
        self.ways[was, becomes] += 1
        if row.seen:
            self.moved.append(Moved(row.number, row.created_at, row.category, was, becomes, proposed, after.reason))
        return True

    @property
    def total(self) -> int:
        """How many would have gone elsewhere."""
        return self.ways.total() + self.sealed

    @property
    def unseen(self) -> int:
        """How many of them are not sealed and not for the reader, so that they are counted and not listed."""
        return self.ways.total() - len(self.moved)


def trial(
    draft: Directive,
    reader: Reader,
    book: Directory,
    now: datetime,
    since: date | None = None,
    until: date | None = None,
) -> Trial:
    """Route past complaints with a directive in its place, as if it held and were on; in one statement.

    Args:
        draft: as it would be saved; with the id of a stored one it stands instead of it.
        reader: whoever asks; all are counted, only what this reader may see is listed.
        since, until: days in Asia/Shanghai; without both the last 1,000 complaints are looked at.
    """
    standing = routing.in_force(book, now)
    own = [one for one in standing if one.id == draft.id]
    others = [one for one in standing if one.id != draft.id]
    tried = sorted([*others, draft], key=lambda one: one.position)
    rows = _past(reader, since, until)
    found = Trial(min(len(rows), MOST), rows[-1].created_at if rows else None, cut=len(rows) > MOST)
    for row in rows[:MOST]:
        matter = _matter(row)
        if not any(may_fit(one, matter) for one in (*own, draft)):
            continue
        case = examine(matter, book)
        stood = any(fits(one, case) for one in own)
        # What neither the directive as it stands nor as it would be asks for goes where it went.
        if stood or fits(draft, case):
            decided = stood and settle(case, standing).directive == draft.id
            _count(found, row, draft, decided, settle(case, tried), case)
    return found


def compare(changed: Directory, reader: Reader, book: Directory, now: datetime) -> Trial:
    """Route the last 1,000 complaints with the reference data as it is and as it would be, in one statement.

    Unlike a directive's trial it compares the two answers with each other: what people sent elsewhere meanwhile says
    nothing about the table of duties.

    Args:
        changed: as it would be. reader: whoever asks; see trial().
    """
    standing, rows = routing.in_force(book, now), _past(reader, None, None)
    found = Trial(len(rows), rows[-1].created_at if rows else None)
    for row in rows:
        matter = _matter(row)
        before, after = (settle(examine(matter, one), standing) for one in (book, changed))
        found.add(row, before.department or before.proposed, after, after.sealed or before.sealed)
        found.asking += before.department is not None and after.department is None
        found.by_itself += before.department is None and after.department is not None
    return found


def _past(reader: Reader, since: date | None, until: date | None) -> Sequence[Any]:
    """The newest complaints, or those of a period; one more than are looked at tells that there are more."""
    query = select(*READ, visible(reader).label("seen")).order_by(Complaint.id.desc())
    if since is None and until is None:
        return db.session.execute(query.limit(LAST)).all()
    if since is not None:
        query = query.where(Complaint.created_at >= datetime.combine(since, time(), ZONE))
    if until is not None:
        query = query.where(Complaint.created_at < datetime.combine(until + timedelta(days=1), time(), ZONE))
    return db.session.execute(query.limit(MOST + 1)).all()


def _matter(row: Any) -> Matter:
    """A past filing as routing is asked; what a person decided about its category stands."""
    suggestions = [
        Suggestion(one["code"], one["probability"], (), sure=one.get("sure", True)) for one in row.suggestions
    ]
    top = suggestions[0].code if suggestions else None
    staff = row.routed_by == "operator"
    return Matter(
        suggestions=suggestions,
        nature=row.nature,
        place=row.region,
        respondent=Respondent(row.respondent_name, row.respondent_kind) if row.respondent_name else None,
        creditor_size=row.enterprise_size,
        anonymous=row.anonymous,
        chosen=row.category if staff or row.category != top else None,
        chosen_by="staff" if staff else "filer",
        flags=frozenset(row.flags),
        gates=tuple(row.gates),
        channel=row.channel,
        placed=False,  # whether a person filled it in is not kept
        text=f"{row.title or ''}\n{row.body}",
    )


def _count(found: Trial, row: Any, draft: Directive, decided: bool, after: Decision, case: Case) -> None:
    """Add one complaint to what came of it; `decided`: the directive as it stands does so now."""
    ours = after.directive == draft.id
    if not ours and fits(draft, case):
        found.held[_why_not(draft, case, after)] += 1
    found.fitting += ours
    if not ours and not decided:
        return
    if not found.add(row, row.department, after, after.sealed):
        found.same += ours


def _why_not(draft: Directive, case: Case, after: Decision) -> str:
    """Why a directive that fits did not decide."""
    if why := closed(draft, case.directory) or hindrance(case, draft.target(case.place, case.directory)):
        return why
    return EARLIER if after.directive is not None else OWN_WAY


def hits(now: datetime) -> dict[int, int]:
    """How many complaints of the last 30 days each directive decided or proposed, in one statement."""
    recent = (Complaint.directive.is_not(None), Complaint.created_at >= now - HITS_OF)
    query = select(Complaint.directive, func.count()).where(*recent).group_by(Complaint.directive)
    return {row[0]: row[1] for row in db.session.execute(query) if row[0] is not None}
