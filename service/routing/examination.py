"""Finding out what the rules ask about: category, nature, place, respondent, gate and law."""

from service.directory.rules import GOVERNING, Category, Department, Directory, Gate
from service.routing import reasons
from service.routing.laws import law
from service.routing.matter import Case, Matter, Suggested, against
from service.routing.respondent import Body, recognise

# P: from which probability on a second suggestion holds the machine back, where a mistake would do harm.
GRAVE_ENOUGH = 0.1
EMERGENCY = "emergency"


def examine(matter: Matter, directory: Directory) -> Case:
    """Find out all that the rules ask about."""
    given = directory.in_use(matter.place) if matter.place else None
    body = recognise(matter.respondent, given, directory) if matter.respondent else None
    category, doubt = _category(matter, directory)
    nature = matter.nature or _nature(category, body)
    arrears = category is not None and category.family == "arrears"
    gate = _gate(matter, category, doubt, directory)
    sealed = _sealed(matter, nature, category, gate)
    accusing = sealed or against(nature, category.family if category else None)
    return Case(
        matter=matter,
        directory=directory,
        category=category,
        doubt=doubt,
        nature=nature,
        body=body,
        place=_place(given, body, directory),
        accused=_accused(matter, body, category, sealed, given, directory) if accusing else (),
        gate=gate,
        law=law(matter.creditor_size, body.kind) if arrears and body else None,
        sealed=sealed,
    )


def _category(matter: Matter, directory: Directory) -> tuple[Category | None, str]:
    """The leaf, and why it is not certain; what a person of the staff chose is."""
    chosen = directory.category(matter.chosen or "")
    if chosen is not None and matter.chosen_by == "staff":
        return chosen, ""
    top = next(iter(matter.suggestions), None)
    guess = directory.category(top.code) if top else None
    if top is None or guess is None:
        return chosen, reasons.UNSEEN
    if chosen is not None and chosen != guess:
        return chosen, reasons.contradicted(chosen, guess)
    if matter.strange:
        return guess, reasons.STRANGE
    sure = sure_enough(top, guess) and not may_be_grave(matter, guess, directory)
    return guess, "" if sure else reasons.unsure(guess)


def sure_enough(guess: Suggested, leaf: Category) -> bool:
    """Whether the machine may follow a guess of its own, if nothing else speaks against it."""
    return guess.sure and guess.probability >= leaf.threshold


def may_be_grave(matter: Matter, guess: Category, directory: Directory) -> bool:
    """Whether a sealed leaf or an emergency is likely enough beside the guess that a person must look first."""
    others = (directory.category(one.code) for one in matter.suggestions[1:] if one.probability >= GRAVE_ENOUGH)
    return not guess.sealed and any(leaf is not None and (leaf.sealed or leaf.gate == EMERGENCY) for leaf in others)


def _nature(category: Category | None, body: Body | None) -> str:
    """What the filer probably means: naming a respondent turns a request into a complaint."""
    usual = category.nature if category else "complaint"
    return "complaint" if usual == "request" and body is not None else usual


def _place(given: str | None, body: Body | None, directory: Directory) -> str | None:
    """Where the matter is handled from; a company named after the region may sit anywhere in it."""
    if body is None or body.place is None:
        return given
    if body.public:
        return body.place
    return given or (body.place if body.place != directory.region else None)


def _sealed(matter: Matter, nature: str, category: Category | None, gate: Gate | None) -> bool:
    """Whether nobody but who handles it may know of it."""
    passed_on = gate is not None and gate.effect == "pass_on"
    leaf = category is not None and category.sealed
    return passed_on or leaf or nature == "report" or "retaliation" in matter.flags


def _accused(
    matter: Matter, body: Body | None, category: Category | None, sealed: bool, near: str | None, directory: Directory
) -> tuple[Department, ...]:
    """The respondent's department or, where no respondent was filed, those that the text names, governing ones first.

    A text that names a department need not accuse it, but whoever is named does not judge the matter (rule 1).
    """
    if body is None:
        policy = category is not None and category.family == "policy"
        named = directory.mentioned(matter.text, near, cited=not policy)  # whose policy it is, is not the accusation
        return tuple(sorted(named, key=lambda one: one.kind not in GOVERNING))
    accused = body.accused(sealed)
    return (accused,) if accused else ()


def _gate(matter: Matter, category: Category | None, doubt: str, directory: Directory) -> Gate | None:
    """The first gate that was declared, that a certain leaf means, or whose cues the text shows."""
    leaf = category.code if category else ""
    meant = category.gate if category and not doubt else None
    open_to = [gate for gate in directory.gates.values() if gate.active and leaf not in gate.not_for]
    named = (gate for gate in open_to if gate.code in matter.gates or gate.code == meant)
    shown = (gate for gate in open_to if any(cue in matter.text for cue in gate.cues))
    return next(named, None) or (next(shown, None) if directory.cued(matter.text) else None)
