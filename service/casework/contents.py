"""What a letter about a complaint says.

It says what its reader may know and needs, never how to reach who complains, nor what was written; the facts are taken
from what was filed in fields of their own. Who complains is left out where the complaint is confidential, anonymous or
sealed, and with it what would tell just as much: contract, days, exact amount.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.casework.models import Letter
from service.classifier.facts import mask
from service.complaints import reading
from service.complaints.models import Complaint
from service.directory.rules import Directory

ORDER, INQUIRY, LETTER = "order", "inquiry", "letter"
PROMISE = "本平台服务承诺"
LAW = "依据：保障中小企业款项支付条例"
LAW_CODE = "802"
UNSAID = "（不列名）"


@dataclass(frozen=True)
class Kind:
    """A kind of letter.

    Attributes:
        mark: what its numbers begin with.
        title: as it stands over the text; opening: what the text begins with; term: until when to do what.
        outside: it goes to the respondent, who answers by a one-time link; else to a department of ours.
        statute: the articles of 802 it stands on, where the handling department writes it.
        early: the same where the receiving authority does, since nobody handles it yet.
    """

    name: str
    mark: str
    title: str
    opening: str
    term: str
    outside: bool
    statute: str
    early: str = ""


BY_LINK = "请于%s前书面反馈，可通过随函提供的一次性链接填写。"
LETTERS = {
    ORDER: Kind(
        "督办单", "企声督办", "企业诉求督办单", "下列企业诉求现予督办，请按要求办理并反馈结果。",
        "请于%s前办理并反馈结果。", outside=False, statute="第二十五条第二款（处理期限）；督办为" + PROMISE,
    ),
    INQUIRY: Kind(
        "函询", "企声函询", "关于核实企业反映事项的函", "我单位正在办理下列企业反映事项，请核实有关情况并书面反馈。",
        BY_LINK, outside=True, statute="第二十五条第三款", early="第二十三条第二款",
    ),
    LETTER: Kind(
        "督办书", "企声督书", "关于企业反映事项的督办书", "现就下列企业反映事项予以督办，请按要求办理并书面反馈。",
        BY_LINK, outside=True, early="第二十三条第二款",
        statute="第二十五条第三款。收到督办书仍拒不配合的，处理投诉部门可以约谈、通报被投诉人，并责令整改",
    ),
}  # fmt: skip

ISSUER = "发文机关"
OBJECTS = {"goods": "货物", "services": "服务", "works": "工程", "deposit": "保证金"}
# (group, field) of a complaint's details → what it is called, and whether it tells the respondent who complains
FACTS = {
    ("debt", "contract_number"): ("合同编号", True),
    ("debt", "object"): ("合同标的", False),
    ("debt", "signed_on"): ("合同签订日期", True),
    ("debt", "delivered_on"): ("交付日期", True),
    ("debt", "accepted_on"): ("验收日期", True),
    ("debt", "due_on"): ("约定付款日期", True),
    ("promise", "by"): ("承诺单位", True),
    ("promise", "document"): ("承诺文件", True),
    ("promise", "made_on"): ("承诺日期", True),
    ("policy", "name"): ("政策名称", False),
    ("policy", "document"): ("政策文件", False),
    ("policy", "applied_on"): ("申请日期", True),
}


def matter(complaint: Complaint, kind: str, issuer: str, book: Directory) -> str:
    """What a letter is about, a fact a line, each as 名称：内容; the first says who signs."""
    named = is_named(complaint)
    category = reading.category(complaint.category, book)
    pairs = [
        (ISSUER, issuer),
        ("诉求编号", complaint.number),
        ("事项类别", f"{category['family_name']}（{category['name']}）" if category else None),
        ("投诉企业", complaint.enterprise_name if named else _unsaid(complaint)),
        ("被投诉单位", None if LETTERS[kind].outside else complaint.respondent_name),
        *(_contract(complaint.details, named) if LETTERS[kind].outside else ()),
        ("涉及金额", f"{complaint.amount:,.2f} 元" if complaint.amount is not None and named else None),
    ]
    return "\n".join(f"{name}：{_line(value)}" for name, value in pairs if value)


def is_named(complaint: Complaint) -> bool:
    """Whether letters may say who complains."""
    return not (complaint.anonymous or complaint.confidential or complaint.sealed)


def _unsaid(complaint: Complaint) -> str:
    """What stands in place of a name."""
    return UNSAID if complaint.sealed else str(reading.enterprise(complaint, ())["name"])


def _contract(details: dict[str, Any], named: bool) -> Iterable[tuple[str, str]]:
    """What was filed of the contract, promise or policy; `named`: also what tells who filed it."""
    for (group, name), (label, tells) in FACTS.items():
        if (value := details.get(group, {}).get(name)) and (named or not tells):
            yield label, _spoken(name, str(value))


def _spoken(name: str, value: str) -> str:
    if name.endswith("_on"):
        day = date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    return OBJECTS.get(value, value) if name == "object" else value


def _line(value: str) -> str:
    """On one line, so that nobody can add a fact by breaking it, and without numbers of persons."""
    return mask(" ".join(value.split()))


def facts(letter: Letter) -> list[tuple[str, str]]:
    """The facts of a letter's matter with their names."""
    return [(name, value) for name, _, value in (line.partition("：") for line in letter.matter.split("\n"))]


def basis(complaint: Complaint, kind: str) -> str:
    """The articles that a letter stands on, for arrears under the regulation; else the platform's own promise."""
    if LAW_CODE not in complaint.regimes:
        return PROMISE
    found = LETTERS[kind]
    return LAW + (found.statute if complaint.department or not found.early else found.early)
