"""A living page of everything that pages are made of, shown by the very macros that they use."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from service import clock
from service.complaints.rules import STATES
from service.deadlines import operations as deadlines
from service.deadlines.explanation import explain
from service.deadlines.rules import Term, Unit
from service.directory import operations as directory
from service.http import public
from service.web import assets, words
from service.web.forms import MEND, Filled
from service.web.words import Due

PLACE = "150821"
LAYOUTS = {"portal": "门户", "desk": "工作台"}
COLOURS = (
    "ink", "ink-soft", "paper", "panel", "line", "edge", "sky", "sky-ground", "grass", "grass-ground", "amber",
    "amber-ground", "brick", "brick-ground",
)  # fmt: skip
# States of a deadline that wait for nothing more, or not now.
OVER = ("met", "met_late", "paused", "cancelled")
TEXT = "我公司给五原县人民医院供应检验试剂，货早已送齐并验收，货款拖欠一年多没有给。"
TYPED = {"amount": "120.000,5", "flags": ["urgent"], "nature": "complaint", "confidential": "true"}
WRONG = {"amount": ["请写数字，例如 120000 或 120000.50。"], "contact.phone": ["请填写联系电话。"]}

pages = Blueprint("styleguide", __name__)


@pages.get("/styleguide")
@public
def shown() -> str:
    """All components, in the layout of the portal or of a desk."""
    layout = request.args.get("layout", "portal")
    form = Filled(TYPED, {name: [_(told) for told in sentences] for name, sentences in WRONG.items()}, _(MEND))
    return render_template("styleguide/page.html", **sample(layout if layout in LAYOUTS else "portal", form, _(TEXT)))


def sample(layout: str, form: Filled, text: str) -> Mapping[str, Any]:
    """What the page shows: `text` stands wherever a component takes a text."""
    now, book = clock.now(), directory.current()
    calendar = deadlines.calendar(book.chain(PLACE), book.revision)
    term = explain(now - timedelta(days=6), Term(15, Unit.WORKING_DAYS), calendar)
    return {
        "layout_shown": layout,
        "form": form,
        "text": text,
        "dues": [words.due(now + timedelta(days=days), PLACE) for days in (9, 1, -4)],
        "over": [Due(now, state, _(words.DUE_STATES[state][1])) for state in OVER],
        "states": list(STATES),
        "deadline": term,
        "today": clock.local(now).date(),
        "colours": COLOURS,
        "icons": icons(),
        "views": [
            {"name": _(name), "url": url_for("styleguide.shown", layout=code), "count": None, "current": code == layout}
            for code, name in LAYOUTS.items()
        ],
    }


@cache
def icons() -> list[str]:
    """The names of all icons, as they were built; none before anything was."""
    built = assets.manifest().get("icons.svg")
    return re.findall(r'<symbol id="([^"]+)"', assets.content(built).decode()) if built else []
