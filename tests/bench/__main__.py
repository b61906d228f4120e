"""All figures in one run: python -m tests.bench [--json]."""

import argparse
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from flask import Flask

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Grant
from service.app import create_app, warm
from service.db import db, transaction
from service.embedded import servers as embedded
from tests.bench import figures, report, rows
from tests.bench.load import Target
from tests.bench.stack import Stack, prepare, servers, stack

REGION = "150000"


def main() -> None:
    """Start everything, measure, say what came of it, and leave nothing running."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    say = _quiet if asked.json else _say
    began = time.monotonic()
    with servers() as (settings, processes):
        os.environ.update(embedded.environment(os.environ) | settings)
        say("migrating, seeding, training …")
        prepare()
        app = create_app()
        warm(app)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        say(f"filing {rows.FILED} complaints, copying them to {asked.rows:,} …")
        rows.fill(app, asked.rows)
        with stack(processes) as running:
            found = _measure(app, running, asked, say)
        with app.app_context():
            db.engine.dispose()
    found["seconds"] = round(time.monotonic() - began)
    print(json.dumps(found, ensure_ascii=False, indent=1) if asked.json else report.table(found))  # noqa: T201


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of load for each target")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a round")
    parser.add_argument("--rows", type=int, default=10_000, help="complaints stored before lists are read")
    return parser.parse_args()


def _measure(app: Flask, running: Stack, asked: argparse.Namespace, say: Callable[[str], None]) -> dict[str, Any]:
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
