"""The whole of it: file, kill, wait for everything to be back, look at what is stored."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import psutil
import psycopg
from psycopg.rows import dict_row

from service.config import ROOT
from tests.faults.filers import Filers
from tests.faults.stack import PARTS, Stack, is_back, kill, wait_for

# Complaints that the service itself filed for demonstration do not count.
OURS = "SELECT * FROM complaints WHERE source_system IS NULL"


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        answered: number of the complaint by the key it was filed under.
        seconds_down: from each kill until the part was back and the service ready.
        repeats: how often clients had to ask again, by what they had met.
        problems: whatever should not be.
    """

    answered: dict[str, str]
    seconds_down: dict[str, float]
    repeats: dict[str, int]
    problems: list[str] = field(default_factory=list)


def undergo(stack: Stack, count: int) -> Outcome:
    """File so many complaints and kill each part once meanwhile, then check that all is as it should be."""
    share, rest = divmod(count, len(PARTS))
    down: dict[str, float] = {}
    with Filers(stack.port) as filers:
        for serial, part in enumerate(PARTS):
            down[part] = _stage(stack, filers, part, share + (serial < rest))
        wait_for("every filing to be answered", lambda: len(filers.answered) + len(filers.problems) >= count)
        problems = [*filers.problems, *_repeated(filers)]
    wait_for("worker and cron", lambda: all(stack.find(part) for part in PARTS) and stack.is_ready())
    wait_for("the task written while Redis was away", lambda: _task_is_done(stack))
    return Outcome(filers.answered, down, filers.repeats, problems + check(stack, filers.answered))


def _stage(stack: Stack, filers: Filers, part: str, share: int) -> float:
    """Let the clients file their share and kill a part in the middle of it; gives the seconds it took to be back."""
    enough = len(filers.answered) + share // 3
    filers.leave.release(share)
    wait_for(f"filings before {part} is killed", lambda: len(filers.answered) >= enough or bool(filers.problems))
    killed = _without_redis(stack) if part == "redis" else kill(stack, part)
    began = time.monotonic()
    wait_for(f"{part} to be back", lambda: is_back(stack, part, killed))
    return time.monotonic() - began


def _without_redis(stack: Stack) -> psutil.Process:
    """Kill Redis and write a task before it can come back: its worker cannot be rung."""
    supervisor = stack.supervisor()
    supervisor.suspend()
    try:
        killed = kill(stack, "redis")
        command = [sys.executable, "-m", "tests.faults.task"]
        subprocess.run(command, cwd=ROOT, env=stack.environ, check=True, capture_output=True)
    finally:
        supervisor.resume()
    return killed


def _task_is_done(stack: Stack) -> bool:
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute("SELECT done_at IS NOT NULL FROM outbox WHERE key = 'faults'").fetchone()
    return bool(row and row[0])


def _repeated(filers: Filers) -> list[str]:
    """Send every request once more: the same answer, no second complaint."""
    again = {key: filers.file(key) for key in filers.answered}
    return [
        f"key {key} gave {number}, then {status} {document}"
        for (key, number), (status, document) in zip(filers.answered.items(), again.values(), strict=True)
        if status != 201 or document["number"] != number
    ]


def check(stack: Stack, answered: dict[str, str]) -> list[str]:
    """What is wrong with what is stored."""
    with psycopg.connect(stack.database_url, row_factory=dict_row) as connection:
        stored = connection.execute(OURS).fetchall()
        running = connection.execute("SELECT DISTINCT complaint_id FROM clocks WHERE state = 'running'").fetchall()
    on_clock = {row["complaint_id"] for row in running}
    verified = stack.flask("audit", "verify")
    return [
        *_differences([row["number"] for row in stored], list(answered.values())),
        *(f"{row['number']} has no state or queue" for row in stored if not (row["status"] and row["queue_desk"])),
        *(f"{row['number']} has no running clock" for row in stored if row["id"] not in on_clock),
        *([f"audit verify: {verified.stdout}{verified.stderr}"] if verified.returncode else []),
    ]


def _differences(stored: Sequence[str], answered: Sequence[str]) -> list[str]:
    lost, unasked = set(answered) - set(stored), set(stored) - set(answered)
    return [
        *(f"{number} was answered and is not there" for number in lost),
        *(f"{number} is there and was never answered" for number in unasked),
        *(
            [f"{len(answered)} answers name {len(set(answered))} complaints"]
            if len(set(answered)) < len(answered)
            else []
        ),
    ]


def behead(stack: Stack, person: psutil.Process) -> None:
    """Kill what a person started and the supervisor under it, so that everything else is left behind."""
    supervisor = stack.supervisor()
    person.kill()
    supervisor.send_signal(signal.SIGKILL)
    psutil.wait_procs([person, supervisor], timeout=10)
