"""Write the workflow's tables and its drawing anew from the table in the code: python -m scripts.workflow.

Needs node and what service/web/assets/package.json names, as `make setup` installs it.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from scripts import messages
from service.complaints.rules import STATES, STEPS, Step
from service.config import ROOT
from service.sentences import Term
from service.web import workflow
from service.web.languages import CHINESE, ENGLISH
from service.web.workflow import DESCRIPTION, DESKS, DRAWINGS, TITLE

TABLES = ROOT / "docs" / "workflow.md"
LAYOUT = ROOT / "service" / "web" / "assets" / "layout.mjs"
# A step from more states than so is written into the state it leads to: as arrows it would cover all others.
MOST_ARROWS = 2
# px; the glyphs of Chinese are as wide as they are high, so that texts can be measured without a font; English ones are
# seldom wider than this part of it.
NAME, SMALL, LINE, PAD, HEAD, BAND = 15, 12, 17, 12, 34, 30
LATIN = 0.55
WIDEST = 13  # glyphs of Chinese in a line of a box
HEADING = f' font-size="{NAME}" font-weight="600"'
SETTLED = {
    "elk.algorithm": "layered",
    "elk.direction": "RIGHT",
    "elk.partitioning.activate": "true",
    "elk.separateConnectedComponents": "false",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
    "elk.layered.cycleBreaking.strategy": "MODEL_ORDER",
    "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
    "elk.layered.thoroughness": "60",
    "elk.layered.spacing.nodeNodeBetweenLayers": "20",
    "elk.layered.spacing.edgeNodeBetweenLayers": "12",
    "elk.layered.spacing.edgeEdgeBetweenLayers": "10",
    "elk.spacing.nodeNode": "24",
    "elk.spacing.edgeNode": "16",
    "elk.spacing.edgeEdge": "12",
    "elk.randomSeed": "1",
}
# For who looks at the file itself; on the page its own tokens hold.
STYLE = (
    "svg{color:#17222d;background:#fff}.step{fill:#0b5cab}"
    "@media(prefers-color-scheme:dark){svg{color:#e8edf2;background:#12181e}.step{fill:#6db3f2}}"
)
FONTS = "'PingFang SC','Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei',sans-serif"
HEADS = ("步骤", "谁可以做", "从 → 到", "必须填写", "可以填写", "时限", "告诉谁")


@dataclass(frozen=True)
class Speech:
    """A language of the drawing.

    Attributes:
        told: each text in it, by what it means; those that are missing stay as they are.
        comma: what stands between names.
        space: what stands before a line that goes on.
        latin: how wide its glyphs are that are not Chinese, in glyphs of Chinese.
    """

    told: Mapping[tuple[str, str | None], str]
    comma: str
    space: str
    latin: float

    def __call__(self, text: str) -> str:
        """A text in this language."""
        return self.told.get((text, text.meaning if isinstance(text, Term) else None), text)

    def wide(self, text: str) -> float:
        """How wide a text is, in glyphs of Chinese."""
        return sum(1 if ord(letter) > 0x2E80 else self.latin for letter in text)


def english() -> Speech:
    """English, as the catalogue has it."""
    return Speech({(str(one.id), one.context): str(one.string) for one in messages.stored()}, ", ", "  ", LATIN)


IN_CHINESE = Speech({}, "、", "　", 1)
SPEECHES = {CHINESE: lambda: IN_CHINESE, ENGLISH: english}


@dataclass(frozen=True)
class Moves:
    """What leads from state to state.

    Attributes:
        arrows: (from, to) → the names of the steps.
        written: state → the steps that lead there from many states.
    """

    arrows: Mapping[tuple[str, str], Sequence[str]]
    written: Mapping[str, Sequence[Step]]


def main() -> None:
    """Write the drawings and the tables."""
    for language, speech in SPEECHES.items():
        DRAWINGS[language].write_text(drawn(speech()), encoding="utf-8")
    TABLES.write_text(tables(), encoding="utf-8")


# --- the drawing -----------------------------------------------------------------------------------------------------


def moves() -> Moves:
    """The steps that change a state."""
    arrows, written = defaultdict[tuple[str, str], list[str]](list), defaultdict[str, list[Step]](list)
    for step in STEPS.values():
        if step.target and len(step.sources) > MOST_ARROWS:
            written[step.target].append(step)
        elif step.target:
            for source in STATES:
                if source in step.sources:
                    arrows[source, step.target].append(step.name)
    return Moves(arrows, written)


def graph(say: Speech = IN_CHINESE) -> dict[str, Any]:
    """The states and moves as the layout wants them: a column, or several, for each desk."""
    found, desks = moves(), list(DESKS)
    nodes = [
        {"id": code, **_size(say(state.name), written(found.written.get(code, ()), say), say),
         "layoutOptions": {"elk.partitioning.partition": str(desks.index(state.desk))}}
        for code, state in STATES.items()
    ]  # fmt: skip
    edges = [
        {"id": f"{source}-{target}", "sources": [source], "targets": [target],
         "labels": [_label_of([say(name) for name in names], say)]}
        for (source, target), names in found.arrows.items()
    ]  # fmt: skip
    return {"id": "workflow", "layoutOptions": SETTLED, "children": nodes, "edges": edges}


def _label_of(names: Sequence[str], say: Speech) -> dict[str, Any]:
    return {"text": "\n".join(names), "width": SMALL * max(map(say.wide, names)), "height": LINE * len(names)}


def written(steps: Iterable[Step], say: Speech) -> list[str]:
    """Lines that say by which steps, and from where, a state is reached."""
    return [line for step in steps for line in _wrapped(say(step.name), _sources(step, say), say)]


def _sources(step: Step, say: Speech) -> list[str]:
    return [say(state.name) for code, state in STATES.items() if code in step.sources]


def _wrapped(step: str, sources: Sequence[str], say: Speech) -> Iterator[str]:
    """Lines that break between names only."""
    *but_last, last = sources
    line = f"{step} ← "
    for at, part in enumerate([*(name + say.comma for name in but_last), last]):
        if at and say.wide(line) + say.wide(part.removesuffix(say.comma)) > WIDEST:
            yield line.rstrip(" ")
            line = say.space
        line += part
    yield line


def _size(name: str, lines: Sequence[str], say: Speech) -> dict[str, float]:
    widest = max([NAME * say.wide(name), *(SMALL * say.wide(line) for line in lines)])
    return {"width": widest + 2 * PAD, "height": HEAD + (LINE * len(lines) + PAD // 2 if lines else 0)}


def digest(say: Speech = IN_CHINESE) -> str:
    """Tells whether a drawing is of the table as it is now."""
    return hashlib.sha256(json.dumps(graph(say), ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def laid_out(say: Speech) -> dict[str, Any]:
    """The graph with a place for everything."""
    # Where the machine has no node of its own, setup has put one beside Python.
    path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{Path(sys.executable).parent}"
    command, given = ["node", str(LAYOUT)], json.dumps(graph(say)).encode()
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True, env={**os.environ, "PATH": path})  # noqa: S603
    return json.loads(done.stdout)


def drawn(say: Speech = IN_CHINESE) -> str:
    """The drawing as SVG."""
    placed = laid_out(say)
    width, height = round(placed["width"]), round(placed["height"]) + BAND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="workflow" role="img" aria-labelledby="w-title w-desc" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONTS}" '
        f'font-size="{SMALL}" fill="currentColor" data-table="{digest(say)}">',
        f"<style>{STYLE}</style>",
        f'<title id="w-title">{say(TITLE)}</title>',
        f'<desc id="w-desc">{say(DESCRIPTION)}</desc>',
        '<defs><marker id="w-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
        *_bands(placed["children"], height, say),
        f'<g transform="translate(0 {BAND})">',
        '<g fill="none" stroke="currentColor" stroke-opacity=".6" marker-end="url(#w-tip)">',
        *map(_arrow, placed["edges"]), "</g>",
        '<g class="step">', *(line for edge in placed["edges"] for line in _label(edge)), "</g>",
        *(line for node in placed["children"] for line in _state(node, say)),
        "</g></svg>\n",
    ]  # fmt: skip
    return "\n".join(parts)


def _bands(nodes: Sequence[Mapping[str, Any]], height: int, say: Speech) -> Iterator[str]:
    """A ground for each desk, with its name, from halfway behind the last one's states to halfway to the next one's."""
    spans = [_span(nodes, desk) for desk in DESKS]
    edges = [0.0, *((left[1] + right[0]) / 2 for left, right in pairwise(spans)), spans[-1][1] + PAD]
    for index, ((left, right), name) in enumerate(zip(pairwise(edges), DESKS.values(), strict=True)):
        shade = ".06" if index % 2 == 0 else ".02"
        yield f'<rect x="{left:.1f}" y="0" width="{right - left:.1f}" height="{height}" fill-opacity="{shade}"/>'
        yield _text(left + PAD, 20, say(name), HEADING)


def _span(nodes: Sequence[Mapping[str, Any]], desk: str | None) -> tuple[float, float]:
    own = [node for node in nodes if STATES[node["id"]].desk == desk]
    return min(node["x"] for node in own), max(node["x"] + node["width"] for node in own)


def _arrow(edge: Mapping[str, Any]) -> str:
    (section,) = edge["sections"]
    points = [section["startPoint"], *section.get("bendPoints", ()), section["endPoint"]]
    way = "L".join(f"{point['x']:.1f} {point['y']:.1f}" for point in points)
    return f'<path d="M{way}"/>'


def _label(edge: Mapping[str, Any]) -> Iterator[str]:
    (label,) = edge["labels"]
    for index, name in enumerate(label["text"].split("\n")):
        yield _text(label["x"], label["y"] + LINE * index + SMALL, name)


def _state(node: Mapping[str, Any], say: Speech) -> Iterator[str]:
    x, y, width, height = (node[name] for name in ("x", "y", "width", "height"))
    yield (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="6" '
        'fill-opacity=".07" stroke="currentColor" stroke-opacity=".6"/>'
    )
    yield _text(x + PAD, y + HEAD / 2 + NAME / 3, say(STATES[node["id"]].name), HEADING)
    for index, line in enumerate(written(moves().written.get(node["id"], ()), say)):
        yield _text(x + PAD, y + HEAD + LINE * index + PAD / 2, line)


def _text(x: float, y: float, text: str, looks: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{looks}>{escape(text)}</text>'


# --- the tables ------------------------------------------------------------------------------------------------------


def tables() -> str:
    """The page's tables as Markdown."""
    parts = [
        "# 办理流程",
        "本文和下图由 `python -m scripts.workflow` 从代码里的流程表生成，请不要手改；同样的内容见网站的“办理流程”页。",
        f"![诉求的办理流程](../{DRAWINGS[CHINESE].relative_to(ROOT).as_posix()})",
        f"{workflow.filing()}企业看得到的步骤标有“公开”。",
        "## 状态",
        _table(("状态", "编码", "在谁那里", "企业看到的", "从这里可以做"),
               ((one.name, f"`{one.code}`", one.desk, one.told, one.steps) for one in workflow.places())),
        *(part for group in workflow.groups() for part in (f"## {group.name}", _table(HEADS, map(_cells, group.rows)))),
        "## 等待裁定的事",
        _table(("什么", "谁提出", "谁裁定"), ((one.name, one.asked, one.settled) for one in workflow.questions())),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _cells(row: workflow.Row) -> Iterator[str]:
    yield "<br>".join([f"**{row.name}** `{row.action}`", *(["公开"] if row.public else []), *row.notes])
    yield row.who
    yield f"{row.whence} → {row.whither}" if row.whither else f"{row.whence}（状态不变）"
    yield row.needs
    yield row.allows
    yield "<br>".join(row.clocks)
    yield row.told


def _table(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines)


if __name__ == "__main__":
    main()
