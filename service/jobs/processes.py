"""The two processes that work behind the web: a worker, and the cron that rings for the tick."""

from logging.config import dictConfig

from flask import Flask
from redis import Redis
from rq import Worker
from rq.cron import CronScheduler

from service.jobs import runner
from service.jobs.queue import FAILURE_TTL, RESULT_TTL, timeout
from service.logs import of_libraries

TICK_SECONDS = 30
# Jobs of a killed worker return within this time; RQ's own default is ten minutes.
MAINTENANCE_SECONDS = 30


def work(app: Flask) -> None:
    """Run tasks until told to stop. One queue a worker: a worker on two can lose a job when killed after the pop."""
    dictConfig(of_libraries())
    connection = Redis.from_url(app.config["REDIS_URL"])
    worker = Worker([app.config["QUEUE"]], connection=connection, maintenance_interval=MAINTENANCE_SECONDS)
    worker.log_job_description = False
    with app.app_context():
        worker.work(logging_level="WARNING")


def beat(app: Flask) -> None:
    """Ring for the tick every half minute until told to stop; ends when Redis goes away, to be started again."""
    dictConfig(of_libraries())
    scheduler = CronScheduler(connection=Redis.from_url(app.config["REDIS_URL"]))
    scheduler.register(
        runner.tick,
        app.config["QUEUE"],
        interval=TICK_SECONDS,
        job_timeout=timeout("tick"),
        result_ttl=RESULT_TTL,
        failure_ttl=FAILURE_TTL,
    )
    scheduler.start()
