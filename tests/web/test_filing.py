"""Filing on the pages: three steps, review, receipt."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from flask import Flask
from itsdangerous import base64_decode
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.classifier import operations as classifier
from service.complaints.models import Complaint
from service.crypto import decrypt
from service.db import db
from service.deadlines import operations as deadlines
from service.directory import operations as directory
from service.intake import begun
from service.intake.models import Attachment, BegunFiling
from service.web import questions
from tests.statements import counted
from tests.web.browser import Browser

MORNING = datetime(2026, 3, 13, 2, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
BODY = (
    "我公司给五原县人民医院供应检验试剂和输液耗材，货早已送齐并验收，发票也开了，"
    "合同约定三十天内付款，医药货款拖欠一年多没有给。"
)
TEXT = {"body": BODY}
DETAILS = {
    "region": "150821",
    "respondent.name": "五原县人民医院",
    "respondent.kind": "institution",
    "amount": "1250000",
    "debt.object": "goods",
    "debt.delivered_on": "2025-01-05",
    "debt.due_on": "2025-02-04",
    "debt.excuses": ["audit", "no_money"],
}
CONTACT = {
    "enterprise.name": "河套试剂有限公司",
    "enterprise.size": "small",
    "contact.name": "白女士",
    "contact.phone": "0471-6601234",
}
PLANTED = '"><script>alert(1)</script>{{7*7}}=1+1'


@pytest.fixture(autouse=True)
def quiet_morning() -> Iterator[None]:
    """10:00 on Friday, 2026-03-13."""
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def known(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference data as a process at work has it: read, and not asked about again for now."""
    monkeypatch.setattr(directory, "TRUSTED", float("inf"))
    deadlines.rules(directory.current().revision)
    deadlines.calendar(("150000",), directory.current().revision)


def go(browser: Browser, path: str, data: dict[str, Any], button: str = "next") -> TestResponse:
    return browser.post(path, {**data, "_go": button})


def fill(browser: Browser, **changes: dict[str, Any]) -> None:
    for path, given in (("/file", TEXT), ("/file/details", DETAILS), ("/file/contact", CONTACT)):
        answer = go(browser, path, {**given, **changes.get(path.rpartition("/")[2], {})})
        assert answer.status_code == 302, answer.text


def submit(browser: Browser, **more: Any) -> TestResponse:
    return go(browser, "/file/review", more, "submit")


def stored() -> list[Complaint]:
    return list(db.session.scalars(select(Complaint).order_by(Complaint.id)))


def upload(content: bytes = PDF, name: str = "合同.pdf") -> tuple[BytesIO, str]:
    return BytesIO(content), name


# --- the way through -------------------------------------------------------------------------------------------------


def test_a_filing_in_three_steps_is_what_the_api_would_have_filed(browser: Browser) -> None:
    assert go(browser, "/file", TEXT).headers["Location"] == "/file/details"
    assert go(browser, "/file/details", DETAILS).headers["Location"] == "/file/contact"
    assert go(browser, "/file/contact", CONTACT).headers["Location"] == "/file/review"
    assert submit(browser).headers["Location"] == "/file/receipt"
    (filed,) = stored()
    assert (filed.body, filed.region, filed.respondent_kind, filed.amount) == (BODY, "150821", "institution", 1250000)
    assert (filed.enterprise_name, filed.contact_phone, filed.channel) == ("河套试剂有限公司", "+864716601234", "web")
    assert filed.details["debt"]["excuses"] == ["audit", "no_money"]
    assert (filed.status, filed.department, filed.regimes) == ("dispatched", "150821-health", ["802"])


def test_the_receipt_says_number_code_who_why_and_until_when(browser: Browser) -> None:
    fill(browser)
    submit(browser)
    page = browser.get("/file/receipt").text
    (filed,) = stored()
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", page)
    assert code
    assert filed.number in page
    assert "自治区工业和信息化厅" in page
    assert "五原县卫生健康委员会" in page
    assert "4月13日 17:30" in page  # 30 days from Friday end on a Sunday
    assert "保障中小企业款项支付条例第二十五条第二款" in page
    assert page.index("<details") < page.index(code[0])


def test_every_step_shows_again_what_was_said_there(browser: Browser) -> None:
    fill(browser)
    assert BODY in browser.get("/file").text
    details = browser.get("/file/details").text
    assert 'value="五原县人民医院"' in details
    assert '<option value="institution" selected>' in details
    assert re.search(r'value="audit" checked', details)
    assert 'value="0471-6601234"' in browser.get("/file/contact").text
    review = browser.get("/file/review").text
    for said in ("1,250,000 元", "五原县", "事业单位", "等审计或验收、没有资金", "小型", "白女士"):
        assert said in review


def test_a_sum_is_taken_as_people_type_it_and_read_back_in_digits(browser: Browser) -> None:
    typed = {"amount": "８５．５万", "debt.contract_amount": "1,234,567.89元", "debt.paid": "五十六万八千三百"}
    fill(browser, details=typed)
    assert 'value="８５．５万"' in browser.get("/file/details").text
    review = browser.get("/file/review").text
    assert all(told in review for told in ("855,000 元", "1,234,567.89 元", "568,300 元"))
    submit(browser)
    (filed,) = stored()
    debt = filed.details["debt"]
    assert (filed.amount, debt["contract_amount"], debt["paid"]) == (855000, "1234567.89", "568300.00")


def test_going_back_keeps_what_was_typed_even_where_it_is_wrong(browser: Browser) -> None:
    go(browser, "/file", TEXT)
    answer = go(browser, "/file/details", {"amount": "三十来万"}, "back")
    assert answer.headers["Location"] == "/file"
    assert 'value="三十来万"' in browser.get("/file/details").text


@pytest.mark.parametrize(
    ("path", "before", "given", "field", "sentence"),
    [
        ("/file", {}, {"body": " "}, "body", "这一项必须填写。"),
        ("/file", {}, {"body": "字" * 20001}, "body", "最多 20000 个字，现在是 20001 个字。"),
        ("/file", {}, {"body": BODY, "category": "no.such"}, "category", "没有这个类别"),
        ("/file/details", TEXT, {"amount": "三十来万", "respondent.name": "某局"}, "amount", "以元为单位的数字"),
        ("/file/details", TEXT, {"debt.due_on": "2025-13-40"}, "debt.due_on", "2026-03-13 这样"),
        ("/file/details", TEXT, {"respondent.kind": "organ"}, "respondent.name", "这一项必须填写。"),
        ("/file/contact", TEXT, {"contact.phone": "12"}, "contact.phone", "电话号码不对"),
        ("/file/contact", TEXT, {"enterprise.name": "河套"}, "contact.phone", "不愿透露身份可选择匿名"),
        ("/file/contact", TEXT, {**CONTACT, "enterprise.uscc": "9115"}, "enterprise.uscc", "应为 18 位"),
    ],
)
def test_a_mistake_is_told_beside_the_field_and_on_top_and_nothing_is_lost(
    browser: Browser, path: str, before: dict[str, str], given: dict[str, str], field: str, sentence: str
) -> None:
    if before:
        go(browser, "/file", before)
    answer = go(browser, path, given)
    assert answer.status_code == 422
    identifier = f"f-{field.replace('.', '-').replace('_', '-')}"
    label = re.search(rf'<label for="{identifier}">([^<]+)', answer.text)
    assert label
    assert f'<a href="#{identifier}">{label[1].strip()}：' in answer.text
    assert f'id="{identifier}"' in answer.text
    assert answer.text.count(sentence) == 2
    typed = [value for name, value in given.items() if name not in {"category", "respondent.kind"}]
    assert all(value.strip() in answer.text for value in typed)
    assert stored() == []


def test_a_later_step_or_the_review_leads_back_to_what_is_missing(browser: Browser) -> None:
    for path in ("/file/details", "/file/contact", "/file/review"):
        assert browser.get(path).headers["Location"] == "/file"
    go(browser, "/file", TEXT)
    assert browser.get("/file/review").headers["Location"] == "/file/contact?check=1"
    page = browser.get("/file/contact?check=1").text
    assert "不愿透露身份可选择匿名" in page
    go(browser, "/file/details", {"amount": "三十来万"})
    go(browser, "/file/contact", CONTACT)
    assert browser.get("/file/review").headers["Location"] == "/file/details?check=1"


def test_submitting_what_is_not_complete_files_nothing(browser: Browser) -> None:
    go(browser, "/file", TEXT)
    answer = submit(browser)
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/file/contact?check=1")
    assert stored() == []


# --- what is made of the text ----------------------------------------------------------------------------------------


def test_the_judgement_names_the_category_its_words_and_the_law_and_no_probability(browser: Browser) -> None:
    page = browser.post("/file/judgement", TEXT).text
    assert "拖欠账款 · 货款服务款" in page
    assert "受理后 10 个工作日内转交承办部门" in page
    assert "承办部门收到材料后 30 日内书面答复您，复杂的最长 90 日" in page
    assert "保障中小企业款项支付条例第二十五条第二款" in page
    (top, *_rest) = classifier.suggest(BODY)
    assert top.reasons[0].word in page
    assert str(round(top.probability, 2)) not in page
    assert "%" not in page
    assert "<html" not in page


def test_another_category_changes_what_is_promised(browser: Browser) -> None:
    page = browser.post("/file/judgement", {**TEXT, "category": "policy.subsidy"}).text
    assert "您选择的类别" in page
    assert "承办部门收到材料后 5 个工作日内书面答复您，复杂的最长 15 个工作日" in page
    assert "本平台服务承诺" in page


@pytest.mark.parametrize("body", ["", "  ", "你好", "\x00\x01", "字" * 20001])
def test_too_little_to_judge_is_asked_for_more(browser: Browser, body: str) -> None:
    answer = browser.post("/file/judgement", {"body": body})
    assert answer.status_code == 200
    assert "写上几句" in answer.text


def test_without_script_a_button_shows_the_judgement_and_examples_are_put_in(browser: Browser) -> None:
    assert go(browser, "/file", TEXT, "look").headers["Location"] == "/file"
    assert "拖欠账款 · 货款服务款" in browser.get("/file").text
    go(browser, "/file", TEXT, "example:default")
    page = browser.get("/file").text
    assert BODY in page
    assert page.count("承诺到现在没有兑现") == 2  # in the button, and now in the text


def test_a_template_with_a_gap_goes_no_further_and_is_not_lost(browser: Browser) -> None:
    template = questions.EXAMPLES["arrears"][1].replace("【年月】", "去年三月")
    answer = go(browser, "/file", {"body": template})
    assert answer.status_code == 422
    assert "还有空没有填：【对方单位】、【多少天】、【多少】等 4 处" in answer.text
    assert template in answer.text
    # Whoever goes on by the address is led back.
    go(browser, "/file/details", {})
    review = browser.get("/file/review")
    assert (review.status_code, review.headers["Location"]) == (302, "/file?check=1")
    assert go(browser, "/file/review", {}, "submit").headers["Location"] == "/file?check=1"
    assert db.session.scalar(select(func.count()).select_from(Complaint)) == 0
    assert "还有空没有填" in browser.get("/file?check=1").text


def test_a_gap_of_the_english_template_is_one_too(browser: Browser) -> None:
    browser.client.set_cookie("language", "en")
    shown = re.search(r'value="example:arrears" data-text="([^"]+)"', browser.get("/file").text)
    assert shown
    assert "[number]" in shown[1]
    assert go(browser, "/file", {"body": shown[1]}).status_code == 422


def test_what_stands_in_such_brackets_otherwise_is_the_enterprises_own(browser: Browser) -> None:
    answer = go(browser, "/file", {"body": f"{BODY}见【会议纪要】第三条。"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/file/details")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (BODY, "debt.due_on"),
        ("2021年招商引资时管委会在投资协议里承诺给我们厂房补贴和落地奖励，至今没有兑现", "promise.document"),
        ("我们专精特新奖补资金申报通过并公示了，补贴一年多还没有拨付到账", "policy.answered"),
        ("县市场监督管理局一个月来检查三次，多头检查，频繁突击检查影响生产", "respondent.name"),
    ],
)
def test_only_what_the_family_needs_is_asked(browser: Browser, body: str, field: str) -> None:
    go(browser, "/file", {"body": body})
    page = browser.get("/file/details").text
    special = ("debt.due_on", "promise.document", "policy.answered")
    assert f'name="{field}"' in page
    assert [name for name in special if f'name="{name}"' in page] == ([field] if field in special else [])


def test_the_place_in_the_text_is_chosen_beforehand_and_marked(browser: Browser) -> None:
    go(browser, "/file", TEXT)
    page = browser.get("/file/details").text
    assert '<option value="150821" selected>五原县</option>' in page
    assert 'class="field prefilled"' in page
    go(browser, "/file/details", {"region": "150102"})
    page = browser.get("/file/details").text
    assert '<option value="150102" selected>' in page
    assert "prefilled" not in page


# --- hints -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("details", "told"),
    [
        ({"debt.due_on": "2026-12-01"}, "约定的付款日期（2026年12月1日）还没有到"),
        (
            {"respondent.name": "五原县人民医院", "debt.delivered_on": "2026-02-20"},
            "自交付起 30 日内付款，到2026年3月22日才满",
        ),
        ({"respondent.name": "城关村村民委员会", "respondent.kind": "village"}, "人民调解委员会"),
        ({"respondent.name": "老王建材店", "respondent.kind": "private"}, "人民法院起诉"),
        ({"gates": "in_court"}, "已进入诉讼、仲裁或复议"),
        ({"amount": "三十来万", "gates": "in_petition"}, "信访部门"),
        ({"debt.signed_on": "2026-12-01", "debt.due_on": "2026-03-01"}, "2026年12月1日还没有到"),
    ],
)
def test_a_hint_names_the_right_channel_and_never_blocks(browser: Browser, details: dict[str, str], told: str) -> None:
    go(browser, "/file", TEXT)
    assert told in browser.post("/file/hints", details).text
    details.pop("amount", None)
    assert go(browser, "/file/details", details).headers["Location"] == "/file/contact"
    go(browser, "/file/contact", CONTACT)
    assert told in browser.get("/file/review").text
    assert submit(browser).headers["Location"] == "/file/receipt"


@pytest.mark.parametrize("details", [DETAILS, {"debt.due_on": "2026-03-13"}, {"respondent.name": "某某公司"}])
def test_no_hint_where_nothing_stands_in_the_way(browser: Browser, details: dict[str, Any]) -> None:
    go(browser, "/file", TEXT)
    assert browser.post("/file/hints", details).text.strip() == ""


def test_an_emergency_is_told_at_once(browser: Browser) -> None:
    page = browser.post("/file/judgement", {"body": "厂里着火了，有人被困，快来救"}).text
    assert "火警119" in page


def test_a_day_that_no_calendar_has_is_told_while_one_writes(browser: Browser) -> None:
    page = browser.post("/file/judgement", {"body": "县医院２０２４年４月31日收了货，到现在不给钱"}).text
    assert "您写的“2024年4月31日”，日历上没有这一天。" in page


def test_who_pastes_an_identity_number_is_told_that_nobody_needs_it(browser: Browser) -> None:
    body = "老板张三，身份证150102198503121234，县医院欠我们药款两年了"
    assert "您写了身份证号。" in browser.post("/file/judgement", {"body": body}).text


@pytest.mark.parametrize(
    ("body", "several"),
    [
        ("第一，答应的土地证没办下来；第二，税多收了我们的；第三，隔壁工地堵我们大门", True),
        ("1、土地证三年没办下来\n2、隔壁工地天天堵我们大门", True),
        (f"一是货早送齐了，二是款没有给。{BODY}", False),
        ("第一次答应给，第二次又不认，统一是这个说法", False),
    ],
)
def test_who_writes_of_several_matters_is_told_to_keep_them_apart(browser: Browser, body: str, several: bool) -> None:
    page = browser.post("/file/judgement", {"body": body}).text
    assert ("您好像写了几件事。" in page) == several


# --- who files -------------------------------------------------------------------------------------------------------


def test_whoever_is_anonymous_names_nobody_whatever_was_typed(browser: Browser) -> None:
    fill(browser, contact={"anonymous": "true", "confidential": "true"})
    review = browser.get("/file/review").text
    assert "河套试剂" not in review
    submit(browser)
    (filed,) = stored()
    assert (filed.anonymous, filed.enterprise_name, filed.contact_phone) == (True, None, None)
    assert "802" not in filed.regimes


def test_staff_who_file_here_file_as_the_public_does(at_desk: Any) -> None:
    somebody = at_desk("operator", "150000")
    fill(somebody, file={"category": "policy.subsidy"})
    submit(somebody)
    (filed,) = stored()
    assert (filed.channel, filed.filed_by, filed.routed_by) == ("web", None, "triage")


# --- once and only once ----------------------------------------------------------------------------------------------


def test_pressing_the_button_twice_files_once_and_shows_the_same_receipt(browser: Browser) -> None:
    fill(browser)
    token = browser.token()
    for _ in range(3):
        answer = browser.client.post("/file/review", data={"csrf_token": token, "_go": "submit"})
        assert answer.headers["Location"] == "/file/receipt"
    assert len(stored()) == 1
    assert stored()[0].number in browser.get("/file/receipt").text


def test_two_presses_at_once_file_once(app: Flask, browser: Browser) -> None:
    fill(browser)
    token = browser.token()
    twin = Browser(app)
    for name, path in (("session", "/"), ("draft", "/file")):
        cookie = browser.client.get_cookie(name, path=path)
        assert cookie
        twin.client.set_cookie(name, cookie.value, path=path)
    for one in (browser, twin):
        one.client.post("/file/review", data={"csrf_token": token, "_go": "submit"})
    assert len(stored()) == 1
    assert browser.get("/file/receipt").text == twin.get("/file/receipt").text


def test_after_filing_a_new_one_begins_empty_and_the_receipt_stays(browser: Browser) -> None:
    fill(browser)
    submit(browser)
    assert BODY not in browser.get("/file").text
    go(browser, "/file", {"body": "第二件事：消防验收迟迟不办，已经等了三个月。"})
    go(browser, "/file/contact", CONTACT)
    assert stored()[0].number in browser.get("/file/receipt").text
    submit(browser)
    assert [one.body[:3] for one in stored()] == [BODY[:3], "第二件"]


def test_a_page_of_another_filing_does_not_write_into_this_one(browser: Browser) -> None:
    go(browser, "/file", TEXT)
    answer = browser.post("/file/details", {"_paper": "0123456789ab", "amount": "1", "_go": "next"})
    assert answer.status_code == 409
    assert "另一个窗口" in answer.text
    assert 'value="1"' in answer.text
    assert 'value="1"' not in browser.get("/file/details").text


# --- what is kept where ----------------------------------------------------------------------------------------------


def test_the_cookie_holds_nothing_that_was_typed_and_no_code(browser: Browser) -> None:
    fill(browser)
    submit(browser)
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", browser.get("/file/receipt").text)
    cookie = browser.client.get_cookie("session")
    assert code
    assert cookie
    payload = base64_decode(cookie.value.lstrip(".").split(".")[0])
    if cookie.value.startswith("."):
        import zlib

        payload = zlib.decompress(payload)
    read = unquote(payload.decode("utf-8", "replace"))
    assert "followed" in read
    for secret in (code[0], code[0].replace("-", ""), "白女士", "6601234", "河套"):
        assert secret not in read


def test_what_is_typed_lies_encrypted_and_goes_once_it_is_filed(browser: Browser) -> None:
    fill(browser)
    raw = db.session.scalars(select(func.encode(db.text("said"), "escape")).select_from(BegunFiling)).one()
    assert "6601234" not in raw
    db.session.rollback()
    submit(browser)
    row = db.session.scalars(select(BegunFiling)).one()
    assert row.said == "{}"
    assert decrypt(b"".join(db.session.execute(db.text("SELECT answer FROM begun_filings")).scalars())).startswith("{")


def test_the_receipt_can_be_read_again_for_half_an_hour_in_this_browser_only(app: Flask, browser: Browser) -> None:
    fill(browser)
    submit(browser)
    assert browser.get("/file/receipt").status_code == 200
    assert browser.get("/file/receipt").status_code == 200
    assert Browser(app).get("/file/receipt").headers["Location"] == "/progress"
    with time_machine.travel(MORNING + timedelta(minutes=31), tick=False):
        assert browser.get("/file/receipt").headers["Location"] == "/progress"
        assert "半小时" in browser.get("/progress").text


def test_the_receipt_is_put_away_at_once_where_somebody_wants_it(browser: Browser) -> None:
    fill(browser)
    submit(browser)
    browser.get("/file/receipt")
    browser.post("/file/receipt")
    assert browser.get("/file/receipt").headers["Location"] == "/progress"


def test_what_nobody_finished_is_gone_after_a_day(browser: Browser) -> None:
    fill(browser)
    browser.post("/file/review", {"_go": "upload", "files": upload()}, content_type="multipart/form-data")
    from service.intake.tasks import purge_begun

    with time_machine.travel(MORNING + timedelta(hours=25), tick=False):
        assert BODY not in browser.get("/file").text
        purge_begun()
        db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(BegunFiling)) == 0
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_starting_anew_forgets_what_was_typed_and_its_files(browser: Browser) -> None:
    fill(browser)
    browser.post("/file/review", {"_go": "upload", "files": upload()}, content_type="multipart/form-data")
    assert browser.post("/file/new").headers["Location"] == "/file"
    assert BODY not in browser.get("/file").text
    assert db.session.scalar(select(func.count()).select_from(BegunFiling)) == 0
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0


# --- files -----------------------------------------------------------------------------------------------------------


def test_files_are_kept_while_others_are_refused_and_go_with_the_complaint(browser: Browser) -> None:
    fill(browser)
    answer = submit(browser, files=[upload(), upload(b"MZ\x90\x00", "run.pdf"), upload(PDF, "b.pdf")])
    assert answer.status_code == 422
    summary = answer.text.split('class="summary" role="alert" tabindex="-1" data-focus')[1].split("</div>")[0]
    assert "run.pdf：不是可以接收的文件类型" in summary
    assert "合同.pdf" in answer.text
    assert stored() == []
    number = re.search(r'value="drop:(\d+)" formnovalidate>.*?b\.pdf', answer.text, re.DOTALL)
    assert number
    drops = re.findall(r'value="drop:(\d+)"', answer.text)
    browser.post("/file/review", {"_go": f"drop:{drops[1]}"})
    assert submit(browser).headers["Location"] == "/file/receipt"
    (kept,) = db.session.scalars(select(Attachment)).all()
    assert (kept.name, kept.holder, kept.complaint_id) == ("合同.pdf", None, stored()[0].id)


def test_the_limits_are_told_before(browser: Browser) -> None:
    fill(browser)
    page = browser.get("/file/review").text
    assert "每个不超过 10 MB，最多 10 个" in page
    assert 'accept=".pdf,.jpg,.jpeg,.png,.webp,.heic,.heif,.docx,.xlsx"' in page


# --- every field -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["arrears.goods-services", "default.investment-promise", "policy.subsidy"])
def test_markup_planted_in_every_field_shows_as_text(browser: Browser, family: str) -> None:
    go(browser, "/file", {"body": BODY + PLANTED, "category": family})
    for path in ("/file/details", "/file/contact"):
        page = browser.get(path).text
        names = set(re.findall(r'<(?:input|textarea|select)[^>]* name="([^"_][^"]*)"', page)) - {"csrf_token"}
        assert len(names) > 4
        answer = browser.post(path, {**dict.fromkeys(names, PLANTED), "_go": "next"})
        assert "<script>alert" not in answer.text
        assert "49=1+1" not in answer.text
        texts = {name for name in names if re.search(rf'name="{re.escape(name)}"[^>]*value="&#34;&gt;', answer.text)}
        assert texts


def test_markup_filed_shows_as_text_on_review_and_receipt(browser: Browser) -> None:
    names = {"enterprise.name": PLANTED, "contact.name": PLANTED}
    fill(browser, file={"body": BODY + PLANTED}, details={"respondent.name": PLANTED}, contact=names)
    page = browser.get("/file/review").text
    assert page.count("&lt;script&gt;alert(1)") == 4
    assert "<script>alert" not in page
    submit(browser, files=[upload(PDF, "<script>alert(1)</script>.pdf")])
    for path in ("/file/receipt", f"/progress/{stored()[0].number}"):
        assert "<script>alert" not in browser.get(path).text


def test_no_step_holds_script_or_style_of_its_own(browser: Browser) -> None:
    fill(browser)
    for path in ("/file", "/file/details", "/file/contact", "/file/review"):
        page = browser.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)


@pytest.mark.parametrize("path", ["/file", "/file/details", "/file/contact", "/file/judgement", "/file/hints"])
@pytest.mark.parametrize("given", [{"a.b.c.d.e": "x"}, {"enterprise": "x", "enterprise.name": "y"}])
def test_a_form_that_no_page_of_ours_sends_is_refused_in_words(
    browser: Browser, path: str, given: dict[str, str]
) -> None:
    answer = browser.post(path, given)
    assert answer.status_code == 400
    assert "请刷新页面再填" in answer.text


# --- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "statements"),
    [("/file", 1), ("/file/details", 1), ("/file/contact", 1), ("/file/review", 2), ("/file/receipt", 1)],
)
def test_each_page_takes_a_fixed_number_of_statements(
    browser: Browser, known: None, path: str, statements: int
) -> None:
    fill(browser)
    if path == "/file/receipt":
        submit(browser)
    browser.get(path)
    with counted() as sent:
        assert browser.get(path).status_code == 200
    assert len(sent) == statements


def test_the_first_page_takes_no_statement(browser: Browser, known: None) -> None:
    browser.get("/file")
    with counted() as sent:
        assert browser.get("/file").status_code == 200
        assert browser.post("/file/judgement", TEXT).status_code == 200
    assert len(sent) == 0


def test_each_form_takes_a_fixed_number_of_statements(browser: Browser, known: None) -> None:
    fill(browser)
    token = browser.token()
    told = {}
    for path, given in (("/file", TEXT), ("/file/details", DETAILS), ("/file/contact", CONTACT)):
        with counted() as sent:
            browser.client.post(path, data={"csrf_token": token, "_go": "next", **given})
        told[path] = len(sent)
    with counted() as sent:
        browser.client.post("/file/hints", data={"csrf_token": token, **DETAILS})
    told["/file/hints"] = len(sent)
    with counted() as sent:
        browser.client.post("/file/review", data={"csrf_token": token, "_go": "submit"})
    told["/file/review"] = len(sent)
    assert told == {"/file": 2, "/file/details": 2, "/file/contact": 2, "/file/hints": 1, "/file/review": 5}


@pytest.mark.parametrize("path", ["/file", "/file/details", "/file/contact", "/file/review"])
def test_the_first_load_is_under_150_kilobytes(browser: Browser, path: str) -> None:
    fill(browser)
    page = browser.get(path)
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text))
    loads = [browser.get(address, headers={"Accept-Encoding": "gzip, br"}) for address in addresses]
    assert len(page.data) + sum(len(load.data) for load in loads) < 150_000


def test_a_token_opens_nothing_else(app: Flask) -> None:
    assert begun.key_of("a") != begun.key_of("b")
    assert questions.step_of(["body"]) == 0
    assert questions.step_of(["contact.phone", "debt.due_on"]) == 1
    assert questions.step_of([]) == 2
