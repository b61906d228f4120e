"""Accounts as an administrator looks after them: who there is, what each may do where, one-time passwords, ways in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import fields

from service import clock
from service.accounts import administration
from service.accounts import operations as accounts
from service.accounts.administration import USER
from service.accounts.models import User
from service.accounts.rules import ROLES
from service.complaints import belonging
from service.db import transaction
from service.directory import operations as directory
from service.directory.rules import Directory
from service.fields import Choice, Schema, Several, Text
from service.http import needs
from service.web import admin_forms, choices, forms, speech, worklists
from service.web.admin_forms import ADMINISTRATOR, READERS, Desk, Field
from service.web.forms import Filled
from service.web.progress import Number

ROWS = 50
ROLE_NAMES = {code: name for code, (name, _scope) in ROLES.items()}
STATES = {"on": "在用", "off": "已停用"}
DID = {
    "created": "新建",
    "closed": "停用",
    "password_reset": "重设密码",
    "password_changed": "本人改密码",
}

pages = Blueprint("admin_users", __name__, url_prefix="/admin/users")


class FilterSchema(Schema):
    """Which users a page shows."""

    q = Text(most=64)
    role = Choice(ROLE_NAMES)
    state = Choice(STATES)
    cursor = Text(most=64)


class UserSchema(Schema):
    """A user: the grants that stay, and one that is added."""

    name = Text(most=64, required=True)
    grants = Several(fields.String(), most=100, load_default=list)
    role = Choice(ROLE_NAMES)
    place = Text(most=12)
    kind = Text(most=60)


class CalledBackSchema(Schema):
    """A complaint that the user filed who forgot the password."""

    number = Number(required=True)


class NewUserSchema(Schema):
    """A new user with one grant."""

    login = Text(most=64, required=True)
    name = Text(most=64, required=True)
    role = Choice(ROLE_NAMES, required=True)
    place = Text(most=12)
    kind = Text(most=60)


def _values(_login: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A user's name and grants: those that stay, and the one that is added."""
    grants = list(given["grants"])
    if given.get("role"):
        grants.append(administration.granted(given["role"], given.get("place"), given.get("kind")))
    return {"name": given["name"], "grants": sorted(set(grants))}


def grant_name(text: str, book: Directory) -> str:
    """A grant as people read it."""
    grant = administration.read_grant(text)
    where = book.departments.get(grant.department or "") or book.places.get(grant.place or "")
    role = _(ROLE_NAMES[grant.role])
    return _("%(role)s　%(where)s", role=role, where=speech.told(where.name)) if where else role


def _grants(value: Any, book: Directory) -> str:
    return _("、").join(grant_name(text, book) for text in value or ()) or _("（空）")


DESK = Desk(
    pages="admin_users", of=USER, schema=UserSchema(), list_name="全部用户", did=DID, values=_values,
    called=lambda _login, values: str(values["name"]), template="admin/user.html",
    fields=(
        Field("name", "姓名", attributes={"maxlength": 64}),
        Field("grants", "岗位", control="checkboxes", said=_grants),
        Field("active", "在用", control=""),
        Field("role", "增加岗位", control=""),
        Field("place", "哪个地区的", control=""),
        Field("kind", "哪个部门的", control=""),
        Field("login", "登录名", control=""),
    ),
)  # fmt: skip
FILTER, NEW, CALLED_BACK = FilterSchema(), NewUserSchema(), CalledBackSchema()


# --- the list --------------------------------------------------------------------------------------------------------


@pages.get("")
@needs(*READERS)
def listed() -> Any:
    """All users, or those that a text, a role or a state picks out."""
    form, given = worklists.asked(FILTER)
    active = {"on": True, "off": False}.get(given.get("state", ""))
    found = administration.listed(given.get("q", ""), given.get("role"), active, given.get("cursor"), ROWS)
    book = directory.current()
    rows = [{"user": one, "name": _name(one), "grants": [grant_name(administration.written(row), book)
             for row in one.grants], "last_seen": found.last_seen.get(one.id)} for one in found.items]  # fmt: skip
    following = worklists.address(form, cursor=found.following) if found.following else ""
    return render_template(
        "admin/users.html", form=form, rows=rows, roles=ROLE_NAMES, states=STATES, following=following,
        first=worklists.address(form) if "cursor" in given else "", may=ADMINISTRATOR in current_user.roles,
    ), form.status  # fmt: skip


def _name(user: User) -> str:
    """Who works here is named; of somebody of an enterprise a list shows no more than the first character."""
    staff = any(row.role != "enterprise" for row in user.grants)
    return user.name if staff else f"{user.name[:1]}**"


# --- a new one -------------------------------------------------------------------------------------------------------


@pages.get("/new")
@needs(ADMINISTRATOR)
def new() -> Any:
    """An empty form."""
    return _new(Filled())


@pages.post("/new")
@needs(ADMINISTRATOR)
def add() -> Any:
    """Make a user, and show once the password for the first sign-in."""
    answer = forms.submit(NEW, request.form, _added)
    return _new(answer) if isinstance(answer, Filled) else _shown_once(*answer)


def _added(given: Mapping[str, Any]) -> tuple[User, str]:
    grant = administration.granted(given["role"], given.get("place"), given.get("kind"))
    return administration.add(given["login"], given["name"], grant, current_user.login, clock.now())


def _new(form: Filled) -> Any:
    return render_template("admin/new_user.html", form=form, desk=DESK, **_scopes()), form.status


def _scopes() -> dict[str, Any]:
    """What a grant is chosen from."""
    book = directory.current()
    kinds = {code: kind.name for code, kind in book.kinds.items() if kind.active}
    return {"roles": ROLE_NAMES, "places": choices.places(book), "kinds": kinds}


def _shown_once(user: User, password: str, phone: str = "") -> Any:
    return render_template("admin/password.html", user=user, password=password, phone=phone)


# --- one of them -----------------------------------------------------------------------------------------------------


@pages.get("/<int:user_id>")
@needs(*READERS)
def shown(user_id: int) -> Any:
    """One user: what they may do, how they get in, what was done to the account."""
    return _page(administration.find(user_id))


@pages.post("/<int:user_id>")
@needs(ADMINISTRATOR)
def edit(user_id: int) -> Any:
    """Change name and grants."""
    user = administration.find(user_id)
    return admin_forms.edit(DESK, user.login, _("已保存，下一次点击起就按新的岗位办理。"), _home(user), **_beside(user))


def _page(user: User, form: Filled | None = None) -> Any:
    return admin_forms.page(DESK, user.login, form, **_beside(user))


def _beside(user: User) -> dict[str, Any]:
    """What the page shows beside the form."""
    book = directory.current()
    held = {text: grant_name(text, book) for text in map(administration.written, user.grants)}
    ways = administration.ways_in(user, clock.now())
    return {"way": {"user_id": user.id}, "user": user, "held": held, "ways": ways, **_scopes()}


@pages.post("/<int:user_id>/<any(close, open):what>")
@needs(ADMINISTRATOR)
def switch(user_id: int, what: str) -> Any:
    """Switch an account off, which ends every way in, or on again."""
    user = administration.find(user_id)
    said = _("已启用。密码忘了的，可以重设。") if what == "open" else _("已停用，密码和令牌同时失效。")
    return admin_forms.put(DESK, user.login, {"active": what == "open"}, said, _home(user), **_beside(user))


@pages.post("/<int:user_id>/password")
@needs(ADMINISTRATOR)
def reset_password(user_id: int) -> Any:
    """Set a password for one sign-in, and show it once; of an enterprise's account with whom to call to hand it over.

    Anybody can say on the telephone that a login is theirs. Who answers where its user filed a complaint from is that
    user.
    """
    user = administration.find(user_id)
    schema = CALLED_BACK if user.account_id is not None else Schema()
    answer = forms.submit(schema, request.form, lambda given: _reset(user, given.get("number")))
    if isinstance(answer, Filled):
        held = admin_forms.typed(DESK, USER.read(user.login)).values
        return _page(user, replace(answer, values={**held, **answer.values}))
    return _shown_once(user, *answer)


def _reset(user: User, number: str | None) -> tuple[str, str]:
    """The password, and the telephone of who is to be told it."""
    now, actor = clock.now(), current_user.login
    phone = belonging.telephone(number, user, actor, now) if number else ""
    return administration.reset_password(user, actor, now), phone


@pages.post("/<int:user_id>/tokens")
@needs(ADMINISTRATOR)
def revoke(user_id: int) -> Any:
    """End every way in but the password."""
    with transaction():
        user = administration.find(user_id)
        ended = accounts.revoke_tokens(user, clock.now(), current_user.login)
    flash(_("已作废 %(count)d 个登录和令牌。", count=ended), "grass")
    return redirect(_home(user))


@pages.post("/<int:user_id>/undo/<int:entry_id>")
@needs(ADMINISTRATOR)
def undo(user_id: int, entry_id: int) -> Any:
    """Take back a change."""
    user = administration.find(user_id)
    return admin_forms.undo(DESK, user.login, entry_id, _home(user), **_beside(user))


def _home(user: User) -> str:
    return url_for("admin_users.shown", user_id=user.id)
