"""What the machine makes of a call while it is written down: shown at the side, never stored."""

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from flask_login import current_user

from service import clock
from service.complaints import reading
from service.directory import operations as directory
from service.directory.rules import Directory
from service.intake import operations as intake
from service.intake import prefill, rows
from service.intake.operations import Preview
from service.intake.rules import Draft
from service.intake.schemas import UnfinishedSchema
from service.knowledge import operations as knowledge
from service.web import forms
from service.web.forms import Filled
from service.web.questions import with_prefilled

UNFINISHED = UnfinishedSchema()
# What a text may fill in while it is written, and where the script says which of that the operator took over.
FACTS = ("respondent.name", "amount", "region")
OWN = "_own"
EMERGENCY = re.compile(r"(\w*?)(1[12]\d)(?!\d)")


def judged(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the machine makes of a form: its preview and the words for it; no preview where there is no text yet."""
    told, heard = listened(data)
    draft = _so_far(told)
    if draft is None:
        return {"preview": None, "heard": {}}
    found = intake.preview(draft, current_user, clock.now())
    book = directory.current()
    decision = found.decision
    return {
        "preview": found,
        "heard": heard,
        "answers": knowledge.offered(draft.body, decision.category or _likeliest(found), clock.now()),
        "suggestions": reading.suggestions(rows.stored_suggestions(found.understood.suggestions), book, staff=True),
        "category": reading.category(decision.category, book),
        "department": reading.named(decision.department, book.departments),
        "proposed": reading.named(decision.proposed, book.departments),
        "place": reading.named(decision.place, book.places),
        "calls": _calls(found, book),
    }


def _likeliest(found: Preview) -> str | None:
    """The category that the machine thinks of first, where routing took none."""
    return next((one.code for one in found.understood.suggestions), None)


def listened(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """A form with what its text says in the fields that are left to it, and that: dotted name → value, or empty."""
    draft = _so_far(data)
    found = prefill.answers(prefill.understand(draft.body, directory.current())) if draft else {}
    own = _own(data)
    heard = {name: found.get(name, "") for name in FACTS if name not in own} if draft else {}
    said = {name: value for name, value in heard.items() if value}
    return with_prefilled(_without(data, heard), said), heard


def untouched(data: Mapping[str, Any]) -> list[str]:
    """The fields in which still stands what the text said."""
    own = _own(data)
    return [name for name in FACTS if name not in own and Filled(data).value(name)]


def _own(data: Mapping[str, Any]) -> set[str]:
    """The fields that the operator filled in or emptied: as the script noted them, else those that hold anything."""
    if OWN in request.form:
        return set(request.form[OWN].split())
    return {name for name in FACTS if Filled(data).value(name)}


def _calls(found: Preview, book: Directory) -> list[tuple[str, str]]:
    """Whom to call at once, where the text tells of danger."""
    gate = book.gates.get(found.decision.gate or "")
    return emergency_numbers(gate.channel) if gate and gate.effect == "hand_over" else []


def emergency_numbers(channel: str | None) -> list[tuple[str, str]]:
    """("火警", "119") for each number of three digits in a channel's words."""
    return EMERGENCY.findall(channel or "")


def _so_far(data: Mapping[str, Any]) -> Draft | None:
    """The filing as far as it is written and right; None where there is no text."""
    said = {name: value for name, value in data.items() if name != "reply"}
    loaded = forms.load(UNFINISHED, said)
    if isinstance(loaded, Filled):
        said = _without(said, loaded.errors.keys())
        loaded = forms.load(UNFINISHED, said)
    return None if isinstance(loaded, Filled) or not loaded.body else loaded


def _without(data: Mapping[str, Any], wrong: Any) -> dict[str, Any]:
    """A document without the fields of these dotted names."""
    kept = {}
    for name, value in data.items():
        inside = [each.removeprefix(f"{name}.") for each in wrong if each.startswith(f"{name}.")]
        if name not in wrong and (not inside or isinstance(value, Mapping)):
            kept[name] = _without(value, inside) if inside else value
    return kept
