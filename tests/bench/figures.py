"""What is measured, each figure as a plain value."""

import itertools
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from flask import Flask
from flask.testing import FlaskClient

from service.classifier import corpus
from service.classifier import operations as classifier
from service.classifier import training as learning
from service.classifier.corpus import Corpus
from service.directory import operations as directory
from tests.bench.load import Connection, Round, Target, get, run, summary
from tests.caller import Caller
from tests.statements import counted
from tests.thirty import varied

CLIENTS = (1, 8)
LENGTHS = (20, 100)
SEEDS = itertools.count(1)


def warm_up(targets: Mapping[str, Target]) -> None:
    """Let every worker open its connections and the driver prepare its statements."""
    for target in targets.values():
        run(target, _bodies(max(CLIENTS)), 1)


def filing(targets: Mapping[str, Target], rounds: int, seconds: float) -> dict[str, Any]:
    """Each target's rate and latency at 1 and 8 clients, and its rate beside the one of "bare".

    The targets take turns, so that a machine that grows slower or faster meanwhile does so for all of them.
    """
    found: dict[str, Any] = {}
    for clients in CLIENTS:
        done: dict[str, list[Round]] = {name: [] for name in targets}
        for _round, (name, target) in itertools.product(range(rounds), targets.items()):
            done[name].append(run(target, _bodies(clients), seconds))
        figures = {name: summary(those) for name, those in done.items()}
        bare = figures["bare"]["requests_per_second"]
        for name, figure in figures.items():
            found.setdefault(name, {})[clients] = {**figure, "of_bare": figure["requests_per_second"] / bare}
    return found


def _bodies(clients: int) -> list[Iterator[dict[str, Any]]]:
    """A stream of filings for each client, none of which was ever sent before."""
    return [varied(next(SEEDS)) for _ in range(clients)]


def listing(target: Target, pages: int) -> dict[int, float]:
    """Median milliseconds of one list page by its number of rows, turning pages one after the other."""
    with Connection(target.port) as connection:
        return {length: median(_turning(connection, target, length, pages)) * 1000 for length in LENGTHS}


def _turning(connection: Connection, target: Target, length: int, pages: int) -> list[float]:
    taken, cursor = [], ""
    for _page in range(pages):
        request = get(target, f"?limit={length}{cursor}")
        began = time.perf_counter()
        status, answer = connection.ask(request)
        taken.append(time.perf_counter() - began)
        page = json.loads(answer)
        if status != 200 or len(page["items"]) != length:
            raise ValueError(f"a list page of {length} rows answered {status}: {answer[:300].decode()}")
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    return taken


def classification(seconds: float) -> dict[str, float]:
    """Texts a second in one process, one by one and many at once."""
    texts = [body["body"] for body in itertools.islice(varied(next(SEEDS)), 20_000)]
    return {
        "single": _rate(texts, 1, lambda some: classifier.suggest(some[0]), seconds),
        "batch": _rate(texts, 200, classifier.suggest_many, seconds),
    }


def training(data: Path, size: int) -> float:
    """Seconds to learn from so many texts, composed of the sentences of examples of one label."""
    draw = random.Random(size)  # noqa: S311 - texts, not secrets
    known = corpus.read_seed(data)
    sentences: dict[str, list[str]] = {}
    for text, label in zip(known.texts, known.labels, strict=True):
        sentences.setdefault(label, []).extend(re.findall("[^。？！，]+[。？！，]?", text))
    labels = [known.labels[serial % len(known)] for serial in range(size)]
    texts = ["".join(draw.choices(sentences[label], k=draw.randint(3, 12))) for label in labels]
    began = time.perf_counter()
    learning.train(Corpus([""] * size, texts, labels, known.hints, known.ways))
    return time.perf_counter() - began


def _rate(texts: Sequence[str], size: int, work: Callable[[Sequence[str]], Any], seconds: float) -> float:
    began, done = time.perf_counter(), 0
    while time.perf_counter() < began + seconds:
        work(texts[done : done + size])
        done += size
    return done / (time.perf_counter() - began)


def statements(app: Flask, filer: Mapping[str, str], reader: Mapping[str, str]) -> dict[str, int]:
    """SQL statements of a filing and of list pages, without BEGIN, COMMIT and the pool's ping."""
    client, bodies = Caller(app), varied(next(SEEDS))
    with app.app_context():
        return {
            "filing, public": _filing_statements(client, next(bodies), {}),
            "filing, signed in with a key": _filing_statements(
                client, next(bodies), {**filer, "Idempotency-Key": "count"}
            ),
            **{f"list of {length}": _list_statements(client, length, reader) for length in (1, *LENGTHS)},
        }


def _filing_statements(client: FlaskClient, body: Any, headers: Mapping[str, str]) -> int:
    directory.current()
    with counted() as sent:
        status = client.post("/api/v1/complaints", json=body, headers=headers).status_code
    return _count(sent, status, 201)


def _list_statements(client: FlaskClient, length: int, headers: Mapping[str, str]) -> int:
    directory.current()
    with counted() as sent:
        status = client.get(f"/api/v1/complaints?limit={length}", headers=headers).status_code
    return _count(sent, status, 200)


def _count(sent: Sequence[str], status: int, wanted: int) -> int:
    if status != wanted:
        raise ValueError(f"answered {status} instead of {wanted}")
    return len(sent)


def memory(processes: Mapping[str, psutil.Process]) -> dict[str, float]:
    """MB of each process: its own pages and its share of those it has in common with others (PSS)."""
    master = processes["web"]
    workers = {f"web worker {at}": _pss(child) for at, child in enumerate(master.children(), 1)}
    servers = {name: sum(map(_pss, _family(processes[name]))) for name in ("postgres", "redis")}
    return {
        "web master": _pss(master),
        **workers,
        **{name: _pss(processes[name]) for name in ("worker", "cron")},
        **servers,
    }


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _pss(process: psutil.Process) -> float:
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
