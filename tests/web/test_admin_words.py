"""Reply templates and settings at the administrator's desk: words that are tried, and secrets that no page tells."""

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask

from service.audit import changing
from service.casework import wording
from service.casework.models import ReplyTemplate
from service.directory import operations as directory
from service.web.admin_replies import TEMPLATE
from service.web.admin_settings import SECRET
from tests.kept import kept
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
REPLIES, SETTINGS = "/admin/replies", "/admin/settings"
NEW = {
    "name": "已付款",
    "kind": "result",
    "family": "arrears",
    "body": "{department}核实，{respondent}已付清{amount}。",
}


@pytest.fixture(autouse=True)
def as_before(app: Flask) -> Iterator[None]:
    with kept(ReplyTemplate):
        yield


@pytest.fixture
def admin(at_desk: At) -> Browser:
    return at_desk("administrator")


def made(admin: Browser) -> ReplyTemplate:
    assert admin.post(f"{REPLIES}/new", NEW).status_code == 302
    return next(one for one in wording.templates() if one.name == "已付款")


def form(one: ReplyTemplate, **said: Any) -> dict[str, Any]:
    return {**NEW, "active": "true", "_version": str(changing.version(TEMPLATE, one.code)), **said}


def test_a_template_is_seen_before_it_is_kept_and_offered_at_once(admin: Browser) -> None:
    page = unescape(admin.post(f"{REPLIES}/new", {**NEW, "_do": "trial"}).text)
    assert "五原县卫生健康委员会核实，五原县人民医院已付清1,250,000 元。" in page
    one = made(admin)
    assert one.code in [row.code for row in wording.offered("result", "arrears")]
    assert "已付款" in admin.get(REPLIES).text


def test_a_template_is_changed_put_away_and_brought_back_by_undo(admin: Browser) -> None:
    one = made(admin)
    path = f"{REPLIES}/{one.code}"
    assert "现已付清" in unescape(admin.post(path, form(one, body="现已付清。", _do="trial")).text)
    assert admin.post(path, form(one, body="现已付清。", active="")).status_code == 302
    assert wording.template(one.code).active is False
    page = unescape(admin.get(path).text)
    for words in ("内容：{department}核实", "在用：是 → 否"):
        assert words in page, words
    entry = changing.history(TEMPLATE, one.code, 1)[0].id
    assert admin.post(f"{path}/undo/{entry}").status_code == 302
    assert wording.template(one.code).body == NEW["body"]
    assert admin.post(path, form(one, _version="0", name="甲")).status_code == 412


@pytest.mark.parametrize(("said", "sentence"), [
    ({"body": "{nobody}您好"}, "没有占位符 {nobody}"), ({"body": "{您好"}, "花括号要成对"), ({"body": ""}, "必须填写"),
    ({"family": "nothing"}, "没有这个大类"), ({"kind": "letter"}, "只能是"),
])  # fmt: skip
@pytest.mark.parametrize("do", ["", "trial"])
def test_words_that_nobody_could_fill_in_are_told_beside_their_field(
    admin: Browser, said: dict[str, str], sentence: str, do: str
) -> None:
    answer = admin.post(f"{REPLIES}/new", {**NEW, **said, "_do": do})
    assert (answer.status_code, sentence in answer.text, 'value="已付款"' in answer.text) == (422, True, True)


def test_settings_say_what_holds_and_where_it_is_changed_and_never_a_secret(
    app: Flask, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in set(SECRET) - {"SECRET_KEY"}:
        monkeypatch.setitem(app.config, variable, "https://hush.example/s3cret")
    page = unescape(admin.get(SETTINGS).text)
    for words in ('href="/admin/notices/quiet-hours"', "至少 10 位", "WEBHOOK_ALLOW_PRIVATE", "已配置"):
        assert words in page, words
    assert "没有配置</span>" not in page
    assert "hush.example" not in page
    assert app.config["SECRET_KEY"] not in page


def test_auditors_read_and_others_do_not(admin: Browser, at_desk: At) -> None:
    auditor, one = at_desk("auditor"), made(admin)
    for path in (REPLIES, f"{REPLIES}/{one.code}", SETTINGS):
        assert auditor.get(path).status_code == 200
        assert at_desk("supervisor", "150000").get(path).status_code == 403
    for path in ("new", one.code, f"{one.code}/undo/1"):
        assert auditor.post(f"{REPLIES}/{path}").status_code == 403
    assert admin.get(f"{REPLIES}/nothing").status_code == 404


@pytest.mark.parametrize(("path", "most"), [(REPLIES, 2), (f"{REPLIES}/new", 1), (SETTINGS, 3)])
def test_each_page_takes_a_fixed_number_of_statements(
    admin: Browser, monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    for _round in range(2):
        admin.get(path)
        with counted() as sent:
            assert admin.get(path).status_code == 200
        assert len(sent) == most, sent
        made(admin)
