"""Directives in words: what they ask, where they send, how they stand, what is wrong with them, what became of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from service.audit.models import Entry
from service.complaints.rules import CHANNELS
from service.directory.rules import NATURES, Directory
from service.routing.directives import Conflict, Directive, closed, state
from service.web import speech, words

# What its fields are called.
CALLED = {
    "name": "名称",
    "categories": "类别",
    "places": "地区",
    "respondents": "被反映单位的名称里有",
    "words": "内容里有",
    "channels": "来源渠道",
    "natures": "性质",
    "kind": "派给哪一类部门",
    "place": "哪个地区的",
    "department": "派给",
    "priority": "优先级",
    "urgent": "紧急",
    "begins": "开始日期",
    "ends": "截止日期",
    "note": "备注",
    "position": "顺序",
}
# state → name, icon, colour
STATES = {
    "on": ("生效中", "check-circle", "grass"),
    "coming": ("还没到开始日期", "clock", "sky"),
    "resting": ("已自动暂停", "pause-circle", "amber"),
    "off": ("已停用", "slash-circle", "soft"),
    "expired": ("已过截止日期", "slash-circle", "soft"),
}
CONFLICTS = {
    "never": "排在前面的“%(other)s”已包含这一条的全部条件，这一条不会用到。",
    "overlap": "与排在前面的“%(other)s”有重叠而去向不同，重叠的按“%(other)s”办。",
    "gone": "已经停用：%(values)s，没有诉求再属于它。",
}
ACTIONS = {
    "directive.added": "新增",
    "directive.edited": "修改",
    "directive.paused": "停用",
    "directive.resumed": "启用",
    "directive.moved": "调整顺序",
}


def asks(directive: Directive, book: Directory) -> list[tuple[str, str]]:
    """Each condition that is filled in: what it is called, and its values."""
    filled = ((name, getattr(directive, name)) for name in NAMED)
    return [(_(CALLED[name]), _joined(NAMED[name](values, book))) for name, values in filled if values]


def categories(codes: Sequence[str], book: Directory) -> str:
    """Leaves and families by their names; empty for none."""
    return _joined(_categories(codes, book))


def _categories(codes: Sequence[str], book: Directory) -> list[str]:
    return [_category(code, book) for code in codes]


def _category(code: str, book: Directory) -> str:
    leaf, family = book.categories.get(code), book.families.get(code)
    if leaf is not None:
        return _("%(family)s—%(leaf)s", family=leaf.family_name, leaf=leaf.name)
    return _("%(family)s（全部）", family=family.name) if family else code


def _places(codes: Sequence[str], book: Directory) -> list[str]:
    return [book.places[code].name if code in book.places else code for code in codes]


NAMED: Mapping[str, Callable[[Sequence[str], Directory], Iterable[str]]] = {
    "categories": _categories,
    "places": _places,
    "respondents": lambda values, _book: [f"“{value}”" for value in values],
    "words": lambda values, _book: [f"“{value}”" for value in values],
    "channels": lambda values, _book: [CHANNELS.get(value, value) for value in values],
    "natures": lambda values, _book: [NATURES.get(value, value) for value in values],
}


def _joined(values: Iterable[str]) -> str:
    return speech.listed(list(values))


def target(directive: Directive, book: Directory) -> str:
    """Where it sends."""
    if directive.department is not None:
        return office(directive.department, book)
    return _("离事情发生地最近的%(kind)s部门", kind=_kind(directive.kind, book))


def office(code: str | None, book: Directory) -> str:
    """A department's name; a dispatcher where there is none."""
    if code is None:
        return _("派单员")
    return book.departments[code].name if code in book.departments else code


def _kind(code: str | None, book: Directory) -> str:
    found = book.kinds.get(code or "")
    return _("“%(name)s”", name=found.name if found else code)


def times(directive: Directive) -> str:
    """In which days it holds; empty where it always does."""
    begins, ends = directive.begins, directive.ends
    if begins is None and ends is None:
        return ""
    return _("%(begins)s至%(ends)s", begins=words.day(begins) if begins else "", ends=words.day(ends) if ends else "")


def standing(directive: Directive, today: date, book: Directory) -> dict[str, str]:
    """How it stands, with icon, colour and, where it rests, why."""
    code = state(directive, today, book)
    name, icon, tone = STATES[code]
    return {"name": _(name), "icon": icon, "tone": tone, "why": closed(directive, book) if code == "resting" else ""}


def conflict(found: Conflict, book: Directory) -> str:
    """What is wrong, in a sentence."""
    values = _joined(_category(code, book) if code not in book.places else book.places[code].name
                     for code in found.values)  # fmt: skip
    return _(CONFLICTS[found.kind], other=found.other.name if found.other else "", values=values)


def history(entries: Sequence[Entry], book: Directory) -> list[dict[str, Any]]:
    """What was done to it, the newest first."""
    return [{"at": one.at, "who": one.actor, "what": _(ACTIONS[one.action]), "how": _how(one, book)}
            for one in entries]  # fmt: skip


def _how(entry: Entry, book: Directory) -> list[str]:
    """What changed, one line for each field."""
    told = entry.details
    if entry.action != "directive.edited":
        return [_said(name, value, book) for name, value in told.items()]
    names = dict.fromkeys([*told["was"], *told["became"]])
    return [
        _("%(before)s → %(after)s", before=_said(name, told["was"].get(name), book),
          after=_value(name, told["became"].get(name), book))
        for name in names
    ]  # fmt: skip


def _said(name: str, value: Any, book: Directory) -> str:
    return _("%(name)s：%(value)s", name=_(CALLED[name]), value=_value(name, value, book))


def _value(name: str, value: Any, book: Directory) -> str:
    """A value of a field as people read it."""
    if value is None:
        return _("（空）")
    if name in NAMED:
        return _joined(NAMED[name](value, book))
    if name == "department":
        return office(value, book)
    if name == "kind":
        return _("离事情发生地最近的%(kind)s部门", kind=_kind(value, book))
    return _("是") if value is True else str(value)
