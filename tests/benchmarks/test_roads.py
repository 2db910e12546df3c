"""The road benchmark compares like with like: graphs of others hold the same ways, and its table says what was seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.roads import others
from benchmarks.roads.__main__ import report
from benchmarks.roads.own import measure
from benchmarks.valhalla_matrix import random_places

EXTRACT = Path(__file__).parents[2].parent / "shared" / "bench" / "roads" / "helsinki_centre.osm.pbf"
pytestmark = pytest.mark.skipif(not EXTRACT.is_file(), reason="the public extract helsinki_centre is not here")


@pytest.fixture(scope="module")
def points() -> list[tuple[float, float]]:
    lat, lon = random_places(EXTRACT, 20, seed=1)
    return list(zip(lat.tolist(), lon.tolist(), strict=True))


def test_the_raw_graph_has_the_ways_of_the_contracted_one(points: list[tuple[float, float]], tmp_path: Path) -> None:
    network, nodes = others.network_and_nodes(EXTRACT, points, tmp_path)
    found = []
    for count, tail, head, times in (others.contracted(network), others.raw(network)):
        graph = csr_array((times, (tail, head)), shape=(count, count))
        found.append(dijkstra(graph, indices=nodes)[:, nodes])

    assert np.isfinite(found[0]).mean() > 0.9
    assert others.raw(network)[0] > 2 * others.contracted(network)[0]
    np.testing.assert_allclose(found[1], found[0], atol=0.01)


def test_every_figure_is_in_the_table(points: list[tuple[float, float]]) -> None:
    own = measure(EXTRACT, points, [5, 10], runs=1, workers=1)
    times = others.graph_times(EXTRACT, points, [5], runs=1)
    text = report(EXTRACT, own, times, runs=1, workers=1)

    assert own.build_s > own.open_s > 0
    assert sorted(own.matrix_s) == [5, 10]
    assert own.new_place_base == 10
    assert f"{own.nodes:,} nodes and {own.edges:,} edges" in text
    rows = [line for line in text.splitlines() if line.startswith(("| Callout", "| SciPy", "| pandana"))]
    assert len(rows) == 1 + len(times) >= 3
    assert all(row.count("|") == 4 for row in rows)
    ratio = times[next(iter(times))][5] / own.matrix_s[5]
    assert f"(× {ratio:.1f})" in rows[1]
    assert rows[1].endswith("| – |")
