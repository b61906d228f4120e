"""The whole of `make run`, in the order in which it happens."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from service.config import ROOT
from service.embedded import folder, outside, ports, processes, programs
from service.embedded.programs import APPLICATION, Own
from service.embedded.settings import Settings
from service.embedded.supervision import Control, Supervisor, configuration
from service.errors import Unavailable

STEPS = (
    ("更新数据库结构", ("db", "upgrade")),
    ("载入基础数据", ("seed",)),
    ("准备分类模型", ("model", "train", "--if-missing")),
)
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
START_SECONDS = 300  # a database that was killed at its busiest reads its log again first
STOP_SECONDS = 120
LOOKS_DOWN = 15  # looks, a fifth of a second apart, that may find a program down before it counts as broken
LINES_SHOWN = 15


def run(settings: Settings) -> None:
    """Start everything and keep it running until somebody stops it.

    Raises:
        Running: it runs already.
        Unavailable: something is missing or broken; the sentence says what.
    """
    folder.prepare(settings.var)
    with folder.hold(settings.var, settings.address):
        if processes.end_left_behind(settings.var):
            say("上次没有正常停止，已结束它留下的进程。")
        _check(settings)
        own = programs.prepare(settings)
        with supervised(settings, own) as (process, supervisor):
            bring_up_servers(settings, own, supervisor)
            _bring_up_application(settings, supervisor)
            process.wait()
        raise Unavailable(f"监管进程意外结束，服务已停止。\n{_tail(settings.var / 'log' / 'supervisor.log')}")


def say(text: str) -> None:
    """Tell the person something, in UTF-8 whatever the terminal's locale, and whether or not it is still open."""
    with suppress(OSError):
        os.write(1, f"{text}\n".encode())


def _check(settings: Settings) -> None:
    """See whether what is not ours will do: the port, the servers of others, the key that data was encrypted with."""
    ports.check(settings.host, settings.port)
    if settings.embeds_database:
        holds_data = (settings.var / "postgres" / "PG_VERSION").exists()
    else:
        holds_data = outside.check_database(settings.environ)
    if not settings.embeds_redis:
        outside.check_redis(settings.environ["REDIS_URL"])
    if not settings.environ.get("SECRET_KEY"):
        folder.ensure_secret(settings.var / "secret.key", holds_data)


@contextmanager
def supervised(settings: Settings, own: Own) -> Iterator[tuple[subprocess.Popen[bytes], Supervisor]]:
    """The supervisor with everything it runs, until the block ends."""
    control = Control(ports.choose(ports.SUPERVISOR), secrets.token_hex(16))
    path = settings.var / "supervisor.conf"
    text = configuration([*own.programs, *programs.application()], control, as_root=os.geteuid() == 0)
    folder.write_private(path, text)
    process = _launch(settings, path)
    try:
        supervisor = Supervisor(control)
        _await(supervisor.answers, lambda: process.poll() is not None, "监管进程", _start_log(settings))
        yield process, supervisor
    finally:
        _stop(process, settings)


def _launch(settings: Settings, path: Path) -> subprocess.Popen[bytes]:
    """Start the supervisor in a session of its own: Ctrl-C comes to us alone, and we stop things in order."""
    with _start_log(settings).open("wb") as output:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "supervisor.supervisord", "-n", "-c", path.name],
            cwd=settings.var,
            env=settings.surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _start_log(settings: Settings) -> Path:
    return settings.var / "log" / "supervisor.start.log"


def _stop(process: subprocess.Popen[bytes], settings: Settings) -> None:
    """Stop everything in order, whatever the person presses meanwhile."""
    with _deaf():
        say("正在停止……")
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)
        process.kill()
        processes.end_left_behind(settings.var)
        for leftover in ("supervisor.conf", "supervisor.pid"):
            (settings.var / leftover).unlink(missing_ok=True)


@contextmanager
def _deaf() -> Iterator[None]:
    """Let no signal cut the block short."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def bring_up_servers(settings: Settings, own: Own, supervisor: Supervisor) -> None:
    """Wait for the servers that are ours, and make the service's database in them."""
    log = settings.var / "log"
    if database := own.accesses.get("database_url"):
        url = folder.database_url(database, "postgres")
        _await(lambda: connects(url), lambda: supervisor.is_down("postgres"), "数据库", log / "postgres.log")
        _create_database(url)
    if queue := own.accesses.get("redis_url"):
        address = folder.redis_url(queue)
        _await(lambda: pings(address), lambda: supervisor.is_down("redis"), "Redis", log / "redis.log")


def _bring_up_application(settings: Settings, supervisor: Supervisor) -> None:
    """Fill the database, start the service, and say so when a person can come in."""
    for name, words in STEPS:
        say(f"{name}……")
        _flask(settings, name, words)
    accounts = _flask(settings, "准备演示数据", ("demo",)) if settings.embeds_database else ""
    supervisor.start(APPLICATION)
    log = settings.var / "log"
    _await(lambda: _is_ready(settings), lambda: supervisor.is_down(f"{APPLICATION}:web"), "网页服务", log / "web.log")
    say(f"\n企声通已启动：{settings.address}\n{accounts}停止请按 Ctrl-C；日志在 {log}")


def _await(is_up: Callable[[], bool], is_down: Callable[[], bool], name: str, log: Path) -> None:
    """Wait until something is up; give up when it does not stay up."""
    deadline, down = time.monotonic() + START_SECONDS, 0
    while not is_up():
        down += is_down()
        if down > LOOKS_DOWN or time.monotonic() > deadline:
            raise Unavailable(f"{name}没有启动。日志 {log} 的最后几行：\n{_tail(log)}")
        time.sleep(0.2)


def _flask(settings: Settings, name: str, words: tuple[str, ...]) -> str:
    """Run one of the service's commands; gives what it printed."""
    log = settings.var / "log" / "setup.log"
    command = [sys.executable, "-m", "flask", *words]
    with log.open("w") as errors:
        done = subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=settings.surroundings(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=errors, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
    if done.returncode:
        raise Unavailable(f"没能{name}。日志 {log} 的最后几行：\n{_tail(log)}")
    return done.stdout


def _tail(log: Path) -> str:
    """The last lines of a log."""
    with suppress(OSError):
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_SHOWN:])
    return ""


def connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_database(url: str) -> None:
    """Make the service's database where it is not there yet."""
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [folder.DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(folder.DATABASE)))


def pings(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=5) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _is_ready(settings: Settings) -> bool:
    """Whether the service says of itself that it can work."""
    connection = HTTPConnection(settings.knock, settings.port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
