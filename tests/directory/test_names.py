"""What a spoken or written name of a body tells."""

import pytest

from service.directory.names import Found
from tests.directory.book import book, place


@pytest.mark.parametrize(
    ("name", "near", "where", "department"),
    [
        ("五原县人民医院", None, "五原县", None),
        ("呼和浩特市新城区住建局", None, "新城区", "新城区住房和城乡建设局"),
        ("国家税务总局五原县税务局", None, "五原县", "国家税务总局五原县税务局"),
        ("五原县税务局", None, "五原县", "国家税务总局五原县税务局"),
        ("内蒙古自治区巴彦淖尔市五原县发改委", None, "五原县", "五原县发展和改革委员会"),
        ("自治区住建厅", None, "内蒙古自治区", "内蒙古自治区住房和城乡建设厅"),
        ("土右旗农牧局", None, "土默特右旗", "土默特右旗农牧局"),
        ("锡盟行署", None, "锡林郭勒盟", "锡林郭勒盟行政公署"),
        ("乌盟卫健委", None, "乌兰察布市", "乌兰察布市卫生健康委员会"),
        ("稀土高新区管委会", None, "包头稀土高新技术产业开发区", "包头稀土高新技术产业开发区管理委员会"),
        ("五原县", None, "五原县", "五原县人民政府"),
        ("市政府", "五原县", "巴彦淖尔市", "巴彦淖尔市人民政府"),
        ("市政务服务局", "五原县", "巴彦淖尔市", "巴彦淖尔市政务服务与数据管理局"),
        ("区政府", "新城区", "新城区", "新城区人民政府"),
        ("区政府", "五原县", None, None),
        ("依法治区办", None, "内蒙古自治区", "内蒙古自治区党委全面依法治区委员会办公室"),
        ("住建厅", "五原县", "内蒙古自治区", "内蒙古自治区住房和城乡建设厅"),
        ("五原县政府办", None, "五原县", "五原县人民政府"),
        ("满洲里海关", None, "满洲里市", "满洲里海关"),
        ("住建局", "五原县", "五原县", "五原县住房和城乡建设局"),
        ("住建局", None, None, None),
        ("市场监管局", "五原县", "五原县", "五原县市场监督管理局"),
        ("市住建局", "五原县", "巴彦淖尔市", "巴彦淖尔市住房和城乡建设局"),
        ("县医院", "五原县", "五原县", None),
        ("市政公司", "五原县", None, None),
        ("阿旗政府", "赤峰市", "阿鲁科尔沁旗", "阿鲁科尔沁旗人民政府"),
        ("阿旗政府", "锡林浩特市", "阿巴嘎旗", "阿巴嘎旗人民政府"),
        ("阿旗政府", None, None, None),
        ("中国农业银行赤峰分行", None, "赤峰市", None),
        ("宁夏回族自治区水利厅", None, None, None),
        ("中兴和平商贸公司", None, None, None),
        ("大兴安岭森工集团", None, None, None),
        ("五原县隆兴昌镇人民政府", None, "五原县", None),
        ("某某商贸有限公司", "五原县", None, None),
    ],
)
def test_a_name_tells_place_and_department(name, near, where, department):
    found = book().identify(name, place(near))
    assert found.place == place(where)
    assert (book().departments[found.department].name if found.department else None) == department


@pytest.mark.parametrize(
    ("text", "near", "named"),
    [
        ("向五原县政务服务局交了材料，四个月不办", None, ["五原县政务服务与数据管理局"]),
        ("国家税务总局五原县税务局重复征税", None, ["国家税务总局五原县税务局"]),
        ("五原住建局拖着不验收", None, ["五原县住房和城乡建设局"]),
        ("巴彦淖尔市生态环境局五原县分局要求停产", None, ["巴彦淖尔市生态环境局五原县分局"]),
        ("找五原县人民政府，政府让找五原县财政局", None, ["五原县人民政府", "五原县财政局"]),
        ("我县住建局不给验收，市政府也不管", "五原县", ["五原县住房和城乡建设局", "巴彦淖尔市人民政府"]),
        ("去政务大厅，税务局不认", "五原县", ["五原县政务服务与数据管理局", "国家税务总局五原县税务局"]),
        ("税务局不认", None, []),
        ("公示之后工信局说等财政局排资金", "五原县", ["五原县工业和信息化局"]),
        ("当地税务局不认", "五原县", ["国家税务总局五原县税务局"]),
        ("自然资源厅不批", "五原县", ["内蒙古自治区自然资源厅"]),
        ("依法治区办的人报复我们", None, ["内蒙古自治区党委全面依法治区委员会办公室"]),
        ("大同市公安局把人带走，外地公安局", "五原县", []),
        ("打了12345热线，政府采购项目，五原县政府采购文件，按国家能源局要求", "五原县", []),
        ("隆兴昌镇人民政府欠款", "五原县", []),
        ("请五原县市场监管局依法查处", None, []),
        ("请五原县市场监管局退还罚款", None, ["五原县市场监督管理局"]),
        ("根据五原县人民政府文件", None, ["五原县人民政府"]),
    ],
)
def test_a_text_names_the_departments_it_says_something_about(text, near, named):
    assert [found.name for found in book().mentioned(text, place(near))] == named


def test_whoever_is_only_cited_can_be_left_out():
    text = "根据自治区人民政府要求，五原县人民政府出台奖补，五原县工信局没有兑付"
    assert [found.code for found in book().mentioned(text, cited=False)] == ["150821-industry"]


def test_a_part_of_a_department_is_not_the_department():
    assert book().identify("五原县公安局交警大队").part
    assert not book().identify("五原县公安局").part


def test_every_department_is_found_by_its_own_name():
    for department in book().departments.values():
        assert book().identify(department.name) == Found(department.place, department.code)


def test_every_place_is_found_by_each_of_its_names_from_nearby():
    for found in book().places.values():
        for name in (found.name, *found.spoken):
            assert book().identify(f"{name}某某学校", found.code).place == found.code
