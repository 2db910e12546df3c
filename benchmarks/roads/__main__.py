"""Measure the roads of one extract: ``python -m benchmarks.roads EXTRACT.osm.pbf``.

Prints a table of Markdown: medians, and the ratio of each other's time to the own. Compiled code is loaded before
anything is timed. SciPy and pandana search between junctions near the places; Valhalla reads the same extract.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks import valhalla_matrix
from benchmarks.roads import others
from benchmarks.roads.own import NEW_PLACES, Own, measure
from benchmarks.roads.timing import provenance

SIZES = (100, 300, 1_100, 3_000)
OTHERS_UP_TO = 1_100
"""Places up to which SciPy and pandana are measured."""
VALHALLA_UP_TO = 100
"""Places up to which Valhalla is asked: three times as many take it a minute and more."""


def in_a_process[Result](call: Callable[..., Result], *words: Any, **options: Any) -> Result:
    """Call in a new process, so that memory is counted alone and libraries don't disturb each other."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(call, *words, **options).result()


def report(extract: Path, own: Own, times: others.Times, *, runs: int, workers: int) -> str:
    """The tables."""
    sizes = sorted(own.matrix_s)
    head = (
        f"`{extract.name}`: {own.nodes:,} nodes and {own.edges:,} edges after contraction; medians of {runs} runs, "
        f"{workers} threads; {provenance()}."
    )
    lines = [
        head,
        "",
        "| what | seen |",
        "|---|---|",
        f"| build, from the extract to the first answer | {own.build_s:.1f} s |",
        f"| open what is kept on disk | {own.open_s:.3f} s |",
        f"| one new place against {own.new_place_base:,} | {own.new_place_s * 1000:.1f} ms |",
        f"| isochrone of 20 minutes | {own.isochrone_s * 1000:.0f} ms |",
        f"| peak memory of the process, building included | {own.peak_mib:,.0f} MiB |",
        "",
        "| places, all to all | " + " | ".join(f"{size:,}" for size in sizes) + " |",
        "|---" * (len(sizes) + 1) + "|",
        "| Callout | " + " | ".join(f"{own.matrix_s[size]:.3f} s" for size in sizes) + " |",
    ]
    for name, seen in times.items():
        cells = [f"{seen[at]:.2f} s (× {seen[at] / own.matrix_s[at]:.1f})" if at in seen else "–" for at in sizes]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the roads of one extract.")
    parser.add_argument("extract", type=Path)
    parser.add_argument("--places", type=int, nargs="+", default=list(SIZES), help="sizes of the matrices")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--others-up-to", type=int, default=OTHERS_UP_TO, help="largest matrix of SciPy and the like")
    parser.add_argument("--valhalla-up-to", type=int, default=VALHALLA_UP_TO, help="largest matrix of Valhalla")
    options = parser.parse_args()
    sizes = sorted(options.places)
    shared = [size for size in sizes if size <= options.others_up_to]
    lat, lon = valhalla_matrix.random_places(options.extract, sizes[-1] + NEW_PLACES, seed=options.seed)
    points = list(zip(lat.tolist(), lon.tolist(), strict=True))
    own = in_a_process(measure, options.extract, points, sizes, runs=options.runs, workers=options.workers)
    times: others.Times = {}
    if shared:
        print("own roads are measured; now SciPy and pandana", file=sys.stderr)
        times |= in_a_process(others.graph_times, options.extract, points, shared, runs=options.runs)
    few = [size for size in sizes if size <= options.valhalla_up_to]
    if few:
        print("now Valhalla", file=sys.stderr)
        times |= others.valhalla_times(options.extract, points, few, workers=options.workers)
    print(report(options.extract, own, times, runs=options.runs, workers=options.workers))


if __name__ == "__main__":
    main()
