"""What routing is asked about a filing, and what follows from its answer."""

from collections.abc import Collection
from datetime import datetime

from service.accounts.rules import Reader
from service.classifier import facts
from service.classifier.rules import Understanding
from service.complaints.models import Complaint
from service.deadlines.ladder import regimes
from service.directory import operations as directory
from service.directory.rules import Directory
from service.intake.rules import FILING_DESKS, URGENT, Draft
from service.routing import operations as routing
from service.routing.matter import Matter
from service.routing.respondent import Respondent
from service.routing.rules import Decision, decide


def decided(draft: Draft, understood: Understanding, reader: Reader, book: Directory, now: datetime) -> Decision:
    """Ask routing, with the directives that hold today."""
    return decide(matter_of(draft, understood, reader, book), book, routing.in_force(book, now))


def matter_of(draft: Draft, understood: Understanding, reader: Reader, book: Directory) -> Matter:
    """What routing is asked: what the filing says and what the text suggests."""
    respondent = Respondent(draft.respondent_name, draft.respondent_kind) if draft.respondent_name else None
    text = f"{draft.title or ''}\n{draft.body}"
    return Matter(
        suggestions=understood.suggestions,
        strange=understood.strange,
        nature=draft.nature,
        place=draft.region or facts.places(text, book.places.values()).place,
        respondent=respondent,
        creditor_size=draft.enterprise_size,
        anonymous=draft.anonymous,
        chosen=draft.category,
        chosen_by=("staff" if reader.roles & FILING_DESKS else "filer") if draft.category else None,
        flags=frozenset(draft.flags),
        gates=draft.gates,
        channel=channel_of(draft, reader),
        placed=draft.region is not None,
        text=text,
    )


def under(complaint: Complaint, category: str, now: datetime, nature: str = "", place: str | None = None) -> Decision:
    """Where a complaint would go under a category, a nature and from a place that a person chose."""
    named = complaint.respondent_name
    matter = Matter(
        nature=nature or complaint.nature,
        place=place or complaint.region,
        respondent=Respondent(named, complaint.respondent_kind) if named else None,
        creditor_size=complaint.enterprise_size,
        anonymous=complaint.anonymous,
        chosen=category,
        chosen_by="staff",
        flags=frozenset(complaint.flags),
        channel=complaint.channel,
        placed=False,  # whether a person filled it in is not kept
        text=f"{complaint.title or ''}\n{complaint.body}",
    )
    book = directory.current()
    return decide(matter, book, routing.in_force(book, now))


def correct(complaint: Complaint, category: str, nature: str, now: datetime) -> None:
    """A person found another category or nature: what follows is worked out anew, but nothing is unsealed."""
    decision = under(complaint, category, now, nature)
    complaint.category, complaint.nature, complaint.receiver = category, nature, decision.receiver
    complaint.sealed = complaint.sealed or decision.sealed
    complaint.respondent_department = decision.respondent_department
    complaint.gates = list(dict.fromkeys([*complaint.gates, *filter(None, [decision.gate])]))
    complaint.regimes = regimes_of(decision, complaint.flags, complaint.source_due_at is not None)


def regimes_of(decision: Decision, flags: Collection[str], assigned: bool) -> list[str]:
    """Which rows of clocks it follows, in order."""
    leaf = decision.category or ""
    found = regimes(
        family=leaf.partition(".")[0],
        leaf=leaf,
        nature=decision.nature,
        urgent=bool(URGENT & set(flags)),
        under_802=decision.under_802,
        assigned=assigned,
    )
    return list(found)


def channel_of(draft: Draft, reader: Reader) -> str:
    """By which channel it came: as said, or as is usual for who files."""
    if draft.channel:
        return draft.channel
    if "system" in reader.roles:
        return "api"
    return "hotline" if reader.is_staff else "web"
