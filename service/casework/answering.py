"""The reply, and what the enterprise says of it: draft, approval, revisit, closing, redo."""

from datetime import timedelta

from service.casework import rules
from service.casework.deeds import Deed
from service.complaints import operations as complaints
from service.complaints.rules import ANSWERED_AT_ONCE, ANSWERS, CO_HANDLER, ENTERPRISE
from service.deadlines import operations as deadlines
from service.deadlines.rules import Term, Unit, due
from service.errors import NotAllowed, WrongState
from service.sentences import say

# Redo is the enterprise's right within so long after the reply; later the supervisor decides.
TIME_TO_REDO = Term(10, Unit.WORKING_DAYS)
# P: so long after the reply the enterprise may rate it, and rate it anew.
TIME_TO_RATE = timedelta(days=30)
# In these roles somebody works on a complaint for a department.
HANDLERS = ("handler", "department_dispatcher", "head", CO_HANDLER)


def _draft(deed: Deed) -> None:
    if deed.by.actor_id in deed.complaint.former_handlers:
        raise NotAllowed("重办要换一位承办人，请由同事起草答复。")
    given = deed.given
    deed.complaint.draft = {"reply": given["reply"], "internal": given.get("internal"), "by": deed.by.actor_id}


def _approve(deed: Deed) -> None:
    """Four eyes: who wrote a reply does not approve it."""
    draft = deed.complaint.draft
    if draft is not None and draft["by"] is not None and draft["by"] == deed.by.actor_id:
        raise NotAllowed("自己起草的答复要由另一位负责人审签。")


def _answer(deed: Deed) -> None:
    deed.complaint.reply = deed.given["reply"]
    deed.complaint.routed_by, deed.complaint.reason = "operator", ANSWERED_AT_ONCE


def _reply(deed: Deed) -> None:
    """The approved text goes out as it was approved."""
    deed.complaint.reply = (deed.complaint.draft or {})["reply"]


def _revisit(deed: Deed) -> None:
    """The three facts: contacted, solved, satisfied; asked by somebody who had no hand in it."""
    rules.check_revisit(deed.given)
    if _handled(deed):
        raise NotAllowed("自己办理的诉求要由另一位回访。")
    deed.complaint.contacted = deed.given["contacted"]
    _keep_facts(deed)


def _rate(deed: Deed) -> None:
    """The enterprise's own word on what a revisit would ask."""
    answered = complaints.last_of(deed.complaint.id, ANSWERS)
    if answered is None or answered.at < deed.now - TIME_TO_RATE:
        raise WrongState("答复已超过 30 天，不能再评价。")
    _keep_facts(deed)


def _close(deed: Deed) -> None:
    rules.check_close(deed.given, deed.by.role)
    if _handled(deed):
        raise NotAllowed("自己办理的诉求要由另一位回访后办结。")
    # What staff says in closing is on record and no more: the facts are the enterprise's, asked at the revisit.
    if deed.by.role == ENTERPRISE:
        _keep_facts(deed)


def _keep_facts(deed: Deed) -> None:
    deed.complaint.solved = deed.given.get("solved", deed.complaint.solved)
    deed.complaint.satisfaction = deed.given.get("satisfaction", deed.complaint.satisfaction)


def _handled(deed: Deed) -> bool:
    """Whether who acts worked on it for a department."""
    return deed.by.actor_id is not None and complaints.acted(deed.complaint.id, deed.by.actor_id, HANDLERS)


def _redo(deed: Deed) -> None:
    """By right while the reply is young; the reply is done anew by somebody else."""
    replied = complaints.last_of(deed.complaint.id, ("reply",))
    calendar = deadlines.calendar(deed.chain, deed.book.revision)
    if replied and due(replied.at, TIME_TO_REDO, calendar).due_at < deed.now:
        late = "答复已超过 %(term)s，请用「再次申请重办」，由督办人决定。"
        raise WrongState(say(late, term=TIME_TO_REDO.spoken))
    _begin_anew(deed)


def _begin_anew(deed: Deed) -> None:
    complaint = deed.complaint
    if complaint.draft and complaint.draft["by"] is not None:
        complaint.former_handlers = [*complaint.former_handlers, complaint.draft["by"]]
    complaint.draft = complaint.contacted = complaint.solved = complaint.satisfaction = None


def _reopen(deed: Deed) -> None:
    deed.complaint.merged_into = None
    _begin_anew(deed)


EFFECTS = {
    "draft": _draft,
    "approve": _approve,
    "answer": _answer,
    "reply": _reply,
    "revisit": _revisit,
    "revisit_unanswered": _revisit,
    "rate": _rate,
    "close": _close,
    "redo": _redo,
    "grant_redo": _begin_anew,
    "reopen": _reopen,
}
