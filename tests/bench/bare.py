"""The yardstick: a Flask view that inserts one row, with the driver, engine options and server of the service."""

from flask import Flask, request
from sqlalchemy import create_engine, insert

from service.app import create_app
from tests.bench.rows import BARE

settings = create_app().config
engine = create_engine(settings["SQLALCHEMY_DATABASE_URI"], **settings["SQLALCHEMY_ENGINE_OPTIONS"])
app = Flask(__name__)


@app.post("/rows")
def add() -> tuple[dict[str, int], int]:
    """Insert one row."""
    row = insert(BARE).values(body=request.get_json()["body"]).returning(BARE.c.id)
    with engine.begin() as connection:
        return {"id": connection.execute(row).scalar_one()}, 201
