"""By which words an answer is found."""

from collections.abc import Iterable

from service.lexemes import lexeme

# What stands in nearly every complaint says nothing about which answer is meant.
COMMON = frozenset(
    (
        "公司", "企业", "我们", "我司", "你们", "他们", "没有", "现在", "一直", "已经",
        "怎么", "怎么办", "什么", "多久", "可以", "不能", "应该", "还是", "因为", "所以",
        "但是", "请问", "咨询", "问题", "情况", "时候", "时间", "要求", "单位", "部门",
        "办理", "一个", "一年", "一年多", "今年", "去年", "这个", "那个", "就是", "到现在",
        "有限", "有限公司",
    )
)  # fmt: skip
SHORTEST = 2
MOST_WORDS = 100
# How strongly a word counts that stands in the question or only in the answer; PostgreSQL reads D, C, B, A.
ASKED, SAID = "A", "D"
WEIGHTS = [0.05, 0.1, 0.4, 1.0]
# What it is worth to belong to the complaint's leaf, or only to its family, and from where on an answer is offered.
OF_LEAF, OF_FAMILY, LEAST = 0.8, 0.4, 0.5


def telling(words: Iterable[str]) -> list[str]:
    """The words of a text that can tell one answer from another, each once, in order."""
    found = dict.fromkeys(word for word in words if len(word) >= SHORTEST and word not in COMMON)
    return list(found)[:MOST_WORDS]


def vector(asked: Iterable[str], said: Iterable[str]) -> str:
    """Words as PostgreSQL reads a tsvector with weights."""
    places = [*((word, ASKED) for word in telling(asked)), *((word, SAID) for word in telling(said))]
    return " ".join(f"{lexeme(word)}:{place}{weight}" for place, (word, weight) in enumerate(places, 1))


def query(words: Iterable[str], everywhere: bool = False) -> str:
    """That one of the words at least stands in the question, or anywhere, as PostgreSQL reads a tsquery."""
    where = "" if everywhere else f":{ASKED}"
    return " | ".join(lexeme(word) + where for word in words)
