"""A worker (`python worker.py`) or the cron that rings for the periodic tasks (`python worker.py cron`)."""

import sys

from service.app import create_app
from service.jobs import queue

if __name__ == "__main__":
    run = queue.beat if sys.argv[1:] == ["cron"] else queue.work
    run(create_app())
