"""The same matrices by others: SciPy's Dijkstra, pandana, Valhalla. Each is asked for times between nodes or places."""

from __future__ import annotations

import contextlib
import importlib.util
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks import valhalla_matrix
from benchmarks.roads.own import PROFILE, Points
from benchmarks.roads.timing import median_s, seconds_of
from dispatch.places import Place
from geo.roads.network import RoadNetwork
from geo.roads.travel import RoadTravel

SOURCES = 100
"""SciPy searches the whole graph once for each source, so its time grows in proportion: at most so many sources are
measured, and the time of all is reckoned from them."""

Ints = npt.NDArray[np.int64]
Times = dict[str, dict[int, float]]
"""Seconds by name and number of places."""

Graph = tuple[int, Ints, Ints, npt.NDArray[np.float64]]
"""Number of nodes; tail, head and milliseconds of the edges, at most one edge from one node to another."""


def network_and_nodes(extract: Path, points: Points, cache: Path) -> tuple[RoadNetwork, Ints]:
    """The contracted network, and a node near each point: the begin of an edge along its road."""
    travel = RoadTravel(extract, cache=cache)
    network = travel.network(PROFILE)
    snapped = travel.snap([Place(id=str(n), lat=lat, lon=lon) for n, (lat, lon) in enumerate(points)], PROFILE)
    tail_of_piece = np.zeros(len(network.road_class), dtype=np.int64)
    tail_of_piece[network.piece] = network.tail
    return network, tail_of_piece[snapped.piece]


def contracted(network: RoadNetwork) -> Graph:
    """The network as it is; of parallel edges the fastest."""
    return _simple(len(network.node_lat), network.tail, network.head, network.travel_ms)


def raw(network: RoadNetwork) -> Graph:
    """The network before its chains were contracted: every point of a road is a node, times go by degrees.

    Each direction has nodes of its own, so that a way can't turn in the middle of a road, nor slip from one copy of a
    junction to another and past a turn restriction.
    """
    nodes = len(network.node_lat)
    counts = np.diff(network.first_point)[network.piece]  # points of each edge's line
    inner = np.cumsum(counts - 2) - (counts - 2)  # points between the ends, of the edges before
    edge = np.repeat(np.arange(len(network.tail)), counts - 1)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(counts - 1) - (counts - 1), counts - 1)
    along = network.forward[edge].astype(np.bool_)
    last = counts[edge] - 1
    first_point = network.first_point[network.piece[edge]]

    def node(at: Ints) -> Ints:
        """Node at a step of an edge."""
        between = nodes + inner[edge] + at - 1
        return np.where(at == 0, network.tail[edge], np.where(at == last, network.head[edge], between))

    point = first_point + np.where(along, step, last - step)
    following = first_point + np.where(along, step + 1, last - step - 1)
    lat, lon = network.point_lat, network.point_lon
    shrink = np.cos(np.radians(float(np.mean(lat))))
    length = np.hypot(lat[point] - lat[following], (lon[point] - lon[following]) * shrink)
    whole = np.bincount(edge, weights=length, minlength=len(network.tail))[edge]
    share = np.divide(length, whole, out=np.ones_like(length), where=whole > 0)
    return _simple(nodes + int((counts - 2).sum()), node(step), node(step + 1), network.travel_ms[edge] * share)


def _simple(nodes: int, tail: npt.ArrayLike, head: npt.ArrayLike, travel_ms: npt.ArrayLike) -> Graph:
    tails, heads = np.asarray(tail, dtype=np.int64), np.asarray(head, dtype=np.int64)
    times = np.asarray(travel_ms, dtype=np.float64)
    order = np.lexsort((times, heads, tails))
    tails, heads, times = tails[order], heads[order], times[order]
    first = np.concatenate(([True], (np.diff(tails) != 0) | (np.diff(heads) != 0)))
    return nodes, tails[first], heads[first], times[first]


def scipy_s(graph: Graph, nodes: Ints, *, runs: int) -> float:
    """Seconds of SciPy's Dijkstra between all of some nodes; see `SOURCES`."""
    count, tail, head, times = graph
    matrix = csr_array((times, (tail, head)), shape=(count, count))
    some = nodes[:SOURCES]
    return median_s(lambda: dijkstra(matrix, indices=some)[:, nodes], runs) * len(nodes) / len(some)


def pandana_s(graph: Graph, network: RoadNetwork, nodes: Sequence[Ints], *, runs: int) -> list[float] | None:
    """Seconds of pandana's contraction hierarchy for each set of nodes, after its preparation; None without it."""
    if importlib.util.find_spec("pandana") is None:
        return None
    import pandana
    import pandas as pd

    count, tail, head, times = graph
    index = pd.Index(np.arange(count))
    made = pandana.Network(
        pd.Series(np.asarray(network.node_lon), index=index),
        pd.Series(np.asarray(network.node_lat), index=index),
        pd.Series(tail),
        pd.Series(head),
        pd.DataFrame({"travel_ms": times}),
        twoway=False,
    )

    def matrix(chosen: Ints) -> None:
        made.shortest_path_lengths(np.repeat(chosen, len(chosen)), np.tile(chosen, len(chosen)), imp_name="travel_ms")

    matrix(nodes[0][:2])
    return [median_s(lambda one=chosen: matrix(one), runs) for chosen in nodes]


@contextlib.contextmanager
def valhalla(extract: Path, *, workers: int) -> Iterator[tuple[str, float] | None]:
    """A running Valhalla and the seconds of building its tiles; None without the package ``pyvalhalla``."""
    if not valhalla_matrix.available():
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        built: list[Path] = []
        tiles_s = seconds_of(lambda: built.append(valhalla_matrix.build_tiles(extract, Path(folder), workers=workers)))
        with valhalla_matrix.service(built[0], matrix_pairs=valhalla_matrix.MATRIX_PAIRS) as url:
            yield url, tiles_s


def graph_times(extract: Path, points: Points, sizes: Sequence[int], *, runs: int) -> Times:
    """Times of the libraries that search graphs, by name and number of places."""
    with tempfile.TemporaryDirectory() as cache:
        network, nodes = network_and_nodes(extract, points, Path(cache))
        graphs = {"contracted": contracted(network), "raw": raw(network)}
        times: Times = {
            f"SciPy `dijkstra`, {name} graph ({graph[0]:,} nodes)": {
                size: scipy_s(graph, nodes[:size], runs=runs) for size in sizes
            }
            for name, graph in graphs.items()
        }
        seen = pandana_s(graphs["contracted"], network, [nodes[:size] for size in sizes], runs=runs)
        if seen is not None:
            times["pandana, contracted graph"] = dict(zip(sizes, seen, strict=True))
        return times


def valhalla_times(extract: Path, points: Points, sizes: Sequence[int], *, workers: int) -> Times:
    """Times of Valhalla's matrix, one run each: it takes minutes. Empty without it."""
    with valhalla(extract, workers=workers) as started:
        if started is None:
            return {}
        url, tiles_s = started
        lat, lon = zip(*points, strict=True)
        valhalla_matrix.timed_matrix(url, lat[:2], lon[:2])  # tiles are mapped on the first question
        seen = {size: valhalla_matrix.timed_matrix(url, lat[:size], lon[:size]).seconds for size in sizes}
        return {f"Valhalla `sources_to_targets` (tiles: {tiles_s:.1f} s)": seen}
