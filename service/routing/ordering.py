"""What the administrator's directives say about a case, and what no directive can order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.directory.rules import Department
from service.routing import reasons
from service.routing.directives import Directive, says
from service.routing.examination import may_be_grave
from service.routing.matter import Case, Matter
from service.routing.owners import presumed
from service.routing.respondent import UNKNOWN
from service.sentences import say

# Who may get what is sealed by an order: discipline inspection, and the region's supervisor.
SEALED_KINDS = frozenset({"discipline"})
SUPERVISES = "rule-of-law"


@dataclass(frozen=True)
class Order:
    """What holds for a case: the first directive that fits and can be followed.

    Attributes:
        doubt: why it only proposes its department; empty where it decides.
        passed: why those before it were passed over.
    """

    directive: Directive | None = None
    department: Department | None = None
    doubt: str = ""
    passed: tuple[str, ...] = ()


def order(case: Case, directives: Sequence[Directive]) -> Order:
    """The order for a case, or none; a closed department's directive rests and is not mentioned."""
    passed: list[str] = []
    for directive in directives:
        department = directive.target(case.place, case.directory)
        if not fits(directive, case) or (department is None and directive.department is not None):
            continue
        why = hindrance(case, department)
        if department is not None and not why:
            return Order(directive, department, _doubt(case, directive, department), tuple(passed))
        passed.append(reasons.passed_over(directive.name, why))
    return Order(passed=tuple(passed))


# --- what a directive asks -------------------------------------------------------------------------------------------


def _respondent(matter: Matter, wanted: Sequence[str]) -> bool:
    return matter.respondent is not None and says(matter.respondent.name, wanted)


def _words(matter: Matter, wanted: Sequence[str]) -> bool:
    return says(matter.text, wanted)


def _channel(matter: Matter, wanted: Sequence[str]) -> bool:
    return matter.channel in wanted


def _category(case: Case, wanted: Sequence[str]) -> bool:
    return case.category is not None and bool({case.category.code, case.category.family} & set(wanted))


def _place(case: Case, wanted: Sequence[str]) -> bool:
    return case.place is not None and any(code in wanted for code in case.directory.chain(case.place))


def _nature(case: Case, wanted: Sequence[str]) -> bool:
    return case.nature in wanted


# What was filed tells these at once; the others ask what the examination found out.
BY_FILING: dict[str, Callable[[Matter, Sequence[str]], bool]] = {
    "respondents": _respondent, "words": _words, "channels": _channel,
}  # fmt: skip
BY_CASE: dict[str, Callable[[Case, Sequence[str]], bool]] = {
    "categories": _category, "places": _place, "natures": _nature,
}  # fmt: skip


def may_fit(directive: Directive, matter: Matter) -> bool:
    """Whether a matter that was not examined yet may be one that a directive means."""
    return all(holds(matter, wanted) for name, holds in BY_FILING.items() if (wanted := getattr(directive, name)))


def fits(directive: Directive, case: Case) -> bool:
    """Whether all that a directive asks holds for a case."""
    further = (holds(case, wanted) for name, holds in BY_CASE.items() if (wanted := getattr(directive, name)))
    return may_fit(directive, case.matter) and all(further)


# --- what no directive can order -------------------------------------------------------------------------------------


def hindrance(case: Case, department: Department | None) -> str:
    """Why a directive cannot be followed: the three rules that no routing may break; empty where it can."""
    if department is None:
        return "这件事还没有可以确定的最近部门"
    if case.bars(department, *presumed(case)):
        return say("%(department)s是被反映的单位或与其有隶属关系，须回避", department=reasons.short(department))
    if case.sealed and not _keeps_seals(case, department):
        return "密封办理的事项只能由纪检监察机关或自治区督办机构办理"
    if nobody_named(case):
        return "举报没有填写被举报的单位"
    if case.place is not None and department.place not in case.directory.chain(case.place):
        return say("%(department)s不在事情发生地或其上级", department=reasons.short(department))
    return ""


def _keeps_seals(case: Case, department: Department) -> bool:
    return department.kind in SEALED_KINDS or department == case.directory.department(SUPERVISES, case.directory.region)


# A report in these is about an authority; while nobody knows which one, the owner itself may be the accused.
ON_AUTHORITIES = frozenset({"policy", "approval", "enforcement", "factor", "construction"})


def nobody_named(case: Case) -> bool:
    """Whether a report is about an authority that nobody has named yet."""
    leaf = case.category
    if case.nature != "report" or case.body is not None or case.accused or leaf is None or leaf.sealed:
        return False
    return leaf.own_act or leaf.family in ON_AUTHORITIES


# --- where a directive only proposes ---------------------------------------------------------------------------------


def _doubt(case: Case, directive: Directive, department: Department) -> str:
    """Why a person looks first, though a directive fits."""
    found = (asks(case, directive, department) for asks in DOUBTS)
    return next(filter(None, found), "")


def _unsure_of_category(case: Case, directive: Directive, _department: Department) -> str:
    """A directive that asks for a category is as sure as the category; others do not depend on it."""
    return case.doubt if directive.categories else ""


def _grave_or_strange(case: Case, _directive: Directive, _department: Department) -> str:
    """Where something sealed or an emergency is likely, or the text is like no other, nobody is sure of anything."""
    leaf = case.category
    if not case.doubt or leaf is None:
        return ""
    grave = case.alarm is not None or may_be_grave(case.matter, leaf, case.directory)
    return case.doubt if case.matter.strange or grave else ""


def _unconfirmed(case: Case, _directive: Directive, _department: Department) -> str:
    return unconfirmed(case)


def _unknown_debtor(case: Case, _directive: Directive, _department: Department) -> str:
    return reasons.unknown_debtor(case.body) if case.body and of_unknown_debtor(case) else ""


def _unplaced(case: Case, _directive: Directive, department: Department) -> str:
    return reasons.UNPLACED if case.place is None and department.place != case.directory.region else ""


def _elsewhere(case: Case, _directive: Directive, _department: Department) -> str:
    return reasons.elsewhere(case)


DOUBTS = (_unsure_of_category, _grave_or_strange, _unconfirmed, _unknown_debtor, _unplaced, _elsewhere)


def unconfirmed(case: Case) -> str:
    """That the family's policy asks for a person, where none of the staff has looked yet."""
    confirm = case.category is not None and case.category.policy == "confirm" and case.matter.chosen_by != "staff"
    return reasons.confirm(case.category) if confirm and case.category else ""


def of_unknown_debtor(case: Case) -> bool:
    """Whether nobody can say yet if a debt stands under any of the laws."""
    body = case.body
    owed = case.family == "arrears" and case.against and case.law is None
    return owed and body is not None and body.kind == UNKNOWN
