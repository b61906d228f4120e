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

from service.complaints.rules import STATES, STEPS, Step
from service.config import ROOT
from service.web import workflow
from service.web.workflow import DESKS, DRAWING

TABLES = ROOT / "docs" / "workflow.md"
LAYOUT = ROOT / "service" / "web" / "assets" / "layout.mjs"
# A step from more states than so is written into the state it leads to: as arrows it would cover all others.
MOST_ARROWS = 2
# px; the glyphs of Chinese are as wide as they are high, so that texts can be measured without a font.
NAME, SMALL, LINE, PAD, HEAD, BAND = 15, 12, 17, 12, 34, 30
MOST_LETTERS = 13
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
class Moves:
    """What leads from state to state.

    Attributes:
        arrows: (from, to) → the names of the steps.
        written: state → the steps that lead there from many states.
    """

    arrows: Mapping[tuple[str, str], Sequence[str]]
    written: Mapping[str, Sequence[Step]]


def main() -> None:
    """Write both files."""
    DRAWING.parent.mkdir(exist_ok=True)
    DRAWING.write_text(drawn(), encoding="utf-8")
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


def graph() -> dict[str, Any]:
    """The states and moves as the layout wants them: a column, or several, for each desk."""
    found, desks = moves(), list(DESKS)
    nodes = [
        {"id": code, **_size(state.name, written(found.written.get(code, ()))),
         "layoutOptions": {"elk.partitioning.partition": str(desks.index(state.desk))}}
        for code, state in STATES.items()
    ]  # fmt: skip
    edges = [
        {"id": f"{source}-{target}", "sources": [source], "targets": [target],
         "labels": [{"text": "\n".join(names), "width": SMALL * max(map(len, names)), "height": LINE * len(names)}]}
        for (source, target), names in found.arrows.items()
    ]  # fmt: skip
    return {"id": "workflow", "layoutOptions": SETTLED, "children": nodes, "edges": edges}


def written(steps: Iterable[Step]) -> list[str]:
    """Lines that say by which steps, and from where, a state is reached."""
    return [line for step in steps for line in _wrapped(f"{step.name} ← {workflow.states(step.sources)}")]


def _wrapped(text: str) -> Iterator[str]:
    """Lines that break after 、 only."""
    line = ""
    for part in text.replace("、", "、\n").split("\n"):
        if line and len(line) + len(part.rstrip("、")) > MOST_LETTERS:
            yield line
            line = "　"
        line += part
    yield line


def _size(name: str, lines: Sequence[str]) -> dict[str, int]:
    widest = max([NAME * len(name), *(SMALL * len(line) for line in lines)])
    return {"width": widest + 2 * PAD, "height": HEAD + (LINE * len(lines) + PAD // 2 if lines else 0)}


def digest() -> str:
    """Tells whether a drawing is of the table as it is now."""
    return hashlib.sha256(json.dumps(graph(), ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def laid_out() -> dict[str, Any]:
    """The graph with a place for everything."""
    # Where the machine has no node of its own, setup has put one beside Python.
    path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{Path(sys.executable).parent}"
    command, given = ["node", str(LAYOUT)], json.dumps(graph()).encode()
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True, env={**os.environ, "PATH": path})  # noqa: S603
    return json.loads(done.stdout)


def drawn() -> str:
    """The drawing as SVG."""
    placed = laid_out()
    width, height = round(placed["width"]), round(placed["height"]) + BAND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="workflow" role="img" aria-labelledby="w-title w-desc" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONTS}" '
        f'font-size="{SMALL}" fill="currentColor" data-table="{digest()}">',
        f"<style>{STYLE}</style>",
        '<title id="w-title">诉求的办理流程</title>',
        '<desc id="w-desc">各个状态按在谁那里排成几列，箭头上写着从一个状态到另一个状态的步骤；'
        "框里写着从多个状态都可以走到这里的步骤。图上的内容都在下面的表里。</desc>",
        '<defs><marker id="w-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
        *_bands(placed["children"], height),
        f'<g transform="translate(0 {BAND})">',
        '<g fill="none" stroke="currentColor" stroke-opacity=".6" marker-end="url(#w-tip)">',
        *map(_arrow, placed["edges"]), "</g>",
        '<g class="step">', *(line for edge in placed["edges"] for line in _label(edge)), "</g>",
        *(line for node in placed["children"] for line in _state(node)),
        "</g></svg>\n",
    ]  # fmt: skip
    return "\n".join(parts)


def _bands(nodes: Sequence[Mapping[str, Any]], height: int) -> Iterator[str]:
    """A ground for each desk, with its name, from halfway behind the last one's states to halfway to the next one's."""
    spans = [_span(nodes, desk) for desk in DESKS]
    edges = [0.0, *((left[1] + right[0]) / 2 for left, right in pairwise(spans)), spans[-1][1] + PAD]
    for index, ((left, right), name) in enumerate(zip(pairwise(edges), DESKS.values(), strict=True)):
        shade = ".06" if index % 2 == 0 else ".02"
        yield f'<rect x="{left:.1f}" y="0" width="{right - left:.1f}" height="{height}" fill-opacity="{shade}"/>'
        yield _text(left + PAD, 20, name, HEADING)


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


def _state(node: Mapping[str, Any]) -> Iterator[str]:
    x, y, width, height = (node[name] for name in ("x", "y", "width", "height"))
    yield (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="6" '
        'fill-opacity=".07" stroke="currentColor" stroke-opacity=".6"/>'
    )
    yield _text(x + PAD, y + HEAD / 2 + NAME / 3, STATES[node["id"]].name, HEADING)
    for index, line in enumerate(written(moves().written.get(node["id"], ()))):
        yield _text(x + PAD, y + HEAD + LINE * index + PAD / 2, line)


def _text(x: float, y: float, text: str, looks: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{looks}>{escape(text)}</text>'


# --- the tables ------------------------------------------------------------------------------------------------------


def tables() -> str:
    """The page's tables as Markdown."""
    parts = [
        "# 办理流程",
        "本文和下图由 `python -m scripts.workflow` 从代码里的流程表生成，请不要手改；同样的内容见网站的“办理流程”页。",
        f"![诉求的办理流程](../{DRAWING.relative_to(ROOT).as_posix()})",
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
