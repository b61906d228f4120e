"""The two servers under their supervisor, and the command as a person starts it."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import psutil
import psycopg
import pytest

from service.config import ROOT
from service.embedded import folder, ports, processes, programs, run
from service.embedded.settings import Settings
from service.errors import Unavailable


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    """A folder of its own, deep down and under an odd name."""
    var = tmp_path_factory.mktemp("企声 通 #1 ;x") / ("deep" * 20) / ("down" * 20)
    folder.prepare(var)
    return Settings(
        var.resolve(), "127.0.0.1", ports.choose(ports.REDIS), dict(os.environ, DATABASE_URL="", REDIS_URL="")
    )


@contextmanager
def started(settings):
    """The servers, up; gives their addresses and the supervisor's process."""
    own = programs.prepare(settings)
    with run.supervised(settings, own) as (process, supervisor):
        run.bring_up_servers(settings, own, supervisor)
        database, queue = own.accesses["database_url"], own.accesses["redis_url"]
        yield folder.database_url(database), folder.redis_url(queue), psutil.Process(process.pid)


def until(condition) -> bool:
    """Whether something comes true; what takes a minute never will."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def left_behind(settings) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if processes.belongs(process, settings.var)]


def test_killed_servers_come_back_with_every_row_and_stopping_leaves_nothing(settings):
    with started(settings) as (database_url, redis_url, supervisor):
        with psycopg.connect(database_url) as connection:
            connection.execute("CREATE TABLE filed (number int)")
            connection.execute("INSERT INTO filed VALUES (1)")
        for _ in range(2):
            for child in supervisor.children():
                child.kill()
                child.wait(10)
            assert until(lambda: run.connects(database_url) and run.pings(redis_url))
        with psycopg.connect(database_url) as connection:
            assert connection.execute("SELECT number FROM filed").fetchall() == [(1,)]
        assert left_behind(settings)
    assert left_behind(settings) == []
    assert {"supervisor.conf", "supervisor.pid", "running.json"}.isdisjoint(os.listdir(settings.var))


def test_the_servers_ask_for_a_password_and_keep_every_commit(settings):
    with started(settings) as (database_url, redis_url, _):
        password = json.loads((settings.var / "embedded.json").read_text())["redis_url"].split(":")[2].split("@")[0]
        assert not run.pings(redis_url.replace(password, "wrong"))
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(database_url.replace(":postgres", "", 1).replace("postgres:", "postgres:x", 1))
        with psycopg.connect(database_url) as connection:
            shown = [
                connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit", "timezone")
            ]
            assert shown == [("on",), ("on",), ("UTC",)]


@pytest.mark.parametrize(
    "damage", ["{{{", '{"database_url": "postgresql://postgres:wrong@127.0.0.1:20001/qishengtong"}']
)
def test_data_outlives_damaged_addresses(settings, damage):
    programs.prepare(settings)
    (settings.var / "embedded.json").write_text(damage)
    with started(settings) as (database_url, _, _):
        assert run.connects(database_url)


def test_servers_whose_supervisor_was_killed_are_ended(settings):
    with started(settings) as (_, _, supervisor):
        supervisor.kill()
        assert until(lambda: supervisor.status() == psutil.STATUS_ZOMBIE)
        assert left_behind(settings)
    assert left_behind(settings) == []


def test_a_damaged_cluster_is_said_and_not_touched(settings, tmp_path):
    broken = Settings(tmp_path / "var", "127.0.0.1", 5000, settings.environ)
    folder.prepare(broken.var)
    (broken.var / "postgres").mkdir()
    (broken.var / "postgres" / "PG_VERSION").write_text("18\n")
    with pytest.raises(Unavailable, match="打不开"):
        programs.prepare(broken)
    assert os.listdir(broken.var / "postgres") == ["PG_VERSION"]


def test_a_start_that_was_cut_off_is_begun_again(settings, tmp_path):
    halved = Settings(tmp_path / "var", "127.0.0.1", 5000, settings.environ)
    folder.prepare(halved.var)
    (halved.var / "postgres.new").mkdir()
    (halved.var / "postgres.new" / "PG_VERSION").write_text("18\n")
    programs.prepare(halved)
    assert (halved.var / "postgres" / "global" / "pg_control").exists()
    assert not (halved.var / "postgres.new").exists()


def command(var, **environ) -> subprocess.CompletedProcess:
    """What a person gets who runs it with next to nothing in the environment."""
    return subprocess.run(
        [sys.executable, "-m", "service.embedded", "run"],
        cwd=ROOT, env={"QST_VAR": str(var), **environ}, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "abc"}, "PORT 应是"),
        ({"HOST": "192.0.2.1"}, "192.0.2.1"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://127.0.0.1/x"}, "只用 PostgreSQL"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL"),
        ({"PORT": "abc", "LC_ALL": "tr_TR", "LANG": "en_US.UTF-8"}, "PORT 应是"),
    ],
)
def test_what_cannot_work_is_one_sentence(tmp_path, environ, sentence):
    free = {"PORT": str(ports.choose(ports.SUPERVISOR))}
    done = command(tmp_path / "var", **{**free, **environ})
    assert done.returncode == 1
    assert sentence in done.stdout
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_a_second_one_says_where_the_first_one_is(tmp_path):
    folder.prepare(tmp_path)
    with folder.hold(tmp_path, "http://127.0.0.1:5000"):
        done = command(tmp_path)
    assert done.returncode == 0
    assert "已经在运行：http://127.0.0.1:5000" in done.stdout


def test_a_lost_key_is_not_replaced(tmp_path):
    folder.prepare(tmp_path)
    data = tmp_path / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("18\n")
    done = command(tmp_path, PORT=str(ports.choose(ports.SUPERVISOR)))
    assert done.returncode == 1
    assert "secret.key 不见了" in done.stdout
    assert not (tmp_path / "secret.key").exists()
