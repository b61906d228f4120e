"""The queue as somebody works with it: filters, order, what was searched for, many at once, how it is arranged."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from service.accounts.models import KeptDesk
from service.casework.schemas import MOST_AT_ONCE
from service.db import db
from service.web import department, queue
from tests.factories import People, filing
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import HEALTH, filed, standing, taken, the
from tests.web.test_department import MONDAY, QUEUE, numbers, tabs

At = Callable[..., Browser]


def give(number: str, assignee: int | None) -> None:
    the(number).assignee = assignee
    db.session.commit()


def heads(page: str) -> list[str]:
    return re.findall(r'<th scope="col" role="columnheader"(?: class="right")?>([^<]+)</th>', page)


def views(page: str) -> list[str]:
    found = re.search(r'<ul class="views">(.*?)</ul>', page, re.DOTALL)
    return re.findall(r"</svg>([^<]+)</a>", found[1]) if found else []


# --- finding ---------------------------------------------------------------------------------------------------------


def test_what_was_searched_for_is_marked_in_the_excerpt_of_its_row(at_desk: At) -> None:
    filed(body=f"{filing()['body']}其中<b>离心机配件</b>的货款一分没有付。电话13812345678。")
    page = at_desk("handler", department=HEALTH).get(f"{QUEUE}?q=离心机配件").text
    assert "<mark>离心机配件</mark>" in page
    assert "……" in page
    assert "&lt;b&gt;<mark>" in page
    assert "13812345678" not in page


def test_one_finds_what_is_given_to_oneself_to_a_colleague_or_to_nobody(app: Flask, people: People) -> None:
    me, colleague = (people.reader("handler", department=HEALTH) for _ in range(2))
    handler = Browser(app, me)
    mine, theirs, free = filed(), filed(), filed()
    give(mine, me.id)
    give(theirs, colleague.id)
    for who, found in (("me", [mine]), ("none", [free]), (str(colleague.id), [theirs])):
        page = handler.get(f"{QUEUE}?who={who}").text
        assert numbers(page) == found
        assert tabs(page)["待签收"] == 1
        assert f'<option value="{who}" selected>' in page
    assert f'<option value="{colleague.id}">' in handler.get(QUEUE).text


def test_marks_are_a_filter_and_the_order_can_be_chosen(at_desk: At) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        first = filed()
        now.shift(timedelta(minutes=1))
        second = filed(flags=["urgent"], nature="request")
        now.shift(timedelta(minutes=1))
        taken(first, "sign")
        handler = at_desk("handler", department=HEALTH)
        assert numbers(handler.get(f"{QUEUE}?flag=urgent").text) == [second]
        assert numbers(handler.get(f"{QUEUE}?sort=newest").text) == [second, first]
        assert numbers(handler.get(f"{QUEUE}?sort=updated").text) == [first, second]


def test_pages_in_the_order_of_changes_lose_and_double_nothing(at_desk: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(department, "ROWS", 2)
    with time_machine.travel(MONDAY, tick=False):  # all at the same moment
        every = [filed() for _ in range(5)]
        handler, seen, address = at_desk("handler", department=HEALTH), [], f"{QUEUE}?sort=updated"
        while address:
            page = handler.get(address).text
            seen += numbers(page)
            found = re.search(r'href="([^"]+)" rel="next"', page)
            address = found[1].replace("&amp;", "&") if found else ""
    assert seen == every[::-1]


@pytest.mark.parametrize("wrong", ["who=somebody", "who=-1", "flag=x", "sort=size", "who=" + "9" * 30])
def test_what_is_no_filter_is_told(at_desk: At, wrong: str) -> None:
    answer = at_desk("handler", department=HEALTH).get(f"{QUEUE}?{wrong}")
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


# --- many at once ----------------------------------------------------------------------------------------------------


def test_many_are_signed_at_once_and_each_that_is_not_says_why(at_desk: At) -> None:
    elsewhere = {"respondent": {"name": "五原县第九小学", "kind": "institution"}}
    new, old, foreign = filed(), standing("handling"), filed(**elsewhere)
    handler = at_desk("handler", department=HEALTH)
    sent = {"_action": "sign", "assignee": "", "numbers": [new, old, foreign]}
    page = handler.post(f"{QUEUE}/batch?sort=newest", sent, follow_redirects=True)
    assert page.request.full_path == f"{QUEUE}?sort=newest"
    assert "「签收」办好了 1 件" in page.text
    assert f"{old} 没有办成：现在是「办理中」" in page.text
    assert f"{foreign} 没有办成：没有这件诉求" in page.text
    assert (the(new).status, the(foreign).status) == ("handling", "dispatched")


def test_the_button_in_a_row_signs_that_one_and_no_other_that_is_ticked(at_desk: At) -> None:
    meant, ticked = filed(), filed()
    handler = at_desk("handler", department=HEALTH)
    assert f'name="_sign" value="{meant}"' in handler.get(QUEUE).text
    handler.post(f"{QUEUE}/batch", {"_sign": meant, "numbers": [ticked]})
    assert (the(meant).status, the(ticked).status) == ("handling", "dispatched")


def test_many_are_given_to_a_colleague_whose_name_then_stands_in_the_rows(at_desk: At, people: People) -> None:
    chosen, colleague = [filed(), filed()], people.reader("handler", department=HEALTH)
    chief = at_desk("department_dispatcher", department=HEALTH)
    page = chief.post(
        f"{QUEUE}/batch", {"_action": "assign", "assignee": colleague.id, "numbers": chosen}, follow_redirects=True
    )
    assert "「分办」办好了 2 件" in page.text
    assert [the(number).assignee for number in chosen] == [colleague.id] * 2
    assert page.text.count(f'<div class="line" title="{colleague.name}">') == 2


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"_action": "sign"}, "请先在表里勾选要办的诉求。"),
        ({"_action": "assign", "numbers": "QS1"}, "请选择分给哪位同事。"),
        ({"_action": "close", "numbers": "QS1"}, "没有这个操作。"),
        ({"numbers": "QS1"}, "没有这个操作。"),
        ({"_action": "sign", "numbers": ["QS1"] * (MOST_AT_ONCE + 1)}, "最多"),
        ({"_action": "assign", "assignee": "x", "numbers": "QS1"}, "这里应当是整数。"),
    ],
)
def test_what_is_missing_is_said_and_what_was_ticked_stays_ticked(
    at_desk: At, sent: dict[str, object], said: str
) -> None:
    number = filed()
    if sent.get("numbers") == "QS1":
        sent = {**sent, "numbers": number}
    answer = at_desk("handler", department=HEALTH).post(f"{QUEUE}/batch", sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert (f'id="pick-{number}" data-row-key="x" aria-label="勾选 {number}" checked' in answer.text) is (
        sent.get("numbers") == number
    )
    assert the(number).status == "dispatched"


def test_a_head_signs_nothing(at_desk: At) -> None:
    number = filed()
    head = at_desk("head", department=HEALTH)
    assert 'value="sign"' not in head.get(f"{QUEUE}?status=dispatched").text
    head.post(f"{QUEUE}/batch", {"_sign": number})
    assert the(number).status == "dispatched"


# --- looking again ---------------------------------------------------------------------------------------------------


def test_a_page_that_asks_again_gets_nothing_until_something_changed(at_desk: At) -> None:
    with time_machine.travel(MONDAY, tick=False):
        number = filed()
        handler = at_desk("handler", department=HEALTH)
        page = handler.get(f"{QUEUE}?family=arrears").text
        tag, address = (re.search(rf'{name}="([^"]+)"', page)[1] for name in ("data-tag", "hx-get"))  # type: ignore[index]
        ask = lambda: handler.get(address.replace("&amp;", "&"), headers={"If-None-Match": f'"{tag}"'})  # noqa: E731
        unchanged = ask()
        assert (unchanged.status_code, unchanged.text) == (304, "")
        other = filed()
        changed = ask()
        assert set(numbers(changed.text)) == {number, other}
        assert 'hx-swap-oob="true"' in changed.text
        assert "<html" not in changed.text
        assert 'name="csrf_token"' not in changed.text


# --- how somebody arranges it ----------------------------------------------------------------------------------------


def test_somebody_chooses_columns_and_others_keep_theirs(at_desk: At) -> None:
    filed()
    mine, other = at_desk("handler", department=HEALTH), at_desk("handler", department=HEALTH)
    usual = ["剩余", "编号", "事项", *(queue.COLUMNS[code] for code in queue.USUAL)]
    assert heads(mine.get(QUEUE).text) == usual
    mine.post(f"{QUEUE}/columns", {"columns": ["updated", "amount"]})
    page = mine.get(QUEUE).text
    assert heads(page) == ["剩余", "编号", "事项", "涉及金额", "最近变化"]
    assert "1,250,000 元" in page
    assert heads(other.get(QUEUE).text) == usual
    mine.post(f"{QUEUE}/columns", {})
    assert heads(mine.get(QUEUE).text) == usual
    assert mine.post(f"{QUEUE}/columns", {"columns": ["phone"]}).status_code == 422


@pytest.mark.parametrize("code", queue.COLUMNS)
def test_every_column_says_something_of_every_complaint(at_desk: At, code: str) -> None:
    filed(region=None, respondent=None, category="approval.delay", amount=None, enterprise=None, contact=None,
          anonymous=True, body="五原县办理食品经营许可证交了材料，窗口一直不给答复。")  # fmt: skip
    filed()
    handler = at_desk("handler", "150000")
    handler.post(f"{QUEUE}/columns", {"columns": [code]})
    answer = handler.get(QUEUE)
    assert (answer.status_code, heads(answer.text)[3:]) == (200, [queue.COLUMNS[code]])


def test_a_view_is_saved_opened_renamed_and_deleted(at_desk: At) -> None:
    handler = at_desk("handler", department=HEALTH)
    handler.post(f"{QUEUE}/views?due=overdue&who=me&utm_source=x&cursor=abc", {"name": "我的<急件>"})
    page = handler.get(f"{QUEUE}?due=overdue&who=me").text
    assert views(page) == ["我的&lt;急件&gt;"]
    assert f'<a href="{QUEUE}?due=overdue&amp;who=me" aria-current="true">' in page
    handler.post(f"{QUEUE}/views/change", {"view": "我的<急件>", "name": "逾期", "_action": "rename"})
    assert views(handler.get(QUEUE).text) == ["逾期"]
    handler.post(f"{QUEUE}/views?sort=newest", {"name": "新的"})
    clash = handler.post(f"{QUEUE}/views/change", {"view": "新的", "name": "逾期", "_action": "rename"})
    assert (clash.status_code, "请换一个名称" in clash.text) == (422, True)
    handler.post(f"{QUEUE}/views/change", {"view": "逾期", "name": "逾期", "_action": "delete"})
    assert views(handler.get(QUEUE).text) == ["新的"]
    assert views(at_desk("handler", department=HEALTH).get(QUEUE).text) == []


def test_there_are_twenty_views_at_most_and_a_name_is_needed(at_desk: At) -> None:
    handler = at_desk("handler", department=HEALTH)
    for at in range(20):
        handler.post(f"{QUEUE}/views?due=soon", {"name": f"视图{at}"})
    refused = handler.post(f"{QUEUE}/views", {"name": "再来一个"})
    assert (refused.status_code, "最多保存 20 个视图" in refused.text) == (422, True)
    assert 'value="再来一个"' in refused.text
    handler.post(f"{QUEUE}/views?due=overdue", {"name": "视图3"})
    assert len(views(handler.get(QUEUE).text)) == 20
    assert handler.post(f"{QUEUE}/views", {"name": " "}).status_code == 422
    assert (
        handler.post(f"{QUEUE}/views/change", {"view": "没有", "name": "别的", "_action": "rename"}).status_code == 404
    )


def test_what_an_older_version_kept_does_no_harm(at_desk: At) -> None:
    handler = at_desk("handler", department=HEALTH)
    handler.post(f"{QUEUE}/columns", {"columns": ["status"]})
    kept = db.session.scalars(select(KeptDesk)).one()
    kept.columns, kept.views = ["gone", "status"], [{"name": "旧的", "filters": {"gone": "1", "family": "nonsense"}}]
    db.session.commit()
    filed()
    page = handler.get(QUEUE).text
    assert heads(page)[3:] == ["状态"]
    assert views(page) == ["旧的"]


@pytest.mark.parametrize("length", [1, 5])
def test_names_of_people_elsewhere_take_one_statement_more_whatever_the_rows(
    at_desk: At, people: People, length: int
) -> None:
    strangers = [people.reader("handler", department="150821-finance").id for _ in range(length)]
    for stranger in strangers:
        give(filed(), stranger)
    handler = at_desk("handler", department=HEALTH)
    handler.get(QUEUE)
    with counted() as sent:
        handler.get(QUEUE)
    assert len(sent) <= 6, sent
