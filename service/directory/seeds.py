"""The seed files of places, departments, categories and gates: read, checked, and spread out into rows."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from service.directory.rules import BODIES, EFFECTS, LEVELS, NATURES, POLICIES, Directory, Place, assemble
from service.seedfile import Row, SeedError, load

Rows = list[dict[str, Any]]

REGION_KEYS = {"code", "name", "level", "parent", "aliases"}
CATEGORY_KEYS = {
    "code", "parent", "name", "policy", "threshold", "nature", "owners", "cues", "channel", "sealed", "gate", "own_act",
}  # fmt: skip
GATE_KEYS = {"code", "name", "effect", "channel", "cues", "not_for"}
KIND_KEYS = {"code", "name", "levels", "offices", "merged", "spoken", "supplier"}
SECTOR_KEYS = {"code", "kind", "words", "debtors", "superior"}
DEBTOR_KEYS = {"code", "words"}


def read(data: Path) -> Directory:
    """The Directory of the seed files, without a database.

    Raises:
        SeedError: see tables().
    """
    return assemble(tables(data))


def tables(data: Path) -> dict[str, Rows]:
    """The rows of every table of the directory, by table name.

    Raises:
        SeedError: a code is unknown or doubled, an owner is missing, the tree has a loop, …; with file and line.
    """
    regions = _regions(data / "regions.csv")
    bodies = load(data / "seed_departments.yaml")
    tree = load(data / "seed_categories.yaml")
    kinds = _coded(bodies, "kinds", KIND_KEYS)
    departments = _departments(kinds, regions)
    debtors = _debtors(bodies)
    gates = _coded(tree, "gates", GATE_KEYS)
    nodes = _coded(tree, "categories", CATEGORY_KEYS)
    everywhere = _competent(kinds, regions[0]["code"])
    _fill_thresholds(tree, nodes)
    for gate in gates.values():
        _check_gate(gate, nodes)
    return {
        "regions": regions,
        "kinds": [_kind(row) for row in kinds.values()],
        "departments": departments,
        "categories": [
            {**_category(row, nodes, gates, everywhere), "position": position}
            for position, row in enumerate(nodes.values())
        ],
        "gates": [_filled(row, GATE_KEYS, cues=[], not_for=[]) for row in gates.values()],
        "sectors": _sectors(bodies, everywhere),
        "debtor_kinds": debtors,
    }


def _coded(document: Any, section: str, keys: set[str]) -> dict[str, Row]:
    """A section's rows by code; every row has a code of its own and no key that nobody reads."""
    rows: dict[str, Row] = {}
    for row in document.need(section):
        code = row.need("code")
        if code in rows:
            raise row.fail("code", f"编码 {code} 重复，第 {rows[code].line} 行已有")
        for key in row.keys() - keys:
            raise row.fail(key, f"没有这个字段：{key}")
        rows[code] = row
    return rows


def _filled(row: Row, keys: Iterable[str], **defaults: Any) -> dict[str, Any]:
    """A row with every key, for a table whose columns are those keys."""
    return {key: row.get(key, defaults.get(key)) for key in keys}


# --- places ----------------------------------------------------------------------------------------------------------


def _regions(path: Path) -> Rows:
    """The list of places; the first is the region, and each stands behind its parent."""
    rows: dict[str, dict[str, Any]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(path, 1, f"读不出来：{error}") from error
    for line, record in enumerate(csv.DictReader(lines), start=2):
        if reason := _wrong_region(record, rows):
            raise SeedError(path, line, reason)
        rows[record["code"]] = {**record, "parent": record["parent"] or None, "aliases": record["aliases"].split()}
    if not rows:
        raise SeedError(path, 1, "没有任何地区")
    return list(rows.values())


def _wrong_region(record: Mapping[str, Any], above: Mapping[str, Any]) -> str:
    """What is wrong with a line of the list of places; empty if nothing is."""
    if None in record or None in record.values() or record.keys() != REGION_KEYS:
        return "应当有五列：code,name,level,parent,aliases"
    if record["code"] in above:
        return f"编码 {record['code']} 重复"
    if record["level"] not in LEVELS:
        return f"没有这个级别：{record['level']}"
    if record["parent"] not in above and (record["parent"] or above):
        return f"上级 {record['parent'] or '（空）'} 不在前面的行里"
    return ""


# --- departments -----------------------------------------------------------------------------------------------------


def _kind(row: Row) -> dict[str, Any]:
    row.need("name")
    return _filled(row, ("code", "name", "spoken", "merged", "supplier"), spoken=[], merged={}, supplier=False)


def _departments(kinds: Mapping[str, Row], regions: Rows) -> Rows:
    """Every place with its department of every kind that has a name for it."""
    places = {row["code"]: Place(**{**row, "aliases": ()}) for row in regions}
    for row in kinds.values():
        _check_kind(row, kinds, places)
    return [
        {"code": f"{place.code}-{row['code']}", "name": name, "kind": row["code"], "place": place.code}
        for place in places.values()
        for row in kinds.values()
        if (name := _department_name(row, place, places))
    ]


def _department_name(row: Row, place: Place, places: Mapping[str, Place]) -> str | None:
    pattern = row.get("offices", {}).get(place.code) or row["levels"].get(place.level)
    if pattern is None:
        return None
    parent = places[place.parent].name if place.parent else ""
    return pattern.format(name=place.name, short=(*place.spoken, place.name)[0], parent=parent)


def _check_kind(row: Row, kinds: Mapping[str, Row], places: Mapping[str, Place]) -> None:
    if "levels" not in row:
        raise row.fail("levels", "缺少 levels")
    _check_known(row, "levels", row["levels"], LEVELS, "没有这个级别")
    _check_known(row, "offices", row.get("offices", {}), places, "没有这个地区编码")
    for level, stand_in in row.get("merged", {}).items():
        _check_known(row, "merged", [level], LEVELS, "没有这个级别")
        _check_known(row, "merged", [stand_in], kinds, "没有这种部门")
    for pattern in row["levels"].values():
        _check_pattern(row, pattern)


def _check_pattern(row: Row, pattern: str) -> None:
    try:
        pattern.format(name="", short="", parent="")
    except (KeyError, IndexError, ValueError) as error:
        raise row.fail("levels", f"名称样式只能用 {{name}} {{short}} {{parent}}：{pattern}") from error


def _check_known(row: Row, key: str, codes: Iterable[Any], known: Any, reason: str) -> None:
    inner = row.get(key)
    at, line_of = (inner, str) if isinstance(inner, Row) else (row, lambda _code: key)
    for code in codes:
        if code not in known:
            raise at.fail(line_of(code), f"{reason}：{code}")


def _competent(kinds: Mapping[str, Row], region: str) -> dict[str, bool]:
    """Every kind, and whether the region has it: then a matter of any place finds one by going up."""
    top = LEVELS[0]
    return {
        code: top in row["levels"] or top in row.get("merged", {}) or region in row.get("offices", {})
        for code, row in kinds.items()
    }


def _debtors(bodies: Row) -> Rows:
    rows = _coded(bodies, "debtor_kinds", DEBTOR_KEYS)
    for row in rows.values():
        _check_known(row, "code", [row["code"]], BODIES, "没有这种债务人")
        row.need("words")
    return [{**row, "position": position} for position, row in enumerate(rows.values())]


def _sectors(bodies: Row, kinds: Mapping[str, bool]) -> Rows:
    rows = []
    for position, row in enumerate(_coded(bodies, "sectors", SECTOR_KEYS).values()):
        _check_owner(row, "kind", row.need("kind"), kinds)
        _check_known(row, "debtors", row.get("debtors", []), BODIES, "没有这种债务人")
        if not row.get("words") and not row.get("debtors"):
            raise row.fail(None, "words 和 debtors 至少要有一项")
        rows.append({**_filled(row, SECTOR_KEYS, words=[], debtors=[], superior=False), "position": position})
    return rows


# --- categories and gates --------------------------------------------------------------------------------------------


def _category(
    row: Row, nodes: Mapping[str, Row], gates: Mapping[str, Row], kinds: Mapping[str, bool]
) -> dict[str, Any]:
    row.need("name")
    check = _check_leaf if row.get("parent") else _check_family
    check(row, nodes, gates)
    for key, known in {"policy": POLICIES, "nature": NATURES}.items():
        _check_known(row, key, [row[key]] if key in row else [], known, f"{key} 没有这个值")
    owners = [_owner(row, entry, kinds) for entry in row.get("owners", [])]
    if owners and all(owner["words"] for owner in owners):
        raise row.fail("owners", "最后要有一个不带词语的主管部门，否则有的诉求没有主管")
    return {**_filled(row, CATEGORY_KEYS, cues=[], sealed=False, own_act=False), "owners": owners}


def _fill_thresholds(tree: Row, nodes: Mapping[str, Row]) -> None:
    """Give every family a threshold, its own or the file's."""
    tree.need("threshold")
    for row in (tree, *nodes.values()):
        value = row.get("threshold", 1)
        if type(value) not in {int, float} or not 0 < value <= 1:
            raise row.fail("threshold", f"threshold 应大于 0、不超过 1：{value}")
    for row in nodes.values():
        if not row.get("parent"):
            row.setdefault("threshold", tree["threshold"])


def _check_family(row: Row, _nodes: Mapping[str, Row], _gates: Mapping[str, Row]) -> None:
    for key in ("policy", "nature"):
        row.need(key)
    if not row.get("owners"):
        raise row.fail("owners", f"大类 {row['code']} 缺少主管部门 owners")


def _check_leaf(row: Row, nodes: Mapping[str, Row], gates: Mapping[str, Row]) -> None:
    _check_known(row, "parent", [row["parent"]], nodes, "没有这个上级类别")
    _check_loop(row, nodes)
    parent = nodes[row["parent"]]
    if parent.get("parent"):
        raise row.fail("parent", f"类别只有两层，{parent['code']} 自己已有上级")
    if not row["code"].startswith(f"{parent['code']}."):
        raise row.fail("code", f"编码应以 {parent['code']}. 开头")
    row.need("cues")
    _check_known(row, "gate", [row["gate"]] if "gate" in row else [], gates, "没有这个关口")
    if "owners" in row and not row["owners"]:
        raise row.fail("owners", f"{row['code']} 缺少主管部门 owners")


def _check_loop(row: Row, nodes: Mapping[str, Row]) -> None:
    seen, here = [row["code"]], row.get("parent", "")
    while here in nodes:
        if here in seen:
            raise row.fail("parent", f"类别树成环：{' → '.join([*seen, here])}")
        seen.append(here)
        here = nodes[here].get("parent", "")


def _owner(row: Row, entry: Any, kinds: Mapping[str, bool]) -> dict[str, Any]:
    """An owner as written (`industry`, or `{health-insurance: [医保]}`), spelt out."""
    pairs = list(entry.items()) if isinstance(entry, dict) else [(entry, [])]
    if len(pairs) != 1:
        raise row.fail("owners", "每个主管部门写成 部门 或 {部门: [词语]}，一项一个")
    kind, words = pairs[0]
    fail_at: Row = entry if isinstance(entry, Row) else row
    _check_owner(fail_at, "owners" if fail_at is row else kind, kind, kinds)
    return {"kind": kind, "words": words}


def _check_owner(row: Row, key: str, kind: Any, kinds: Mapping[str, bool]) -> None:
    _check_known(row, key, [kind], kinds, "没有这种部门")
    if not kinds[kind]:
        raise row.fail(key, f"{kind} 在自治区一级没有部门，有的地方会找不到主管")


def _check_gate(row: Row, nodes: Mapping[str, Row]) -> None:
    for key in ("name", "channel"):
        row.need(key)
    _check_known(row, "effect", [row.need("effect")], EFFECTS, "effect 没有这个值")
    _check_known(row, "not_for", row.get("not_for", []), nodes, "没有这个类别")
