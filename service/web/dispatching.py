"""The dispatcher's desk: what the machine was unsure of."""

from flask import Blueprint, render_template

from service.http import needs

pages = Blueprint("dispatching", __name__)


@pages.get("/desk/dispatching")
@needs("dispatcher")
def desk() -> str:
    """The first page of this desk."""
    return render_template("desk/empty.html", title="派单台")
