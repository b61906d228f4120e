"""The account that the servers run under: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from service.errors import Unavailable

# Bits of capabilities(7); the first lets a process pass and read closed folders, the second write as well.
CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}
TOOLS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Account:
    """An account, and the words before a command that make it run under that account."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def give(self, path: Path) -> None:
        """Make the account the owner of a file or folder."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def for_servers(var: Path, readable: Iterable[Path]) -> Account:
    """The account for the servers of a var/: one's own, or as root an unprivileged one that gets at the given files.

    A clone may lie under a folder that only root can pass. Its permissions are not ours to change, so
    the servers then keep the one capability to pass it, and no other.

    Raises:
        Unavailable: this root may not become anybody else.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    entry = _unprivileged(var)
    _let_pass(var, entry)
    plain = _become(entry)
    if _works(
        [*plain, "sh", "-c", 'for file; do test -r "$file" || exit 1; done; cd "$0"', str(var), *map(str, readable)]
    ):
        return Account(entry.pw_uid, entry.pw_gid, plain)
    return Account(entry.pw_uid, entry.pw_gid, (*plain, *capability_words(_bounding_set())))


def capability_words(bounding_set: int) -> tuple[str, ...]:
    """The words for setpriv that keep the least capability with which a closed folder can be passed.

    Without no_setuid_fixup, access(2) would not count the capability, and PostgreSQL asks access(2).
    """
    for name, bit in CAPABILITIES.items():
        if bounding_set >> bit & 1:
            return "--securebits=+no_setuid_fixup", f"--inh-caps=+{name}", f"--ambient-caps=+{name}"
    raise Unavailable("root 在这里没有换用普通账号的权限（容器去掉了 DAC 权限）。请用普通用户运行。")


def _unprivileged(var: Path) -> pwd.struct_passwd:
    """Whoever owns the data already, else nobody."""
    data = var / "postgres"
    owner = data.stat().st_uid if data.exists() else 0
    try:
        return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError as error:
        raise Unavailable("PostgreSQL 不能用 root 运行，而系统里没有 nobody 账号。请用普通用户运行。") from error


def _let_pass(var: Path, entry: pwd.struct_passwd) -> None:
    """Let the account through a var/ of root's, but not see what is in it."""
    if var.stat().st_uid == 0:
        os.chown(var, 0, entry.pw_gid)
        var.chmod(0o710)


def _become(entry: pwd.struct_passwd) -> tuple[str, ...]:
    tool = shutil.which("setpriv") or shutil.which("setpriv", path=TOOLS)
    if tool is None:
        raise Unavailable("用 root 运行需要 setpriv 命令（软件包 util-linux）。请安装它，或用普通用户运行。")
    return tool, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", "--no-new-privs"


def _works(command: list[str]) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0  # noqa: S603


def _bounding_set() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapBnd:")), 0)
