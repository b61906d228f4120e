"""The words that spoke for a category and against it, marked in the text."""

import re

import pytest

from service.classifier.rules import Explanation, Piece
from service.directory import operations as directory
from service.web.spoken import Run, runs
from tests.factories import filing
from tests.web.cases import filed
from tests.web.conftest import At

HEALTH = "150821-health"


def test_a_text_is_cut_where_the_side_changes_and_nothing_is_lost() -> None:
    text = "拖欠工程款 5 万。"
    pieces = (
        Piece(0, 2, 2.0, True),
        Piece(2, 5, 1.0, True),
        Piece(5, 8, 3.0, False),
        Piece(8, 9, -1.0, True),
    )
    found = list(runs(text, Explanation("arrears.construction", 0, 0, pieces)))
    assert found == [Run("拖欠工程款", "for"), Run(" 5 ", ""), Run("万", "against"), Run("。", "")]


def test_what_says_next_to_nothing_is_not_marked() -> None:
    pieces = (Piece(0, 2, 2.0, True), Piece(2, 4, 0.1, True), Piece(4, 6, -0.1, True))
    found = list(runs("拖欠我们公司", Explanation("a", 0, 0, pieces)))
    assert found == [Run("拖欠", "for"), Run("我们公司", "")]


@pytest.mark.parametrize(("role", "path"), [("handler", "/desk/complaints/{}"), ("dispatcher", "/desk/dispatching/{}")])
def test_staff_read_the_whole_text_with_what_spoke_for_its_category_marked(at_desk: At, role: str, path: str) -> None:
    department = HEALTH if role == "handler" else None
    browser = at_desk(role, None if department else "150821", department)
    number = filed(by_hand=role == "dispatcher")
    page = browser.get(path.format(number)).text
    block = re.search(r'<details class="spoken">(.*?)</details>', page, re.DOTALL)
    assert block
    assert directory.current().categories["arrears.goods-services"].name in block[1]
    assert re.search(r'<mark class="for"><span class="visually-hidden"[^>]*>（支持）</span>[^<]*拖欠', block[1])
    told = re.sub(r"<span.*?</span>|<.*?>", "", block[1].split('<p class="prose body" lang="zh-Hans">')[1])
    assert told.strip() == filing()["body"]
