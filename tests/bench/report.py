"""The figures as a table for people."""

from collections.abc import Iterator, Mapping
from typing import Any

SLOW_MS = 100
NAMES = {
    "bare": "bare view, one row",
    "public": "filing, public",
    "system": "filing, signed in with a key",
}
AIMS = {"filing": "aim 8", "list": "aim 4"}


def table(found: Mapping[str, Any]) -> str:
    """Every figure of a run."""
    service = [*_filing(found["filing"]), "", *_rest(found)] if "filing" in found else []
    lines = [*service, *_training(found.get("training_s", {})), *_duplicates(found.get("duplicates")),
             *_pages(found.get("pages"))]  # fmt: skip
    return "\n".join(["", *lines, "", f"took {found['seconds']} s"])


def _training(seconds: Mapping[int, float]) -> Iterator[str]:
    for size, taken in seconds.items():
        yield _line(f"training on {size:,} texts", f"{taken:.0f} s")


def _duplicates(found: Mapping[str, Any] | None) -> Iterator[str]:
    if not found:
        return
    yield ""
    head = f"duplicates among {found['stored']:,} stored (aim 30 ms)"
    yield f"{head:50}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'offered':>9}"
    for which, figure in found["candidates"].items():
        columns = (figure[name] for name in ("p50_ms", "p95_ms", "cpu_ms", "offered"))
        yield f"{which:50}" + "".join(f"{value:>9.1f}" for value in columns)
    yield _line("hot spots of the region's week, median", f"{found['hotspots_ms']:.0f} ms")
    yield _line("text bands with their indexes", f"{found['bands_mb']:.0f} MB")
    yield _line("storing them", f"{found['fill_s']} s")


def _pages(found: Mapping[str, Any] | None) -> Iterator[str]:
    """Every page with what it takes one banner's people and the whole region's, the slowest first."""
    if not found:
        return
    bare, circles = found["bare"]["median_ms"], found["circles"]
    yield ""
    yield f"pages beside {found['stored']:,} complaints (aim 100 ms); a bare page takes {bare:.1f} ms"
    heads = "".join(f"{head:>8}" for head in ("p50 ms", "worst", "CPU ms", "of bare", "SQL"))
    yield f"{'':44}" + "".join(f"{name:>40}" for name in circles)
    yield f"{'':44}" + heads * len(circles)
    names = {name for pages in circles.values() for name in pages}
    for name in sorted(names, key=lambda one: -max(_median(pages, one) for pages in circles.values())):
        yield f"{name[:43]:44}" + "".join(_page(pages.get(name), bare) for pages in circles.values())
    late = sum(any(_median(pages, name) > SLOW_MS for pages in circles.values()) for name in names)
    yield f"{late} of {len(names)} pages take longer than {SLOW_MS} ms."


def _median(pages: Mapping[str, Any], name: str) -> float:
    return float(pages[name]["median_ms"]) if name in pages else 0.0


def _page(one: Mapping[str, Any] | None, bare: float) -> str:
    if one is None:
        return f"{'':40}"
    times = (one["median_ms"], one["worst_ms"], one["cpu_ms"], one["median_ms"] / bare)
    return "".join(f"{value:>8.0f}" for value in times) + f"{one['statements']:>8}"


def _filing(filing: Mapping[str, Any]) -> Iterator[str]:
    yield f"{'':30}{'clients':>8}{'requests/s':>12}{'of bare':>9}{'p50 ms':>9}{'p99 ms':>9}{'requests':>10}"
    for name, by_clients in filing.items():
        for clients, figure in by_clients.items():
            yield (
                f"{NAMES[name]:30}{clients:>8}{figure['requests_per_second']:>12.0f}{figure['of_bare']:>9.2f}"
                f"{figure['p50_ms']:>9.1f}{figure['p99_ms']:>9.1f}{figure['requests']:>10}"
            )
    shares = [figure["client_cpu_share"] for by_clients in filing.values() for figure in by_clients.values()]
    yield f"The clients took at most {max(shares):.0%} of one core: they do not hold the services up. Aim: .35 of bare."


def _rest(found: Mapping[str, Any]) -> Iterator[str]:
    for length, milliseconds in found["list_p50_ms"].items():
        yield _line(f"list of {length} at {found['rows']:,} stored, p50", f"{milliseconds:.1f} ms")
    for way, rate in found["texts_per_second"].items():
        yield _line(f"classification, {way}", f"{rate:.0f} texts/s")
    for what, number in found["statements"].items():
        yield _line(f"SQL statements, {what}", f"{number}  ({AIMS[what.split()[0].strip(',')]})")
    for process, megabytes in found["memory_mb"].items():
        yield _line(f"memory (PSS), {process}", f"{megabytes:.0f} MB")


def _line(what: str, value: str) -> str:
    return f"{what:50}{value}"
