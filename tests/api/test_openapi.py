"""The API describes itself: whole, in OpenAPI 3.1, and with a page that needs nothing from outside."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

TYPES = {"array", "boolean", "integer", "null", "number", "object", "string"}
PROBLEM = "#/components/schemas/Problem"
Document = dict[str, Any]


@pytest.fixture
def document(client: FlaskClient) -> Document:
    answer = client.get("/api/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return answer.get_json()


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """(path, method, operation) each."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield path, method, operation


def everything(value: Any) -> Iterator[Any]:
    """A value and all that is in it."""
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from everything(inner)


def found(document: Document, reference: str) -> Any:
    """What a reference points at."""
    value: Any = document
    for step in reference.removeprefix("#/").split("/"):
        value = value[step]
    return value


def followed(document: Document, value: Document) -> Document:
    return found(document, value["$ref"]) if "$ref" in value else value


# --- the document ----------------------------------------------------------------------------------------------------


def test_it_is_openapi_three_point_one_with_a_title_and_a_version(document: Document) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"] == "企声通"
    assert document["info"]["version"]
    assert set(document) <= {"openapi", "info", "paths", "components", "tags", "servers", "security"}


def test_every_reference_points_at_something(document: Document) -> None:
    references = [one["$ref"] for one in everything(document) if isinstance(one, dict) and "$ref" in one]
    assert len(references) > 20
    assert all(isinstance(found(document, reference), dict) for reference in references)


def schemas(document: Document) -> Iterator[Document]:
    """Every schema, those of properties and items too."""
    for one in everything(document):
        if isinstance(one, dict):
            yield from (schema for schema in [one.get("schema"), one.get("items")] if isinstance(schema, dict))
            yield from (value for value in (one.get("properties") or {}).values() if isinstance(value, dict))
    yield from document["components"]["schemas"].values()


def test_every_schema_has_a_type_that_json_knows(document: Document) -> None:
    for schema in schemas(document):
        said = schema.get("type", [])
        assert {said} if isinstance(said, str) else set(said) <= TYPES, schema
        assert said or {"$ref", "anyOf", "allOf", "oneOf", "enum"} & set(schema), schema
        assert set(schema.get("required", [])) <= set(schema.get("properties", {})), schema
        assert "nullable" not in schema, schema


def test_what_is_sent_may_hold_no_unknown_field(document: Document) -> None:
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert followed(document, content["schema"])["additionalProperties"] is False


# --- against the routes ----------------------------------------------------------------------------------------------


def test_every_route_of_the_api_is_described_and_nothing_else(app: Flask, document: Document) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations(document)} == routes


def test_every_operation_says_what_it_does_and_what_it_answers(document: Document) -> None:
    for path, method, operation in operations(document):
        assert operation["summary"].endswith("."), (method, path)
        good = [code for code in operation["responses"] if code.startswith("2")]
        assert len(good) == 1, (method, path)
        answer = operation["responses"][good[0]]
        assert answer["content"]["application/json"]["schema"], (method, path)
        assert answer["description"], (method, path)


def test_every_error_of_every_operation_has_the_one_shape(document: Document) -> None:
    for path, method, operation in operations(document):
        bad = {code: answer for code, answer in operation["responses"].items() if not code.startswith("2")}
        assert "default" in bad, (method, path)
        for answer in bad.values():
            content = followed(document, answer)["content"]["application/json"]
            assert content["schema"] == {"$ref": PROBLEM}, (method, path)
    assert set(found(document, PROBLEM)["properties"]) == {"code", "message", "errors", "request_id"}


def test_every_name_in_a_path_is_a_required_parameter(document: Document) -> None:
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if method != "parameters":
                told = [followed(document, one) for one in [*shared, *operation.get("parameters", [])]]
                named = {one["name"] for one in told if one["in"] == "path" and one["required"]}
                assert named == set(re.findall(r"\{(\w+)\}", path)), (method, path)


def test_filing_tells_of_its_limits_and_of_the_key_that_makes_it_safe_to_repeat(document: Document) -> None:
    operation = document["paths"]["/api/v1/complaints"]["post"]
    assert "Idempotency-Key" in {one["name"] for one in operation["parameters"]}
    filing = followed(document, operation["requestBody"]["content"]["application/json"]["schema"])
    assert filing["required"] == ["body"]
    assert filing["properties"]["body"]["maxLength"] == 20_000
    assert "举报" not in filing["properties"]["nature"]["enum"]
    assert "report" in filing["properties"]["nature"]["enum"]


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_takes_everything_it_shows_from_here(client: FlaskClient) -> None:
    page = client.get("/api/docs/")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    linked = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)""", page.text)
    assert len(linked) >= 3
    for link in linked:
        assert not urlsplit(link).netloc, link
        with client.get(urljoin("/api/docs/", link)) as part:
            assert part.status_code == 200, link
    assert '"url": "/api/openapi.json"' in page.text
