"""What the filing pages ask in which step, and what is made of the answers before anything is filed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema

from service import clock
from service.accounts.rules import Reader
from service.classifier import operations as classifier
from service.complaints.rules import NATURES, RESPONDENT_KINDS, SIZES
from service.complaints.schemas import Known, Phone
from service.directory import operations as directory
from service.directory.rules import Category, Directory
from service.errors import Invalid
from service.fields import Choice, Day, Flag, Money, Nested, Several
from service.http import STATUS
from service.intake import deciding, prefill
from service.intake.precheck import Hint, Term, hints
from service.intake.rules import Draft
from service.intake.schemas import DebtSchema, FilingSchema
from service.routing.examination import examine
from service.web import choices, forms, speech, words
from service.web.forms import CHECKED, Filled
from service.web.promises import Promises, promised

Said = Mapping[str, Any]
SCHEMA, DEBT = FilingSchema(), DebtSchema()
# Where a whole group is missing, the field that a person would fill in first.
MEANT = {"enterprise": "enterprise.name", "contact": "contact.phone", "respondent": "respondent.name"}
# Fewer characters than these say nothing yet.
LEAST = 8
# Kept with what was said once the second step came back: what is empty there by then is meant to be.
SEEN = "_seen"
# The one day that is asked for and may be still to come.
DUE_ON = "debt.due_on"
WORDS = 4


@dataclass(frozen=True)
class Step:
    """One page of the filing form, and the fields of the schema that it asks for."""

    endpoint: str
    title: str
    fields: tuple[str, ...]


STEPS = (
    Step("filing.text", "反映问题", ("body", "category")),
    Step(
        "filing.details", "补充信息",
        ("nature", "region", "respondent", "amount", "debt", "promise", "policy", "gates"),
    ),
    Step("filing.contact", "企业与联系人", ("enterprise", "contact", "anonymous", "confidential")),
)  # fmt: skip
TITLES = (*(step.title for step in STEPS), "核对提交")
EXAMPLES = {
    "arrears": (
        "欠款",
        "我公司给【对方单位】供货（施工、服务），【年月】交付并验收，合同约定【多少天】内付款，"
        "到现在还欠【多少】元没有给。催过几次，对方的说法是【……】。",
    ),
    "default": (
        "承诺没兑现",
        "【年月】我公司到【旗县区】投资，【哪个单位】在【协议或会议纪要】里承诺【给什么、什么时候给】，"
        "我们已经【做了什么】，承诺到现在没有兑现，对方的说法是【……】。",
    ),
    "policy": (
        "政策享受不到",
        "我公司符合【哪项政策】的条件，【年月】向【哪个部门】提出申请，交了【什么材料】，"
        "到现在没有享受到，答复是【……】。",
    ),
}

# Where whoever takes a template writes something of their own; in English they stand in square brackets.
GAP = re.compile(r"\u3010[^\u3011]*\u3011|\[[^\]]*\]")
GAPS_NAMED = 3


def merged(said: Said, step: Step, typed: Said) -> dict[str, Any]:
    """What was said so far with one page as it was filled in now; its fields that came back empty are empty."""
    kept = {name: value for name, value in said.items() if name not in step.fields}
    # Of a filing that was kept too long nothing is left: the mark alone would make one of it that lacks its text.
    seen = {SEEN: CHECKED} if kept and step is STEPS[1] else {}
    return kept | seen | {name: value for name, value in typed.items() if name in step.fields}


def load(said: Said, until: int = len(STEPS)) -> Draft | Filled:
    """The filing as its schema makes it of the first steps, or what is wrong with them.

    Before the last step nobody has said yet who they are; that is then not asked for.
    """
    asked = {name for step in STEPS[:until] for name in step.fields}
    given = {name: value for name, value in said.items() if name in asked}
    if until < len(STEPS):
        given["anonymous"] = CHECKED
    loaded = forms.load(SCHEMA, effective(given))
    if isinstance(loaded, Filled):
        groups = {MEANT[name]: told for name, told in loaded.errors.items() if name in MEANT}
        errors = groups | {name: told for name, told in loaded.errors.items() if name not in MEANT}
        return Filled(said, errors, loaded.message, loaded.status)
    return loaded


def checked(said: Said, until: int = len(STEPS)) -> Draft | Filled:
    """As `load` makes it, and refused while a gap of a template of ours stands in the text."""
    loaded, left = load(said, until), _gaps_left(str(said.get("body", "")))
    if not left:
        return loaded
    others = loaded.errors if isinstance(loaded, Filled) else {}
    return Filled(said, {**others, "body": [_unfilled(left)]}, forms.MEND, STATUS[Invalid])


def _gaps_left(body: str) -> list[str]:
    """Of the gaps of our own templates those that a text still has; other brackets are its writer's."""
    templates = [text for _name, text in EXAMPLES.values()]
    ours = {gap for text in templates for shown in (text, speech.told(text)) for gap in GAP.findall(shown)}
    return [gap for gap in dict.fromkeys(GAP.findall(body)) if gap in ours]


def _unfilled(left: list[str]) -> str:
    named, count = _("、").join(left[:GAPS_NAMED]), len(left)
    if count > GAPS_NAMED:
        return _("还有空没有填：%(gaps)s等 %(count)d 处。请换成您的情况，不知道的可以删掉。", gaps=named, count=count)
    return _("还有空没有填：%(gaps)s。请换成您的情况，不知道的可以删掉。", gaps=named)


def effective(said: Said) -> Said:
    """What would be filed: whoever is anonymous names nobody, whatever was typed before."""
    hidden = {"enterprise", "contact", "confidential"} if said.get("anonymous") == CHECKED else set()
    return {name: value for name, value in said.items() if name not in hidden}


def step_of(errors: Iterable[str]) -> int:
    """The first step that asks for one of the fields."""
    wrong = {name.partition(".")[0] for name in errors}
    return next(index for index, step in enumerate(STEPS) if wrong & set(step.fields) or step is STEPS[-1])


def offered(index: int, book: Directory) -> dict[str, Any]:
    """What may be chosen in the fields of a step."""
    return {
        "categories": choices.categories(book),
        "examples": {code: name for code, (name, _text) in EXAMPLES.items()},
        "templates": {code: text for code, (_name, text) in EXAMPLES.items()},
        "regions": choices.places(book) if index == 1 else {},
        "gates": gates(book),
        "natures": NATURES,
        "kinds": RESPONDENT_KINDS,
        "objects": _choices("object"),
        "excuses": _choices("excuses"),
        "sizes": SIZES,
    }


def _choices(name: str) -> dict[str, str]:
    """What may be chosen in a field of the debt."""
    field: Any = DEBT.fields[name]
    return dict(getattr(field, "inner", field).table)


# --- what is made of it ----------------------------------------------------------------------------------------------


def _named(leaf: Category) -> str:
    return _("%(family)s · %(leaf)s", family=leaf.family_name, leaf=leaf.name)


@dataclass(frozen=True)
class Judgement:
    """What a text seems to be about; no figures: the public sees a judgement that it can change.

    Attributes:
        name: of the category, with its family's; empty where nothing was recognised.
        words: of the text, that decided.
    """

    name: str
    sure: bool
    chosen: bool
    words: tuple[str, ...]
    promises: Promises
    hints: tuple[Hint, ...]
    family: str


def judge(said: Said) -> Judgement | None:
    """What is made of what was said so far; None where it is too little."""
    draft = _readable(said)
    if draft is None or len(draft.body) < LEAST:
        return None
    understood = classifier.understand(draft.body, draft.title or "")
    book, today = directory.current(), clock.local(clock.now()).date()
    case = examine(deciding.matter_of(draft, understood, Reader(), book), book)
    top = next(iter(understood.suggestions), None)
    chosen = draft.category is not None
    # A choice that the machine doubts is still the filer's; which of the two holds is for a dispatcher to say.
    heard = top.reasons[:WORDS] if top and case.category and top.code == case.category.code else ()
    return Judgement(
        name=_named(case.category) if case.category else "",
        sure=chosen or not case.doubt,
        chosen=chosen,
        words=tuple(reason.word for reason in heard),
        promises=promised(case),
        hints=tuple(hints(case, _term(draft), today)),
        family=case.family,
    )


def _readable(said: Said) -> Draft | None:
    """As much of what was said as can be read: a slip in one field must not silence what the others tell."""
    loaded = load(said, 2)
    if isinstance(loaded, Filled):
        wrong = {name.partition(".")[0] for name in loaded.errors}
        loaded = load({name: value for name, value in said.items() if name not in wrong}, 2)
    return None if isinstance(loaded, Filled) else loaded


def _term(draft: Draft) -> Term:
    days = {f"{group}.{name}": date.fromisoformat(value) for group, given in draft.details.items()
            for name, value in given.items() if name.endswith("_on")}  # fmt: skip
    due_on, delivered_on = days.pop(DUE_ON, None), days.get("debt.delivered_on") or days.get("debt.accepted_on")
    return Term(due_on, delivered_on, tuple(days.values()))


def prefilled(said: Said, book: Directory) -> dict[str, Any]:
    """What the text already says of what the second step asks; nothing once somebody answered there or left it."""
    # What was begun before the mark was kept has none: any answer of the step tells the same.
    return {} if said.keys() & {SEEN, *STEPS[1].fields} else prefill.asked(str(said.get("body", "")), book)


def with_prefilled(said: Said, found: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, and what was found besides."""
    whole = dict(said)
    for name, value in found.items():
        group, _dot, last = name.rpartition(".")
        whole |= {group: {**whole.get(group, {}), last: value}} if group else {name: value}
    return whole


# --- showing it again ------------------------------------------------------------------------------------------------


def shown(said: Said, step: Step, schema: Schema = SCHEMA, prefix: str = "") -> list[tuple[str, str]]:
    """Label and value of everything that was said in a step, as people read it."""
    rows: list[tuple[str, str]] = []
    for name in schema.fields:
        if name not in said or (not prefix and name not in step.fields):
            continue
        field, value = schema.fields[name], said[name]
        if isinstance(field, Nested):
            rows += shown(value, step, field.schema, f"{prefix}{name}.") if isinstance(value, dict) else []
        else:
            rows.append((words.label(prefix + name), _spoken(field, value)))
    return rows


def _spoken(field: Any, value: Any) -> str:
    if isinstance(field, Several):
        return _("、").join(_spoken(field.inner, one) for one in (value if isinstance(value, list) else [value]))
    if isinstance(field, Choice):
        return _(field.table[value])
    if isinstance(field, Known):
        return speech.told(getattr(directory.current(), field.table)[value].name)
    if isinstance(field, Flag):
        return _("是")
    if isinstance(field, Phone):
        return words.phone(field.deserialize(value))
    if isinstance(field, Day):
        return words.day(date.fromisoformat(value))
    return words.yuan(forms.yuan(value)) if isinstance(field, Money) else str(value)


def gates(book: Directory) -> dict[str, str]:
    """What a filer may declare beforehand; what cannot wait is told at once, not ticked."""
    return {gate.code: gate.name for gate in book.gates.values() if gate.effect == "refuse"}
