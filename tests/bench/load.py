"""A load generator that costs little beside what it measures: plain sockets, kept open, one thread a client."""

import itertools
import json
import re
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
CHUNK = 65_536


@dataclass(frozen=True)
class Target:
    """One service under load.

    Attributes:
        port: on 127.0.0.1.
        headers: sent with each request; Idempotency-Key gets a new value each time where it is named.
    """

    port: int
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Round:
    """What one round of load came to.

    Attributes:
        seconds: of the whole round.
        latencies: seconds of each request.
        own_cpu: seconds of processor time that the clients themselves took.
    """

    seconds: float
    latencies: Sequence[float]
    own_cpu: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


class Connection:
    """One connection, kept open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; gives status and body. Answers of unknown length are not understood."""
        self._socket.sendall(request)
        head, _, body = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        length = LENGTH.search(head + b"\r\n")
        if length is None:
            raise ValueError(f"an answer without a length: {head!r}")
        while len(body) < int(length[1]):
            body += self._received()
        return int(head[9:12]), body

    def _until(self, mark: bytes) -> bytes:
        found = self._received()
        while mark not in found:
            found += self._received()
        return found

    def _received(self) -> bytes:
        chunk = self._socket.recv(CHUNK)
        if not chunk:
            raise ConnectionError("the server hung up")
        return chunk


def posts(target: Target, bodies: Iterable[Any]) -> Iterator[bytes]:
    """Requests that send each body as JSON."""
    keyed = "Idempotency-Key" in target.headers
    for serial, body in enumerate(bodies):
        own = {"Idempotency-Key": f"{time.time_ns()}-{serial}"} if keyed else {}
        yield _request("POST", target, json.dumps(body, ensure_ascii=False).encode(), own)


def get(target: Target, query: str) -> bytes:
    """A request that reads."""
    return _request("GET", Target(target.port, target.path + query, target.headers), b"", {})


def _request(method: str, target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    told = {"Host": f"127.0.0.1:{target.port}", "Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**told, **target.headers, **headers}.items())
    return f"{method} {target.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def run(target: Target, bodies: Sequence[Iterator[Any]], seconds: float) -> Round:
    """Load from as many clients at once as there are streams of bodies, each asking again as soon as it is answered."""
    began, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(len(bodies)) as clients:
        until = itertools.repeat(began + seconds)
        found = list(clients.map(_client, itertools.repeat(target), bodies, until))
    latencies = [latency for client in found for latency in client]
    return Round(time.perf_counter() - began, latencies, time.process_time() - cpu)


def _client(target: Target, bodies: Iterator[Any], until: float) -> list[float]:
    latencies: list[float] = []
    with Connection(target.port) as connection:
        for request in posts(target, bodies):
            began = time.perf_counter()
            if began >= until:
                break
            status, answer = connection.ask(request)
            if status != 201:
                raise ValueError(f"{target.path} answered {status}: {answer.decode()}")
            latencies.append(time.perf_counter() - began)
    return latencies


def summary(rounds: Sequence[Round]) -> dict[str, float]:
    """Requests a second as the median of rounds; p50 and p99 in ms over all requests; the clients' own share."""
    latencies = [latency for one in rounds for latency in one.latencies]
    return {
        "requests_per_second": median(one.rate for one in rounds),
        "p50_ms": median(latencies) * 1000,
        "p99_ms": quantiles(latencies, n=100)[98] * 1000,
        "requests": len(latencies),
        "client_cpu_share": sum(one.own_cpu for one in rounds) / sum(one.seconds for one in rounds),
    }
