"""The public's pages: what this is, filing, and following."""

from functools import lru_cache

from flask import Blueprint, render_template

from service import clock
from service.complaints.figures import OpenFigures, open_figures
from service.http import public
from service.web import promises

FIGURES_HOLD = 600  # seconds

pages = Blueprint("portal", __name__)


@pages.get("/")
@public
def home() -> str:
    """What this is in one breath, and the two ways in."""
    month = figures(int(clock.now().timestamp()) // FIGURES_HOLD)
    return render_template("portal/home.html", figures=month, lawful=promises.lawful())


@lru_cache(maxsize=1)
def figures(_period: int) -> OpenFigures:
    """The open figures, counted once in a while: everybody's first page must not count rows."""
    return open_figures(clock.now())
