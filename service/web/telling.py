"""What happened to a complaint, what goes on and what comes next, in words for whom it happened to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from service.complaints.rules import COMPOSED, SATISFACTION
from service.deadlines.ladder import INTERNAL
from service.deadlines.models import Clock
from service.directory.rules import Directory
from service.web import speech, words
from service.web.promises import DONE

Seen = Mapping[str, Any]

# state → what is going on now, and the clock that runs for just that; final states say it in their last event.
NOW: dict[str, tuple[str, str | None]] = {
    "submitted": ("正在审查是否受理", "accept"),
    "supplementing": ("等您补充材料", "supplement"),
    "accepted": ("已受理，正在派给承办部门", "dispatch"),
    "dispatched": ("等承办部门签收", "sign"),
    "handling": ("承办部门正在办理", None),
    "waiting": ("等您补充材料", "material"),
    "drafted": ("承办部门写好了答复，正在审签", None),
    "approved": ("答复已审签，马上发给您", None),
    "handing_back": ("承办部门认为不归它办，督办人正在审核", None),
    "consulting": ("归谁办理有争议，有关部门正在会商", None),
    "suspended": ("暂时挂起，等督办人复核", "suspension"),
    "redo_asked": ("督办人正在审核您的重办申请", "redo"),
    "replied": ("已答复，等您确认是否解决", None),
    "answered": ("已答复，等您确认是否解决", None),
    "revisited": ("已回访，没有新的意见就办结", "closing"),
}
RECOUNT = "recount"
# event → what happened.
HAPPENED = {
    "file": "您提交了诉求",
    RECOUNT: "工作日安排有变化，期限重新计算",
    "request_supplement": "请您补充材料后再受理",
    "supplement": "您补充了材料",
    "lapse_supplement": "规定时间内没有收到补充材料，已终止",
    "accept": "已受理",
    "refuse": "没有受理，请走别的渠道",
    "pass_on": "已转送有权处理的机关",
    "answer": "已当场答复您",
    "dispatch": "已交给%(department)s办理",
    "sign": "承办部门已签收，开始办理",
    "request_material": "承办部门请您补充材料",
    "supply_material": "您补充了材料",
    "lapse_material": "规定时间内没有收到补充材料，继续办理",
    "dispatch_on": "已交给%(place)s派单",
    "recall": "派单已收回，正在重新派给承办部门",
    "transfer": "已转给%(department)s办理",
    "designate": "督办人已指定由%(department)s办理",
    "take_over": "部门职责调整，已改由%(department)s办理",
    "release": "部门职责调整，正在重新派给承办部门",
    "raise_level": "已提到%(place)s办理",
    "report": "承办部门报告了办到哪一步",
    "grant_extension": "答复您的期限延长了",
    "suspend": "暂时挂起",
    "resume": "恢复办理",
    "terminate": "已终止办理",
    "reply": "承办部门已书面答复您",
    "revisit": "回访员回访了您",
    "rate": "您作了评价",
    "close": "已办结",
    "lapse_closing": "回访后没有新的意见，已办结",
    "redo": "您申请了重办，换一位承办人重新办理",
    "ask_redo": "您再次申请重办，由督办人决定",
    "grant_redo": "督办人同意重办",
    "explain": "不能重办，已说明理由并归档",
    "withdraw": "您撤回了诉求",
    "reopen": "重新打开，继续办理",
    "urge": "您催办了一次",
    "rule_misuse": "对是否滥用作出了认定",
    "appeal_misuse": "您提出了申诉，由督办人裁定",
    "rule_misuse_appeal": "对您的申诉作出了裁定",
    "merge": "同一件事另有一件诉求，两件并在一起办理，办好了一并答复您",
    "split": "其中一件事另立一件，单独办理",
}
# What both sides say to each other stands by itself, not among what happened.
TALK = {"message": "您", "message_back": "承办部门"}
SPLIT_OFF = "从您的另一件诉求中分出来，单独办理"


# --- what an event says beyond its name ------------------------------------------------------------------------------


def _usual(said: Seen) -> list[str]:
    return [*_plain(said, "text", "note"), *_why(said)]


def _plain(said: Seen, *names: str) -> list[str]:
    return [str(said[name]) for name in names if said.get(name)]


def _why(said: Seen) -> list[str]:
    return [_("理由：%(reason)s", reason=said["reason"])] if said.get("reason") else []


def _elsewhere(said: Seen) -> list[str]:
    """Where to go instead."""
    return [*_usual(said), *([_("该找的渠道：%(channel)s", channel=said["channel"])] if said.get("channel") else [])]


def _extended(said: Seen) -> list[str]:
    until = words.moment(datetime.fromisoformat(said["due_at"]))
    return [_("最迟改到 %(until)s 前答复您，理由：%(reason)s", until=until, reason=said["reason"])]


def _suspended(said: Seen) -> list[str]:
    day = words.day(date.fromisoformat(said["review_on"]))
    return [_("最迟 %(day)s 复核能不能恢复办理，理由：%(reason)s", day=day, reason=said["reason"])]


def _recounted(said: Seen) -> list[str]:
    was, now = (words.moment(datetime.fromisoformat(said[name])) for name in ("was", "due_at"))
    what = _(DONE[said["clock"]])
    told = _("“%(what)s”原来最迟 %(was)s，改为最迟 %(now)s", what=what, was=was, now=now)
    return [told, *_why(said)]


def _revisited(said: Seen) -> list[str]:
    return _rated({"solved": False, **said}) if said.get("contacted") else [_("没有联系上您。")]


def _rated(said: Seen) -> list[str]:
    """What the enterprise said of the reply; whether it is solved, where it said so."""
    solved = [_("问题已经解决") if said["solved"] else _("问题没有解决")] if "solved" in said else []
    grade = [_(SATISFACTION[said["satisfaction"]])] if "satisfaction" in said else []
    return [" · ".join([*solved, *grade]), *_why(said)]


def _ruled(said: Seen) -> list[str]:
    return [_("认定为滥用。您可以申诉。") if said["upheld"] else _("没有认定为滥用。"), *_why(said)]


def _heard(said: Seen) -> list[str]:
    return [_("申诉成立，原来的认定已经取消。") if said["upheld"] else _("申诉不成立，维持原来的认定。"), *_why(said)]


def _split(said: Seen) -> list[str]:
    number = said["number"]
    return [_("新的编号：%(number)s，用原来的查询码就能查看。", number=number), *_plain(said, "text"), *_why(said)]


def _nothing(_said: Seen) -> list[str]:
    return []


SAID: dict[str, Callable[[Seen], list[str]]] = {
    # Why it went to a department stands beside its name.
    "dispatch": lambda said: _plain(said, "note"),
    "refuse": _elsewhere,
    "pass_on": _elsewhere,
    "terminate": _elsewhere,
    "file": _nothing,
    "grant_extension": _extended,
    "suspend": _suspended,
    RECOUNT: _recounted,
    "revisit": _revisited,
    "rate": _rated,
    "rule_misuse": _ruled,
    "rule_misuse_appeal": _heard,
    # Nothing of the other complaint: it may be another enterprise's, and so may be what the reason tells.
    "merge": _nothing,
    "split": _split,
}


# --- the timeline ----------------------------------------------------------------------------------------------------


def timeline(
    status: str, happened: Iterable[Seen], waiting: Sequence[Clock], book: Directory, split_off: bool = False
) -> list[dict[str, Any]]:
    """What happened, what is going on, and what comes next with its deadline.

    Args:
        happened: events as reading.event gives them to the enterprise.
        waiting: the clocks that the enterprise may see and that are not over.
    """
    entries = [_past(event, book, split_off) for event in happened if _concerns(event)]
    if status not in NOW:
        return entries
    what, kind = NOW[status]
    ahead = sorted((one for one in waiting if one.state == "running"), key=lambda one: one.due_at)
    until = next((words.due_of(one) for one in ahead if one.kind == kind), None)
    now = {"what": _(what), "state": "now", "due": until}
    return [*entries, now, *(_ahead(one) for one in ahead if one.kind != kind)]


def _concerns(event: Seen) -> bool:
    """Whether it is of any matter to the enterprise here: a limit among others is none."""
    if event["action"] in TALK:
        return False
    return event["action"] != RECOUNT or event["data"]["clock"] not in INTERNAL


def _past(event: Seen, book: Directory, split_off: bool) -> dict[str, Any]:
    action, said = event["action"], event["data"]
    sentence = SPLIT_OFF if split_off and action == "file" else HAPPENED[action]
    place = book.places.get(str(said.get("place")))
    names = {
        "department": speech.told(said.get("department_name") or "承办部门"),
        "place": speech.told(place.name) if place else _("上一级") if action == "raise_level" else _("下一级地区"),
    }
    if action in COMPOSED and "reason" in said:
        said = {**said, "reason": speech.recorded(said["reason"])}
    text = "\n".join(SAID.get(action, _usual)(said))
    return {"what": _(sentence, **names), "state": "done", "at": event["at"], "text": text}


def _ahead(waiting: Clock) -> dict[str, Any]:
    due = words.due_of(waiting)
    return {"what": _(DONE[waiting.kind]), "state": "late" if due.state == "overdue" else "next", "due": due}


def asked_for(status: str, happened: Sequence[Seen]) -> str:
    """What the enterprise was asked for, while it is."""
    if status not in {"supplementing", "waiting"}:
        return ""
    asking = [event for event in happened if event["action"] in {"request_supplement", "request_material"}]
    return str(asking[-1]["data"].get("note", "")) if asking else ""
