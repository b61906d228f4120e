"""Processes that outlived the supervisor that started them, for example because it was killed."""

import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

# In the environment of every process we start. PostgreSQL and Redis write over theirs; they are known by their folder.
MARK = "QST_SUPERVISED"
SERVERS = {"postgres": "postgres", "redis-server": "redis"}
PATIENCE = 75.0  # seconds: a supervisor that was left behind first stops all of its own in order


def end_left_behind(var: Path) -> int:
    """End every process that was started for a folder, politely first; gives how many there were."""
    found = [process for process in psutil.process_iter() if belongs(process, var)]
    for process in _topmost(found):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs(found, timeout=PATIENCE)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    return len(found)


def belongs(process: psutil.Process, var: Path) -> bool:
    """Whether a process was started for this folder."""
    with suppress(psutil.Error, OSError):
        if process.environ().get(MARK) == str(var):
            return True
    with suppress(psutil.Error, OSError):
        folder = SERVERS.get(process.name())
        return folder is not None and process.cwd() == str(var / folder)
    return False


def forget_stranger(pidfile: Path) -> None:
    """Remove PostgreSQL's pid file where the number in it now belongs to some other program.

    PostgreSQL would take that program for itself and not start. Only to be called when none of ours is left.
    """
    with suppress(FileNotFoundError, ValueError, IndexError):
        if psutil.pid_exists(int(pidfile.read_text(encoding="ascii").split()[0])):
            pidfile.unlink()


def _topmost(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those that none of the others started: each ends its own children better than we could."""
    numbers = {process.pid for process in processes}
    return [process for process in processes if _parent(process) not in numbers]


def _parent(process: psutil.Process) -> int | None:
    with suppress(psutil.NoSuchProcess):
        return process.ppid()
    return None
