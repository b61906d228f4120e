"""Out of the house: signed, tried again, never twice, not at night, and never into our own network."""

from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from email import message_from_string, policy
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from service import clock
from service.audit.models import Entry
from service.db import db, transaction
from service.errors import NotFound
from service.jobs import runner
from service.jobs.models import Task
from service.notices import administration, operations, sending, tasks
from service.notices.models import Address, Notice
from service.notices.rules import Quiet
from service.notices.sending import KEY, SIGNATURE, STAMP, signature
from tests.factories import People
from tests.notices.cases import DAY, HEALTH, MOBILE, NIGHT, PLACE, changed, filed, happens, notices, spread
from tests.notices.listener import Heard, listener, mailbox
from tests.rivals import pressed_meanwhile

SECRET = "a secret of the other side"


@pytest.fixture
def morning(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(DAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def outside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """A gateway that also takes webhooks."""
    with listener() as heard:
        monkeypatch.setitem(app.config, "SMS_GATEWAY_URL", heard.url)
        monkeypatch.setitem(app.config, "SMS_GATEWAY_SECRET", SECRET)
        monkeypatch.setitem(app.config, "WEBHOOK_ALLOW_PRIVATE", True)
        yield heard


def address(channel: str, url: str, **owner: Any) -> None:
    with transaction():
        db.session.add(Address(channel=channel, name=channel, url=url, secret=SECRET, created_at=clock.now(), **owner))


def work() -> None:
    """Run every task that is due, as a worker does."""
    for _ in range(9):
        due = db.session.scalars(select(Task.id).where(Task.next_at <= clock.now(), Task.name == "notices.deliver"))
        found = due.all()
        db.session.rollback()
        for task in found:
            assert runner.run(task)


def the(channel: str) -> Notice:
    found = notices(channel=channel)
    assert len(found) == 1
    return found[0]


def sent_sms(**changes: Any) -> Notice:
    happens(filed(**changes), "reply")
    spread()
    work()
    return the("sms")


# --- short messages --------------------------------------------------------------------------------------------------


def test_a_short_message_goes_through_the_gateway_signed_and_with_its_id(
    morning: time_machine.Traveller, outside: Heard
) -> None:
    notice = sent_sms()
    assert (notice.state, notice.attempts, notice.sent_at) == ("sent", 1, clock.now())
    (document,), (headers,) = outside.documents, outside.headers
    assert document == {"id": str(notice.id), "phone": f"+86{MOBILE}", "text": notice.body}
    assert headers[KEY] == str(notice.id)
    assert headers[SIGNATURE] == signature(SECRET, headers[STAMP], outside.bodies[0])
    assert headers[STAMP] == str(int(DAY.timestamp()))


def test_neither_the_query_code_nor_the_text_travels_by_short_message(
    morning: time_machine.Traveller, outside: Heard
) -> None:
    sent_sms()
    text = outside.documents[0]["text"]
    assert "QS2026" in text
    assert len(text) <= 200
    assert "试剂" not in text
    assert "白女士" not in text


def test_a_telephone_is_kept_nowhere_but_in_the_complaint(morning: time_machine.Traveller, outside: Heard) -> None:
    notice = sent_sms()
    values = " ".join(str(getattr(notice, column.key)) for column in Notice.__table__.c)
    assert MOBILE not in values
    assert MOBILE not in " ".join(str(task.args) for task in db.session.scalars(select(Task)))


def test_without_a_gateway_it_is_left_out_and_says_why(morning: time_machine.Traveller) -> None:
    happens(filed(), "reply")
    spread()
    notice = the("sms")
    assert (notice.state, notice.reason) == ("skipped", sending.NO_GATEWAY)
    assert db.session.scalars(select(Task).where(Task.name == "notices.deliver")).all() == []


def test_a_landline_gets_none(morning: time_machine.Traveller, outside: Heard) -> None:
    notice = sent_sms(contact={"name": "白女士", "phone": "0471-6601234"})
    assert (notice.state, notice.reason) == ("skipped", sending.LANDLINE)
    assert outside.bodies == []


# --- once, and again -------------------------------------------------------------------------------------------------


def test_what_is_refused_is_tried_again_with_the_same_id(morning: time_machine.Traveller, outside: Heard) -> None:
    outside.statuses = [500, 200]
    notice = sent_sms()
    assert (notice.state, notice.reason, notice.attempts) == ("waiting", "HTTP 500", 1)
    morning.shift(timedelta(seconds=6))
    work()
    notice = the("sms")
    assert (notice.state, notice.reason, notice.attempts) == ("sent", None, 2)
    assert [document["id"] for document in outside.documents] == [str(notice.id)] * 2


def test_after_the_last_try_it_failed_and_says_why_until_somebody_sends_it_again(
    morning: time_machine.Traveller, outside: Heard, people: People
) -> None:
    outside.statuses = [503]
    sent_sms()
    for _ in range(6):
        morning.shift(timedelta(hours=1, seconds=1))
        work()
    notice = the("sms")
    assert (notice.state, notice.reason, notice.attempts) == ("failed", "HTTP 503", 6)
    outside.statuses = [200]
    with transaction():
        administration.resend(notice.id, people.reader("administrator"), clock.now())
    work()
    assert the("sms").state == "sent"
    assert {document["id"] for document in outside.documents} == {str(notice.id)}


def test_a_task_that_comes_twice_sends_once(morning: time_machine.Traveller, outside: Heard) -> None:
    notice = sent_sms()
    for _ in range(2):
        with transaction():
            operations.deliver(notice.id, clock.now())
    assert len(outside.bodies) == 1


def test_a_gateway_that_is_away_is_a_failure_with_a_kind(
    app: Flask, morning: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SMS_GATEWAY_URL", "http://127.0.0.1:9/")
    notice = sent_sms()
    assert (notice.state, notice.reason) == ("waiting", "NewConnectionError")


def test_a_redirection_is_not_followed(morning: time_machine.Traveller, outside: Heard) -> None:
    outside.statuses = [302]
    assert sent_sms().reason == "HTTP 302"
    assert len(outside.bodies) == 1


# --- the night -------------------------------------------------------------------------------------------------------


def test_at_night_a_telephone_stays_silent_until_the_morning(app: Flask, outside: Heard) -> None:
    with time_machine.travel(NIGHT, tick=False) as traveller:
        notice = sent_sms()
        eight = clock.local(NIGHT).replace(hour=8, minute=0)
        assert (notice.state, notice.due_at) == ("held", eight)
        assert outside.bodies == []
        traveller.move_to(eight - timedelta(seconds=1))
        assert released() == 0
        traveller.move_to(eight)
        assert released() == 1
        work()
        assert the("sms").state == "sent"
        assert released() == 0


def released() -> int:
    with transaction():
        return operations.release(clock.now(), 10)


def test_what_is_urgent_is_not_held_back(app: Flask, outside: Heard) -> None:
    with time_machine.travel(NIGHT, tick=False):
        complaint = filed()
        changed(complaint, flags=["urgent"])
        happens(complaint, "reply")
        spread()
        work()
        assert the("sms").state == "sent"


def test_inbox_and_webhook_are_never_held_back(app: Flask, outside: Heard, people: People) -> None:
    people.reader("handler", None, HEALTH)
    with time_machine.travel(NIGHT, tick=False):
        address("webhook", outside.url, place=PLACE)
        address("robot", "wecombot://somekey", department=HEALTH)
        happens(filed(), "urge")
        states = {one.channel: one.state for one in spread()}
        assert states == {"inbox": "sent", "webhook": "waiting", "robot": "held"}


def test_a_second_try_that_falls_into_the_night_waits_for_the_morning(app: Flask, outside: Heard) -> None:
    outside.statuses = [500, 200]
    evening = clock.local(NIGHT).replace(hour=20, minute=59, second=58) - timedelta(days=1)
    with time_machine.travel(evening, tick=False) as traveller:
        assert sent_sms().state == "waiting"
        traveller.shift(timedelta(seconds=10))
        work()
        assert the("sms").state == "held"


def test_the_hours_are_an_administrators_to_set(app: Flask, outside: Heard, people: People) -> None:
    admin = people.reader("administrator")
    with time_machine.travel(NIGHT, tick=False):
        nine = clock.local(NIGHT).time().replace(hour=9)
        with transaction():
            administration.set_quiet(nine, nine, admin, clock.now())
        assert sent_sms().state == "sent"


# --- webhooks --------------------------------------------------------------------------------------------------------


def pushed(url: str) -> Notice:
    address("webhook", url, place=PLACE)
    happens(filed(), "sign", reason="不应该出现的话")
    spread()
    work()
    return the("webhook")


def test_a_webhook_gets_what_happened_and_nothing_that_was_said(
    morning: time_machine.Traveller, outside: Heard
) -> None:
    notice = pushed(outside.url)
    assert notice.state == "sent"
    index = next(index for index, headers in enumerate(outside.headers) if headers[KEY] == str(notice.id))
    document, headers, body = outside.documents[index], outside.headers[index], outside.bodies[index]
    assert set(document) == {"id", "number", "action", "status", "at"}
    assert (document["id"], document["action"], document["status"]) == (str(notice.id), "sign", "dispatched")
    assert datetime.fromisoformat(document["at"]).utcoffset() == timedelta(hours=8)
    assert headers[SIGNATURE] == signature(SECRET, headers[STAMP], body)
    assert headers[SIGNATURE] != signature("another", headers[STAMP], body)
    assert "不应该出现的话" not in body.decode()


def test_a_webhook_that_was_sent_can_be_replayed_under_its_id(
    morning: time_machine.Traveller, outside: Heard, people: People
) -> None:
    notice = pushed(outside.url)
    with transaction():
        administration.resend(notice.id, people.reader("administrator"), clock.now())
    work()
    assert [document["id"] for document in outside.documents].count(str(notice.id)) == 2
    assert the("webhook").state == "sent"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.0.0.5", "192.168.1.1", "169.254.169.254", "0", "[::ffff:127.0.0.1]",
     "2130706433", "0x7f.1", "224.0.0.1"],
)  # fmt: skip
def test_a_webhook_never_leads_into_our_own_network(
    app: Flask, morning: time_machine.Traveller, outside: Heard, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setitem(app.config, "WEBHOOK_ALLOW_PRIVATE", False)
    monkeypatch.setitem(app.config, "SMS_GATEWAY_URL", "")
    notice = pushed(outside.url.replace("127.0.0.1", host))
    assert (notice.state, notice.reason) == ("failed", sending.NOT_OUTSIDE)
    assert outside.bodies == []


def test_a_name_is_looked_at_and_the_machine_it_names_is_the_one_that_is_called(
    app: Flask, morning: time_machine.Traveller, outside: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is outside at the first look and inside at the second gains nothing: there is only one look."""
    looks = iter(["93.184.216.34", "127.0.0.1"])
    monkeypatch.setattr(
        sending.socket, "getaddrinfo", lambda host, port, **_: [(2, 1, 6, "", (next(looks), port))], raising=True
    )
    assert sending.resolved("rebind.example", 80, private=False) == "93.184.216.34"
    with pytest.raises(sending.Inside):
        sending.resolved("rebind.example", 80, private=False)


def test_a_removed_address_gets_nothing_more(morning: time_machine.Traveller, outside: Heard, people: People) -> None:
    address("webhook", outside.url, place=PLACE)
    happens(filed(), "sign")
    spread()
    with transaction():
        administration.remove_address(db.session.query(Address).one().id, people.reader("administrator"), clock.now())
    work()
    assert (the("webhook").state, the("webhook").reason) == ("failed", sending.REMOVED)


def test_of_two_who_set_the_quiet_hours_for_the_first_time_the_second_has_the_last_word(
    app: Flask, people: People
) -> None:
    guan = people.reader("administrator")

    def until(hour: int) -> Callable[[], Quiet]:
        return lambda: administration.set_quiet(time(21), time(hour), guan, clock.now())

    assert pressed_meanwhile(app, until(7), until(8)) is None
    assert operations.quiet() == Quiet(time(21), time(8))


def test_of_two_who_remove_one_address_the_second_is_told(app: Flask, outside: Heard, people: People) -> None:
    address("webhook", outside.url, place=PLACE)
    number, guan = db.session.query(Address).one().id, people.reader("administrator")

    def press() -> None:
        administration.remove_address(number, guan, clock.now())

    assert isinstance(pressed_meanwhile(app, press, press), NotFound)
    assert db.session.query(Entry).filter_by(action="notice.address_removed").count() == 1


# --- mail and robots -------------------------------------------------------------------------------------------------


def test_mail_is_sent(morning: time_machine.Traveller, people: People) -> None:
    people.reader("handler", None, HEALTH)
    with mailbox() as (port, taken):
        address("email", f"mailto://127.0.0.1:{port}/?from=qst@example.com&to=duty@example.com", department=HEALTH)
        happens(filed(), "urge")
        spread()
        work()
    assert the("email").state == "sent"
    mail = message_from_string(taken[0], policy=policy.default)
    assert mail["To"] is not None
    assert the("email").number in mail["Subject"]
    assert "诉求" in _plain(mail)


def _plain(mail: Any) -> str:
    part = mail.get_body() if mail.is_multipart() else mail
    content = part.get_payload(decode=True)
    return (content or b64decode(part.get_payload())).decode()


@pytest.mark.parametrize("code", [0, 40001])
def test_robots_are_told_through_their_own_service(
    morning: time_machine.Traveller, people: People, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    asked: list[tuple[str, str]] = []

    class Answer:
        """What the robot's server says."""

        status_code = 200 if code == 0 else 500
        content = b'{"errcode": 0}'
        text = '{"errcode": 0}'

    def post(url: str, **kwargs: Any) -> Answer:
        asked.append((url, str(kwargs.get("data") or kwargs.get("json"))))
        return Answer()

    monkeypatch.setattr("requests.post", post)
    people.reader("handler", None, HEALTH)
    address("robot", "wecombot://somekey", department=HEALTH)
    happens(filed(), "urge")
    spread()
    work()
    assert asked[0][0].startswith("https://qyapi.weixin.qq.com/")
    assert (the("robot").state, the("robot").reason) == (
        ("sent", None) if code == 0 else ("waiting", sending.NOT_TAKEN)
    )


@pytest.mark.parametrize(
    ("channel", "url", "good"),
    [
        ("robot", "wecombot://somekey", True),
        ("robot", "dingtalk://abcdefghij0123456789", True),
        ("robot", "feishu://abcdefghij0123456789", True),
        ("email", "mailtos://user:pass@mail.example.com?to=a@example.com", True),
        ("webhook", "https://example.com/hook", True),
        ("robot", "json://localhost", False),
        ("robot", "syslog://", False),
        ("robot", "mailto://user:pass@example.com", False),
        ("email", "wecombot://somekey", False),
        ("webhook", "ftp://example.com", False),
        ("webhook", "https://user:pass@example.com/", False),
        ("webhook", "https://", False),
        ("webhook", "http://[", False),
        ("webhook", "http://10.1.2.3/", False),
        ("webhook", "http://localhost:5432/", False),
    ],
)
def test_only_addresses_that_can_be_used_are_kept(app: Flask, channel: str, url: str, good: bool) -> None:
    assert (sending.writable(channel, url) is None) == good


def test_messages_of_long_ago_are_dropped_but_none_that_still_waits(morning: time_machine.Traveller) -> None:
    address("robot", "wecombot://topsecretkey", department=HEALTH)
    happens(filed(), "urge")
    spread()
    happens(filed(), "request_material")
    before = spread()
    assert {one.state for one in before} > {"waiting"}
    morning.shift(operations.KEPT)
    happens(filed(), "request_material")
    young = [one.id for one in spread()[len(before) :]]
    morning.shift(timedelta(seconds=1))
    with transaction():
        tasks.purge()
    assert [one.id for one in notices()] == [one.id for one in before if one.state == "waiting"] + young
