import os
import subprocess
import sys

import psutil
import pytest

from service.embedded import processes

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"


@pytest.fixture
def start():
    """Starts a process that sleeps, for a folder or for none, and ends it after the test."""
    started = []

    def sleeper(var="", code="import time; print(flush=True); time.sleep(600)"):
        environ = {**os.environ, processes.MARK: str(var)}
        process = subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE)
        process.stdout.readline()
        started.append(process)
        return process

    yield sleeper
    for process in started:
        process.kill()
        process.communicate()


def test_what_was_left_behind_for_a_folder_is_ended_and_nothing_else(start, tmp_path):
    ours, others, unmarked = start(tmp_path), start(tmp_path / "other"), start()
    assert processes.end_left_behind(tmp_path) == 1
    assert ours.wait(10) is not None
    assert [others.poll(), unmarked.poll()] == [None, None]


def test_what_does_not_listen_is_killed(start, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.2)
    stubborn = start(tmp_path, STUBBORN)
    processes.end_left_behind(tmp_path)
    assert not psutil.pid_exists(stubborn.pid)


def test_a_folder_that_nobody_used_has_nothing_left_behind(tmp_path):
    assert processes.end_left_behind(tmp_path) == 0


def test_a_pid_file_with_a_strangers_number_is_removed(tmp_path):
    pidfile = tmp_path / "postmaster.pid"
    pidfile.write_text(f"{os.getpid()}\n/data\n")
    processes.forget_stranger(pidfile)
    assert not pidfile.exists()


@pytest.mark.parametrize("content", [None, "", "\n", "garbage\n"])
def test_a_pid_file_that_says_nothing_is_left_to_postgres(tmp_path, content):
    pidfile = tmp_path / "postmaster.pid"
    if content is not None:
        pidfile.write_text(content)
    processes.forget_stranger(pidfile)
    assert pidfile.exists() == (content is not None)


def test_a_pid_file_of_a_dead_process_is_left_to_postgres(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    assert not psutil.pid_exists(dead.pid)
    pidfile = tmp_path / "postmaster.pid"
    pidfile.write_text(f"{dead.pid}\n")
    processes.forget_stranger(pidfile)
    assert pidfile.exists()
