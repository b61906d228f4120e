"""Measure the model and write docs/model.md with its drawings: python -m scripts.model [--messages FILE.csv.gz].

Without the file of messages to governments (columns title, body, label) the part about them stays as it is.
"""

import argparse
import re
import resource
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import yaml
from sklearn.model_selection import train_test_split

from service.classifier import corpus, training
from service.classifier.corpus import Corpus
from service.classifier.evaluation import evaluate
from service.classifier.model import Model
from service.classifier.rules import family
from service.config import ROOT
from service.web import curves
from service.web.curves import Chart

PAGE = ROOT / "docs" / "model.md"
IMAGES = ROOT / "docs" / "images"
TEXTS = ROOT / "tests" / "texts"
HELD_OUT = 0.25
STYLE = (
    "svg{color:#17222d;background:#fff;font:12px 'Noto Sans CJK SC',sans-serif}"
    ".line{stroke:#0b5cab}circle{fill:#0b5cab}"
    "@media(prefers-color-scheme:dark){svg{color:#e8edf2;background:#12181e}.line{stroke:#6db3f2}circle{fill:#6db3f2}}"
)
FIGURES = {
    "accuracy": "accuracy", "macro_f1": "macro-F1", "top3_accuracy": "among the first three",
    "family_accuracy": "family accuracy", "ece": "ECE (15 bins)",
}  # fmt: skip


class Answer(NamedTuple):
    """What the model made of one labelled text."""

    right: bool
    among_three: bool
    right_family: bool
    sure: bool
    right_way: bool
    pair: tuple[str, str]


def main() -> None:
    """Measure what is asked for, and write it between the page's marks."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=Path)
    messages = asked.parse_args().messages
    parts = {"tree": tree_part()}
    if messages:
        parts["messages"] = messages_part(messages)
    page = PAGE.read_text(encoding="utf-8")
    for name, lines in parts.items():
        page = replaced(page, name, "\n".join(lines))
    PAGE.write_text(page, encoding="utf-8")


def replaced(page: str, name: str, text: str) -> str:
    """The page with another text between the marks of a part."""
    marks = re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.DOTALL)
    return marks.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page)


# --- (a) messages to governments -------------------------------------------------------------------------------------


def messages_part(path: Path) -> Iterator[str]:
    """Cross-validated on all of them, then a quarter held out."""
    whole = corpus.read_csv(path, ["title", "body"], "label")
    model, seconds = timed(whole)
    yield f"{len(whole):,} messages, {len(model.labels)} classes; {training.FOLDS} folds. {trained(model, seconds)}"
    yield ""
    known, unknown = train_test_split(
        np.arange(len(whole)), test_size=HELD_OUT, random_state=0, stratify=list(whole.labels)
    )
    held_out = evaluate(training.train(part(whole, known)), part(whole, unknown))
    columns = {"cross-validated": model.about["cross_validation"], f"{len(unknown):,} held out": held_out}
    yield from figures(columns)
    yield f"Texts per second on the held-out quarter, all cores: {held_out['texts_per_second']:,.0f}."
    yield ""
    yield "| class | precision | recall | F1 | texts |"
    yield "|---|---|---|---|---|"
    for label, row in held_out["per_class"].items():
        shares = " | ".join(f"{row[name]:.3f}" for name in ("precision", "recall", "f1"))
        yield f"| {label} | {shares} | {row['support']} |"
    yield ""
    yield from confusions([tuple(row[:2]) for row in held_out["confusion"] for _ in range(row[2])])
    yield from drawings(model, "messages")


def part(whole: Corpus, rows: Sequence[int]) -> Corpus:
    """Some rows of a corpus."""
    columns = ([column[row] for row in rows] for column in (whole.titles, whole.texts, whole.labels))
    return Corpus(*columns)


# --- (b) our own tree ------------------------------------------------------------------------------------------------


def tree_part() -> Iterator[str]:
    """Cross-validated on the examples; then the written texts that no model is trained on."""
    seed = corpus.read_seed(ROOT / "data")
    model, seconds = timed(seed)
    yield f"{len(seed):,} examples of {len(model.labels)} leaves. {trained(model, seconds)}"
    yield ""
    yield from figures({"cross-validated": model.about["cross_validation"]})
    written = yaml.safe_load((TEXTS / "written.yaml").read_text(encoding="utf-8"))
    answers = {style: list(answered(model, leaves)) for style, leaves in written.items()}
    yield "| texts no model is trained on | texts | family | leaf | leaf among three | followed | wrong way of these |"
    yield "|---|---|---|---|---|---|---|"
    together = [one for some in answers.values() for one in some]
    yield from (written_row(name, some) for name, some in {**answers, "all": together}.items())
    yield ""
    yield from strange_lines(model)
    yield from confusions([one.pair for one in together if not one.right])
    yield from limit_lines(model)
    yield from drawings(model, "tree")


def answered(model: Model, leaves: dict[str, list[str]]) -> Iterator[Answer]:
    """The model's answers to labelled texts."""
    limits = model.limits
    for label, texts in leaves.items():
        at = model.labels.index(label)
        for text in texts:
            likely = model.probabilities(text)
            first = int(likely.argmax())
            said = model.understand(text, top=1).suggestions
            yield Answer(
                first == at,
                at in np.argsort(-likely)[:3],
                likeliest_family(model, likely) == family(label),
                bool(said) and said[0].sure,
                bool(limits.ways[first] == limits.ways[at]),
                (label, model.labels[first]),
            )


def likeliest_family(model: Model, likely: np.ndarray) -> str:
    """Whose leaves are likeliest together."""
    sums: Counter[str] = Counter()
    for label, share in zip(model.labels, likely.tolist(), strict=True):
        sums[family(label)] += share
    return max(sums, key=lambda name: sums[name])


def written_row(name: str, rows: Sequence[Answer]) -> str:
    """One line of the table."""
    followed = [row for row in rows if row.sure]
    wrong = sum(not row.right_way for row in followed)
    shown = ([getattr(row, field) for row in rows] for field in ("right_family", "right", "among_three", "sure"))
    shares = " | ".join(f"{np.mean(column):.3f}" for column in shown)
    return f"| {name} | {len(rows)} | {shares} | {wrong} of {len(followed)} |"


def strange_lines(model: Model) -> Iterator[str]:
    """How many texts that are no complaints are seen to be none."""
    strange = yaml.safe_load((TEXTS / "strange.yaml").read_text(encoding="utf-8"))
    for kind, texts in strange.items():
        found = [model.understand(text) for text in texts]
        sure = sum(any(one.sure for one in understood.suggestions) for understood in found)
        alien = sum(understood.strange for understood in found)
        yield f"- {kind}: {len(texts)} texts, {alien} recognised as strange, {sure} followed."
    yield ""


def limit_lines(model: Model) -> Iterator[str]:
    """The thresholds and what was measured above them."""
    limits = model.limits
    yield "| threshold for | probability of the way | texts that reach it | share of all | wrong way | 95 % interval |"
    yield "|---|---|---|---|---|---|"
    for name, one in {**limits.families, "all others": limits.all}.items():
        shares = f"{one.coverage:.1%} | {one.error:.1%} | {one.low:.1%}–{one.high:.1%}"
        yield f"| {name} | {one.threshold:.3f} | {one.n} | {shares} |"
    yield ""
    yield f"A text is strange below a familiarity of {limits.familiarity:.2f}."
    yield ""


# --- what both parts share -------------------------------------------------------------------------------------------


def timed(some: Corpus) -> tuple[Model, float]:
    """A model and the seconds it took to learn it, its figures included."""
    started = perf_counter()
    return training.train(some), perf_counter() - started


def trained(model: Model, seconds: float) -> str:
    """One sentence about a training."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"Training with all its figures: {seconds:.0f} s; {model.weights.shape[0]:,} features; peak {memory:,.0f} MB."
    )


def figures(columns: dict[str, dict[str, Any]]) -> Iterator[str]:
    """A table with a line for each figure that was measured."""
    yield f"| | {' | '.join(columns)} |"
    yield "|---" * (len(columns) + 1) + "|"
    for name, said in FIGURES.items():
        if all(name in column for column in columns.values()):
            yield f"| {said} | {' | '.join(f'{column[name]:.4f}' for column in columns.values())} |"
    yield ""


def confusions(pairs: Sequence[tuple[str, str]], most: int = 12) -> Iterator[str]:
    """The commonest mistakes."""
    yield "| is | was taken for | times |"
    yield "|---|---|---|"
    for (truth, said), times in Counter(pairs).most_common(most):
        yield f"| {truth} | {said} | {times} |"
    yield ""


def drawings(model: Model, name: str) -> Iterator[str]:
    """Risk–coverage curve and calibration as SVG files, with the lines that show them."""
    told = model.about["coverage"]
    chosen = (told["all"]["coverage"], told["all"]["error"])
    charts = {
        "risk": ("wrong way, by share of texts followed", curves.risk_coverage(told["curve"], told["error"], chosen)),
        "calibration": ("right, by how sure the model was", curves.calibration(told["bins"])),
    }
    IMAGES.mkdir(exist_ok=True)
    for kind, (title, chart) in charts.items():
        (IMAGES / f"model-{name}-{kind}.svg").write_text(drawn(chart, title), encoding="utf-8")
        yield f"![{title}](images/model-{name}-{kind}.svg)"
    yield ""


def drawn(chart: Chart, title: str) -> str:
    """A chart as a file that stands for itself."""
    marks = [f'<text x="{curves.LEFT - 6}" y="{mark.at + 4}" text-anchor="end">{mark.label}</text>' for mark in chart.y]
    marks += [
        f'<text x="{mark.at}" y="{curves.BOTTOM + 16}" text-anchor="middle">{mark.label}</text>' for mark in chart.x
    ]
    dots = [f'<circle cx="{dot.x}" cy="{dot.y}" r="{dot.radius}"/>' for dot in chart.dots]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {curves.WIDTH} {curves.HEIGHT}" width="540" role="img">'
        f"<title>{title}</title><style>{STYLE}</style>"
        f'<g fill="currentColor">{"".join(marks)}'
        f'<text x="{curves.LEFT}" y="{curves.HEIGHT - 4}">{title}</text></g>'
        f'<g fill="none" stroke="currentColor"><path d="M{curves.LEFT} {curves.TOP}V{curves.BOTTOM}H{curves.RIGHT}"/>'
        f'<path d="{chart.rule}" stroke-dasharray="4 4"/><path class="line" d="{chart.line}" stroke-width="2"/></g>'
        f"{''.join(dots)}</svg>\n"
    )


if __name__ == "__main__":
    main()
