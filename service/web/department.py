"""The department's desk: its queue, and a complaint with all that can be done to it."""

from flask import Blueprint, render_template

from service.http import needs

pages = Blueprint("department", __name__)


@pages.get("/desk/department")
@needs("department_dispatcher", "handler", "head")
def desk() -> str:
    """The first page of this desk."""
    return render_template("desk/empty.html", title="部门办理台")
