"""Enterprises that complained before, found while somebody types."""

from typing import Any

import pytest
from flask import Flask

from service.db import db, transaction
from service.intake import enterprises
from service.intake.models import KnownEnterprise
from tests.factories import People
from tests.statements import counted
from tests.web.cases import filed


def known(name: str, **changes: Any) -> None:
    """An enterprise that has filed."""
    enterprise = {"name": name, "size": "small", **changes.pop("enterprise", {})}
    filed(enterprise=enterprise, **changes)


def learn() -> None:
    with transaction():
        enterprises.learn()


@pytest.mark.parametrize(
    "typed", ["河套试剂", "套试剂", "htsj", "HTSJ", "ｈｔｓ", "河套试剂有限公司", "nmght", "内蒙古河套"]
)
def test_a_few_letters_find_an_enterprise(app: Flask, people: People, typed: str) -> None:
    known("内蒙古河套试剂有限公司")
    known("包头市重工机械有限公司")
    learn()
    found = enterprises.suggest(typed, people.reader("operator", "150000"))
    assert [one.name for one in found] == ["内蒙古河套试剂有限公司"]


@pytest.mark.parametrize("typed", ["", "河", "h", "有限公司", "xyz", "%", "_a", "'; --", "河套_剂"])
def test_what_says_nothing_finds_nothing(app: Flask, people: People, typed: str) -> None:
    known("河套试剂有限公司")
    learn()
    assert enterprises.suggest(typed, people.reader("operator", "150000")) == []


def test_a_credit_code_finds_its_enterprise_and_is_kept_when_the_next_call_leaves_it_out(
    app: Flask, people: People
) -> None:
    code = "91150821MA0N1QK7XK"
    known("河套试剂有限公司", enterprise={"uscc": code})
    known("河套试剂有限公司")
    learn()
    (found,) = enterprises.suggest(code.lower(), people.reader("operator", "150000"))
    assert (found.name, found.uscc, found.size) == ("河套试剂有限公司", code, "small")


def test_a_polyphonic_name_is_found_as_it_is_read(app: Flask, people: People) -> None:
    known("重庆长城建材有限公司")
    learn()
    assert enterprises.suggest("cqcc", people.reader("operator", "150000"))


def test_who_begins_so_comes_first(app: Flask, people: People) -> None:
    known("草原河套粮油有限公司")
    known("河套酒业有限公司")
    known("新河套运输有限公司")
    learn()
    found = [one.name for one in enterprises.suggest("河套", people.reader("operator", "150000"))]
    assert found == ["河套酒业有限公司", "新河套运输有限公司", "草原河套粮油有限公司"]


@pytest.mark.parametrize("changes", [{"confidential": True}, {"nature": "report"}])
def test_nobody_learns_from_the_list_who_complained_in_confidence(
    app: Flask, people: People, changes: dict[str, Any]
) -> None:
    known("河套试剂有限公司", **changes)
    learn()
    assert db.session.query(KnownEnterprise).count() == 0


def test_an_operator_is_offered_only_enterprises_whose_complaints_are_in_reach(app: Flask, people: People) -> None:
    known("河套试剂有限公司")
    learn()
    here, there = people.reader("operator", "150821"), people.reader("operator", "150100")
    (found,) = enterprises.suggest("河套", here)
    assert enterprises.find(found.id, here) == found
    assert enterprises.suggest("河套", there) == []
    assert enterprises.find(found.id, there) is None


def test_learning_twice_changes_nothing_and_finding_costs_one_statement(app: Flask, people: People) -> None:
    for index in range(12):
        known(f"河套{index}号试剂有限公司")
    learn()
    learn()
    assert db.session.query(KnownEnterprise).count() == 12
    reader = people.reader("operator", "150000")
    with counted() as sent:
        assert len(enterprises.suggest("河套", reader)) == enterprises.OFFERED
    assert len(sent) == 1
