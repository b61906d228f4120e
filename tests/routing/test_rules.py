"""Who receives and who handles: the rules, case by case, with departments by their Chinese names."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from service.routing.matter import Matter
from service.routing.respondent import Respondent
from service.routing.rules import AFTER_ORDERS, barred, decide
from tests.directory.book import book, office, place, without


@dataclass(frozen=True)
class Suggestion:
    code: str
    probability: float = 0.9
    sure: bool = True


def matter(leaf=None, where=None, who=None, kind=None, p=0.9, **facts: Any) -> Matter:
    """A matter; places by name, a small enterprise unless said otherwise."""
    return Matter(
        suggestions=(Suggestion(leaf, p),) if leaf else (),
        place=place(where),
        respondent=Respondent(who, kind) if who else None,
        **{"creditor_size": "small", **facts},
    )


def decided(*given, **facts):
    return decide(matter(*given, **facts), book())


def name_of(code):
    return book().departments[code].name if code else None


SMES = "内蒙古自治区工业和信息化厅"
SMES_ARE_PAID = "保障中小企业款项支付条例第二十五条"
PRIVATE_FIRMS_ARE_PAID = "民营经济促进法第六十七条"
ORGANS_PAY = "优化营商环境条例第三十二条"

ARREARS = [
    # who owes, where it was filed, who handles
    ("五原县人民医院", "五原县", "五原县卫生健康委员会"),
    ("五原县人民医院", None, "五原县卫生健康委员会"),
    ("县医院", "五原县", "五原县卫生健康委员会"),
    ("巴彦淖尔市医院", "五原县", "巴彦淖尔市卫生健康委员会"),
    ("内蒙古自治区人民医院", "五原县", "内蒙古自治区卫生健康委员会"),
    ("商都县第七中学", "商都县", "商都县教育局"),
    ("内蒙古某某职业学院", "赛罕区", "内蒙古自治区教育厅"),
    ("敖汉旗公路养护服务中心", "敖汉旗", "敖汉旗交通运输局"),
    ("乌拉特后旗水利工程服务站", "乌拉特后旗", "乌拉特后旗水利局"),
    ("临河区棚户区改造服务中心", "临河区", "临河区住房和城乡建设局"),
    ("喀喇沁旗土地收储中心", None, "喀喇沁旗自然资源局"),
    ("扎鲁特旗图书馆", None, "扎鲁特旗文化旅游体育局"),
    ("额济纳旗应急物资保障中心", None, "额济纳旗工业和信息化局"),
    ("五原县总工会", None, "五原县财政局"),
    # a department's own debt goes to its superior, a government's own one level up
    ("五原县住建局", "五原县", "巴彦淖尔市住房和城乡建设局"),
    ("呼和浩特市新城区住建局", None, "呼和浩特市住房和城乡建设局"),
    ("巴彦淖尔市交通运输局", "五原县", "内蒙古自治区交通运输厅"),
    ("内蒙古自治区交通运输厅", "五原县", SMES),
    ("五原县人民政府", "五原县", "巴彦淖尔市工业和信息化局"),
    ("锡林郭勒盟行政公署", None, SMES),
    ("五原县隆兴昌镇人民政府", "五原县", "五原县工业和信息化局"),
    ("隆兴昌镇人民政府", "五原县", "五原县工业和信息化局"),
    ("西乌珠穆沁旗某苏木人民政府", None, "西乌珠穆沁旗工业和信息化局"),
    ("五原县工业园区管委会", None, "五原县工业和信息化局"),
    ("稀土高新区管委会", None, "包头市工业和信息化局"),
    ("五原县公安局交警大队", None, "五原县公安局"),
    # universities and their hospitals are the region's, whatever city they bear the name of
    ("集宁师范学院", None, "内蒙古自治区教育厅"),
    ("赤峰学院", "红山区", "内蒙古自治区教育厅"),
    ("乌兰察布市集宁师范学院", "集宁区", "内蒙古自治区教育厅"),
    ("包头医学院第一附属医院", None, "内蒙古自治区卫生健康委员会"),
    ("包头师范学院附属中学", None, "包头市教育局"),
    ("乌兰察布市集宁区第一中学", None, "集宁区教育局"),
    # a zone has more than one short name
    ("二连边合区管委会", None, "二连浩特市工业和信息化局"),
    ("二连边境经济合作区管理委员会", None, "二连浩特市工业和信息化局"),
    ("达旗经济开发区管委会", None, "达拉特旗工业和信息化局"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "where", "handler"), ARREARS)
def test_arrears_of_public_bodies_go_to_who_supervises_the_debtor(who, where, handler):
    decision = decided("arrears.goods-services", where, who)
    assert name_of(decision.department) == handler
    assert name_of(decision.receiver) == SMES
    assert decision.under_802
    assert decision.basis == SMES_ARE_PAID
    assert decision.basis in decision.reason


def test_the_reason_reads_as_people_here_write_it():
    assert decided("arrears.goods-services", "五原县", "五原县人民医院").reason == (
        "拖欠账款（货款服务款），债务人五原县人民医院（事业单位）。受理：自治区工业和信息化厅；办理：五原县卫生健康委员会"
        "——谁主管谁负责（保障中小企业款项支付条例第二十五条）。"
    )


@pytest.mark.parametrize(
    "who", ["磴口县人民法院", "科尔沁区人民检察院", "呼和浩特铁路局", "中国铁路呼和浩特局集团有限公司"]
)
@pytest.mark.parametrize("leaf", ["arrears.goods-services", "default.contract-breach"])
def test_no_department_is_told_to_stand_above_a_court_or_the_railway(who, leaf):
    decision = decided(leaf, "磴口县" if "铁路" in who else None, who)
    assert (decision.department, decision.proposed, decision.routed_by) == (None, None, "triage")


def test_a_school_that_may_be_the_citys_or_the_districts_is_only_proposed():
    decision = decided("arrears.construction", "集宁区", "乌兰察布市集宁一中")
    assert (decision.department, decision.proposed) == (None, "150902-education")
    assert "属于市（盟）还是属于旗县区" in decision.reason


def test_the_accused_receives_no_arrears_complaint_against_itself():
    decision = decided("arrears.goods-services", None, "内蒙古自治区工业和信息化厅")
    assert name_of(decision.department) == name_of(decision.receiver) == "内蒙古自治区财政厅"
    assert decision.under_802
    assert "受理：" not in decision.reason


CONTRADICTED = [
    # where it was filed, whom it is about, who is proposed, whose dispatcher looks
    ("五原县", "多伦县人民医院", "多伦县卫生健康委员会", "内蒙古自治区"),
    ("临河区", "松山区住建局", "赤峰市住房和城乡建设局", "内蒙古自治区"),
    ("临河区", "五原县住建局", "巴彦淖尔市住房和城乡建设局", "巴彦淖尔市"),
]


@pytest.mark.parametrize(("where", "who", "proposed", "desk"), CONTRADICTED)
def test_a_place_that_contradicts_the_respondents_is_for_a_person_who_sees_both(where, who, proposed, desk):
    decision = decided("arrears.goods-services", where, who)
    assert (decision.department, name_of(decision.proposed), decision.queue) == (None, proposed, place(desk))
    assert f"填写的地点是{where}，{who}属于" in decision.reason


@pytest.mark.parametrize(
    ("where", "who", "facts"),
    [
        ("五原县", "多伦县人民医院", {"placed": False}),
        ("巴彦淖尔市", "五原县人民医院", {}),
        ("巴彦淖尔经济技术开发区", "五原县人民医院", {}),
        ("五原县", "巴彦淖尔市医院", {}),
        ("五原县", "赤峰供电公司", {}),
    ],
)
def test_a_place_of_the_same_chain_or_read_from_the_text_or_of_a_firm_contradicts_nothing(where, who, facts):
    assert decided("arrears.goods-services", where, who, **facts).department is not None


FIRMS = [
    # debtor, its kind as filed, creditor, article, handler
    ("鄂尔多斯市东胜区城市投资有限公司", None, "small", PRIVATE_FIRMS_ARE_PAID, "东胜区财政局"),
    ("包头市城北供热有限责任公司", "state-owned", "small", PRIVATE_FIRMS_ARE_PAID, "包头市国有资产监督管理委员会"),
    ("赤峰供电公司", None, "small", PRIVATE_FIRMS_ARE_PAID, "赤峰市国有资产监督管理委员会"),
    ("中铁某局公路工程项目部", None, "small", SMES_ARE_PAID, "五原县交通运输局"),
    ("某某建筑集团有限公司", "large", "micro", SMES_ARE_PAID, "五原县住房和城乡建设局"),
    ("某某发电集团第二电厂电力公司", "large", "medium", SMES_ARE_PAID, "五原县发展和改革委员会"),
    ("某某乳业集团", "large", "small", SMES_ARE_PAID, "五原县工业和信息化局"),
    ("五原县人民医院", None, "large", ORGANS_PAY, "五原县卫生健康委员会"),
    ("五原县城市投资有限公司", None, "large", PRIVATE_FIRMS_ARE_PAID, "五原县财政局"),
]


@pytest.mark.parametrize(("who", "kind", "creditor", "basis", "handler"), FIRMS)
def test_creditor_and_debtor_decide_the_law(who, kind, creditor, basis, handler):
    decision = decided("arrears.goods-services", "五原县", who, kind, creditor_size=creditor)
    assert (decision.basis, name_of(decision.department)) == (basis, handler)
    assert decision.under_802 == (basis == SMES_ARE_PAID)
    assert name_of(decision.receiver) == SMES


@pytest.mark.parametrize(
    ("who", "kind", "creditor", "told"),
    [
        ("老王饭店", None, "small", "民营中小企业或个人"),
        ("五原县某某村民委员会", None, "small", "村（嘎查、居）民委员会"),
        ("某某商贸有限公司", "private", "small", "民营中小企业或个人"),
        ("某某乳业集团", "large", "large", "大型企业"),
        ("五原县总工会", "fiscal", "large", "使用财政资金的团体"),
    ],
)
def test_a_debt_under_none_of_the_laws_is_told_the_way(who, kind, creditor, told):
    decision = decided("arrears.goods-services", "五原县", who, kind, creditor_size=creditor)
    assert (decision.department, decision.basis, decision.routed_by) == (None, None, "triage")
    assert told in decision.reason
    assert "12348" in decision.channel
    assert name_of(decision.receiver) == "五原县企业诉求派单中心"


def test_a_debtor_of_unknown_kind_is_not_under_802_for_sure_and_the_reason_says_so():
    decision = decided("arrears.goods-services", "五原县", "某某商贸有限公司")
    assert (decision.department, decision.under_802, decision.respondent_kind) == (None, False, "unknown")
    assert "还不能确定是否适用" in decision.reason
    assert name_of(decision.proposed) == "五原县工业和信息化局"


def test_an_enterprise_that_does_not_say_its_size_is_taken_for_a_small_one_and_told_so():
    decision = decided("arrears.goods-services", "五原县", "五原县人民医院", creditor_size=None)
    assert decision.under_802
    assert "企业规模没有填写" in decision.reason


def test_nobody_anonymous_starts_the_statutory_clocks():
    decision = decided("arrears.goods-services", "五原县", "五原县人民医院", anonymous=True)
    assert (decision.basis, decision.under_802) == (SMES_ARE_PAID, False)
    assert name_of(decision.department) == "五原县卫生健康委员会"
    assert "匿名" in decision.reason


def test_asking_about_arrears_starts_no_statutory_clock_and_goes_to_the_owner():
    decision = decided("arrears.goods-services", "五原县", "五原县住建局", nature="inquiry")
    assert not decision.under_802
    assert name_of(decision.department) == "五原县工业和信息化局"
    assert name_of(decision.receiver) == "五原县企业诉求派单中心"
    assert decision.basis is None
    assert "条例" not in decision.reason


def test_a_question_rests_on_no_article():
    assert decided("competition.review", "五原县", nature="suggestion").basis is None
    assert decided("competition.review", "五原县").basis == "公平竞争审查条例第二十二条"


OWNERS = [
    # leaf, place, respondent, nature, text, handler
    ("default.investment-promise", "五原县", "五原县人民政府", None, "", "巴彦淖尔市发展和改革委员会"),
    ("default.predecessor", "五原县", "五原县自然资源局", "request", "", "巴彦淖尔市发展和改革委员会"),
    ("default.concession", None, "乌海市城市管理局", None, "", "内蒙古自治区发展和改革委员会"),
    ("default.predecessor", None, "西乌珠穆沁旗某苏木人民政府", None, "", "西乌珠穆沁旗发展和改革委员会"),
    ("default.investment-promise", None, "达旗开发区管委会", None, "", "达拉特旗发展和改革委员会"),
    ("default.judgment", None, "五原县发改委", None, "", "巴彦淖尔市发展和改革委员会"),
    ("policy.subsidy", "五原县", "五原县农牧局", "request", "", "五原县农牧局"),
    ("policy.subsidy", "五原县", "五原县农牧局", "complaint", "", "巴彦淖尔市农牧局"),
    ("policy.subsidy", "五原县", "五原县农牧局", None, "", "巴彦淖尔市农牧局"),
    ("policy.subsidy", "五原县", None, None, "奶牛养殖补贴没到账", "五原县农牧局"),
    ("policy.subsidy", "五原县", "五原县人民政府", "request", "技改奖补", "五原县工业和信息化局"),
    ("policy.subsidy", "五原县", "五原县人民政府", "complaint", "技改奖补", "巴彦淖尔市工业和信息化局"),
    ("policy.tax-fee", "五原县", None, None, "", "国家税务总局五原县税务局"),
    ("policy.inquiry", "五原县", None, None, "想问专精特新怎么申报", "五原县工业和信息化局"),
    ("policy.inquiry", "五原县", "五原县人社局", None, "请问", "五原县人力资源和社会保障局"),
    ("approval.delay", "五原县", "五原县自然资源局", None, "", "五原县政务服务与数据管理局"),
    ("approval.delay", "五原县", "五原县政务服务局", None, "", "巴彦淖尔市政务服务与数据管理局"),
    ("approval.delay", "五原县", "五原县政务服务局", "suggestion", "", "五原县政务服务与数据管理局"),
    ("approval.delay", "五原县", "巴彦淖尔市自然资源局", None, "", "巴彦淖尔市政务服务与数据管理局"),
    ("approval.delay", "五原县", "五原县人民政府", None, "", "巴彦淖尔市政务服务与数据管理局"),
    ("approval.property", "五原县", "五原县自然资源局", "request", "", "五原县自然资源局"),
    ("approval.property", "五原县", "五原县自然资源局", "complaint", "", "巴彦淖尔市自然资源局"),
    ("approval.delay", "达拉特经济开发区", None, "request", "", "达拉特经济开发区行政审批和政务服务局"),
    ("enforcement.fine", "五原县", "五原县市场监管局", None, "", "五原县司法局"),
    ("enforcement.fine", "五原县", "五原县司法局", None, "", "巴彦淖尔市司法局"),
    ("enforcement.cross-region", None, "内蒙古自治区公安厅", None, "", "内蒙古自治区司法厅"),
    ("competition.review", "五原县", "五原县住建局", None, "", "五原县市场监督管理局"),
    ("competition.bidding", "五原县", None, None, "公路养护招标围标", "五原县交通运输局"),
    ("competition.bidding", "五原县", None, None, "造雪机招标", "五原县发展和改革委员会"),
    ("competition.procurement", "五原县", None, None, "", "五原县财政局"),
    ("competition.monopoly", "五原县", "某某燃气公司", None, "", "五原县市场监督管理局"),
    ("factor.land", "四子王旗", None, None, "占用草原手续", "四子王旗林业和草原局"),
    ("factor.land", "四子王旗", None, None, "厂房用地指标", "四子王旗自然资源局"),
    ("factor.utilities", "五原县", None, None, "电压不稳", "五原县发展和改革委员会"),
    ("factor.utilities", "五原县", None, None, "天然气断供", "五原县住房和城乡建设局"),
    ("factor.labor", "五原县", None, None, "", "五原县人力资源和社会保障局"),
    ("factor.finance", "巴彦淖尔市", None, None, "", "巴彦淖尔市金融工作办公室"),
    ("factor.finance", "五原县", None, None, "银行抽贷", "国家金融监督管理总局五原监管支局"),
    ("factor.logistics", "五原县", None, None, "", "五原县交通运输局"),
    ("factor.port", "二连浩特市", None, None, "报关单", "二连海关"),
    ("factor.port", "二连浩特市", None, None, "换装排队", "二连浩特市工业和信息化局"),
    ("market.ip", "凉城县", None, "report", "", "凉城县市场监督管理局"),
    ("construction.permit", "五原县", None, None, "竣工验收", "五原县住房和城乡建设局"),
    ("construction.permit", "五原县", None, None, "规划许可", "五原县自然资源局"),
    ("tax.invoice", "乌海高新技术产业开发区", None, None, "", "国家税务总局乌海市税务局"),
    ("labor.social-insurance", "五原县", None, None, "医保断缴", "五原县医疗保障局"),
    ("labor.dispute", "五原县", None, None, "", "五原县人力资源和社会保障局"),
    ("environment.closure", "阿拉善左旗", None, None, "", "阿拉善盟生态环境局阿拉善左旗分局"),
    ("environment.safety", "丰镇市", None, None, "消防复查", "丰镇市消防救援大队"),
    ("environment.safety", "丰镇市", None, None, "安全许可证", "丰镇市应急管理局"),
    ("market.registration", "五原县", "呼和浩特某某咨询有限公司", None, "", "五原县市场监督管理局"),
    ("market.registration", None, "赤峰某某商贸有限公司", None, "", "赤峰市市场监督管理局"),
]  # fmt: skip


@pytest.mark.parametrize(("leaf", "where", "who", "nature", "text", "handler"), OWNERS)
def test_the_owner_handles_unless_it_is_accused(leaf, where, who, nature, text, handler):
    decision = decided(leaf, where, who, nature=nature, text=text)
    assert name_of(decision.department) == handler
    assert (decision.routed_by, decision.under_802) == ("model", False)
    assert handler.removeprefix("内蒙古") in decision.reason


SEALED = [
    # leaf, respondent, nature, handler
    ("approval.misconduct", "五原县市场监管局", None, "五原县纪委监委"),
    ("approval.misconduct", "五原县人民政府", None, "巴彦淖尔市纪委监委"),
    ("approval.misconduct", "五原县纪委监委", None, "巴彦淖尔市纪委监委"),
    ("approval.misconduct", None, None, "五原县纪委监委"),
    ("enforcement.charges", "五原县交通运输局", "report", "五原县司法局"),
    ("market.quality", "五原县市场监管局", "report", "巴彦淖尔市市场监督管理局"),
    ("arrears.construction", "五原县公安局交警大队", "report", "巴彦淖尔市公安局"),
]


@pytest.mark.parametrize(("leaf", "who", "nature", "handler"), SEALED)
def test_a_report_is_sealed_and_never_reaches_the_accused(leaf, who, nature, handler):
    decision = decided(leaf, "五原县", who, nature=nature)
    assert (decision.sealed, decision.nature, name_of(decision.department)) == (True, "report", handler)
    assert decision.receiver == decision.department
    assert "密封" in decision.reason
    assert decision.basis is not None


@pytest.mark.parametrize(
    ("leaf", "where", "desk"),
    [
        ("approval.delay", "五原县", "巴彦淖尔市"),
        ("enforcement.fine", "五原县", "巴彦淖尔市"),
        ("tax.levy", "巴彦淖尔市", "内蒙古自治区"),
        ("environment.closure", "内蒙古自治区", "内蒙古自治区"),
    ],
)
def test_a_report_on_an_authority_that_names_nobody_waits_sealed_at_the_desk_above(leaf, where, desk):
    decision = decided(leaf, where, nature="report", text="请查处")
    assert (decision.department, decision.sealed, decision.proposed) == (None, True, None)
    assert decision.queue == place(desk)
    assert name_of(decision.receiver) == f"{desk}企业诉求派单中心"
    assert "没有填写被举报的单位" in decision.reason


SERVICES = "政务服务与数据管理局"
NAMED_IN_THE_TEXT = [
    # leaf, nature, text, handler, who is accused
    ("approval.delay", None, "在五原县政务服务局四个月不办", f"巴彦淖尔市{SERVICES}", f"五原县{SERVICES}"),
    ("approval.delay", None, "我县政务服务局四个月不办", f"巴彦淖尔市{SERVICES}", f"五原县{SERVICES}"),
    ("approval.delay", None, "五原县自然资源局四个月不办", f"五原县{SERVICES}", "五原县自然资源局"),
    ("approval.property", None, "五原县住建局不给证明", "巴彦淖尔市自然资源局", "五原县住房和城乡建设局"),
    ("tax.levy", "report", "五原县税务局多收税", "国家税务总局巴彦淖尔市税务局", "国家税务总局五原县税务局"),
    ("tax.levy", "report", "五原县公安局已经立案", "国家税务总局巴彦淖尔市税务局", "五原县公安局"),
    ("enforcement.fine", None, "被五原县市场监管局罚款", "五原县司法局", "五原县市场监督管理局"),
    ("enforcement.fine", None, "被五原县司法局罚款", "巴彦淖尔市司法局", "五原县司法局"),
    ("enforcement.fine", None, "五原县人民政府和五原县住建局罚款", "巴彦淖尔市司法局", "五原县人民政府"),
    ("policy.subsidy", None, "五原县工信局公示了没有兑付技改奖补", "巴彦淖尔市工业和信息化局", "五原县工业和信息化局"),
    ("policy.subsidy", None, "自治区人民政府出台的技改奖补没有兑付", "五原县工业和信息化局", None),
    ("policy.subsidy", "request", "五原县工信局公示了没有兑付技改奖补", "五原县工业和信息化局", None),
    ("market.quality", "report", "隔壁卖假酒，请五原县市场监管局查处", "五原县市场监督管理局", None),
    ("market.registration", "request", "五原县市场监管局系统登不上", "五原县市场监督管理局", None),
    ("approval.misconduct", None, "五原县纪委的人索要好处费", "巴彦淖尔市纪委监委", "五原县纪委监委"),
    # nobody is named, and the owner does itself what one complains of
    ("approval.delay", None, "四个月不办", f"巴彦淖尔市{SERVICES}", None),
    ("tax.levy", None, "重复征税", "国家税务总局巴彦淖尔市税务局", None),
    ("tax.levy", "request", "重复征税", "国家税务总局五原县税务局", None),
    ("environment.closure", "complaint", "无故停产", "巴彦淖尔市生态环境局", None),
    ("labor.dispute", None, "欠薪", "五原县人力资源和社会保障局", None),
    ("competition.procurement", None, "采购文件限定品牌", "五原县财政局", None),
]  # fmt: skip


@pytest.mark.parametrize(("leaf", "nature", "text", "handler", "accused"), NAMED_IN_THE_TEXT)
def test_whoever_a_text_names_or_must_mean_never_judges_itself(leaf, nature, text, handler, accused):
    decision = decided(leaf, "五原县", nature=nature, text=text)
    assert (name_of(decision.department), name_of(decision.respondent_department)) == (handler, accused)
    assert decision.under_802 is False
    assert not accused or accused.removeprefix("内蒙古") in decision.reason


def test_a_debtor_is_filed_and_never_read_from_the_text():
    decision = decided("arrears.construction", "五原县", text="五原县人民政府拖欠工程款")
    assert (decision.department, decision.under_802, decision.queue) == (None, False, "150800")
    assert name_of(decision.respondent_department) == "五原县人民政府"
    assert "没有填写债务人" in decision.reason


def test_retaliation_goes_sealed_and_straight_to_the_supervisor_of_the_region():
    decision = decided("arrears.goods-services", "五原县", "五原县人民医院", flags=frozenset({"retaliation"}))
    assert name_of(decision.department) == "内蒙古自治区党委全面依法治区委员会办公室"
    assert (decision.sealed, decision.queue, decision.routed_by) == (True, "150000", "rule")
    assert decision.basis == "保障中小企业款项支付条例第二十条、第三十五条"


@pytest.mark.parametrize(
    ("who", "text"), [("依法治区办", ""), ("内蒙古自治区人民政府", ""), (None, "自治区依法治区办的人报复我们")]
)
@pytest.mark.parametrize("nature", ["request", "complaint", "report"])
def test_retaliation_by_the_supervisor_itself_waits_sealed_for_a_third_one(who, text, nature):
    flags = frozenset({"retaliation"})
    decision = decided("approval.delay", "五原县", who, nature=nature, text=text, flags=flags)
    assert (decision.department, decision.sealed, decision.queue) == (None, True, "150000")
    assert "第三方" in decision.reason


UNDECIDED = [
    # what is said, a word of the reason, whose dispatcher
    ({"leaf": "approval.delay", "where": "五原县", "p": 0.3}, "没有把握", "五原县"),
    ({"leaf": "approval.delay"}, "哪个旗县区", "内蒙古自治区"),
    ({"leaf": "approval.delay", "p": 0.3}, "没有把握", "内蒙古自治区"),
    ({"where": "五原县"}, "没有识别出", "五原县"),
    ({"leaf": "tax.gone", "where": "五原县"}, "没有识别出", "五原县"),
    ({"leaf": "arrears.construction", "where": "五原县"}, "没有填写债务人", "五原县"),
    ({"leaf": "default.predecessor", "where": "五原县"}, "没有填写作出承诺", "五原县"),
    ({"leaf": "default.predecessor", "where": "五原县", "who": "某某公司"}, "是不是政府部门", "五原县"),
    ({"leaf": "default.predecessor", "who": "内蒙古自治区人民政府"}, "没有", "内蒙古自治区"),
    ({"leaf": "arrears.construction", "who": "内蒙古自治区人民政府"}, "没有上级部门", "内蒙古自治区"),
    ({"leaf": "approval.delay", "who": "内蒙古自治区政务服务与数据管理局"}, "没有上级部门", "内蒙古自治区"),
    ({"leaf": "market.ip", "who": "内蒙古某某科技有限公司"}, "哪个旗县区", "内蒙古自治区"),
    ({"leaf": "tax.levy", "where": "五原县", "chosen": "tax.refund", "chosen_by": "filer"}, "不一致", "五原县"),
    ({"leaf": "approval.delay", "where": "五原县", "who": "五原县政务服务局", "p": 0.3}, "没有把握", "巴彦淖尔市"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "reason", "desk"), UNDECIDED)
def test_what_the_machine_cannot_decide_waits_with_its_reason(said, reason, desk):
    decision = decided(**said)
    assert (decision.department, decision.routed_by) == (None, "triage")
    assert reason in decision.reason
    assert f"已转{desk}派单员" in decision.reason
    assert decision.queue == place(desk)
    assert name_of(decision.receiver) is not None


def test_a_model_that_is_not_sure_of_itself_dispatches_nothing_however_high_the_probability():
    given = Matter(suggestions=(Suggestion("labor.dispute", 0.99, sure=False),), place=place("五原县"))
    assert decide(given, book()).department is None
    assert decide(replace(given, suggestions=(Suggestion("labor.dispute", 0.99),)), book()).department is not None


def test_a_text_unlike_all_that_was_learnt_is_looked_at_by_a_person():
    decision = decide(replace(matter("labor.dispute", "五原县"), strange=True), book())
    assert decision.department is None
    assert "都不像" in decision.reason


def test_the_threshold_of_the_leaf_decides_how_sure_is_sure():
    leaf = replace(book().categories["labor.dispute"], threshold=0.95)
    stricter = replace(book(), categories={**book().categories, leaf.code: leaf})
    said = matter("labor.dispute", "五原县", p=0.9)
    assert decide(said, book()).department is not None
    assert decide(said, stricter).department is None


def test_a_policy_of_confirm_waits_for_a_person_with_a_proposal():
    leaf = replace(book().categories["tax.levy"], policy="confirm")
    cautious = replace(book(), categories={**book().categories, leaf.code: leaf})
    decision = decide(matter("tax.levy", "五原县"), cautious)
    assert (decision.department, name_of(decision.proposed)) == (None, "国家税务总局巴彦淖尔市税务局")
    assert "由派单员确认" in decision.reason


def test_what_the_staff_chose_overrules_the_machine():
    decision = decided("tax.levy", "五原县", p=0.2, chosen="tax.refund", chosen_by="staff")
    assert (decision.category, decision.routed_by) == ("tax.refund", "operator")
    assert name_of(decision.department) == "国家税务总局五原县税务局"


def test_a_category_that_filer_and_machine_agree_on_is_dispatched():
    decision = decided("tax.refund", "五原县", chosen="tax.refund", chosen_by="filer")
    assert decision.routed_by == "model"


GATES = [
    # text or declared gate, gate
    ("我公司已起诉到法院，想请你们也出面", "in_court"),
    ("法院已立案，下月开庭", "in_court"),
    ("信访局已经受理，给了受理告知书", "in_petition"),
    ("他收了好处费才给办", "discipline"),
    ("厂房着火了快来救", "emergency"),
    ("这份材料涉及国家秘密", "state_secret"),
    ("我要申请政府信息公开", "disclosure"),
    ("信访复核也走完了，还是不服", "in_petition"),
    ("他们给了我不予重复受理告知书", "already_concluded"),
    ("再不给钱我们准备起诉", None),
    ("我们打算去信访", None),
    ("供货商已经起诉我们了", None),
    ("去年发生火灾以后保险没赔", None),
    ("政府信息公开栏上写着承诺", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "gate"), GATES)
def test_a_gate_closes_on_facts_and_not_on_mentions(text, gate):
    decision = decided("approval.delay", "五原县", "五原县自然资源局", text=text)
    assert decision.gate == gate
    assert (decision.department is None) == (gate is not None)
    assert decision.channel == (book().gates[gate].channel if gate else None)


@pytest.mark.parametrize("gate", list(book().gates))
def test_a_declared_gate_is_proposed_to_the_dispatcher_and_never_dispatched(gate):
    decision = decided("approval.delay", "五原县", "五原县自然资源局", gates=(gate,))
    assert (decision.gate, decision.department, decision.queue) == (gate, None, "150821")
    assert book().gates[gate].name in decision.reason
    assert decision.sealed == (gate == "discipline")


@pytest.mark.parametrize(
    ("who", "proposed", "queue"),
    [
        ("五原县人民政府", "巴彦淖尔市纪委监委", "150800"),
        ("五原县纪委监委", "巴彦淖尔市纪委监委", "150800"),
        ("巴彦淖尔市纪委监委", "内蒙古自治区纪委监委", "150000"),
        ("内蒙古自治区纪委监委", None, "150000"),
    ],
)
@pytest.mark.parametrize("nature", ["request", "complaint", "report"])
def test_what_discipline_inspection_should_get_is_kept_from_the_accused(who, proposed, queue, nature):
    decision = decided("approval.delay", None, who, nature=nature, gates=("discipline",))
    assert (name_of(decision.proposed), decision.queue) == (proposed, queue)


def test_a_gate_that_was_retired_closes_nothing():
    said = matter("approval.delay", "五原县", "五原县自然资源局", gates=("in_court",), text="法院已立案")
    assert decide(said, without("gates", "in_court")).gate is None


def test_a_matter_of_a_retired_place_is_handled_above_it():
    decision = decide(matter("labor.dispute", "五原县"), without("regions", "150821"))
    assert (decision.place, decision.department) == ("150800", "150800-human-resources")


def test_a_judgment_that_is_not_performed_is_no_matter_in_court():
    text = "法院已受理执行，官司早赢了，政府就是不执行"
    assert decided("default.judgment", "五原县", "五原县人民政府", text=text).department is not None


def test_an_emergency_is_handed_over_even_where_somebody_is_threatened():
    decision = decided("approval.delay", "五原县", gates=("emergency",), flags=frozenset({"retaliation"}))
    assert (decision.gate, decision.department, decision.sealed) == ("emergency", None, True)
    assert "119" in decision.channel
    assert "拨打紧急电话。已转五原县派单员" in decision.reason


def test_a_gate_that_only_warns_lets_the_matter_go_its_way():
    gate = replace(book().gates["already_concluded"], effect="warn")
    lenient = replace(book(), gates={gate.code: gate})
    decision = decide(matter("tax.levy", "五原县", gates=(gate.code,)), lenient)
    assert name_of(decision.department) == "国家税务总局巴彦淖尔市税务局"
    assert gate.channel in decision.reason


@pytest.mark.parametrize("leaf", [code for code in book().categories if code.startswith("out-of-scope.")])
def test_what_is_out_of_scope_is_told_the_way_once_it_is_certain(leaf):
    certain, unsure = decided(leaf, "五原县"), decided(leaf, "五原县", p=0.3)
    assert certain.department is unsure.department is None
    assert certain.channel
    assert (unsure.channel is None) == (leaf != "out-of-scope.emergency")


def test_every_decision_has_a_receiver_a_queue_and_a_reason_and_triage_means_no_department():
    for leaf in book().categories:
        for where in (None, "五原县", "内蒙古自治区", "达拉特经济开发区"):
            for who in (None, "五原县人民政府", "某某商贸有限公司", "内蒙古自治区人民医院"):
                decision = decided(leaf, where, who)
                assert decision.receiver in book().departments
                assert decision.queue in book().places
                assert decision.reason.endswith("。")
                assert (decision.routed_by == "triage") == (decision.department is None)


def test_no_accused_body_and_none_below_it_ever_handles_what_is_said_against_it():
    accused = [row for row in book().departments.values() if row.place in {"150821", "150800", "150000", "1506K2"}]
    sent = 0
    for leaf in ("arrears.construction", "approval.delay", "market.quality", "policy.subsidy", "default.predecessor"):
        for row in accused:
            for nature in ("complaint", "report"):
                decision = decided(leaf, None, row.name, nature=nature)
                if decision.department:
                    sent += 1
                    assert barred(decision.department, nature, Respondent(row.name), book()) is None
                    assert decision.department != row.code
    assert sent > len(accused)


BARRED = [
    # department, nature, respondent, family, whether it is barred
    ("五原县住房和城乡建设局", "complaint", "五原县住建局", None, True),
    ("五原县住房和城乡建设局", "request", "五原县住建局", None, False),
    ("五原县住房和城乡建设局", "request", "五原县住建局", "arrears", True),
    ("五原县住房和城乡建设局", "inquiry", "五原县住建局", "arrears", False),
    ("巴彦淖尔市住房和城乡建设局", "complaint", "五原县住建局", None, False),
    ("五原县住房和城乡建设局", "complaint", "巴彦淖尔市住建局", None, True),
    ("五原县司法局", "complaint", "五原县住建局", None, False),
    ("五原县司法局", "complaint", "五原县人民政府", None, True),
    ("五原县司法局", "complaint", "巴彦淖尔市人民政府", None, True),
    ("巴彦淖尔市司法局", "complaint", "五原县人民政府", None, False),
    ("五原县公安局", "complaint", "五原县公安局交警大队", None, False),
    ("五原县公安局", "report", "五原县公安局交警大队", None, True),
    ("五原县卫生健康委员会", "complaint", "五原县人民医院", None, False),
    ("五原县工业和信息化局", "complaint", "某某商贸有限公司", None, False),
]  # fmt: skip


@pytest.mark.parametrize(("department", "nature", "who", "family", "closed"), BARRED)
def test_a_dispatcher_is_told_why_a_department_may_not_get_it(department, nature, who, family, closed):
    sentence = barred(office(department), nature, Respondent(who), book(), family=family)
    assert (sentence is not None) == closed
    assert not closed or (department in sentence and "请派给" in sentence)


def test_without_a_respondent_only_whom_the_text_accused_is_barred():
    assert barred("150821-police", "report", None, book()) is None
    assert barred("150821-police", "report", None, book(), accused="150821-police") is not None
    assert barred("150821-police", "request", None, book(), accused="150821-police") is None


def test_names_without_a_place_are_read_from_where_the_filer_is():
    respondent = Respondent("县住建局")
    assert barred("150821-housing", "complaint", respondent, book(), near="150821") is not None
    assert barred("150821-housing", "complaint", respondent, book(), near="150802") is None


def test_the_last_rule_always_answers():
    assert AFTER_ORDERS[-1].__name__ == "_by_duty"


@pytest.mark.parametrize(
    ("who", "nature", "accused"),
    [
        ("五原县农牧局", "complaint", "五原县农牧局"),
        ("五原县农牧局", "request", None),
        ("五原县公安局交警大队", "complaint", None),
        ("五原县公安局交警大队", "report", "五原县公安局"),
        ("五原县人民医院", "complaint", None),
    ],
)
def test_only_a_department_that_is_accused_is_kept_from_seeing_it(who, nature, accused):
    decision = decided("policy.subsidy", "五原县", who, nature=nature)
    assert name_of(decision.respondent_department) == accused
