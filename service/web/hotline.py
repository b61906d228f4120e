"""The hotline desk: a call is logged while it lasts."""

from flask import Blueprint, render_template

from service.http import needs

pages = Blueprint("hotline", __name__)


@pages.get("/desk/hotline")
@needs("operator")
def desk() -> str:
    """The first page of this desk."""
    return render_template("desk/empty.html", title="热线登记台")
