"""All figures in one run: python -m tests.bench [--json]; or only some: python -m tests.bench duplicates."""

import argparse
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psutil
import structlog
from flask import Flask

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Grant, Reader
from service.app import create_app, warm
from service.db import db, transaction
from service.directory import operations as directory
from service.embedded import servers as embedded
from tests.bench import crowd, figures, pages, report, rows, years
from tests.bench.load import Target
from tests.bench.stack import Stack, prepare, servers, stack

REGION, COUNTY = "150000", "150821"
PARTS = ("service", "training", "duplicates", "pages")

Say = Callable[[str], None]


def main() -> None:
    """Start everything, measure, say what came of it, and leave nothing running."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    say = _quiet if asked.json else _say
    began = time.monotonic()
    found: dict[str, Any] = {}
    if set(asked.parts) - {"pages"}:
        with _standing(say) as (app, processes):
            found |= _on_rows(app, processes, asked, say)
    if "pages" in asked.parts:
        with _standing(say) as (app, processes):
            found["pages"] = _pages(app, processes, asked.stored, say)
    found["seconds"] = round(time.monotonic() - began)
    print(json.dumps(found, ensure_ascii=False, indent=1) if asked.json else report.table(found))  # noqa: T201
    sys.exit(bool(pages.slow(found["pages"])) if "pages" in found else 0)


@contextmanager
def _standing(say: Say) -> Iterator[tuple[Flask, Mapping[str, psutil.Process]]]:
    """The service on servers of its own, seeded and trained, with nothing stored."""
    with servers() as (settings, processes):
        os.environ.update(embedded.environment(os.environ) | settings)
        say("migrating, seeding, training …")
        prepare()
        app = create_app()
        directory.forget()
        warm(app)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        yield app, processes
        with app.app_context():
            db.engine.dispose()


def _on_rows(
    app: Flask, processes: Mapping[str, psutil.Process], asked: argparse.Namespace, say: Say
) -> dict[str, Any]:
    """What is measured beside ten thousand complaints."""
    say(f"filing {rows.FILED} complaints, copying them to {asked.rows:,} …")
    rows.fill(app, asked.rows)
    found: dict[str, Any] = {}
    if "service" in asked.parts:
        with stack(processes) as running:
            found |= _measure(app, running, asked, say)
    if "training" in asked.parts:
        found["training_s"] = {size: _trained(app, size, say) for size in asked.texts}
    if "duplicates" in asked.parts:
        found["duplicates"] = _duplicates(app, asked.crowd, say)
    return found


def _pages(app: Flask, processes: Mapping[str, psutil.Process], stored: int, say: Say) -> dict[str, Any]:
    """The pages of all desks beside the complaints of years."""
    say(f"storing {stored:,} complaints of two years …")
    with app.app_context():
        rows.BARE.create(db.engine)
        cast = years.fill(app.config["DATA"], stored, clock.now())
    say("asking for every page …")
    return {"stored": stored, **pages.measured(app, cast, processes["postgres"])}


def _arguments() -> argparse.Namespace:
    """What to measure. By default what takes long is measured on a tenth; asked for by name, in full."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    # argparse looks up an absent list among the choices too.
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; everything by default")
    parser.add_argument("--crowd", type=int, help="complaints among which duplicates are sought")
    parser.add_argument("--stored", type=int, help="complaints beside which pages are asked for")
    parser.add_argument("--texts", type=int, nargs="+", help="texts to learn from")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of load for each target")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a round")
    parser.add_argument("--rows", type=int, default=10_000, help="complaints stored before lists are read")
    asked = parser.parse_args()
    asked.crowd = asked.crowd or (1_000_000 if "duplicates" in asked.parts else 100_000)
    asked.texts = asked.texts or ([10_000, 100_000] if "training" in asked.parts else [10_000])
    asked.stored = asked.stored or (100_000 if "pages" in asked.parts else 10_000)
    asked.parts = asked.parts or PARTS
    return asked


def _measure(app: Flask, running: Stack, asked: argparse.Namespace, say: Say) -> dict[str, Any]:
    """Lists first, while there are as many complaints as were asked for."""
    filer, reader = _bearer(app, "system", None), _bearer(app, "supervisor", REGION)
    service, path = running.ports["service"], "/api/v1/complaints"
    say("reading lists …")
    found: dict[str, Any] = {"rows": asked.rows, "list_p50_ms": figures.listing(Target(service, path, reader), 60)}
    found["statements"] = figures.statements(app, filer, reader)
    say("classifying …")
    found["texts_per_second"] = figures.classification(4)
    say("filing …")
    targets = {
        "bare": Target(running.ports["bare"], "/rows", {}),
        "public": Target(service, path, {}),
        "system": Target(service, path, {**filer, "Idempotency-Key": ""}),
    }
    figures.warm_up(targets)
    found["filing"] = figures.filing(targets, asked.rounds, asked.seconds)
    return {**found, "memory_mb": figures.memory(running.processes)}


def _trained(app: Flask, size: int, say: Say) -> float:
    say(f"learning from {size:,} texts …")
    with app.app_context():
        return figures.training(app.config["DATA"], size)


def _duplicates(app: Flask, crowd_size: int, say: Say) -> dict[str, Any]:
    """How quickly candidates are found among many, for who sees them all and for who sees a county's."""
    say(f"storing {crowd_size:,} complaints …")
    began = time.monotonic()
    with app.app_context():
        crowd.fill(app.config["DATA"], crowd_size, clock.now())
        filled = round(time.monotonic() - began)
        say("looking for duplicates and hot spots …")
        readers = {"all seen": _reader("operator", REGION), "a county's seen": _reader("operator", COUNTY)}
        found = crowd.search(readers, clock.now(), 300)
        heat = crowd.heat(_reader("supervisor", REGION), clock.now(), 5)
        return {"stored": crowd_size, "fill_s": filled, "candidates": found, "hotspots_ms": heat, **crowd.sizes()}


def _reader(role: str, place: str) -> Reader:
    with transaction():
        login = f"bench-crowd-{role}-{place}"
        user = accounts.create_user(login, role, [Grant(role, place)], None, clock.now(), "bench")
        return accounts.reader(user)


def _bearer(app: Flask, role: str, place: str | None) -> Mapping[str, str]:
    """What somebody new with this role sends to be known."""
    with app.app_context(), transaction():
        user = accounts.create_user(f"bench-{role}", role, [Grant(role, place)], None, clock.now(), "bench")
        return {"Authorization": f"Bearer {accounts.issue_token(user, clock.now(), 'bench')}"}


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)  # noqa: T201


def _quiet(_what: str) -> None:
    pass


if __name__ == "__main__":
    main()
