"""The revisit agent's desk."""

import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from service.complaints.models import Event
from service.db import db, transaction
from service.directory import operations as directory
from tests.factories import filing
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import filed, standing, taken, the
from tests.web.test_department import tabs

At = Callable[..., Browser]
DESK = "/desk/revisits"
SOLVED = {"contacted": "true", "solved": "true", "satisfaction": "very_satisfied"}
PLANTED = "<script>alert(1)</script>"


@pytest.fixture
def agent(at_desk: At) -> Browser:
    return at_desk("revisit_agent", "150821")


def numbers(page: str) -> list[str]:
    return re.findall(r'<a class="number" href="/desk/revisits/([^"]+)">', page)


def unanswered() -> str:
    """A complaint whose limit ended without a reply."""
    number = standing("handling")
    with transaction():
        the(number).pending = ["revisit"]
    return number


def record(agent: Browser, number: str, **said: str) -> TestResponse:
    """Fill in and send the form as the page gave it."""
    found = re.search(r'name="_version" value="(\d+)"', agent.get(f"{DESK}/{number}").text)
    assert found
    return agent.post(f"{DESK}/{number}", {"_version": found[1], **said})


def test_who_is_to_be_called_stands_there_and_nobody_else(agent: Browser) -> None:
    replied, answered, late = standing("replied"), standing("answered"), unanswered()
    standing("handling")
    revisited = standing("revisited")
    page = agent.get(DESK).text
    assert set(numbers(page)) == {replied, answered, late}
    assert tabs(page) == {"待回访": 3, "其中期满未答复": 1, "已回访待办结": 1}
    assert numbers(agent.get(f"{DESK}?show=unanswered").text) == [late]
    assert numbers(agent.get(f"{DESK}?show=revisited").text) == [revisited]


def test_the_script_keeps_the_matter_from_whoever_else_answers(agent: Browser) -> None:
    usual = agent.get(f"{DESK}/{standing('replied')}").text
    assert "请问是白女士吗" in usual
    assert "不说反映的是什么事" in usual
    assert "申请重办" in usual
    assert "什么也不要说" in agent.get(f"{DESK}/{standing('replied', confidential=True)}").text


def test_the_page_of_a_call_has_the_number_what_to_say_and_the_facts(agent: Browser) -> None:
    page = agent.get(f"{DESK}/{standing('replied')}").text
    for told in ("tel:+864716601234", "白女士", "五原县卫生健康委员会已经答复您了", "联系上了", "没有联系上", "已解决",
                 "非常满意", "基本满意", "非常不满意", "经核实，货款将于月底前付清"):  # fmt: skip
        assert told in page, told


def test_where_the_limit_ended_without_a_reply_the_words_say_so(agent: Browser) -> None:
    page = agent.get(f"{DESK}/{unanswered()}").text
    assert "期限已经到了，还没有给您答复" in page
    assert "已经答复您了" not in page


def test_the_answers_are_kept_and_the_next_one_follows(agent: Browser) -> None:
    first, second = standing("replied"), standing("replied")
    answer = record(agent, first, **SOLVED)
    assert answer.headers["Location"] == f"{DESK}/{second}"
    one = the(first)
    assert (one.status, one.contacted, one.solved, one.satisfaction) == ("revisited", True, True, "very_satisfied")
    assert "这是下一件" in agent.get(f"{DESK}/{second}").text
    assert record(agent, second, contacted="false").headers["Location"] == DESK
    assert (the(second).contacted, the(second).solved) == (False, None)
    assert "没有别的要回访了" in agent.get(DESK).text


def test_a_call_where_no_reply_came_leaves_the_complaint_where_it_is(agent: Browser) -> None:
    number = unanswered()
    assert record(agent, number, **SOLVED).status_code == 302
    assert (the(number).status, the(number).pending) == ("handling", [])
    db.session.rollback()
    assert db.session.query(Event).filter_by(action="revisit_unanswered").count() == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "contacted"),
        ({"contacted": "true"}, "solved"),
        ({"contacted": "true", "solved": "true"}, "satisfaction"),
        ({"contacted": "true", "solved": "false", "satisfaction": "dissatisfied"}, "reason"),
        ({"contacted": "true", "solved": "false", "satisfaction": "very_dissatisfied"}, "reason"),
        ({"contacted": "false", "solved": "true"}, "solved"),
        ({"contacted": "true", "solved": "true", "satisfaction": "fine"}, "satisfaction"),
    ],
)
def test_what_is_missing_is_told_beside_its_field_and_nothing_is_kept(
    agent: Browser, said: dict[str, str], field: str
) -> None:
    number = standing("replied")
    answer = record(agent, number, note="企业说话很客气", **said)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert "企业说话很客气" in answer.text
    assert the(number).status == "replied"


def test_who_comes_second_is_told_and_keeps_what_was_typed(agent: Browser) -> None:
    number = standing("replied")
    version = str(the(number).version)
    taken(number, "revisit")
    answer = agent.post(f"{DESK}/{number}", {"_version": version, **SOLVED})
    assert answer.status_code == 412
    assert "现在是「已回访」" in answer.text
    assert the(number).satisfaction == "dissatisfied"


def test_what_needs_no_call_says_so_and_takes_no_answers(agent: Browser) -> None:
    number = standing("revisited")
    assert "这件诉求现在不用回访" in agent.get(f"{DESK}/{number}").text
    assert agent.post(f"{DESK}/{number}", {"_version": str(the(number).version), **SOLVED}).status_code == 409


def test_who_filed_anonymously_has_no_number(agent: Browser) -> None:
    number = standing("replied", anonymous=True, contact=None, enterprise=None)
    assert "没有留下电话" in agent.get(f"{DESK}/{number}").text


@pytest.mark.parametrize("role", ["handler", "supervisor", "dispatcher", "operator"])
def test_the_desk_is_for_revisit_agents(at_desk: At, role: str) -> None:
    number, somebody = standing("replied"), at_desk(role, "150000")
    assert somebody.get(DESK).status_code == 403
    assert somebody.get(f"{DESK}/{number}").status_code == 403
    assert somebody.post(f"{DESK}/{number}", {"_version": "1", **SOLVED}).status_code == 403


def test_other_places_and_what_is_not_due_are_not_there(at_desk: At, agent: Browser) -> None:
    number = standing("replied")
    elsewhere = at_desk("revisit_agent", "150100")
    assert numbers(elsewhere.get(DESK).text) == []
    assert elsewhere.get(f"{DESK}/{number}").status_code == 404
    assert agent.get(f"{DESK}/{filed()}").status_code == 404


def test_a_number_in_the_search_leads_to_its_call(agent: Browser) -> None:
    number = standing("replied")
    assert agent.get(f"{DESK}?q={number}").headers["Location"] == f"{DESK}/{number}"


@pytest.mark.parametrize("query", ["show=x", "family=x", "cursor=%21"])
def test_a_filter_that_is_none_is_told(agent: Browser, query: str) -> None:
    answer = agent.get(f"{DESK}?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_an_empty_desk_says_what_will_appear_there(agent: Browser) -> None:
    assert "这里将列出等您打电话的诉求" in agent.get(DESK).text


def test_the_desk_takes_three_statements_and_a_call_two(agent: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    found = [standing("answered") for _ in range(2)]
    agent.get(DESK)
    with counted() as sent:
        page = agent.get(DESK).text
    assert sorted(numbers(page)) == sorted(found)
    assert len(sent) == 3, sent
    with counted() as sent:
        agent.get(f"{DESK}/{found[0]}")
    assert len(sent) == 2, sent


def test_planted_text_shows_as_text(agent: Browser) -> None:
    number = standing(
        "replied", body=PLANTED + filing()["body"], title=PLANTED, enterprise={"name": PLANTED, "size": "small"},
        contact={"name": PLANTED, "phone": "0471-6601234"}, respondent={"name": PLANTED + "五原县人民医院"},
    )  # fmt: skip
    typed = {"contacted": "true", "solved": PLANTED, "satisfaction": PLANTED, "reason": PLANTED, "note": PLANTED}
    pages = [agent.get(DESK), agent.get(f"{DESK}/{number}"), record(agent, number, **typed)]
    pages.append(agent.get(f"{DESK}?show={PLANTED}&q={PLANTED}"))
    for page in pages:
        assert PLANTED not in page.text
        assert "&lt;script&gt;" in page.text
