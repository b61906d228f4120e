"""Redis and RQ: a doorbell, never the truth. Redis may be down, empty or new at any moment."""

from collections.abc import Sequence
from functools import lru_cache

import structlog
from flask import current_app
from prometheus_client import Counter
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from service.jobs.rules import SPARE, lease

log = structlog.get_logger()

UNHEARD = Counter("qst_doorbells_unheard_total", "Tasks whose worker could not be rung because Redis did not answer")

# A ring must not hold up the answer that follows it.
PATIENCE = 0.5
RESULT_TTL = 0
FAILURE_TTL = 3600


# The id and the name of a task.
Ring = tuple[int, str]


@lru_cache
def _ringing(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


def ring(tasks: Sequence[Ring]) -> None:
    """Ask a worker to run each task; a Redis that is down is counted, since the tick rings again."""
    if not tasks:
        return
    try:
        bell = Queue(current_app.config["QUEUE"], connection=_ringing(current_app.config["REDIS_URL"]))
        bell.enqueue_many([_ring_for(*one) for one in tasks])
    except RedisError as error:
        UNHEARD.inc(len(tasks))
        log.warning("redis_away", kind=type(error).__name__, tasks=len(tasks))


def _ring_for(task_id: int, name: str):  # type: ignore[no-untyped-def]
    return Queue.prepare_data(
        "service.jobs.runner.run", (task_id,), timeout=timeout(name), result_ttl=RESULT_TTL, failure_ttl=FAILURE_TTL
    )


def timeout(name: str) -> int:
    """Seconds after which RQ stops a worker at a task of this name."""
    return int((lease(name) - SPARE).total_seconds())


def answers() -> bool:
    """Whether Redis answers now."""
    try:
        return bool(_ringing(current_app.config["REDIS_URL"]).ping())
    except RedisError:
        return False
