"""How long the pages of tests/e2e/views.py take while a hundred thousand complaints are stored, beside a bare page.

Each is asked for as the people of one banner see it, and as the same people for the whole region do.
"""

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import psutil
from flask import Flask

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Grant, Reader
from service.db import transaction
from service.directory import operations as directory
from tests.bench import years
from tests.bench.report import SLOW_MS
from tests.caller import Caller
from tests.e2e.cast import PEOPLE, Cast
from tests.e2e.reach import Page, reached
from tests.e2e.views import World
from tests.statements import counted

TIMES = 5


def measured(app: Flask, cast: Cast, postgres: psutil.Process) -> dict[str, Any]:
    """The time and the statements of every page, for both circles of people; and of a bare page."""
    app.test_client_class = Caller
    with app.app_context():
        world = World.of(cast)
        circles = {"banner": {login: cast.reader(login) for login in (*PEOPLE, *cast.firm)}, "region": _everywhere()}
        years.follow(clock.now())
        # As gunicorn.conf.py has it: what stays is not walked through by the collector while somebody waits.
        gc.collect()
        gc.freeze()
        found = {name: _circle(app, world, readers, postgres) for name, readers in circles.items()}
    # It makes an app and an engine of its own as soon as it is read, for the database that stands then.
    from tests.bench import bare

    client = bare.app.test_client()
    ground = _timed(lambda: client.get("/rows"), postgres)
    bare.engine.dispose()
    return {"bare": ground, "circles": found}


def slow(found: Mapping[str, Any]) -> list[str]:
    """The pages that took too long, for one of the circles."""
    circles = found["circles"].values()
    return sorted({name for pages in circles for name, one in pages.items() if one["median_ms"] > SLOW_MS})


def _everywhere() -> dict[str, Reader]:
    """The same roles for the whole region."""
    book, found = directory.current(), {}
    with transaction():
        for login, (name, grant) in PEOPLE.items():
            place = book.region if grant.place or grant.department else None
            wide = [Grant(grant.role, place)]
            user = accounts.create_user(f"{login}-everywhere", name, wide, None, clock.now(), "bench")
            found[login] = accounts.reader(user)
    return found


def _circle(
    app: Flask, world: World, readers: Mapping[str, Reader], postgres: psutil.Process
) -> dict[str, dict[str, Any]]:
    pages = reached(app, world, readers)
    return {f"{page.name} ({page.who or 'public'})": _asked(page, postgres) for page in pages}


def _asked(page: Page, postgres: psutil.Process) -> dict[str, Any]:
    page.window.get(page.address)
    with counted() as sent:
        answer = page.window.get(page.address)
    if answer.status_code != 200:
        raise ValueError(f"{page.name}: {page.address} answered {answer.status_code}")
    timed = _timed(lambda: page.window.get(page.address), postgres)
    return {**timed, "statements": len(sent), "address": page.address}


def _timed(ask: Callable[[], Any], postgres: psutil.Process) -> dict[str, float]:
    """Milliseconds of some requests after one that warms up.

    Beside the time on the clock that of the processors, here and in PostgreSQL: others may be at work here too.
    """
    ask()
    taken, began = [], _processor_ms(postgres)
    for _ in range(TIMES):
        start = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - start) * 1000)
    busy = (_processor_ms(postgres) - began) / TIMES
    return {"median_ms": median(taken), "worst_ms": max(taken), "cpu_ms": busy}


def _processor_ms(postgres: psutil.Process) -> float:
    """Milliseconds of processor time that this process and those that serve it have taken."""
    times = [one.cpu_times() for one in postgres.children()]
    return (time.process_time() + sum(one.user + one.system for one in times)) * 1000
