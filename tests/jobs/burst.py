"""A worker that ends when the bell is silent: `python -m tests.jobs.burst`."""

from redis import Redis
from rq import Worker

from service.app import create_app

if __name__ == "__main__":
    app = create_app()
    with app.app_context(), Redis.from_url(app.config["REDIS_URL"]) as connection:
        Worker([app.config["QUEUE"]], connection=connection).work(burst=True, logging_level="ERROR")
