"""The supervisor's desk: what is late and what will be."""

from flask import Blueprint, render_template

from service.http import needs

pages = Blueprint("supervision", __name__)


@pages.get("/desk/supervision")
@needs("supervisor")
def desk() -> str:
    """The first page of this desk."""
    return render_template("desk/empty.html", title="督办台")
