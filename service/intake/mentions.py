"""What a text says about its dates, payments and excuses: which of them is which, by the words beside them.

Only what it says plainly: it goes into a form, marked, for its writer to check.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from service.classifier.facts import Facts

# Words that stand behind a day in its clause (…日签订合同) or before it (签订日期是…日) → the field that asks for it.
DAYS = {
    "debt.signed_on": re.compile("签订|签署|签了|签的|签合同|签约|订立"),
    "debt.accepted_on": re.compile("验收"),
    "debt.delivered_on": re.compile("交付|交货|供货(?!合同|协议)|送货|送到|送齐|发货|竣工|完工|交工|交完"),
    "debt.due_on": re.compile("(?:应当?|该|约定|最迟).{0,6}(?:付|结清|还清)|(?:前|内)(?:付清|付款|结清|支付)|到期"),
    "debt.last_paid_on": re.compile("(?:又|最后|最近|只|仅|才)(?:一次)?(?:付|支付|给|打|转)了?"),
    "promise.made_on": re.compile("承诺|答应|签订|签署|签了|签的|签约|协议|纪要"),
    "policy.applied_on": re.compile("申请|申报|提交|报了"),
}
EXCUSES = {
    "bills": re.compile("商票|承兑|供应链票据"),
    "pay_when_paid": re.compile(
        "背靠背|(?:上游|业主|总包|甲方|上级|上面|财政)[^，。；]{0,8}(?:没|未|不)[^，。；]{0,3}(?:付|给|拨|到账|到位)"
    ),
    "audit": re.compile(
        "(?:等|没|未|不)[^，。；]{0,6}(?:审计|评审|审定|结算审核)|(?:审计|评审)[^，。；]{0,6}(?:没|未|不|完)"
    ),
    "change_of_person": re.compile(
        "换了?(?:领导|院长|校长|人|负责人|班子)|前任|上一届|新官|新来的|人(?:员)?调走|领导调"
    ),
    "internal_procedure": re.compile("走流程|走程序|内部流程|流程(?:没|还没|在走)|(?:等|没)[^，。；]{0,6}签字"),
    "no_money": re.compile("没有?钱|没资金|资金(?:紧张|困难|不足)|财政(?:紧张|困难|没钱)|账上没"),
}
OBJECTS = {
    "deposit": re.compile("保证金|质保金|押金"),
    "works": re.compile("工程款|施工|工程|装修|土建|修路|绿化"),
    "goods": re.compile("货款|供货|供应|送货|货物|材料|设备|耗材|试剂|食材|药[款品]"),
    "services": re.compile("服务费|服务|物业|保洁|运输费|设计费|检测费|广告费"),
}
WHOLE, OF_THE_YEAR = len("2026-03-13"), len("--03-13")
BEFORE = 8
CONTRACT = re.compile("合同|总价|总造价|中标价|协议金额")
END = re.compile("[。；;！!？?\n]")


def days(text: str, found: Facts) -> dict[str, str]:
    """Field → day: the first whole day of the text that these words stand beside."""
    told: dict[str, str] = {}
    for day, before, behind in _said(text, found):
        for name, words in DAYS.items():
            if words.search(behind) or words.search(before):
                told.setdefault(name, day)
    return told


def _said(text: str, found: Facts) -> Iterator[tuple[str, str, str]]:
    """Each whole day with what is said right before it, and behind it up to the next date or the end of the sentence.

    A day without a year is one of the year that was said last.
    """
    ends = [*(one.start for one in found.dates), len(text)]
    year, last = "", 0
    for one, (_start, following) in zip(found.dates, pairwise(ends), strict=True):
        day = year + one.date[1:] if year and len(one.date) == OF_THE_YEAR and one.date.startswith("--") else one.date
        year = day[:4] if not day.startswith("--") else year
        if len(day) == WHOLE:
            behind = END.split(text[one.end : following])[0]
            yield day, END.split(text[max(last, one.start - BEFORE) : one.start])[-1], behind
        last = one.end


def paid(found: Facts) -> str:
    """What was paid so far: the one sum that is said to be, or the one that is said to be all of it."""
    sums = [one for one in found.sums if one.role == "paid"]
    whole = [one for one in sums if one.total] or sums
    return format(whole[0].yuan.normalize(), "f") if len(whole) == 1 else ""


def contract(text: str, found: Facts) -> str:
    """What the contract comes to: the one sum that is said to be."""
    totals = [one for one in found.sums if one.role == "total"]
    sums = [one for one in totals if CONTRACT.search(text, max(0, one.start - BEFORE), one.start)]
    return format(sums[0].yuan.normalize(), "f") if len(sums) == 1 and sums[0] != found.amount else ""


def excuses(text: str) -> list[str]:
    """Why the debtor does not pay, as it says."""
    return [code for code, words in EXCUSES.items() if words.search(text)]


def owed_for(text: str) -> str:
    """What is owed for; empty where nothing says it."""
    return next((code for code, words in OBJECTS.items() if words.search(text)), "")


def given(text: str, found: Facts) -> dict[str, str | Sequence[str]]:
    """Dotted name of a field → what the text says for it."""
    sums = {"debt.paid": paid(found), "debt.contract_amount": contract(text, found)}
    told = {**days(text, found), **sums, "debt.object": owed_for(text), "debt.excuses": excuses(text)}
    return {name: value for name, value in told.items() if value}
