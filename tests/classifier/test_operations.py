import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.classifier import operations, storage
from service.classifier.model import Model
from service.config import ROOT
from service.errors import Unavailable


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Each test starts as a new process with an empty var/ would; the session's model is back afterwards."""
    monkeypatch.setenv("QST_VAR", str(tmp_path))
    monkeypatch.setattr(operations, "_loaded", None)
    return None


@pytest.fixture
def tiny_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Seed files of two leaves."""
    data = tmp_path / "data"
    (data / "examples").mkdir(parents=True)
    (data / "user_dictionary.txt").write_bytes((ROOT / "data" / "user_dictionary.txt").read_bytes())
    (data / "seed_categories.yaml").write_text(
        "categories:\n"
        "  - {code: a, name: 甲}\n"
        "  - {code: a.x, parent: a, name: 货款}\n"
        "  - {code: a.y, parent: a, name: 商标}\n",
        encoding="utf-8",
    )
    (data / "examples" / "a.yaml").write_text("x: [欠货款, 货款不给]\ny: [商标侵权, 商标抢注]\n", encoding="utf-8")
    monkeypatch.setenv("QST_DATA", str(data))
    return data


def test_without_a_model_one_is_told_to_train() -> None:
    for ask in (operations.load, operations.version, lambda: operations.suggest("货款")):
        with pytest.raises(Unavailable, match="flask model train"):
            ask()


def test_the_first_question_loads_the_current_model(small: Model) -> None:
    kept = storage.keep(small, operations.models())
    assert operations.suggest("医院拖欠货款")[0].code == "arrears.goods"
    assert operations.version() == kept.stem


def test_a_loaded_model_answers_until_another_is_loaded(small: Model, tmp_path: Path) -> None:
    storage.save(small, tmp_path / "elsewhere.npz")
    operations.load(tmp_path / "elsewhere.npz")
    assert operations.suggest("商标被抢注", top=1)[0].code == "market.ip"
    assert len(operations.suggest("商标被抢注", title="商标", top=2)) == 2


def test_many_texts_get_what_each_would_get_alone(small: Model) -> None:
    storage.keep(small, operations.models())
    texts = ["医院拖欠货款", "", "商标被抢注"]
    assert operations.suggest_many(texts) == [operations.suggest(text) for text in texts]


@pytest.mark.usefixtures("tiny_data")
def test_the_seed_model_is_trained_kept_and_answers() -> None:
    place = operations.train_seed_model()
    assert operations.suggest("货款拖欠")[0].code == "a.x"
    assert storage.current(operations.models()) == place


@pytest.mark.usefixtures("tiny_data")
def test_a_model_that_works_is_not_trained_again_when_only_a_missing_one_is_wanted(small: Model) -> None:
    place = storage.keep(small, operations.models())
    assert operations.train_seed_model(if_missing=True) == place
    place.write_bytes(b"damaged")
    assert operations.train_seed_model(if_missing=True) != place
    assert operations.suggest("货款拖欠")[0].code == "a.x"


def test_a_web_process_need_not_carry_scikit_learn() -> None:
    check = "import sys, service.classifier.operations; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0
