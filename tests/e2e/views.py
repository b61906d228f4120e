"""Every page in each of its states, who comes there and how; a page that is missing here fails a test."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import openpyxl
from sqlalchemy import delete, select, update

from service import clock, sheets
from service.accounts import enterprises
from service.accounts import operations as accounts
from service.accounts.administration import USER
from service.accounts.models import User
from service.accounts.rules import Reader
from service.audit import changing
from service.audit import operations as audit
from service.casework import climbing, reorganising
from service.complaints.models import Complaint
from service.complaints.rules import STEPS
from service.db import db, transaction
from service.demonstration import ASIDES, WAYS
from service.insight import hotspots
from service.intake import calls, importing
from service.intake import operations as intake
from service.intake.schemas import FilingSchema
from service.learning.models import Example
from service.notices import operations as notices
from service.routing import operations as routing
from tests.e2e.cast import (
    COLLEAGUE,
    FIRM,
    LEADER,
    OFFICE,
    PLACE,
    ROLES,
    VAGUE,
    Cast,
    Filed,
    asked_by,
    person,
    standing_for,
)
from tests.e2e.window import Window
from tests.factories import filing
from tests.web import models
from tests.web.models import NEW, OLD

# Downloads, parts of pages, a redirect to one's own desk, and the built files: nothing to look at.
NO_PAGES = {
    "assets.built", "signin.desk", "complaint.attachment", "progress.file", "filing.file", "letters.file",
    "complaint.view", "papers.file", "papers.reply_file", "hotline.ringing",
    "department.fresh", "board.again", "board.file", "exports.file", "imports.template", "imports.result",
    "display.spoken",
}  # fmt: skip
ARREARS = (
    "我公司给五原县人民医院供应检验试剂，货早已送齐并验收，发票也开了，合同约定三十天内付款，医药货款拖欠一年多没有给。"
)
PROMISE = "县里招商时协议写明给我公司返还土地出让金、兑现厂房租金补贴，公司已经投产三年，换了领导以后承诺一直没有兑现。"
POLICY = "我公司符合稳岗补贴条件，去年就提交了申请材料，到现在奖补资金没有享受到，窗口只说再等等。"
STAFF = tuple(ROLES.values())


@dataclass(frozen=True)
class World:
    """Complaints in every state and with all that goes on beside one, one nobody could place, one that is late."""

    by_status: dict[str, Filed]
    vague: Filed
    late: Filed

    @classmethod
    def of(cls, cast: Cast) -> "World":
        """Make it."""
        world = cls(
            {status: cast.complaint(status) for status in (*WAYS, *ASIDES)},
            cast.complaint("submitted", details={"body": VAGUE, "respondent": None}),
            cast.complaint("handling", ago=timedelta(days=60)),
        )
        with transaction():
            while climbing.climb(clock.now()):
                pass
        return world


Come = Callable[[Window, World], object]


@dataclass(frozen=True)
class View:
    """A page in one state.

    Attributes:
        endpoint: of the page; empty for an answer that belongs to none, such as "not found".
        who: the login of who comes; empty for the public.
        form: the fields of the step's form that stands open.
    """

    endpoint: str
    name: str
    who: str
    come: Come
    form: frozenset[str] | None = None


def at(path: str) -> Come:
    """Come by an address; {status} stands for the number of the complaint in that state."""

    def come(window: Window, world: World) -> None:
        numbers = {status: filed.number for status, filed in world.by_status.items()}
        window.go(path.format(**numbers, vague=world.vague.number, late=world.late.number))

    return come


def sent(path: str, button: str) -> Come:
    """Come by sending a form with nothing filled in."""

    def come(window: Window, world: World) -> None:
        at(path)(window, world)
        window.page.evaluate("() => { for (const form of document.forms) form.noValidate = true; }")
        window.press(button)

    return come


def pressed(path: str, button: str) -> Come:
    """Come by a button that a page of its own answers."""

    def come(window: Window, world: World) -> None:
        at(path)(window, world)
        window.press(button)
        window.page.wait_for_load_state("networkidle")

    return come


# --- the public ------------------------------------------------------------------------------------------------------


def write(window: Window, body: str = ARREARS) -> None:
    """The first step of filing."""
    window.go("/file")
    window.write("body", body)


def details(body: str) -> Come:
    """The questions for the family that a text belongs to."""

    def come(window: Window, _world: World) -> None:
        write(window, body)
        window.press("下一步")

    return come


def contact(window: Window, world: World) -> None:
    """The third step."""
    details(ARREARS)(window, world)
    window.write("respondent.name", "五原县人民医院")
    window.press("下一步")


def nobody(window: Window, world: World) -> None:
    """The third step, sent blank."""
    contact(window, world)
    window.press("下一步")


def review(window: Window, world: World) -> None:
    """Everything once more."""
    contact(window, world)
    window.write("enterprise.name", "河套试剂有限公司")
    window.tick("enterprise.size", "small")
    window.write("contact.name", "白女士")
    window.write("contact.phone", "0471-6601234")
    window.press("下一步")


def receipt(window: Window, world: World) -> None:
    """Filed."""
    review(window, world)
    window.press("提交诉求")


def follow(window: Window, filed: Filed) -> None:
    """Open a complaint by number and code."""
    window.go("/progress")
    window.write("number", filed.number)
    window.write("query_code", filed.query_code)
    window.press("查看进度")


def followed(status: str, then: str = "") -> Come:
    """The progress of the complaint in a state, and on to a page of it."""

    def come(window: Window, world: World) -> None:
        follow(window, world.by_status[status])
        if then:
            window.go(f"/progress/{world.by_status[status].number}/{then}")

    return come


def suffered(window: Window, world: World) -> None:
    """Retaliation reported."""
    followed("handling", "retaliation")(window, world)
    window.write("body", "交了诉求以后，三天来查了四次。")
    window.press("密封提交")


def invited(window: Window, _world: World) -> None:
    """By the link that a colleague handed over."""
    with transaction():
        leader = enterprises.register(FIRM, person(f"firm-{secrets.token_hex(4)}"), clock.now())
        token = enterprises.invite("李会计", accounts.reader(leader), clock.now())
    window.go(f"/join/{token}")


PUBLIC = [
    View("portal.home", "home", "", at("/")),
    View("signin.sign_in", "sign-in", "", at("/sign-in")),
    View("signin.sign_in", "sign-in, wrong", "", sent("/sign-in", "登录")),
    View("filing.text", "file", "", at("/file")),
    View("filing.text", "file, wrong", "", sent("/file", "下一步")),
    *(View("filing.details", f"details {name}", "", details(body))
      for name, body in (("arrears", ARREARS), ("default", PROMISE), ("policy", POLICY), ("unknown", VAGUE))),
    View("filing.contact", "contact", "", contact),
    View("filing.contact", "contact, wrong", "", nobody),
    View("filing.review", "review", "", review),
    View("filing.receipt", "receipt", "", receipt),
    View("progress.ask", "ask", "", at("/progress")),
    View("progress.ask", "ask, wrong", "", sent("/progress", "查看进度")),
    *(View("progress.show", f"progress {status}", "", followed(status))
      for status in ("submitted", "refused", "answered", "handling", "waiting", "replied", "closed")),
    View("papers.reply", "the reply as a letter", "", followed("replied", "reply")),
    View("progress.add", "add", "", followed("waiting", "add")),
    View("progress.add", "message", "", followed("handling", "message")),
    View("progress.step", "rate", "", followed("replied", "rate")),
    View("progress.step", "withdraw", "", followed("dispatched", "withdraw")),
    View("progress.step", "urge", "", followed("handling", "urge")),
    View("progress.step", "close", "", followed("replied", "close")),
    View("progress.step", "redo", "", followed("replied", "redo")),
    View("progress.step", "ask to redo", "", followed("closed", "ask_redo")),
    View("retaliation.ask", "retaliation", "", followed("handling", "retaliation")),
    View("retaliation.receipt", "retaliation, receipt", "", suffered),
    View("workflow.show", "workflow", "", at("/workflow")),
    View("open.how", "how it works", "", at("/how-it-works")),
    View("open.figures", "figures", "", at("/figures")),
    View("open.faq", "questions", "", at("/faq")),
    View("open.faq", "questions, found", "", at("/faq?q=保证金")),
    View("open.faq", "questions, none found", "", at("/faq?q=不存在的内容")),
    View("open.answer", "an answer", "", at("/faq/late-interest")),
    View("account.register", "register", "", at("/register")),
    View("account.register", "register, wrong", "", sent("/register", "注册")),
    View("account.join", "join", "", invited),
    View("display.settings", "display", "", at("/display?next=/")),
    *(View("styleguide.shown", f"styleguide {layout}", "", at(f"/styleguide?layout={layout}"))
      for layout in ("portal", "desk")),
    View("", "not found", "", at("/nowhere")),
]  # fmt: skip


# --- the desks -------------------------------------------------------------------------------------------------------


def call(window: Window, _world: World) -> None:
    """A call while it is written down: the caller is known, the machine has its opinion."""
    window.go("/desk/hotline")
    window.write("contact.phone", "0471-6601234")
    window.write("body", ARREARS)
    window.sees("会怎么办", "河套试剂有限公司")


def called(window: Window, world: World) -> None:
    """A call that was passed on."""
    call(window, world)
    window.write("enterprise.name", "河套试剂有限公司")
    window.page.keyboard.press("F4")
    window.sees("查询码")


def rung(window: Window, world: World) -> None:
    """A call that is written down while another rings."""
    call(window, world)
    with transaction():
        calls.announce({"id": str(clock.now()), "phone": "13800138000", "operator": "zhang"}, clock.now())
    window.sees("来电", "8000")


def missed(window: Window, world: World) -> None:
    """The calls of the day, one of them missed."""
    rung(window, world)
    window.go("/desk/hotline/calls")


def a_letter(window: Window, world: World) -> None:
    """A letter that was sent about a complaint."""
    window.go(f"/desk/complaints/{world.by_status['supervised'].number}")
    window.page.locator(".letters a").first.click()
    window.page.wait_for_url("**/letters/*")


def a_link(window: Window, world: World) -> None:
    """The one-time link of a letter that was just sent."""
    window.go(f"/desk/complaints/{world.by_status['handling'].number}?action=issue_letter")
    window.write("text", "请在五个工作日内说明付款计划。")
    window.press("督办书")
    window.go(urlsplit(window.page.input_value("#issued-link")).path)


def imported(window: Window, _world: World) -> None:
    """A table that was sent in and checked: one row is right, one wrong."""
    book = openpyxl.Workbook()
    for row in (["诉求内容", "匿名"], [ARREARS, "是"], [ARREARS, "否"]):
        book.worksheets[0].append(row)
    book.save(table := BytesIO())
    window.go("/desk/import")
    window.page.set_input_files(
        "[name=file]", {"name": "十一月.xlsx", "mimeType": sheets.MIMETYPE, "buffer": table.getvalue()}
    )
    window.press("上传并检查")
    with transaction():
        importing.check(int(window.page.url.rpartition("/")[2]), clock.now())
    window.page.reload()
    window.sees("只导入正确的 1 行")


BUILDER = "兴安建设有限公司"


def heated(window: Window, _world: World) -> None:
    """The hot spots, once there is one."""
    with transaction():
        for name in range(hotspots.FEWEST):
            owed = filing(
                enterprise={"name": f"草原{name}号商贸有限公司"}, respondent={"name": BUILDER, "kind": "private"}
            )
            intake.file_complaint(FilingSchema().load(owed), Reader(), clock.now())
    window.go("/desk/supervision/hotspots")
    window.sees(BUILDER)


def a_hot_spot(window: Window, world: World) -> None:
    """One of them with its complaints."""
    heated(window, world)
    window.follow(BUILDER)


def steps() -> Iterator[View]:
    """Each step that somebody may take, with its form open."""
    for action, step in STEPS.items():
        status = standing_for(step)
        able = [ROLES[role] for role in ROLES if role in step.roles]
        for login in able[-1:]:
            path = f"/desk/complaints/{{{status}}}?action={action}"
            yield View("complaint.page", action, login, at(path), asked_by(step))
        if ROLES["dispatcher"] in able:
            path = f"/desk/dispatching/{{{status}}}?do={action}"
            yield View("dispatching.case", f"{action} at the desk", ROLES["dispatcher"], at(path), asked_by(step))


DESKS = [
    *(View("signin.profile", "profile", login, at("/profile")) for login in STAFF[:1]),
    View("signin.profile", "profile, wrong", STAFF[0], sent("/profile", "更改密码")),
    View("hotline.desk", "hotline", "zhang", at("/desk/hotline")),
    View("hotline.desk", "hotline, wrong", "zhang", sent("/desk/hotline", "派单")),
    View("hotline.desk", "hotline, talking", "zhang", call),
    View("hotline.desk", "hotline, receipt", "zhang", called),
    View("hotline.desk", "hotline, ringing", "zhang", rung),
    View("hotline.day", "calls of the day", "zhang", missed),
    View("dispatching.desk", "dispatching", "pang", at("/desk/dispatching")),
    View("dispatching.desk", "dispatching, none", "pang", at("/desk/dispatching?state=accepted&cursor=")),
    View("dispatching.case", "a vague one", "pang", at("/desk/dispatching/{vague}")),
    *(View("department.desk", f"queue {status}", "cheng", at(f"/desk/department?status={status}"))
      for status in ("open", "dispatched", "waiting", "replied", "closed")),
    View("department.desk", "queue, nothing found", "cheng", at("/desk/department?q=不存在的内容")),
    View("department.desk", "queue, searched", "cheng", at("/desk/department?q=检验试剂&who=none&sort=updated")),
    View("", "queue, nothing ticked", "cheng", sent("/desk/department", "分办")),
    View("imports.index", "tables that come in", "zhang", at("/desk/import")),
    View("imports.index", "tables that come in, none chosen", "zhang", sent("/desk/import", "上传并检查")),
    View("imports.page", "a table that came in", "zhang", imported),
    View("exports.index", "tables", "cheng", at("/desk/exports")),
    View("department.desk", "queue, wrong filter", "cheng", at("/desk/department?family=nonsense")),
    View("department.desk", "approvals", "fu", at("/desk/department")),
    View("complaint.page", "a late one", "cheng", at("/desk/complaints/{late}")),
    View("complaint.page", "only to read", "shen", at("/desk/complaints/{closed}")),
    *steps(),
    View("supervision.desk", "supervision", "du", at("/desk/supervision")),
    *(View("supervision.desk", f"supervision {show}", "du", at(f"/desk/supervision?show={show}"))
      for show in ("overdue", "soon", "accepted", "closed")),
    *(View("supervision.desk", f"rulings {kind}", "du", at(f"/desk/supervision?kind={kind}"))
      for kind in ("handing_back", "extension", "misuse", "counting")),
    View("supervision.desk", "rulings, none", "du", at("/desk/supervision?q=不存在的内容")),
    View("", "a ruling, wrong", "du", sent("/desk/supervision?kind=misuse", "认定为滥用")),
    *(View("complaint.page", f"ruling {aside}", who, at(f"/desk/complaints/{{{aside}}}"))
      for aside, who in (("extension", "fu"), ("misuse_appeal", "du"), ("counting", "du"), ("handing_back", "du"),
                         ("extended", "cheng"), ("helped", "cheng"), ("inquired", "cheng"), ("merged", "pang"))),
    View("department.desk", "extensions to rule on", "fu", at("/desk/department?status=extension")),
    View("dispatching.case", "handed back", "pang", at("/desk/dispatching/{handed_back}")),
    *(View("revisits.desk", f"revisits {show}", "hui", at(f"/desk/revisits?show={show}"))
      for show in ("due", "unanswered", "revisited")),
    View("hotspots.listed", "hot spots, none", "du", at("/desk/supervision/hotspots")),
    View("hotspots.listed", "hot spots", "du", heated),
    View("hotspots.shown", "a hot spot", "du", a_hot_spot),
    View("complaint.similar", "alike", "du", at("/desk/complaints/{handling}/similar")),
    View("complaint.similar", "alike, none", "du", at("/desk/complaints/{vague}/similar")),
    *(View("papers.page", f"paper {kind}", "cheng", at(f"/desk/complaints/{{replied}}/papers/{kind}"))
      for kind in ("slip", "reply")),
    View("complaint.page", "numbers", "cheng", pressed("/desk/complaints/{handling}", "显示电话和号码")),
    View("complaint.page", "a template put in", "cheng",
         at("/desk/complaints/{handling}?action=draft&insert=t-result-arrears-plan")),
    View("", "note, wrong", "cheng", sent("/desk/complaints/{handling}", "记下")),
    View("phrases.index", "phrases, none", "cheng", at("/desk/phrases")),
    View("phrases.index", "phrases, wrong", "cheng", sent("/desk/phrases", "存起来")),
    View("letters.listed", "circulars", "du", at("/desk/supervision/circulars")),
    *(View("board.desk", f"board {view}", "du", at(f"/desk/board/{view}"))
      for view in ("day", "regions", "families", "judged", "departments")),
    View("board.desk", "board, wrong", "du", at("/desk/board/trend?since=2026-03-02&until=2026-03-01")),
    View("board.behind", "behind a number", "du", at("/desk/board/complaints?figure=to_sign")),
    View("board.wall", "wall", "du", at("/desk/board/wall")),
    View("letters.page", "a letter", "du", a_letter),
    View("letters.opened", "a letter by its link", "du", a_link),
    View("revisits.desk", "revisits, wrong filter", "hui", at("/desk/revisits?family=nonsense")),
    *(View("revisits.case", f"call {which}", "hui", at(f"/desk/revisits/{{{which}}}"))
      for which in ("replied", "late", "revisited")),
    View("revisits.case", "call, wrong", "hui", sent("/desk/revisits/{replied}", "记下，打下一个")),
    View("", "not one's own", "cheng", at("/desk/supervision")),
    View("", "nothing of the kind", "cheng", at("/desk/complaints/QS20200101-0000001-1")),
]  # fmt: skip


# --- notices ---------------------------------------------------------------------------------------------------------


def told(path: str) -> Come:
    """Come by an address once everybody was told of what happened."""

    def come(window: Window, world: World) -> None:
        with transaction():
            notices.spread(clock.now(), 1000)
        at(path)(window, world)

    return come


ADMIN = "/admin/notices"
ANSWERS = [
    View("cases.ask", "a case", "du", at("/desk/complaints/{closed}/case")),
    View("cases.ask", "a case, wrong", "du", sent("/desk/complaints/{closed}/case", "交给管理员")),
    View("knowledge.index", "answers", "guan", at("/admin/answers")),
    View("knowledge.index", "answers, none", "guan", at("/admin/answers?q=不存在的内容")),
    View("knowledge.answer", "answer", "guan", at("/admin/answers/late-interest")),
    View("knowledge.new", "answer, wrong", "guan", sent("/admin/answers/new", "保存")),
]
NOTICES = [
    View("inbox.index", "messages", "cheng", told("/inbox")),
    View("inbox.index", "all messages", "cheng", told("/inbox?show=all")),
    View("inbox.index", "no message", "guan", at("/inbox")),
    View("notice_desk.deliveries", "deliveries", "guan", told(ADMIN)),
    View("notice_desk.deliveries", "deliveries, none", "guan", at(f"{ADMIN}?state=failed")),
    View("admin_notices.listed", "templates", "guan", at(f"{ADMIN}/templates")),
    View("admin_notices.shown", "template", "guan", at(f"{ADMIN}/templates/any.any.inbox")),
    View("notice_desk.addresses", "addresses", "guan", at(f"{ADMIN}/addresses")),
    View("notice_desk.addresses", "addresses, wrong", "guan", sent(f"{ADMIN}/addresses", "添加")),
    View("notice_desk.hours", "quiet hours", "guan", at(f"{ADMIN}/quiet-hours")),
    View("notice_desk.rules_", "who hears of what", "guan", at(f"{ADMIN}/rules")),
]


# --- the model -------------------------------------------------------------------------------------------------------


def learnt(path: str, come: Callable[[str], Come] = at) -> Come:
    """Come by an address once there are versions of the model and a correction; {correction} stands for its number."""

    def come_(window: Window, world: World) -> None:
        models.three()
        with transaction():
            db.session.execute(delete(Example))
            somebody = db.session.scalar(select(User.id)) or 0
        come(path.replace("{correction}", str(models.correction(1, somebody))))(window, world)

    return come_


MODEL = "/admin/models"
MODELS = [
    View("model_desk.current", "model", "guan", learnt(MODEL)),
    View("model_desk.versions", "versions", "guan", learnt(f"{MODEL}/versions")),
    View("model_desk.report", "report", "guan", learnt(f"{MODEL}/report")),
    View("model_desk.report", "report of nothing", "guan", learnt(f"{MODEL}/versions/{OLD}")),
    View("model_desk.confirm", "retrain", "guan", learnt(f"{MODEL}/steps/retrain")),
    View("model_desk.confirm", "refuse, wrong", "guan",
         learnt(f"{MODEL}/versions/{NEW}/refuse", lambda path: sent(path, "确认不启用"))),
    View("model_desk.examples", "corrections", "guan", learnt(f"{MODEL}/examples")),
    View("model_desk.ask_drop", "take a correction out", "guan", learnt(f"{MODEL}/examples/{{correction}}/drop")),
    View("model_desk.drift", "drift", "guan", learnt(f"{MODEL}/drift")),
]  # fmt: skip


# --- directives and duties -------------------------------------------------------------------------------------------

GUAN = Reader(id=1, login="guan", roles=frozenset({"administrator"}))
# Words that stand in no text: who is still served by an older revision is sent nowhere by them.
UNHEARD = ["绝不会出现的词"]
OFF = "医院欠款专班"


def ordered(path: str) -> Come:
    """Come by an address once there are directives: two that overlap, and one that is off; {off} is its id."""

    def come(window: Window, world: World) -> None:
        with transaction():
            if not routing.rows():
                for kind in ("finance", "industry"):
                    orders = {"name": f"划归{kind}", "kind": kind, "words": UNHEARD, "places": [PLACE]}
                    routing.add(orders if kind == "finance" else {**orders, "places": []}, GUAN, clock.now())
                hospitals = {"name": OFF, "kind": "finance", "place": PLACE, "respondents": ["医院"], "note": "专班"}
                routing.switch(routing.add(hospitals, GUAN, clock.now()).id, False, GUAN, clock.now())
            off = next(row.id for row in routing.rows() if row.name == OFF)
        at(path.replace("{off}", str(off)))(window, world)

    return come


def moving(path: str) -> Come:
    """Come by an address once duties are to move; {id} is the reorganisation's."""

    def come(window: Window, world: World) -> None:
        with transaction():
            waiting = reorganising.listed(GUAN, 1)
            place, kind = OFFICE.split("-")
            given = {
                "relieved_place": place, "relieved_kind": kind, "successor_place": place, "successor_kind": "finance",
                "document": "五党编发〔2026〕3号", "reason": "医疗机构欠款改由财政部门统筹。",
            }  # fmt: skip
            row = waiting[0] if waiting else reorganising.prepare(given, GUAN, clock.now())
            number = row.id
        at(path.replace("{id}", str(number)))(window, world)

    return come


ROUTING, DUTIES = "/admin/routing", "/reorganisations"
DIRECTIVES = [
    View("routing_desk.listed", "directives, none", "guan", at(ROUTING)),
    View("routing_desk.listed", "directives", "guan", ordered(ROUTING)),
    View("routing_desk.new", "a new directive", "guan", at(f"{ROUTING}/new")),
    View("routing_desk.new", "a new directive, wrong", "guan", sent(f"{ROUTING}/new", "保存")),
    View("routing_desk.shown", "a directive", "guan", ordered(f"{ROUTING}/{{off}}")),
    View("routing_desk.trial", "a trial", "guan", ordered(f"{ROUTING}/{{off}}/trial")),
    View("reorganisations.listed", "duties, none", "guan", at(DUTIES)),
    View("reorganisations.listed", "duties, wrong", "guan", sent(DUTIES, "下一步：看看涉及哪些诉求")),
    View("reorganisations.listed", "duties", "du", moving(DUTIES)),
    View("reorganisations.shown", "duties that move", "du", moving(f"{DUTIES}/{{id}}")),
]
# --- the account of an enterprise ------------------------------------------------------------------------------------


def shared(window: Window, world: World) -> None:
    """The complaints of the enterprise, once some belong to its account."""
    with transaction():
        numbers = [filed.number for filed in world.by_status.values()]
        account = db.session.scalars(select(User.account_id).where(User.login == LEADER)).one()
        db.session.execute(update(Complaint).where(Complaint.number.in_(numbers)).values(account=account))
    window.go("/account")


def a_link_for(window: Window, _world: World) -> None:
    """An invitation that was just made."""
    window.go("/account/people")
    window.write("name", "王经理")
    window.press("生成邀请链接")


def parting(what: str) -> Come:
    """Taking somebody out, or letting somebody else lead."""

    def come(window: Window, _world: World) -> None:
        user = db.session.scalars(select(User.id).where(User.login == COLLEAGUE)).one()
        window.go(f"/account/people/{user}/{what}")

    return come


ACCOUNT = [
    View("account.index", "account, none", LEADER, at("/account")),
    View("account.index", "account", LEADER, shared),
    View("account.attach", "attach", LEADER, at("/account/attach")),
    View("account.attach", "attach, wrong", LEADER, sent("/account/attach", "归入账户")),
    View("account.people", "people", LEADER, a_link_for),
    View("account.people", "people, only to read", COLLEAGUE, at("/account/people")),
    View("account.confirm", "taking out", LEADER, parting("out")),
    View("account.confirm", "handing over", LEADER, parting("lead")),
    View("inbox.index", "no message for an enterprise", COLLEAGUE, at("/inbox")),
]


# --- administration --------------------------------------------------------------------------------------------------


# What the record tells of things that are by now as they were: who looks at them finds the data as seeded.
TAKEN_BACK: tuple[tuple[str, str, str, Any], ...] = (
    ("department.edited", OFFICE, "phone", "0478-5212345"),
    ("category.edited", "out-of-scope.personal", "policy", "confirm"),
    ("clock.edited", "closing", "valid_from", "2029-01-01"),
    ("calendar.day_removed", f"{PLACE}:2029", "2029-08-01", [False, "旗庆", None]),
)


def once_changed(path: str) -> Come:
    """Come by an address once an administrator changed what it shows; {user} is somebody's id."""

    def come(window: Window, world: World) -> None:
        somebody, now = accounts.user_named("cheng"), clock.now()
        with transaction():
            for action, subject, name, was in TAKEN_BACK:
                audit.record(action, subject, "guan", now, was={name: was}, became={name: None}, document="3号文")
            grants = {"grants": ["handler@150821-health", "operator@150821"]}
            changing.change(USER, "cheng", grants, changing.version(USER, "cheng"), "guan", now)
        at(path.replace("{user}", str(somebody.id)))(window, world)

    return come


def by_button(path: str, button: str) -> Come:
    """Come by a button of a page's form."""

    def come(window: Window, world: World) -> None:
        at(path)(window, world)
        window.press(button)

    return come


def a_template(window: Window, world: World) -> None:
    """See what the first of the reply templates would say."""
    at("/admin/replies")(window, world)
    window.main.locator("td a").first.click()
    window.press("预览")


WOULD = "看看会改变什么"
HERE = f"/admin/calendars?place={PLACE}&year=2029"
ADMINISTRATION = [
    View("admin.home", "administration", "guan", at("/admin")),
    View("admin.records", "record", "shen", at("/admin/records")),
    View("admin_users.listed", "users", "guan", at("/admin/users")),
    View("admin_users.new", "a new user, wrong", "guan", sent("/admin/users/new", "新建")),
    View("admin_users.shown", "a user", "guan", once_changed("/admin/users/{user}")),
    View("admin_departments.listed", "departments", "guan", at("/admin/departments")),
    View("admin_departments.new", "a new department, wrong", "guan", sent("/admin/departments/new", "新增")),
    View("admin_departments.shown", "a department", "guan", once_changed(f"/admin/departments/{OFFICE}")),
    View("admin_departments.shown", "a department, tried", "guan", by_button(f"/admin/departments/{OFFICE}", WOULD)),
    View("admin_categories.listed", "categories", "guan", at("/admin/categories")),
    View("admin_categories.new", "a new category, wrong", "guan", sent("/admin/categories/new", "新增")),
    View("admin_categories.shown", "a category", "guan", once_changed("/admin/categories/out-of-scope.personal")),
    View("admin_gates.listed", "gates", "guan", at("/admin/gates")),
    View("admin_gates.shown", "a gate", "guan", at("/admin/gates/in_court")),
    View("admin_clocks.listed", "clocks", "guan", at("/admin/clocks")),
    View("admin_clocks.shown", "a clock", "guan", once_changed("/admin/clocks/closing")),
    View("admin_clocks.shown", "a clock, tried", "guan", by_button("/admin/clocks/sign", WOULD)),
    View("admin_replies.listed", "reply templates", "guan", at("/admin/replies")),
    View("admin_replies.new", "a new template, wrong", "guan", sent("/admin/replies/new", "新增")),
    View("admin_replies.shown", "a template, tried", "guan", a_template),
    View("admin_settings.listed", "settings", "guan", at("/admin/settings")),
    View("admin_calendars.listed", "calendar of the nation", "guan", at("/admin/calendars")),
    View("admin_calendars.listed", "calendar of a place", "guan", once_changed(HERE)),
    View("admin_calendars.ask", "a year's notice, wrong", "guan", sent("/admin/calendars/notice", "保存全年安排")),
]
VIEWS = [*PUBLIC, *ACCOUNT, *DESKS, *ANSWERS, *NOTICES, *DIRECTIVES, *MODELS, *ADMINISTRATION]
