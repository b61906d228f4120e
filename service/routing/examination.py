"""Finding out what the rules ask about: category, nature, place, respondent, gate and law."""

from collections.abc import Callable, Mapping

from service.directory.rules import GOVERNING, Category, Department, Directory, Gate
from service.routing import reasons, signs
from service.routing.laws import law
from service.routing.matter import RETALIATION, Case, Matter, Suggested, against
from service.routing.respondent import Body, recognise

# P: from which probability on a second suggestion holds the machine back, where a mistake would do harm.
GRAVE_ENOUGH = 0.1
EMERGENCY = "emergency"
ZONE = "开发区"
# What the plain words of a text show, as a cue of the gate would.
SIGNS: Mapping[str, Callable[[str], bool]] = {"discipline": signs.bribed}


def examine(matter: Matter, directory: Directory) -> Case:
    """Find out all that the rules ask about."""
    given = directory.in_use(matter.place) if matter.place else None
    body = recognise(matter.respondent, given, directory) if matter.respondent else None
    category, doubt = _category(matter, directory)
    nature = matter.nature or _nature(category, body)
    arrears = category is not None and category.family == "arrears"
    gate = _gate(matter, category, doubt, directory)
    avenged = RETALIATION in matter.flags or signs.avenged(matter.text)
    sealed = avenged or _sealed(nature, category, gate)
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
        alarm=_alarm(matter, gate, directory),
        avenged=avenged,
        between=_between(given, body, directory) if matter.placed else None,
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
    if guess.gate == EMERGENCY and signs.over(matter.text):
        return guess, reasons.PAST
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


def _between(given: str | None, body: Body | None, directory: Directory) -> str | None:
    """The lowest place above two that contradict each other; a zone counts as the place it lies in.

    A firm works elsewhere too; an authority or an institution is where it is.
    """
    if given is None or body is None or body.place is None or not body.public or body.kind == "state-owned":
        return None
    here, there = directory.chain(_mapped(given, directory)), directory.chain(_mapped(body.place, directory))
    if here[0] in there or there[0] in here:
        return None
    return next(code for code in here if code in there)


def _mapped(place: str, directory: Directory) -> str:
    """A place that is on the map: for a zone the one above it."""
    above = directory.places[place].parent
    return above if above and directory.places[place].level == ZONE else place


def _sealed(nature: str, category: Category | None, gate: Gate | None) -> bool:
    """Whether nobody but who handles it may know of it."""
    passed_on = gate is not None and gate.effect == "pass_on"
    leaf = category is not None and category.sealed
    return passed_on or leaf or nature == "report"


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
    shown = (gate for gate in open_to if _shows(matter.text, gate, directory))
    return next(named, None) or next(shown, None)


def _shows(text: str, gate: Gate, directory: Directory) -> bool:
    """Whether a text says what a gate is about; an accident that is over is no emergency."""
    if gate.code in SIGNS and SIGNS[gate.code](text):
        return True
    cued = directory.cued(text) and any(cue in text for cue in gate.cues)
    return cued and not (gate.code == EMERGENCY and signs.over(text))


def _alarm(matter: Matter, gate: Gate | None, directory: Directory) -> Gate | None:
    """The emergency that may well be meant, though nobody is sure: telling the number costs nothing."""
    alarm = directory.gates.get(EMERGENCY)
    if alarm is None or not alarm.active or gate == alarm or matter.chosen_by == "staff":
        return None
    likely = (one for at, one in enumerate(matter.suggestions) if at == 0 or one.probability >= GRAVE_ENOUGH)
    leaves = (directory.category(one.code) for one in likely)
    meant = any(leaf is not None and leaf.gate == EMERGENCY for leaf in leaves)
    return alarm if meant and not signs.over(matter.text) else None
