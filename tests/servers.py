"""A PostgreSQL and a Redis for the tests: their own, or room of their own on the ones that the environment names."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from psycopg import sql

from service.embedded import ports
from service.embedded import servers as embedded
from service.embedded.account import Account, for_servers

# One run's own queue: where REDIS_URL is set, the server may have others to serve.
QUEUE = f"qst-test-{secrets.token_hex(4)}"
# Speed over safety: what a test run stored is worth nothing after it.
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200"}


class Servers(NamedTuple):
    """Addresses as DATABASE_URL and REDIS_URL give them; the database is empty."""

    database_url: str
    redis_url: str


@contextmanager
def servers() -> Iterator[Servers]:
    """An empty database and a Redis, until the block ends."""
    with _database_server() as server, database(server) as database_url, _redis_server() as redis_url:
        yield Servers(database_url, redis_url)


@pytest.fixture(scope="session", name="servers")
def servers_fixture() -> Iterator[Servers]:
    """The servers of one test session."""
    with servers() as running:
        yield running


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """A new, empty database on a server, dropped when the block ends; gives its address."""
    name = f"qst_test_{secrets.token_hex(6)}"
    _execute(server_url, sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0"), name)
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        _execute(server_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)


@contextmanager
def folder_for(name: str) -> Iterator[tuple[Path, Account]]:
    """A folder that does not exist yet, in a temporary one, and the account to run a server in it."""
    parent = Path(tempfile.mkdtemp(prefix="qst-test-"))
    try:
        yield parent / name, for_servers(parent, embedded.needed())
    finally:
        shutil.rmtree(parent, ignore_errors=True)


@contextmanager
def running(server: embedded.Server, is_ready: Callable[[], bool]) -> Iterator[subprocess.Popen[bytes]]:
    """A server that runs until the block ends, or this process does, however it does."""
    log = server.folder.with_name("log")
    with log.open("wb") as output, _start(server, output) as process:
        try:
            _await(process, is_ready, log)
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            _end(process)


def can_connect(url: str) -> bool:
    """Whether PostgreSQL takes a connection."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def can_ping(url: str) -> bool:
    """Whether Redis answers."""
    try:
        with redis.Redis.from_url(url, socket_timeout=5) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def _database_server() -> Iterator[str]:
    """The address of the server's own database `postgres`, or of the one that DATABASE_URL names."""
    if given := os.environ.get("DATABASE_URL"):
        yield given.replace("postgresql+psycopg://", "postgresql://", 1)
        return
    password, port = secrets.token_urlsafe(), ports.choose(ports.POSTGRES)
    url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    with folder_for("postgres") as (folder, account):
        embedded.initialise(folder, password, account, "--no-sync")
        with running(embedded.postgres(folder, port, account, **CARELESS), lambda: can_connect(url)):
            yield url


@contextmanager
def _redis_server() -> Iterator[str]:
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    password, port = secrets.token_urlsafe(), ports.choose(ports.REDIS)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    with (
        folder_for("redis") as (folder, account),
        running(embedded.redis(folder, port, password, account), lambda: can_ping(url)),
    ):
        yield url


def _start(server: embedded.Server, output: object) -> subprocess.Popen[bytes]:
    """Start a server out of reach of the terminal's Ctrl-C, so that the tests end before it does."""
    setpriv = shutil.which("setpriv")
    dies_with_us = (setpriv, "--pdeathsig=INT") if setpriv else ()
    command = (*server.command[:1], "--pdeathsig=INT", *server.command[1:])
    command = command if server.command[0] == setpriv else (*dies_with_us, *server.command)
    surroundings = embedded.environment(os.environ)
    return subprocess.Popen(  # type: ignore[call-overload]
        command, cwd=server.folder, env=surroundings, stdin=subprocess.DEVNULL, stdout=output,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def _await(process: subprocess.Popen[bytes], is_ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + 60
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not come up:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()


def _execute(url: str, statement: sql.SQL, name: str) -> None:
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.execute(statement.format(sql.Identifier(name)))
