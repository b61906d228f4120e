"""The yardstick: a Flask view that inserts one row, with the driver, engine options and server of the service."""

from flask import Flask, request
from sqlalchemy import create_engine, insert

from service.app import create_app
from tests.bench.rows import BARE

app = Flask(__name__)
# The model too is loaded here, as gunicorn.conf.py does for whatever it runs; nothing uses it.
app.config.update(create_app().config)
engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **app.config["SQLALCHEMY_ENGINE_OPTIONS"])


@app.post("/rows")
def add() -> tuple[dict[str, int], int]:
    """Insert one row."""
    row = insert(BARE).values(body=request.get_json()["body"]).returning(BARE.c.id)
    with engine.begin() as connection:
        return {"id": connection.execute(row).scalar_one()}, 201
