"""Words that may stand in a label which many people read."""

import re
from functools import lru_cache

from service.classifier.text import segmenter

HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
PERSONS = b"nr"


@lru_cache(maxsize=4096)
def sayable(word: str) -> bool:
    """Whether a word is known to the dictionary and is nobody's name; a name that no dictionary knows is not sayable.

    jieba's dictionary takes some other words for names too (牛羊): they are lost, which costs a label little.
    """
    return bool(HAN.fullmatch(word)) and bool(segmenter().FREQ.get(word)) and not _tag(word).startswith(PERSONS)


def _tag(word: str) -> bytes:
    """What jieba's dictionary says that a word is; nothing of a word that only our own dictionary has."""
    if (tag := segmenter().user_word_tag_tab.get(word)) is not None:
        return str(tag).encode()
    with segmenter().get_dict_file() as lines:
        _, _, rest = (b"\n" + lines.read()).partition(f"\n{word} ".encode())
    return rest[:40].partition(b"\n")[0].partition(b" ")[2]
