"""What is asked beside the main way, and the rulings: extension, suspension, co-handling, misuse, counting, urging."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from service.casework.deeds import Deed
from service.casework.handing import check_department
from service.complaints import operations as complaints
from service.complaints.models import Complaint
from service.deadlines import operations as deadlines
from service.deadlines.models import Clock
from service.deadlines.rules import local
from service.errors import Invalid, NotAllowed, WrongState
from service.sentences import say

LONGEST_SUSPENSION = timedelta(days=30)
BETWEEN_URGES = timedelta(hours=24)
MOST_MESSAGES, A_DAY = 10, timedelta(hours=24)
RULERS = {"head": "部门负责人", "supervisor": "督办人"}


def result_clock(complaint: Complaint) -> Clock:
    """The result's clock that is not over.

    Raises:
        WrongState: there is none.
    """
    for clock in deadlines.running(complaint.id):
        if clock.kind == "result":
            return clock
    raise WrongState("办理结果的期限没有在走，不需要延期。")


def _ask_extension(deed: Deed) -> None:
    """Checked when it is asked, so that nobody rules on what cannot be granted."""
    deadlines.extension(result_clock(deed.complaint), deed.given["until"], deed.book.revision)


def _grant_extension(deed: Deed) -> None:
    """By who may: the head where the law says so (条例第二十五条第二款), else the supervisor."""
    complaint, clock = deed.complaint, _ruled_on(deed)
    asked = complaints.last_of(complaint.id, ("ask_extension",))
    assert asked is not None  # the question is pending
    until = date.fromisoformat(asked.data["until"])
    done = deadlines.extend(clock, until, deed.now, deed.book.revision)
    deed.extended["result"] = done.length
    deed.noted |= {
        "until": until.isoformat(), "reason": asked.data["reason"],
        "was": done.was.isoformat(), "due_at": done.due_at.isoformat(),
    }  # fmt: skip


def _refuse_extension(deed: Deed) -> None:
    _ruled_on(deed)


def _ruled_on(deed: Deed) -> Clock:
    """The clock whose extension is ruled on, by who may."""
    clock = result_clock(deed.complaint)
    ruler = deadlines.who_extends(clock, deed.book.revision)
    if ruler is None or ruler not in deed.roles:
        who = RULERS.get(ruler or "", "上级")
        raise NotAllowed(say("这个期限的延期由%(ruler)s决定。", ruler=who))
    deed.by = replace(deed.by, role=ruler)
    return clock


def _suspend(deed: Deed) -> None:
    """With a plan and a day on which the supervisor looks at it again."""
    day, today = deed.given["review_on"], local(deed.now).date()
    calendar = deadlines.calendar(deed.chain, deed.book.revision)
    if not today < day <= today + LONGEST_SUSPENSION:
        raise Invalid("复核日期应在 30 天以内。", {"review_on": ["请选择明天起 30 天以内的日期。"]})
    if not calendar.is_working(day):
        raise Invalid("复核日期是休息日。", {"review_on": ["请选择一个工作日。"]})
    deed.fixed["suspension"] = calendar.close(day)


def _invite(deed: Deed) -> None:
    """Another department helps, with a clock of its own; the one that leads answers for all."""
    complaint, department = deed.complaint, deed.given["department"]
    check_department(department, complaint, deed.book)
    if department in {complaint.department, *complaint.co_departments}:
        raise Invalid("这个部门已经在办理这件诉求。", {"department": ["请选择另一个部门。"]})
    complaint.co_departments = [*complaint.co_departments, department]
    deed.party = department


def _opine(deed: Deed) -> None:
    """For the department that was asked; who speaks for several does so in turn."""
    asked = [clock.party for clock in deadlines.running(deed.complaint.id) if clock.kind == "co_handle"]
    own = {grant.department for grant in deed.reader.grants if grant.department}
    places = {grant.place for grant in deed.reader.grants if grant.department is None and grant.place}
    mine = [party for party in asked if party and (party in own or _lies_in(party, places, deed))]
    if not mine:
        raise WrongState("没有等待您的部门提出的协办意见。")
    deed.party = mine[0]
    deed.noted["department"] = mine[0]


def _lies_in(department: str, places: Collection[str], deed: Deed) -> bool:
    return not set(places).isdisjoint(deed.book.chain(deed.book.departments[department].place))


def _urge(deed: Deed) -> None:
    last = complaints.last_of(deed.complaint.id, ("urge",))
    if last and last.at > deed.now - BETWEEN_URGES:
        raise WrongState("24 小时内已经催办过，承办单位会看到您的催办。")


def _message(deed: Deed) -> None:
    """So many a day that nobody is kept from saying anything, and nobody's work from being done."""
    said = [event for event in complaints.trail(deed.complaint, everything=False) if event.action == "message"]
    if sum(event.at > deed.now - A_DAY for event in said) >= MOST_MESSAGES:
        raise WrongState(say("24 小时内最多留言 %(most)d 次，请把要说的合在一起，明天再发。", most=MOST_MESSAGES))


def _rule_misuse(deed: Deed) -> None:
    """A mark, never a block: what follows is decided by people, step by step."""
    if deed.given["upheld"]:
        deed.complaint.flags = [*deed.complaint.flags, "misuse"]


def _rule_misuse_appeal(deed: Deed) -> None:
    if deed.given["upheld"]:
        deed.complaint.flags = [flag for flag in deed.complaint.flags if flag != "misuse"]


def _rule_counting(deed: Deed) -> None:
    deed.complaint.excluded = deed.given["upheld"]


EFFECTS = {
    "ask_extension": _ask_extension,
    "grant_extension": _grant_extension,
    "refuse_extension": _refuse_extension,
    "suspend": _suspend,
    "invite": _invite,
    "opine": _opine,
    "urge": _urge,
    "message": _message,
    "rule_misuse": _rule_misuse,
    "rule_misuse_appeal": _rule_misuse_appeal,
    "rule_counting": _rule_counting,
}
