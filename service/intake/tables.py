"""Complaints as rows of a table: which column is which field, and what a row says as a filing's document."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl.utils.datetime import from_excel, to_excel

from service.clock import ZONE
from service.complaints.rules import CHANNELS, FLAGS, NATURES, RESPONDENT_KINDS, SIZES
from service.directory.rules import Directory
from service.errors import Invalid
from service.sentences import Verbatim, say

YES_NO = {"是": True, "否": False}
SEPARATORS = re.compile(r"[、,，;；]\s*")
SPOKEN_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
SPOKEN_TIME = re.compile(r"(\d{1,2})[:：](\d{2})")
# What stands in a cell whose formula came to nothing.
ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!"})
FIRST_DAY, LAST_DAY = to_excel(date(1990, 1, 1)), to_excel(date(2100, 1, 1))
UNTIMED = "请写成日期，或日期和时间，例如 2026-04-30 或 2026-04-30 17:30。"
UNSOURCED = "填了来源编号或上级要求的办结时间，就要写明从哪个系统转来。"
# The column of a result that says why a row was not taken; in a table that is sent in again it says nothing.
WHY = "原因"


@dataclass(frozen=True)
class Field:
    """A column of the table.

    Attributes:
        path: of the field in the filing's schema; read: from a cell to what the schema reads.
        table: the choices, name → code, that do not depend on the directory.
        codes: which table of the directory they stand in otherwise.
    """

    title: str
    path: str
    hint: str = ""
    example: str = ""
    required: bool = False
    width: int = 16
    kind: str = "text"
    table: Mapping[str, Any] | None = None
    codes: str = ""
    several: bool = False


def _by_name(table: Mapping[str, str]) -> dict[str, Any]:
    return {name: code for code, name in table.items()}


FIELDS = (
    Field("诉求内容", "body", "发生了什么、想解决什么，最多 20,000 字。", "货款拖欠一年多没有给……", True, 60),
    Field("标题", "title", "一句话概括，最多 200 字。", width=30),
    Field("事发地区", "region", "旗县区或盟市的名称或编码，见「代码」表。", "五原县", codes="places"),
    Field("诉求性质", "nature", "不填由系统判断。", "投诉", table=_by_name(NATURES)),
    Field("类别", "category", "名称或编码，见「代码」表；不填由系统判断。", "货款服务款", codes="categories"),
    Field("匿名", "anonymous", "填「是」时，企业和联系人各列都要空着。", "否", width=8, table=YES_NO),
    Field("保密", "confidential", "填「是」时，只有办理必需的人知道是谁。", "否", width=8, table=YES_NO),
    Field("企业名称", "enterprise.name", "不匿名时必须填写。", "河套试剂有限公司", width=26),
    Field("统一社会信用代码", "enterprise.uscc", "18 位。", "91150100MA0MW4Q31H", width=24),
    Field("企业规模", "enterprise.size", "", "小型", width=10, table=_by_name(SIZES)),
    Field("联系人", "contact.name", "", "白女士", width=12),
    Field("联系电话", "contact.phone", "不匿名时必须填写；座机带区号。", "0471-6601234", width=18),
    Field("反映的对象", "respondent.name", "被反映单位的全称。", "五原县人民医院", width=26),
    Field("对方的性质", "respondent.kind", "", "事业单位", table=_by_name(RESPONDENT_KINDS)),
    Field("涉及金额（元）", "amount", "以元为单位的数字。", "320500.00", kind="money"),
    Field("标记", "flags", "可填几个，用顿号隔开。", "紧急、群体", table=_by_name(FLAGS), several=True),
    Field("来源渠道", "channel", "", "上级交办", table=_by_name(CHANNELS)),
    Field("来源系统", "source.system", "从哪个系统转来；填了后面两列的，必须填写。", "12345"),
    Field("来源编号", "source.number", "那个系统里的编号；同一编号不会重复提交。", "BY2026030901", width=20),
    Field("上级要求的办结时间", "source.due_at", "日期，或日期和时间。", "2026-04-30 17:30", kind="moment"),
    Field("合同编号", "debt.contract_number", "拖欠账款时填写。", "HT-2025-08"),
    Field("合同签订日期", "debt.signed_on", "", "2025-03-01", kind="day"),
    Field("交付日期", "debt.delivered_on", "", "2025-06-01", kind="day"),
    Field("验收日期", "debt.accepted_on", "", "2025-06-10", kind="day"),
    Field("约定付款日期", "debt.due_on", "", "2025-07-10", kind="day"),
    Field("谁承诺的", "promise.by", "政务失信时填写。", ""),
    Field("承诺文件", "promise.document", "", ""),
    Field("哪项政策", "policy.name", "政策不落实时填写。", ""),
)
BY_TITLE = {field.title: field for field in FIELDS}
# What the schema says of a group is told at the column that is asked for first.
BESIDE = {"enterprise": "enterprise.name", "contact": "contact.phone", "respondent": "respondent.name",
          "source": "source.system"}  # fmt: skip
TITLES = {field.path: field.title for field in FIELDS}


def fields_of(heads: Sequence[Any]) -> list[Field | None]:
    """The field of each column of a table, by its head; None for the column of reasons.

    Raises:
        Invalid: a column is unknown, stands there twice, or one that is needed is missing.
    """
    titles = [Verbatim(str(head or "").strip().rstrip("*＊ ")) for head in heads]
    known = {*BY_TITLE, WHY}
    unknown = [title or say("第 %(at)d 列", at=at) for at, title in enumerate(titles, 1) if title not in known]
    twice = sorted({title for title in titles if titles.count(title) > 1 and title})
    missing = [Verbatim(field.title) for field in FIELDS if field.required and field.title not in titles]
    said = [
        say("第一行应当是模板的列名。没有这些列：%(names)s。请对照模板改正或删去。", names=unknown[:5])
        if unknown
        else "",
        say("这些列出现了两次：%(twice)s。", twice=twice) if twice else "",
        say("缺少必填的列：%(missing)s。", missing=missing) if missing else "",
    ]
    if wrong := [sentence for sentence in said if sentence]:
        raise Invalid("表格的列与模板不一样，请看下面的说明。", {"file": wrong})
    return [BY_TITLE.get(title) for title in titles]


@dataclass(frozen=True)
class Codes:
    """What stands for what in the directory of this moment: table → name → code, for names that mean one thing."""

    names: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, book: Directory) -> "Codes":
        """The names of places, alone and with that of the league before, and of categories, with their family."""
        places = {code: [place.name, _above(code, book) + place.name] for code, place in book.places.items()}
        leaves = {
            code: [leaf.name, f"{leaf.family_name}/{leaf.name}"]
            for code, leaf in book.categories.items() if leaf.active
        }  # fmt: skip
        return cls({"places": _unique(places), "categories": _unique(leaves)})


def _above(code: str, book: Directory) -> str:
    parent = book.places[code].parent
    return book.places[parent].name if parent else ""


def _unique(named: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Name → code where the name means one thing only; each code also stands for itself."""
    found: dict[str, str] = {}
    doubtful: set[str] = set()
    for code, names in named.items():
        for name in set(names):
            if found.setdefault(name, code) != code:
                doubtful.add(name)
    return {name: code for name, code in found.items() if name not in doubtful} | {code: code for code in named}


@dataclass(frozen=True)
class Said:
    """A row as a filing's document, and what in it cannot be read: path → sentence."""

    document: dict[str, Any]
    wrong: Mapping[str, str]


def said(fields: Sequence[Field | None], cells: Sequence[Any], codes: Codes) -> Said:
    """What a row says."""
    document: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field, cell in zip(fields, cells, strict=False):
        text = plain(cell)
        if field is None or text == "":
            continue
        try:
            _put(document, field.path, _value(field, cell, text, codes))
        except ValueError as error:
            wrong[field.path] = str(error)
    if "system" not in document.get("source", {"system": ""}):
        wrong["source.system"] = UNSOURCED
    return Said(document, wrong)


def _value(field: Field, cell: Any, text: str, codes: Codes) -> Any:
    if text in ERRORS:
        raise ValueError(say("这一格的公式算错了（%(text)s），请改成要填的内容。", text=text))
    table = codes.names[field.codes] if field.codes else field.table
    if table is not None:
        known = {**table, **{str(code): code for code in table.values() if isinstance(code, str)}}
        parts = SEPARATORS.split(text) if field.several else [text]
        chosen = [_one_of(known, part, field) for part in parts if part]
        return chosen if field.several else chosen[0]
    return READ.get(field.kind, _as_text)(cell, text)


def _one_of(table: Mapping[str, Any], text: str, field: Field) -> Any:
    if text not in table:
        if field.table:
            raise ValueError(say("没有「%(text)s」这一项，请填：%(few)s。", text=text[:20], few=list(field.table)))
        raise ValueError(say("没有「%(text)s」这一项，请照「代码」表填写。", text=text[:20]))
    return table[text]


def _as_text(_cell: Any, text: str) -> str:
    return text


def _as_money(_cell: Any, text: str) -> str:
    return re.sub(r"[,，\s¥￥元]", "", text)


def _day_of(cell: Any) -> Any:
    """A day that a table shows as its number, where only the value was pasted."""
    numbered = isinstance(cell, int | float) and not isinstance(cell, bool) and FIRST_DAY <= cell < LAST_DAY
    return from_excel(cell) if numbered else cell


def _as_day(cell: Any, text: str) -> str:
    cell = _day_of(cell)
    if isinstance(cell, date):
        return cell.date().isoformat() if isinstance(cell, datetime) else cell.isoformat()
    found = SPOKEN_DAY.fullmatch(text)
    return f"{int(found[1]):04}-{int(found[2]):02}-{int(found[3]):02}" if found else text


def _as_moment(cell: Any, text: str) -> str:
    """A day without a time ends at its close of business."""
    cell = _day_of(cell)
    if isinstance(cell, datetime):
        at = cell if (cell.hour, cell.minute) != (0, 0) else cell.replace(hour=17, minute=30)
        return at.replace(tzinfo=ZONE).isoformat()
    day, time = SPOKEN_DAY.match(text), SPOKEN_TIME.search(text)
    if day is None:
        raise ValueError(UNTIMED)
    year, month, date_, hour, minute = map(int, (*day.groups(), *(time.groups() if time else (17, 30))))
    try:
        return datetime(year, month, date_, hour, minute, tzinfo=ZONE).isoformat()
    except ValueError as error:
        raise ValueError(UNTIMED) from error


READ: Mapping[str, Callable[[Any, str], Any]] = {"money": _as_money, "day": _as_day, "moment": _as_moment}


def plain(cell: Any) -> str:
    """A cell as a text: whole numbers without a point, moments as they are written here."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(Decimal(repr(cell)))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}" if (cell.hour, cell.minute) != (0, 0) else f"{cell:%Y-%m-%d}"
    return str(cell).strip()


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    group, _, name = path.rpartition(".")
    (document.setdefault(group, {}) if group else document)[name] = value


def reasons(errors: Mapping[str, Sequence[str]]) -> str:
    """What is wrong with a row, in the words of the table: 联系电话：…；企业名称：…"""
    return "\n".join(dict.fromkeys(f"{_title(path)}：{'；'.join(said)}" for path, said in errors.items()))


def _title(path: str) -> str:
    """The column that a sentence of the schema belongs to."""
    here = re.sub(r"\.\d+$", "", path)
    return TITLES.get(BESIDE.get(here, here), here)
