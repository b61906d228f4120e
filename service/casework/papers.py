"""Papers that follow from a complaint's events: the slip a department gets it with, and the letter that answers it.

They are made when somebody asks for them and say the same each time: what they rest on, the events, does not change.
Nobody's telephone stands on them, and no name of an enterprise that asked for confidence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.casework.answering import TIME_TO_REDO
from service.clock import spoken
from service.complaints import reading
from service.complaints.models import Complaint, Event
from service.complaints.reading import Cover
from service.complaints.rules import ANSWERS, CHANNELS, DELIVERIES, NATURES
from service.deadlines.models import Clock
from service.directory.rules import Directory

SLIP, REPLY = "slip", "reply"
NAMES = {SLIP: "交办单", REPLY: "办理结果答复书"}
TITLES = {SLIP: "企业诉求交办单", REPLY: "企业诉求办理结果答复书"}
MARKS = {SLIP: "企声交办", REPLY: "企声答复"}
# Who sends complaints out for a place, and answers at once: the first that it has.
SENDERS = ("services", "rule-of-law")
# What a department owes from when it gets the slip.
OWED = ("sign", "contact", "result")
UNKNOWN = "诉求人"
HANDED_OVER = "现将下列企业诉求交你单位办理，请在时限内签收、联系企业、核实处理，并经审签后书面答复。"
ASKED = (
    "企业的联系方式请登录平台查看（查看有记录），不要写在本单上。",
    "认为不属于本单位职责的，请在平台上写明理由和依据申请退单，不要自行转交。",
    "需要其他部门配合的，在平台上请求协办，由本单位统一答复。",
)
REDO = "对办理结果不满意的，可以自答复之日起 %s内在平台申请重办，由另一位承办人办理（本平台服务承诺）。"


@dataclass(frozen=True)
class Fact:
    """A line of a paper with its name."""

    name: str
    value: str


@dataclass(frozen=True)
class Paper:
    """What stands on a paper, in the order of 公文格式.

    Attributes:
        facts: what a slip is about; limits: until when what is owed, with what that rests on.
        body: the paragraphs of a letter, or what is asked for with a slip.
    """

    kind: str
    title: str
    issuer: str
    number: str
    addressee: str
    opening: str
    date: str
    body: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    limits: tuple[Fact, ...] = ()


def kinds(complaint: Complaint, events: Sequence[Event]) -> list[str]:
    """The papers that there are about a complaint."""
    done = {event.action for event in events}
    found = [SLIP] if complaint.department and done & set(DELIVERIES) else []
    return found + ([REPLY] if complaint.reply and done & set(ANSWERS) else [])


def slip(complaint: Complaint, events: Sequence[Event], clocks: Sequence[Clock], book: Directory) -> Paper | None:
    """The slip with which a department got a complaint last; None where none has it."""
    if SLIP not in kinds(complaint, events):
        return None
    sent = [event for event in events if event.action in DELIVERIES]
    return Paper(
        SLIP,
        TITLES[SLIP],
        issuer=_sender(complaint, book),
        number=_number(SLIP, complaint, len(sent)),
        addressee=book.departments[sent[-1].data["department"]].name,
        opening=HANDED_OVER,
        date=_day(sent[-1]),
        facts=tuple(_facts(complaint, book)),
        limits=tuple(
            Fact(one.name, f"{spoken(one.due_at)}前（{one.basis.removeprefix('依据：')}）")
            for kind in OWED
            for one in clocks
            if one.kind == kind and one.party is None and one.started_at >= sent[-1].at and one.state != "cancelled"
        ),
        body=ASKED,
    )


def _facts(complaint: Complaint, book: Directory) -> Iterable[Fact]:
    leaf = book.categories.get(complaint.category or "")
    pairs = [
        ("诉求编号", complaint.number),
        ("来源", f"{CHANNELS.get(complaint.channel, complaint.channel)}，{spoken(complaint.created_at)}提交"),
        ("反映企业", reading.enterprise(complaint, ())["name"]),
        ("性质和类别", "，".join([NATURES[complaint.nature], *([leaf.name] if leaf else [])])),
        ("反映的对象", complaint.respondent_name),
        ("事发地区", book.places[complaint.region].name if complaint.region else None),
        ("涉及金额", f"{complaint.amount:,.2f} 元" if complaint.amount is not None else None),
        ("诉求内容", reading.cover_for(complaint, (), book)(complaint.body)),
        ("交办理由", complaint.reason),
    ]
    return (Fact(name, " ".join(value.split())) for name, value in pairs if value)


def reply(complaint: Complaint, events: Sequence[Event], enterprise: str | None, cover: Cover, book: Directory) -> (
    Paper | None
):  # fmt: skip
    """The letter that answers a complaint, as it was answered last; None where it is not.

    Args:
        enterprise: its name as far as the reader may know it.
        cover: how the reader reads the reply.
    """
    if REPLY not in kinds(complaint, events):
        return None
    answered = [event for event in events if event.action in ANSWERS]
    last = answered[-1]
    said = cover(complaint.reply or "")
    closing = (REDO % TIME_TO_REDO.spoken,) if last.action == "reply" else ()
    return Paper(
        REPLY,
        TITLES[REPLY],
        issuer=_answerer(complaint, events, last, book),
        number=_number(REPLY, complaint, len(answered)),
        addressee=enterprise or UNKNOWN,
        opening=f"你单位于{_day_of(spoken(complaint.created_at))}反映的诉求（编号 {complaint.number}）收悉。"
        "现将办理结果答复如下：",
        date=_day(last),
        body=(*(line.strip() for line in said.splitlines() if line.strip()), *closing, "特此答复。"),
    )


def _answerer(complaint: Complaint, events: Sequence[Event], answered: Event, book: Directory) -> str:
    """The department that had it when it was answered; where none did, who sends out for the place."""
    had = [event.data["department"] for event in events if event.action in DELIVERIES and event.seq < answered.seq]
    return book.departments[had[-1]].name if had and answered.action == "reply" else _sender(complaint, book)


def _sender(complaint: Complaint, book: Directory) -> str:
    here = (book.department(kind, complaint.dispatch_place) for kind in SENDERS)
    return next((office.name for office in here if office), book.departments[complaint.receiver].name)


def _number(kind: str, complaint: Complaint, count: int) -> str:
    """Follows the complaint's own, so that no paper can be without one or have two."""
    again = f"（第 {count} 次）" if count > 1 else ""
    return f"{MARKS[kind]} {complaint.number}{again}"


def _day(event: Event) -> str:
    return _day_of(spoken(event.at))


def _day_of(moment: str) -> str:
    return moment.partition(" ")[0]
