"""Whether the service lives, can work, and how it fares, told to machines and to people."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from prometheus_client.parser import text_string_to_metric_families

from service import clock, health
from service.config import Config
from service.db import transaction
from service.jobs.models import Task
from tests.apps import other
from tests.factories import filing
from tests.servers import Servers, database

AWAY = {"database_url": "postgresql+psycopg://nobody:secret@127.0.0.1:1/nothing", "redis_url": "redis://127.0.0.1:1/0"}


@pytest.fixture
def untrained(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has loaded no model, and finds none."""
    monkeypatch.setattr("service.classifier.operations._loaded", None)
    monkeypatch.setitem(app.config, "VAR", tmp_path)


def checks(client: FlaskClient) -> tuple[int, dict[str, str]]:
    answer = client.get("/readyz")
    assert (answer.get_json()["status"] == "ok") == (answer.status_code == 200)
    return answer.status_code, answer.get_json()["checks"]


# --- alive and ready -------------------------------------------------------------------------------------------------


def test_the_process_lives(client: FlaskClient) -> None:
    answer = client.get("/livez")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_it_is_ready_when_all_is_there(client: FlaskClient) -> None:
    assert checks(client) == (200, {"database": "ok", "model": "ok", "redis": "ok"})


def test_without_its_database_it_lives_and_is_not_ready(app: Flask, config: Config) -> None:
    with other(config, database_url=AWAY["database_url"]) as stranded:
        assert checks(stranded.test_client()) == (503, {"database": "away", "model": "ok", "redis": "ok"})
        assert stranded.test_client().get("/livez").status_code == 200
        refused = stranded.test_client().post("/api/v1/complaints", json=filing())
        assert (refused.status_code, refused.get_json()["code"]) == (503, "unavailable")


def test_without_redis_it_is_ready_since_nothing_is_lost(app: Flask, config: Config) -> None:
    with other(config, redis_url=AWAY["redis_url"]) as silent:
        assert checks(silent.test_client()) == (200, {"database": "ok", "model": "ok", "redis": "away"})
        assert silent.test_client().post("/api/v1/complaints", json=filing()).status_code == 201


@pytest.mark.usefixtures("untrained")
def test_without_a_model_it_is_not_ready_and_files_nothing(client: FlaskClient) -> None:
    assert checks(client) == (503, {"database": "ok", "model": "missing", "redis": "ok"})
    assert client.post("/api/v1/complaints", json=filing()).status_code == 503


@pytest.mark.parametrize("prepare", [lambda: None, upgrade], ids=["not migrated", "not seeded"])
def test_a_database_that_was_not_prepared_is_told_from_one_that_is_away(
    prepare: Callable[[], None], app: Flask, config: Config, servers: Servers
) -> None:
    with database(servers.database_url) as url, other(config, database_url=url.replace("://", "+psycopg://")) as fresh:
        prepare()
        assert checks(fresh.test_client()) == (503, {"database": "empty", "model": "ok", "redis": "ok"})


# --- figures ---------------------------------------------------------------------------------------------------------


def figures(client: FlaskClient) -> dict[str, float]:
    """Every sample without labels, read as Prometheus reads it."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {one.name: one.value for family in families for one in family.samples if not one.labels}


def test_gauges_say_what_is_open_overdue_late_and_dead(client: FlaskClient) -> None:
    now = clock.now()
    with time_machine.travel(now - timedelta(days=60)):
        answer = client.post("/api/v1/complaints", json=filing()).get_json()
        client.post("/api/v1/complaints", json=filing())
    client.post("/api/v1/complaints", json=filing())
    withdrawn = f"/api/v1/complaints/{answer['number']}/actions/withdraw"
    assert client.post(withdrawn, json={}, headers={"X-Query-Code": answer["query_code"]}).status_code == 200
    with transaction() as session:
        for minutes in (1, 3, 60):
            session.add(Task(name="x", args={}, created_at=now, next_at=now - timedelta(minutes=minutes)))
        session.add(Task(name="x", args={}, created_at=now, dead_at=now))
        session.add(Task(name="x", args={}, created_at=now, done_at=now))
    told = figures(client)
    names = ("complaints_open", "complaints_overdue", "tasks_late", "tasks_dead")
    assert {name: told[f"qst_{name}"] for name in names} == {
        "complaints_open": 2, "complaints_overdue": 1, "tasks_late": 2, "tasks_dead": 1,
    }  # fmt: skip


def test_requests_are_counted_by_route_and_never_by_what_stands_in_the_address(client: FlaskClient) -> None:
    answer = client.post("/api/v1/complaints", json=filing()).get_json()
    headers = {"X-Query-Code": answer["query_code"]}
    client.get(f"/api/v1/complaints/{answer['number']}", headers=headers)
    client.get("/api/v1/departments?place=13947112233")
    client.get("/河套试剂有限公司/13947112233")
    text = client.get("/metrics").text
    wanted = {"route": "/api/v1/complaints/<number>", "method": "GET", "status": "200"}
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    assert any(one.name == "qst_request_seconds_count" and one.labels == wanted for one in samples)
    personal = [answer["number"], answer["query_code"], "白女士", "6601234", "13947112233", "河套试剂"]
    assert [one for one in personal if one in text] == []


# --- the doctor ------------------------------------------------------------------------------------------------------


def findings() -> dict[str, health.Finding]:
    return {finding.what: finding for finding in health.examine(clock.now())}


@pytest.mark.usefixtures("app")
def test_the_doctor_finds_nothing_where_all_is_well() -> None:
    found = findings()
    assert set(found) == {"数据库", "分类模型", "Redis", "密钥", "后台任务", "失败任务", "逾期诉求"}
    assert [finding.what for finding in found.values() if not finding.good] == []


def test_the_doctor_names_what_is_overdue_and_stuck_with_a_remedy(client: FlaskClient) -> None:
    with time_machine.travel(clock.now() - timedelta(days=60)):
        client.post("/api/v1/complaints", json=filing())
    with transaction() as session:
        now = clock.now()
        session.add(Task(name="x", args={}, created_at=now, next_at=now - timedelta(hours=1)))
        session.add(Task(name="x", args={}, created_at=now, dead_at=now))
    bad = {what: (finding.state, bool(finding.remedy)) for what, finding in findings().items() if not finding.good}
    assert bad == {"后台任务": ("1 个推迟", True), "失败任务": ("1 个", True), "逾期诉求": ("1 件", True)}


def test_the_doctor_works_where_nothing_else_does(app: Flask, config: Config, tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("service.classifier.operations._loaded", None)
    with other(config, **AWAY, secret_key="", var=tmp_path):
        found = findings()
    assert set(found) == {"数据库", "分类模型", "Redis", "密钥"}
    assert not any(finding.good for finding in found.values())
    assert all(finding.remedy for finding in found.values())
    assert "secret" not in str(found)
