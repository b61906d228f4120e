"""Reference data over HTTP, for anybody."""

import pytest
from marshmallow import ValidationError

from service.directory import operations
from service.directory.schemas import Known
from tests.directory.book import book, without


def test_all_categories_are_listed_with_their_families(client):
    answer = client.get("/api/v1/categories")
    assert answer.status_code == 200
    assert [row["code"] for row in answer.json] == list(book().categories)
    leaves = {row["code"]: row for row in answer.json}
    assert leaves["arrears.goods-services"] == {
        "code": "arrears.goods-services",
        "name": "货款服务款",
        "family": "arrears",
        "family_name": "拖欠账款",
        "policy": "auto",
        "nature": "complaint",
        "channel": None,
    }


def test_all_places_are_listed_with_their_aliases(client):
    rows = {row["code"]: row for row in client.get("/api/v1/regions").json}
    assert len(rows) == len(book().places)
    assert rows["150221"] == {
        "code": "150221", "name": "土默特右旗", "level": "旗县区", "parent": "150200", "aliases": ["土右旗"],
    }  # fmt: skip


def test_departments_come_in_pages_that_end(client):
    seen, after = [], {}
    while True:
        page = client.get("/api/v1/departments", query_string={"kind": "health", "limit": 50, **after}).json
        seen += [row["code"] for row in page["items"]]
        if page["next_after"] is None:
            break
        after = {"after": page["next_after"]}
    assert seen == [row.code for row in book().offices(kind="health")]
    assert len(seen) == 116


def test_departments_of_a_place_are_listed(client):
    page = client.get("/api/v1/departments?region=1503K1").json
    assert {row["kind"] for row in page["items"]} == {
        "government", "dispatch", "industry", "finance", "housing", "services",
    }  # fmt: skip


def test_a_place_that_is_retired_is_no_longer_offered(client, monkeypatch):
    monkeypatch.setattr(operations, "current", lambda: without("regions", "1503K1"))
    assert "1503K1" not in {row["code"] for row in client.get("/api/v1/regions").json}
    assert list(client.get("/api/v1/departments?region=1503K1").json["errors"]) == ["region"]


@pytest.mark.parametrize(
    ("seed", "row", "table", "code"),
    [
        ("regions", "1503K1", "places", "1503K1"),
        ("departments", "150821-health", "departments", "150821-health"),
        ("kinds", "science", "kinds", "science"),
        ("kinds", "science", "departments", "150200-science"),
        ("categories", "tax.levy", "categories", "tax.levy"),
        ("categories", "tax", "families", "tax"),
        ("gates", "in_court", "gates", "in_court"),
    ],
)
def test_what_is_retired_is_not_taken_as_input(app, monkeypatch, seed, row, table, code):
    field = Known(table, "没有。")
    assert field.deserialize(code) == code
    retired = without(seed, row)
    monkeypatch.setattr(operations, "current", lambda: retired)
    with pytest.raises(ValidationError, match="没有。"):
        field.deserialize(code)


@pytest.mark.parametrize("query", ["region=999999", "kind=magic", "limit=0", "limit=501", "limit=x", "page=2"])
def test_a_wrong_filter_is_told_with_its_field(client, query):
    answer = client.get(f"/api/v1/departments?{query}")
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [query.partition("=")[0]]


def test_families_come_in_the_order_of_the_file_and_arrears_first(client) -> None:
    families = list(dict.fromkeys(leaf["family"] for leaf in client.get("/api/v1/categories").json or []))
    assert families[:3] == ["arrears", "default", "policy"]
    assert families[-1] == "out-of-scope"


@pytest.mark.parametrize("path", ["regions", "categories", "hotspots"])
def test_what_takes_no_filter_refuses_one(client, people, path):
    headers = people.headers("supervisor", "150000")
    assert client.get(f"/api/v1/{path}", headers=headers).status_code == 200
    answer = client.get(f"/api/v1/{path}?region=150821", headers=headers)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["region"])
