"""A small corpus of our own, and a model of it that takes a blink to train."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.classifier.corpus import Corpus
from service.classifier.model import Model
from service.classifier.training import train

SAYINGS = {
    "arrears.goods": ["医院拖欠货款", "学校欠我们设备货款不给", "供货两年货款没有结清", "局里欠货款，对账单都签了"],
    "arrears.construction": ["工程款拖欠三年", "修路的工程款没有给", "项目部说工程款等等", "竣工以后工程款不付"],
    "market.credit": ["信用修复被退回", "经营异常名录移不出来", "信用网站上的处罚修复不了", "申请信用修复没有结果"],
    "market.ip": ["商标被人抢注", "专利被侵权没有人管", "商标侵权投诉三次", "别人用我们的商标和专利"],
}


@pytest.fixture(scope="package", autouse=True)
def own_var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Whatever these tests write, they write to a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        var = tmp_path_factory.mktemp("classifier-var")
        patch.setenv("QST_VAR", str(var))
        yield var


def make_corpus(**changes: object) -> Corpus:
    """Four leaves of two families, four texts each."""
    texts = [(text, label) for label, sayings in SAYINGS.items() for text in sayings]
    given = {"titles": [""] * len(texts), "texts": [text for text, _ in texts], "labels": [label for _, label in texts]}
    return Corpus(**{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="package")
def small(own_var: Path) -> Model:
    """A model of make_corpus()."""
    return train(make_corpus())
