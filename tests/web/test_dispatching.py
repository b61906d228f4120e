"""The dispatcher's desk."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select

from service.accounts.rules import Reader
from service.casework import operations as casework
from service.clock import now
from service.complaints import operations as complaints
from service.complaints.models import Complaint, Event
from service.db import db, transaction
from service.directory import operations as directory
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from service.web import dispatching
from tests.factories import People, filing
from tests.intake import texts
from tests.statements import counted
from tests.web.browser import Browser

At = Callable[..., Browser]
DESK = "/desk/dispatching"
PLACE = "150821"
PLANTED = "<script>alert(1)</script>'\"=1+1"


@pytest.fixture
def dispatcher(at_desk: At) -> Browser:
    return at_desk("dispatcher", PLACE)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the reference data changed is asked at most once a second: here, never."""
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))


def waiting(**changes: Any) -> Complaint:
    """A complaint that waits for a dispatcher, however sure the machine is."""
    with transaction():
        return intake.file_complaint(FilingSchema().load(filing(**changes)), Reader(), now(), by_hand=True).complaint


def taken(complaint: Complaint, actor: Reader, action: str, **given: Any) -> None:
    """Somebody else takes a step."""
    with transaction():
        found, roles = complaints.find(complaint.number, actor, lock=True)
        casework.act(found, roles, action, given, actor, now())


def act(somebody: Browser, complaint: Complaint, action: str, **typed: Any) -> Any:
    """A step as the page's form sends it."""
    version = {"_version": str(complaint.version)}
    return somebody.post(f"{DESK}/{complaint.number}/{action}", {**version, **typed})


def again(complaint: Complaint) -> Complaint:
    db.session.expire_all()
    return db.session.scalars(select(Complaint).where(Complaint.number == complaint.number)).one()


def actions() -> list[str]:
    return list(db.session.scalars(select(Event.action).order_by(Event.seq)))


def beside(page: str, field: str) -> str:
    """What is said to be wrong with a field."""
    found = re.search(rf'id="f-{field}-error">(.*?)</p>', page, re.DOTALL)
    return found[1] if found else ""


# --- the worklist ----------------------------------------------------------------------------------------------------


def test_a_row_says_why_the_machine_did_not_dispatch_and_what_it_thinks(dispatcher: Browser) -> None:
    text = "五原县审批窗口让我们反复跑，材料说法前后不一致，一直不给办，一次说清楚也做不到。"
    dispatcher.client.post("/api/v1/complaints", json=filing(body=text, respondent=None, amount=None))
    page = dispatcher.get(DESK).text
    for told in (text, "系统对类别没有把握", "审批服务—超时推诿", "%", "依据：", "河套试剂有限公司", "五原县"):
        assert told in page
    assert page.count('class="guess"') == 3


def test_the_proposed_department_comes_first_and_takes_one_click(dispatcher: Browser) -> None:
    complaint = waiting()
    page = dispatcher.get(DESK).text
    assert re.search(r'btn-primary"[^>]*data-row-key="d">.*派给五原县卫生健康委员会', page)
    answer = act(dispatcher, complaint, "dispatch", department="150821-health")
    assert (answer.status_code, answer.headers["Location"]) == (302, DESK)
    assert (again(complaint).status, again(complaint).department) == ("dispatched", "150821-health")
    assert actions() == ["file", "accept", "dispatch"]
    assert "已派给五原县卫生健康委员会" in dispatcher.get(DESK).text


def test_a_category_that_is_hardly_likely_is_shown_and_not_offered(dispatcher: Browser) -> None:
    waiting(body=texts.POWER, respondent=None, amount=None)
    page = dispatcher.get(DESK).text
    assert "不到 1%" in page
    assert page.count("派给") == 1


def test_a_category_that_somebody_chose_stays_first_and_says_whose_choice_it_is(dispatcher: Browser) -> None:
    waiting(category="policy.subsidy")
    page = dispatcher.get(DESK).text
    first, *others = page.split('class="guess"')[1:]
    assert "企业自己选的" in first
    assert [one for one in others if "企业自己选的" in one] == []
    assert re.search(r'data-row-key="d">.*<span>派给', page)


def test_where_nobody_chose_the_likeliest_that_somebody_owns_comes_first(dispatcher: Browser) -> None:
    complaint = waiting()
    guessed, rest = {"out-of-scope.commercial": 0.5, "arrears.construction": 0.43}, {"reasons": [], "against": []}
    with transaction():
        row = again(complaint)
        row.category, row.proposed_department = "out-of-scope.commercial", None
        row.suggestions = [{"code": code, "probability": p, "sure": False, **rest} for code, p in guessed.items()]
    page = dispatcher.get(DESK).text
    assert page.index("工程款") < page.index("现类别")
    assert re.search(r'btn-primary"[^>]*data-row-key="d">.*改为这一类，派给', page)
    # The form of the whole step begins with the same.
    form = dispatcher.get(f"{DESK}/{complaint.number}?do=dispatch").text
    assert '<option value="arrears.construction" selected>' in form


def test_an_accepted_complaint_is_not_accepted_again(dispatcher: Browser, people: People) -> None:
    complaint = waiting()
    taken(complaint, people.reader("dispatcher", PLACE), "accept")
    assert act(dispatcher, again(complaint), "dispatch", department="150821-health").status_code == 302
    assert actions() == ["file", "accept", "dispatch"]


def test_the_own_desk_is_shown_unless_those_below_are_asked_for(at_desk: At) -> None:
    below, own = waiting(region=PLACE), waiting(region="150800", respondent={"name": "某医院", "kind": "institution"})
    league = at_desk("dispatcher", "150800")
    assert (below.queue_code, own.queue_code) == (PLACE, "150800")
    mine, whole = league.get(DESK).text, league.get(f"{DESK}?scope=all").text
    assert (own.number in mine, below.number in mine) == (True, False)
    assert (own.number in whole, below.number in whole) == (True, True)
    assert re.search(r"只看本级 1\b.*含下级 2\b", mine, re.DOTALL)
    elsewhere = at_desk("dispatcher", "150100").get(f"{DESK}?scope=all").text
    assert below.number not in elsewhere
    assert "没有等着派单的诉求" in elsewhere


def test_the_tabs_count_what_stands_where(dispatcher: Browser, people: People) -> None:
    somebody = people.reader("dispatcher", PLACE)
    _, accepted, asked = waiting(), waiting(), waiting()
    taken(accepted, somebody, "accept")
    taken(asked, somebody, "request_supplement", note="请补充合同。")
    page = dispatcher.get(DESK).text
    for name, count in (("全部", 3), ("待受理", 1), ("待派单", 1), ("等企业补正", 1)):
        assert re.search(rf'>{name} <span class="count">{count}<', page)
    only = dispatcher.get(f"{DESK}?state=accepted").text
    assert (accepted.number in only, asked.number in only) == (True, False)


def test_a_sealed_complaint_is_seen_at_its_own_desk_alone(dispatcher: Browser, at_desk: At) -> None:
    complaint = waiting(nature="report")
    assert "密封" in dispatcher.get(DESK).text
    assert complaint.number not in at_desk("dispatcher", "150800").get(f"{DESK}?scope=all").text


def test_pages_go_through_all_rows_once(dispatcher: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "ROWS", 2)
    numbers, address = [waiting().number for _ in range(5)], DESK
    seen: list[str] = []
    while address:
        page = dispatcher.get(address).text
        seen += re.findall(r"data-row-start[^>]*>([^<]+)</a>", page)
        onward = re.search(r'href="([^"]+)" rel="next"', page)
        address = unescape(onward[1]) if onward else ""
    assert seen == numbers


@pytest.mark.parametrize("query", ["state=closed", "scope=everything", "state=%3Cscript%3E", "place=x"])
def test_an_address_that_asks_for_nonsense_gives_the_usual_page(dispatcher: Browser, query: str) -> None:
    assert waiting().number in dispatcher.get(f"{DESK}?{query}").text


def test_a_broken_cursor_is_told(dispatcher: Browser) -> None:
    answer = dispatcher.get(f"{DESK}?cursor=x")
    assert (answer.status_code, "翻页标记无效" in answer.text) == (422, True)


@pytest.mark.usefixtures("trusted")
def test_what_the_worklist_costs_does_not_grow_with_its_rows(dispatcher: Browser) -> None:
    costs = set()
    for _ in range(2):
        waiting()
        dispatcher.get(DESK)
        with counted() as sent:
            page = dispatcher.get(DESK)
        costs.add(len(sent))
        for _ in range(dispatching.ROWS):
            waiting()
    assert page.text.count("data-row-start") == dispatching.ROWS
    # The session, the rows, the counts.
    assert costs == {3}


# --- one complaint ---------------------------------------------------------------------------------------------------


def test_a_complaint_is_shown_whole_with_what_can_be_done(dispatcher: Browser) -> None:
    complaint = waiting()
    page = dispatcher.get(f"{DESK}/{complaint.number}").text
    for told in (complaint.body, "白女士", "0471 660 1234", "1,250,000 元", "受理并派单", "补正", "不予受理", "转送"):
        assert told in page
    assert f"/desk/complaints/{complaint.number}" in page


def test_until_it_is_sent_on_a_complaint_says_how_sure_the_machine_was_and_how_sure_it_must_be(
    dispatcher: Browser, people: People
) -> None:
    text = "五原县审批窗口让我们反复跑，材料说法前后不一致，一直不给办，一次说清楚也做不到。"
    complaint = waiting(body=text, respondent=None, amount=None)
    taken(complaint, people.reader("dispatcher", PLACE), "accept")
    page = dispatcher.get(f"{DESK}/{complaint.number}").text
    share = round(complaint.suggestions[0]["probability"] * 100)
    told = rf"系统对「[^」]+」只有 {share}% 的把握，低于自动派单需要的 \d+%。"
    assert re.search(rf"为什么没有自动派单</dt><dd>{told}</dd>", page)
    assert re.search(r"系统的意见</dt><dd>系统对类别没有把握", page)
    act(dispatcher, again(complaint), "dispatch", department="150821-health")
    act(dispatcher, again(complaint), "recall")
    assert "低于自动派单需要的" not in dispatcher.get(f"{DESK}/{complaint.number}").text


def test_departments_are_in_the_order_of_a_chinese_dictionary(dispatcher: Browser) -> None:
    page = dispatcher.get(f"{DESK}/{waiting().number}?do=dispatch").text
    names = [f"五原县{name}" for name in ("财政局", "公安局", "教育局", "水利局", "卫生健康委员会")]
    places = [page.index(f">{name}") for name in names]
    assert places == sorted(places)


def test_departments_of_the_place_and_above_can_be_chosen_and_of_another_place_when_asked(dispatcher: Browser) -> None:
    complaint = waiting()
    here = dispatcher.get(f"{DESK}/{complaint.number}?do=dispatch").text
    for group in ("五原县", "巴彦淖尔市", "内蒙古自治区"):
        assert f'<optgroup label="{group}">' in here
    assert '<option value="150821-health" selected>' in here
    assert 'value="150802-health"' not in here
    there = dispatcher.get(f"{DESK}/{complaint.number}?do=dispatch&place=150802").text
    assert 'value="150802-health"' in there


def test_without_a_known_place_the_owners_are_proposed_once_a_place_is_chosen(at_desk: At) -> None:
    somebody = at_desk("dispatcher", "150000")
    complaint = waiting(region=None, respondent=None, body="办理施工许可一直超时，窗口推诿，不给办也不说理由。")
    assert "派给" not in somebody.get(DESK).text
    page = somebody.get(f"{DESK}/{complaint.number}?do=dispatch&place={PLACE}").text
    assert "派给巴彦淖尔市" in page  # the county's own office is what the complaint is about


def test_a_barred_department_is_refused_beside_the_field_and_nothing_is_accepted(dispatcher: Browser) -> None:
    complaint = waiting(respondent={"name": "五原县教育局"})
    assert "五原县教育局（须回避）" in dispatcher.get(f"{DESK}/{complaint.number}").text
    page = act(dispatcher, complaint, "dispatch", department="150821-education", note="请尽快办理。")
    assert page.status_code == 422
    assert "不能由自己办理" in beside(page.text, "department")
    assert "请尽快办理。" in page.text
    assert '<option value="150821-education" selected>' in page.text
    assert (again(complaint).status, actions()) == ("submitted", ["file"])


@pytest.mark.parametrize("department", ["", "150821-nothing", PLANTED])
def test_a_department_must_be_one(dispatcher: Browser, department: str) -> None:
    complaint = waiting()
    page = act(dispatcher, complaint, "dispatch", department=department)
    assert page.status_code == 422
    assert beside(page.text, "department")
    assert again(complaint).status == "submitted"


def test_another_category_is_set_with_the_dispatch(dispatcher: Browser) -> None:
    complaint = waiting()
    act(dispatcher, complaint, "dispatch", department="150821-health", category="policy.subsidy", note="按奖补办理。")
    assert (again(complaint).category, again(complaint).regimes) == ("policy.subsidy", ["policy"])
    assert "按奖补办理" in again(complaint).reason


@pytest.mark.parametrize(
    ("action", "typed", "status"),
    [
        ("accept", {}, "accepted"),
        ("request_supplement", {"note": "请补充合同首页。"}, "supplementing"),
        ("refuse", {"channel": "人民法院", "reason": "已经起诉。"}, "refused"),
        ("pass_on", {"channel": "纪检监察机关", "reason": "属于纪检监察职责。"}, "passed_on"),
        ("answer", {"reply": "政策已经公开，见附件。"}, "answered"),
    ],
)
def test_each_step_has_its_form_and_does_what_it_says(
    dispatcher: Browser, action: str, typed: dict[str, str], status: str
) -> None:
    complaint = waiting()
    page = dispatcher.get(f"{DESK}/{complaint.number}?do={action}").text
    assert [name for name in typed if f'name="{name}"' not in page] == []
    assert act(dispatcher, complaint, action, **typed).status_code == 302
    assert again(complaint).status == status
    for name in typed:
        # Without what it needs, the step is refused beside the field.
        other = waiting()
        refused = act(dispatcher, other, action, **{**typed, name: ""})
        assert (refused.status_code, bool(beside(refused.text, name))) == (422, True)
        assert again(other).status == "submitted"


def test_where_a_channel_is_proposed_refusing_comes_first_with_the_channel_filled_in(dispatcher: Browser) -> None:
    complaint = waiting(body=filing()["body"] + "法院已受理。")
    assert complaint.proposed_channel
    assert f"{DESK}/{complaint.number}?do=refuse" in dispatcher.get(DESK).text
    page = dispatcher.get(f"{DESK}/{complaint.number}").text
    assert f'name="channel" value="{complaint.proposed_channel}"' in page
    assert 'action="' + f"{DESK}/{complaint.number}/refuse" in page


def test_a_report_on_an_official_is_passed_on_sealed(dispatcher: Browser) -> None:
    complaint = waiting(body="实名举报局长收受好处费，官商勾结。", nature="report")
    assert f"{DESK}/{complaint.number}?do=pass_on" in dispatcher.get(DESK).text
    act(dispatcher, complaint, "pass_on", channel="纪检监察机关", reason="按职责转送。")
    assert (again(complaint).status, again(complaint).sealed) == ("passed_on", True)


@pytest.mark.parametrize("action", ["withdraw", "sign", "nothing"])
def test_what_is_no_step_of_a_dispatcher_is_refused(dispatcher: Browser, action: str) -> None:
    complaint = waiting()
    assert act(dispatcher, complaint, action).status_code in {403, 404}
    assert actions() == ["file"]


@pytest.mark.parametrize(("version", "status"), [("1", 412), ("3", 409)])
def test_who_was_faster_is_named_with_what_was_done(
    dispatcher: Browser, people: People, version: str, status: int
) -> None:
    complaint, other = waiting(), people.reader("dispatcher", PLACE)
    taken(complaint, other, "accept")
    taken(complaint, other, "dispatch", department="150821-industry")
    page = act(dispatcher, complaint, "dispatch", department="150821-health", _version=version)
    assert page.status_code == status
    for told in (other.name, "派单", "五原县工业和信息化局", "待签收", "没有生效"):
        assert told in page.text
    assert again(complaint).department == "150821-industry"


def test_pressing_twice_dispatches_once_and_says_so(dispatcher: Browser) -> None:
    complaint = waiting()
    answers = [act(dispatcher, complaint, "dispatch", department="150821-health") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 412]
    assert "您自己" in answers[1].text
    assert actions() == ["file", "accept", "dispatch"]


def test_a_complaint_of_another_place_is_not_found(dispatcher: Browser, at_desk: At) -> None:
    complaint = waiting()
    elsewhere = at_desk("dispatcher", "150100")
    assert elsewhere.get(f"{DESK}/{complaint.number}").status_code == 404
    assert act(elsewhere, complaint, "accept").status_code == 404
    assert again(complaint).status == "submitted"


@pytest.mark.parametrize("role", ["operator", "supervisor"])
def test_the_desk_is_for_dispatchers(at_desk: At, role: str) -> None:
    complaint, somebody = waiting(), at_desk(role, "150000")
    assert somebody.get(f"{DESK}/{complaint.number}").status_code == 403
    assert act(somebody, complaint, "accept").status_code == 403


@pytest.mark.parametrize("do", ["dispatch", "accept", "request_supplement", "refuse", "pass_on", "answer"])
def test_every_control_has_a_label_and_an_id_of_its_own(dispatcher: Browser, do: str) -> None:
    page = dispatcher.get(f"{DESK}/{waiting().number}?do={do}").text
    controls = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*\bid="([^"]+)"', page)
    assert controls
    assert [ident for ident in controls if f'for="{ident}"' not in page] == []
    assert len(set(controls)) == len(controls)


def test_planted_script_shows_as_text(dispatcher: Browser) -> None:
    complaint = waiting(
        title=PLANTED, enterprise={"name": PLANTED}, respondent={"name": PLANTED, "kind": "institution"},
        contact={"name": PLANTED[:50], "phone": "0471-6601234"},
    )  # fmt: skip
    typed = dict.fromkeys(("note", "reason", "channel", "reply", "department", "category", "_version"), PLANTED)
    pages = [dispatcher.get(DESK), dispatcher.get(f"{DESK}/{complaint.number}")]
    pages += [act(dispatcher, complaint, action, **typed) for action in ("dispatch", "refuse", "answer")]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text
    assert db.session.scalar(select(func.count()).select_from(Event)) == 1


@pytest.mark.usefixtures("trusted")
def test_what_a_complaint_costs(dispatcher: Browser) -> None:
    complaint = waiting()
    address = f"{DESK}/{complaint.number}"
    dispatcher.get(address)
    with counted() as sent:
        dispatcher.get(address)
    # The session, the complaint.
    assert len(sent) == 2


def test_what_may_be_asked_once_is_not_offered_again(dispatcher: Browser, people: People) -> None:
    complaint = waiting()
    taken(complaint, people.reader("dispatcher", PLACE), "request_supplement", note="请补充合同。")
    taken(complaint, people.reader("operator", PLACE), "supplement", text="合同补上了。")
    page = dispatcher.get(f"{DESK}/{complaint.number}").text
    assert "do=refuse" in page
    assert "do=request_supplement" not in page


@pytest.mark.usefixtures("trusted")
def test_what_the_enterprise_added_stands_beside_what_it_wrote_and_takes_one_statement(
    dispatcher: Browser, people: People
) -> None:
    complaint = waiting()
    taken(complaint, people.reader("dispatcher", PLACE), "request_supplement", note="请补一份合同。")
    taken(complaint, people.reader("operator", PLACE), "supplement", text="合同签于去年三月。<b>")
    dispatcher.get(f"{DESK}/{complaint.number}")
    with counted() as sent:
        page = dispatcher.get(f"{DESK}/{complaint.number}").text
    assert "合同签于去年三月。&lt;b&gt;" in page
    assert len(sent) == 3


def test_what_people_wrote_is_in_their_own_words_whoever_reads_it(dispatcher: Browser, people: People) -> None:
    """Also where it says just what one of our own texts says."""
    complaint = waiting(title="发票", body=(ours := "有内容需要修改，请看下面的说明。"))
    taken(complaint, people.reader("dispatcher", PLACE), "request_supplement", note="请补发票。")
    taken(complaint, people.reader("operator", PLACE), "supplement", text="发票")
    returned = handed_back(people, "发票")
    dispatcher.client.set_cookie("language", "en")
    page, other = (dispatcher.get(f"{DESK}/{one.number}").text for one in (complaint, returned))
    assert "<strong>发票</strong>" in page
    assert f'<p class="prose" lang="zh-Hans">{ours}</p>' in page
    assert '<p class="prose" lang="zh-Hans">发票</p>' in page
    assert 'handed it back: <span lang="zh-Hans">发票</span>' in other
    assert '<p class="summary-text" lang="zh-Hans">发票</p>' in dispatcher.get(DESK).text


def handed_back(people: People, why: str = f"归教育局管，请联系13947112233 {PLANTED}") -> Complaint:
    """A complaint that a department handed back, as the supervisor granted."""
    complaint = waiting(title="发票")
    taken(complaint, people.reader("dispatcher", PLACE), "accept")
    taken(complaint, people.reader("dispatcher", PLACE), "dispatch", department="150821-health")
    handler = people.reader("handler", department="150821-health")
    taken(
        complaint,
        handler,
        "hand_back",
        reason=why,
        evidence="三定规定。",
        department="150821-education",
    )
    taken(complaint, people.reader("supervisor", PLACE), "grant_hand_back")
    return again(complaint)


def test_who_handed_it_back_and_why_stands_beside_the_proposal(dispatcher: Browser, people: People) -> None:
    complaint = handed_back(people)
    for page in (dispatcher.get(DESK).text, dispatcher.get(f"{DESK}/{complaint.number}").text):
        assert '五原县卫生健康委员会退单：<span lang="zh-Hans">归教育局管' in page
        assert "认为应由五原县教育局办理" in page
        assert "13947112233" not in page
        assert "<script>alert" not in page
    assert "派给五原县教育局" in dispatcher.get(DESK).text


@pytest.mark.usefixtures("trusted")
def test_who_handed_back_takes_one_statement_for_all_rows(dispatcher: Browser, people: People) -> None:
    costs = set()
    for _ in range(2):
        handed_back(people)
        dispatcher.get(DESK)
        with counted() as sent:
            dispatcher.get(DESK)
        costs.add(len(sent))
    assert costs == {4}


def test_a_league_dispatches_on_to_a_place_below(at_desk: At) -> None:
    league = at_desk("dispatcher", "150800")
    complaint = waiting(region="150800", respondent={"name": "某医院", "kind": "institution"})
    assert act(league, complaint, "accept").status_code == 302
    page = league.get(f"{DESK}/{complaint.number}?do=dispatch_on").text
    assert '<option value="150821">五原县</option>' in page
    assert '<option value="150100">' not in page
    assert act(league, again(complaint), "dispatch_on", place=PLACE).status_code == 302
    assert (again(complaint).queue_code, again(complaint).status) == (PLACE, "accepted")
    assert complaint.number in at_desk("dispatcher", PLACE).get(DESK).text


@pytest.mark.parametrize("action", ["merge", "split", "inquire"])
def test_rarer_steps_stand_on_the_complaints_own_page(dispatcher: Browser, people: People, action: str) -> None:
    complaint = waiting()
    taken(complaint, people.reader("dispatcher", PLACE), "accept")
    page = dispatcher.get(f"{DESK}/{complaint.number}").text
    assert f"/desk/complaints/{complaint.number}?action={action}#act" in page
    version = str(again(complaint).version)
    assert act(dispatcher, complaint, action, _version=version, text="内容", reason="理由").status_code == 404
    assert again(complaint).status == "accepted"
