"""What the workflow does not let anybody do, and how it says so."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from service.accounts.rules import Grant
from service.complaints.rules import CO_HANDLER, STATES, STEPS, allowed
from service.complaints.visibility import AFTER_REPLY
from tests.caller import Caller
from tests.casework import ways
from tests.casework.ways import DEPARTMENT, GRANTS, OTHER, PLACE
from tests.factories import People

Everybody = Callable[[str], dict[str, str]]
ABSENT = "QS20260316-9999999-9"
DEPARTMENT_ROLES = {"department_dispatcher", "handler", "head"}
EVERY_ROLE = frozenset({*GRANTS, "enterprise"})
# Over the API nobody is the machine or a respondent.
BY_PEOPLE = [action for action, step in STEPS.items() if step.roles & EVERY_ROLE]
BY_NOBODY = [action for action in STEPS if action not in BY_PEOPLE]


def reaches(role: str, number: str) -> bool:
    """Whether somebody in a role may see an ordinary complaint of the own place and department at all."""
    complaint = ways.stored(number)
    if role in {"administrator", "system"}:
        return False
    if role == "revisit_agent":
        return complaint.status in AFTER_REPLY or "revisit" in complaint.pending
    if role == CO_HANDLER:
        return OTHER in complaint.co_departments
    return complaint.department is not None if role in DEPARTMENT_ROLES else True


def reaching(number: str) -> set[str]:
    """All roles that see a complaint."""
    return {role for role in EVERY_ROLE if reaches(role, number)}


@pytest.fixture
def everybody(people: People) -> Everybody:
    """Gives the headers of one person who holds every role there is, and a complaint's query code too."""
    grants = [
        Grant(ways.held(role), place=to.get("place"), department=to.get("department")) for role, to in GRANTS.items()
    ]
    return lambda code: people.holding(*grants) | {"X-Query-Code": code}


def do(client: Caller, number: str, action: str, headers: dict[str, str], given: dict[str, Any] | None = None) -> Any:
    """One step over HTTP, with the fields that it needs where none are named."""
    fields = ways.given_for(STEPS[action]) if given is None else given
    return client.post(f"/api/v1/complaints/{number}/actions/{action}", json=ways.sent(fields), headers=headers)


@pytest.mark.parametrize("action", STEPS)
def test_nobody_takes_a_step_that_is_not_of_the_own_desk(client: Caller, people: People, action: str) -> None:
    number, code = ways.ready_for(action)
    before = ways.stored(number)
    state, version, length = before.status, before.version, before.length
    for role in sorted(EVERY_ROLE - STEPS[action].roles):
        expected = 403 if reaches(role, number) else 404
        answer = do(client, number, action, ways.headers_of(role, code, people))
        assert (role, answer.status_code) == (role, expected)
    after = ways.stored(number)
    assert (after.status, after.version, after.length) == (state, version, length)


@pytest.mark.parametrize("action", BY_NOBODY)
def test_what_the_machine_or_a_link_does_nobody_does_by_hand(client: Caller, action: str, everybody: Everybody) -> None:
    number, code = ways.ready_for(action)
    answer = do(client, number, action, everybody(code))
    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("state", STATES)
def test_a_step_from_the_wrong_state_is_refused_with_the_steps_that_fit(
    client: Caller, state: str, everybody: Everybody
) -> None:
    number, code = ways.brought_to(state)
    headers, held = everybody(code), reaching(number)
    complaint = ways.stored(number)
    version, fitting = complaint.version, allowed(complaint, held)
    # Each state hears of other steps; tests/casework/test_rules.py has all of them.
    for action in BY_PEOPLE[list(STATES).index(state) % 5 :: 5]:
        if state in STEPS[action].sources:
            continue
        answer = do(client, number, action, headers, {})
        assert (action, answer.status_code) == (action, 409 if STEPS[action].roles & held else 403)
        if answer.status_code == 409:
            assert answer.json["errors"] == {"allowed_actions": fitting}
            assert STATES[state].name in answer.json["message"]
    assert ways.stored(number).version == version


# Where nothing was asked and no department has it, a step that waits for either cannot be taken.
NOT_READY = [
    *((action, ways.taken_from(action)[0]) for action, step in STEPS.items() if step.settles or "misused" in step.when),
    *((action, state) for action, step in STEPS.items() if "has_department" in step.when
      for state in ("accepted", "closed") if state in step.sources),
]  # fmt: skip


@pytest.mark.parametrize(("action", "state"), NOT_READY)
def test_what_is_not_ready_is_refused_with_a_sentence_and_not_offered(
    client: Caller, action: str, state: str, everybody: Everybody
) -> None:
    number, code = ways.brought_to(state)
    headers = everybody(code)
    answer = do(client, number, action, headers)
    # A department has no hand in what it does not have, and nobody is asked to revisit.
    nobody = STEPS[action].roles <= {"head", "revisit_agent"} and not reaches(min(STEPS[action].roles), number)
    assert (answer.status_code, bool(answer.json["message"])) == (403 if nobody else 409, True)
    seen = client.get(f"/api/v1/complaints/{number}", headers=headers).json
    assert seen is not None
    assert action not in seen["allowed_actions"]


@pytest.mark.parametrize("state", STATES)
def test_a_complaint_tells_its_reader_which_steps_fit(client: Caller, state: str, everybody: Everybody) -> None:
    number, code = ways.brought_to(state)
    seen = client.get(f"/api/v1/complaints/{number}", headers=everybody(code)).json
    assert seen is not None
    assert seen["allowed_actions"] == allowed(ways.stored(number), reaching(number))


@pytest.mark.parametrize("action", BY_PEOPLE)
def test_fields_that_miss_or_are_idle_are_named(client: Caller, action: str, everybody: Everybody) -> None:
    step = STEPS[action]
    number, code = ways.ready_for(action)
    state = ways.stored(number).status
    headers, full = everybody(code), ways.given_for(step)
    idle = {name: value for name, value in ways.VALUES.items() if name not in {*step.needs, *step.allows}}
    for given, wrong in (({}, set(step.needs)), ({**full, **idle}, set(idle)), (idle, {*step.needs, *idle})):
        if wrong:
            answer = do(client, number, action, headers, given)
            assert (answer.status_code, set(answer.json["errors"])) == (422, wrong)
            assert all(step.name in said[0] for said in answer.json["errors"].values())
    assert ways.stored(number).status == state


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("note", ""),
        ("note", " \u200b"),
        ("note", "长" * 2001),
        ("note", None),
        ("note", 5),
        ("note", ["x"]),
        ("note", "\x00"),
        ("department", "150821-nobody"),
        ("department", "五原县卫生健康委员会"),
        ("category", "arrears"),
        ("solved", "maybe"),
        ("upheld", "perhaps"),
        ("until", "2026-02-30"),
        ("until", "明天"),
        ("review_on", "20260330T"),
        ("place", "999999"),
        ("place", "五原县"),
        ("satisfaction", "fine"),
        ("status", "closed"),
        ("version", 7),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(client: Caller, field: str, value: Any, everybody: Everybody) -> None:
    number, code = ways.brought_to("submitted")
    answer = do(client, number, "accept", everybody(code), {field: value})
    assert (answer.status_code, set(answer.json["errors"])) == (422, {field})
    assert ways.stored(number).status == "submitted"


def test_an_action_that_does_not_exist_is_told_with_those_that_do(client: Caller) -> None:
    number, code = ways.brought_to("submitted")
    answer = client.post(f"/api/v1/complaints/{number}/actions/file", json={}, headers={"X-Query-Code": code})
    assert answer.status_code == 404
    assert answer.json is not None
    assert all(action in answer.json["message"] for action in STEPS)


@pytest.mark.parametrize("code", ["", "WRONG", "AAAA-AAAA-AAAA-AAAA", "码" * 16, "' OR 1=1"])
def test_a_wrong_query_code_looks_as_if_there_were_no_such_complaint(client: Caller, code: str) -> None:
    number, _ = ways.brought_to("submitted")
    headers = {"X-Query-Code": code.encode().decode("latin-1")}
    for there, absent in [
        (do(client, number, "withdraw", headers), do(client, ABSENT, "withdraw", headers)),
        (do(client, number, "approve", headers), do(client, ABSENT, "approve", headers)),
        (
            client.get(f"/api/v1/complaints/{number}", headers=headers),
            client.get(f"/api/v1/complaints/{ABSENT}", headers=headers),
        ),
    ]:
        assert (there.status_code, absent.status_code) == (404, 404)
        assert there.json["message"] == absent.json["message"]
    assert ways.stored(number).status == "submitted"


def test_another_complaints_query_code_opens_nothing(client: Caller) -> None:
    (number, _), (_, other) = ways.brought_to("submitted"), ways.brought_to("submitted")
    assert do(client, number, "withdraw", {"X-Query-Code": other}).status_code == 404


def test_a_query_code_may_be_read_out_in_small_letters_without_dashes(client: Caller) -> None:
    number, code = ways.brought_to("submitted")
    answer = do(client, number, "withdraw", {"X-Query-Code": f" {code.lower().replace('-', ' ')} "})
    assert answer.status_code == 200


def test_a_supplement_is_asked_for_once_and_all_at_once(client: Caller, people: People) -> None:
    number, code = ways.brought_to("supplementing")
    assert do(client, number, "supplement", {"X-Query-Code": code}).status_code == 200
    again = do(client, number, "request_supplement", people.headers("dispatcher", PLACE))
    assert again.status_code == 409
    assert again.json["errors"] == {
        "allowed_actions": ["accept", "refuse", "pass_on", "answer", "report_misuse", "merge", "split"]
    }
    assert ways.stored(number).status == "submitted"


def test_who_wrote_a_reply_does_not_approve_it(client: Caller, everybody: Everybody) -> None:
    number, code = ways.brought_to("handling")
    both = everybody(code)
    assert do(client, number, "draft", both).status_code == 200
    answer = do(client, number, "approve", both)
    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")
    assert ways.stored(number).status == "drafted"
    assert do(client, number, "approve", everybody(code)).status_code == 200


def test_who_wrote_a_reply_may_send_it_back_to_himself(client: Caller, everybody: Everybody) -> None:
    number, code = ways.brought_to("handling")
    both = everybody(code)
    assert do(client, number, "draft", both).status_code == 200
    assert do(client, number, "return_draft", both).status_code == 200


@pytest.mark.parametrize("state", ["replied", "answered"])
@pytest.mark.parametrize(
    ("role", "given", "expected", "fields"),
    [
        ("enterprise", {"solved": False}, 422, {"solved"}),
        ("enterprise", {"solved": False, "reason": "算了"}, 422, {"solved"}),
        ("enterprise", {"solved": True, "satisfaction": "very_satisfied"}, 200, None),
        ("dispatcher", {"solved": False}, 422, {"reason"}),
        ("dispatcher", {"solved": False, "reason": "企业已另行起诉。"}, 200, None),
        ("revisit_agent", {"solved": False, "satisfaction": "dissatisfied"}, 422, {"reason"}),
        ("revisit_agent", {"solved": False, "reason": "企业不再追究。"}, 200, None),
        ("revisit_agent", {"solved": True}, 200, None),
    ],
)
def test_an_unsolved_matter_is_closed_only_by_staff_and_with_a_reason(
    client: Caller,
    people: People,
    state: str,
    role: str,
    given: dict[str, Any],
    expected: int,
    fields: set[str] | None,
) -> None:
    number, code = ways.brought_to(state)
    headers = {"X-Query-Code": code} if role == "enterprise" else people.headers(role, PLACE)
    answer = do(client, number, "close", headers, given)
    assert answer.status_code == expected, answer.text
    if fields is not None:
        assert set(answer.json["errors"]) == fields
        assert ways.stored(number).status == state
    else:
        complaint = ways.stored(number)
        own_word = (given["solved"], given["satisfaction"]) if role == "enterprise" else (None, None)
        assert (complaint.status, complaint.solved, complaint.satisfaction) == ("closed", *own_word)


@pytest.mark.parametrize(
    ("respondent", "kind", "department"),
    [
        ("五原县卫生健康委员会", "organ", DEPARTMENT),
        ("五原县人民政府", "organ", DEPARTMENT),
        ("巴彦淖尔市卫生健康委员会", "organ", DEPARTMENT),
    ],
)
def test_nobody_dispatches_to_who_is_accused_or_stands_below(
    client: Caller, people: People, respondent: str, kind: str, department: str
) -> None:
    draft = replace(ways.OWED, respondent_name=respondent, respondent_kind=kind, category="default.contract-breach")
    number, _ = ways.brought_to("accepted", draft)
    answer = do(client, number, "dispatch", people.headers("dispatcher", "150000"), {"department": department})
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"department"})
    complaint = ways.stored(number)
    assert (complaint.status, complaint.department) == ("accepted", None)


# --- If-Match --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "status"),
    [
        (None, 200),
        ('"{now}"', 200),
        ("{now}", 200),
        ('W/"{now}"', 200),
        ("*", 200),
        ('"{before}"', 412),
        ('"{after}"', 412),
        ('""', 412),
        ("rubbish", 412),
        ('"1e0"', 412),
        ("-1", 412),
        ("码", 412),
    ],
)
def test_a_step_on_another_version_than_was_read_is_refused(
    client: Caller, people: People, expected: str | None, status: int
) -> None:
    number, _ = ways.brought_to("accepted")
    now = ways.stored(number).version
    headers = people.headers("dispatcher", PLACE)
    if expected is not None:
        told = expected.format(now=now, before=now - 1, after=now + 1)
        headers["If-Match"] = told.encode().decode("latin-1")
    answer = do(client, number, "dispatch", headers)
    assert answer.status_code == status
    assert ways.stored(number).version == now + (status == 200)
    if status == 412:
        assert answer.json["code"] == "stale"


def test_the_etag_of_a_reading_serves_for_the_next_step_and_for_that_one_only(client: Caller, people: People) -> None:
    number, _ = ways.brought_to("submitted")
    headers = people.headers("dispatcher", PLACE)
    read = client.get(f"/api/v1/complaints/{number}", headers=headers)
    match = headers | {"If-Match": read.headers["ETag"]}
    assert do(client, number, "accept", match).status_code == 200
    assert do(client, number, "dispatch", match).status_code == 412


def test_who_already_has_a_version_is_told_that_nothing_changed(client: Caller, people: People) -> None:
    number, _ = ways.brought_to("submitted")
    headers = people.headers("dispatcher", PLACE)
    tag = client.get(f"/api/v1/complaints/{number}", headers=headers).headers["ETag"]
    again = client.get(f"/api/v1/complaints/{number}", headers=headers | {"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    do(client, number, "accept", headers)
    changed = client.get(f"/api/v1/complaints/{number}", headers=headers | {"If-None-Match": tag})
    assert (changed.status_code, changed.json and changed.json["status"]) == (200, "accepted")
