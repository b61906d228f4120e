"""What a respondent is, by its name, and who supervises it: every row of the two tables."""

import pytest

from service.routing.respondent import Respondent, kind_of, recognise
from tests.directory.book import book


@pytest.mark.parametrize("kind", book().debtor_kinds, ids=lambda kind: kind.code)
def test_every_word_of_a_kind_tells_that_kind(kind):
    assert {word: kind_of(f"某某{word}", book()) for word in kind.words} == dict.fromkeys(kind.words, kind.code)


@pytest.mark.parametrize("sector", book().sectors, ids=lambda sector: sector.code)
def test_every_row_of_the_sectors_is_reached_by_its_words_and_kinds(sector):
    for word in sector.words or ("某某",):
        for kind in sector.debtors or ("institution",):
            found = next(row for row in book().sectors if row.covers(f"某某{word}", kind))
            assert found == sector


def test_every_supervisor_exists_at_each_county():
    for sector in book().sectors:
        assert all(book().nearest(sector.kind, place) for place in book().places)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("五原县人民医院", "institution"),
        ("五原县某某民办幼儿园", "private"),
        ("某某医院管理有限公司", "unknown"),
        ("五原县某某嘎查委员会", "village"),
        ("巴音宝力格苏木", "organ"),
        ("国网某某供电公司", "large"),
        ("某某供电公司", "state-owned"),
        ("内蒙古某某能源有限公司", "unknown"),
        ("五原县会计集中核算中心", "unknown"),
        ("五原县住房和城乡建设局", "organ"),
        ("五原县工业园区管理委员会", "organ"),
        ("老张", "unknown"),
    ],
)
def test_a_name_tells_what_a_body_is_or_that_nobody_knows(name, kind):
    assert recognise(Respondent(name), None, book()).kind == kind


def test_what_the_filer_says_about_a_body_goes_before_its_name():
    assert recognise(Respondent("某某建筑有限公司", "large"), None, book()).kind == "large"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("赤峰学院", "150000"),
        ("呼伦贝尔学院", "150000"),
        ("包头医学院第一附属医院", "150000"),
        ("赤峰市大学生就业服务中心", "150400"),
        ("包头市农牧业科学院", "150200"),
        ("包头师范学院附属小学", "150200"),
        ("包头学院路建材有限公司", "150200"),
    ],
)
def test_a_university_is_the_regions_and_what_only_sounds_like_one_is_not(name, place):
    assert recognise(Respondent(name), None, book()).place == place


@pytest.mark.parametrize(
    ("name", "torn"),
    [("乌海职业技术学院", True), ("鄂尔多斯应用技术学院", True), ("内蒙古某某职业学院", False), ("赤峰学院", False)],
)
def test_a_college_with_the_name_of_a_city_may_be_the_citys(name, torn):
    assert recognise(Respondent(name), None, book()).torn == torn
