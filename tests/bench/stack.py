"""The service as it stands in production, and the yardstick beside it: own servers, own folder, free ports."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from service.config import ROOT
from service.embedded import ports
from service.embedded import servers as embedded
from tests.bench.load import Connection, Target, get
from tests.servers import can_connect, can_ping, folder_for, running

WEB = range(16_000, 20_000)
PREPARATIONS = (("db", "upgrade"), ("seed",), ("model", "train", "--if-missing"))
START_SECONDS = 120
SERVICE, YARDSTICK = "wsgi:app", "tests.bench.bare:app"


@dataclass(frozen=True)
class Stack:
    """What runs.

    Attributes:
        ports: of the service and of the yardstick.
        processes: each by what it is; the web server's by its master.
    """

    ports: Mapping[str, int]
    processes: Mapping[str, psutil.Process]


@contextmanager
def servers() -> Iterator[tuple[dict[str, str], dict[str, psutil.Process]]]:
    """A PostgreSQL that keeps its promises (fsync, synchronous_commit), a Redis, and settings that point at them."""
    password = secrets.token_hex(16)
    database, bell = ports.choose(ports.POSTGRES), ports.choose(ports.REDIS)
    database_url = f"postgresql://postgres:{password}@127.0.0.1:{database}/postgres"
    redis_url = f"redis://:{password}@127.0.0.1:{bell}/0"
    with (
        folder_for("postgres") as (folder, account),
        folder_for("redis") as (other, same),
        folder_for("var") as (var, _),
    ):
        embedded.initialise(folder, password, account)
        with (
            running(embedded.postgres(folder, database, account), lambda: can_connect(database_url)) as postgres,
            running(embedded.redis(other, bell, password, same), lambda: can_ping(redis_url)) as redis,
        ):
            var.mkdir(mode=0o700)
            settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "QST_VAR": str(var)}
            found = {"postgres": psutil.Process(postgres.pid), "redis": psutil.Process(redis.pid)}
            yield settings | {"SECRET_KEY": secrets.token_urlsafe(48), "FLASK_APP": "service.app:create_app()"}, found


def prepare() -> None:
    """Migrate, seed and train as `make run` does."""
    for words in PREPARATIONS:
        subprocess.run([sys.executable, "-m", "flask", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def stack(own_servers: Mapping[str, psutil.Process]) -> Iterator[Stack]:
    """Web, worker, cron and the yardstick, until the block ends. Reads this process's environment."""
    service, bare = ports.choose(WEB), ports.choose(WEB)
    gunicorn = ("-m", "gunicorn", "-c", "gunicorn.conf.py")
    with ExitStack() as started:
        # One after the other: each empties the folder of the figures that gunicorn's workers keep.
        yardstick = started.enter_context(_process(*gunicorn, YARDSTICK, port=bare))
        _await(lambda: _answers(bare, "/rows", 405), yardstick, _log(YARDSTICK))
        processes = {
            "web": started.enter_context(_process(*gunicorn, SERVICE, port=service)),
            "worker": started.enter_context(_process("worker.py")),
            "cron": started.enter_context(_process("worker.py", "cron")),
        }
        _await(lambda: _answers(service, "/readyz", 200), processes["web"], _log(SERVICE))
        yield Stack({"service": service, "bare": bare}, {**own_servers, **processes})


@contextmanager
def _process(*words: str, port: int | None = None) -> Iterator[psutil.Popen]:
    """A process of the service's own Python, until the block ends; what it says goes beside its data."""
    environ = {**os.environ, "PORT": str(port)} if port else dict(os.environ)
    with _log(*words).open("wb") as output:
        process = psutil.Popen(
            [sys.executable, *words], cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            _end(process)


def _log(*words: str) -> Path:
    return Path(os.environ["QST_VAR"]) / f"{words[-1]}.log"


def _end(process: psutil.Popen) -> None:
    with suppress(psutil.NoSuchProcess):
        process.terminate()
    try:
        process.wait(timeout=30)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()


def _await(is_up: Callable[[], bool], process: psutil.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{log.name}: it did not come up\n{log.read_text(encoding='utf-8', errors='replace')}")
        time.sleep(0.1)


def _answers(port: int, path: str, status: int) -> bool:
    try:
        with Connection(port) as connection:
            return connection.ask(get(Target(port, path, {}), ""))[0] == status
    except OSError:
        return False
