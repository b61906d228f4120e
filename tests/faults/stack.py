"""The whole of `make run` in a folder of its own, and how to kill parts of it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

from service.config import ROOT, Config
from service.embedded import folder as data
from service.embedded import ports, processes

PORTS = range(12_000, 16_000)
PATIENCE = 180.0
STARTED = "企声通已启动"
# What is not ours to use here: the servers must be those that are killed.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "QST_DATA", "QST_QUEUE", "HOST", "WEB_WORKERS")


@dataclass(frozen=True)
class Stack:
    """A running service and the folder with its data."""

    var: Path
    port: int

    @property
    def environ(self) -> dict[str, str]:
        """What every process that works on this service's data needs to know."""
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return {**kept, "QST_VAR": str(self.var), "PORT": str(self.port), "FLASK_APP": "wsgi:app"}

    @property
    def database_url(self) -> str:
        """As psycopg takes it."""
        return Config.from_environment(self.environ).database_url.replace("postgresql+psycopg://", "postgresql://")

    def flask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the service's to its end."""
        command = [sys.executable, "-m", "flask", *words]
        return subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False)

    def is_ready(self) -> bool:
        """Whether the service says of itself that it can work."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def supervisor(self) -> psutil.Process:
        """The supervisor."""
        return psutil.Process(int((self.var / "supervisor.pid").read_text(encoding="ascii")))

    def find(self, part: str) -> list[psutil.Process]:
        """The processes that are one of PARTS, as far as they run now."""
        with suppress(psutil.Error):
            return [process for process in self._candidates(part) if _fits(process, part)]
        return []

    def _candidates(self, part: str) -> list[psutil.Process]:
        if part != "web worker":
            return self.supervisor().children()
        return [worker for master in self.find("web master") for worker in master.children()]


# How each part that is killed is known among its parent's children.
PARTS: dict[str, Callable[[psutil.Process], bool]] = {
    "web master": lambda process: "gunicorn" in process.cmdline(),
    "web worker": lambda process: "gunicorn" in process.cmdline(),
    "worker": lambda process: process.cmdline()[-1:] == ["worker.py"],
    "cron": lambda process: process.cmdline()[-2:] == ["worker.py", "cron"],
    "redis": lambda process: process.name() == "redis-server",
    "postgres": lambda process: process.name() == "postgres",
}

# How many of a part there are, where it is not one.
NUMBER = {"web worker": 2}


def _fits(process: psutil.Process, part: str) -> bool:
    return process.status() != psutil.STATUS_ZOMBIE and PARTS[part](process)


def wait_for(what: str, is_so: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Look until something is so.

    Raises:
        TimeoutError: it never was.
    """
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.3)


def kill(stack: Stack, part: str) -> psutil.Process:
    """Kill one part, once it runs; gives the process that was."""
    wait_for(f"{part} to run", lambda: len(stack.find(part)) == NUMBER.get(part, 1))
    process = stack.find(part)[0]
    process.kill()
    return process


def is_back(stack: Stack, part: str, killed: psutil.Process) -> bool:
    """Whether another process stands where the killed one stood, and the service can work."""
    found = stack.find(part)
    return killed not in found and len(found) == NUMBER.get(part, 1) and stack.is_ready()


@contextmanager
def folder(models: Path | None = None) -> Iterator[Stack]:
    """A folder and a port for a service; whatever still runs on it when the block ends is ended.

    Args:
        models: a folder with a trained model, where the service need not train one.
    """
    parent = Path(tempfile.mkdtemp(prefix="qst-faults-"))
    stack = Stack(parent / "var", ports.choose(PORTS))
    try:
        if models:
            data.prepare(stack.var)
            shutil.copytree(models, stack.var / "models", dirs_exist_ok=True)
        yield stack
    finally:
        processes.end_left_behind(stack.var)
        shutil.rmtree(parent, ignore_errors=True)


@contextmanager
def running(stack: Stack) -> Iterator[psutil.Process]:
    """The service, started as `make run` does, until the block ends; gives the process that a person would stop."""
    log = stack.var.with_name("run.log")
    with log.open("wb") as output:
        process = psutil.Popen(
            [sys.executable, "-m", "service.embedded", "run"], cwd=ROOT, env=stack.environ, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            # Its own word for it: processes left behind by an earlier start may still answer on the port.
            wait_for("the service to come up", lambda: process.poll() is not None or STARTED in _read(log))
            if process.poll() is not None:
                raise RuntimeError(f"the service did not come up:\n{_read(log)}")
            yield process
        finally:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
            process.wait(timeout=PATIENCE)


def _read(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")
