"""How pages say things: moments, deadlines, amounts, states, and the names of fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import phonenumbers
from babel.dates import format_date
from flask_babel import gettext as _

from service import clock
from service.complaints.rules import STATES
from service.deadlines import operations as deadlines
from service.deadlines.ladder import KINDS, OWED_BY
from service.deadlines.models import Clock, paused
from service.deadlines.remaining import Left, left
from service.deadlines.rules import Pause, Unit, is_near
from service.directory import operations as directory
from service.web import languages

# Of these limits a row's state or mark tells already.
EVIDENT = frozenset({"material", "extension"})
# state of a deadline → icon, word
DUE_STATES = {
    "in_time": ("clock", ""),
    "soon": ("clock-history", "临期"),
    "overdue": ("flag", "逾期"),
    "met": ("check-circle", "按时完成"),
    "met_late": ("flag", "逾期完成"),
    "paused": ("pause-circle", "暂停计时"),
    "cancelled": ("slash-circle", "不再计时"),
}
# state of a complaint → icon, colour
STATUS_LOOKS = {
    "submitted": ("inbox", "sky"),
    "supplementing": ("hourglass-split", "amber"),
    "accepted": ("clipboard-check", "sky"),
    "dispatched": ("send", "sky"),
    "handling": ("pencil-square", "sky"),
    "waiting": ("hourglass-split", "amber"),
    "drafted": ("file-earmark-text", "sky"),
    "approved": ("check-lg", "sky"),
    "handing_back": ("arrow-return-left", "amber"),
    "consulting": ("people", "amber"),
    "suspended": ("pause-circle", "amber"),
    "redo_asked": ("arrow-repeat", "amber"),
    "replied": ("reply", "grass"),
    "answered": ("check-circle", "grass"),
    "revisited": ("telephone", "grass"),
    "refused": ("x-circle", "soft"),
    "passed_on": ("signpost-split", "soft"),
    "closed": ("check-circle", "grass"),
    "withdrawn": ("arrow-counterclockwise", "soft"),
    "terminated": ("slash-circle", "soft"),
    "merged": ("union", "soft"),
    "explained": ("archive", "soft"),
}
# What the fields of the schemas are called on every page.
LABELS = {
    "login": "登录名",
    "password": "密码",
    "current": "当前密码",
    "again": "再填一次新密码",
    "body": "发生了什么",
    "title": "标题",
    "region": "事情发生在哪里",
    "nature": "诉求性质",
    "category": "类别",
    "enterprise": "企业",
    "enterprise.name": "企业名称",
    "enterprise.uscc": "统一社会信用代码",
    "enterprise.size": "企业规模",
    "contact": "联系人",
    "contact.name": "联系人",
    "contact.phone": "联系电话",
    "anonymous": "匿名提交",
    "confidential": "为我保密",
    "respondent": "反映的对象",
    "respondent.name": "反映的对象",
    "respondent.kind": "对方的性质",
    "amount": "涉及金额（元）",
    "debt.contract_number": "合同编号",
    "debt.contract_amount": "合同金额（元）",
    "debt.paid": "到现在一共付了多少元",
    "debt.last_paid_on": "最近一次付款日期",
    "debt.signed_on": "合同签订日期",
    "debt.delivered_on": "交付日期",
    "debt.accepted_on": "验收日期",
    "debt.due_on": "约定付款日期",
    "debt.object": "拖欠的是什么",
    "debt.excuses": "对方的理由",
    "promise.by": "谁承诺的",
    "promise.content": "承诺了什么",
    "promise.document": "承诺写在哪份文件里",
    "promise.made_on": "承诺日期",
    "policy.name": "哪项政策",
    "policy.document": "政策文件或文号",
    "policy.applied_on": "申请日期",
    "policy.answered": "对方怎么答复的",
    "gates": "是否有以下情形",
    "flags": "标记",
    "channel": "来源渠道",
    "source.system": "来源系统",
    "source.number": "来源编号",
    "source.due_at": "上级要求的办结时间",
    "note": "说明",
    "reason": "理由",
    "evidence": "依据",
    "department": "承办部门",
    "text": "补充的内容",
    "reply": "答复（企业可见）",
    "answer": "当场答复",
    "internal": "内部说明（企业不可见）",
    "memo": "内部备注",
    "phrase": "常用语",
    "solved": "问题是否解决",
    "satisfaction": "满意程度",
    "contacted": "是否联系上",
    "until": "延长到哪一天",
    "review_on": "复核日期",
    "upheld": "裁定",
    "place": "下级地区",
    "into": "并入的诉求编号",
    "assignee": "承办人",
    "_files": "附件",
    "number": "诉求编号",
    "query_code": "查询码",
    "q": "搜索",
    "status": "状态",
    "family": "大类",
    "due": "时限",
    "sort": "排序",
    "who": "承办人",
    "flag": "标记",
    "columns": "要看的列",
    "name": "名称",
    "numbers": "诉求",
    "extension": "我的分机",
    "question": "问题",
    "words": "别的说法",
    "source": "依据",
    "valid_until": "用到哪一天",
    "public": "对外公开，企业自己也能查到",
    "active": "在用",
}


@dataclass(frozen=True)
class Due:
    """A deadline as a page tells it: the moment first, then what is left of it in working time.

    Attributes:
        of: what is to be done by then, where that is not the result and is not said beside it anyway.
    """

    at: datetime
    state: str
    left: str
    provisional: bool = False
    of: str = ""

    @property
    def icon(self) -> str:
        """The icon that goes with the state."""
        return DUE_STATES[self.state][0]

    @property
    def text(self) -> str:
        """All of it as one line."""
        return f"{moment(self.at)} · {self.left}"


def due(
    at: datetime, place: str | None = None, unit: str | None = None, since: datetime | None = None,
    pauses: Sequence[Pause] = (),
) -> Due:  # fmt: skip
    """What is left until a moment, by the calendar of a place (the whole region's where none is known).

    Args:
        unit: what the clock counts in; hours round the clock are told as they are.
        since: when it began to run, and pauses meanwhile; where that is known, what is short is not near its end at
            once, but as soon as most of it has run.
    """
    now, book = clock.now(), directory.current()
    calendar = deadlines.calendar(book.chain(place or book.region), book.revision)
    remaining = left(now, at, calendar)
    text = _spoken_time(abs(at - now)) if unit == Unit.CLOCK_HOURS else _spoken_left(remaining)
    if remaining.late:
        return Due(at, "overdue", _("已逾期 %(text)s", text=text) if text else _("已逾期"))
    urgent = at - now < timedelta(hours=8) if unit == Unit.CLOCK_HOURS else remaining.days <= 1
    if urgent and since is not None:
        urgent = is_near(now, since, at, Unit(unit) if unit else None, calendar, pauses)
    left_ = _("还有 %(text)s", text=text) if text else _("很快到期")
    return Due(at, "soon", _("临期，%(text)s", text=left_)) if urgent else Due(at, "in_time", left_)


def due_first(at: datetime, first: Mapping[str, Any] | None, place: str | None = None, whose: str = "") -> Due:
    """What a list says of the limit that ends first, as its complaint's page does.

    Args:
        first: the clock as Complaint.due_clock has it; where there is none, the calendar of a place counts.
        whose: by whom the limits of this list are kept, as OWED_BY has it; then only what others keep is named.
    """
    if first is None:
        return due(at, place)
    here = first["places"][0] if first["places"] else place
    since = datetime.fromisoformat(first["since"])
    told = due(at, here, first["unit"], since, paused(first["pauses"]))
    plain = first["kind"] == "result" or (whose and (OWED_BY[first["kind"]] == whose or first["kind"] in EVIDENT))
    return told if plain else replace(told, of=_(KINDS[first["kind"]]))


def due_of(running: Clock) -> Due:
    """What a clock of a complaint says now."""
    if running.state == "running":
        place, pauses = running.places[0] if running.places else None, running.paused() if running.pauses else ()
        here = due(running.due_at, place, running.unit, running.started_at, pauses)
        return Due(here.at, here.state, here.left, running.provisional)
    state = "met_late" if running.state == "met" and running.overdue_at else running.state
    return Due(running.due_at, state, _(DUE_STATES[state][1]), running.provisional)


def _spoken_left(remaining: Left) -> str:
    if remaining.time is None:
        return _("%(count)d 个工作日", count=remaining.days)
    hours, minutes = _hours(remaining.time)
    worked = _("%(count)d 个工作小时", count=hours) if hours else ""
    return " ".join(filter(None, (worked, _minutes(minutes, bool(hours)))))


def _spoken_time(length: timedelta) -> str:
    hours, minutes = _hours(length)
    told = _("%(count)d 小时", count=hours)
    return " ".join(filter(None, (told, _minutes(minutes, after_hours=True))))


def _minutes(minutes: int, after_hours: bool) -> str:
    if not minutes:
        return ""
    return _("%(count)d 分", count=minutes) if after_hours else _("%(count)d 分钟", count=minutes)


def _hours(length: timedelta) -> tuple[int, int]:
    return divmod(int(length.total_seconds()) // 60, 60)


def moment(at: datetime) -> str:
    """12月3日 17:30, 3 Dec 17:30, with the year where it is not this one."""
    return f"{day(at)} {clock.local(at):%H:%M}"


def day(at: datetime | date) -> str:
    """12月3日, 3 Dec, with the year where it is not this one."""
    here = clock.local(at) if isinstance(at, datetime) else at
    speaking = languages.current()
    pattern = speaking.day if here.year == clock.local(clock.now()).year else speaking.dated
    return format_date(here, pattern, locale=speaking.locale)


def month(first: date) -> str:
    """2026年7月, July 2026."""
    speaking = languages.current()
    return format_date(first, speaking.month, locale=speaking.locale)


def machine(at: datetime) -> str:
    """A moment as <time datetime> wants it."""
    return clock.local(at).isoformat(timespec="minutes")


def yuan(amount: Decimal | int | str | None) -> str:
    """1,250,000 元, ¥1,250,000; fen only where there are any."""
    if amount is None:
        return ""
    number = Decimal(amount)
    told = f"{number:,.0f}" if number == number.to_integral_value() else f"{number:,.2f}"
    return _("%(amount)s 元", amount=told)


def phone(number: str) -> str:
    """0471 660 1234: a stored number as people here dial it; a masked or foreign one as it is."""
    if not number.startswith("+86"):
        return number
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL)


def label(name: str) -> str:
    """What a field is called; its own name where nobody named it."""
    return _(LABELS.get(name, name))


def identifier(name: str) -> str:
    """The id of a field's control in the page."""
    return "f-" + name.replace(".", "-").replace("_", "-")


def status(code: str) -> dict[str, str]:
    """The name, icon and colour of a complaint's state."""
    icon, tone = STATUS_LOOKS[code]
    return {"name": _(STATES[code].name), "icon": icon, "tone": tone}


FILTERS = {
    "day": day,
    "due": due,
    "due_first": due_first,
    "due_of": due_of,
    "identifier": identifier,
    "label": label,
    "machine": machine,
    "moment": moment,
    "phone": phone,
    "status": status,
    "yuan": yuan,
}
