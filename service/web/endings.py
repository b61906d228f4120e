"""How complaints ended, in words, with the days that it took."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from service import clock
from service.classifier.facts import mask
from service.complaints import listing
from service.complaints.listing import End
from service.complaints.rules import OPEN, SATISFACTION

# So much of a reply is shown.
MOST_REPLY = 120
# state → how it stands, where the state's own name does not say it
SAID = {
    "replied": "已答复，等企业确认",
    "answered": "当场答复了",
    "refused": "没有受理",
    "passed_on": "转送了别的机关",
    "withdrawn": "企业撤回了",
    "terminated": "终止办理",
    "merged": "并入了另一件",
    "explained": "解释归档",
    "revisited": "已答复并回访",
    "closed": "已办结",
}
SOLVED = {True: "问题已解决", False: "问题没有解决"}


def told(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Similar complaints, each with how it ended; in one statement, and none where there are none."""
    ends = listing.ends([one["number"] for one in found]) if found else {}
    return [{**one, **_told(ends[one["number"]])} for one in found]


def _told(end: End) -> dict[str, Any]:
    return {"ending": _ending(end), "took": _took(end), "reply": _excerpt(end.reply)}


def _ending(end: End) -> str:
    """已办结 · 问题已解决 · 满意."""
    grade = SATISFACTION.get(end.satisfaction or "")
    solved = SOLVED.get(end.solved) if end.solved is not None else None
    parts = (SAID.get(end.status, "还在办理"), solved, grade)
    return " · ".join(_(part) for part in parts if part)


def _took(end: End) -> str:
    """Days from the filing to the last answer or, where there is none, to the end."""
    if end.status in OPEN and end.at is None:
        days = _days(end.created_at, clock.now())
        return ngettext("已经 %(num)d 天", "已经 %(num)d 天", days)
    days = _days(end.created_at, end.at or end.updated_at)
    return ngettext("用了 %(num)d 天", "用了 %(num)d 天", days) if days else _("当天办完")


def _days(start: datetime, end: datetime) -> int:
    return (clock.local(end).date() - clock.local(start).date()).days


def _excerpt(reply: str | None) -> str:
    """How a reply begins, without numbers of persons."""
    said = " ".join(mask(reply or "").split())
    return said if len(said) <= MOST_REPLY else f"{said[:MOST_REPLY]}……"
