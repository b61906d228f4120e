"""Earlier complaints on the same matter: offered to who may see them, never merged."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from service.complaints.models import Complaint, TextBand
from service.db import db, transaction
from service.intake import duplicates, tasks
from tests.factories import People
from tests.intake import texts
from tests.intake.conftest import MORNING, File, stored

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


def test_a_text_that_is_nearly_the_same_is_offered_whoever_wrote_it_about_whomever(
    file: File, operator: dict[str, str]
) -> None:
    first = file(enterprise=OURS, contact=PHONE, respondent=HOSPITAL)
    offered = file(operator, **UNLIKE, amount=90000, body=AGAIN)["duplicates"]
    assert [(one["number"], one["why"]) for one in offered] == [(first["number"], ["文字相似"])]
    assert [sign["name"] for sign in offered[0]["signs"]] == ["文字相似", "同一地区"]


@pytest.mark.parametrize(
    "body",
    [
        # Half of it the same: enough for the same enterprise, too little for somebody else.
        texts.ARREARS[:30] + texts.PROMISE,
        # The same, and so short that it only tells the same need.
        "请尽快给我们办理退税，谢谢。",
    ],
)
def test_a_stranger_with_a_similar_or_a_short_text_is_not_offered(
    body: str, file: File, operator: dict[str, str]
) -> None:
    text = texts.ARREARS if len(body) > duplicates.FEWEST_LETTERS else body
    first = file(enterprise=OURS, contact=PHONE, respondent=HOSPITAL, body=text)
    assert numbers(file(operator, **UNLIKE, body=body)) == []
    assert first["number"] in numbers(file(operator, **{**UNLIKE, "enterprise": OURS}, body=body))


@pytest.mark.parametrize(
    ("once", "again"),
    [
        ({"name": "五原县人民医院", "kind": "institution"}, {"name": "五原县 人民医院", "kind": "institution"}),
        ({"name": "兴安建设（集团）公司", "kind": "private"}, {"name": "兴安建设(集团)公司", "kind": "private"}),
        # One and the same department, by its name and as people here say it.
        ({"name": "五原县教育局", "kind": "organ"}, {"name": "县教育局", "kind": "organ"}),
    ],
)
def test_a_respondent_is_the_same_however_its_name_is_written(
    once: dict[str, str], again: dict[str, str], file: File, operator: dict[str, str]
) -> None:
    first = file(enterprise=OURS, contact=PHONE, respondent=once)
    offered = file(operator, **{**UNLIKE, "respondent": again}, body=AGAIN)["duplicates"]
    assert [(one["number"], one["why"]) for one in offered] == [(first["number"], ["同一被反映单位"])]


@pytest.mark.parametrize(
    ("name", "uscc", "found"),
    [("河套试剂有限公司", None, 1), ("河套 试剂有限公司", None, 1), ("河套试剂有限公司", OTHER_USCC, 0)],
)
def test_an_enterprise_is_known_by_its_name_where_one_of_the_two_gave_no_code(
    name: str, uscc: str | None, found: int, file: File, operator: dict[str, str]
) -> None:
    file(enterprise=OURS, contact=PHONE, respondent=HOSPITAL)
    enterprise = {"name": name, **({"uscc": uscc} if uscc else {})}
    body = texts.ARREARS[:30] + texts.PROMISE
    assert len(numbers(file(operator, **{**UNLIKE, "enterprise": enterprise}, body=body))) == found


# --- the score -------------------------------------------------------------------------------------------------------


def test_the_score_is_the_sum_of_shares_that_can_be_followed(file: File, operator: dict[str, str]) -> None:
    file(enterprise=OURS, contact=PHONE, respondent=HOSPITAL)
    (offered,) = file(operator, enterprise=OURS, contact=PHONE, respondent=HOSPITAL, body=AGAIN)["duplicates"]
    shares = {sign["name"]: sign["share"] for sign in offered["signs"]}
    alike = shares.pop("文字相似")
    assert shares == {
        "同一企业": 0.25, "同一联系电话": 0.05, "同一被反映单位": 0.2, "金额相近": 0.05, "同一地区": 0.05,
    }  # fmt: skip
    assert alike == pytest.approx(0.4 * offered["likeness"], abs=0.005)
    assert offered["score"] == pytest.approx(sum(shares.values()) + alike)


def test_all_weights_together_are_one() -> None:
    assert sum(kind.weight for kind in duplicates.KINDS.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("same", "alike", "found"),
    [
        (["enterprise"], 0.34, 0), (["enterprise"], 0.35, 2), (["respondent", "amount"], 0.5, 3),
        (["text"], 0.74, 0), (["text"], 0.75, 1), (["amount", "place"], 1.0, 0), ([], 1.0, 0),
    ],
)  # fmt: skip
def test_how_alike_texts_must_be_depends_on_what_else_is_the_same(same: list[str], alike: float, found: int) -> None:
    assert len(duplicates.signs(same, alike)) == found


def test_another_matter_of_the_same_enterprise_is_not_offered(file: File, operator: dict[str, str]) -> None:
    file(enterprise=OURS)
    assert numbers(file(operator, enterprise=OURS, body=texts.NEIGHBOURS)) == []


def test_who_names_nobody_is_offered_what_has_the_same_text(file: File, operator: dict[str, str]) -> None:
    nobody = {"anonymous": True, "enterprise": None, "contact": None, "respondent": None}
    first = file(**nobody)
    assert numbers(file(operator, **nobody)) == [first["number"]]


def test_a_complaint_that_is_opened_is_not_offered_itself(file: File, people: People) -> None:
    reader = people.reader("operator", "150000")
    first, second = stored(file()), stored(file())
    assert [one["number"] for one in duplicates.candidates(second, reader, MORNING)] == [first.number]


def test_a_copy_of_what_many_sent_is_found_by_the_newest_of_them(
    file: File, operator: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "NEWEST", 3)
    filed = [file(enterprise={"name": f"第{serial}家公司"}, contact=OTHER_PHONE)["number"] for serial in range(6)]
    offered = file(operator, enterprise=OURS, contact=PHONE, respondent=SCHOOL)["duplicates"]
    assert [one["number"] for one in offered] == filed[:2:-1]


def test_nobody_is_told_of_what_was_filed_in_confidence(file: File, operator: dict[str, str]) -> None:
    file(confidential=True)
    assert numbers(file(operator)) == []


@pytest.mark.parametrize(("confidential", "found"), [(False, 1), (True, 0)])
def test_who_complained_in_confidence_is_not_told_by_what_else_they_filed(
    confidential: bool, found: int, file: File, people: People
) -> None:
    file(enterprise=OURS, contact=PHONE, respondent=SCHOOL, body=texts.ARREARS[:30] + texts.PROMISE)
    opened = stored(file(enterprise=OURS, contact=PHONE, respondent=HOSPITAL, confidential=confidential))
    assert len(duplicates.candidates(opened, people.reader("operator", "150000"), MORNING)) == found


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


def test_what_is_too_old_to_be_compared_is_dropped_and_nothing_else(
    file: File, traveller: time_machine.Traveller
) -> None:
    file()
    traveller.move_to(MORNING + duplicates.WINDOW)
    young = stored(file()).id
    traveller.shift(timedelta(seconds=1))
    with transaction():
        tasks.purge_bands()
    assert set(db.session.scalars(select(TextBand.complaint_id))) == {young}
    traveller.shift(duplicates.WINDOW)
    with transaction():
        tasks.purge_bands()
    assert db.session.scalar(select(func.count()).select_from(TextBand)) == 0
