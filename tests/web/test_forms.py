"""From a form to an operation and back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from service import errors
from service.casework.schemas import ActionSchema
from service.intake.rules import Draft
from service.intake.schemas import FilingSchema
from service.web import forms
from service.web.forms import Filled
from tests.factories import filing

SENT = [
    ("body", "货早已送齐，款一直没有给。\r\n第二行"),
    ("region", "150821"),
    ("title", "  "),
    ("enterprise.name", "河套试剂有限公司"),
    ("enterprise.uscc", ""),
    ("contact.name", "白女士"),
    ("contact.phone", "0471-6601234"),
    ("amount", "1250000"),
    ("confidential", "true"),
    ("debt.delivered_on", "2026-01-05"),
    ("debt.excuses", "audit"),
    ("gates", ""),
    ("flags", "urgent"),
    ("flags", "group"),
    ("csrf_token", "x"),
    ("_step", "3"),
]


def flatly(document: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in document.items():
        pairs += flatly(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, str(value))]
    return pairs


def test_a_form_is_read_as_a_nested_document_without_what_is_blank_or_the_pages_own() -> None:
    assert forms.read(MultiDict(SENT)) == {
        "body": "货早已送齐，款一直没有给。\r\n第二行",
        "region": "150821",
        "enterprise": {"name": "河套试剂有限公司"},
        "contact": {"name": "白女士", "phone": "0471-6601234"},
        "amount": "1250000",
        "confidential": "true",
        "debt": {"delivered_on": "2026-01-05", "excuses": "audit"},
        "flags": ["urgent", "group"],
    }


@pytest.mark.parametrize(
    "names",
    [["a.b.c.d.e"], ["a", "a.b"], ["a.b", "a"], [".".join("a" * 900)]],
    ids=["deep", "both", "reverse", "endless"],
)
def test_a_form_that_none_of_ours_sends_is_refused(names: list[str]) -> None:
    with pytest.raises(errors.Malformed):
        forms.read(MultiDict([(name, "x") for name in names]))


def test_a_form_becomes_what_the_api_makes_of_the_same_json(app: Flask) -> None:
    draft = forms.load(FilingSchema(), forms.read(MultiDict(SENT)))
    assert isinstance(draft, Draft)
    assert (draft.confidential, draft.anonymous, draft.flags) == (True, False, ("urgent", "group"))
    assert draft.amount == Decimal(1250000)
    assert draft.details == {"debt": {"delivered_on": date(2026, 1, 5).isoformat(), "excuses": ["audit"]}}
    assert draft.contact_phone == "+864716601234"
    assert forms.load(FilingSchema(), forms.read(MultiDict(flatly(filing())))) == FilingSchema().load(filing())


def test_what_is_wrong_comes_back_under_the_fields_names_with_all_that_was_typed(app: Flask) -> None:
    typed = forms.read(MultiDict([*SENT, ("enterprise.size", "huge"), ("gates", "no-such-gate")]))
    filled = forms.load(FilingSchema(), {**typed, "contact": {"name": "白女士", "phone": "12"}})
    assert isinstance(filled, Filled)
    assert set(filled.errors) == {"enterprise.size", "contact.phone", "gates.0"}
    assert filled.value("body").startswith("货早已送齐")
    assert filled.value("enterprise.name") == "河套试剂有限公司"
    assert filled.sentences("gates") == ["没有这个情形，可查 /api/v1/categories。"]
    assert filled.sentences("enterprise") == []
    assert (filled.status, filled.message) == (422, forms.MEND)


@pytest.mark.parametrize(
    ("name", "option", "holds"),
    [
        ("flags", "group", True),
        ("flags", "grou", False),
        ("debt.excuses", "audit", True),
        ("debt.excuses", "bills", False),
        ("confidential", "true", True),
        ("anonymous", "true", False),
        ("no.such.field", "x", False),
        ("body.inside", "x", False),
    ],
)
def test_a_form_knows_which_choices_were_taken(name: str, option: str, holds: bool) -> None:
    assert Filled(forms.read(MultiDict(SENT))).holds(name, option) is holds


@pytest.mark.parametrize("ticked", [True, False])
def test_a_form_filled_from_what_is_stored_shows_a_ticked_box(ticked: bool) -> None:
    assert Filled({"solved": ticked}).holds("solved", "true") is ticked


@pytest.mark.parametrize(("said", "understood"), [("true", True), ("false", False)])
def test_yes_and_no_are_said_by_a_pair_of_radios_too(said: str, understood: bool) -> None:
    assert forms.load(ActionSchema(), {"solved": said}) == {"solved": understood}


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (errors.Invalid("请写明原因。", {"reason": ["请写明原因。"]}), 422),
        (errors.WrongState("已经签收过了。"), 409),
        (errors.Stale("别人刚改过。"), 412),
        (errors.NotAllowed("您的岗位不能做这一步。"), 403),
        (errors.TooOften("请稍后。", 30), 429),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_problem_of_an_operation_comes_back_with_what_was_typed(
    app: Flask, problem: errors.Problem, status: int
) -> None:
    def refuse(given: Any) -> None:
        raise problem

    filled = forms.submit(ActionSchema(), MultiDict([("reason", "说来话长")]), refuse)
    assert isinstance(filled, Filled)
    assert (filled.value("reason"), filled.message, filled.status) == ("说来话长", problem.message, status)
    assert filled.errors == problem.errors


def test_a_problem_that_no_form_can_mend_is_left_to_its_own_page(app: Flask) -> None:
    def refuse(given: Any) -> None:
        raise errors.NotFound("没有这件诉求。")

    with pytest.raises(errors.NotFound):
        forms.submit(ActionSchema(), MultiDict(), refuse)
