"""Filing in three steps, review and receipt; what was typed lies here, encrypted, and a cookie holds its token."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.accounts.rules import Reader
from service.complaints import operations as complaints
from service.db import transaction
from service.directory import operations as directory
from service.errors import Invalid
from service.http import public, takes
from service.intake import attachments, begun, operations
from service.intake.models import BegunFiling
from service.intake.schemas import FiledSchema
from service.web import account, drafts, files, forms, progress, qr, questions
from service.web.forms import Filled
from service.web.promises import DONE
from service.web.questions import STEPS, Said

pages = Blueprint("filing", __name__)

# In the session: the token of what was filed last.
RECEIPT = "receipt"
GO, PAPER = "_go", "_paper"
# Whoever comes back after so long is told that this was begun before, and may be another's.
AWAY = timedelta(minutes=30)
FILED = FiledSchema()
ELSEWHERE = "您在另一个窗口里开始了新的一份。下面是您刚才填的，确认无误后请再按一次按钮，会接着新的一份继续。"
ELSEWHERE_KEPT = "您在另一个窗口里开始了新的一份，这里填的不再自动保存。"
EXPIRED = "这份内容已经超过一天没有提交，没有再保留，请重新填写。"


# --- the three steps -------------------------------------------------------------------------------------------------


@pages.get("/file")
@public
def text() -> Any:
    """What happened, in one's own words."""
    return _asked(0)


@pages.post("/file")
@public
def text_given() -> Any:
    """Keep what happened, and go on."""
    return _given(0)


@pages.get("/file/details")
@public
def details() -> Any:
    """What this kind of matter needs."""
    return _asked(1)


@pages.post("/file/details")
@public
def details_given() -> Any:
    """Keep the details, and go on."""
    return _given(1)


@pages.get("/file/contact")
@public
def contact() -> Any:
    """Who one is and how to be reached."""
    return _asked(2)


@pages.post("/file/contact")
@public
def contact_given() -> Any:
    """Keep who one is, and go on."""
    return _given(2)


def _asked(index: int) -> Any:
    """A step as it was filled in so far."""
    filing = drafts.filing()
    if filing is None and drafts.token():
        # A late answer may have brought back the token of what was filed long since; nothing could be kept under it.
        drafts.let_go()
    said = begun.said(filing)
    if index and not said:
        return redirect(url_for("filing.text"))
    checked = questions.checked(said, index + 1) if "check" in request.args else None
    return _page(index, checked if isinstance(checked, Filled) else Filled(said), filing.updated_at if filing else None)


def _given(index: int) -> Any:
    """Keep what a step says, right or wrong; on to the next one if it is right."""
    if _is_of_another():
        return _page(index, Filled(_said(index, drafts.filing()), message=_(ELSEWHERE), status=409))
    said, go = _keep(index), request.form.get(GO, "").partition(":")[0]
    if go in {"back", "look", "example"}:
        return redirect(url_for(STEPS[index - (go == "back")].endpoint))
    loaded = questions.checked(said, index + 1)
    return _page(index, loaded) if isinstance(loaded, Filled) else redirect(_after(index))


def _said(index: int, filing: BegunFiling | None) -> dict[str, Any]:
    """All that was said so far, with a step as the form at hand has it."""
    return questions.merged(begun.said(filing), STEPS[index], forms.read(request.form))


def _with_example(said: Said) -> dict[str, Any]:
    """The same with the template whose button was pressed, if it was one, below the text."""
    go, _colon, which = request.form.get(GO, "").partition(":")
    if go != "example" or which not in questions.EXAMPLES:
        return dict(said)
    return {**said, "body": "\n".join(filter(None, [said.get("body"), questions.EXAMPLES[which][1]]))}


def _is_of_another() -> bool:
    """Whether the page at hand was begun for another filing than this browser now holds."""
    return request.form.get(PAPER) not in {None, "", drafts.paper()}


def _after(index: int) -> str:
    return url_for(STEPS[index + 1].endpoint if index + 1 < len(STEPS) else "filing.review")


def _page(index: int, form: Filled, kept: datetime | None = None) -> Any:
    """A step's page; `kept`: when what stands there was kept last."""
    book, said = directory.current(), account.with_own(form.values) if index == len(STEPS) - 1 else form.values
    found = questions.prefilled(said, book) if index == 1 else {}
    shown = replace(form, values=questions.with_prefilled(said, found))
    judgement = questions.judge(shown.values) if index < len(STEPS) - 1 else None
    template = ("portal/file_text.html", "portal/file_details.html", "portal/file_contact.html")[index]
    page = render_template(
        template, form=shown, judgement=judgement, prefilled=found, paper=drafts.paper(),
        titles=questions.TITLES, stage=index + 1, kept=kept, away=kept is not None and kept < clock.now() - AWAY,
        keep=url_for("filing.keep", index=index), **questions.offered(index, book),
    )  # fmt: skip
    return page, form.status


# --- parts that change while one writes ------------------------------------------------------------------------------


@pages.post("/file/judgement")
@public
def judgement() -> str:
    """What the text seems to be about, and what is promised for that."""
    return _part("portal/_judgement.html", 0)


@pages.post("/file/hints")
@public
def warnings() -> str:
    """What to know before going on."""
    return _part("portal/_hints.html", 1)


def _part(template: str, index: int) -> str:
    return render_template(template, judgement=questions.judge(_said(index, drafts.filing())))


# --- what is being written -------------------------------------------------------------------------------------------


@pages.post("/file/keep/<int(max=2):index>")
@public
def keep(index: int) -> Any:
    """Keep what stands in a step while it is typed, right or wrong; says when that was."""
    if _is_of_another():
        return jsonify(told=_(ELSEWHERE_KEPT)), 409
    _keep(index)
    return jsonify(told=_("已自动保存 %(time)s", time=f"{clock.local(clock.now()):%H:%M}"), paper=drafts.paper())


def _keep(index: int) -> Said:
    """Keep what the form at hand says of a step, beside what other windows have said of the others by then."""
    token, now = drafts.hold(anew=drafts.token() == session.get(RECEIPT)), clock.now()
    with transaction():
        said = _with_example(_said(index, begun.read(token, now, lock=True)))
        begun.write(token, said, now)
    return said


@pages.post("/file/new")
@public
def anew() -> Any:
    """Give up what was begun."""
    if token := drafts.token():
        with transaction():
            attachments.drop_all(begun.key_of(token))
            begun.drop(token)
    drafts.let_go()
    flash(_("已清空，可以重新填写。"), "grass")
    return redirect(url_for("filing.text"))


# --- review, files, filing -------------------------------------------------------------------------------------------


@pages.get("/file/review")
@public
def review() -> Any:
    """Everything once more, the files, and the button."""
    return _review(Filled())


@pages.post("/file/review")
@public
@takes(files.LARGEST_FORM)
def submit() -> Any:
    """Take files in or out, and file."""
    token, go = drafts.token(), request.form.get(GO, "")
    if not token or token == session.get(RECEIPT):
        return _over()
    refused = files.taken(begun.key_of(token), go)
    if refused:
        return _review(Filled({}, {files.FIELD: refused}, forms.MEND, 422))
    if go != "submit":
        return redirect(url_for("filing.review", _anchor="files"))
    outcome = forms.attempt({}, lambda: _file(token))
    if isinstance(outcome, Filled):
        return _review(outcome)
    session[RECEIPT] = token
    drafts.let_go()
    return redirect(url_for("filing.receipt"))


def _over() -> Any:
    """Nothing is being written: it was filed already, or lay too long."""
    if RECEIPT in session:
        return redirect(url_for("filing.receipt"))
    flash(_(EXPIRED), "amber")
    return redirect(url_for("filing.text"))


@pages.post("/file/files")
@public
@takes(files.LARGEST_SINGLE)
def send() -> Any:
    """Take one file in or out by itself, so that a line that breaks loses one file and not all."""
    filing = drafts.filing()
    if filing is None or _is_of_another():
        return jsonify(told=_(ELSEWHERE_KEPT if filing else EXPIRED)), 409
    refused = files.taken(filing.key, request.form.get(GO, ""))
    return files.listed(filing.key, refused, "filing.file")


@pages.get("/file/files/<int:attachment_id>")
@public
def file(attachment_id: int) -> Response:
    """One of the files that this filing holds."""
    filing = drafts.filing()
    return files.sent(attachments.find_held(filing.key if filing else b"", attachment_id))


def _review(form: Filled) -> Any:
    filing = drafts.filing()
    said = begun.said(filing)
    loaded = questions.checked(said)
    if filing is None or isinstance(loaded, Filled):
        if form.message:
            flash(form.message, "amber")
        step = questions.step_of(loaded.errors if isinstance(loaded, Filled) else ())
        return redirect(url_for(STEPS[step].endpoint, check=1) if said else url_for("filing.text"))
    parts = [(step, questions.shown(questions.effective(said), step)) for step in STEPS]
    page = render_template(
        "portal/file_review.html", form=form, parts=parts, judgement=questions.judge(said), paper=drafts.paper(),
        titles=questions.TITLES, **files.place(filing.key, url_for("filing.send"), "filing.file"),
    )  # fmt: skip
    return page, form.status


def _file(token: str) -> None:
    """File what was begun, with its files; a second press finds it filed and does nothing."""
    now = clock.now()
    filing = begun.read(token, now, lock=True)
    if filing is None:
        raise Invalid(_(EXPIRED))
    if filing.filed_at is not None:
        return
    draft = questions.checked(begun.said(filing))
    if isinstance(draft, Filled):
        raise Invalid(_("还有内容没有填好，填好以后才能提交。"))
    filer = _filer()
    filed = operations.file_complaint(draft, filer, now)
    attachments.bind(filing.key, filed.complaint.id, now)
    begun.finish(filing, FILED.dump(operations.told(filed, filer, directory.current())), now)


def _filer() -> Reader:
    """Who files here files as the public does: somebody of the staff has a desk for logging what others say."""
    return Reader() if current_user.is_staff else current_user


# --- the receipt -----------------------------------------------------------------------------------------------------


@pages.get("/file/receipt")
@public
def receipt() -> Any:
    """Number, query code, who has it, why, and until when who must do what.

    It is read from where the filing was begun, by the token in this browser's session, for half an hour: so it bears
    reloading and printing, and neither an address nor a cookie ever holds the code.
    """
    now = clock.now()
    found = begun.answer(begun.read(session[RECEIPT], now) if RECEIPT in session else None, now)
    if found is None:
        flash(_("回执只在提交后的半小时内、在提交用的浏览器里显示。凭编号和查询码可以随时查询进度。"))
        return redirect(url_for("progress.ask"))
    progress.follow(found["number"], complaints.code_hash(found["query_code"]))
    # A sheet that is printed and kept says until when, not what is left of it.
    dues = [(running, datetime.fromisoformat(running["due_at"])) for running in found["clocks"]]
    # Who follows it comes to the page that asks for the code: nothing secret is in it.
    address = url_for("progress.show", number=found["number"], _external=True)
    return render_template("portal/receipt.html", told=found, dues=dues, done=DONE, qr=qr.code(address))


@pages.post("/file/receipt")
@public
def put_away() -> Any:
    """Show the receipt no more: the code has been noted."""
    session.pop(RECEIPT, None)
    return redirect(url_for("progress.ask"))
