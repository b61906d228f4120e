"""What plain words show beside the model: bribes, revenge, and an accident that goes on or is over."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from service.classifier import corpus
from service.config import ROOT
from service.routing import signs
from service.routing.rules import Decision, decide
from tests.directory.book import book
from tests.routing.test_rules import Suggestion, decided, matter, name_of

NUMBER = "紧急情况请立即拨打：报警110、火警119、急救120、交通事故122。"
SUPERVISOR = "内蒙古自治区党委全面依法治区委员会办公室"

BRIBES = [
    "乌拉特中旗住建局质监站姓王的收了我五万块钱才给验收签字，不给就说不合格。",
    "托县住建局质监员收了我两万现金，答应验收又反悔。",
    "达旗林草局老李说给十万就把草原证办下来。",
    "交通局王科长张口要两万块。",
    "派出所民警拿了两条烟，没下文。",
    "林草局的老李要我们给他两万才给办",
    "国土局一个股长收了我三万块钱，打到他账户的。",
]
NO_BRIBES = [
    "住建局收了我们20万保证金不退。",
    "住建局工作人员收了我们两万元押金，不给退。",
    "水利局张主任拿了我们两万块钱的管子没付款。",
    "水利局李工说给10万就签字结算。",
    "城管局执法人员收了我两千元，没开收据。",
    "财政局王科长说给二十万，剩下的明年再说。",
    "镇政府领导说给十万块钱了事。",
    "烟草站站长收烟叶压级。",
    "供水所负责人说要五万元滞纳金才给开阀。",
    "包工头老李收了我五万块钱不干活。",
    "县住建局领导说给了钱就退。",
]
REVENGE = [
    "自从上回反映了镶黄旗交通运输局，他们隔三差五拦我们的车查，说再告就别想在旗里跑车。",
    "上次投诉之后，城管三天两头来查我们。",
    "因为举报了市场所，被穿小鞋，年检不给办。",
    "所长说再投诉就让你关门。",
]
NO_REVENGE = [
    "请保密，怕被报复。",
    "我担心上次投诉以后他们给我穿小鞋。",
    "上次反映的问题一直没解决。",
    "上次投诉以后，市场所一直没来查。",
    "之前反映过他们三天两头来检查的问题，没人管。",
    "上次反映之后，还是天天来检查，天天停电。",
    "去年被人举报以后，执法队三天两头来查我们。",
    "再投诉就让我去法院，窗口这么答的。",
    "投诉过12345，没人管，再投诉就说不归他们。",
]
OVER = ["昨天厂里着火，消防来晚了，我要投诉赔偿", "上周仓库着火了，已经扑灭，要求追责"]
GOING_ON = [
    "昨天矿井冒顶了，还有三个人埋在下面，我要投诉",
    "消防整改单子我昨天刚签，今儿真烧起来了，三楼还有六个人没下来",
]


@pytest.mark.parametrize(
    ("shown", "texts", "answer"),
    [
        (signs.bribed, BRIBES, True),
        (signs.bribed, NO_BRIBES, False),
        (signs.avenged, REVENGE, True),
        (signs.avenged, NO_REVENGE, False),
        (signs.over, OVER, True),
        (signs.over, GOING_ON, False),
    ],
)
def test_a_sign_is_seen_in_what_it_means_and_in_nothing_like_it(
    shown: Callable[[str], bool], texts: list[str], answer: bool
) -> None:
    assert {text: shown(text) for text in texts} == dict.fromkeys(texts, answer)


def test_no_ordinary_text_that_the_model_learns_from_is_sealed_by_a_sign() -> None:
    learnt = corpus.read_seed(ROOT / "data")
    ordinary = [
        text for text, leaf in zip(learnt.texts, learnt.labels, strict=True) if not book().categories[leaf].sealed
    ]
    assert len(ordinary) > 6000
    assert [text for text in ordinary if signs.bribed(text) or signs.avenged(text)] == []


@pytest.mark.parametrize("text", BRIBES)
def test_a_bribe_is_kept_sealed_for_a_person_whatever_the_model_thinks(text: str) -> None:
    decision = decided("construction.permit", "五原县", text=text)
    assert (decision.sealed, decision.department, decision.gate) == (True, None, "discipline")
    assert "密封" in decision.reason


@pytest.mark.parametrize("text", REVENGE)
def test_revenge_is_kept_sealed_for_the_regions_supervisor_once_a_person_has_looked(text: str) -> None:
    decision = decided("enforcement.inspection", "镶黄旗", "镶黄旗交通运输局", text=text)
    assert (decision.sealed, decision.department, decision.queue) == (True, None, "150000")
    assert name_of(decision.proposed) == SUPERVISOR
    assert "像是反映打击报复" in decision.reason


def guessed(*suggestions: Suggestion, text: str = "矿井冒顶了，三个人埋在下面") -> Decision:
    """The decision on a text with these guesses."""
    return decide(replace(matter(None, "五原县", text=text), suggestions=suggestions), book())


@pytest.mark.parametrize(
    "suggestions",
    [
        (Suggestion("out-of-scope.emergency", 0.3, sure=False),),
        (Suggestion("environment.safety", 0.6), Suggestion("out-of-scope.emergency", 0.2)),
    ],
)
def test_what_may_be_an_emergency_is_told_the_number_at_once(suggestions: tuple[Suggestion, ...]) -> None:
    decision = guessed(*suggestions)
    assert (decision.channel, decision.department) == (NUMBER, None)
    assert "立即拨打紧急电话" in decision.reason


def test_what_is_hardly_an_emergency_is_not_told_a_number() -> None:
    decision = guessed(Suggestion("environment.safety", 0.9), Suggestion("out-of-scope.emergency", 0.05))
    assert decision.channel is None


@pytest.mark.parametrize("probability", [0.3, 0.9])
@pytest.mark.parametrize("text", OVER)
def test_an_accident_that_is_over_waits_for_a_person_without_a_number(text: str, probability: float) -> None:
    decision = guessed(Suggestion("out-of-scope.emergency", probability), text=text)
    assert (decision.channel, decision.gate, decision.department) == (None, None, None)
    assert "已经过去的事故" in decision.reason
    assert "119" not in decision.reason
