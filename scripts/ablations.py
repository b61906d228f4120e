"""What each part of the classifier's recipe is worth: python -m scripts.ablations --data FILE.

Every row is one cross-validated training with some parameters of service.classifier.training changed.
"""

import argparse
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from service.classifier import training
from service.classifier.corpus import Corpus, read_csv

NEVER = 10**9
CHANGES: dict[str, dict[str, Any]] = {
    "as it is": {},
    "no telling": {"TELLING_FROM": NEVER},
    "telling alone": {"TELLING_SHARE": 1.0},
    "telling by rare features too": {"TELLING_MIN_DF": 2},
    "C = 1": {"C": 1.0, "TELLING_FROM": NEVER},
    "C = 0.25": {"C": 0.25, "TELLING_FROM": NEVER},
}


def measured(corpus: Corpus, changes: dict[str, Any]) -> str:
    """One row of the table; the parameters are what they were afterwards."""
    before = {name: getattr(training, name) for name in changes}
    started = perf_counter()
    try:
        _set(changes)
        about = training.train(corpus).about["cross_validation"]
    finally:
        _set(before)
    figures = " | ".join(f"{about[name]:.4f}" for name in ("macro_f1", "accuracy", "ece"))
    return f"{figures} | {perf_counter() - started:.0f}"


def _set(values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(training, name, value)


def main() -> None:
    """Print the table row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--text", action="append", default=[])
    parser.add_argument("--label", default="label")
    given = parser.parse_args()
    corpus = read_csv(given.data, given.text or ["title", "body"], given.label)
    click.echo("| change | macro-F1 | accuracy | ECE | seconds |\n| --- | --- | --- | --- | --- |")
    for name, changes in CHANGES.items():
        click.echo(f"| {name} | {measured(corpus, changes)} |")


if __name__ == "__main__":
    main()
