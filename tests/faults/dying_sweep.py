"""A worker that is killed in the middle of a sweep: `python -m tests.faults.dying_sweep MOMENT`."""

import os
import signal
import sys
from datetime import datetime

from service.app import create_app
from service.casework import climbing
from service.db import db

if __name__ == "__main__":
    with create_app().app_context():
        assert climbing.climb(datetime.fromisoformat(sys.argv[1])) > 0
        db.session.flush()
        os.kill(os.getpid(), signal.SIGKILL)
