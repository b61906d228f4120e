"""Demonstration complaints and accounts for an empty embedded system, so that a newcomer sees every state at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from hmac import new as hmac
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from service import seedfile
from service.accounts import operations as accounts
from service.accounts.rules import ROLES, Grant, Reader
from service.casework import climbing, handing
from service.casework import operations as casework
from service.complaints.models import Complaint
from service.db import db
from service.directory import operations as directory
from service.directory.rules import Directory
from service.intake import operations as intake
from service.intake.rules import Draft

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
    "demo-system": "system",
}
# A league's own desk shows what a reader elsewhere does not see.
LEAGUE = ("demo-dispatcher-bynr", "dispatcher", "150800")

TO_DEPARTMENT = ("accept", "dispatch")
WAYS: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "supplementing": ("request_supplement",),
    "accepted": ("accept",),
    "refused": ("refuse",),
    "passed_on": ("pass_on",),
    "answered": ("answer",),
    "withdrawn": ("withdraw",),
    "dispatched": TO_DEPARTMENT,
    "handling": (*TO_DEPARTMENT, "sign", "contact"),
    "waiting": (*TO_DEPARTMENT, "sign", "contact", "request_material"),
    "drafted": (*TO_DEPARTMENT, "sign", "contact", "draft"),
    "approved": (*TO_DEPARTMENT, "sign", "contact", "draft", "approve"),
    "replied": (*TO_DEPARTMENT, "sign", "contact", "draft", "approve", "reply"),
    "closed": (*TO_DEPARTMENT, "sign", "contact", "draft", "approve", "reply", "close"),
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
}
WHO = {"withdraw": "enterprise", "sign": "handler", "contact": "handler", "request_material": "handler",
       "draft": "handler", "approve": "head", "reply": "head", "close": "revisit_agent"}  # fmt: skip


def fill(data: Path, now: datetime) -> bool:
    """File the demonstration complaints and take each to its state, unless the system holds any complaint.

    Gives whether the demonstration accounts are there; a system in use gets none.
    """
    if db.session.scalar(select(Complaint.id).limit(1)) is not None:
        return any(user.login in ACCOUNTS for user in accounts.users())
    people = {role: _account(login, role, REGION, now) for login, role in ACCOUNTS.items()}
    _account(*LEAGUE, now)
    for index, row in enumerate(seedfile.load(data / "demonstration.yaml")):
        _play(index, row, people, now)
    while climbing.climb(now):
        pass
    return True


def _account(login: str, role: str, place: str, now: datetime) -> Reader:
    """A demonstration account with its password and token, made where it is missing."""
    known = next((user for user in accounts.users() if user.login == login), None)
    if known is None:
        scope = ROLES[role][1]
        grant = Grant(role, place=None if scope == "nothing" else place)
        known = accounts.create_user(login, f"{ROLES[role][0]}（演示）", [grant], _password(login), now, ACTOR)
        accounts.issue_token(known, now, ACTOR, secret=_token(login))
    db.session.flush()
    return accounts.reader(known)


def _token(login: str) -> str:
    """The same token at every start without keeping it anywhere: derived from this system's own secret."""
    return "demo_" + _derived(f"token {login}")[:40]


def _password(login: str) -> str:
    """The same password at every start, short enough to be typed."""
    return "demo-" + _derived(f"password {login}")[:8]


def _derived(purpose: str) -> str:
    return hmac(current_app.config["SECRET_KEY"].encode(), purpose.encode(), sha256).hexdigest()


def _play(index: int, row: Mapping[str, Any], people: Mapping[str, Reader], now: datetime) -> None:
    """File one complaint some time ago and take the steps that lead to its state."""
    moment = now - timedelta(hours=8 + 7 * index)
    way = WAYS[row["state"]]
    filed = intake.file_complaint(_draft(index, row), people["operator"], moment, by_hand="dispatch" not in way)
    left = way[2:] if filed.complaint.status == "dispatched" else way
    for action in left:
        moment = min(moment + timedelta(minutes=50), now)
        _take(filed.complaint, action, people, moment)


def _take(complaint: Complaint, action: str, people: Mapping[str, Reader], moment: datetime) -> None:
    role = WHO.get(action, "dispatcher")
    given = dict(FIELDS.get(action, {}))
    if action == "dispatch":
        given["department"] = _some_department(complaint, directory.current())
    casework.act(complaint, {role}, action, given, people.get(role, Reader()), moment)


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
        category=row["category"],
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
