"""Hot spots on the supervisor's desk: what many enterprises complain of within a week."""

from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user
from marshmallow import fields, validate

from service import clock
from service.complaints.wanted import Wanted
from service.directory import operations as directory
from service.fields import Schema
from service.http import needs
from service.insight import hotspots
from service.web import worklists
from service.web.desks import working_at
from service.web.worklists import ROWS

DESK = "supervision.desk"

pages = Blueprint("hotspots", __name__)


class PlaceSchema(Schema):
    """Where in the list."""

    cursor = fields.String(validate=validate.Length(max=200, error="翻页标记无效。"))


PLACE = PlaceSchema()


@pages.get("/desk/supervision/hotspots")
@needs("supervisor")
def listed() -> Any:
    """What stands out in the last seven days in the supervisor's places, the most unusual first."""
    reader, now, book = working_at(DESK, current_user), clock.now(), directory.current()
    found = [hotspots.told(one, book) for one in hotspots.hotspots(reader, now)]
    since = now - hotspots.PERIOD
    return render_template("supervision/hotspots.html", spots=found, since=since, now=now, fewest=hotspots.FEWEST)


@pages.get("/desk/supervision/hotspots/<code>")
@needs("supervisor")
def shown(code: str) -> Any:
    """One hot spot with its complaints, the newest first."""
    reader, now, book = working_at(DESK, current_user), clock.now(), directory.current()
    spot = hotspots.find(code, reader, now)
    form, given = worklists.asked(PLACE)
    worklist = worklists.shown(form, Wanted(ids=spot.ids, limit=ROWS, **given), reader)
    return render_template(
        "supervision/hotspot.html", spot=hotspots.told(spot, book), worklist=worklist
    ), form.status  # fmt: skip
