import gzip
from pathlib import Path

import pytest

from service.classifier.corpus import read_csv, read_seed
from service.errors import Invalid
from service.seedfile import SeedError

ROWS = 'title,body,label\n欠款,"医院欠货款,\n两年了",arrears\n,商标被抢注,market\n'


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_rows_are_read_with_or_without_a_mark_and_packed_or_not(tmp_path: Path, name: str, encoding: str) -> None:
    corpus = read_csv(write(tmp_path / name, ROWS.encode(encoding)), ["title", "body"], "label")
    assert list(corpus.titles) == ["欠款", ""]
    assert list(corpus.texts) == ["医院欠货款,\n两年了", "商标被抢注"]
    assert list(corpus.labels) == ["arrears", "market"]


def test_one_text_column_leaves_the_titles_empty(tmp_path: Path) -> None:
    corpus = read_csv(write(tmp_path / "rows.csv", ROWS.encode()), ["body"], "label")
    assert list(corpus.titles) == ["", ""]


def test_a_text_of_any_length_is_read(tmp_path: Path) -> None:
    content = f"body,label\n{'欠' * 200_000},a\n".encode()
    assert len(read_csv(write(tmp_path / "rows.csv", content), ["body"], "label").texts[0]) == 200_000


BAD = {
    "missing column": (ROWS.encode(), ["content"], "没有 content 列；现有的列：title、body、label"),
    "empty file": (b"", ["body"], "没有 body、label 列；现有的列：无"),
    "no rows": (b"title,body,label\n", ["body"], "没有数据行"),
    "no label": ("body,label\n欠款,\n".encode(), ["body"], "第 2 行没有标签"),
    "short row": ("body,label\n欠款\n".encode(), ["body"], "第 2 行没有标签"),
    "not UTF-8": ("body,label\n欠款,甲\n".encode("gbk"), ["body"], "不是 UTF-8"),
}


@pytest.mark.parametrize(("content", "columns", "said"), BAD.values(), ids=BAD.keys())
def test_bad_files_are_refused_with_a_sentence(tmp_path: Path, content: bytes, columns: list[str], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_csv(write(tmp_path / "rows.csv", content), columns, "label")


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "plain.csv.gz").write_bytes(ROWS.encode())
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(ROWS.encode())[:-12])
    for path in (tmp_path / "missing.csv", tmp_path, tmp_path / "plain.csv.gz", tmp_path / "cut.csv.gz"):
        with pytest.raises(Invalid, match="读不出来"):
            read_csv(path, ["body"], "label")


def test_a_corpus_has_the_fingerprint_of_its_rows(tmp_path: Path) -> None:
    packed = read_csv(write(tmp_path / "rows.csv.gz", ROWS.encode()), ["title", "body"], "label")
    plain = read_csv(write(tmp_path / "rows.csv", ROWS.encode("utf-8-sig")), ["title", "body"], "label")
    other = read_csv(write(tmp_path / "rows.csv", ROWS.replace("两", "三").encode()), ["title", "body"], "label")
    assert packed.fingerprint == plain.fingerprint != other.fingerprint


def seeds(folder: Path, examples: str) -> Path:
    (folder / "examples").mkdir()
    (folder / "seed_categories.yaml").write_text(
        "categories:\n"
        "  - {code: arrears, name: 拖欠账款}\n"
        "  - {code: arrears.deposit, parent: arrears, name: 保证金不退, cues: [质保金, 押金]}\n"
        "  - {code: arrears.bills, parent: arrears, name: 强制商票}\n",
        encoding="utf-8",
    )
    (folder / "examples" / "arrears.yaml").write_text(examples, encoding="utf-8")
    return folder


def test_seed_texts_come_with_the_cues_of_their_leaves_as_hints(tmp_path: Path) -> None:
    corpus = read_seed(seeds(tmp_path, "deposit:\n  - 保证金三年没退\n"))
    assert (list(corpus.texts), list(corpus.labels)) == (["保证金三年没退"], ["arrears.deposit"])
    assert list(corpus.hints) == [
        ("arrears.deposit", "保证金不退"),
        ("arrears.deposit", "质保金"),
        ("arrears.deposit", "押金"),
    ]


def test_examples_of_an_unknown_leaf_stop_with_file_line_and_reason(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"arrears\.yaml:3: 分类表里没有 arrears\.depost"):
        read_seed(seeds(tmp_path, "deposit:\n  - 保证金三年没退\ndepost:\n  - 保证金\n"))
