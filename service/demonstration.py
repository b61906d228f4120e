"""Demonstration complaints and accounts for an empty embedded system, so that a newcomer sees every state at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from hmac import new as hmac
from operator import itemgetter
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from service import clock, seedfile
from service.accounts import operations as accounts
from service.accounts.models import EnterpriseAccount, User
from service.accounts.rules import ROLES, Grant, Reader
from service.casework import asking, climbing, handing
from service.casework import operations as casework
from service.complaints.models import Complaint
from service.complaints.rules import OPEN
from service.db import db
from service.deadlines import operations as deadlines
from service.directory import operations as directory
from service.directory.rules import Directory
from service.intake import operations as intake
from service.intake.rules import Draft
from service.notices import operations as notices
from service.notices.models import Notice

SYSTEM = "demonstration"
ACTOR = "演示"
REGION = "150000"

# login → role; each holds for the whole region, so that a visitor can take any complaint through all its steps.
ACCOUNTS = {
    "demo-operator": "operator",
    "demo-dispatcher": "dispatcher",
    "demo-handler": "handler",
    "demo-head": "head",
    "demo-supervisor": "supervisor",
    "demo-revisit": "revisit_agent",
    "demo-auditor": "auditor",
    "demo-admin": "administrator",
    "demo-enterprise": "enterprise",
    "demo-system": "system",
}
# login → what stands beside the role wherever somebody acted: nobody's name.
NAMES = {
    "demo-operator": "白某",
    "demo-dispatcher": "郝某",
    "demo-handler": "乌某",
    "demo-head": "包某",
    "demo-supervisor": "云某",
    "demo-revisit": "秦某",
    "demo-auditor": "康某",
    "demo-admin": "温某",
    "demo-enterprise": "贺某",
    "demo-system": "示例平台",
    "demo-dispatcher-bynr": "杭某",
}
# Whose account the enterprise's is; some of the complaints are its own.
FIRM = {"name": "河套榆木家具厂（演示）", "uscc": "91150821MA0NA00012", "size": "small"}
# A league's own desk shows what a reader elsewhere does not see.
LEAGUE = ("demo-dispatcher-bynr", "dispatcher", "150800")

TO_DEPARTMENT = ("accept", "dispatch")
IN_HAND = (*TO_DEPARTMENT, "sign", "contact")
REPLIED = (*IN_HAND, "draft", "approve", "reply")
# state → the steps that lead there
WAYS: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "supplementing": ("request_supplement",),
    "accepted": ("accept",),
    "refused": ("refuse",),
    "passed_on": ("pass_on",),
    "answered": ("answer",),
    "withdrawn": ("withdraw",),
    "dispatched": TO_DEPARTMENT,
    "handling": IN_HAND,
    "waiting": (*IN_HAND, "request_material"),
    "drafted": (*IN_HAND, "draft"),
    "approved": (*IN_HAND, "draft", "approve"),
    "replied": REPLIED,
    "closed": (*REPLIED, "close"),
    "handing_back": (*TO_DEPARTMENT, "hand_back"),
    "consulting": (*TO_DEPARTMENT, "hand_back", "consult"),
    "suspended": (*IN_HAND, "suspend"),
    "redo_asked": (*REPLIED, "ask_redo"),
    "revisited": (*REPLIED, "revisit"),
    "terminated": (*IN_HAND, "terminate"),
    "merged": (*TO_DEPARTMENT, "merge"),
    "explained": (*REPLIED, "ask_redo", "explain"),
}
# What goes on beside the state: name → (the state in which it stands, the further steps)
ASIDES: dict[str, tuple[str, tuple[str, ...]]] = {
    "extension": ("handling", ("ask_extension",)),
    "extended": ("handling", ("ask_extension", "grant_extension")),
    "misuse": ("handling", ("report_misuse",)),
    "misused": ("handling", ("report_misuse", "rule_misuse")),
    "misuse_appeal": ("handling", ("report_misuse", "rule_misuse", "appeal_misuse")),
    "counting": ("closed", ("appeal_counting",)),
    "helped": ("handling", ("invite",)),
    "inquired": ("handling", ("inquire",)),
    "supervised": ("handling", ("supervise",)),
    "handed_back": ("dispatched", ("hand_back", "grant_hand_back")),
}
# What a demonstration writes into the fields of a step.
FIELDS: dict[str, dict[str, Any]] = {
    "request_supplement": {"note": "请补充合同首页与验收单照片。（演示）"},
    "refuse": {"channel": "人民调解或人民法院", "reason": "属于企业之间的商事纠纷。（演示）"},
    "pass_on": {"channel": "自治区纪委监委", "reason": "反映公职人员履职问题，已密封转送。（演示）"},
    "answer": {"reply": "已当场说明办理条件与窗口。（演示）"},
    "contact": {"note": "已电话联系企业，核对了事实。（演示）"},
    "request_material": {"note": "请补充最近一次对账单。（演示）"},
    "draft": {"reply": "经核实，情况属实，已督促责任单位制定计划并按期兑现。（演示）"},
    "close": {"solved": True, "satisfaction": "satisfied"},
    "hand_back": {
        "reason": "经核对，这件事的主管单位不是我们。（演示）",
        "evidence": "本部门职责清单第七条。（演示）",
    },
    "consult": {"note": "周四上午请双方到场，商定由谁办理。（演示）"},
    "suspend": {"reason": "等待司法鉴定结论，结论一出即恢复办理。（演示）"},
    "terminate": {"reason": "企业已就同一事项向人民法院起诉并立案。（演示）", "channel": "人民法院"},
    "ask_redo": {"reason": "答复里说的付款计划到期没有兑现。（演示）"},
    "explain": {"reason": "政策已经执行到位，差额属于合同另行约定，已向企业当面说明。（演示）"},
    "revisit": {"contacted": True, "solved": False, "satisfaction": "dissatisfied", "reason": "只付了一部分。（演示）"},
    "merge": {"reason": "同一企业就同一笔款项重复提交。（演示）"},
    "ask_extension": {"reason": "需要第三方审计报告，预计还要一周。（演示）"},
    "report_misuse": {
        "reason": "所附验收单与存档原件不一致，疑似改动。（演示）",
        "evidence": "医院存档的验收单原件。（演示）",
    },
    "rule_misuse": {"upheld": True, "reason": "经比对，验收单日期被改动。（演示）"},
    "appeal_misuse": {"reason": "改动的是复印件上的批注，原件没有动过，愿意当面核对。（演示）"},
    "appeal_counting": {"reason": "企业回访时说的是另一件事，请不要计入。（演示）"},
    "invite": {"note": "请核对当年的预算安排，三天内给意见。（演示）"},
    "inquire": {"text": "请说明欠款的原因和付款计划。（演示）"},
    "supervise": {"reason": "请本周内拿出付款计划。（演示）"},
}
WHO = {
    **dict.fromkeys(("sign", "contact", "request_material", "draft", "hand_back", "ask_extension", "report_misuse",
                     "invite", "inquire"), "handler"),
    **dict.fromkeys(("approve", "reply", "appeal_counting"), "head"),
    **dict.fromkeys(("consult", "suspend", "terminate", "explain", "rule_misuse", "grant_hand_back", "supervise"),
                    "supervisor"),
    **dict.fromkeys(("withdraw", "ask_redo", "appeal_misuse", "close"), "enterprise"),
    "revisit": "revisit_agent",
}  # fmt: skip
# How much later than its limit an extension ends, and when what is suspended is looked at again.
LONGER, REVIEWED = timedelta(days=7), timedelta(days=14)
# What came within this time nobody has read yet; so many events are told of at a time.
UNREAD, AT_A_TIME = timedelta(hours=20), 500


def fill(data: Path, now: datetime) -> bool:
    """File the demonstration complaints and take each to its state, unless the system holds any complaint.

    Gives whether the demonstration accounts are there; a system in use gets none.
    """
    if db.session.scalar(select(Complaint.id).limit(1)) is not None:
        return any(user.login in ACCOUNTS for user in accounts.users())
    people = {role: _account(login, role, REGION, now) for login, role in ACCOUNTS.items()}
    _account(*LEAGUE, now)
    for moment, index, row in sorted(_filed(data, now), key=itemgetter(0)):
        _climb(moment)
        _play(index, row, people, moment, now)
    _share(people["enterprise"], now)
    _climb(now)
    _read(now - UNREAD)
    return True


def _filed(data: Path, now: datetime) -> Iterator[tuple[datetime, int, Mapping[str, Any]]]:
    """When each complaint was filed: the later in the table, the longer ago."""
    for index, row in enumerate(seedfile.load(data / "demonstration.yaml")):
        yield now - timedelta(hours=row.get("hours", 8 + 7 * index), days=row.get("days", 0)), index, row


def _climb(moment: datetime) -> None:
    """Let time do what it does up to a moment, and tell of it."""
    while climbing.climb(moment):
        pass
    _spread(moment)


def _spread(moment: datetime) -> None:
    """Let the news reach people at once: a message names the limit that runs when it is written."""
    while notices.spread(moment, AT_A_TIME):
        pass


def _read(until: datetime) -> None:
    """Let everybody have read what came before: who looks in finds what is new, as at any desk that is kept."""
    db.session.execute(update(Notice).where(Notice.created_at < until).values(read_at=until))


def _account(login: str, role: str, place: str, now: datetime) -> Reader:
    """A demonstration account with its password and token, made where it is missing."""
    known = next((user for user in accounts.users() if user.login == login), None)
    if known is None:
        scope = ROLES[role][1]
        grant = Grant(role, place=None if scope == "nothing" else place)
        known = accounts.create_user(login, f"{NAMES[login]}（演示）", [grant], _password(login), now, ACTOR)
        accounts.issue_token(known, now, ACTOR, secret=_token(login))
    db.session.flush()
    return accounts.reader(known)


def _share(reader: Reader, now: datetime) -> None:
    """Let the enterprise's account hold the complaints under its name."""
    account = EnterpriseAccount(**FIRM, created_at=now)
    db.session.add(account)
    db.session.flush()
    user = db.session.get_one(User, reader.id)
    user.account_id, user.leads = account.id, True
    own = update(Complaint).where(Complaint.enterprise_name == FIRM["name"], Complaint.sealed.is_(False))
    db.session.execute(own.values(account=account.id))


def _token(login: str) -> str:
    """The same token at every start without keeping it anywhere: derived from this system's own secret."""
    return "demo_" + _derived(f"token {login}")[:40]


def _password(login: str) -> str:
    """The same password at every start, short enough to be typed."""
    return "demo-" + _derived(f"password {login}")[:8]


def _derived(purpose: str) -> str:
    return hmac(current_app.config["SECRET_KEY"].encode(), purpose.encode(), sha256).hexdigest()


def _play(
    index: int, row: Mapping[str, Any], people: Mapping[str, Reader], moment: datetime, now: datetime
) -> None:  # fmt: skip
    """File one complaint at a moment and take the steps that lead to its state, and those beside it."""
    way = (*WAYS[row["state"]], *ASIDES.get(row.get("aside", ""), ("", ()))[1])
    filed = intake.file_complaint(_draft(index, row), people["operator"], moment, by_hand="dispatch" not in way)
    left = way[2:] if filed.complaint.status == "dispatched" else way
    _spread(moment)
    for action in left:
        moment = min(moment + timedelta(minutes=50), now)
        _take(filed.complaint, action, people, moment)
        _spread(moment)


def _take(complaint: Complaint, action: str, people: Mapping[str, Reader], moment: datetime) -> None:
    role = who_extends(complaint) if action == "grant_extension" else WHO.get(action, "dispatcher")
    casework.act(complaint, {role}, action, given(complaint, action, moment), people.get(role, Reader()), moment)


def who_extends(complaint: Complaint) -> str:
    """Who rules on the extension of a complaint's result."""
    ruler = deadlines.who_extends(asking.result_clock(complaint), directory.current().revision)
    return ruler or "supervisor"


def given(complaint: Complaint, action: str, moment: datetime) -> dict[str, Any]:
    """What a demonstration fills into a step's form on a complaint: the words, and what depends on where it stands."""
    more = GIVEN.get(action)
    return {**FIELDS.get(action, {}), **(more(complaint, moment) if more else {})}


def _to_a_department(complaint: Complaint, _moment: datetime) -> dict[str, Any]:
    return {"department": _some_department(complaint, directory.current())}


def _to_another(complaint: Complaint, _moment: datetime) -> dict[str, Any]:
    """A department near the matter that neither has it nor must stay out of it; whoever pays is asked first."""
    book, having = directory.current(), {complaint.department, *complaint.co_departments}
    near = (office for place in book.chain(complaint.region or REGION) for office in book.offices(place))
    offices = sorted(near, key=lambda office: office.kind != "finance")
    able = (
        one.code for one in offices if one.code not in having and handing.not_for(one.code, complaint, book) is None
    )
    return {"department": next(able)}


def _until(complaint: Complaint, _moment: datetime) -> dict[str, Any]:
    return {"until": _working_day(complaint, asking.result_clock(complaint).due_at + LONGER)}


def _review_on(complaint: Complaint, moment: datetime) -> dict[str, Any]:
    return {"review_on": _working_day(complaint, moment + REVIEWED)}


def _working_day(complaint: Complaint, at: datetime) -> date:
    """The day of a moment, or the next that is worked where the matter lies."""
    book = directory.current()
    calendar = deadlines.calendar(book.chain(complaint.region or complaint.dispatch_place), book.revision)
    days = (clock.local(at).date() + timedelta(days=later) for later in range(30))
    return next(day for day in days if calendar.is_working(day))


def _into(complaint: Complaint, _moment: datetime) -> dict[str, Any]:
    """Another open complaint, of the same enterprise where there is one."""
    others = select(Complaint.number).where(Complaint.id != complaint.id, Complaint.status.in_(sorted(OPEN)))
    alike = Complaint.enterprise_name == complaint.enterprise_name
    query = others.where(Complaint.sealed == complaint.sealed).order_by(alike.desc(), Complaint.id).limit(1)
    return {"into": db.session.scalars(query).one()}


GIVEN: Mapping[str, Callable[[Complaint, datetime], dict[str, Any]]] = {
    "dispatch": _to_a_department,
    "hand_back": _to_another,
    "invite": _to_another,
    "ask_extension": _until,
    "suspend": _review_on,
    "merge": _into,
}


def _some_department(complaint: Complaint, book: Directory) -> str:
    """The first department that could own the matter and may have it, as a dispatcher would choose."""
    if complaint.proposed_department:
        return complaint.proposed_department
    place = complaint.region or REGION
    kinds = [owner.kind for owner in book.categories[complaint.category or "policy.inquiry"].owners]
    found = [book.nearest(kind, where) for where in (place, REGION) for kind in kinds]
    return next(one.code for one in found if one is not None and handing.not_for(one.code, complaint, book) is None)


def _draft(index: int, row: Mapping[str, Any]) -> Draft:
    respondent = row.get("respondent") or {}
    return Draft(
        body=row["text"],
        region=row.get("region"),
        nature=row.get("nature"),
        category=row.get("category"),
        amount=Decimal(str(row["amount"])) if row.get("amount") else None,
        enterprise_name=row["enterprise"]["name"],
        enterprise_size=row["enterprise"].get("size"),
        contact_name="演示联系人",
        contact_phone="+864710000000",
        respondent_name=respondent.get("name"),
        respondent_kind=respondent.get("kind"),
        channel="hotline",
        source_system=SYSTEM,
        source_number=f"{index + 1:03d}",
    )


def table() -> Sequence[str]:
    """The accounts as lines for the terminal."""
    rows = [*((login, role, REGION) for login, role in ACCOUNTS.items()), LEAGUE]
    head = "演示账户：网页用登录名和密码，接口用令牌（Authorization: Bearer …）"
    return [
        head,
        *(f"  {login:<22}{ROLES[role][0]:　<6} {_password(login)}  {_token(login)}" for login, role, _ in rows),
    ]
