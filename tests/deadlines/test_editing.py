"""What administrators write into the calendar, and what anybody reads there."""

from datetime import date, datetime

import pytest

from service.audit.models import Entry
from service.config import ROOT
from service.db import db
from service.deadlines import editing, operations
from service.deadlines.models import CalendarDay, OfficeHours
from service.deadlines.rules import ZONE
from service.directory import operations as directory

pytestmark = pytest.mark.usefixtures("app")

NOTICE = "国办发明电〔2026〕0号"
YEAR_2027 = {
    "notice": NOTICE,
    "rest": [
        {"name": "元旦", "first": "2027-01-01", "last": "2027-01-03"},
        {"name": "春节", "first": "2027-02-05", "last": "2027-02-11"},
    ],
    "worked": ["2027-01-30", "2027-02-14"],
}
NOW = datetime(2026, 11, 23, 9, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def calendar_as_before(app):
    """Reference rows outlive a test: take away what it wrote."""
    before = {(model, row.code) for model in (CalendarDay, OfficeHours) for row in db.session.query(model)}
    hours = {row.code: row.spans for row in db.session.query(OfficeHours)}
    db.session.rollback()
    yield
    db.session.rollback()
    for model in (CalendarDay, OfficeHours):
        for row in db.session.query(model):
            if (model, row.code) not in before:
                db.session.delete(row)
            elif model is OfficeHours:
                row.spans, row.edited_at = hours[row.code], None
    directory.bump()
    db.session.commit()


@pytest.fixture
def administrator(people):
    return people.headers("administrator")


def days_of(client, place="150821", year=2026):
    body = client.get(f"/api/v1/calendar/{place}/{year}").json
    return {day["date"]: (day["working"], day["reason"]) for day in body["days"]}


def test_anybody_reads_a_year_day_by_day(client):
    body = client.get("/api/v1/calendar/150821/2026").json
    assert (body["name"], body["published"], len(body["days"])) == ("五原县", True, 365)
    assert body["hours"] == [["09:00", "12:00"], ["14:30", "17:30"]]
    days = days_of(client)
    assert days["2026-02-14"] == (True, "调休上班")
    assert days["2026-02-17"] == (False, "春节假期")
    assert days["2026-11-21"] == (False, "周末")


def test_a_year_that_nobody_published_says_so(client):
    body = client.get("/api/v1/calendar/000000/2027").json
    assert (body["name"], body["published"]) == ("全国", False)
    assert days_of(client, "000000", 2027)["2027-10-01"] == (False, "国庆节假期（预计）")


def test_a_day_of_a_place_counts_there_and_below(client, administrator):
    body = {"working": False, "name": "那达慕"}
    answer = client.put("/api/v1/calendar/150800/days/2026-07-15", json=body, headers=administrator)
    assert (answer.status_code, answer.json["place"], answer.json["notice"]) == (200, "150800", None)
    assert days_of(client)["2026-07-15"] == (False, "地方放假日：那达慕")
    assert days_of(client, "150100")["2026-07-15"] == (True, "工作日")
    answer = client.delete("/api/v1/calendar/150800/days/2026-07-15", headers=administrator)
    assert answer.json == {"date": "2026-07-15", "working": True, "reason": "工作日"}
    assert days_of(client)["2026-07-15"] == (True, "工作日")
    assert client.delete("/api/v1/calendar/150800/days/2026-07-15", headers=administrator).status_code == 404
    actions = [entry.action for entry in db.session.query(Entry).order_by(Entry.id)]
    assert actions[-2:] == ["calendar.day_set", "calendar.day_removed"]


def test_seeding_leaves_alone_what_an_administrator_wrote(client, administrator):
    body = {"working": False, "name": "那达慕"}
    client.put("/api/v1/calendar/150800/days/2026-07-15", json=body, headers=administrator)
    client.put("/api/v1/calendar/150000/hours", json={"hours": [["08:30", "17:00"]]}, headers=administrator)
    operations.seed(ROOT / "data")
    db.session.commit()
    directory.bump()
    db.session.commit()
    assert days_of(client)["2026-07-15"] == (False, "地方放假日：那达慕")
    assert client.get("/api/v1/calendar/150821/2026").json["hours"] == [["08:30", "17:00"]]


def test_a_day_of_the_nation_needs_its_notice(client, administrator):
    path, body = "/api/v1/calendar/000000/days/2026-12-31", {"working": False, "name": "元旦"}
    refused = client.put(path, json=body, headers=administrator)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["notice"])
    assert client.put(path, json={**body, "notice": NOTICE}, headers=administrator).status_code == 200
    assert days_of(client)["2026-12-31"] == (False, "元旦假期")


def test_one_day_does_not_pass_for_a_whole_year(client, administrator):
    body = {"working": False, "name": "元旦", "notice": NOTICE}
    refused = client.put("/api/v1/calendar/000000/days/2027-01-01", json=body, headers=administrator)
    assert refused.status_code == 422
    assert "全年" in refused.json["message"]


def test_an_arrangement_publishes_a_year_and_replaces_an_earlier_one(client, administrator):
    path = "/api/v1/calendar/000000/years/2027"
    answer = client.put(path, json=YEAR_2027, headers=administrator)
    assert (answer.status_code, answer.json["published"]) == (200, True)
    days = days_of(client, "150821", 2027)
    assert days["2027-02-14"] == (True, "调休上班")
    assert days["2027-02-08"] == (False, "春节假期")
    assert days["2027-10-01"] == (True, "工作日")
    client.put(path, json={**YEAR_2027, "worked": ["2027-01-30"]}, headers=administrator)
    assert days_of(client, "150821", 2027)["2027-02-14"] == (False, "周末")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"notice": " "}, "notice"),
        ({"rest": []}, "rest"),
        ({"rest": [{"name": "元旦", "first": "2027-01-03", "last": "2027-01-01"}]}, "rest"),
        ({"rest": [{"name": "元旦", "first": "2027-01-01", "last": "2027-03-01"}]}, "rest"),
        ({"rest": [{"name": "元旦", "first": "2028-01-01", "last": "2028-01-02"}]}, "rest"),
        ({"rest": [{"name": "元旦", "first": "2027-13-01", "last": "2028-01-02"}]}, "rest.0.first"),
        ({"worked": ["2027-02-10"]}, "worked"),
        ({"worked": ["2027-02-06"]}, "worked"),
        ({"worked": ["2028-02-06"]}, "worked"),
        ({"worked": "2027-02-14"}, "worked"),
    ],
)
def test_an_arrangement_that_cannot_be_gets_a_sentence(client, administrator, change, field):
    answer = client.put("/api/v1/calendar/000000/years/2027", json={**YEAR_2027, **change}, headers=administrator)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert not editing.year_of("000000", 2027).published


def test_days_in_december_do_not_publish_the_year_before(client, administrator):
    body = {**YEAR_2027, "rest": [{"name": "元旦", "first": "2027-12-31", "last": "2028-01-02"}], "worked": []}
    answer = client.put("/api/v1/calendar/000000/years/2028", json=body, headers=administrator)
    assert answer.status_code == 422
    assert "2027年" in answer.json["message"]


def test_office_hours_move_the_close_of_business(client, administrator):
    hours = {"hours": [["08:30", "12:00"], ["14:00", "18:00"]]}
    assert client.put("/api/v1/calendar/150821/hours", json=hours, headers=administrator).json == hours
    assert client.get("/api/v1/calendar/150821/2026").json["hours"] == hours["hours"]
    book = directory.current()
    chain = book.chain("150821")
    (row,) = operations.prepare(["accept"], (), NOW, chain, book.revision)
    assert row["due_at"] == datetime(2026, 11, 24, 18, tzinfo=ZONE)


@pytest.mark.parametrize(
    "hours",
    [[], [["09:00"]], [["12:00", "09:00"]], [["09:00", "12:00"], ["11:00", "17:00"]], [["9:00", "12:00"]],
     [["09:00", "25:00"]], [["09:00+08:00", "12:00"]], "09:00", [[9, 12]], [["09:00", "12:00"]] * 7],
)  # fmt: skip
def test_office_hours_that_cannot_be_get_a_sentence(client, administrator, hours):
    answer = client.put("/api/v1/calendar/150821/hours", json={"hours": hours}, headers=administrator)
    assert answer.status_code == 422
    assert any(field.startswith("hours") for field in answer.json["errors"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/calendar/999999/2026", 404),
        ("get", "/calendar/150821/1949", 422),
        ("get", "/calendar/150821/99999999999999999999", 422),
        ("put", "/calendar/999999/days/2026-07-15", 404),
        ("put", "/calendar/150821/days/15.7.2026", 422),
        ("put", "/calendar/150821/days/2026-02-30", 422),
        ("put", "/calendar/150821/days/9999-12-31", 422),
        ("put", "/calendar/999999/hours", 404),
        ("put", "/calendar/000000/hours", 422),
        ("delete", "/calendar/150821/days/2026-07-15", 404),
    ],
)
def test_a_place_a_day_or_a_year_that_is_none_is_refused(client, administrator, method, path, status):
    body = {"hours": [["09:00", "12:00"]]} if path.endswith("hours") else {"working": True, "name": "测试"}
    given = {"json": body} if method == "put" else {}
    assert getattr(client, method)(f"/api/v1{path}", headers=administrator, **given).status_code == status


def test_only_administrators_write(client, people):
    for headers, status in ((None, 401), (people.headers("supervisor", place="150000"), 403)):
        body = {"working": False, "name": "那达慕"}
        answer = client.put("/api/v1/calendar/150800/days/2026-07-15", json=body, headers=headers)
        assert answer.status_code == status


def test_a_change_makes_every_process_read_the_calendar_again(client):
    before = directory.current().revision
    editing.set_day("150821", date(2026, 7, 15), False, "那达慕", None, "test", NOW)
    assert directory.current().revision != before
