"""The web application: `gunicorn -c gunicorn.conf.py wsgi:app`, and what the `flask` command finds."""

from service.app import create_app

app = create_app()
