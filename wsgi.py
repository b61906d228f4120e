"""The web application: `gunicorn -c gunicorn.conf.py wsgi:app`, and what the `flask` command finds."""

from service.app import create_app
from service.errors import Problem

try:
    app = create_app()
except Problem as problem:
    raise SystemExit(problem.message) from None
