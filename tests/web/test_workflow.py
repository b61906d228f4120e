"""The page of the workflow, and whether what is written about the table is of the table as it is."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace

import pytest

from scripts import workflow as script
from service.accounts.rules import ROLES
from service.casework.rules import FIELD_NAMES
from service.complaints.rules import CONDITIONS, EARLIER, QUESTIONS, STATES, STEPS
from service.config import ROOT
from service.notices.rules import AUDIENCES
from service.web import words, workflow
from tests.statements import counted
from tests.web.browser import Browser

AGAIN = "the table has changed: python -m scripts.workflow"
LAYOUT = ROOT / "service" / "web" / "assets" / "node_modules" / "elkjs"


@pytest.fixture
def page(browser: Browser) -> str:
    return browser.get("/workflow").text


# --- the words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "used"),
    [
        (workflow.WHO, {role for step in STEPS.values() for role in step.roles}),
        (workflow.HOLDS, set(CONDITIONS)),
        (workflow.DESKS, {state.desk for state in STATES.values()}),
        (workflow.REGIMES, {regime for _action, regime in EARLIER}),
        (AUDIENCES, {audience for step in STEPS.values() for audience in step.tells}),
        (FIELD_NAMES, {name for step in STEPS.values() for name in (*step.needs, *step.allows)}),
    ],
    ids=["roles", "conditions", "desks", "regimes", "audiences", "fields"],
)
def test_everything_in_the_table_is_called_something(named: Mapping[object, str], used: set[object]) -> None:
    assert used <= set(named)


def test_every_step_stands_in_one_group_in_the_tables_order() -> None:
    assert [row.action for group in workflow.groups() for row in group.rows] == list(STEPS)
    assert [group.name for group in workflow.groups()] == list(workflow.GROUPS.values())


def test_the_list_that_stands_for_the_drawing_has_every_way_on(page: str) -> None:
    ways = {(stop.code, step) for stop in workflow.stops() for step, _state in stop.ways}
    moving = [step for step in STEPS.values() if step.target]
    assert ways == {
        (code, step.name) for step in moving for code in step.sources if STATES[code].desk and code != step.target
    }
    assert page.index('class="drawing"') < page.index('class="stops"') < page.index('id="states"')


def test_a_row_says_what_the_table_says() -> None:
    rows = {row.action: row for group in workflow.groups() for row in group.rows}
    handing_back = rows["hand_back"]
    assert handing_back.who == "部门分办人、承办人"
    assert (handing_back.whence, handing_back.whither) == ("待签收、办理中", "退单审核")
    assert (handing_back.needs, handing_back.allows) == ("理由、依据", "承办部门")
    assert handing_back.notes == ("条件：不是督办人指定办理的、退单不超过两次",)
    assert handing_back.clocks == ("结束：签收、首次联系、延期审核", "开始：退单审核")
    assert (handing_back.told, handing_back.public) == ("督办人", False)
    assert rows["redo"].notes == ("条件：已有承办部门", "只能做一次", "随后系统自动：派单")
    assert rows["designate"].clocks[-1] == "紧急的同时开始：首次联系"
    assert rows["withdraw"].clocks == ("结束：全部时限",)
    assert rows["rule_misuse"].whence == "任何状态"
    assert workflow.filing() == "提交时开始的时限：受理；咨询同时开始：办理结果；上级交办的同时开始：办理结果。"


def test_every_question_is_asked_and_settled_by_somebody() -> None:
    found = workflow.questions()
    assert len(found) == len(QUESTIONS)
    assert all(one.asked and one.settled for one in found)
    assert found[0].asked == "申请延期（承办人）"


# --- the page --------------------------------------------------------------------------------------------------------


def test_anybody_reads_all_of_it(page: str) -> None:
    for step in STEPS.values():
        assert f"<strong>{step.name}</strong>" in page
    for name in (
        *(state.name for state in STATES.values()),
        *QUESTIONS.values(),
        *(name for name, _ in ROLES.values()),
    ):
        assert name in page or name in {"企业", "对接系统", "管理员", "审计员"}


def test_the_drawing_stands_in_the_page_without_a_style_of_its_own(page: str) -> None:
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="workflow"') == 1
    assert '<title id="w-title">' in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)


def test_the_page_is_linked_from_the_foot_of_every_page_and_takes_no_statement(browser: Browser) -> None:
    assert 'href="/workflow"' in browser.get("/").text.partition("<footer")[2]
    with counted() as sent:
        browser.get("/workflow")
    assert len(sent) == 0


def test_every_state_has_its_look(page: str) -> None:
    for code in STATES:
        assert words.status(code)["name"] in page


# --- what is written down --------------------------------------------------------------------------------------------


def test_the_written_tables_are_of_the_table_as_it_is() -> None:
    assert script.TABLES.read_text(encoding="utf-8") == script.tables(), AGAIN


def test_the_drawing_is_of_the_table_as_it_is() -> None:
    for language, speech in script.SPEECHES.items():
        drawn = workflow.DRAWINGS[language].read_text(encoding="utf-8")
        assert f'data-table="{script.digest(speech())}"' in drawn, AGAIN
        for step in STEPS.values():
            assert step.target is None or f">{speech()(step.name)}" in drawn


def test_a_change_of_the_table_changes_what_a_drawing_is_of(monkeypatch: pytest.MonkeyPatch) -> None:
    before = script.digest(), script.tables()
    monkeypatch.setitem(STEPS, "sign", replace(STEPS["sign"], name="收下"))
    assert script.digest() != before[0]
    assert script.tables() != before[1]


@pytest.mark.skipif(shutil.which("node") is None or not LAYOUT.is_dir(), reason="needs node and make setup")
def test_drawn_again_it_comes_out_the_same() -> None:
    for language, speech in script.SPEECHES.items():
        assert script.drawn(speech()) == workflow.DRAWINGS[language].read_text(encoding="utf-8"), AGAIN


def test_every_state_and_every_move_is_in_the_drawing() -> None:
    found = script.moves()
    by_arrow = {name for names in found.arrows.values() for name in names}
    by_text = {step.name for steps in found.written.values() for step in steps}
    assert by_arrow | by_text == {step.name for step in STEPS.values() if step.target}
    assert by_arrow.isdisjoint(by_text)
    assert [node["id"] for node in script.graph()["children"]] == list(STATES)


def test_lines_break_between_states_only() -> None:
    lines = script.written([STEPS["withdraw"]], script.IN_CHINESE)
    assert "".join(lines).replace("　", "") == f"撤回 ← {workflow.states(STEPS['withdraw'].sources)}"
    assert all(len(line) <= script.WIDEST + 2 for line in lines)
    assert not any(line.strip("　").startswith("、") for line in lines)
