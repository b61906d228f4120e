"""Notices over HTTP."""

from typing import Any

from flask_login import current_user

from service import clock
from service.db import transaction
from service.http import Blueprint, needs
from service.notices import administration, inbox, operations
from service.notices.models import Address, Notice, NoticeTemplate
from service.notices.rules import Quiet
from service.notices.schemas import (
    AddressSchema,
    DeliveriesSchema,
    DeliveryQuerySchema,
    DeliverySchema,
    InboxQuerySchema,
    InboxSchema,
    NoticeSchema,
    PreviewSchema,
    QuietSchema,
    TemplateSchema,
    WordsSchema,
)

blp = Blueprint("notices", __name__, url_prefix="/api/v1", description="消息与通知")


@blp.route("/notices")
@needs()
@blp.arguments(InboxQuerySchema, location="query")
@blp.response(200, InboxSchema)
def index(wanted: dict[str, Any]) -> dict[str, Any]:
    """One's own messages, the newest first, in pages by cursor."""
    found = inbox.page(current_user.id, wanted["unread"], wanted.get("cursor"), wanted["limit"])
    return {"items": found.items, "next_cursor": found.next_cursor, "unread": inbox.unread(current_user.id)}


@blp.route("/notices/<int:notice_id>/read", methods=["POST"])
@needs()
@blp.response(200, NoticeSchema)
def read(notice_id: int) -> Notice:
    """Mark one of one's own messages as read."""
    with transaction():
        return inbox.read(notice_id, current_user.id, clock.now())


@blp.route("/deliveries")
@needs("administrator")
@blp.arguments(DeliveryQuerySchema, location="query")
@blp.response(200, DeliveriesSchema)
def deliveries(wanted: dict[str, Any]) -> dict[str, Any]:
    """What went or should have gone out of the house, with state and reason."""
    found = administration.deliveries(wanted.get("state"), wanted.get("channel"), wanted.get("cursor"), wanted["limit"])
    return {"items": found.items, "next_cursor": found.next_cursor}


@blp.route("/deliveries/<int:notice_id>/resend", methods=["POST"])
@needs("administrator")
@blp.response(200, DeliverySchema)
def resend(notice_id: int) -> Notice:
    """Send again what failed or was left out, or repeat a webhook under its old id."""
    with transaction():
        return administration.resend(notice_id, current_user, clock.now())


@blp.route("/notice-templates")
@needs("administrator")
@blp.response(200, TemplateSchema(many=True))
def templates() -> Any:
    """All templates."""
    return administration.templates()


@blp.route("/notice-templates/<code>", methods=["PUT"])
@needs("administrator")
@blp.arguments(WordsSchema)
@blp.response(200, TemplateSchema)
def edit(words: dict[str, str], code: str) -> NoticeTemplate:
    """Give a template other words."""
    with transaction():
        return administration.edit(code, words["subject"], words["body"], current_user, clock.now())


@blp.route("/notice-templates/<code>/preview", methods=["POST"])
@needs("administrator")
@blp.arguments(WordsSchema)
@blp.response(200, PreviewSchema)
def preview(words: dict[str, str], code: str) -> dict[str, str]:
    """What these words would say of an example complaint."""
    return administration.preview(code, words["subject"], words["body"])


@blp.route("/addresses")
@needs("administrator")
@blp.response(200, AddressSchema(many=True))
def addresses() -> Any:
    """The addresses in use, without where they lead."""
    return administration.addresses()


@blp.route("/addresses", methods=["POST"])
@needs("administrator")
@blp.arguments(AddressSchema)
@blp.response(201, AddressSchema)
def add_address(given: dict[str, Any]) -> Address:
    """Add an address of a user, a department or a place."""
    with transaction():
        return administration.add_address(given, current_user, clock.now())


@blp.route("/addresses/<int:address_id>", methods=["DELETE"])
@needs("administrator")
@blp.response(200, AddressSchema)
def remove_address(address_id: int) -> Address:
    """Send nothing there any more."""
    with transaction():
        return administration.remove_address(address_id, current_user, clock.now())


@blp.route("/quiet-hours")
@needs("administrator")
@blp.response(200, QuietSchema)
def quiet_hours() -> Quiet:
    """When short messages and robots stay silent."""
    return operations.quiet()


@blp.route("/quiet-hours", methods=["PUT"])
@needs("administrator")
@blp.arguments(QuietSchema)
@blp.response(200, QuietSchema)
def set_quiet_hours(given: dict[str, Any]) -> Quiet:
    """Change them."""
    with transaction():
        return administration.set_quiet(given["begins"], given["ends"], current_user, clock.now())
