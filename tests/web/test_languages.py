"""Every page in English: the words, the days, the numbers; and what a form sends back is the same in both languages."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
import time_machine
from flask import Flask

from service import demonstration
from service.accounts.rules import ROLES, Reader
from service.complaints.rules import COMPOSED, STEPS
from service.deadlines.rules import ZONE
from service.directory import operations as directory
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from service.sentences import Said, say
from service.web import languages, promises, speech, telling, trail, words
from tests.caller import Caller
from tests.e2e.cast import PEOPLE, VAGUE, Cast
from tests.e2e.reach import reached
from tests.e2e.views import ARREARS, POLICY, PROMISE, VIEWS, View, World
from tests.factories import filing
from tests.web.browser import Browser
from tests.web.conftest import At

PLACE, OFFICE = "150821", "150821-health"
AT = {role: {"place": PLACE} if scope == "place" else {"department": OFFICE} if scope == "department" else {}
      for role, (_name, scope) in ROLES.items()}  # fmt: skip
# Names in their own language, and what has to be written just so.
KEPT = (
    "中文",
    "河套试剂有限公司",
    "五原县人民医院",
    "填写说明",
    "代码",
    "〔2025〕7号",
    "国办发明电",
    "五党编发〔2026〕3号",
    "春节 2027",
    "、14:30",
)
# What differs from one page to the next in the same language.
RANDOM = {"csrf_token", "_paper", "_once"}
# Its forms hold a text of ours for show, and send nothing.
SAMPLES = {"/styleguide"}
# So many views of each page are asked for; pages without complaints are asked for by their address alone.
VIEWS_EACH = 3
ELSEWHERE = ("admin", "hotspots", "model_desk", "notice_desk", "open", "reorganisations", "routing_desk", "signin")
# What people write in these tests.
NAMES = {name for name, _grant in PEOPLE.values()} | {"白女士", "女士"}
WRITTEN = "\n".join([str(demonstration.FIELDS), *map(str, filing().values()), ARREARS, PROMISE, POLICY, VAGUE])
HAN_RUN, A_STRETCH = re.compile(f"(?:{speech.HAN.pattern})+"), 4
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SAID = {"title", "aria-label", "placeholder", "alt", "data-say"}


class Page(HTMLParser):
    """What a page says outside of elements that are marked as Chinese, and what its forms would send back."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        chinese = self._is_chinese() or given.get("lang", "").startswith("zh") or tag in {"script", "style", "textarea"}
        if not chinese:
            self.said += [given[name] for name in SAID & given.keys()]
        if tag in {"input", "option", "button"} and given.get("name") not in RANDOM:
            self.sent.append((given.get("name", tag), given.get("value", "")))
        if tag not in VOID:
            self.open.append((tag, chinese))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "textarea":
            self.sent.append(("textarea", data))
        if not self._is_chinese():
            self.said.append(data)

    def _is_chinese(self) -> bool:
        return bool(self.open and self.open[-1][1])

    def chinese(self) -> list[str]:
        """What is said in Chinese."""
        return [text.strip() for text in self.said if speech.HAN.search(_without(text).replace("\u3000", " "))]


def _without(text: str) -> str:
    for kept in KEPT:
        text = text.replace(kept, "")
    return text


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    """Within a request of somebody who reads English, at 10:00 on Friday, 2026-03-13."""
    moment = datetime(2026, 3, 13, 2, tzinfo=UTC)
    with time_machine.travel(moment, tick=False), app.test_request_context(headers={"Cookie": "language=en"}):
        languages._begin(app)
        yield
        languages._end(app)


# --- switching -------------------------------------------------------------------------------------------------------


def test_every_page_can_be_had_in_english_and_back_again(browser: Browser) -> None:
    assert '<html lang="zh-Hans"' in browser.get("/progress").text
    answer = browser.get("/language/en?next=/progress")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/progress")
    for path in ("/progress", "/", "/sign-in", "/nowhere"):
        page = browser.get(path).text
        assert '<html lang="en-GB"' in page
        assert f'href="/language/zh?next={path}"' in page or path == "/nowhere"
    browser.get("/language/zh")
    assert '<html lang="zh-Hans"' in browser.get("/").text


def test_the_switch_leads_nobody_elsewhere(browser: Browser) -> None:
    assert browser.get("/language/en?next=https://evil.example/").headers["Location"] == "/"
    assert browser.get("/language/tlh").status_code == 404


def test_a_page_goes_by_the_choice_and_never_by_the_browser(browser: Browser) -> None:
    foreign = {"Accept-Language": "en-US,en;q=0.9"}
    assert "查询进度" in browser.get("/progress", headers=foreign).text
    browser.client.set_cookie("language", "klingon")
    assert "查询进度" in browser.get("/progress").text


def test_a_program_is_told_in_the_language_it_asks_for(client: Caller) -> None:
    body = {**filing(), "title": "长" * 201, "amount": -1}
    chinese = client.post("/api/v1/complaints", json=body).json
    english = client.post("/api/v1/complaints", json=body, headers={"Accept-Language": "en"}).json
    assert chinese["errors"]["title"] == ["最多 200 个字，现在是 201 个字。"]
    assert english["message"] == "Some entries need changing; see the notes beside them."
    assert english["errors"]["title"] == ["At most 200 characters; there are 201."]
    assert not speech.HAN.search(str(english))


def test_what_goes_wrong_is_said_in_the_language_of_the_page(browser: Browser) -> None:
    browser.get("/language/en")
    answer = browser.post("/progress", {"number": "QS1", "query_code": "x"})
    assert answer.status_code == 422
    assert "The number is wrong; compare the receipt" in answer.text
    assert "Page not found" in browser.get("/nowhere").text


# --- days, numbers, plurals ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-03-19T17:30", "19 Mar 17:30 · 4 working days left"),
        ("2026-03-16T17:30", "16 Mar 17:30 · due soon, 1 working day left"),
        ("2026-03-13T15:00", "13 Mar 15:00 · due soon, 2 working hours 30 min left"),
        ("2026-03-13T10:01", "13 Mar 10:01 · due soon, 1 minute left"),
        ("2025-12-31T17:30", "31 Dec 2025 17:30 · 47 working days overdue"),
    ],
)
def test_a_deadline_is_told_in_english_words(moment: str, text: str) -> None:
    assert words.due(datetime.fromisoformat(moment).replace(tzinfo=ZONE), PLACE).text == text


@pytest.mark.usefixtures("english")
def test_days_and_sums_are_written_as_english_has_them() -> None:
    assert (words.day(date(2026, 9, 3)), words.day(date(2027, 1, 5))) == ("3 Sept", "5 Jan 2027")
    assert (words.yuan(Decimal("1250000")), words.yuan("0.5")) == ("¥1,250,000", "¥0.50")
    assert words.month(date(2026, 7, 1)) == "July 2026"
    with languages.in_chinese():
        assert words.month(date(2026, 7, 1)) == "2026年7月"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("length", "unit", "told"),
    [
        (1, "working_days", "1 working day"),
        (4, "working_hours", "4 working hours"),
        (1, "clock_hours", "1 hour"),
        (30, "calendar_days", "30 days"),
    ],
)
def test_one_day_is_no_days(length: int, unit: str, told: str) -> None:
    assert promises.spoken_length(length, unit) == told


@pytest.mark.usefixtures("english")
def test_a_sentence_of_a_lower_room_is_told_with_what_fills_it() -> None:
    held = say(
        "%(begin)s至%(until)s暂停计时", begin=datetime(2026, 3, 2, tzinfo=UTC), until=datetime(2026, 3, 4, tzinfo=UTC)
    )
    assert held == "2026年3月2日 08:00至2026年3月4日 08:00暂停计时"
    assert speech.told(held) == "Paused from 2 Mar 08:00 to 4 Mar 08:00"
    assert (
        speech.told(say("没有这个编码：%(codes)s。", codes=["150821", "五原县"]))
        == "There is no such code: 150821, Wuyuan County."
    )
    assert isinstance(held, Said)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("五原县卫生健康委员会", "Wuyuan County Health Commission"),
        ("巴彦淖尔市生态环境局五原县分局", "Bayannur Bureau of Ecology and Environment, Wuyuan County Branch"),
        ("国家金融监督管理总局乌兰察布监管分局", "Ulanqab Branch of the National Financial Regulatory Administration"),
        ("河套试剂有限公司", "河套试剂有限公司"),
    ],
)
def test_departments_have_english_names_and_enterprises_keep_theirs(name: str, told: str) -> None:
    assert speech.told(name) == told


@pytest.mark.usefixtures("english")
def test_a_reason_on_record_is_read_back_and_told_in_english() -> None:
    told = intake.file_complaint(FilingSchema().load(filing()), Reader(), datetime.now(UTC)).complaint.reason
    assert "办理：五原县卫生健康委员会" in told
    assert speech.recorded(told) == (
        "Arrears (Goods and services), debtor 五原县人民医院 (Public institution). "
        "Accepted by Inner Mongolia Autonomous Region Department of Industry and Information Technology; "
        "handled by Wuyuan County Health Commission: who is in charge is responsible "
        "(Regulation on Ensuring Payment to SMEs, Article 25)."
    )


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    "name",
    ["五原县人民医院（事业单位）", "某公司（北京）有限公司", "内蒙古“三峡”（集团）（一期）公司", "某公司（北京）"],
)
def test_a_name_with_brackets_is_read_back_whole(name: str) -> None:
    """And not told, since it is nobody's sentence but a name."""
    told = speech.recorded(f"审批服务（增设条件），被投诉单位{name}（事业单位）。办理：五原县财政局——谁主管谁负责。")
    assert told == (
        f"Approvals and services (Additional conditions), about {name} (Public institution). "
        "Handled by Wuyuan County Bureau of Finance: who is in charge is responsible."
    )


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("我们自己写的一句话。谁也没有翻译。", "我们自己写的一句话。谁也没有翻译。"),
        ("某公司（北京", "某公司（北京"),
        ("督办人指定由五原县财政局办理。谁主管谁负责，由该部门办理。 快办",
         "The supervisor designated Wuyuan County Bureau of Finance to handle it. "
         "Who is in charge is responsible: this department handles it. 快办"),
        ("仍由五原县财政局办理：重办", "Still handled by Wuyuan County Bureau of Finance: Redo"),
        ("五原县办公时间调整", "Change of office hours in Wuyuan County"),
    ],
)  # fmt: skip
def test_what_is_ours_in_a_record_is_told_and_what_people_wrote_stands(stored: str, told: str) -> None:
    assert speech.recorded(stored) == told


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("去向会不同的 3 件", "3 complaints would go elsewhere"),
        ("去向会不同的 很多 件", "去向会不同的 很多 件"),
        ("平时到这时 3–9 件，居中 %(middle)g 件", "平时到这时 3–9 件，居中 %(middle)g 件"),
    ],
)
def test_what_people_write_like_a_sentence_of_ours_breaks_no_page(written: str, told: str) -> None:
    assert speech.recorded(written) == told


@pytest.mark.usefixtures("english")
def test_what_people_wrote_is_never_read_back_nor_is_what_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Taking a text apart costs more than its length, so nobody may choose what is."""
    read: list[str] = []
    monkeypatch.setattr(speech.Shape, "found", lambda _shape, text: read.append(text))
    written, book = "修改 x " * 30, directory.current()
    for action in STEPS.keys() - COMPOSED:
        lines = [line for name in ("reason", "note") for line in trail.lines(action, {name: written}, book)]
        assert all(written in line for line in lines)
    event = {"action": "withdraw", "at": datetime(2026, 3, 2, tzinfo=UTC), "data": {"reason": written}}
    (past,) = telling.timeline("withdrawn", [event], (), book)
    assert written in past["text"]
    assert speech.recorded(long := "改派 x " * 100) == long
    assert not read
    telling.timeline("withdrawn", [{**event, "action": "release"}], (), book)
    assert read


# --- every page ------------------------------------------------------------------------------------------------------


def addresses(app: Flask) -> list[str]:
    """Every page that is asked for by an address alone."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments)
    return sorted({rule.rule for rule in rules if not rule.rule.startswith(("/api", "/livez", "/readyz", "/metrics"))})


@pytest.mark.parametrize("role", ["", *AT])
def test_no_page_speaks_chinese_to_who_reads_english(app: Flask, browser: Browser, at_desk: At, role: str) -> None:
    """And whatever its forms hold is the same in both languages, since that is what they would send back."""
    here = at_desk(role, **AT[role]) if role else browser
    chinese: dict[str, list[str]] = {}
    changed: dict[str, list[tuple[str, str]]] = {}
    for path in addresses(app):
        before = here.get(path)
        if before.mimetype != "text/html" or before.status_code != 200:
            continue
        here.client.set_cookie("language", "en")
        page = Page(here.get(path).text)
        here.client.delete_cookie("language")
        if told := [text for text in page.chinese() if not _cues(text)]:
            chinese[path] = told
        if path not in SAMPLES and page.sent != Page(before.text).sent:
            changed[path] = page.sent
    assert not chinese
    assert not changed


def test_no_complaint_speaks_chinese_to_who_reads_english_but_in_what_people_wrote(app: Flask) -> None:
    """Whatever state it is in, and whoever looks at it."""
    cast = Cast()
    world, people = World.of(cast), {login: cast.reader(login) for login in (*PEOPLE, *cast.firm)}
    chinese = {
        page.name: told
        for page in reached(app, world, people, few(VIEWS))
        if (told := [text for text in Page(page.window.in_english(page.address).text).chinese() if not written(text)])
    }
    assert not chinese


def test_what_people_write_stays_theirs_even_where_it_is_a_sentence_of_ours(browser: Browser) -> None:
    body, said, name = "您提交了诉求", "没有联系上您。", "承办部门"
    browser.client.set_cookie("language", "en")
    steps = {
        "": {"body": body},
        "/details": {},
        "/contact": {"enterprise.name": "河套", "contact.phone": "0471-6601234"},
    }
    for path, given in steps.items():
        browser.post(f"/file{path}", {**given, "_go": "next"})
    review = browser.get("/file/review").text
    browser.post("/file/review", {"_go": "submit"})
    found = re.search(r"/progress/(QS[0-9-]+)", browser.get("/file/receipt").text)
    assert found
    browser.post(f"{found[0]}/message", {"text": said, "_go": "send"})
    progress = browser.get(found[0]).text
    account = {"enterprise.name": name, "enterprise.uscc": "91150821MA0NA00012", "name": said, "login": "bai"}
    browser.post("/register", {**account, "password": "correct horse battery", "again": "correct horse battery"})
    people = browser.get("/account/people").text
    assert (body in review, body in progress, said in progress, name in people, said in people) == (True,) * 5


def few(views: Iterable[View]) -> Iterator[View]:
    """Some views of each page that shows complaints."""
    seen = Counter[str]()
    for view in views:
        seen[view.endpoint] += 1
        if seen[view.endpoint] <= VIEWS_EACH and not view.endpoint.startswith(ELSEWHERE):
            yield view


def written(text: str) -> bool:
    """Whether all that is Chinese in a text was written by people: names, and stretches of what they said."""
    runs, theirs = HAN_RUN.findall(_without(text)), _without(WRITTEN)
    return all(run in NAMES or (len(run) >= A_STRETCH and run in theirs) for run in runs)


def _cues(text: str) -> bool:
    """Whether it lists the words by which the system tells categories; these are Chinese in any language."""
    return text.startswith("where ")
