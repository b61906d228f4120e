"""Script, HTML and formulas planted in every field of every form stand on every page as the text they are."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import delete, select

from service import clock, sheets
from service.casework.models import Reorganisation
from service.casework.tasks import reorganise
from service.complaints.models import Complaint
from service.complaints.rules import STEPS, Step
from service.db import db, transaction
from service.intake import calls, enterprises, importing
from service.knowledge.models import KnowledgeAnswer
from tests.e2e.cast import FIRM, OFFICE, PASSWORD, PLACE, ROLES, Cast, Filed, asked_by, standing_for
from tests.e2e.conftest import Open
from tests.e2e.test_pages import is_page
from tests.e2e.views import ARREARS, follow
from tests.e2e.window import Window
from tests.web import models


def working_day(days: int) -> str:
    """A day so far ahead, and no weekend, as a date field takes it."""
    day = clock.local(clock.now()).date() + timedelta(days=days)
    return str(day + timedelta(days=max(0, 8 - day.isoweekday()) if day.isoweekday() > 5 else 0))


# Fields that take only one kind of thing, so that nothing else is ever stored from them.
STRICT = {
    "contact.phone": "0471-6601234", "amount": "1250000", "enterprise.uscc": "", "number": "", "query_code": "",
    "department": OFFICE, "region": PLACE, "kind": "finance",
    "relieved_place": PLACE, "relieved_kind": "health", "successor_place": PLACE, "successor_kind": "finance",
    "debt.paid": "900000", "debt.contract_amount": "1320000", "until": working_day(45), "review_on": working_day(14),
}  # fmt: skip
# What the platform promises itself: the supervisor rules on its extensions.
PROMISED = {
    "category": "policy.subsidy", "body": "我公司专精特新奖励公示十个月没有兑现。",
    "respondent": {"name": "五原县卫生健康委员会", "kind": "organ"},
}  # fmt: skip
# Steps without a form for this role on these complaints: another rules, there is nowhere to send it on to.
NOT_HERE = {
    "supervisor": {"grant_extension", "refuse_extension"}, "dispatcher": {"dispatch_on"},
    "revisit_agent": {"revisit_unanswered"},
}  # fmt: skip
# Forms of buttons and of what is ticked or picked, with nothing to fill in.
NO_FIELDS = {"signin.sign_out", "filing.anew", "filing.put_away", "filing.send", "progress.send",
             "progress.leave", "hotline.next_call",
             "retaliation.put_away", "letters.renew", "inbox.opened", "inbox.read", "notice_desk.resend",
             "notice_desk.remove_address", "hotline.take", "department.columns", "department.batch", "exports.order",
             "imports.begin", "routing_desk.pause", "routing_desk.resume", "routing_desk.move", "model_desk.rule",
             "complaint.numbers", "phrases.drop", "account.withdraw", "account.take_out", "account.hand_over",
             "reorganisations.confirm", "reorganisations.go_on", "reorganisations.cancel", "reorganisations.weigh",
             "display.kept",
             "admin_users.switch", "admin_users.reset_password", "admin_users.revoke", "admin_users.undo",
             "admin_departments.undo", "admin_categories.undo", "admin_categories.move", "admin_gates.undo",
             "admin_clocks.undo", "admin_calendars.undo", "admin_calendars.remove", "admin_replies.undo",
             "admin_notices.undo"}  # fmt: skip
FILL = """(form, [planted, script, short, strict, everything]) => {
    const told = [];
    for (const one of form.elements) {
        const {name, type} = one;
        if (!name || name === "csrf_token" || one.disabled || one.hidden) continue;
        if (type === "radio" && !form.querySelector(`[name="${name}"]:checked:not([value=""])`)) one.checked = true;
        if (type === "date" && name in strict) one.value = strict[name];
        if (type === "select-one" && name in strict) one.value = strict[name];
        if (type === "select-one" && !one.value && ["department", "assignee"].includes(name)) one.selectedIndex = 1;
        if (type === "select-one" && name in strict) one.dispatchEvent(new Event("change", {bubbles: true}));
        if (!["text", "textarea", "search", "tel", "password"].includes(type)) continue;
        const text = planted.replace("NAME", name) + (short.includes(name) ? "" : script);
        one.value = name in strict && !everything ? strict[name] : text;
        if (one.value === text && type !== "password" && !name.startsWith("_")) told.push(text);
        for (const event of ["input", "change"]) one.dispatchEvent(new Event(event, {bubbles: true}));
    }
    return told;
}"""
PLANTED = """=NAME"'><x-x>{{7*191}}"""
SCRIPT = "<script>alert(1)</script>${7*191}"
# Fields too short for all of it.
SHORT = ["contact.name", "name", "respondents", "words", "extension"]
# What 7*191 comes to, where it stands by itself: the random names of files and drafts may hold it.
CALCULATED = re.compile(r"(?<!\w)1337(?!\w)")
CAME_ALIVE = "() => [...document.querySelectorAll('x-x')].map((one) => one.parentElement.outerHTML)"
# What stands in fields.
TYPED = "all => all.map((one) => one.value)"


def planted(name: str) -> str:
    """What is written into a field."""
    return PLANTED.replace("NAME", name) + ("" if name in SHORT else SCRIPT)


class Planter:
    """Fills the forms of a window, and looks whether anything of it came alive."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def plant(self, everything: bool = False, button: str = "", action: str = "") -> list[str]:
        """Fill in the form that has most fields, or that acts so, and send it; gives what was written into it."""
        forms = self.window.main.locator(f'form[action$="{action}"]' if action else "form").all()
        form = max(forms, key=lambda one: one.locator("input:visible, textarea:visible").count())
        written = form.evaluate(FILL, [PLANTED, SCRIPT, SHORT, STRICT, everything])
        if form.locator("[hx-post]").count():
            self.window.page.wait_for_load_state("networkidle")
            self.look()
        pressed = form.get_by_role("button", name=button) if button else form.locator(".btn-primary, .btn-brick")
        pressed.first.click()
        self.look()
        return list(written)

    def typed(self) -> list[str]:
        """What stands in the fields of the page."""
        return list(self.window.page.eval_on_selector_all("input, textarea", TYPED))

    def look(self) -> None:
        """Nothing that was planted became an element or was calculated."""
        self.window.page.wait_for_load_state()
        assert self.window.page.evaluate(CAME_ALIVE) == []
        assert not CALCULATED.search(self.window.page.content())

    def finds(self, path: str, *texts: str) -> None:
        """A page says all of these texts, letter by letter."""
        self.window.go(path)
        self.look()
        self.window.sees(*texts)


class Planters(dict[str, Planter]):
    """A planter for everybody, by login, "" for the public; each opens a window when first needed."""

    def __init__(self, window: Open) -> None:
        super().__init__()
        self.window = window

    def __missing__(self, login: str) -> Planter:
        self[login] = Planter(self.window(login))
        return self[login]


@pytest.fixture
def planter(window: Open) -> Planters:
    return Planters(window)


def numbers(window: Window) -> str:
    return window.main.locator(".number", has_text="QS20").first.inner_text()


def written_in_three_steps(public: Planter, category: str) -> list[str]:
    """Fill in the filing form up to the review; gives what was written."""
    public.window.go("/file")
    public.window.main.locator("summary").first.click()
    public.window.choose("category", category)
    written = public.plant()
    public.plant(everything=True)  # what is strict comes back with what is wrong
    written += public.plant()
    public.plant(everything=True)
    written += public.plant()
    public.finds("/file/review", *written)
    return written


@pytest.mark.parametrize("category", ["default.investment-promise", "policy.subsidy"])
def test_what_an_enterprise_writes_stays_text(planter: Planters, category: str) -> None:
    written_in_three_steps(planter[""], category)


def test_what_an_enterprise_files_stays_text_on_every_desk(planter: Planters) -> None:
    public = planter[""]
    written = written_in_three_steps(public, "arrears.goods-services")
    public.window.press("提交诉求")
    number = numbers(public.window)
    public.look()
    public.finds(f"/progress/{number}", planted("body"))

    planter["pang"].finds("/desk/dispatching")
    for login in ("zhang", "pang"):
        planter[login].finds(f"/desk/complaints/{number}", *written)
    planter["du"].finds(f"/desk/complaints/{number}", planted("body"))
    planter["pang"].window.go(f"/desk/dispatching/{number}?do=dispatch")
    planter["pang"].plant(everything=True)
    planter["cheng"].finds("/desk/department", planted("body")[:40])
    planter["cheng"].finds(f"/desk/complaints/{number}", *written, planted("note"))
    planter["du"].finds(f"/desk/supervision?show=accepted&q={number}")


def by_role() -> dict[str, dict[str, Step]]:
    """The steps by the role that plants into their forms; of those that ask for the same one stands for all."""
    found: dict[str, dict[str, Step]] = {}
    planted_already: set[frozenset[str]] = set()
    for action, step in STEPS.items():
        able = [role for role in ROLES if role in step.roles and action not in NOT_HERE.get(role, ())]
        if able and asked_by(step) not in planted_already:
            planted_already.add(asked_by(step))
            found.setdefault(able[0], {})[action] = step
    return found


@pytest.mark.parametrize(("role", "steps"), by_role().items(), ids=by_role())
def test_what_is_written_into_a_step_stays_text(
    planter: Planters, cast: Cast, role: str, steps: Mapping[str, Step]
) -> None:
    here = planter[ROLES[role]]
    for action, step in steps.items():
        number = cast.complaint(standing_for(step)).number
        here.window.go(f"/desk/complaints/{number}?action={action}")
        if action != "merge":  # which stores nothing unless it is told the number of another complaint
            planter["du"].finds(f"/desk/complaints/{number}", *here.plant(everything=True, action=f"/{action}"))


def test_what_is_noted_for_ones_own_side_and_said_again_and_again_stays_text(planter: Planters, cast: Cast) -> None:
    number, here = cast.complaint("handling").number, planter["cheng"]
    here.window.go(f"/desk/complaints/{number}")
    here.window.write("memo", planted("memo"))
    here.window.press("记下")
    here.finds(f"/desk/complaints/{number}", planted("memo"))
    here.window.go("/desk/phrases")
    written = here.plant()
    here.window.sees(*written)
    here.window.go(f"/desk/complaints/{number}?action=draft")
    here.window.main.locator(".inserts summary").click()
    here.window.follow(written[0])
    here.look()
    assert written[0] in here.typed()


def test_what_is_noted_of_a_call_stays_text(planter: Planters, cast: Cast) -> None:
    number = cast.complaint("replied").number
    planter["hui"].window.go(f"/desk/revisits/{number}")
    written = planter["hui"].plant(everything=True)
    planter["du"].finds(f"/desk/complaints/{number}", *written)


def test_what_the_enterprise_writes_later_stays_text(planter: Planters, cast: Cast) -> None:
    public = planter[""]
    pages = (
        ("waiting", "add"), ("dispatched", "withdraw"), ("handling", "urge"), ("replied", "close"), ("replied", "redo"),
        ("replied", "rate"), ("handling", "message"),
        ("closed", "ask_redo"),
    )  # fmt: skip
    for status, page in pages:
        filed: Filed = cast.complaint(status)
        follow(public.window, filed)
        public.window.go(f"/progress/{filed.number}/{page}")
        written = public.plant()
        public.finds(f"/progress/{filed.number}")
        planter["du"].finds(f"/desk/complaints/{filed.number}", *written)


def test_what_was_suffered_stays_text(planter: Planters, cast: Cast) -> None:
    public, filed = planter[""], cast.complaint("handling")
    follow(public.window, filed)
    public.window.go(f"/progress/{filed.number}/retaliation")
    written = public.plant()
    number = numbers(public.window)
    assert number != filed.number
    public.finds(f"/progress/{number}", *written)


def test_what_a_respondent_answers_stays_text(planter: Planters, cast: Cast) -> None:
    handler, public, filed = planter["cheng"].window, planter[""], cast.complaint("handling")
    handler.go(f"/desk/complaints/{filed.number}?action=inquire")
    handler.write("text", "请说明欠款情况和付款安排。")
    handler.press("函询")
    link = handler.page.locator("input[readonly]").first.input_value()
    public.window.go(link[link.index("/letters/") :])
    written = public.plant()
    planter["du"].finds(f"/desk/complaints/{filed.number}", *written)


@pytest.mark.parametrize("button", ["派单", "直接答复"])
def test_what_an_operator_logs_stays_text(planter: Planters, button: str) -> None:
    operator = planter["zhang"]
    operator.window.go("/desk/hotline")
    operator.plant(everything=True, button=button)
    if button == "派单":
        operator.window.write("reply", "")
        operator.window.page.evaluate("() => document.querySelector('[name=reply]').removeAttribute('name')")
    written = [text for text in operator.plant(button=button) if "reply" not in text or button != "派单"]
    operator.window.sees("刚才这通电话")
    number = numbers(operator.window)
    operator.finds(f"/desk/complaints/{number}", *written)
    operator.window.go("/desk/hotline")
    operator.window.write("contact.phone", STRICT["contact.phone"])
    operator.window.press("查来电")
    operator.window.sees(number)
    operator.look()


def test_what_is_kept_of_a_call_stays_text_and_so_does_the_enterprise_afterwards(planter: Planters, cast: Cast) -> None:
    operator = planter["zhang"]
    here = operator.window
    with transaction():
        calls.announce({"id": "c-1", "phone": "13800138000", "operator": "zhang"}, clock.now())
    here.go("/desk/hotline/calls")
    here.press("接起")
    with here.page.expect_response("**/desk/hotline/draft"):
        written = operator.plant(button="存草稿")
    assert {*written} <= {*operator.typed()}
    operator.finds("/desk/hotline/calls", "没写完")

    cast.complaint("dispatched", details={"enterprise": {"name": planted("enterprise.name"), "size": "small"}})
    with transaction():
        enterprises.learn()
    here.go("/desk/hotline")
    here.field("enterprise.name").fill("")
    here.field("enterprise.name").press_sequentially("=enterprise")
    offered = here.page.locator("#known [role=option]")
    expect(offered.first).to_contain_text(planted("enterprise.name"))
    operator.look()
    offered.first.click()
    expect(here.field("enterprise.name")).to_have_value(planted("enterprise.name"))
    operator.look()


@pytest.fixture
def answers_as_before(app: Flask) -> Iterator[None]:
    """Afterwards nothing that was planted is read out."""
    yield
    with transaction():
        db.session.execute(delete(KnowledgeAnswer).where(KnowledgeAnswer.question.startswith("=")))


@pytest.mark.usefixtures("answers_as_before")
def test_what_is_written_of_answers_and_models_stays_text(planter: Planters, cast: Cast) -> None:
    guan, operator = planter["guan"], planter["zhang"]
    guan.window.go("/admin/answers/new")
    written = guan.plant(button="保存")
    for _again in range(2):
        guan.finds("/admin/answers", planted("question"), planted("source"))
        guan.window.follow(planted("question"))
        guan.window.sees(planted("answer"))
        guan.look()
        assert {*written} <= {*guan.typed()}
        guan.plant(button="保存")
    operator.window.go("/desk/hotline")
    operator.window.write("_words", planted("question")[:20])
    operator.window.sees(planted("question"), planted("answer"), planted("source"))
    operator.window.press("用作答复")
    operator.look()

    models.three()
    one = models.correction(1, cast.readers["dispatcher"].id, text=planted("text"), why=planted("why"))
    for path, after in ((f"versions/{models.NEW}/refuse", "versions"), (f"examples/{one}/drop", "examples")):
        guan.window.go(f"/admin/models/{path}")
        written = guan.plant()
        guan.finds(f"/admin/models/{after}", *(written if after == "versions" else (planted("text"), planted("why"))))


def test_what_is_ordered_above_the_departments_stays_text(planter: Planters, cast: Cast) -> None:
    guan, du, public = planter["guan"], planter["du"], planter[""]
    guan.window.go("/admin/routing/new")
    guan.plant(button="试算")
    written = guan.plant(button="保存")
    guan.finds("/admin/routing", *written)
    guan.window.follow(planted("name"))
    guan.plant(button="保存")
    guan.window.follow(planted("name"))
    guan.window.sees(*written)
    guan.look()

    owed = cast.complaint(
        "dispatched",
        details={
            "body": ARREARS + planted("words"),
            "respondent": {"name": "医院" + planted("respondents"), "kind": "institution"},
        },
    )
    du.finds(f"/desk/complaints/{owed.number}", planted("name"), planted("words"))
    follow(public.window, owed)
    public.window.sees(planted("name"))
    public.look()

    moved = cast.complaint("handling")
    guan.window.go("/reorganisations")
    written = guan.plant(button="下一步")
    guan.window.sees(*written)
    du.finds("/reorganisations", planted("document"))
    du.window.follow("查看")
    du.window.press("确认划转")
    du.window.sees(*written)
    with transaction():
        reorganise(db.session.scalars(select(Reorganisation.id)).one())
    du.finds(f"/desk/complaints/{moved.number}", *written)
    follow(public.window, moved)
    public.window.sees(*written)
    public.look()


def table(*rows: list[str]) -> bytes:
    """A workbook with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(target := BytesIO())
    return target.getvalue()


def test_views_and_tables_that_come_in_stay_text(planter: Planters, cast: Cast) -> None:
    handler, operator = planter["cheng"].window, planter["zhang"]
    cast.complaint("dispatched")
    called = planted("name")
    for action in ("保存", "改名", "删去"):
        handler.go("/desk/department?status=open")
        handler.main.locator("summary", has_text="视图").click()
        form = handler.main.locator(".arranging form").last
        form.locator("[name=name]").fill(called + action)
        form.get_by_role("button", name=action).click()
        planter["cheng"].look()
        handler.sees(called)

    here, name = operator.window, planted("name") + ".xlsx"
    good = [ARREARS + planted("body"), "甲" + planted("title"), "五原县", "是"]
    wrong = [ARREARS, "乙", "丙" + planted("region"), "是"]
    rows = ["诉求内容", "标题", "事发地区", "匿名"], good, wrong
    here.go("/desk/import")
    here.page.set_input_files("[name=file]", {"name": name, "mimeType": sheets.MIMETYPE, "buffer": table(*rows)})
    here.press("上传并检查")
    made = int(here.page.url.rpartition("/")[2])
    with transaction():
        importing.check(made, clock.now())
    # A name keeps only what a file may be called, and of a wrong cell only the beginning is told.
    operator.finds(f"/desk/import/{made}", "=name", planted("region")[:19])
    here.press("只导入正确的 1 行")
    with transaction():
        importing.file_some(made, clock.now())
        number = db.session.scalars(select(Complaint.number).where(Complaint.title.startswith("甲"))).one()
    operator.finds("/desk/import", "=name")
    operator.finds(f"/desk/complaints/{number}", planted("body"), planted("title"))


def test_what_an_enterprise_says_of_itself_stays_text(planter: Planters) -> None:
    leader, colleague = planter[""], planter["li"]
    leader.window.go("/register")
    leader.plant(everything=True)  # what is strict comes back with what is wrong
    typed = {
        "enterprise.name": planted("enterprise.name"), "enterprise.uscc": FIRM["uscc"], "name": planted("name"),
        "login": "planter", "password": PASSWORD, "again": PASSWORD,
    }  # fmt: skip
    for name, text in typed.items():
        leader.window.write(name, text)
    leader.window.press("注册")
    leader.finds("/account", planted("enterprise.name"))
    leader.window.go("/account/people")
    leader.plant()
    link = leader.window.page.input_value("#invitation-link")
    leader.finds("/account/people", planted("name"))
    colleague.finds(link[link.index("/join/") :], planted("enterprise.name"))
    assert planted("name") in colleague.typed()
    colleague.plant(everything=True)


@pytest.mark.usefixtures("answers_as_before")
def test_what_a_supervisor_makes_of_a_case_stays_text(planter: Planters, cast: Cast) -> None:
    supervisor = planter["du"]
    supervisor.window.go(f"/desk/complaints/{cast.complaint('closed').number}/case")
    written = supervisor.plant(button="交给管理员")
    supervisor.window.sees("案例已交给管理员")
    planter["guan"].finds("/admin/answers", planted("question"))
    planter["guan"].window.follow(planted("question"))
    assert {*written} <= {*planter["guan"].typed()}
    planter["guan"].look()


def test_what_is_ruled_in_a_row_and_said_to_a_department_stays_text(planter: Planters, cast: Cast) -> None:
    supervisor, one = planter["du"], cast.complaint("handing_back").number
    several = [cast.complaint("extension", details=PROMISED).number for _ in range(2)]
    late = cast.complaint("handling", timedelta(days=60)).number
    supervisor.window.go("/desk/supervision")
    written = {one: supervisor.plant(button="不同意退单", action=f"/rulings/{one}")}
    supervisor.window.sees(f"{one}：不同意退单")
    supervisor.window.go("/desk/supervision?kind=extension")
    for number in several:
        supervisor.window.main.locator(f'[value^="{number}"]').check()
    written |= dict.fromkeys(several, supervisor.plant(button="不同意延期", action="/rulings?kind=extension"))
    supervisor.window.main.locator("#press summary").click()
    supervisor.window.write("demand", planted("demand"))
    supervisor.window.main.locator("#hands + .burdens").get_by_role("button", name="督办单").first.click()
    for number, texts in {**written, late: [planted("demand")]}.items():
        assert texts
        supervisor.finds(f"/desk/complaints/{number}", *texts)


def test_what_an_administrator_writes_stays_text(planter: Planters) -> None:
    guan = planter["guan"]
    guan.window.go("/admin/users")
    guan.window.follow("cheng")
    guan.plant(button="保存")
    guan.finds("/admin/users", planted("name"))
    guan.window.follow("cheng")
    guan.window.sees(f"姓名：程承办 → {planted('name')}")
    guan.window.go("/admin/replies")
    guan.window.main.locator("td a").first.click()
    written = guan.plant(everything=True, button="预览")
    assert {*written} <= {*guan.typed()}
    guan.window.go(f"/admin/calendars?place={PLACE}")
    guan.window.write("hours", planted("hours"))
    guan.window.press("保存办公时间")
    guan.look()
    assert planted("hours") in guan.typed()


@pytest.mark.parametrize(("login", "path", "button"), [
    ("", "/sign-in", "登录"), ("", "/progress", "查看进度"), ("", "/faq", "搜索"),
    ("bai", "/account/attach", "归入账户"), ("cheng", "/profile", "更改密码"),
    ("cheng", "/desk/department", "筛选"), ("du", "/desk/supervision", "筛选"),
    ("guan", "/admin/notices/templates/file.enterprise.inbox", "保存"), ("guan", "/admin/notices/addresses", "添加"),
    ("guan", "/admin/notices/quiet-hours", "保存"), ("guan", "/admin/users/new", "新建"),
    ("guan", "/admin/departments/new", "新增"), ("guan", f"/admin/departments/{OFFICE}", "保存"),
    ("guan", "/admin/categories/new", "新增"), ("guan", "/admin/categories/tax.levy", "保存"),
    ("guan", "/admin/gates/in_court", "看看会改变什么"), ("guan", "/admin/clocks/sign", "看看会改变什么"),
    ("guan", "/admin/replies/new", "新增"),
    ("guan", "/admin/calendars", "保存这一天"), ("guan", "/admin/calendars/notice", "保存全年安排"),
    ("zhang", "/desk/hotline/calls", "就坐这里"),
])  # fmt: skip
def test_what_is_not_stored_stays_text_where_it_is_shown_again(
    planter: Planters, login: str, path: str, button: str
) -> None:
    here = planter[login]
    here.window.go(path)
    for text in here.plant(everything=True, button=button):
        assert text in here.typed()


def test_every_form_was_planted(app: Flask) -> None:
    """Whoever adds a form adds it above."""
    forms = {
        rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and is_page(rule.rule)
    }
    planted = {
        "filing.text_given", "filing.details_given", "filing.contact_given", "filing.submit", "filing.keep",
        "filing.judgement",
        "filing.warnings", "progress.opened", "progress.added", "progress.taken", "retaliation.told",
        "complaint.act", "complaint.note", "phrases.keep", "dispatching.act",
        "hotline.log", "hotline.caller", "hotline.preview",
        "revisits.record", "letters.answer", "admin_notices.edit", "notice_desk.add_address", "notice_desk.set_hours",
        "account.registered", "account.joined", "account.invite", "account.attached",
        "signin.signed_in", "signin.change_password", "hotline.keep", "hotline.sit", "hotline.enterprises_",
        "hotline.enterprise", "hotline.answers_", "knowledge.add", "knowledge.edit", "cases.propose", "model_desk.take",
        "model_desk.drop", "routing_desk.add", "routing_desk.edit", "reorganisations.prepare", "department.save",
        "department.change", "imports.send", "supervision.rule", "supervision.rule_all", "supervision.press",
        "admin_users.add", "admin_users.edit", "admin_departments.add", "admin_departments.edit",
        "admin_categories.add", "admin_categories.edit", "admin_gates.edit", "admin_clocks.edit",
        "admin_calendars.set_day", "admin_calendars.set_hours", "admin_calendars.publish", "admin_replies.add",
        "admin_replies.edit",
    }  # fmt: skip
    assert forms - NO_FIELDS == planted
