"""A complaint's number, and the table of states and steps."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.complaints.models import Complaint
from service.complaints.numbering import is_number, number
from service.complaints.rules import OPEN, STATES, STEPS, allowed, queue_for, started_by

FRESH = {
    "spent": [], "pending": [], "flags": [], "hand_backs": 0, "designated": False, "department": None,
    "respondent_name": None,
}  # fmt: skip
SERIALS = st.integers(1, 10**9)
MOMENTS = st.integers(1_600_000_000, 3_700_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(serial=SERIALS, moment=MOMENTS)
def test_every_number_that_is_given_is_one(serial: int, moment: datetime) -> None:
    assert is_number(number(serial, moment))


@given(serial=SERIALS, moment=MOMENTS, data=st.data())
def test_one_wrong_digit_is_noticed(serial: int, moment: datetime, data: st.DataObject) -> None:
    right = number(serial, moment)
    place = data.draw(st.sampled_from([at for at, letter in enumerate(right) if letter.isdigit()]))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != right[place]]))
    assert not is_number(right[:place] + other + right[place + 1 :])


@given(serial=SERIALS, moment=MOMENTS, data=st.data())
def test_two_neighbours_swapped_are_noticed(serial: int, moment: datetime, data: st.DataObject) -> None:
    right = number(serial, moment)
    digits = right[2:].replace("-", "")
    pairs = [at for at in range(len(digits) - 1) if digits[at] != digits[at + 1]]
    at = data.draw(st.sampled_from(pairs))
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    assert not is_number(f"QS{swapped[:8]}-{swapped[8:-1]}-{swapped[-1]}")


def test_a_number_holds_the_day_in_shanghai() -> None:
    assert number(123, datetime(2026, 11, 20, 16, 0, tzinfo=UTC)).startswith("QS20261121-0000123-")
    assert number(123, datetime(2026, 11, 20, 15, 59, tzinfo=UTC)).startswith("QS20261120-0000123-")


def test_a_number_grows_where_seven_digits_are_not_enough() -> None:
    long = number(12_345_678, datetime(2026, 11, 20, tzinfo=UTC))
    assert long.startswith("QS20261120-12345678-")
    assert is_number(long)


GOOD = number(1, datetime(2026, 3, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        "QS",
        "-",
        "--",
        GOOD.lower(),
        GOOD[2:],
        GOOD + "0",
        GOOD + "\n",
        " " + GOOD,
        GOOD.replace("-", ""),
        GOOD.replace("-", "–"),
        GOOD.replace("0", "０"),
        GOOD.replace("0", "٠"),
        GOOD.replace("-0000001-", "-000001-"),
        "QS20260316-" + "9" * 5000 + "-1",
        "QS20260316--1",
        "QSabcdefgh-0000001-1",
        "\x00" * 20,
        "诉求" * 10,
    ],
)
def test_what_is_no_number_is_told_from_one(rubbish: str) -> None:
    assert not is_number(rubbish)


@given(st.text(max_size=40))
def test_any_text_may_be_asked(text: str) -> None:
    assert is_number(text) in {True, False}


def test_a_state_is_open_where_a_desk_has_it() -> None:
    assert {code for code, state in STATES.items() if state.desk} == OPEN
    assert len(OPEN) == 15


def test_what_is_allowed_comes_in_the_order_of_the_table() -> None:
    def offered(status: str, *roles: str) -> list[str]:
        return allowed(Complaint(**{**FRESH, "status": status}), roles)

    assert offered("submitted", "dispatcher") == [
        "request_supplement", "accept", "refuse", "pass_on", "answer", "report_misuse", "merge", "split",
    ]  # fmt: skip
    assert offered("submitted", "enterprise") == ["withdraw", "urge", "message"]
    assert offered("submitted", "auditor", "administrator") == []
    assert offered("submitted", "supervisor") == ["merge", "split"]
    assert offered("withdrawn", *(role for step in STEPS.values() for role in step.roles)) == ["reopen"]


def test_what_nothing_can_be_asked_of_any_more_is_only_reopened() -> None:
    final = {code for code, state in STATES.items() if not state.desk}
    ways_out = {step.action for step in STEPS.values() if step.sources & final and step.target}
    assert ways_out == {"reopen", "redo", "ask_redo"}


@pytest.mark.parametrize(
    ("status", "department", "expected"),
    [
        ("submitted", None, ("dispatcher", "150821")),
        ("submitted", "150821-health", ("dispatcher", "150821")),
        ("handling", "150821-health", ("department", "150821-health")),
        ("replied", "150821-health", ("revisit", "150821")),
        ("handing_back", "150821-health", ("supervisor", "150821")),
        ("consulting", None, ("supervisor", "150821")),
        ("suspended", "150821-health", ("supervisor", "150821")),
        ("redo_asked", "150821-health", ("supervisor", "150821")),
        ("revisited", None, ("revisit", "150821")),
        ("merged", "150821-health", None),
        ("explained", None, None),
        ("closed", "150821-health", None),
    ],
)
def test_a_complaint_stands_in_one_queue_or_is_over(
    status: str, department: str | None, expected: tuple[str, str] | None
) -> None:
    queue = queue_for(status, "150821", department)
    assert (queue and (queue.desk, queue.code)) == expected


@pytest.mark.parametrize(
    ("action", "regimes", "kinds"),
    [
        ("file", ("other",), ("accept",)),
        ("file", ("inquiry",), ("accept", "result")),
        ("file", ("assigned",), ("accept", "result")),
        ("dispatch", ("other",), ("sign", "result")),
        ("dispatch", ("urgent",), ("sign", "result", "contact")),
        ("dispatch", ("802", "urgent"), ("sign", "result", "contact")),
        ("file", ("802", "assigned"), ("accept",)),
        ("refuse", ("urgent",), ()),
        ("transfer", ("urgent",), ("sign", "result", "contact")),
        ("designate", ("other",), ("sign", "result")),
        ("redo", ("802",), ("dispatch",)),
    ],
)
def test_some_regimes_start_a_clock_earlier(action: str, regimes: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    assert started_by(action, regimes) == kinds
