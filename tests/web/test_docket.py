"""The docket: what waits for a supervisor's ruling, with the words of both sides, ruled on where it stands."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
import time_machine
from flask import Flask

from service.complaints.models import Event
from service.complaints.rules import STEPS
from service.db import db
from service.deadlines.ladder import KINDS
from service.deadlines.operations import clocks_of
from service.directory import operations as directory
from service.web import docket
from tests.statements import counted
from tests.web.browser import Browser
from tests.web.cases import HEALTH, POLICY, filed, standing, taken, the
from tests.web.test_department import numbers, tabs

At = Callable[..., Browser]
DESK, RULINGS = "/desk/supervision", "/desk/supervision/rulings"
SCRIPT = {"HX-Request": "true"}
TUESDAY = datetime(2026, 3, 10, 1, tzinfo=UTC)
# question → the way there, what the complaint is about, and what of both sides and of the rules stands in its row.
ASKED = {
    "handing_back": (("handing_back",), {}, ("派单依据：", "认为应由：", "主管单位不是我们", "职责清单第七条", "归")),
    "consulting": (("consulting",), {}, ("退单", "周四上午", "派单依据：")),
    "extension": (("handling", "ask_extension"), POLICY, ("申请延到：", "现在的期限：", "同意后：", "最晚可以延到")),
    "redo_asked": (("redo_asked",), {}, ("货款将于月底前付清", "答复里说的付款计划到期没有兑现")),
    "suspended": (("suspended",), {}, ("等待司法鉴定结论", "复核日期：")),
    "misuse": (("handling", "report_misuse"), {}, ("所附验收单", "存档的验收单原件")),
    "misuse_appeal": (("handling", "report_misuse", "rule_misuse", "appeal_misuse"), {}, ("日期被改动", "当面核对")),
    "counting": (("closed", "appeal_counting"), {}, ("企业回访时说的是另一件事", "满意度：满意")),
}  # fmt: skip


@pytest.fixture(autouse=True)
def tuesday(app: Flask) -> Iterator[None]:
    """09:00 on Tuesday, 2026-03-10."""
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def supervisor(tuesday: None, at_desk: At) -> Browser:
    """A supervisor of the league."""
    return at_desk("supervisor", "150800")


def asking(kind: str) -> str:
    """A complaint that waits for a ruling."""
    way, about, _said = ASKED[kind]
    return standing(*way, **about)


def row_of(page: str, number: str) -> str:
    """The row of a complaint, as text that people read."""
    ends = r'(?=<li[^>]* id="case-|</ol>|<div id="counted"|\Z)'
    found = re.search(rf'<li[^>]* id="case-{number}".*?{ends}', page, re.DOTALL)
    assert found, page
    return unescape(found[0])


def rule(somebody: Browser, number: str, answer: str, script: bool = True, **typed: str) -> Browser:
    """Rule on a complaint as its row's form does."""
    version = {"_version": str(the(number).version), "_answer": answer}
    headers = SCRIPT if script else {}
    return somebody.post(f"{RULINGS}/{number}", {**version, **typed}, headers=headers)


def last(number: str) -> Event:
    """What happened last."""
    return db.session.query(Event).filter_by(complaint_id=the(number).id).order_by(Event.seq.desc()).first()


@pytest.mark.parametrize("kind", ASKED)
def test_a_row_tells_what_both_sides_say_and_what_the_rules_do(supervisor: Browser, kind: str) -> None:
    number, _other = asking(kind), filed()
    page = supervisor.get(f"{DESK}?kind={kind}").text
    assert numbers(page) == [number]
    row = row_of(page, number)
    assert [said for said in ASKED[kind][2] if said not in row] == []
    assert [answer.code for answer in docket.ANSWERS[kind] if f'value="{answer.code}"' not in row] == []


def test_all_that_waits_stands_in_one_list_the_first_due_first_and_what_has_no_limit_last(supervisor: Browser) -> None:
    waiting = [asking(kind) for kind in ASKED]
    page = supervisor.get(DESK).text
    listed = numbers(page)
    assert sorted(listed) == sorted(waiting)
    assert tabs(page)["待裁定"] == len(waiting)
    due = [the(number).due_at for number in listed]
    limits = [at for at in due if at]
    assert limits == sorted(limits)
    assert due[-1] is None
    assert due[: len(limits)] == limits


def test_a_row_names_the_clock_that_ends_first_where_it_is_not_the_result(supervisor: Browser) -> None:
    number = asking("extension")
    row = row_of(supervisor.get(f"{DESK}?kind=extension").text, number)
    first = min((one for one in clocks_of(the(number).id) if one.state == "running"), key=lambda one: one.due_at)
    assert first.kind != "result"
    assert re.search(rf'<span class="deadline[^>]*><span>{KINDS[first.kind]}</span> <time', row)


def test_pages_of_the_docket_leave_nothing_out(supervisor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.web.supervision.CASES", 3)
    waiting, seen, address = [asking(kind) for kind in ASKED], [], DESK
    while address:
        page = supervisor.get(address).text
        seen += numbers(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = unescape(found[1]) if found else ""
    assert sorted(seen) == sorted(waiting)


ANSWERS = [(kind, answer) for kind, answers in docket.ANSWERS.items() for answer in answers]


@pytest.mark.parametrize(("kind", "answer"), ANSWERS, ids=lambda one: getattr(one, "code", one))
def test_a_ruling_is_given_in_the_row_and_takes_its_place(
    supervisor: Browser, kind: str, answer: docket.Answer
) -> None:
    number = asking(kind)
    page = rule(supervisor, number, answer.code, text="理由在此。", department="150821-finance")
    assert page.status_code == 200, page.text
    assert "data-done" in row_of(page.text, number)
    assert re.search(r'id="counted" hx-swap-oob', page.text)
    events = db.session.query(Event).filter_by(complaint_id=the(number).id, action=answer.action)
    done = events.order_by(Event.seq.desc()).first()
    assert done.data[answer.field] == "理由在此。"
    assert {name: done.data[name] for name in answer.fixed} == answer.fixed
    assert numbers(supervisor.get(f"{DESK}?kind={kind}").text) == []


def test_without_a_script_a_ruling_leads_back_to_the_same_list(supervisor: Browser) -> None:
    number = asking("handing_back")
    typed = {"_version": str(the(number).version), "_answer": "grant_hand_back"}
    answer = supervisor.post(f"{RULINGS}/{number}?kind=handing_back&family=arrears", typed)
    assert answer.status_code == 303
    assert {"kind=handing_back", "family=arrears"} <= set(re.split("[?&#]", answer.headers["Location"]))
    assert f"{number}：同意退单" in supervisor.get(answer.headers["Location"]).text


@pytest.mark.parametrize("script", [True, False])
def test_a_ruling_that_lacks_its_reason_comes_back_with_all_that_was_typed(supervisor: Browser, script: bool) -> None:
    number, other = asking("handing_back"), asking("handing_back")
    answer = rule(supervisor, number, "designate", script, department="150821-finance")
    assert answer.status_code == 422
    row = row_of(answer.text, number)
    assert 'aria-invalid="true"' in row
    assert re.search(r'<option value="150821-finance" selected>', row)
    assert (other in answer.text) is not script
    assert the(number).status == "handing_back"


def test_a_phrase_that_was_chosen_is_the_reason_where_nothing_was_written(supervisor: Browser) -> None:
    number = asking("handing_back")
    rule(supervisor, number, "refuse_hand_back", phrase="按职责规定属于本部门，请继续办理。")
    assert last(number).data["reason"] == "按职责规定属于本部门，请继续办理。"


def test_what_somebody_else_ruled_meanwhile_says_so_in_the_row(supervisor: Browser, at_desk: At) -> None:
    number = asking("handing_back")
    version = re.findall(r'name="_version" value="([^"]+)"', supervisor.get(DESK).text)
    taken(number, "grant_hand_back")
    said = {"_version": version[0], "_answer": "refuse_hand_back", "text": "按职责规定<属于>本部门。"}
    for headers in (SCRIPT, {}):
        answer = supervisor.post(f"{RULINGS}/{number}", said, headers=headers)
        assert answer.status_code == 412
        told = row_of(answer.text, number) if headers else answer.text
        # Only what was done since the list was opened; what was written is not lost.
        assert re.search("刚刚被别人处理过（[^（]*同意退单", told)
        assert ("申请退单" in told.partition("刚刚")[2][:80], "您写的是：" in told) == (False, True)
        assert "按职责规定&lt;属于&gt;本部门。" in answer.text


@pytest.mark.parametrize("answer", ["", "close", "sign"])
def test_what_is_no_answer_is_refused(supervisor: Browser, answer: str) -> None:
    assert rule(supervisor, asking("handing_back"), answer).status_code == 404


def test_an_answer_to_another_question_is_refused(supervisor: Browser) -> None:
    number = asking("handing_back")
    assert rule(supervisor, number, "resume").status_code == 409
    assert the(number).status == "handing_back"


def test_nobody_rules_on_what_lies_elsewhere(at_desk: At) -> None:
    number = asking("handing_back")
    assert rule(at_desk("supervisor", "150100"), number, "grant_hand_back").status_code == 404
    assert rule(at_desk("handler", department=HEALTH), number, "grant_hand_back").status_code == 403


def test_who_else_had_it_and_how_often_it_came_back_stands_there(supervisor: Browser) -> None:
    number = asking("handing_back")
    taken(number, "grant_hand_back")
    taken(number, "dispatch", department="150821-finance")
    taken(number, "hand_back", department=HEALTH)
    row = row_of(supervisor.get(DESK).text, number)
    assert "先后派给：五原县卫生健康委员会、五原县财政局" in row
    assert "这是第 2 次退单" in row
    assert 'value="grant_hand_back"' not in row
    assert re.search(r'<option value="150821-finance">', row)


def test_an_extension_that_the_law_leaves_to_the_head_is_not_the_supervisors(supervisor: Browser) -> None:
    standing("handling", "ask_extension")
    assert numbers(supervisor.get(f"{DESK}?kind=extension").text) == []


def test_what_was_asked_names_nobody_and_runs_no_script(supervisor: Browser) -> None:
    number = standing("dispatched")
    taken(number, "hand_back", reason="<script>alert(1)</script> 请联系13947112233", evidence="三定规定。")
    page = supervisor.get(DESK).text
    assert numbers(page) == [number]
    assert "<script>alert" not in page
    assert "13947112233" not in page


# --- several at once -------------------------------------------------------------------------------------------------


def ticked(*numbers_: str) -> list[str]:
    """Boxes as the list has them: each with the version that it shows."""
    return [f"{number}@{the(number).version}.{the(number).length}" for number in numbers_]


def test_several_of_a_kind_are_ruled_on_at_once(supervisor: Browser) -> None:
    two, third = [asking("extension"), asking("extension")], asking("extension")
    page = supervisor.get(f"{DESK}?kind=extension").text
    assert [box for box in ticked(*two, third) if f'value="{box}"' not in page] == []
    answer = supervisor.post(f"{RULINGS}?kind=extension", {"_answer": "grant_extension", "numbers": ticked(*two)})
    assert "「同意延期」办好了 2 件。" in supervisor.get(answer.headers["Location"]).text
    assert ["extension" in the(number).pending for number in (*two, third)] == [False, False, True]


def test_what_changed_since_it_was_shown_is_left_as_it_is(supervisor: Browser) -> None:
    first, second = asking("extension"), asking("extension")
    boxes = ticked(first, second)
    taken(first, "report_misuse")
    answer = supervisor.post(RULINGS, {"_answer": "grant_extension", "numbers": boxes})
    page = supervisor.get(answer.headers["Location"]).text
    assert "「同意延期」办好了 1 件。" in page
    assert re.search(rf"{first} 没有办成：.*刚刚被别人处理过", page)
    assert "extension" in the(first).pending


@pytest.mark.parametrize(("answer", "typed", "status"), [
    ("grant_extension", {}, 422), ("refuse_extension", {"numbers": "here"}, 422), ("rule_misuse.true", {}, 404),
    ("designate", {}, 404),
])  # fmt: skip
def test_several_are_not_ruled_on_where_something_is_missing_or_each_is_a_case_of_its_own(
    supervisor: Browser, answer: str, typed: dict[str, str], status: int
) -> None:
    number = asking("extension")
    boxes = {name: ticked(number) for name in typed}
    assert supervisor.post(RULINGS, {"_answer": answer, **boxes}).status_code == status
    assert "extension" in the(number).pending


def test_every_answer_takes_a_step_of_the_supervisors(app: Flask) -> None:
    for kind, answer in ANSWERS:
        step = STEPS[answer.action]
        assert docket.RULER in step.roles, answer.code
        assert kind in step.sources or kind == step.settles, answer.code
        assert set(step.needs) <= {answer.field, "department", *answer.fixed}, answer.code


def test_the_docket_takes_eight_statements(supervisor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    waiting = {asking(kind) for kind in ("handing_back", "extension", "counting")}
    supervisor.get(DESK)
    with counted() as sent:
        page = supervisor.get(DESK).text
    assert set(numbers(page)) == waiting
    # Session, list, what was said, results' limits, names, counts, who is late, own phrases.
    assert len(sent) == 8, sent
