"""Write a task into the outbox, as an operation of the service's would."""

from service.app import create_app
from service.db import transaction
from service.jobs import outbox

if __name__ == "__main__":
    with create_app().app_context(), transaction():
        outbox.add("jobs.purge", key="faults")
