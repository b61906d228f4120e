"""Labelled texts: the seed corpus of data/, or any CSV."""

import csv
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from service import seedfile
from service.errors import Invalid

LARGEST_FIELD = 10_000_000
# What of a leaf decides where its complaints go and under which limits.
DECIDING = ("owners", "policy", "nature", "gate", "sealed", "channel")


@dataclass(frozen=True)
class Corpus:
    """Texts with their titles and labels, row by row.

    Attributes:
        hints: (label, words) that nobody wrote as a complaint; they teach, but nothing is measured on them.
        ways: label → which way its texts go; labels of one way go to the same owners under the same rules.
        groups: texts of one group are never learnt from to judge each other; "" for a text of its own. A label needs
            texts of no group too. Empty where no text has one.
        weights: how much is learnt from each text; empty where it is one from all.
    """

    titles: Sequence[str]
    texts: Sequence[str]
    labels: Sequence[str]
    hints: Sequence[tuple[str, str]] = ()
    ways: Mapping[str, str] = field(default_factory=dict)
    groups: Sequence[str] = ()
    weights: Sequence[float] = ()

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def fingerprint(self) -> str:
        """The same for the same rows in the same order, on any machine."""
        rows = (*zip(self.titles, self.texts, self.labels, strict=True), *self.hints)
        return hashlib.sha256(repr(rows).encode("utf-8", "surrogatepass")).hexdigest()


def read_seed(data: Path) -> Corpus:
    """The example texts of data/examples, with the cues of the category tree as hints.

    Raises:
        SeedError: a file is wrong, or has examples of a leaf that the tree does not have.
    """
    tree = {row["code"]: row for row in seedfile.load(data / "seed_categories.yaml")["categories"]}
    pairs = [pair for path in sorted((data / "examples").glob("*.yaml")) for pair in _examples(path, tree)]
    hints = [
        (code, cue) for code, row in tree.items() if "parent" in row for cue in (row["name"], *row.get("cues", ()))
    ]
    known = {code for code, _ in pairs}
    return Corpus(
        titles=[""] * len(pairs),
        texts=[text for _, text in pairs],
        labels=[code for code, _ in pairs],
        hints=[(code, str(cue)) for code, cue in hints if code in known],
        ways={code: _way(tree, code) for code in sorted(known)},
    )


def _way(tree: Mapping[str, seedfile.Row], code: str) -> str:
    """Everything about a leaf that decides who handles it, and how; what it leaves out it has from its family."""
    parent = tree[code].get("parent", code)
    told = {**tree[parent], **tree[code]}
    return json.dumps([parent, *(told.get(name) for name in DECIDING)], ensure_ascii=False, sort_keys=True)


def _examples(path: Path, tree: dict[str, seedfile.Row]) -> Iterator[tuple[str, str]]:
    leaves = seedfile.load(path) or seedfile.Row()
    for leaf, texts in leaves.items():
        code = f"{path.stem}.{leaf}"
        if code not in tree:
            raise leaves.fail(leaf, f"分类表里没有 {code}")
        yield from ((code, str(text)) for text in texts or ())


def read_csv(path: Path, text: Sequence[str], label: str) -> Corpus:
    """The rows of a .csv or .csv.gz in UTF-8. Of several text columns the first is the title, the last the text.

    Raises:
        Invalid: it cannot be read, lacks a column, has no rows, or a row without a label.
    """
    rows = list(_rows(path, [*text, label]))
    if not rows:
        raise Invalid(f"{path} 里没有数据行，请提供至少两类、每类至少两行的数据。")
    return Corpus(
        titles=["\n".join(row[name] for name in text[:-1]) for row in rows],
        texts=[row[text[-1]] for row in rows],
        labels=[row[label].strip() for row in rows],
    )


def _rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    csv.field_size_limit(LARGEST_FIELD)
    try:
        with _opened(path) as lines:
            reader = csv.DictReader(lines)
            _need(path, columns, reader.fieldnames or ())
            for row in reader:
                if not (row[columns[-1]] or "").strip():
                    raise Invalid(
                        f"{path} 第 {reader.line_num} 行没有标签（{columns[-1]} 列是空的），请补上或删去这一行。"
                    )
                yield {name: row[name] or "" for name in columns}
    except UnicodeDecodeError as error:
        raise Invalid(f"{path} 不是 UTF-8 编码，请另存为 UTF-8 后再试。") from error
    except (OSError, EOFError, csv.Error, zlib.error) as error:
        raise Invalid(f"{path} 读不出来：{error}。请确认文件存在、完整，并且是 .csv 或 .csv.gz。") from error


def _opened(path: Path):  # type: ignore[no-untyped-def]  # open() and gzip.open() have no common type worth naming
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _need(path: Path, columns: Sequence[str], present: Sequence[str]) -> None:
    missing = [name for name in columns if name not in present]
    if missing:
        raise Invalid(f"{path} 里没有 {'、'.join(missing)} 列；现有的列：{'、'.join(present) or '无'}。")
