"""A page that shows every component in every state, with hostile text in every place that takes any."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import render_template_string

from service import clock
from service.complaints.rules import STATES
from service.deadlines import operations as deadlines
from service.deadlines.explanation import explain
from service.deadlines.rules import Term, Unit
from service.directory import operations as directory
from service.web import words
from service.web.forms import Filled

TEMPLATE = Path(__file__).with_name("specimen.html")
ODD = """<script>alert(1)</script>"'{{7*7}}=1+1"""
NAMES = ("q", "status", "body", "enterprise.name", "amount", "category", "nature", "flags", "confidential", "_files")


def specimen(layout: str, odd: str = ODD, wrong: bool = True) -> str:
    """The page, in the layout "portal" or "desk"."""
    now, book = clock.now(), directory.current()
    calendar = deadlines.calendar(book.chain("150821"), book.revision)
    context: dict[str, Any] = {
        "layout_": layout,
        "odd": odd,
        "form": Filled(
            {"body": odd, "enterprise": {"name": odd}, "amount": odd, "flags": ["urgent"], "confidential": "true"},
            {name: [f"请改正：{odd}"] for name in NAMES} if wrong else {},
        ),
        "dues": [words.due(now + timedelta(days=days), "150821") for days in (9, 1, -4)],
        "states": list(STATES),
        "deadline": explain(now - timedelta(days=6), Term(15, Unit.WORKING_DAYS), calendar),
        "today": clock.local(now).date(),
    }
    return render_template_string(TEMPLATE.read_text(encoding="utf-8"), **context)
