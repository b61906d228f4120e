"""Words that may stand in a label which many people read."""

import re
from functools import lru_cache
from mmap import ACCESS_READ, mmap

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
    with segmenter().get_dict_file() as file, mmap(file.fileno(), 0, access=ACCESS_READ) as lines:
        at = lines.find(f"\n{word} ".encode())
        lines.seek(at + 1)
        return lines.readline().strip().rpartition(b" ")[2] if at >= 0 else b""
