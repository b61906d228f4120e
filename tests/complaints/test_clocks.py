"""The limits of a complaint, explained over the API."""

from tests.caller import Caller
from tests.casework import ways
from tests.factories import People


def test_each_limit_tells_its_start_its_basis_and_every_day(client: Caller, people: People) -> None:
    number, code = ways.brought_to("handling")
    rows = client.get(f"/api/v1/complaints/{number}/clocks", headers={"X-Query-Code": code}).json
    assert rows is not None
    (result,) = [row for row in rows if row["clock"]["kind"] == "result"]
    assert result["clock"]["basis"] == "依据：保障中小企业款项支付条例第二十五条第二款"
    assert result["explanation"]["due_at"] == result["clock"]["due_at"]
    assert len([day for day in result["explanation"]["days"] if day["counted"]]) == 30
    assert all(day["reason"] for day in result["explanation"]["days"])


def test_who_does_not_see_a_complaint_sees_none_of_its_limits(client: Caller, people: People) -> None:
    number, _ = ways.brought_to("handling")
    for headers in ({"X-Query-Code": "2222-2222-2222-2222"}, people.headers("handler", department="150821-water")):
        assert client.get(f"/api/v1/complaints/{number}/clocks", headers=headers).status_code == 404


def test_the_enterprise_is_told_no_limit_that_runs_between_authorities(client: Caller, people: People) -> None:
    number, code = ways.brought_to("drafted")
    own, staff = {"X-Query-Code": code}, people.headers("supervisor", place=ways.PLACE)
    for headers, seen in ((own, False), (staff, True)):
        rows = client.get(f"/api/v1/complaints/{number}/clocks", headers=headers).json
        whole = client.get(f"/api/v1/complaints/{number}", headers=headers).json
        assert rows is not None
        assert whole is not None
        assert ("approval" in {row["clock"]["kind"] for row in rows}) == seen
        assert ("approval" in {row["kind"] for row in whole["clocks"]}) == seen
