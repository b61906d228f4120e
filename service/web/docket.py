"""What waits for the supervisor's ruling: the question, what both sides said, what the rules say, and the answers."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any

from flask_babel import gettext as _

from service.accounts import operations as accounts
from service.casework import handing
from service.casework.schemas import ActionSchema
from service.clock import local
from service.complaints import listing, reading
from service.complaints.models import Complaint, Event
from service.complaints.reading import Cover
from service.complaints.rules import DELIVERIES, QUESTIONS, STATES, STEPS, allowed
from service.complaints.visibility import OF_DEPARTMENTS
from service.deadlines import operations as deadlines
from service.deadlines.models import Clock
from service.directory.rules import Department, Directory
from service.errors import Invalid
from service.fields import Schema, Text
from service.web import guesses, rulings, speech, steps, trail, words
from service.web.forms import Filled
from service.web.guesses import Choice

RULER = "supervisor"
ACTION = ActionSchema()
# So many of the machine's own ideas are shown beside what a department says.
MOST_GUESSES = 3


@dataclass(frozen=True)
class Answer:
    """One way to rule.

    Attributes:
        action: the step that it takes; fixed: the fields that it fills in by itself.
        name: on its button, where that is not the step's.
        phrases: what is often said with it.
        together: whether several can be ruled on so at once: it gives what was asked, or says the same to each.
    """

    action: str
    phrases: tuple[str, ...] = ()
    name: str = ""
    fixed: Mapping[str, bool] = field(default_factory=dict)
    together: bool = False

    @property
    def code(self) -> str:
        """By what a button names it."""
        return ".".join([self.action, *(str(value).lower() for value in self.fixed.values())])

    @property
    def called(self) -> str:
        """What stands on its button."""
        return self.name or STEPS[self.action].name

    @property
    def field(self) -> str:
        """The field of the step that the words go into."""
        return "reason" if "reason" in STEPS[self.action].needs else "note"

    @property
    def needs_words(self) -> bool:
        """Whether it cannot be given without any."""
        return self.field in STEPS[self.action].needs

    @property
    def names_office(self) -> bool:
        """Whether a department has to be named with it."""
        return "department" in STEPS[self.action].needs


def _both(action: str, yes: tuple[str, ...], no: tuple[str, ...], together: bool = False) -> tuple[Answer, Answer]:
    """The two answers of a step that says yes or no."""
    names = steps.CHOICES[(action, "upheld")]
    return (
        Answer(action, yes, names["true"], {"upheld": True}, together),
        Answer(action, no, names["false"], {"upheld": False}, together),
    )


# question → the answers to it, the likelier first. States in which the supervisor rules, and open questions.
ANSWERS: Mapping[str, tuple[Answer, ...]] = {
    "handing_back": (
        Answer("grant_hand_back", (
            "职责不在本部门，同意退回，重新派单。", "与双方核实过，请按所提的部门重新派单。",
        ), together=True),
        Answer("refuse_hand_back", (
            "按职责规定属于本部门，请继续办理。", "依据不足，正式移交以前由首接部门继续办理。",
            "涉及几个部门，由本部门主办，可以请其他部门协办。",
        )),
        Answer("designate", (
            "按属地管理、分级负责，由该部门办理。", "谁主管谁负责，由该部门办理。",
        )),
        Answer("consult", ("请双方带职责依据到场，商定由谁办理。",)),
    ),
    "consulting": (
        Answer("designate", ("会商商定由该部门主办。", "意见不一致，按主要责任指定由该部门主办，其他部门协办。")),
    ),
    "extension": (
        Answer("grant_extension", ("情况复杂，同意延期；请在新期限前办结，并向企业说明。",), together=True),
        Answer("refuse_extension", (
            "理由不充分，请在原期限内办结。", "请先答复已经查清的部分，其余的再提出。",
        ), together=True),
    ),
    "redo_asked": (
        Answer("grant_redo", ("答复没有解决问题，同意重办，请换一位承办人。",), together=True),
        Answer("explain", ("政策已经执行到位，没有再办的余地，已向企业说明。",)),
    ),
    "suspended": (Answer("resume", ("挂起的原因已经消除，请恢复办理。",), together=True),),
    "misuse": _both("rule_misuse", ("经核对证据，内容与事实不符。",), ("证据不足，不认定为滥用。",)),
    "misuse_appeal": _both(
        "rule_misuse_appeal", ("申诉有依据，撤销原来的认定。",), ("没有新的证据，维持原来的认定。",)
    ),
    "counting": _both(
        "rule_counting", ("不是承办部门的责任，剔除。",), ("属于本部门办理范围，照常计入。",), together=True
    ),
}  # fmt: skip
# What the questions are called, and the steps whose last words speak for the two sides.
CALLED = {code: STATES[code].name if code in STATES else QUESTIONS[code] for code in ANSWERS}
SLOTS = {**rulings.ABOUT_STATE, **rulings.ABOUT_QUESTION}
BY_CODE = {answer.code: answer for answer in chain.from_iterable(ANSWERS.values())}
# By these a complaint got where it is, whatever is asked.
SAID = frozenset(chain(DELIVERIES, *(slot for code in ANSWERS for slot in SLOTS[code])))
# What decides on who may have it, and what the machine thought of it.
MORE = (
    Complaint.suggestions, Complaint.reason, Complaint.proposed_department, Complaint.hand_backs, Complaint.designated,
    Complaint.spent, Complaint.gates, Complaint.reply, Complaint.enterprise_size, Complaint.respondent_department,
    Complaint.version,
)  # fmt: skip


class SaidSchema(Schema):
    """What a form of the docket says beside the button that was pressed."""

    text = Text(most=2000, lines=True)
    phrase = Text(most=2000)
    department = ACTION.fields["department"]


@dataclass(frozen=True)
class Voice:
    """What somebody said with a step."""

    who: str
    name: str
    event: Event
    lines: Sequence[str]


@dataclass(frozen=True)
class Asked:
    """One question of a complaint.

    Attributes:
        voices: both sides, in the order in which they spoke; rules: what the rules and the machine say.
    """

    code: str
    voices: Sequence[Voice]
    rules: Sequence[str]
    answers: Sequence[Answer]

    @property
    def called(self) -> str:
        """The question's name."""
        return CALLED[self.code]


@dataclass(frozen=True)
class Case:
    """A complaint on the docket.

    Attributes:
        offices: departments that may be designated: code → name.
        told: what was typed into its form, and what was wrong with it.
    """

    complaint: Complaint
    brief: Mapping[str, Any]
    asked: Sequence[Asked]
    offices: Mapping[str, str]
    told: Filled = field(default_factory=Filled)


@dataclass
class _Known:
    """What one case is made of; `names`: what those are called who spoke."""

    complaint: Complaint
    events: Sequence[Event]
    clock: Clock | None
    names: Mapping[int, str]
    book: Directory

    @cached_property
    def cover(self) -> Cover:
        """How the docket shows what was written about it."""
        return reading.cover_in_list(self.complaint, self.book)

    @cached_property
    def choices(self) -> list[Choice]:
        """What the machine thinks that it may be about, and whose that is."""
        return guesses.choices(self.complaint, self.book)


def cases(items: Sequence[Complaint], told: Mapping[str, Filled], book: Directory) -> list[Case]:
    """The rows of the docket, in three statements whatever their number."""
    ids = [one.id for one in items]
    events = listing.said(ids, SAID) if ids else {}
    clocks = deadlines.results(ids) if ids else {}
    names = accounts.names(trail.people([event for told_ in events.values() for event in told_])) if events else {}
    known = (_Known(one, events.get(one.id, ()), clocks.get(one.id), names, book) for one in items)
    return [_case(one, told.get(one.complaint.number, Filled())) for one in known]


def _case(known: _Known, told: Filled) -> Case:
    complaint, book = known.complaint, known.book
    able = set(allowed(complaint, {RULER}))
    asked = [_asked(code, able, known) for code in questions(complaint)]
    names_office = any(answer.names_office for one in asked for answer in one.answers)
    return Case(complaint, reading.brief(complaint, book), asked, _offices(known) if names_office else {}, told)


def questions(complaint: Complaint) -> list[str]:
    """What of a complaint waits for the supervisor's ruling."""
    return [code for code in ANSWERS if code == complaint.status or code in complaint.pending]


def _asked(code: str, able: Collection[str], known: _Known) -> Asked:
    last = (next((event for event in reversed(known.events) if event.action in slot), None) for slot in SLOTS[code])
    spoken = sorted((event for event in last if event is not None), key=lambda event: event.seq)
    rules = RULES.get(code, lambda _known: iter(()))(known)
    answers = [answer for answer in ANSWERS[code] if answer.action in able]
    return Asked(code, [_voice(event, known) for event in spoken], list(rules), answers)


def _voice(event: Event, known: _Known) -> Voice:
    """Who said what, without the numbers of persons."""
    told = reading.event(event, True, known.cover, known.book)
    who = trail.who(event, known.names)
    office = _office_of(event, known)
    return Voice(
        _("%(office)s %(who)s", office=speech.told(office.name), who=who) if office else who,
        trail.step_name(event), event, list(trail.lines(event.action, told["data"], known.book)),
    )  # fmt: skip


def _office_of(event: Event, known: _Known) -> Department | None:
    """The department that had it when one of its people spoke."""
    if event.role not in OF_DEPARTMENTS:
        return None
    had = [one.data["department"] for one in known.events if one.action in DELIVERIES and one.seq < event.seq]
    return known.book.departments.get(had[-1]) if had else None


# --- what the rules say ----------------------------------------------------------------------------------------------


def _about_owner(known: _Known) -> Iterator[str]:
    """Why it went there, who had it, and whose the machine thinks it is."""
    complaint, book = known.complaint, known.book
    yield _("派单依据：%(reason)s", reason=speech.recorded(complaint.reason))
    had = dict.fromkeys(event.data["department"] for event in known.events if event.action in DELIVERIES)
    if len(had) > 1:
        yield _("先后派给：%(offices)s", offices=speech.listed([book.departments[code].name for code in had]))
    if complaint.hand_backs > 1:
        yield _("这是第 %(count)d 次退单", count=complaint.hand_backs)
    for choice in known.choices[:MOST_GUESSES]:
        if choice.department and (choice.probability or 0) >= guesses.LIKELY:
            share = f"{choice.probability:.0%}"
            yield _("系统判断：%(category)s（%(share)s），归%(office)s", category=choice.name, share=share,
                    office=speech.told(choice.department.name))  # fmt: skip


def _about_extension(known: _Known) -> Iterator[str]:
    """What stands now, what would then, and how far it may go by law."""
    clock, asked = known.clock, next((one for one in reversed(known.events) if one.action == "ask_extension"), None)
    if clock is None or asked is None:
        return
    yield _("现在的期限：%(due)s，%(left)s（%(basis)s）", due=words.moment(clock.due_at),
            left=words.due_of(clock).left, basis=speech.told(clock.basis))  # fmt: skip
    until = date.fromisoformat(asked.data["until"])
    try:
        then = deadlines.extension(clock, until, known.book.revision)
    except Invalid as problem:
        yield _("按规定不能延到这一天：%(why)s", why=problem.message)
    else:
        more = (local(then.due_at).date() - local(clock.due_at).date()).days
        yield _("同意后：%(due)s，多 %(count)d 天", due=words.moment(then.due_at), count=more)
    if told := rulings.latest(clock, known.book):
        yield told
    if clock.extensions:
        yield _("已经延过 %(count)d 次", count=clock.extensions)


def _about_redo(known: _Known) -> Iterator[str]:
    """What the enterprise was answered."""
    if known.complaint.reply:
        yield _("给企业的答复：%(reply)s", reply=known.cover(known.complaint.reply))


RULES: Mapping[str, Callable[[_Known], Iterator[str]]] = {
    "handing_back": _about_owner,
    "consulting": _about_owner,
    "extension": _about_extension,
    "redo_asked": _about_redo,
}


def _offices(known: _Known) -> dict[str, str]:
    """Who may be designated: whom the department named, who had it, and whom the machine thinks of."""
    complaint, book = known.complaint, known.book
    named = (event.data.get("department") for event in reversed(known.events))
    thought = (choice.department.code for choice in known.choices if choice.department)
    codes = dict.fromkeys(code for code in (*named, complaint.department, *thought) if code)
    offices = (book.departments[code] for code in codes if code in book.departments)
    may = (one for one in offices if one.active and not handing.not_for(one.code, complaint, book))
    return {one.code: one.name for one in may}


# --- ruling ----------------------------------------------------------------------------------------------------------


def given(answer: Answer, said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the step that an answer takes; a phrase that was chosen stands where nothing was written."""
    spoken = said.get("text") or said.get("phrase")
    office = {"department": said["department"]} if answer.names_office and "department" in said else {}
    return {**answer.fixed, **office, **({answer.field: spoken} if spoken else {})}


def told(filled: Filled) -> Filled:
    """What was wrong, at the fields as the docket calls them."""
    names = {"reason": "text", "note": "text"}
    return Filled(filled.values, {names.get(name, name): said for name, said in filled.errors.items()},
                  filled.message, filled.status)  # fmt: skip
