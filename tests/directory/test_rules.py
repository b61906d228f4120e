"""Places, departments and owners as the seed files give them."""

import re

import pytest

from service.config import ROOT
from service.directory import seeds
from service.directory.rules import LEVELS, Place, assemble
from tests.directory.book import book, place, without

# The families of complaints, and the leaves of each.
LEAVES = {
    "arrears": "goods-services construction deposit bills pay-when-paid audit-delay interest",
    "default": "investment-promise contract-breach predecessor compensation land-planning concession judgment",
    "policy": "subsidy tax-fee employment finance land-energy barrier inquiry",
    "approval": "delay extra-condition project property misconduct system",
    "enforcement": "fine inspection seizure charges cross-region",
    "competition": "review bidding procurement monopoly",
    "factor": "land utilities labor finance logistics port",
    "market": "ip credit registration quality",
    "construction": "permit surroundings",
    "tax": "invoice refund levy",
    "labor": "social-insurance dispute",
    "environment": "closure safety",
    "out-of-scope": "commercial litigation discipline petition personal emergency",
}
CODES = [f"{family}.{leaf}" for family, leaves in LEAVES.items() for leaf in leaves.split()]
ONE_OF_EACH_LEVEL = ("内蒙古自治区", "锡林郭勒盟", "巴彦淖尔市", "五原县", "新城区", "达拉特经济开发区")


def test_the_tree_has_exactly_the_leaves_of_the_domain():
    assert sorted(book().categories) == sorted(CODES)
    assert sorted(book().families) == sorted(LEAVES)


@pytest.mark.parametrize("code", CODES)
def test_every_leaf_has_cues_and_an_owner_at_each_level(code):
    leaf = book().categories[code]
    assert 6 <= len(leaf.cues) <= 15
    assert len(set(leaf.cues)) == len(leaf.cues)
    assert not leaf.owners[-1].words
    for name in ONE_OF_EACH_LEVEL:
        assert all(book().nearest(owner.kind, place(name)) for owner in leaf.owners)


def test_whatever_is_out_of_scope_names_a_channel_and_waits_for_a_person():
    for leaf in book().categories.values():
        assert (leaf.family == "out-of-scope") == (leaf.policy == "confirm")
        assert leaf.channel or leaf.family != "out-of-scope"


def test_what_is_said_about_officials_is_sealed_and_goes_to_discipline_inspection():
    sealed = {leaf.code: leaf.owners[0].kind for leaf in book().categories.values() if leaf.sealed}
    assert sealed == {"approval.misconduct": "discipline", "out-of-scope.discipline": "discipline"}


def test_the_gates_of_the_domain_are_there():
    effects = {gate.code: gate.effect for gate in book().gates.values()}
    assert effects == {
        "in_court": "refuse",
        "in_petition": "refuse",
        "discipline": "pass_on",
        "emergency": "hand_over",
        "already_concluded": "refuse",
        "state_secret": "refuse",
        "disclosure": "refuse",
    }


def test_all_places_are_there_and_zones_cannot_be_taken_for_codes_of_the_standard():
    counts = {level: sum(found.level == level for found in book().places.values()) for level in LEVELS}
    assert counts == {"自治区": 1, "盟市": 12, "旗县区": 103, "开发区": 17}
    for found in book().places.values():
        assert re.fullmatch(r"15\d\dK\d" if found.level == "开发区" else r"15\d{4}", found.code)


def test_a_chain_goes_up_to_the_region_and_a_subtree_holds_what_lies_below():
    names = [book().places[code].name for code in book().chain(place("达拉特经济开发区"))]
    assert names == ["达拉特经济开发区", "达拉特旗", "鄂尔多斯市", "内蒙古自治区"]
    assert set(book().subtree(place("乌海市"))) == {"150300", "150302", "150303", "150304", "1503K1"}
    assert len(book().subtree(book().region)) == len(book().places)
    assert book().chain("999999") == book().subtree("999999") == ()


@pytest.mark.parametrize(
    ("kind", "where", "name"),
    [
        ("health", "五原县", "五原县卫生健康委员会"),
        ("tax", "五原县", "国家税务总局五原县税务局"),
        ("ecology", "五原县", "巴彦淖尔市生态环境局五原县分局"),
        ("government", "锡林郭勒盟", "锡林郭勒盟行政公署"),
        ("government", "乌海高新技术产业开发区", "乌海高新技术产业开发区管理委员会"),
        ("finance-regulator", "巴彦淖尔市", "国家金融监督管理总局巴彦淖尔监管分局"),
        ("industry", "内蒙古自治区", "内蒙古自治区工业和信息化厅"),
        ("state-assets", "五原县", "五原县财政局"),
        ("energy", "五原县", "五原县发展和改革委员会"),
        ("customs", "满洲里市", "满洲里海关"),
        ("customs", "五原县", None),
        ("health", "乌海高新技术产业开发区", None),
        ("no-such-kind", "五原县", None),
    ],
)
def test_a_place_has_its_department_or_the_one_that_stands_in_for_it(kind, where, name):
    found = book().department(kind, place(where))
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("kind", "where", "name"),
    [
        ("customs", "五原县", "乌拉特海关"),
        ("customs", "武川县", "呼和浩特海关"),
        ("tax", "乌海高新技术产业开发区", "国家税务总局乌海市税务局"),
        ("rule-of-law", "五原县", "内蒙古自治区党委全面依法治区委员会办公室"),
    ],
)
def test_a_kind_that_a_place_has_not_is_found_above_it(kind, where, name):
    assert book().nearest(kind, place(where)).name == name


def test_every_department_has_a_code_of_its_place_and_kind_and_a_name_of_its_own():
    departments = book().departments.values()
    assert 3000 < len(departments) < 4000
    assert all(found.code == f"{found.place}-{found.kind}" for found in departments)
    assert len({found.name for found in departments}) == len(departments)


def test_departments_are_listed_by_place_kind_and_where_the_last_page_ended():
    assert [row.code for row in book().offices("150000", "tax")] == ["150000-tax"]
    rest = book().offices(kind="customs", after="150900-customs")
    assert [row.place for row in rest] == ["152202", "152501", "152525", "152923"]


def test_a_retired_kind_has_no_departments_in_use_and_is_heard_in_no_name():
    later = without("kinds", "science")
    assert later.nearest("science", place("五原县")) is None
    assert later.offices(kind="science") == []
    assert later.identify("包头市科学技术局").department is None
    assert later.departments["150200-science"].name == "包头市科学技术局"


def test_a_retired_place_is_heard_in_no_name_and_what_lay_there_lies_above():
    later = without("regions", "150821")
    assert later.identify("五原县住建局").place is None
    assert later.in_use("150821") == "150800"
    assert later.nearest("housing", "150821").name == "巴彦淖尔市住房和城乡建设局"
    assert (later.places["150821"].name, later.chain("150821")) == ("五原县", ("150821", "150800", "150000"))


def test_a_threshold_is_the_leafs_own_or_its_familys():
    tables = seeds.tables(ROOT / "data")
    own = {"tax": 0.7, "tax.levy": 0.9}
    rows = [{**row, "threshold": own.get(row["code"], row["threshold"])} for row in tables["categories"]]
    found = assemble({**tables, "categories": rows}).categories
    assert [found[code].threshold for code in ("tax.levy", "tax.refund", "approval.delay")] == [0.9, 0.7, 0.6]


def test_the_leaves_of_a_retired_family_are_out_of_use():
    later = without("categories", "tax")
    assert later.category("tax.levy") is None
    assert later.categories["tax.levy"].family_name == "税务"


@pytest.mark.parametrize(
    ("name", "level", "short"),
    [
        ("五原县", "旗县区", ("五原",)),
        ("鄂伦春自治旗", "旗县区", ("鄂伦春",)),
        ("锡林郭勒盟", "盟市", ("锡林郭勒",)),
        ("兴安盟", "盟市", ()),
        ("青山区", "旗县区", ()),
        ("土默特左旗", "旗县区", ()),
        ("内蒙古自治区", "自治区", ()),
    ],
)
def test_a_short_name_is_made_only_where_nobody_can_mistake_it(name, level, short):
    assert Place("150000", name, level, None).spoken == short
