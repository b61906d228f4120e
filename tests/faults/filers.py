"""Clients that file complaints and do not give up: the same key again until there is an answer."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.thirty import varied

THREADS = 4
SECONDS = 120.0
PAUSE = 0.1


@dataclass
class Filers:
    """Clients at work, each filing only as many as it was given leave to.

    Attributes:
        answered: the number of each complaint by the key it was filed under.
        repeats: how often a request was sent again, by what had happened.
        problems: answers that no client should get.
    """

    port: int
    leave: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    answered: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    repeats: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Filers":
        self._threads = [threading.Thread(target=self._work, args=(seed,)) for seed in range(THREADS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.leave.release(THREADS)
        for thread in self._threads:
            thread.join()

    def _work(self, seed: int) -> None:
        bodies: Iterator[dict[str, Any]] = varied(seed)
        while True:
            self.leave.acquire()
            if self.over.is_set():
                return
            key = uuid.uuid4().hex
            self.bodies[key] = next(bodies)
            self._insist(key)

    def _insist(self, key: str) -> None:
        """File until there is an answer; whatever is neither 201 nor 503 is a problem."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and not self.over.is_set():
            status, document = self.file(key)
            if status == 201:
                self.answered[key] = document["number"]
                return
            if status not in (0, 503):
                self.problems.append(f"{status} {document}")
                return
            self.repeats[str(status or document)] = self.repeats.get(str(status or document), 0) + 1
            time.sleep(PAUSE)
        self.problems.append(f"{key} was never answered")

    def file(self, key: str) -> tuple[int, Any]:
        """Send one filing; status 0 where no answer came, with the kind of error."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = json.dumps(self.bodies[key]).encode()
            headers = {"Content-Type": "application/json", "Idempotency-Key": key}
            connection.request("POST", "/api/v1/complaints", body, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, HTTPException) as error:
            return 0, type(error).__name__
        finally:
            connection.close()
