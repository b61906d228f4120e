"""What the supervisor is to run: the servers that are ours, and the three processes of the service."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.embedded import folder, ports, processes, servers
from service.embedded.account import Account, for_servers
from service.embedded.folder import Access
from service.embedded.settings import Settings
from service.embedded.supervision import Program

APPLICATION = "app"
APPLICATION_PRIORITY = 100
COMMANDS = {
    "web": ("-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"),
    "worker": ("worker.py",),
    "cron": ("worker.py", "cron"),
}


@dataclass(frozen=True)
class Own:
    """The servers that are ours to run: by the name of the setting that would replace them, how to get at them."""

    accesses: Mapping[str, Access]
    programs: tuple[Program, ...]


def application() -> tuple[Program, ...]:
    """Web, worker and cron; they start when asked to, and stop before the servers do."""
    return tuple(
        Program(name, (sys.executable, *words), "%(ENV_QST_ROOT)s", APPLICATION_PRIORITY, group=APPLICATION)
        for name, words in COMMANDS.items()
    )


def prepare(settings: Settings) -> Own:
    """Make what the servers of our own need, and leave their addresses for the service to read.

    Raises:
        Unavailable: the data is damaged, or there is no account to run under.
    """
    wanted = {"database_url": settings.embeds_database, "redis_url": settings.embeds_redis}
    if not any(wanted.values()):
        return Own({}, ())
    account, path = for_servers(settings.var, servers.needed()), settings.var / "embedded.json"
    known = folder.read_accesses(path)
    fresh = {name: _access(known.get(name), PORTS[name]) for name, ours in wanted.items() if ours}
    made = tuple(PREPARATIONS[name](settings.var, access, account) for name, access in fresh.items())
    folder.write_accesses(path, {**known, **fresh})
    return Own(fresh, made)


def _access(known: Access | None, choice: range) -> Access:
    """The port and password of last time where they still serve."""
    if known is None:
        return Access(ports.choose(choice), folder.new_password())
    return Access(ports.choose(choice, known.port), known.password)


def _postgres(var: Path, access: Access, account: Account) -> Program:
    """Make the database cluster, or see that it is whole."""
    data = var / "postgres"
    if data.exists() and any(data.iterdir()):
        processes.forget_stranger(data / "postmaster.pid")
        servers.set_password(data, access.password, account)
    else:
        servers.initialise(data, access.password, account)
    command = servers.postgres(data, access.port, account).command
    # SIGINT is its fast shutdown: it ends the connections instead of waiting for them.
    return Program("postgres", command, "postgres", 10, stop_signal="INT", stop_seconds=60)


def _redis(var: Path, access: Access, account: Account) -> Program:
    command = servers.redis(var / "redis", access.port, access.password, account).command
    return Program("redis", command, "redis", 20)


PREPARATIONS = {"database_url": _postgres, "redis_url": _redis}
PORTS = {"database_url": ports.POSTGRES, "redis_url": ports.REDIS}
