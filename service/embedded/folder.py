"""The folder var/: who uses it now, the addresses and passwords of the servers in it, and the secret key."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from service.config import ROOT
from service.errors import Unavailable

DATABASE = "qishengtong"
KEY_BYTES = 48
SHORTEST_KEY = 32
SUBFOLDERS = ("log", "tmp")
MARK = ".qishengtong"  # says that a folder is ours


class Running(Exception):
    """Somebody else holds the folder.

    Args:
        address: where that one's pages are.
        pid: the process to end.
    """

    def __init__(self, address: str, pid: str) -> None:
        super().__init__(address)
        self.address, self.pid = address, pid


@dataclass(frozen=True)
class Access:
    """Where a server of one's own listens, and the password that it asks for."""

    port: int
    password: str


def prepare(var: Path) -> None:
    """Make the folder, closed to everybody else.

    Raises:
        Unavailable: something else stands there, or it cannot be written.
    """
    if is_strange(var):
        raise Unavailable(f"QST_VAR 指的 {var} 里有别的东西。请给一个空的或新的文件夹。")
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (var, *(var / name for name in SUBFOLDERS)):
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
        (var / MARK).touch()
    except OSError as error:
        raise Unavailable(
            f"{error.filename} 应是可写的文件夹（{error.strerror}）。请移走或改好它，或换一处：make run QST_VAR=文件夹"
        ) from error


def is_strange(var: Path) -> bool:
    """Whether a folder exists that holds things and nothing of ours, so that it is not ours to close or delete."""
    if var == ROOT / "var" or not var.is_dir():
        return False
    names = os.listdir(var)
    return bool(names) and MARK not in names


@contextmanager
def hold(var: Path, address: str) -> Iterator[None]:
    """Keep everybody else from running on this folder until the block ends.

    Raises:
        Running: somebody else does already.
    """
    path = var / "running.json"
    descriptor = _lock(path)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps({"address": address, "pid": os.getpid()}).encode())
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _lock(path: Path) -> int:
    """Open and lock a file; again where the one who had it took it away in between."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _running(path) from None
        if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
        os.close(descriptor)


def _running(path: Path) -> Running:
    said = _mapping(path)
    return Running(str(said.get("address", "")), str(said.get("pid", "")))


def read_accesses(path: Path) -> dict[str, Access]:
    """What embedded.json says of each address in it, as far as it can be read."""
    found = {name: access(url) for name, url in _mapping(path).items() if isinstance(url, str)}
    return {name: value for name, value in found.items() if value is not None}


def access(url: str) -> Access | None:
    """Port and password out of an address that we wrote; None where somebody spoilt it."""
    try:
        port, password = urlsplit(url).port, urlsplit(url).password or ""
    except ValueError:
        return None
    return Access(port, password) if port and password.isascii() and password.isalnum() else None


def new_password() -> str:
    """A password that needs no quoting in an address, a statement or a settings file."""
    return secrets.token_hex(24)


def database_url(access: Access, database: str = DATABASE) -> str:
    """The address of an embedded database."""
    return f"postgresql://postgres:{access.password}@127.0.0.1:{access.port}/{database}"


def redis_url(access: Access) -> str:
    """The address of the embedded Redis."""
    return f"redis://:{access.password}@127.0.0.1:{access.port}/0"


def write_accesses(path: Path, accesses: Mapping[str, Access]) -> None:
    """Leave the addresses where every process of the service reads them."""
    urls = {"database_url": database_url, "redis_url": redis_url}
    write_private(path, json.dumps({name: urls[name](value) for name, value in accesses.items()}, indent=1))


def ensure_secret(path: Path, data_exists: bool) -> None:
    """Make the secret key, once.

    Raises:
        Unavailable: there is data already, and the key that it was encrypted with is gone.
    """
    if len(_text(path)) >= SHORTEST_KEY:
        return
    if data_exists:
        raise Unavailable(
            f"密钥 {path} 不见了或已损坏，数据库里用它加密的联系人信息没有它读不出来。"
            "请从备份恢复该文件，或用 SECRET_KEY 给出原来的密钥；数据都不要了就运行 make clean-data。"
        )
    write_private(path, secrets.token_urlsafe(KEY_BYTES))


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all, whatever the umask says."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def _mapping(path: Path) -> dict[str, object]:
    """A JSON object from a file, empty where there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
