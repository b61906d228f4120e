"""The web process: gunicorn imports this once, loads the model, and forks."""

from service.app import create_app, warm

app = create_app()
warm(app)
