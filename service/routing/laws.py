"""Which law an arrears complaint is accepted under, and the articles that may be shown (V only)."""

from dataclasses import dataclass

from service.routing.matter import ASKING


@dataclass(frozen=True)
class Law:
    """Under which law an arrears complaint is accepted; None among the creditors: the size was not said."""

    code: str
    creditors: frozenset[str | None]
    debtors: frozenset[str]
    article: str


# An enterprise that did not say its size is taken for a small or medium one until somebody doubts it (P; V 802-29).
SMALL = frozenset({"micro", "small", "medium", None})
ANY = SMALL | {"large"}
LAWS = (
    Law("802", SMALL, frozenset({"organ", "institution", "fiscal", "large"}), "保障中小企业款项支付条例第二十五条"),
    Law("business-environment", ANY, frozenset({"organ", "institution"}), "优化营商环境条例第三十二条"),
    Law("private-economy", ANY, frozenset({"state-owned"}), "民营经济促进法第六十七条"),
)
ARTICLES = {law.code: law.article for law in LAWS}
REPORT = "信访工作条例第三十条"
RETALIATION = "保障中小企业款项支付条例第二十条、第三十五条"
LEAVES = {"competition.review": "公平竞争审查条例第二十二条"}


def law(creditor_size: str | None, debtor_kind: str) -> str | None:
    """The first law that covers a debt between these two; None where none does."""
    fits = (law.code for law in LAWS if debtor_kind in law.debtors and creditor_size in law.creditors)
    return next(fits, None)


def article(law: str | None, nature: str, leaf: str) -> str | None:
    """The article that decides where a complaint goes; a question, and this platform's own rules, have none."""
    if nature in ASKING:
        return None
    if law is not None:
        return ARTICLES[law]
    return REPORT if nature == "report" else LEAVES.get(leaf)


def retaliation_article(law: str | None) -> str | None:
    """What forbids taking revenge on an enterprise that asked for its money."""
    return RETALIATION if law == "802" else None
