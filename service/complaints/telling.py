"""The words that give away who complains: kept out of what others are written, masked before who may not know them."""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from service.classifier import facts
from service.classifier.facts.letters import half
from service.classifier.facts.personal import personal
from service.directory.rules import Directory

# What a word is, as people are told.
ENTERPRISE, CONTACT, PHONE = "企业的名称", "联系人", "联系电话"
CREDIT, IDENTITY, CONTRACT, AMOUNT = "信用代码", "身份证号", "合同编号", "准确的金额"
# What stands for one where it is masked.
INSTEAD = {ENTERPRISE: "〔企业〕", CONTACT: "〔联系人〕", PHONE: facts.PHONE, CREDIT: facts.CREDIT}
WRITTEN = {"phone": PHONE, "identity": IDENTITY, "credit": CREDIT}
LEGAL_FORM = re.compile(r"有限责任公司|股份有限公司|有限公司|分公司|公司|集团|合伙企业|个人独资企业")
BRACKETED = re.compile(r"\([^()]*\)")
# Of a name so many characters at least are looked for, of what stands behind its place one more: shorter ones, and the
# names of places, stand in any text.
LEAST = 2
# So many digits at its end tell a telephone number, with or without the codes before it.
PHONE_DIGITS = 7
# What people put between the characters of a name or a number without changing it; in half width.
BETWEEN = re.compile(r"[\s,_·-]")
GAP = f"{BETWEEN.pattern}*"
# A number is no part of a longer one: 120万 is not in 3120万, nor 200,000 in 1,200,000. Telephones are, behind codes.
WHOLE = frozenset({CONTRACT, AMOUNT})
NO_DIGITS_BEFORE, NO_DIGITS_BEHIND = r"(?<!\d)(?<!\d[,.])", r"(?!,?\d)"
# By what a sum is divided, and the unit behind it then. Digits alone are a sum from so much on: fewer may be a day.
SCALES = {1: "元", 10_000: "万", 100_000_000: "亿"}
LARGE = 10_000

# Names made of these alone are a trade's: they tell of nobody, and stand in any complaint about such a matter.
TRADES = re.compile(
    "(?:建筑|建设|工程|装饰|装修|安装|市政|路桥|水利|电力|园林|绿化|物业|保洁|商贸|贸易|科技|技术|信息|电子|物流|运输|建材|材料|食品|餐饮"
    "|酒店|医疗|医药|器械|设备|机械|劳务|服务|农牧业?|农业|牧业|投资|广告|文化|传媒|能源|矿业|化工|管理|咨询|实业|发展|环保|制造|加工|工贸)+"
)

# What a word is, and the word.
Word = tuple[str, str]


def names(name: str | None, book: Directory) -> Iterator[Word]:
    """An enterprise's name as people write it: in full, without its legal form, and without the place before that."""
    short = core(name or "")
    own = book.after_places(short)
    known = (name or "", short if own else "", own if len(own) > LEAST and not TRADES.fullmatch(own) else "")
    yield from ((ENTERPRISE, one) for one in dict.fromkeys(known) if _is_word(one))


def core(name: str) -> str:
    """An enterprise's name up to its legal form: 草原狼 of 草原狼（内蒙古）有限公司五原分公司."""
    return LEGAL_FORM.split(BRACKETED.sub("", half(name)))[0]


def who(complaint: Any, book: Directory) -> Iterator[Word]:
    """The names and numbers of who complains; `complaint`: one, or a draft of one."""
    yield from names(complaint.enterprise_name, book)
    numbers = ((PHONE, (complaint.contact_phone or "")[-PHONE_DIGITS:]), (CREDIT, complaint.uscc or ""))
    yield from (pair for pair in ((CONTACT, complaint.contact_name or ""), *numbers) if _is_word(pair[1]))


def telling(complaint: Any, book: Directory) -> Iterator[Word]:
    """All that would tell whose complaint it is: names, numbers, contract, exact amount."""
    yield from who(complaint, book)
    yield from _written(f"{complaint.title or ''}\n{complaint.body}")
    if _is_word(contract := complaint.details.get("debt", {}).get("contract_number") or ""):
        yield CONTRACT, contract
    yield from ((AMOUNT, text) for text in _amounts(complaint.amount))


def _written(text: str) -> Iterator[Word]:
    """The numbers of persons and firms that somebody wrote into a text; who stays anonymous left no others."""
    letters = half(text)
    for one in personal(letters):
        number = _bare(letters[one.start : one.end])
        yield WRITTEN[one.kind], number[-PHONE_DIGITS:] if one.kind == "phone" else number


def _amounts(amount: Decimal | None) -> Iterator[str]:
    """The ways in which a sum may be written: 1250000, 125万."""
    if amount is None:
        return
    if amount >= LARGE:
        yield f"{amount.normalize():f}"
    yield from (f"{(amount / scale).normalize():f}{unit}" for scale, unit in SCALES.items() if amount >= scale)


def found(text: str, words: Iterable[Word]) -> dict[str, str]:
    """What of some words stands in a text, however it is written: what it is → the word."""
    letters = half(text)
    return {what: word for what, word in words if _pattern(what, word).search(letters)}


def covered(text: str, words: Iterable[Word], instead: Callable[[str], str] = INSTEAD.__getitem__) -> str:
    """A text with something else in place of each of some words; longer ones first, since one may be in another."""
    for what, word in sorted(words, key=lambda pair: -len(pair[1])):
        for match in reversed(list(_pattern(what, word).finditer(half(text)))):
            text = text[: match.start()] + instead(what) + text[match.end() :]
    return text


def _is_word(text: str) -> bool:
    """Whether something was filled in that tells of somebody; dashes are what people write for nothing."""
    return len(_bare(text)) >= LEAST


def _bare(text: str) -> str:
    return BETWEEN.sub("", half(text))


def _pattern(what: str, word: str) -> re.Pattern[str]:
    letters = GAP.join(map(re.escape, _bare(word)))
    whole = f"{NO_DIGITS_BEFORE}{letters}{NO_DIGITS_BEHIND}" if what in WHOLE else letters
    return re.compile(whole, re.IGNORECASE)
