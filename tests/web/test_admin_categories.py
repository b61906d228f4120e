"""The tree, duties and gates at the administrator's desk: changed, ordered, added, and what that would do."""

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask

from service import clock
from service.accounts.rules import Reader
from service.audit import changing
from service.config import ROOT
from service.db import db, transaction
from service.directory import operations as directory
from service.directory.editing import CATEGORY
from service.directory.models import Category, Gate
from service.directory.rules import Owner
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from tests.factories import filing
from tests.kept import kept
from tests.routing.orders import NOON
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
TREE, LEVY = "/admin/categories", "/admin/categories/tax.levy"
LATE_TAX = "我公司上月办理增值税留抵，县税务局核定的税额明显偏高，多次申诉征收争议没有答复，要求重新核定应纳税额。"


@pytest.fixture(autouse=True)
def as_before(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False), kept(Category, Gate):
        yield


@pytest.fixture
def admin(at_desk: At) -> Browser:
    return at_desk("administrator")


def form(**said: Any) -> dict[str, Any]:
    version = changing.version(CATEGORY, "tax.levy")
    return {"name": "征收争议", "active": "true", "_version": str(version), **said}


def leaf(code: str = "tax.levy") -> Any:
    directory.forget()
    return directory.current().categories[code]


def filed() -> None:
    """A complaint whose category the filer chose."""
    with transaction():
        draft = {**filing(body=LATE_TAX, respondent=None, amount=None, nature="request"), "category": "tax.levy"}
        intake.file_complaint(FilingSchema().load(draft), Reader(), clock.now())


def test_the_tree_tells_who_handles_what_by_kind_and_at_a_place(admin: Browser) -> None:
    page = unescape(admin.get(TREE).text)
    assert "说到草原、林地" in page
    assert "系统还不认识" not in page
    there = unescape(admin.get(f"{TREE}?place=150821").text)
    assert "五原县税务局" in there


def test_duties_go_to_others_as_the_form_says_and_come_back_by_undo(admin: Browser) -> None:
    rows = {"owners.0.kind": "finance", "owners.0.words": "财政、返还", "owners.1.kind": "tax"}
    assert admin.post(LEVY, form(name="征缴争议", **rows)).status_code == 302
    assert leaf().owners == (Owner("finance", ("财政", "返还")), Owner("tax"))
    assert leaf().name == "征缴争议"
    with transaction():
        directory.seed(ROOT / "data")
    assert leaf().name == "征缴争议"
    page = unescape(admin.get(LEVY).text)
    assert "主管部门：（同大类） → 说到财政、返还的：财政；税务" in page
    assert 'value="财政、返还"' in page
    entry = changing.history(CATEGORY, "tax.levy", 1)[0].id
    assert admin.post(f"{LEVY}/undo/{entry}").status_code == 302
    assert (leaf().name, leaf().owners) == ("征收争议", (Owner("tax"),))


def test_what_would_change_is_told_before_anything_is_saved(admin: Browser) -> None:
    filed()
    page = unescape(admin.post(LEVY, form(**{"owners.0.kind": "finance"}, _do="trial")).text)
    assert "去向会不同的 1 件" in page
    assert "五原县财政局：1 件" in page
    slower = unescape(admin.post(LEVY, form(policy="confirm", _do="trial")).text)
    assert "要等派单员的 1 件" in slower
    assert leaf().owners == (Owner("tax"),)


@pytest.mark.parametrize(("said", "sentence"), [
    ({"name": ""}, "这一项必须填写"),
    ({"name": "发票"}, "旁边已有同名的类别"),
    ({"owners.0.kind": "tax", "owners.0.words": "税"}, "最后要有一个不带词语的主管部门"),
    ({"owners.0.words": "税"}, "请选是哪一类部门管"),
    ({"owners.0.kind": "nothing"}, "主管部门在自治区一级要有"),
    ({"owners.x.kind": "tax"}, "主管部门填得不对"),
    ({"owners": "tax"}, "主管部门填得不对"),
    ({"owners.0.kind": "tax", "owners.0.words": "字" * 21}, "每个词最多 20 个字"),
    ({"policy": "never"}, "只能是"),
])  # fmt: skip
def test_what_nobody_could_follow_is_told_beside_its_field(admin: Browser, said: dict[str, str], sentence: str) -> None:
    answer = admin.post(LEVY, form(channel="找税务所", **said) | said)
    assert (answer.status_code, sentence in answer.text, "找税务所" in answer.text) == (422, True, True)


def test_a_family_needs_what_its_leaves_have_from_it(admin: Browser) -> None:
    answer = admin.post(f"{TREE}/tax", {"name": "税务", "_version": "0"})
    page = answer.text
    assert answer.status_code == 422
    for sentence in ("大类至少要有一个主管部门", "请从列表里选一项", "大类不能停用"):
        assert sentence in page, sentence


def test_a_leaf_that_is_added_can_be_chosen_at_once_and_says_that_the_model_does_not_know_it(admin: Browser) -> None:
    new = {"parent": "tax", "short": "export", "name": "出口退税备案"}
    answer = admin.post(f"{TREE}/new", new)
    assert answer.headers["Location"] == f"{TREE}/tax.export"
    assert leaf("tax.export").owners == (Owner("tax"),)
    assert "认不出它" in admin.get(f"{TREE}/tax.export").text
    assert "系统还不认识" in admin.get(TREE).text
    with transaction():
        directory.seed(ROOT / "data")
    assert leaf("tax.export").active
    for wrong, status in (
        (new, 409),
        ({**new, "short": "Ex port"}, 422),
        ({**new, "parent": "no", "short": "a1"}, 422),
    ):
        assert admin.post(f"{TREE}/new", wrong).status_code == status


def test_leaves_and_families_change_places(admin: Browser) -> None:
    def order() -> list[str]:
        directory.forget()
        return [code for code in directory.current().categories if code.startswith("tax.")]

    before = order()
    assert admin.post(f"{TREE}/{before[1]}/up").status_code == 302
    assert order() == [before[1], before[0], *before[2:]]
    admin.post(f"{TREE}/{before[1]}/up")
    assert order()[0] == before[1]
    admin.post(f"{TREE}/{before[1]}/down")
    assert order() == before
    assert admin.post(f"{TREE}/nothing/up").status_code == 404


def test_what_a_gate_says_and_listens_for_is_changed_and_tried(admin: Browser) -> None:
    gate = directory.current().gates["in_petition"]
    said = {
        "name": gate.name,
        "channel": "请向受理的信访部门查询。",
        "cues": "信访局已受理\n核定的税额",
        "_version": "0",
    }
    filed()
    tried = unescape(admin.post("/admin/gates/in_petition", {**said, "_do": "trial"}).text)
    assert "去向会不同的 1 件" in tried
    assert admin.post("/admin/gates/in_petition", said).status_code == 302
    directory.forget()
    assert directory.current().gates["in_petition"].cues == ("信访局已受理", "核定的税额")
    page = unescape(admin.get("/admin/gates/in_petition").text)
    assert "告诉企业的话：" in page
    assert "请向受理的信访部门查询。" in admin.get("/admin/gates").text
    assert admin.post("/admin/gates/in_petition", {**said, "channel": ""}).status_code == 422


def test_auditors_read_and_others_do_not(at_desk: At) -> None:
    auditor = at_desk("auditor")
    for path in (TREE, LEVY, "/admin/gates", "/admin/gates/emergency"):
        assert auditor.get(path).status_code == 200
        assert at_desk("supervisor", "150000").get(path).status_code == 403
    for path in (LEVY, f"{LEVY}/up", f"{TREE}/new", f"{LEVY}/undo/1", "/admin/gates/emergency"):
        assert auditor.post(path).status_code == 403


@pytest.mark.parametrize(("path", "most"), [(TREE, 1), (f"{TREE}/new", 1), (LEVY, 3), ("/admin/gates", 1),
                                            ("/admin/gates/emergency", 3)])  # fmt: skip
def test_each_page_takes_a_fixed_number_of_statements(
    admin: Browser, monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for round_ in range(2):
        admin.get(path)
        with counted() as sent:
            assert admin.get(path).status_code == 200
        assert len(sent) == most, sent
        admin.post(LEVY, form(channel=f"第{round_}次"))
        db.session.rollback()
