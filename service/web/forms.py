"""One way from a form to an operation, and back to the form with what was typed and what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError
from marshmallow import fields as ma_fields
from werkzeug.datastructures import MultiDict

from service.classifier.facts import money
from service.db import transaction
from service.errors import Conflict, Invalid, Malformed, NotAllowed, Problem, Stale, TooOften, Unavailable, WrongState
from service.fields import Flag, Money, flatten
from service.http import STATUS

CSRF = "csrf_token"
# Names that begin so belong to the page (which button, which version was read), not to the schema.
OWN = "_"
DEEPEST = 4
CHECKED = "true"
MEND = "有内容需要修改，请看下面的说明。"
# What a person can mend on the same page; whatever else goes wrong has a page of its own.
MENDABLE = (Invalid, WrongState, Stale, Conflict, TooOften, NotAllowed, Unavailable)

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Filled:
    """A form as somebody filled it in.

    Attributes:
        values: nested as the schema is, the way they were typed.
        errors: dotted field name → sentences.
        message: what is wrong with the whole.
        status: the HTTP status of the page that shows it.
    """

    values: Values = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    message: str = ""
    status: int = 200

    def value(self, name: str) -> Any:
        """What stands in a field; an empty text where nothing does."""
        here: Any = self.values
        for part in name.split("."):
            here = here.get(part, "") if isinstance(here, Mapping) else ""
        return here

    def holds(self, name: str, option: str) -> bool:
        """Whether an option of a choice is taken."""
        value = self.value(name)
        if isinstance(value, bool):
            return value and option == CHECKED
        return option in value if isinstance(value, list | tuple | set | frozenset) else option == str(value)

    def sentences(self, name: str) -> list[str]:
        """What is wrong with a field, or with an item of its list."""
        found = (told for key, told in self.errors.items() if key == name or _is_item(key, name))
        return list(dict.fromkeys(sentence for told in found for sentence in told))


def _is_item(key: str, name: str) -> bool:
    return key.startswith(f"{name}.") and key[len(name) + 1 :].isdecimal()


def read(form: MultiDict[str, str]) -> dict[str, Any]:
    """A form as a nested document: "enterprise.name" stands inside "enterprise", a repeated name is a list.

    Blank fields are left out, and so are those of the page itself.

    Raises:
        Malformed: a name nests too deep or is a field and a group at once; no form of ours does that.
    """
    document: dict[str, Any] = {}
    for name, given in form.lists():
        texts = [text for text in given if text.strip()]
        if texts and name != CSRF and not name.startswith(OWN):
            _put(document, name.split("."), texts[0] if len(texts) == 1 else texts)
    return document


def _put(document: dict[str, Any], way: Sequence[str], value: Any) -> None:
    *groups, last = way
    if len(way) > DEEPEST:
        raise Malformed("表单里有不认识的内容，请刷新页面再填。")
    for group in groups:
        document = document.setdefault(group, {})
        if not isinstance(document, dict):
            raise Malformed("表单里有不认识的内容，请刷新页面再填。")
    if last in document:
        raise Malformed("表单里有不认识的内容，请刷新页面再填。")
    document[last] = value


def load(schema: Schema, data: Values) -> Any:
    """What the schema makes of a form's document, or a Filled that says what is wrong."""
    try:
        return schema.load(_shaped(schema, data))
    except ValidationError as error:
        return Filled(data, flatten(error.messages), MEND, STATUS[Invalid])


def _shaped(schema: Schema, data: Values) -> dict[str, Any]:
    """Texts of a form as the JSON that the schema reads: a ticked box is true, a list of one a list, a sum digits."""
    return {name: _as_json(schema.fields.get(name), value) for name, value in data.items()}


def _as_json(of: ma_fields.Field | None, value: Any) -> Any:
    if isinstance(of, ma_fields.Nested) and isinstance(value, Mapping):
        return _shaped(of.schema, value)
    if isinstance(of, Flag) and value in {CHECKED, "false"}:
        return value == CHECKED
    if isinstance(of, Money) and isinstance(value, str):
        return yuan(value)
    return [value] if isinstance(of, ma_fields.List) and isinstance(value, str) else value


def yuan(typed: str) -> str:
    """A sum as people type it (85.5万, 1,234,567.89 元) in digits; what is no plain sum as it is, for the schema."""
    found = money.alone(typed)
    return typed if found is None else format(found, "f")


def submit(schema: Schema, form: MultiDict[str, str], operation: Callable[[Any], Any]) -> Any:
    """Carry out an operation with what a form says, in one transaction.

    Gives what the operation gives, or a Filled that holds all that was typed and what is wrong with it.
    """
    data = read(form)
    loaded = load(schema, data)
    return loaded if isinstance(loaded, Filled) else attempt(data, lambda: operation(loaded))


def attempt(data: Values, operation: Callable[[], Any]) -> Any:
    """Carry out an operation in one transaction; a problem that can be mended on the page comes back as a Filled."""
    try:
        with transaction():
            return operation()
    except MENDABLE as problem:
        return refused(data, problem)


def refused(data: Values, problem: Problem) -> Filled:
    """The form again, with what an operation had against it."""
    return Filled(data, problem.errors, problem.message, STATUS[type(problem)])
