"""The living page of components with hostile text in every place that takes any, and every field wrong."""

from flask import render_template

from service.web import styleguide
from service.web.forms import Filled

ODD = """<script>alert(1)</script>"'{{7*7}}=1+1"""
NAMES = (
    "q", "status", "body", "enterprise.name", "contact.phone", "amount", "category", "nature", "flags", "confidential",
    "_files",
)  # fmt: skip


def specimen(layout: str, odd: str = ODD, wrong: bool = True) -> str:
    """The page, in the layout "portal" or "desk"."""
    form = Filled(
        {"body": odd, "enterprise": {"name": odd}, "amount": odd, "flags": ["urgent"], "confidential": "true"},
        {name: [f"请改正：{odd}"] for name in NAMES} if wrong else {},
    )
    return render_template("styleguide/page.html", **styleguide.sample(layout, form, odd))
