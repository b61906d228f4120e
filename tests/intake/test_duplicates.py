"""Earlier complaints on the same matter: offered to who may see them, never merged."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from service.complaints.models import Complaint
from service.db import db
from tests.factories import People
from tests.intake import texts
from tests.intake.conftest import MORNING, File

USCC, OTHER_USCC = "91150100MA0MW4Q31H", "91150800MA0N3K7H4A"
OURS = {"name": "河套试剂有限公司", "uscc": USCC}
OTHERS = {"name": "别家有限公司", "uscc": OTHER_USCC}
PHONE, OTHER_PHONE = {"phone": "0471-6601234"}, {"phone": "0471-6605678"}
HOSPITAL, SCHOOL = {"name": "五原县人民医院", "kind": "institution"}, {"name": "五原县第一中学", "kind": "institution"}
# The same matter, told once more.
AGAIN = texts.ARREARS.replace("一年多没有给", "已经快两年，至今没有给我们")
# Nothing in common with the first filing.
UNLIKE = {"enterprise": OTHERS, "contact": OTHER_PHONE, "respondent": SCHOOL}


@pytest.fixture
def operator(people: People) -> dict[str, str]:
    return people.headers("operator", "150000")


def numbers(answer: dict[str, Any]) -> list[str]:
    return [one["number"] for one in answer["duplicates"]]


@pytest.mark.parametrize(
    ("alike", "why"),
    [
        ({"enterprise": OURS}, ["同一企业"]),
        ({"contact": {"phone": "+86 471 660 1234"}}, ["同一联系电话"]),
        ({"respondent": HOSPITAL}, ["同一被反映单位"]),
        ({"enterprise": OURS, "contact": PHONE, "respondent": HOSPITAL},
         ["同一企业", "同一联系电话", "同一被反映单位"]),
    ],
)  # fmt: skip
def test_the_same_enterprise_phone_or_respondent_with_a_similar_text_is_offered(
    alike: dict[str, Any], why: list[str], file: File, operator: dict[str, str]
) -> None:
    first = file(enterprise=OURS, contact=PHONE, respondent=HOSPITAL)
    offered = file(operator, **{**UNLIKE, **alike, "body": AGAIN})["duplicates"]
    assert [(one["number"], one["why"]) for one in offered] == [(first["number"], why)]
    assert 0.5 < offered[0]["likeness"] < 1
    assert (offered[0]["status"], offered[0]["created_at"]) == (first["status"], first["created_at"])


def test_a_similar_text_of_somebody_else_about_somebody_else_is_not_offered(
    file: File, operator: dict[str, str]
) -> None:
    file(enterprise=OURS, contact=PHONE, respondent=HOSPITAL)
    assert numbers(file(operator, **UNLIKE, body=AGAIN)) == []


def test_another_matter_of_the_same_enterprise_is_not_offered(file: File, operator: dict[str, str]) -> None:
    file(enterprise=OURS)
    assert numbers(file(operator, enterprise=OURS, body=texts.NEIGHBOURS)) == []


def test_who_names_nobody_is_offered_nothing(file: File, operator: dict[str, str]) -> None:
    nobody = {"anonymous": True, "enterprise": None, "contact": None, "respondent": None}
    file(**nobody)
    assert numbers(file(operator, **nobody)) == []


def test_nothing_is_merged(file: File, operator: dict[str, str]) -> None:
    assert numbers(file(operator)) == []
    assert len(numbers(file(operator))) == 1
    assert db.session.scalar(select(func.count()).select_from(Complaint)) == 2


@pytest.mark.parametrize(("days", "found"), [(179, 1), (180, 0), (400, 0)])
def test_what_is_older_than_180_days_is_another_matter(
    days: int, found: int, file: File, operator: dict[str, str], traveller: time_machine.Traveller
) -> None:
    file()
    traveller.move_to(MORNING + timedelta(days=days))
    assert len(numbers(file(operator))) == found


# --- to whom ---------------------------------------------------------------------------------------------------------


def test_the_public_is_never_offered_anything(file: File) -> None:
    file()
    assert file()["duplicates"] == []


def test_an_enterprise_is_offered_its_own_and_nobody_elses(file: File, people: People) -> None:
    one, other = people.headers("enterprise"), people.headers("enterprise")
    first = file(one)
    file(other)
    file()
    assert numbers(file(one)) == [first["number"]]


def test_another_system_is_offered_what_it_sent_itself(file: File, people: People) -> None:
    one, other = people.headers("system"), people.headers("system")
    first = file(one)
    assert numbers(file(other)) == []
    assert numbers(file(one)) == [first["number"]]


def test_staff_elsewhere_are_not_offered_what_they_may_not_see(file: File, people: People) -> None:
    first = file()
    assert numbers(file(people.headers("operator", "150821"))) == [first["number"]]
    assert numbers(file(people.headers("operator", "150100"))) == []


def test_what_is_sealed_is_offered_to_no_operator(file: File, operator: dict[str, str]) -> None:
    file(nature="report")
    assert numbers(file(operator)) == []


# --- which, and in which order ---------------------------------------------------------------------------------------


def test_the_likest_come_first_and_five_at_most(file: File, operator: dict[str, str]) -> None:
    bodies = [texts.ARREARS[: len(texts.ARREARS) - cut] for cut in (0, 24, 12, 30, 6, 36, 18)]
    filed = {cut: file(body=body)["number"] for cut, body in zip((0, 24, 12, 30, 6, 36, 18), bodies, strict=True)}
    answer = file(operator)
    assert numbers(answer) == [filed[cut] for cut in (0, 6, 12, 18, 24)]
    likeness = [one["likeness"] for one in answer["duplicates"]]
    assert likeness[0] == 1
    assert likeness == sorted(likeness, reverse=True)


def test_the_enterprises_own_is_found_behind_many_others_about_the_same_respondent(
    client: FlaskClient, file: File, operator: dict[str, str]
) -> None:
    first = file(enterprise=OURS, contact=PHONE)
    for serial in range(25):
        file(enterprise={"name": f"第{serial}家"}, contact=OTHER_PHONE, body=f"{texts.NEIGHBOURS}第{serial}次反映。")
    assert numbers(file(operator, enterprise=OURS, contact=PHONE)) == [first["number"]]
