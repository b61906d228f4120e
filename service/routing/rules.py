"""Category, nature, place and respondent → who receives a complaint, who handles it, and the reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from service.directory.rules import GOVERNING, Department, Directory, Gate
from service.routing import reasons
from service.routing.directives import Directive
from service.routing.examination import examine
from service.routing.laws import article, retaliation_article
from service.routing.matter import ASKING, RETALIATION, Case, Matter, against
from service.routing.ordering import SUPERVISES, Order, nobody_named, of_unknown_debtor, order, unconfirmed
from service.routing.owners import handling
from service.routing.respondent import Respondent, barred_from, recognise

RECEIVES_ARREARS = "industry"  # at the region: the SME authority at provincial level (V 802-24; which one: S)
# What is said against these is not for the desk of their own place: they sit at it, or watch over it.
ABOVE_THE_DESK = frozenset({*GOVERNING, "discipline"})
COMMERCIAL = "out-of-scope.commercial"


@dataclass(frozen=True)
class Decision:
    """Where a complaint goes.

    Attributes:
        nature: as filed or, where the filer did not say, what the leaf and a named respondent make of it.
        place: code of the place it is handled from, None if unknown.
        receiver: code of the department that receives it.
        department: code of the handling department; None means 待派单.
        queue: code of the place whose dispatcher has it, or who watches the dispatch.
        routed_by: model rule operator triage; triage exactly where there is no department.
        reason: whole sentences for the enterprise; no figures, no names of persons.
        basis: the article that the reason rests on, None where it is this platform's own rule.
        channel: where to turn instead, a proposal for the dispatcher.
        gate: code of the gate that stands before it.
        under_802: the statutory clocks start with acceptance.
        respondent_department: code of the department that is accused and must not see it; None where it is only asked;
            without respondent, the first that the text names.
        proposed: code of the department that a dispatcher may want to take.
        directive: id of the administrator's directive that decided or proposed the department.
        urgent: that directive marks it as urgent.
    """

    category: str | None
    nature: str
    place: str | None
    receiver: str
    department: str | None
    queue: str
    routed_by: str
    reason: str
    basis: str | None = None
    channel: str | None = None
    gate: str | None = None
    under_802: bool = False
    sealed: bool = False
    respondent_kind: str | None = None
    respondent_department: str | None = None
    proposed: str | None = None
    directive: int | None = None
    urgent: bool = False


def decide(matter: Matter, directory: Directory, directives: Sequence[Directive] = ()) -> Decision:
    """Who receives and who handles a matter, and why; the first rule that has an answer gives it.

    Args:
        directives: the administrator's that hold today, in order; they stand below what is not ours to handle.
    """
    return settle(examine(matter, directory), directives)


def settle(case: Case, directives: Sequence[Directive]) -> Decision:
    """The decision on a case that was examined."""
    if (first := _first(BEFORE_ORDERS, case)) is not None:
        return first
    found = order(case, directives)
    decision = _directed(case, found) or _first(AFTER_ORDERS, case)
    assert decision is not None  # the last rule always answers
    return replace(decision, reason=decision.reason + "".join(found.passed))


def _first(rules: Sequence["Rule"], case: Case) -> Decision | None:
    return next((decision for rule in rules if (decision := rule(case)) is not None), None)


def barred(
    department: str,
    nature: str,
    respondent: Respondent | None,
    directory: Directory,
    *,
    family: str | None = None,
    near: str | None = None,
    accused: str | None = None,
) -> str | None:
    """The sentence why a department may not get what is said against a respondent; None if it may.

    Args:
        family: arrears and default are always against the respondent, even as a request.
        near: the place that the filer gave, for names like “县住建局”.
        accused: code of the respondent_department that was decided at the filing, where no respondent was filed.
    """
    if not against(nature, family):
        return None
    body = recognise(respondent, near, directory) if respondent else None
    found = body.accused(nature == "report") if body else directory.departments.get(accused or "")
    return barred_from(directory.departments[department], found, directory) if found else None


# --- the rules, in order ---------------------------------------------------------------------------------------------


def _emergency(case: Case) -> Decision | None:
    """What cannot wait is handed over at once, whatever else it is."""
    gate = case.gate
    return _proposal(case, gate, reasons.gate(gate)) if gate and gate.effect == "hand_over" else None


def _retaliation(case: Case) -> Decision | None:
    """Sealed to the region's supervisor (V 802-20, 35); past it where it is accused itself.

    Straight where it was declared; where only the text tells, a person of the region looks first.
    """
    department = case.directory.department(SUPERVISES, case.directory.region)
    if not case.avenged or department is None:
        return None
    if case.bars(department):
        return _triage(case, reasons.BY_THE_SUPERVISOR, case.directory.region)
    if RETALIATION not in case.matter.flags:
        decision = _triage(case, reasons.LIKE_RETALIATION, case.directory.region)
        return replace(decision, proposed=department.code)
    basis = retaliation_article(case.law)
    reason = reasons.retaliation(department, basis)
    return _dispatched(case, department, "rule", reason, basis, queue=case.directory.region)


def _refused_or_passed_on(case: Case) -> Decision | None:
    """The gate, not the leaf, decides on refusing and naming the channel; a dispatcher confirms."""
    gate = case.gate
    if gate is None or gate.effect == "warn":
        return None
    return _proposal(case, gate, reasons.gate(gate), _discipline(case) if gate.effect == "pass_on" else None)


def _out_of_scope(case: Case) -> Decision | None:
    """Told the way; the dispatcher confirms that it really is not ours."""
    leaf = case.category
    if leaf is None or leaf.family != "out-of-scope" or case.doubt:
        return None
    return replace(_triage(case, reasons.out_of_scope(leaf)), channel=leaf.channel)


def _commercial(case: Case) -> Decision | None:
    """A debt between private parties, or one that no law of ours covers."""
    body = case.body
    if case.family != "arrears" or not case.against or body is None or case.law is not None or case.doubt:
        return None
    if of_unknown_debtor(case):
        return None
    channel = case.directory.categories[COMMERCIAL].channel
    return replace(_triage(case, reasons.commercial(body)), channel=channel)


def _without_category(case: Case) -> Decision | None:
    return _triage(case, case.doubt) if case.category is None else None


def _unknown_debtor(case: Case) -> Decision | None:
    """Somebody must find out first whose body it is."""
    if case.body is None or case.doubt or not of_unknown_debtor(case):
        return None
    proposed = case.directory.nearest(RECEIVES_ARREARS, case.place) if case.place else None
    return replace(_triage(case, reasons.unknown_debtor(case.body)), proposed=_code(proposed))


def _unplaced(case: Case) -> Decision | None:
    return _triage(case, case.doubt or reasons.UNPLACED) if case.place is None else None


def _unnamed(case: Case) -> Decision | None:
    """While nobody knows whom a report on an authority is about, neither the owner nor the place's desk opens it."""
    if not nobody_named(case):
        return None
    above = case.directory.superior(case.place) if case.place else None
    return _triage(case, case.doubt or reasons.UNNAMED, above or case.directory.region)


def _by_duty(case: Case) -> Decision:
    """The department that answers for it, if the machine may dispatch and there is one."""
    found = handling(case)
    why = case.doubt or unconfirmed(case) or reasons.elsewhere(case) or found.missing
    if why or found.department is None:
        return replace(_triage(case, why), proposed=_code(found.department))
    by = "operator" if case.matter.chosen_by == "staff" and case.matter.chosen else "model"
    basis = article(case.law, case.nature, case.category.code if case.category else "")
    receiver = _receiver(case, found.department, _queue(case))
    reason = reasons.dispatched(case, receiver, found.department, found.principle, basis)
    return _dispatched(case, found.department, by, reason, basis)


def _directed(case: Case, found: Order) -> Decision | None:
    """What an administrator ordered; where a person has to look first, it is what that person is offered."""
    directive, department = found.directive, found.department
    if directive is None or department is None:
        return None
    if found.doubt:
        why = reasons.proposed(found.doubt, directive.name, department, directive.urgent)
        decision = replace(_triage(case, why), proposed=department.code)
    else:
        decision = _sent(case if case.place else replace(case, place=department.place), department, directive)
    return replace(decision, directive=directive.id, urgent=directive.urgent)


def _sent(case: Case, department: Department, directive: Directive) -> Decision:
    """Dispatched as a directive says; it is this platform's own rule, so no article stands behind it."""
    receiver = _receiver(case, department, _queue(case))
    reason = reasons.directed(case, receiver, department, directive.name, directive.urgent)
    return _dispatched(case, department, "rule", reason, None)


Rule = Callable[[Case], Decision | None]
# What is not for this platform, or must go a way of its own, no directive moves.
BEFORE_ORDERS: tuple[Rule, ...] = (_emergency, _retaliation, _refused_or_passed_on, _out_of_scope, _commercial)
AFTER_ORDERS: tuple[Rule, ...] = (_without_category, _unknown_debtor, _unplaced, _unnamed, _by_duty)


# --- the parts of a decision -----------------------------------------------------------------------------------------


def _discipline(case: Case) -> Department | None:
    """The nearest discipline inspection in which the accused has no say."""
    offices = (case.directory.department("discipline", place) for place in case.directory.chain(_queue(case)))
    return next((office for office in offices if office is not None and not case.bars(office)), None)


def _queue(case: Case) -> str:
    """The place whose dispatcher looks at it, above both where two are told; the accused's own desk never does."""
    place = case.between or case.place or case.directory.region
    whole = case.body.department if case.body and case.against else None
    accused = {one.place for one in (*case.accused, whole) if one is not None and one.kind in ABOVE_THE_DESK}
    highest = next((code for code in reversed(case.directory.chain(place)) if code in accused), None)
    return place if highest is None else case.directory.superior(highest) or case.directory.region


def _receiver(case: Case, department: Department | None, desk: str) -> Department:
    """The SME authority of the region for arrears (V 802-24), the sealed department itself, else the place's desk.

    Where that authority is accused itself, who handles it receives it too.
    """
    directory = case.directory
    if case.sealed and department is not None:
        return department
    lawful = case.law is not None and case.against
    authority = directory.nearest(RECEIVES_ARREARS, directory.region) if lawful else None
    if authority is not None and not case.bars(authority):
        return authority
    if authority is not None and department is not None:
        return department
    return directory.nearest("dispatch", desk) or directory.departments[f"{directory.region}-dispatch"]


def _facts(case: Case, desk: str) -> Decision:
    """All of a decision that does not depend on where it goes."""
    shown = case.gate or case.alarm
    statutory = case.law == "802" and not case.matter.anonymous and case.nature not in ASKING
    return Decision(
        category=case.category.code if case.category else None,
        nature=case.nature,
        place=case.place,
        receiver=_receiver(case, None, desk).code,
        department=None,
        queue=desk,
        routed_by="triage",
        reason="",
        channel=shown.channel if shown else None,
        gate=case.gate.code if case.gate else None,
        under_802=statutory,
        sealed=case.sealed,
        respondent_kind=case.body.kind if case.body else None,
        respondent_department=case.accused[0].code if case.accused else None,
    )


def _triage(case: Case, why: str, desk: str | None = None) -> Decision:
    """待派单: a dispatcher decides, and reads why."""
    where = desk or _queue(case)
    return replace(_facts(case, where), reason=reasons.triage(why, case.directory.places[where], case))


def _proposal(case: Case, gate: Gate, why: str, department: Department | None = None) -> Decision:
    return replace(_triage(case, why), channel=gate.channel, proposed=_code(department))


def _dispatched(
    case: Case, department: Department, by: str, reason: str, basis: str | None, queue: str | None = None
) -> Decision:
    desk = queue or _queue(case)
    return replace(
        _facts(case, desk),
        receiver=_receiver(case, department, desk).code,
        department=department.code,
        routed_by=by,
        reason=reason,
        basis=basis,
    )


def _code(department: Department | None) -> str | None:
    return department.code if department else None
