"""The supervisor: what it runs, in which order it stops, and how to talk to it."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from xmlrpc.client import Fault, ServerProxy

# Paths are relative to the folder it is started in, var/: those of logs are expanded twice, which no % survives.
SECTION = """\
[supervisord]
nodaemon=true
silent=true
logfile=log/supervisor.log
logfile_maxbytes=5MB
logfile_backups=2
pidfile=supervisor.pid
childlogdir=log
umask=077
"""
# On the loopback with a password: the path of a socket holds 107 bytes, and clones lie deeper than that.
CONTROL = """
[inet_http_server]
port=127.0.0.1:{port}
username=qst
password={password}

[supervisorctl]
serverurl=http://127.0.0.1:{port}
username=qst
password={password}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
# The retries never run out: whatever was killed, however often, comes back, at most a little later each time.
PROGRAM = """
[program:{name}]
command={command}
directory={directory}
priority={priority}
autostart={autostart}
autorestart=true
startsecs=2
startretries=1000000
stopsignal={stop_signal}
stopwaitsecs={stop_seconds}
killasgroup=true
redirect_stderr=true
stdout_logfile=log/{name}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=4
"""
GROUP = """
[group:{name}]
programs={programs}
priority={priority}
"""
DOWN = {"BACKOFF", "EXITED", "FATAL", "UNKNOWN"}


@dataclass(frozen=True)
class Program:
    """One process to keep alive.

    Attributes:
        directory: relative to var/, or %(ENV_…)s for a path that may hold any character.
        priority: the lowest starts first and stops last.
        group: programs of one group stop together and start only when asked to.
    """

    name: str
    command: tuple[str, ...]
    directory: str
    priority: int
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    group: str = ""


@dataclass(frozen=True)
class Control:
    """Where the supervisor listens to us."""

    port: int
    password: str


def configuration(programs: Iterable[Program], control: Control, as_root: bool) -> str:
    """The supervisor's settings file."""
    programs = list(programs)
    user = "user=root\n" if as_root else ""  # else it warns, at length, that it does run as root
    return "".join(
        [SECTION, user, CONTROL.format(port=control.port, password=control.password)]
        + [_program(program) for program in programs]
        + [_group(name, programs) for name in sorted({program.group for program in programs} - {""})]
    )


def quoted(command: Iterable[str]) -> str:
    """A command for the settings file, whatever its words hold.

    A space before # or ; would begin a comment there, and % an expansion.
    """
    return shlex.join(command).replace(" #", " ''#").replace(" ;", " '';").replace("%", "%%")


def _program(program: Program) -> str:
    return PROGRAM.format(
        name=program.name,
        command=quoted(program.command),
        directory=program.directory,
        priority=program.priority,
        autostart="false" if program.group else "true",
        stop_signal=program.stop_signal,
        stop_seconds=program.stop_seconds,
    )


def _group(name: str, programs: Iterable[Program]) -> str:
    members = [program for program in programs if program.group == name]
    return GROUP.format(name=name, programs=",".join(program.name for program in members), priority=members[0].priority)


class Supervisor:
    """A running supervisor, over its control port."""

    def __init__(self, control: Control) -> None:
        self._address = f"http://qst:{control.password}@127.0.0.1:{control.port}/RPC2"

    def answers(self) -> bool:
        """Whether it listens yet."""
        try:
            return bool(self._call("getState")["statename"] == "RUNNING")
        except (OSError, HTTPException):
            return False

    def start(self, group: str) -> None:
        """Start the programs of a group; does not wait for them."""
        self._call("startProcessGroup", group, False)

    def is_down(self, name: str) -> bool:
        """Whether a program ended and waits to be started again."""
        try:
            return self._call("getProcessInfo", name)["statename"] in DOWN
        except (OSError, HTTPException, Fault):
            return False

    def _call(self, name: str, *words: Any) -> Any:
        with ServerProxy(self._address) as server:
            return getattr(server.supervisor, name)(*words)
