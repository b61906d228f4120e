"""A complaint as each reader may see it: what is masked, what is left out, what never gets out."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from flask import Flask

from service import clock, crypto
from service.accounts.rules import Reader
from service.casework import climbing
from service.casework import operations as casework
from service.complaints import reading
from service.complaints.rules import STEPS
from service.db import transaction
from service.directory import operations as directory
from tests.caller import Caller
from tests.casework import ways
from tests.casework.ways import DEPARTMENT, PLACE, SOMEBODY
from tests.factories import People

PHONE, USCC, NAME, COMPANY = "+864716601234", "91150100MA0MW4Q31H", "白女士", "河套试剂有限公司"
TOLD = replace(
    ways.OWED,
    title="请打 13947812345 问欠款",
    body="五原县人民医院欠医药货款一年多没有给，请打 13947812345 找会计，信用代码 91150100MA0MW4Q31H。",
)
KINDS = {
    "ordinary": TOLD,
    "confidential": replace(TOLD, confidential=True),
    "anonymous": replace(
        TOLD, anonymous=True, enterprise_name=None, enterprise_size=None, uscc=None, contact_name=None,
        contact_phone=None,
    ),
}  # fmt: skip
HIDDEN = {"ordinary": COMPANY, "confidential": "（已申请保密）", "anonymous": "（匿名）"}
DESKS = ("operator", "dispatcher", "department_dispatcher", "handler", "head", "revisit_agent")
ALL = (*DESKS, "supervisor", "auditor", "enterprise")
IN_FULL, MASKED, NOTHING = {"name": NAME, "phone": PHONE}, {"name": None, "phone": "*********1234"}, None

# kind → role → (name of the enterprise, contact, whether the text is read as it was written)
SEEN: dict[str, dict[str, tuple[str, Any, bool]]] = {
    "ordinary": {
        **dict.fromkeys(DESKS, (COMPANY, IN_FULL, True)),
        **dict.fromkeys(("supervisor", "auditor"), (COMPANY, NOTHING, False)),
        "enterprise": (COMPANY, MASKED, True),
    },
    "confidential": {
        **dict.fromkeys(("dispatcher", "handler", "revisit_agent"), (COMPANY, IN_FULL, True)),
        **dict.fromkeys(
            ("operator", "department_dispatcher", "head", "supervisor", "auditor"), ("（已申请保密）", NOTHING, False)
        ),
        "enterprise": (COMPANY, MASKED, True),
    },
    "anonymous": {
        **dict.fromkeys((*DESKS, "enterprise"), ("（匿名）", NOTHING, True)),
        **dict.fromkeys(("supervisor", "auditor"), ("（匿名）", NOTHING, False)),
    },
}


def headers_of(role: str, code: str, people: People) -> dict[str, str]:
    """What somebody in a role sends."""
    return {"X-Query-Code": code} if role == "enterprise" else people.headers(role, **ways.GRANTS[role])


def read(client: Caller, people: People, kind: str, role: str) -> tuple[dict[str, Any], str]:
    """A replied complaint as somebody sees it, and the whole answer as text."""
    number, code = ways.brought_to("replied", KINDS[kind])
    answer = client.get(f"/api/v1/complaints/{number}", headers=headers_of(role, code, people))
    assert answer.status_code == 200
    assert answer.json is not None
    return answer.json, answer.text


@pytest.mark.parametrize("role", ALL)
@pytest.mark.parametrize("kind", KINDS)
def test_each_reader_learns_as_much_of_who_complains_as_the_desk_needs(
    client: Caller, people: People, kind: str, role: str
) -> None:
    seen, whole = read(client, people, kind, role)
    name, contact, written = SEEN[kind][role]
    assert (seen["enterprise"]["name"], seen["contact"]) == (name, contact)
    assert (seen["text"] == TOLD.body, seen["title"] == TOLD.title) == (written, written)
    assert ("13947812345" in whole) == written
    # The credit code is in nobody's answer but as its last four, unless the writer himself put it into the text.
    assert seen["enterprise"].get("uscc") in {None, "*" * 14 + "Q31H"}
    assert (USCC in whole) == written


NAMED = replace(
    ways.OWED,
    confidential=True,
    title="河套试剂有限公司催要货款",
    body="我是河套试剂的白女士，电话6601234，五原县人民医院欠医药货款一年多没有给。",
    details={"promise": {"content": "院长答应河套试剂年底付清", "by": "五原县人民医院"}},
)


@pytest.mark.parametrize("role", ALL)
def test_who_may_not_know_a_confidential_writer_reads_no_name_in_his_own_words_either(
    client: Caller, people: People, role: str
) -> None:
    number, code = ways.brought_to("replied", NAMED)
    with transaction():
        said = {"text": "河套试剂白女士：还没有收到货款。"}
        casework.act(ways.stored(number), {"enterprise"}, "message", said, Reader(), clock.now())
    headers = headers_of(role, code, people)
    seen, trail = (client.get(f"/api/v1/complaints/{number}{path}", headers=headers) for path in ("", "/events"))
    assert seen.json is not None
    knows = SEEN["confidential"][role][2]
    assert seen.json["title"] == (NAMED.title if knows else "〔企业〕催要货款")
    if not knows:
        assert seen.json["text"].startswith("我是〔企业〕的〔联系人〕，电话〔电话〕，五原县人民医院欠")
    for answer, word in product((seen, trail), ("河套试剂", "白女士")):
        assert (word in answer.text) == knows, word


def test_no_list_tells_a_kept_name_in_the_writers_words(client: Caller, people: People) -> None:
    number, _ = ways.brought_to("replied", NAMED)
    for role in ("dispatcher", "auditor"):
        answer = client.get("/api/v1/complaints", headers=people.headers(role, **ways.GRANTS[role]))
        assert answer.json is not None
        assert answer.json["items"][0]["summary"] == "〔企业〕催要货款"
    pieces = reading.excerpt(ways.stored(number), ["人民医院"], directory.current())
    assert "河套" not in "".join(text for text, _ in pieces)
    assert ("人民医院", True) in pieces


def test_who_asked_for_nothing_is_read_as_he_wrote(client: Caller, people: People) -> None:
    number, code = ways.brought_to("replied", replace(NAMED, confidential=False))
    seen = client.get(f"/api/v1/complaints/{number}", headers=headers_of("supervisor", code, people)).json
    assert seen is not None
    assert seen["title"] == NAMED.title
    assert "河套试剂的白女士" in seen["text"]


@pytest.mark.parametrize("role", ALL)
def test_only_staff_learn_how_sure_the_machine_is_what_it_proposed_and_the_draft(
    client: Caller, people: People, role: str
) -> None:
    seen, whole = read(client, people, "ordinary", role)
    staff = role != "enterprise"
    assert all(("probability" in one) == staff for one in seen["suggestions"])
    assert (seen["draft"] is not None) == staff
    assert (seen["proposed_department"] is not None) == staff
    assert ("probability" in whole) == staff
    assert seen["reply"] == ways.VALUES["reply"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_of_a_list_holds_no_number_of_a_person_and_no_name_that_is_asked_to_be_kept(
    client: Caller, people: People, kind: str
) -> None:
    number, _ = ways.brought_to("replied", KINDS[kind])
    for role in ("dispatcher", "handler", "auditor"):
        answer = client.get("/api/v1/complaints", headers=people.headers(role, **ways.GRANTS[role]))
        assert answer.json is not None
        (line,) = answer.json["items"]
        assert (line["number"], line["enterprise"]) == (number, {"name": HIDDEN[kind]})
        for secret in (PHONE, "13947812345", "6601234", USCC, NAME, "contact", "probability", "draft"):
            assert secret not in answer.text, secret
        assert len(line["summary"]) <= 60


@pytest.mark.parametrize("kind", ["ordinary", "confidential"])
def test_a_list_decrypts_nothing(client: Caller, people: People, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    number, _ = ways.brought_to("replied", KINDS[kind])
    headers = people.headers("dispatcher", PLACE)

    def refuse(data: bytes) -> str:
        raise AssertionError("decrypted")

    monkeypatch.setattr(crypto, "decrypt", refuse)
    for answer in (
        client.get("/api/v1/complaints", headers=headers),
        client.post("/api/v1/complaints/search", json={"phone": PHONE}, headers=headers),
    ):
        assert answer.json is not None
        assert [item["number"] for item in answer.json["items"]] == [number]
    with pytest.raises(AssertionError, match="decrypted"):
        client.get(f"/api/v1/complaints/{number}", headers=headers)


# --- the trail -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["enterprise", "handler", "auditor"])
def test_nobody_is_shown_the_digest_that_the_filing_keeps(client: Caller, people: People, role: str) -> None:
    number, code = ways.brought_to("replied")
    told = client.get(f"/api/v1/complaints/{number}/events", headers=headers_of(role, code, people)).json
    assert told is not None
    assert (told[0]["action"], told[0]["data"].keys() & {"digest", "channel"}) == ("file", {"channel"})
    assert "digest" in ways.events_of(number)[0].data


PUBLIC_FIELDS = {
    "file": {"channel", "receiver"},
    "request_supplement": {"note"},
    "supplement": {"text", "note"},
    "accept": {"note"},
    "refuse": {"channel", "reason", "note"},
    "pass_on": {"channel", "reason", "note"},
    "answer": {"reply", "note"},
    "dispatch": {"department", "department_name", "note", "reason", "category", "nature"},
    "sign": {"note"},
    "dispatch_on": {"place", "note"},
    "recall": {"note"},
    "transfer": {"department", "department_name", "reason"},
    "designate": {"department", "department_name", "reason"},
    "take_over": {"department", "department_name", "reason"},
    "release": {"reason"},
    "raise_level": {"place", "reason"},
    "request_material": {"note"},
    "supply_material": {"text", "note"},
    "lapse_supplement": set[str](),
    "lapse_material": set[str](),
    "report": {"text"},
    "grant_extension": {"until", "reason", "note", "was", "due_at"},
    "suspend": {"reason", "review_on"},
    "resume": {"note"},
    "terminate": {"reason", "channel"},
    "reply": {"note"},
    "revisit": {"contacted", "solved", "satisfaction", "reason", "note"},
    "rate": {"satisfaction", "solved", "reason"},
    "close": {"solved", "note", "reason", "satisfaction"},
    "lapse_closing": set[str](),
    "redo": {"reason"},
    "ask_redo": {"reason"},
    "grant_redo": {"note"},
    "explain": {"reason"},
    "withdraw": {"note", "reason"},
    "reopen": {"reason"},
    "urge": {"note"},
    "message": {"text"},
    "message_back": {"text"},
    "rule_misuse": {"upheld", "reason"},
    "appeal_misuse": {"reason"},
    "rule_misuse_appeal": {"upheld", "reason"},
    "merge": {"into", "reason"},
    "split": {"text", "category", "reason", "number"},
}


def test_the_enterprise_reads_these_steps_with_these_fields_and_no_others() -> None:
    """A new public step or field must be written down here by somebody who thought about it."""
    public = {action: {*step.needs, *step.allows} for action, step in STEPS.items() if step.public}
    assert public.keys() == PUBLIC_FIELDS.keys() - {"file"}
    for action, fields in public.items():
        assert fields <= PUBLIC_FIELDS[action] | ({"note"} if action.startswith("lapse") else set()), action


@pytest.fixture
def long_story(app: Flask) -> tuple[str, str]:
    """A complaint that went through every step on the way to its end, each inner field saying SECRET."""
    filed = ways.filed(TOLD)
    inner = {
        "contact": {"note": "SECRET 1"},
        "draft": {"reply": "SECRET 2", "note": "SECRET 3", "internal": "SECRET 4"},
        "return_draft": {"reason": "SECRET 5", "note": "SECRET 6"},
        "approve": {"note": "SECRET 7"},
    }
    story = ["request_supplement", "supplement", "accept", "dispatch", "sign", "contact", "request_material",
             "supply_material", "draft", "return_draft", "draft", "approve"]  # fmt: skip
    with transaction():
        for action in story:
            role = min(STEPS[action].roles - {"machine"})
            given = inner.get(action, ways.given_for(STEPS[action]))
            casework.act(filed.complaint, {role}, action, given, SOMEBODY[role], clock.now())
    return filed.complaint.number, filed.query_code


def test_the_enterprise_reads_no_inner_word(client: Caller, long_story: tuple[str, str]) -> None:
    number, code = long_story
    for path in ("", "/events"):
        answer = client.get(f"/api/v1/complaints/{number}{path}", headers={"X-Query-Code": code})
        assert answer.status_code == 200
        assert "SECRET" not in answer.text


def test_the_enterprises_trail_names_no_person_and_no_inner_step(client: Caller, long_story: tuple[str, str]) -> None:
    number, code = long_story
    trail: Any = client.get(f"/api/v1/complaints/{number}/events", headers={"X-Query-Code": code}).json
    assert [one["action"] for one in trail] == [
        "file", "request_supplement", "supplement", "accept", "dispatch", "sign", "request_material", "supply_material",
    ]  # fmt: skip
    for one in trail:
        assert one.keys() == {"seq", "at", "action", "name", "status", "status_name", "data"}
        assert one["data"].keys() <= PUBLIC_FIELDS[one["action"]]
    assert trail[4]["data"]["department_name"] == "五原县卫生健康委员会"


@pytest.mark.parametrize("role", ["dispatcher", "handler", "head", "supervisor", "auditor"])
def test_staff_read_the_whole_trail_with_its_seals(
    client: Caller, people: People, long_story: tuple[str, str], role: str
) -> None:
    number, _ = long_story
    answer = client.get(f"/api/v1/complaints/{number}/events", headers=people.headers(role, **ways.GRANTS[role]))
    trail: Any = answer.json
    assert [one["seq"] for one in trail] == list(range(1, 14))
    assert trail[-1]["hash"] == ways.stored(number).head.hex()
    assert "actor_id" not in answer.text
    assert all(f"SECRET {at}" in answer.text for at in range(1, 8))


def test_a_handler_who_also_has_the_query_code_reads_as_staff(
    client: Caller, people: People, long_story: tuple[str, str]
) -> None:
    number, code = long_story
    headers = people.headers("handler", department=DEPARTMENT) | {"X-Query-Code": code}
    seen: Any = client.get(f"/api/v1/complaints/{number}", headers=headers).json
    assert seen["draft"]["internal"] == "SECRET 4"
    assert set(seen["allowed_actions"]) == {
        "reply",
        "assign",
        "ask_extension",
        "report_misuse",
        "urge",
        "withdraw",
        "message",
        "message_back",
    }


def test_a_trail_with_reminders_is_told_to_staff_only(client: Caller, people: People) -> None:
    number, code = ways.brought_to("submitted")
    with transaction():
        climbing.climb(clock.now() + ways.A_MONTH)
    staff: Any = client.get(f"/api/v1/complaints/{number}/events", headers=people.headers("dispatcher", PLACE)).json
    public: Any = client.get(f"/api/v1/complaints/{number}/events", headers={"X-Query-Code": code}).json
    assert [one["name"] for one in staff] == ["提交", "到期提醒"]
    assert [one["name"] for one in public] == ["提交"]
