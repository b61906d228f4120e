"""The account of an enterprise: registering, its complaints, earlier ones, and the colleagues who share them."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import pre_load

from service import clock
from service.accounts import enterprises
from service.accounts import operations as accounts
from service.accounts.models import User
from service.accounts.rules import SIGNED_IN_FOR, Reader
from service.accounts.schemas import PersonSchema
from service.complaints import belonging, listing, reading
from service.complaints import operations as complaints
from service.complaints.rules import OPEN, SIZES
from service.complaints.schemas import Uscc
from service.complaints.wanted import Wanted
from service.directory import operations as directory
from service.errors import NotFound
from service.fields import Choice, Nested, Schema, Text
from service.http import needs, public
from service.web import forms, signin, telling
from service.web.desks import working_at
from service.web.forms import Filled
from service.web.letters import PRIVATE
from service.web.progress import FOLLOW
from service.web.questions import Said

HERE = "account.index"
ROLE = "enterprise"
ROWS = 20

pages = Blueprint("account", __name__)


class OwnEnterpriseSchema(Schema):
    """Whose account it is."""

    name = Text(most=200, required=True)
    uscc = Uscc(required=True)
    size = Choice(SIZES)


class FirmSchema(Schema):
    """The enterprise as a group of a form; where nothing is filled in, each of its fields is missing."""

    enterprise = Nested(OwnEnterpriseSchema, required=True)

    @pre_load
    def begun(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The group is there, however empty."""
        return {"enterprise": {}, **data}


class RegisterSchema(PersonSchema, FirmSchema):
    """Who opens an account, and for whom."""


class InviteSchema(Schema):
    """Whom a link is for."""

    name = Text(most=50, required=True)


REGISTER, PERSON, INVITE = RegisterSchema(), PersonSchema(), InviteSchema()


@pages.after_request
def _private(response: Response) -> Response:
    """No other site learns the address of an invitation, no browser keeps a page of an account."""
    response.headers.update(PRIVATE)
    return response


# --- coming in -------------------------------------------------------------------------------------------------------


@pages.get("/register")
@public
def register() -> Any:
    """Say what an account is good for, and ask for what it needs."""
    return redirect(url_for(HERE)) if current_user.is_authenticated else _registering(Filled())


@pages.post("/register")
@public
def registered() -> Any:
    """Open an account, and a session with it."""

    def open_(given: dict[str, Any]) -> None:
        _begin(enterprises.register(given["enterprise"], given, clock.now()))

    outcome = forms.submit(REGISTER, request.form, open_)
    if isinstance(outcome, Filled):
        return _registering(outcome)
    flash(_("企业账户已开通。以后登录提交的诉求都在这里；以前提交的，可以凭编号和查询码逐件归入。"), "grass")
    return redirect(url_for(HERE))


def _registering(form: Filled) -> Any:
    return render_template("account/register.html", form=form, sizes=SIZES), form.status


def _begin(user: User) -> None:
    signin.begin(accounts.issue_token(user, clock.now(), user.login, SIGNED_IN_FOR))


@pages.get("/join/<token>")
@public
def join(token: str) -> Any:
    """Who invites to what, and who it is that comes."""
    invitation = enterprises.invitation(token, clock.now())
    return _joining(token, Filled({"name": invitation.name}))


@pages.post("/join/<token>")
@public
def joined(token: str) -> Any:
    """Come in; the link is dead from then on."""

    def come(given: dict[str, Any]) -> None:
        _begin(enterprises.join(token, given, clock.now()))

    outcome = forms.submit(PERSON, request.form, come)
    if isinstance(outcome, Filled):
        return _joining(token, outcome)
    flash(_("您已加入企业账户，下面是大家共用的诉求。"), "grass")
    return redirect(url_for(HERE))


def _joining(token: str, form: Filled) -> Any:
    account = enterprises.invitation(token, clock.now()).account
    return render_template("account/join.html", form=form, account=account, token=token), form.status


# --- the complaints --------------------------------------------------------------------------------------------------


@pages.get("/account")
@needs(ROLE)
def index() -> Any:
    """All complaints of the enterprise, the newest first."""
    cursor, book = request.args.get("cursor") or None, directory.current()
    found = listing.page(Wanted(cursor=cursor, limit=ROWS), _reader(), clock.now())
    # A list for all covers who complains; here they read their own words.
    own = ({"summary": reading.cut(one.title or one.body), "now": _now(one.status)} for one in found.items)
    rows = [{**reading.brief(one, book), **more} for one, more in zip(found.items, own, strict=True)]
    return render_template(
        "account/index.html", account=enterprises.of(current_user), rows=rows,
        following=url_for(HERE, cursor=found.next_cursor) if found.next_cursor else "",
        first=url_for(HERE) if cursor else "",
    )  # fmt: skip


def _reader() -> Reader:
    """Who asks, only as one of the enterprise: somebody may work here too."""
    return working_at(HERE, current_user)


def _now(status: str) -> str:
    """What goes on with it; empty where it is over, since its state says so."""
    return _(telling.NOW[status][0]) if status in OPEN else ""


@pages.get("/account/attach")
@needs(ROLE)
def attach() -> Any:
    """Ask for number and code of an earlier complaint."""
    return _attaching(Filled())


@pages.post("/account/attach")
@needs(ROLE)
def attached() -> Any:
    """Let the colleagues see a complaint from now on."""

    def take(given: dict[str, str]) -> bool:
        return belonging.attach(given["number"], given["query_code"], _reader(), clock.now()) is not None

    outcome = forms.submit(FOLLOW, request.form, take)
    if outcome is False:
        outcome = forms.refused(forms.read(request.form), NotFound(complaints.NOT_HERE))
    if isinstance(outcome, Filled):
        return _attaching(outcome)
    flash(_("已归入企业账户，同事登录后也能看到。"), "grass")
    return redirect(url_for(HERE))


def _attaching(form: Filled) -> Any:
    return render_template("account/attach.html", form=form), form.status


def with_own(said: Said) -> Said:
    """What was said of a filing with the enterprise of who is signed in, as long as nothing was said of one."""
    account = enterprises.of(current_user) if "enterprise" not in said and not current_user.is_staff else None
    if account is None:
        return said
    own = {"name": account.name, "uscc": account.uscc, "size": account.size}
    return {**said, "enterprise": {name: value for name, value in own.items() if value}}


# --- the colleagues --------------------------------------------------------------------------------------------------


@pages.get("/account/people")
@needs(ROLE)
def people() -> Any:
    """Who shares the account, and who was invited."""
    return _people(Filled())


@pages.post("/account/people")
@needs(ROLE)
def invite() -> Any:
    """Make a link for one colleague, and show it this once."""
    outcome = forms.submit(
        INVITE, request.form, lambda given: enterprises.invite(given["name"], _reader(), clock.now())
    )
    if isinstance(outcome, Filled):
        return _people(outcome)
    return _people(Filled(), link=url_for("account.join", token=outcome, _external=True))


def _people(form: Filled, link: str = "") -> Any:
    account, now = enterprises.of(current_user), clock.now()
    if account is None:
        raise NotFound(_("您不在任何企业账户里。"))
    page = render_template(
        "account/people.html", form=form, account=account, people=enterprises.people(account.id), link=link,
        invitations=enterprises.invitations(account.id, now) if current_user.leads else (),
    )  # fmt: skip
    return page, form.status


@pages.post("/account/invitations/<int:invitation_id>/withdraw")
@needs(ROLE)
def withdraw(invitation_id: int) -> Any:
    """Make a link useless that nobody has used."""
    outcome = forms.attempt({}, lambda: enterprises.withdraw(invitation_id, _reader(), clock.now()))
    return _changed(outcome, _("邀请已撤回，链接不能再用。"))


@pages.get("/account/people/<int:user_id>/<any(out, lead):what>")
@needs(ROLE)
def confirm(user_id: int, what: str) -> Any:
    """Say what follows from taking somebody out, or from letting somebody else lead."""
    return render_template("account/confirm.html", person=enterprises.colleague(user_id, _reader()), what=what)


@pages.post("/account/people/<int:user_id>/out")
@needs(ROLE)
def take_out(user_id: int) -> Any:
    """Take somebody out for good."""
    outcome = forms.attempt({}, lambda: belonging.take_out(user_id, _reader(), clock.now()))
    return _changed(outcome, _("已移出企业账户，对方不能再登录。"))


@pages.post("/account/people/<int:user_id>/lead")
@needs(ROLE)
def hand_over(user_id: int) -> Any:
    """Let somebody else lead."""
    outcome = forms.attempt({}, lambda: enterprises.hand_over(user_id, _reader(), clock.now()))
    return _changed(outcome, _("管理员已换人，您仍在企业账户里。"))


def _changed(outcome: Any, done: str) -> Any:
    if isinstance(outcome, Filled):
        return _people(outcome)
    flash(done, "grass")
    return redirect(url_for("account.people"))
