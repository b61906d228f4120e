"""`flask model`: training, evaluating and switching on any CSV."""

import gzip
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.classifier import storage
from service.config import Config
from service.db import db
from service.jobs.models import Task
from service.learning import operations as learning
from tests.apps import other
from tests.cli.runs import Run, runner, said

ROWS = [
    ("付款", "货款拖欠一年多，送货单都签收了", "arrears"),
    ("欠款", "医院拖欠货款不结清，发票早开了", "arrears"),
    ("尾款", "设备尾款拖欠三年不给", "arrears"),
    ("税务", "退税申请三个月没有到账", "tax"),
    ("税务", "留抵退税一直没有退给企业", "tax"),
    ("发票", "发票额度不够，开不出专票", "tax"),
]
FIGURES = {
    "n", "accuracy", "macro_f1", "weighted_f1", "top3_accuracy", "ece", "texts_per_second", "per_class", "confusion",
}  # fmt: skip
COLUMNS = ("--text", "title,body", "--label", "label")


def csv(rows: Sequence[tuple[str, ...]] = ROWS, head: str = "title,body,label") -> str:
    return "\n".join([head, *(",".join(row) for row in rows)]) + "\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six labelled texts."""
    file = tmp_path / "data.csv"
    file.write_text(csv(), encoding="utf-8")
    return file


@pytest.fixture
def models(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of models."""
    monkeypatch.setitem(app.config, "VAR", tmp_path / "var")
    return tmp_path / "var" / "models"


def train(run: Run, data: Path, *words: str) -> dict[str, Any]:
    return json.loads(said(run("model", "train", "--data", str(data), *COLUMNS, *words)).splitlines()[-1])


def test_a_model_is_trained_from_a_csv_and_evaluated_on_a_compressed_one(run: Run, data: Path, tmp_path: Path) -> None:
    model, packed = tmp_path / "new" / "model.npz", tmp_path / "data.csv.gz"
    packed.write_bytes(gzip.compress(csv().encode("utf-8-sig")))
    assert train(run, data, "--output", str(model))["texts"] == len(ROWS)
    words = ["model", "evaluate", "--model", str(model), "--data", str(packed), *COLUMNS]
    found = json.loads(said(run(*words, "--json")).splitlines()[-1])
    assert set(found) == FIGURES
    assert (found["n"], found["accuracy"], set(found["per_class"])) == (6, 1.0, {"arrears", "tax"})
    assert set(found["per_class"]["tax"]) == {"precision", "recall", "f1", "support"}
    assert "accuracy：1.0" in said(run(*words))


def test_what_is_measured_is_confused_where_the_labels_are(run: Run, data: Path, tmp_path: Path) -> None:
    model, other = tmp_path / "model.npz", tmp_path / "other.csv"
    train(run, data, "--output", str(model))
    other.write_text(csv([*ROWS[:3], ("退", "退税没有到账", "arrears"), ("x", "挖了路", "roads")]), encoding="utf-8")
    words = ["model", "evaluate", "--model", str(model), "--data", str(other), *COLUMNS, "--json"]
    found = json.loads(said(run(*words)).splitlines()[-1])
    assert found["n"] == 5
    assert ["arrears", "tax", 1] in found["confusion"]
    assert found["per_class"]["roads"]["recall"] == 0
    assert 0 < found["accuracy"] < 1


def test_kept_models_are_listed_and_one_is_in_use(run: Run, data: Path, tmp_path: Path, models: Path) -> None:
    assert said(run("model", "list")) == ""
    first = train(run, data)["version"]
    more = tmp_path / "more.csv"
    more.write_text(csv([*ROWS, ("路", "门口修路半年", "roads"), ("路", "修路挡了门", "roads")]), encoding="utf-8")
    second = train(run, more)["version"]
    assert in_use(run) == {first: False, second: True}
    assert first in said(run("model", "promote", first))
    assert in_use(run) == {first: True, second: False}
    assert "没有版本为 20000101-00000000 的模型" in said(run("model", "promote", "20000101-00000000"), code=1)
    assert "没有版本为" in said(run("model", "promote", f"../models/{second}"), code=1)
    assert in_use(run) == {first: True, second: False}
    assert second in said(run("model", "rollback", "--why", "还是第二个好"))
    assert in_use(run) == {first: False, second: True}
    assert storage.current(models).stem == second


def test_the_list_begins_with_the_version_that_answers_and_has_a_short_line_for_each(
    run: Run, data: Path, tmp_path: Path, models: Path
) -> None:
    first = train(run, data)["version"]
    more = tmp_path / "more.csv"
    more.write_text(csv([*ROWS, ("路", "修路挡了门", "roads"), ("路", "门口修路", "roads")]), encoding="utf-8")
    second = train(run, more)["version"]
    said(run("model", "promote", first))
    using, other = said(run("model", "list")).splitlines()
    assert using.startswith(f"{first}　使用中")
    assert other.startswith(f"{second}　已换下")
    assert max(len(using), len(other)) < 120


def test_a_machine_without_models_takes_the_one_that_the_database_names(run: Run, data: Path, models: Path) -> None:
    version = train(run, data)["version"]
    shutil.rmtree(models)
    assert said(run("model", "train", "--if-missing")) == f"已有模型 {version}，不再训练。\n"
    assert storage.current(models).stem == version


def test_a_model_that_was_trained_without_a_database_is_registered_at_the_next_release(
    run: Run, data: Path, config: Config, models: Path
) -> None:
    nowhere = Config.from_environment({"QST_VAR": str(models.parent)}).database_url
    with other(config, database_url=nowhere, var=models.parent) as stranded:
        version = train(runner(stranded), data)["version"]
        assert in_use(runner(stranded)) == {version: True}
    assert in_use(run) == {}
    assert version in said(run("model", "train", "--if-missing"))
    assert in_use(run) == {version: True}


def test_a_person_says_whether_the_machine_may_promote(run: Run) -> None:
    for choice, may in (("off", False), ("on", True)):
        assert "新版本通过比较后" in said(run("model", "automatic", choice))
        assert learning.promotes_by_itself() is may


def test_a_training_is_left_to_a_worker(run: Run) -> None:
    assert "已安排训练" in said(run("model", "retrain"))
    assert [task.name for task in db.session.scalars(select(Task))] == ["learning.retrain"]


def in_use(run: Run) -> dict[str, bool]:
    listed = [json.loads(line) for line in said(run("model", "list", "--json")).splitlines()]
    return {one["version"]: one["current"] for one in listed}


def test_nothing_is_trained_where_a_model_is_there_and_only_a_missing_one_was_wanted(run: Run, models: Path) -> None:
    assert "已有模型" in said(run("model", "train", "--if-missing"))
    assert not models.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (csv(head="title,text,label"), "没有 body 列；现有的列：title、text、label"),
        (csv(head="title,body,leaf"), "没有 label 列"),
        (csv([]), "没有数据行"),
        ("", "没有 title、body、label 列"),
        (csv([*ROWS, ("x", "没有标签", "")]), "第 8 行没有标签"),
        (csv(ROWS[:3]), "两"),
        (csv().encode("gb18030"), "不是 UTF-8 编码"),
    ],
    ids=["no text", "no label", "no rows", "empty", "unlabelled row", "one class", "another encoding"],
)
def test_data_that_cannot_teach_is_told_in_one_sentence(
    content: str | bytes, sentence: str, run: Run, tmp_path: Path
) -> None:
    data, model = tmp_path / "data.csv", tmp_path / "model.npz"
    data.write_bytes(content if isinstance(content, bytes) else content.encode())
    output = said(run("model", "train", "--data", str(data), *COLUMNS, "--output", str(model)), code=1)
    assert sentence in output
    assert not model.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("nothing.csv", None), ("data.csv.gz", b"no gzip"), ("data.csv.gz", gzip.compress(csv().encode())[:40])],
    ids=["not there", "not compressed", "cut short"],
)
def test_a_file_that_cannot_be_read_is_told(name: str, content: bytes | None, run: Run, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert "读不出来" in said(run("model", "train", "--data", str(tmp_path / name), *COLUMNS), code=1)


def test_a_model_that_is_none_is_told(run: Run, data: Path, models: Path, tmp_path: Path) -> None:
    words = ["model", "evaluate", "--data", str(data), *COLUMNS]
    assert "还没有训练好的模型" in said(run(*words), code=1)
    assert "找不到模型文件" in said(run(*words, "--model", str(tmp_path / "x.npz")), code=1)
    assert "已损坏" in said(run(*words, "--model", str(data)), code=1)
