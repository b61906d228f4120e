"""Ports on this machine: which are free, and how an address is written."""

import errno
import random
import socket

from service.errors import Unavailable

# Below the range that the system hands to outgoing connections: there, a client that knocks again and again
# at a server that is just restarting can end up connected to itself, and so keep the server from its port.
POSTGRES = range(20_000, 24_000)
REDIS = range(24_000, 28_000)
SUPERVISOR = range(28_000, 32_000)
REASONS = {errno.EADDRINUSE: "它正被别的程序使用", errno.EACCES: "1024 以下的端口只有 root 能用"}


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    try:
        listen(host, port).close()
    except OSError:
        return False
    return True


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there, as a server would open it."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def choose(choice: range, wanted: int | None = None) -> int:
    """The wanted port if it is one of the choice and free, else another one that is.

    Raises:
        Unavailable: all of them are taken.
    """
    first = [wanted] if wanted is not None and wanted in choice else []
    port = next((port for port in (*first, *random.sample(choice, len(choice))) if is_free(port)), None)
    if port is None:
        raise Unavailable("本机 127.0.0.1 上没有空闲端口。请看是不是不能使用网络。")
    return port


def check(host: str, port: int) -> None:
    """See that the service can listen where it is to.

    Raises:
        Unavailable: another program is there, or it is not allowed.
    """
    try:
        listen(host, port).close()
    except OSError as error:
        said, _, _ = str(error.strerror).partition(" (while")
        reason = REASONS.get(error.errno or 0, said)
        raise Unavailable(
            f"不能在 {host} 的端口 {port} 上提供服务：{reason}。请换一个，例如：make run PORT=5001"
        ) from error


def number(text: str) -> int:
    """A port as a person wrote it."""
    if text.isascii() and text.isdigit() and len(text) <= len("65535") and 0 < int(text) < 65_536:
        return int(text)
    raise Unavailable(f"PORT 应是 1 到 65535 之间的数字，现在是“{text[:20]}”。")


def bracketed(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
