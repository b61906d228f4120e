"""One's own messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import Schema

from service import clock
from service.accounts.rules import Reader
from service.db import transaction
from service.fields import Choice, Count
from service.http import needs
from service.notices import inbox
from service.notices.models import Notice
from service.notices.schemas import MOST
from service.web import worklists

ROWS = 50

pages = Blueprint("inbox", __name__)


class AskedSchema(Schema):
    """Which messages."""

    show = Choice({"all": "全部"})
    cursor = Count(least=1, most=MOST)


ASKED = AskedSchema()


@dataclass(frozen=True)
class Listing:
    """A page of notices, with the addresses of the next and the first one; empty where there is none."""

    items: Sequence[Notice]
    following: str = ""
    first: str = ""


def listed(found: inbox.Page, endpoint: str, given: Mapping[str, Any]) -> Listing:
    """A page with the ways on and back."""
    kept = {name: value for name, value in given.items() if name != "cursor"}
    following = url_for(endpoint, **kept, cursor=found.next_cursor) if found.next_cursor else ""
    return Listing(found.items, following, url_for(endpoint, **kept) if "cursor" in given else "")


@pages.get("/inbox")
@needs()
def index() -> Any:
    """The messages that wait to be read; on the second tab all of them."""
    form, given = worklists.asked(ASKED)
    everything = "show" in given
    found = inbox.page(current_user.id, not everything, given.get("cursor"), ROWS)
    return render_template(
        "notices/inbox.html", form=form, listing=listed(found, "inbox.index", given), everything=everything,
        tabs=_tabs(everything),
    ), form.status  # fmt: skip


def _tabs(everything: bool) -> list[dict[str, Any]]:
    unread, all_of_them = url_for("inbox.index"), url_for("inbox.index", show="all")
    return [
        {"name": _("未读"), "url": unread, "count": counted(current_user), "current": not everything},
        {"name": _("全部"), "url": all_of_them, "count": None, "current": everything},
    ]


def counted(reader: Reader) -> str:
    """The number of somebody's unread messages, as it was read with who it is."""
    return str(reader.unread) if reader.unread < inbox.MOST_COUNTED else f"{inbox.MOST_COUNTED - 1}+"


@pages.post("/inbox/<int:notice_id>/open")
@needs()
def opened(notice_id: int) -> Any:
    """Mark a message as read, and lead to the complaint that it is about."""
    with transaction():
        number = inbox.read(notice_id, current_user.id, clock.now()).number
    if current_user.is_staff:
        return redirect(url_for("complaint.page", number=number))
    return redirect(url_for("progress.show", number=number))


@pages.post("/inbox/read")
@needs()
def read() -> Any:
    """Mark all messages as read."""
    with transaction():
        inbox.read_all(current_user.id, clock.now())
    flash(_("已全部标为已读。"), "grass")
    return redirect(url_for("inbox.index"))
