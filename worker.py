"""A worker (`python worker.py`) or the cron that rings for the periodic tasks (`python worker.py cron`)."""

import sys

from service.app import create_app
from service.jobs import processes

if __name__ == "__main__":
    run = processes.beat if sys.argv[1:] == ["cron"] else processes.work
    run(create_app())
