"""Notices as an administrator looks after them: deliveries, addresses, quiet hours, and who hears of what."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.accounts import operations as accounts
from service.db import transaction
from service.http import needs
from service.notices import administration, operations, rules
from service.notices.models import Notice
from service.notices.schemas import AddressSchema, DeliveryQuerySchema, QuietSchema
from service.web import forms, worklists
from service.web.forms import Filled
from service.web.inbox import listed

# address of a tab → its name
TABS = {
    "notice_desk.deliveries": "发送记录",
    "admin_notices.listed": "模板",
    "notice_desk.addresses": "地址",
    "notice_desk.hours": "夜间免打扰",
    "notice_desk.rules_": "谁会收到",
}
ADMINISTRATOR = "administrator"
# state → icon, colour
LOOKS = {
    "waiting": ("hourglass-split", "sky"),
    "held": ("pause-circle", "soft"),
    "sent": ("check-circle", "grass"),
    "failed": ("exclamation-triangle", "brick"),
    "skipped": ("slash-circle", "soft"),
}


class FilterSchema(DeliveryQuerySchema):
    """Which deliveries a page shows."""

    class Meta:
        exclude = ("limit",)


FILTER, ADDRESS, QUIET = FilterSchema(), AddressSchema(), QuietSchema()
ROWS = 50

pages = Blueprint("notice_desk", __name__, url_prefix="/admin/notices")


def tabs() -> list[dict[str, Any]]:
    """The parts of the work, the one that is open marked."""
    return [
        {"name": _(name), "url": url_for(endpoint), "count": None, "current": request.endpoint == endpoint}
        for endpoint, name in TABS.items()
    ]


# --- deliveries ------------------------------------------------------------------------------------------------------


@pages.get("")
@needs(ADMINISTRATOR)
def deliveries() -> Any:
    """What went or should have gone out, why it did not, and a button to try again."""
    form, given = worklists.asked(FILTER)
    found = administration.deliveries(given.get("state"), given.get("channel"), given.get("cursor"), ROWS)
    return render_template(
        "notices/deliveries.html", form=form, tabs=tabs(), listing=listed(found, "notice_desk.deliveries", given),
        rows=_rows(found.items), counts=administration.counts(), states=rules.STATES, looks=LOOKS,
        channels={code: name for code, name in rules.CHANNELS.items() if code != "inbox"},
    ), form.status  # fmt: skip


def _rows(items: Sequence[Notice]) -> list[dict[str, Any]]:
    """What the page shows of each delivery: none of its words, and no number of a telephone."""
    to = administration.recipients(items)
    return [
        {
            "notice": one,
            "what": rules.action_name(one.action),
            "audience": rules.AUDIENCES[one.audience],
            "channel": rules.CHANNELS[one.channel],
            "to": to[one.id],
            "resend": administration.may_resend(one) and (_("重放") if one.state == "sent" else _("重发")),
        }
        for one in items
    ]


@pages.post("/<int:notice_id>/resend")
@needs(ADMINISTRATOR)
def resend(notice_id: int) -> Any:
    """Send again, or repeat a webhook."""
    answer = forms.attempt({}, lambda: administration.resend(notice_id, current_user, clock.now()))
    if isinstance(answer, Filled):
        flash(answer.message, "brick")
    else:
        flash(_("已重新安排发送，稍后刷新查看结果。"), "grass")
    return redirect(url_for("notice_desk.deliveries", state=request.form.get("_state") or None))


# --- addresses -------------------------------------------------------------------------------------------------------


@pages.get("/addresses")
@needs(ADMINISTRATOR)
def addresses() -> Any:
    """Where messages go beside the inbox."""
    return _addresses(Filled())


@pages.post("/addresses")
@needs(ADMINISTRATOR)
def add_address() -> Any:
    """Add one."""
    answer = forms.submit(
        ADDRESS, request.form, lambda given: administration.add_address(given, current_user, clock.now())
    )
    if isinstance(answer, Filled):
        # What leads there and opens it is not given back to the page.
        kept = {name: value for name, value in answer.values.items() if name not in {"url", "secret"}}
        return _addresses(Filled(kept, answer.errors, answer.message, answer.status))
    flash(_("地址已添加，以后的通知也发到这里。"), "grass")
    return redirect(url_for("notice_desk.addresses"))


@pages.post("/addresses/<int:address_id>/remove")
@needs(ADMINISTRATOR)
def remove_address(address_id: int) -> Any:
    """Send nothing there any more."""
    with transaction():
        administration.remove_address(address_id, current_user, clock.now())
    flash(_("地址已删除，不会再发到那里。"), "grass")
    return redirect(url_for("notice_desk.addresses"))


def _addresses(form: Filled) -> Any:
    found = administration.addresses()
    users = accounts.names(one.user_id for one in found if one.user_id is not None)
    rows = [(one, rules.CHANNELS[one.channel], administration.owner(one, users)) for one in found]
    return render_template(
        "notices/addresses.html", tabs=tabs(), form=form, rows=rows, channels=rules.ADDRESS_CHANNELS
    ), form.status  # fmt: skip


# --- quiet hours, and the table --------------------------------------------------------------------------------------


@pages.get("/quiet-hours")
@needs(ADMINISTRATOR)
def hours() -> Any:
    """When telephones stay silent."""
    return _hours(Filled(QUIET.dump(operations.quiet())))


@pages.post("/quiet-hours")
@needs(ADMINISTRATOR)
def set_hours() -> Any:
    """Change it."""
    answer = forms.submit(
        QUIET,
        request.form,
        lambda given: administration.set_quiet(given["begins"], given["ends"], current_user, clock.now()),
    )
    if isinstance(answer, Filled):
        return _hours(answer)
    flash(_("免打扰时间已保存。"), "grass")
    return redirect(url_for("notice_desk.hours"))


def _hours(form: Filled) -> Any:
    return render_template("notices/hours.html", tabs=tabs(), form=form), form.status


@pages.get("/rules")
@needs(ADMINISTRATOR)
def rules_() -> Any:
    """Who hears of what, by which channel, as the table says."""
    audiences = {**rules.AUDIENCES, "keepers": _("时限等着的一方")}
    channels = {**rules.CHANNELS_OF, "keepers": rules.CHANNELS_OF["department"]}
    return render_template(
        "notices/rules.html", tabs=tabs(), table=rules.table(), audiences=audiences,
        channels={one: [rules.CHANNELS[channel] for channel in by] for one, by in channels.items()},
    )  # fmt: skip
