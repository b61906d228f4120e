"""The model as an administrator looks after it: how good it is, its versions, what it learns from, how it drifts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from marshmallow import Schema

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.db import transaction
from service.directory import operations as directory
from service.errors import NotFound
from service.fields import Count, Text
from service.http import needs
from service.learning import operations as learning
from service.learning import rules
from service.learning.models import CHALLENGER, CHAMPION, REFUSED, RETIRED
from service.web import curves, forms, model_figures, worklists
from service.web.forms import Filled

# address of a tab → its name
TABS = {
    "model_desk.current": "现在的模型",
    "model_desk.versions": "各版本",
    "model_desk.report": "对比报告",
    "model_desk.examples": "纠正样本",
    "model_desk.drift": "变化",
}
ADMINISTRATOR = "administrator"
# state of a version → word, icon, colour
STATES = {
    CHAMPION: ("使用中", "check-circle", "grass"),
    CHALLENGER: ("待决定", "hourglass-split", "amber"),
    REFUSED: ("未启用", "x-circle", "soft"),
    RETIRED: ("已换下", "archive", "soft"),
}
ROWS, WEEKS = 50, 12


class PageSchema(Schema):
    """Which page of a list."""

    cursor = Count(least=1, most=2**62)


class ReasonSchema(Schema):
    """Why somebody does something."""

    reason = Text(most=500, required=True)


PAGE, REASON = PageSchema(), ReasonSchema()

pages = Blueprint("model_desk", __name__, url_prefix="/admin/models")


def _page(template: str, **told: Any) -> str:
    """A page with its tabs, the one that is open marked."""
    tabs = [
        {"name": _(name), "url": url_for(endpoint), "count": None, "current": request.endpoint == endpoint}
        for endpoint, name in TABS.items()
    ]
    return render_template(f"models/{template}.html", tabs=tabs, states=STATES, frame=curves, **told)


# --- the model in use ------------------------------------------------------------------------------------------------


@pages.get("")
@needs(ADMINISTRATOR)
def current() -> str:
    """The version in use: its figures in plain words, and when it leaves a complaint to a person."""
    every = learning.versions()
    version = next((one for one in every if one.state == CHAMPION), None)
    challenger = next((one for one in every if one.state == CHALLENGER), None)
    if version is None:
        return _page("current", version=None, challenger=challenger)
    return _page(
        "current", version=version, challenger=challenger, about=version.about,
        figures=model_figures.figures(version.about),
        coverage=model_figures.coverage(version.about, directory.current()),
    )  # fmt: skip


# --- its versions ----------------------------------------------------------------------------------------------------


@pages.get("/versions")
@needs(ADMINISTRATOR)
def versions() -> str:
    """All versions, and what may be done with each."""
    every = learning.versions()
    names = accounts.names(model_figures.people(every))
    return _page(
        "versions", versions=every, steps=STEPS, names=names, by_whom=model_figures.by_whom,
        before=next((one.predecessor for one in every if one.state == CHAMPION), None),
        by_machine=learning.promotes_by_itself(),
    )  # fmt: skip


@pages.post("/rule")
@needs(ADMINISTRATOR)
def rule() -> Any:
    """Say whether a version that passes the gate is promoted without a person."""
    by_machine = request.form.get("_by_machine") == "true"
    with transaction():
        learning.set_promotes_by_itself(by_machine, current_user, clock.now())
    flash(_("以后通过检验的新版本自动启用。") if by_machine else _("以后通过检验的新版本等管理员决定。"), "grass")
    return redirect(url_for("model_desk.versions"))


@pages.get("/report")
@pages.get("/versions/<version>")
@needs(ADMINISTRATOR)
def report(version: str = "") -> str:
    """How a version did against the one then in use; without its name, the newest that was compared."""
    every = learning.versions()
    found = next((one for one in every if (one.version == version if version else one.report)), None)
    if version and found is None:
        raise NotFound(_("没有这个版本。"))
    if found is None or not found.report:
        return _page("report", version=found, report=None)
    book, told = directory.current(), found.report
    return _page(
        "report", version=found, report=told, verdicts=model_figures.VERDICTS, rules=rules,
        steps={code: step for code, step in STEPS.items() if found.state in step.states},
        slices=model_figures.slices(told, book), added=model_figures.added(told, book),
        confusions=model_figures.confusions(told, book), capped=model_figures.capped(told),
    )  # fmt: skip


@dataclass(frozen=True)
class Step:
    """What an administrator may do with models.

    Attributes:
        about: what follows from it; done: what is said after it.
        states: of the versions on which it may be done; none where it is about all of them.
    """

    name: str
    image: str
    about: str
    done: str
    run: Callable[[str, Reader, datetime, str], object]
    states: frozenset[str] = frozenset()


STEPS = {
    "retrain": Step(
        "重新训练", "arrow-repeat",
        "用自带的样本和到现在为止的纠正样本训练一个新版本，并与使用中的版本比较。训练在后台进行，不影响正在使用的版本。",
        "已安排训练，完成后会出现在这里。",
        lambda _version, actor, now, why: learning.retrain(actor, now, why),
    ),
    "roll_back": Step(
        "退回上一版", "arrow-counterclockwise",
        "恢复使用上一个版本，回答与当时完全一样；现在的版本保留。以后的新版本不再自动启用，等管理员决定。",
        "已退回上一版，各处马上改用它。",
        lambda _version, actor, now, why: learning.roll_back(actor, now, why),
    ),
    "promote": Step(
        "启用", "check-lg",
        "各处马上改用这个版本，不用重启；现在的版本保留，随时可以退回。已经派出的诉求不受影响。",
        "已启用，各处马上改用它。",
        lambda version, actor, now, why: learning.promote(version, actor, now, why),
        frozenset({"challenger", "refused", "retired"}),
    ),
    "refuse": Step(
        "不启用", "x-lg",
        "这个版本留着备查，不再提醒您决定。",
        "已记下不启用。",
        lambda version, actor, now, why: learning.refuse(version, actor, now, why),
        frozenset({"challenger"}),
    ),
}  # fmt: skip


@pages.get("/steps/<step>")
@pages.get("/versions/<version>/<step>")
@needs(ADMINISTRATOR)
def confirm(step: str, version: str = "") -> Any:
    """Ask why, and whether."""
    return _confirm(step, version, Filled())


@pages.post("/steps/<step>")
@pages.post("/versions/<version>/<step>")
@needs(ADMINISTRATOR)
def take(step: str, version: str = "") -> Any:
    """Do it."""
    chosen, actor, now = _step(step, version), current_user, clock.now()
    answer = forms.submit(REASON, request.form, lambda given: chosen.run(version, actor, now, given["reason"]))
    if isinstance(answer, Filled):
        return _confirm(step, version, answer)
    flash(_(chosen.done), "grass")
    return redirect(url_for("model_desk.versions"))


def _confirm(step: str, version: str, form: Filled) -> Any:
    chosen, found = _step(step, version), learning.version(version) if version else None
    return _page("confirm", form=form, step=chosen, version=found, back=url_for("model_desk.versions")), form.status


def _step(code: str, version: str) -> Step:
    """A step by its code; with a version where it is about one, and only there."""
    if code not in STEPS or bool(STEPS[code].states) != bool(version):
        raise NotFound(_("没有这个步骤。"))
    return STEPS[code]


# --- what it learns from, and how it drifts --------------------------------------------------------------------------

DROP = Step(
    "剔除样本", "trash", "这条样本以后不再学；已经学过它的版本不变，重新训练以后才不受它影响。",
    "已剔除，下次训练不再学它。", lambda *_: None,
)  # fmt: skip


@pages.get("/examples")
@needs(ADMINISTRATOR)
def examples() -> Any:
    """What people corrected, the newest first."""
    form, given = worklists.asked(PAGE)
    found = learning.examples(given.get("cursor"), ROWS)
    names = accounts.names(model_figures.correctors(found.items))
    here = "model_desk.examples"
    return _page(
        "examples", rows=model_figures.corrections(found.items, names, directory.current()), form=form,
        following=url_for(here, cursor=found.next_cursor) if found.next_cursor else "",
        first=url_for(here) if "cursor" in given else "",
    ), form.status  # fmt: skip


@pages.get("/examples/<int:example_id>/drop")
@needs(ADMINISTRATOR)
def ask_drop(example_id: int) -> Any:
    """Ask why, and whether."""
    return _ask_drop(example_id, Filled())


@pages.post("/examples/<int:example_id>/drop")
@needs(ADMINISTRATOR)
def drop(example_id: int) -> Any:
    """Let nothing learn from a correction any more."""
    actor, now = current_user, clock.now()
    answer = forms.submit(
        REASON, request.form, lambda given: learning.drop_example(example_id, actor, now, given["reason"])
    )
    if isinstance(answer, Filled):
        return _ask_drop(example_id, answer)
    flash(_(DROP.done), "grass")
    return redirect(url_for("model_desk.examples"))


def _ask_drop(example_id: int, form: Filled) -> Any:
    found = learning.example(example_id)
    row = model_figures.corrections([found], accounts.names([found.user_id]), directory.current())[0]
    return _page("confirm", form=form, step=DROP, example=row, back=url_for("model_desk.examples")), form.status


@pages.get("/drift")
@needs(ADMINISTRATOR)
def drift() -> str:
    """Week by week: what it was unsure of, what people changed, and the words that it does not know."""
    return _page(
        "drift", weeks=model_figures.weeks(learning.drift(clock.now(), WEEKS)), watched=model_figures.watched()
    )
