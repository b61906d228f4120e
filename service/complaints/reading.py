"""A complaint as one reader may see it: names, masks, and what is left out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from service.classifier.facts import mask
from service.classifier.operations import hits
from service.complaints import telling
from service.complaints.models import Complaint, Event
from service.complaints.rules import DIGEST, ENTERPRISE, NATURES, RECEIVER, STATES, STEPS, allowed
from service.deadlines.ladder import INTERNAL
from service.deadlines.models import Clock
from service.directory.rules import Directory

CONFIDENTIAL = "（已申请保密）"
ANONYMOUS = "（匿名）"
# Who must reach the enterprise to do their work; where it asked for confidentiality, only the desks that need it.
KNOWS_CONTACT = frozenset({"operator", "dispatcher", "department_dispatcher", "handler", "head", "revisit_agent"})
KNOWS_CONFIDENTIAL = frozenset({"dispatcher", "handler", "revisit_agent", ENTERPRISE})
SUMMARY = 60
# What makes of something that people wrote what one reader reads; who knows all of it reads it as it was written.
Cover = Callable[[str], str]
AS_WRITTEN: Cover = str
# So much stands before a word that was searched for, where it is far inside a text.
BEFORE = 12


def full(complaint: Complaint, clocks: Sequence[Clock], roles: Collection[str], book: Directory) -> dict[str, Any]:
    """Everything of a complaint that somebody in these roles may see."""
    staff = bool(set(roles) - {ENTERPRISE})
    cover = cover_for(complaint, roles, book)
    return {
        **_facts(complaint, book),
        "text": _shown(complaint.body, cover),
        "title": _shown(complaint.title, cover),
        "enterprise": enterprise(complaint, roles),
        "contact": contact(complaint, roles),
        "suggestions": suggestions(complaint.suggestions, book, staff, cover is AS_WRITTEN or not _is_kept(complaint)),
        "routed_by": complaint.routed_by,
        "reason": complaint.reason,
        "proposed_channel": complaint.proposed_channel,
        "proposed_department": named(complaint.proposed_department, book.departments) if staff else None,
        "clocks": shown_clocks(clocks, roles),
        "details": _shown(complaint.details, cover),
        "draft": _shown(complaint.draft, cover) if set(roles) - {ENTERPRISE, RECEIVER} else None,
        "reply": _shown(complaint.reply, cover),
        "contacted": complaint.contacted,
        "solved": complaint.solved,
        "satisfaction": complaint.satisfaction,
        "pending": complaint.pending if staff else [],
        "co_departments": [named(code, book.departments) for code in complaint.co_departments] if staff else [],
        "allowed_actions": allowed(complaint, roles),
        "version": complaint.version,
    }


def covered(seen: Mapping[str, Any]) -> dict[str, Any]:
    """What `full` gives, without the numbers of persons that a desk need not have before its eyes all day."""
    contact = seen["contact"]
    phone = {"phone": hidden(contact["phone"], 4)} if contact else {}
    said = {name: _shown(seen[name], mask) for name in ("title", "text", "details")}
    return {**seen, **said, "contact": {**contact, **phone} if contact else None}


def shown_clocks(clocks: Sequence[Clock], roles: Collection[str]) -> list[Clock]:
    """The clocks that somebody in these roles is told of: the enterprise none that runs between authorities."""
    return [clock for clock in clocks if set(roles) - {ENTERPRISE} or clock.kind not in INTERNAL]


def brief(complaint: Complaint, book: Directory) -> dict[str, Any]:
    """One line of a list."""
    shown = complaint.title or complaint.body
    return {
        **_facts(complaint, book),
        "summary": cut(cover_in_list(complaint, book)(shown)),
        "enterprise": enterprise(complaint, ()),
    }


def cut(text: str) -> str:
    """The beginning of a text, for one line."""
    return text if len(text) <= SUMMARY else f"{text[: SUMMARY - 1]}…"


def excerpt(complaint: Complaint, words: Sequence[str], book: Directory) -> list[tuple[str, bool]]:
    """The stretch of a complaint in which searched words stand, in pieces: (text, whether it is one of them).

    From the beginning as in `brief`, unless the first of them stands further on.
    """
    cover = cover_in_list(complaint, book)
    title, body = cover(complaint.title or ""), cover(complaint.body)
    for shown in filter(None, (title, body)):
        if found := hits(shown, words):
            start = 0 if found[0][1] <= SUMMARY else found[0][0] - BEFORE
            return _pieces(shown, found, start, start + SUMMARY)
    return [(cut(title or body), False)]


def _pieces(text: str, found: Sequence[tuple[int, int]], start: int, end: int) -> list[tuple[str, bool]]:
    """A stretch of a text, cut where what was found begins and ends."""
    pieces, done = [("……", False)] if start else [], start
    for at, after in found:
        if at < end:
            pieces += [(text[done:at], False), (text[at : min(after, end)], True)]
            done = min(after, end)
    return [piece for piece in (*pieces, (text[done:end], False)) if piece[0]]


def _facts(complaint: Complaint, book: Directory) -> dict[str, Any]:
    """What lists and details have in common."""
    return {
        "number": complaint.number,
        "status": complaint.status,
        "status_name": STATES[complaint.status].name,
        "queue": queue(complaint, book),
        "nature": complaint.nature,
        "nature_name": NATURES[complaint.nature],
        "flags": complaint.flags,
        "category": category(complaint.category, book),
        "region": named(complaint.region, book.places),
        "department": _office(complaint.department, book),
        "respondent": _respondent(complaint),
        "amount": complaint.amount,
        "channel": complaint.channel,
        "due_at": complaint.due_at,
        "created_at": complaint.created_at,
    }


def category(code: str | None, book: Directory) -> dict[str, str] | None:
    """A category with its names."""
    if code is None:
        return None
    found = book.categories[code]
    return {"code": code, "name": found.name, "family": found.family, "family_name": found.family_name}


def queue(complaint: Complaint, book: Directory) -> dict[str, str] | None:
    """Where the complaint waits."""
    if complaint.queue_desk is None or complaint.queue_code is None:
        return None
    table = book.departments if complaint.queue_desk == "department" else book.places
    return {"desk": complaint.queue_desk, "code": complaint.queue_code, "name": table[complaint.queue_code].name}


def named(code: str | None, table: Any) -> dict[str, str] | None:
    """A code with its name."""
    return {"code": code, "name": table[code].name} if code is not None else None


def _office(code: str | None, book: Directory) -> dict[str, str | None] | None:
    """A department with how and when enterprises reach it, where somebody said."""
    if code is None:
        return None
    office = book.departments[code]
    return {"code": code, "name": office.name, "phone": office.phone, "hours": office.hours}


def _respondent(complaint: Complaint) -> dict[str, str | None] | None:
    if complaint.respondent_name is None:
        return None
    return {"name": complaint.respondent_name, "kind": complaint.respondent_kind}


def suggestions(
    stored: Sequence[dict[str, Any]], book: Directory, staff: bool, reasoned: bool = True
) -> list[dict[str, Any]]:
    """The machine's judgements; the probability only for staff: the public sees a judgement that it can change.

    Args:
        reasoned: whether the words that decided are told: they are the writer's own, parts of a name among them.
    """
    return [
        {
            "code": row["code"],
            "name": book.categories[row["code"]].name,
            "reasons": row["reasons"] if reasoned else [],
            "against": row.get("against", []) if reasoned else [],
            **({"probability": row["probability"], "sure": row.get("sure", False)} if staff else {}),
        }
        for row in stored
        if row["code"] in book.categories
    ]


def enterprise(complaint: Complaint, roles: Collection[str]) -> dict[str, Any]:
    """Who complains, as far as this reader may know; in lists (no roles) never more than the name."""
    if complaint.anonymous:
        return {"name": ANONYMOUS}
    if complaint.confidential and not set(roles) & KNOWS_CONFIDENTIAL:
        return {"name": CONFIDENTIAL}
    if not roles:
        return {"name": complaint.enterprise_name}
    return {"name": complaint.enterprise_name, "size": complaint.enterprise_size, "uscc": hidden(complaint.uscc, 4)}


def contact(complaint: Complaint, roles: Collection[str]) -> dict[str, str | None] | None:
    """Whom to call: in full for the desks that must, masked for the enterprise itself, nothing for others."""
    if complaint.anonymous or complaint.contact_phone is None:
        return None
    if set(roles) & _knowing(complaint):
        return {"name": complaint.contact_name, "phone": complaint.contact_phone}
    return {"name": None, "phone": hidden(complaint.contact_phone, 4)} if ENTERPRISE in roles else None


def knows_who(complaint: Complaint, roles: Collection[str]) -> bool:
    """Whether somebody in these roles reads numbers of persons as they were written."""
    return bool(set(roles) & {*_knowing(complaint), ENTERPRISE})


def _knowing(complaint: Complaint) -> frozenset[str]:
    """The roles that may know how to reach who complains."""
    return KNOWS_CONTACT & KNOWS_CONFIDENTIAL if complaint.confidential else KNOWS_CONTACT


def cover_for(complaint: Complaint, roles: Collection[str], book: Directory) -> Cover:
    """How somebody in these roles reads what was written about a complaint.

    Who need not know reads no numbers of persons; nor, where it is not to be known who complains, the names.
    """
    if knows_who(complaint, roles):
        return AS_WRITTEN
    return _without(list(telling.who(complaint, book)) if _is_kept(complaint) else [])


def cover_in_list(complaint: Complaint, book: Directory) -> Cover:
    """The same for lists, which are the same for everybody and decrypt nothing."""
    return _without(list(telling.names(complaint.enterprise_name, book)) if _is_kept(complaint) else [])


def _is_kept(complaint: Complaint) -> bool:
    return complaint.confidential or complaint.anonymous


def _without(words: Sequence[telling.Word]) -> Cover:
    return lambda text: telling.covered(mask(text), words)


def _shown(value: Any, cover: Cover) -> Any:
    """What people wrote, as one reader reads it."""
    if isinstance(value, dict):
        return {key: _shown(inner, cover) for key, inner in value.items()}
    return cover(value) if isinstance(value, str) else value


def hidden(text: str | None, shown: int) -> str | None:
    """All but the last characters as asterisks."""
    return None if text is None else "*" * (len(text) - shown) + text[-shown:]


def event(row: Event, everything: bool, cover: Cover, book: Directory) -> dict[str, Any]:
    """One event of a trail: for the enterprise without who it was, its words as `cover` makes them."""
    told = {
        "seq": row.seq,
        "at": row.at,
        "action": row.action,
        "name": step_name(row.action),
        "status": row.to_status,
        "status_name": STATES[row.to_status].name,
        "data": _shown(_plain(row.data, book), cover),
    }
    if everything:
        return {**told, "role": row.role, "hash": row.hash.hex()}
    hidden = HIDDEN | HIDDEN_IN.get(row.action, frozenset())
    told["data"] = {name: value for name, value in told["data"].items() if name not in hidden}
    return told


# What of an event's data the enterprise does not read: how the clocks turned, and whose complaint its own went into.
HIDDEN = frozenset({"clocks", "into", "reorganisation"})
# The same of single steps: why two were merged may tell of another enterprise's complaint.
HIDDEN_IN = {"merge": frozenset({"reason"})}
OTHER_EVENTS = {
    "file": "提交",
    "remind": "到期提醒",
    "overdue": "逾期催办",
    "supervise_again": "二次督办",
    "letter": "督办书",
    "censure": "约谈通报被投诉单位",
    "recount": "期限重新计算",
}


def step_name(action: str) -> str:
    """What an event is called."""
    return STEPS[action].name if action in STEPS else OTHER_EVENTS[action]


def _plain(data: dict[str, Any], book: Directory) -> dict[str, Any]:
    """An event's data without the digest that it keeps, with the names behind its codes."""
    code = str(data.get("department"))
    shown = {name: value for name, value in data.items() if name != DIGEST}
    return {**shown, "department_name": book.departments[code].name} if code in book.departments else shown
