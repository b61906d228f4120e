"""The yardstick: Flask views that insert and read one row, with the driver, engine and server of the service."""

from flask import Flask, request
from sqlalchemy import create_engine, insert, select

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


@app.get("/rows")
def read() -> dict[str, str | None]:
    """Read one row."""
    with engine.begin() as connection:
        return {"body": connection.execute(select(BARE.c.body).limit(1)).scalar()}
