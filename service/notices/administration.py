"""What administrators do: look after deliveries, edit the words, keep the addresses and the quiet hours."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.audit import changing
from service.audit import operations as audit
from service.audit.changing import Changeable
from service.db import db
from service.directory import operations as directory
from service.errors import Invalid, NotFound, WrongState
from service.jobs import outbox
from service.notices import rules, seeds, sending
from service.notices.inbox import Page, paged
from service.notices.models import Address, Notice, NoticeTemplate, QuietHours
from service.notices.operations import DELIVER
from service.notices.rules import Quiet
from service.seedfile import Stored, store

OWNERS = ("user", "department", "place")


def seed(data: Path) -> Stored:
    """Make the templates follow the seed file; those that an administrator edited stay."""
    return store(NoticeTemplate, seeds.read_templates(data / "seed_notices.yaml"), "code")


# --- deliveries ------------------------------------------------------------------------------------------------------


def deliveries(state: str | None, channel: str | None, before: int | None, limit: int) -> Page:
    """One page of what went or should have gone out of the house, the newest first, in one statement."""
    query = select(Notice).where(Notice.channel != "inbox")
    query = query.where(Notice.state == state) if state else query
    return paged(query.where(Notice.channel == channel) if channel else query, before, limit)


def counts() -> dict[str, int]:
    """How many deliveries stand in each state that asks for somebody's attention."""
    query = select(Notice.state, func.count()).where(Notice.channel != "inbox", Notice.state != "sent")
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Notice.state))}


def recipients(items: Sequence[Notice]) -> dict[int, str]:
    """Where each notice goes, in words that name no person of an enterprise, in one statement."""
    ids = {one.address_id for one in items if one.address_id is not None}
    rows = db.session.execute(select(Address.id, Address.name).where(Address.id.in_(sorted(ids))))
    known = {row.id: row.name for row in rows}
    return {one.id: known.get(one.address_id or 0, "企业留的手机") for one in items}


def resend(notice_id: int, actor: Reader, now: datetime) -> Notice:
    """Try again what failed or was left out, or repeat a webhook; its id stays, so that nobody takes it for two.

    Raises:
        NotFound: there is no such delivery.
        WrongState: it was sent, and only webhooks may be repeated.
    """
    query = select(Notice).where(Notice.id == notice_id, Notice.channel != "inbox").with_for_update()
    notice = db.session.scalars(query).one_or_none()
    if notice is None:
        raise NotFound("没有找到这条通知。")
    if not may_resend(notice):
        raise WrongState("这条通知已经发送，不能重发。")
    notice.state, notice.reason, notice.attempts, notice.due_at = "waiting", None, 0, None
    outbox.add_all(DELIVER, [{"id": notice.id}])
    audit.record("notice.resent", str(notice.id), actor.login, now, channel=notice.channel)
    return notice


def may_resend(notice: Notice) -> bool:
    """Whether sending a notice again can do good and no harm."""
    return notice.state in {"failed", "skipped", "waiting"} or (notice.state, notice.channel) == ("sent", "webhook")


# --- templates -------------------------------------------------------------------------------------------------------


def templates() -> Sequence[NoticeTemplate]:
    """All templates, the general ones first."""
    rows = db.session.scalars(select(NoticeTemplate).where(NoticeTemplate.active)).all()
    order = [action for action, _name, _told in rules.table()]
    return sorted(rows, key=lambda row: (_place(row.action, order), row.code))


def _place(action: str, order: Sequence[str]) -> int:
    return order.index(action) if action in order else -1


def template(code: str) -> NoticeTemplate:
    """A template by its code.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(NoticeTemplate, code)
    if found is None:
        raise NotFound("没有这个通知模板。")
    return found


def edit(code: str, subject: str, body: str, actor: Reader, now: datetime) -> NoticeTemplate:
    """Give a template other words; no seeding overrules them.

    Raises:
        Invalid: a placeholder is not known, or a text is too long.
    """
    words = {"subject": subject, "body": body}
    changing.do(TEMPLATE, code, words, changing.EDITED, actor.login, now)
    return template(code)


def _read(code: str) -> dict[str, Any]:
    row = template(code)
    db.session.refresh(row)
    return {"subject": row.subject, "body": row.body}


def _write(code: str, values: Mapping[str, Any], now: datetime) -> None:
    row = template(code)
    words = {"subject": row.subject, "body": row.body, **values}
    _check(row.group, words["subject"], words["body"])
    row.subject, row.body, row.edited_at = words["subject"], words["body"], now


TEMPLATE = Changeable("notice_template", _read, _write)


def preview(code: str, subject: str, body: str) -> dict[str, str]:
    """What a template would say of an example complaint; raises as `edit`."""
    found = template(code)
    _check(found.group, subject, body)
    values = {name: example for name, (_about, example) in rules.PLACEHOLDERS.items()}
    if found.action != rules.GENERAL:
        values["action"] = rules.action_name(found.action)
    told = rules.render(found.group, subject, body, values)
    return {"subject": told[0], "body": told[1]}


def _check(group: str, subject: str, body: str) -> None:
    if faults := rules.faults(group, subject, body):
        raise Invalid("模板有内容需要修改，请看下面的说明。", faults)


# --- addresses -------------------------------------------------------------------------------------------------------


def addresses() -> Sequence[Address]:
    """The addresses in use, the newest first."""
    return db.session.scalars(select(Address).where(Address.removed_at.is_(None)).order_by(Address.id.desc())).all()


def owner(address: Address, users: Mapping[int, str]) -> str:
    """Whose an address is, in words."""
    book = directory.current()
    if address.department:
        return book.departments[address.department].name
    return book.places[address.place].name if address.place else users.get(address.user_id or 0, "")


def add_address(given: Mapping[str, Any], actor: Reader, now: datetime) -> Address:
    """Keep where messages of a user, a department or a place go.

    Raises:
        Invalid: not just one owner is named, the address cannot be used, or a webhook has no secret.
    """
    if fault := sending.writable(given["channel"], given["url"]):
        raise Invalid(fault, {"url": [fault]})
    if given["channel"] == "webhook" and not given.get("secret"):
        raise Invalid("推送地址需要签名密钥。", {"secret": ["请填写签名密钥，收到的一方用它核对签名。"]})
    shown = {name: given[name] for name in ("channel", "name")}
    row = Address(**shown, url=given["url"], secret=given.get("secret"), created_at=now, **_owner(given))
    db.session.add(row)
    db.session.flush()
    audit.record("notice.address_added", str(row.id), actor.login, now, **shown)
    return row


def _owner(given: Mapping[str, Any]) -> dict[str, Any]:
    named = [name for name in OWNERS if given.get(name)]
    if len(named) != 1:
        raise Invalid("请在用户、部门、地区中只填一项。", {"user": ["用户、部门、地区只填一项。"]})
    if named != ["user"]:
        return {named[0]: given[named[0]]}
    try:
        return {"user_id": accounts.user_named(given["user"]).id}
    except NotFound as error:
        raise Invalid(error.message, {"user": [error.message]}) from error


def remove_address(address_id: int, actor: Reader, now: datetime) -> Address:
    """Send nothing there any more, and forget its passwords; what was sent stays on record.

    Raises:
        NotFound: there is none, or no more.
    """
    row = db.session.get(Address, address_id, with_for_update=True)
    if row is None or row.removed_at is not None:
        raise NotFound("没有这个地址。")
    row.removed_at, row.url, row.secret = now, None, None
    audit.record("notice.address_removed", str(row.id), actor.login, now, name=row.name)
    return row


# --- quiet hours -----------------------------------------------------------------------------------------------------


def set_quiet(begins: time, ends: time, actor: Reader, now: datetime) -> Quiet:
    """Change when telephones stay silent."""
    hours = {"begins": begins, "ends": ends}
    row = insert(QuietHours).values(id=1, **hours)
    db.session.execute(row.on_conflict_do_update(index_elements=["id"], set_=hours))
    audit.record("notice.quiet_hours", "quiet_hours", actor.login, now, begins=str(begins), ends=str(ends))
    return Quiet(begins, ends)
