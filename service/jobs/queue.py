"""Redis and RQ: a doorbell, never the truth. Redis may be down, empty or new at any moment."""

from collections.abc import Sequence
from functools import lru_cache

import structlog
from flask import current_app
from prometheus_client import Counter
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

log = structlog.get_logger()

UNHEARD = Counter("qst_doorbells_unheard_total", "Tasks whose worker could not be rung because Redis did not answer")

# A ring must not hold up the answer that follows it.
PATIENCE = 0.5
JOB_TIMEOUT = 110
RESULT_TTL = 0
FAILURE_TTL = 3600


@lru_cache
def _ringing(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


def ring(task_ids: Sequence[int]) -> None:
    """Ask a worker to run each task; a Redis that is down is counted, since the tick rings again."""
    if not task_ids:
        return
    try:
        bell = Queue(current_app.config["QUEUE"], connection=_ringing(current_app.config["REDIS_URL"]))
        bell.enqueue_many([_ring_for(task_id) for task_id in task_ids])
    except RedisError as error:
        UNHEARD.inc(len(task_ids))
        log.warning("redis_away", kind=type(error).__name__, tasks=len(task_ids))


def _ring_for(task_id: int):  # type: ignore[no-untyped-def]
    return Queue.prepare_data(
        "service.jobs.runner.run", (task_id,), timeout=JOB_TIMEOUT, result_ttl=RESULT_TTL, failure_ttl=FAILURE_TTL
    )


def answers() -> bool:
    """Whether Redis answers now."""
    try:
        return bool(_ringing(current_app.config["REDIS_URL"]).ping())
    except RedisError:
        return False
