"""Matrices of shortest ways: how time grows with the places, against SciPy, pandana and Valhalla in the same run.

    python -m benchmarks.shortest_paths EXTRACT [--places 100,300,1100,3000] [--rivals scipy,pandana,valhalla]
                                        [--workers 2] [--seed 1] [--csv FILE]

Places are nodes with ways between all of them, so that all are asked the same question; SciPy must give the same
numbers, to the millisecond. A rival that is not installed is left out; `MOST_PLACES` says up to where each is asked.
Prints Markdown.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.valhalla_matrix import available, valhalla_matrix
from geo.paths.graph import Graph
from geo.paths.hierarchy import Hierarchy
from geo.paths.links import Links
from geo.paths.matrix import many_to_many
from geo.paths.reach import reach
from geo.paths.warm import warm
from geo.paths.ways import way
from geo.roads.build import build_network
from geo.roads.network import METRE_BITS, RoadNetwork

OWN_RUNS = 5
MOST_PLACES = {"scipy": 1100, "pandana": 1100, "valhalla": 300}
"""Places up to which a rival is asked: more would take it many minutes."""
FULL_DAY = 1100
"""Places that a new one is added to: a large day of a service organisation."""
ISOCHRONE_MS = 20 * 60 * 1000
WAYS = 200

type Nodes = npt.NDArray[np.int64]
type Table = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement: `seconds` is the median of `runs` calls, `ratio` that over our own for as many places."""

    what: str
    places: int
    runs: int
    seconds: float
    ratio: float = 0.0


def timed[T](call: Callable[[], T], runs: int) -> tuple[float, T]:
    """Median seconds of some calls, and what the last one gave."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - begun)
    return statistics.median(times), result


def at_nodes(nodes: Nodes) -> Links:
    """Places that stand right on nodes."""
    first, none = np.arange(len(nodes) + 1), np.empty(0, dtype=np.int64)
    node, zero = nodes.astype(np.int32), np.zeros(len(nodes), dtype=np.int64)
    return Links(
        out_first=first, out_node=node, out_weight=zero, in_first=first, in_node=node, in_weight=zero,
        direct_from=none, direct_to=none, direct_weight=none,
    )  # fmt: skip


def strongly_connected(network: RoadNetwork) -> Nodes:
    """Nodes of the largest part in which every node, not just every junction, can be reached from every other."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    size = len(network.node_lat)
    graph = csr_array((np.ones(len(network.tail)), (network.tail, network.head)), shape=(size, size))
    _, label = connected_components(graph, directed=True, connection="strong")
    return np.flatnonzero(label == np.bincount(label).argmax())


def with_scipy(network: RoadNetwork) -> Callable[[Nodes], Table]:
    """Dijkstra of SciPy on the same graph, from all places to all nodes; milliseconds, -1 without a way."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    # A sparse matrix adds parallel edges up: the quickest one stays, loops go.
    order = np.lexsort((network.travel_ms, network.head, network.tail))
    tail, head, travel_ms = network.tail[order], network.head[order], network.travel_ms[order]
    keep = (np.diff(tail, prepend=-1) != 0) | (np.diff(head, prepend=-1) != 0)
    size = len(network.node_lat)
    graph = csr_array((travel_ms[keep].astype(np.float64), (tail[keep], head[keep])), shape=(size, size))

    def table(nodes: Nodes) -> Table:
        found = dijkstra(graph, indices=nodes)[:, nodes]
        return np.where(np.isinf(found), -1, found).astype(np.int64)

    return table


def with_pandana(network: RoadNetwork) -> Callable[[Nodes], Table]:
    """Ask pandana (contraction hierarchies in C++, all cores), a list of pairs."""
    import pandana
    import pandas

    nodes_of = pandas.DataFrame({"x": network.node_lon, "y": network.node_lat})
    # It counts whole milliseconds and cuts off the rest: half a one more, and none is lost to binary fractions.
    edges = pandas.DataFrame({"tail": network.tail, "head": network.head, "s": (network.travel_ms + 0.5) / 1000})
    net = pandana.Network(nodes_of.x, nodes_of.y, edges["tail"], edges["head"], edges[["s"]], twoway=False)

    def table(nodes: Nodes) -> Table:
        size = len(nodes)
        # What `Network.shortest_path_lengths` calls; that one also lists all pairs without a way in a warning.
        found = net.net.shortest_path_distances(np.repeat(nodes, size), np.tile(nodes, size), 0)
        return np.rint(np.array(found).reshape(size, size) * 1000).astype(np.int64)

    return table


def measure(extract: Path, places: list[int], rivals: list[str], *, workers: int, seed: int) -> Iterator[Row]:
    """Measure all, in the order in which it is printed."""
    begun = time.perf_counter()
    network = build_network(extract)
    yield Row(what="build the network", places=0, runs=1, seconds=time.perf_counter() - begun)
    warm()
    size, weight = len(network.node_lat), network.weight
    seconds, hierarchy = timed(
        lambda: Hierarchy.build(size, network.tail, network.head, weight, workers=workers), runs=3
    )
    yield Row(what="build the hierarchy", places=0, runs=3, seconds=seconds)

    tables: dict[str, Callable[[Nodes], Table]] = {}
    if "scipy" in rivals:
        tables["scipy"] = with_scipy(network)
    if "pandana" in rivals and importlib.util.find_spec("pandana"):
        tables["pandana"] = with_pandana(network)
    rng = np.random.default_rng(seed)
    main = strongly_connected(network)
    for count in places:
        nodes = rng.choice(main, count, replace=False)
        links = at_nodes(nodes)
        own, matrix = timed(lambda links=links: many_to_many(hierarchy, links, workers=workers), OWN_RUNS)
        yield Row(what="matrix", places=count, runs=OWN_RUNS, seconds=own, ratio=1)
        own_ms = np.where(matrix < 0, -1, matrix >> METRE_BITS)
        for name, table in tables.items():
            if count > MOST_PLACES[name]:
                continue
            runs = 3 if count <= 300 else 1
            seconds, found = timed(lambda table=table, nodes=nodes: table(nodes), runs)
            if name == "scipy" and not np.array_equal(found, own_ms):
                raise AssertionError("SciPy found other times")
            other = f", {np.mean(found != own_ms):.1%} other times" if (found != own_ms).any() else ""
            yield Row(what=f"matrix by {name}{other}", places=count, runs=runs, seconds=seconds, ratio=seconds / own)
        if "valhalla" in rivals and available() and count <= MOST_PLACES["valhalla"]:
            seconds = valhalla_matrix(
                extract, network.node_lat[nodes], network.node_lon[nodes], workers=workers
            ).seconds
            yield Row(what="matrix by valhalla", places=count, runs=1, seconds=seconds, ratio=seconds / own)

    count = min(FULL_DAY, len(main) - 1)
    links = at_nodes(rng.choice(main, count + 1, replace=False))
    others = range(count)

    def new_place() -> None:
        many_to_many(hierarchy, links, sources=[count], targets=others, workers=workers)
        many_to_many(hierarchy, links, sources=others, targets=[count], workers=workers)

    yield Row(what="row and column of a new place", places=count, runs=OWN_RUNS, seconds=timed(new_place, OWN_RUNS)[0])
    ends = rng.integers(0, count, (WAYS, 2))
    seconds = statistics.median(timed(lambda a=a, b=b: way(hierarchy, links, a, b), 1)[0] for a, b in ends.tolist())
    yield Row(what="one way, with its edges", places=2, runs=WAYS, seconds=seconds)
    graph = Graph.of(size, network.tail, network.head, weight)
    # The junction in the middle of the others: its isochrone is among the largest.
    lat, lon = network.node_lat[main], network.node_lon[main]
    middle = at_nodes(main[[np.argmin((lat - np.median(lat)) ** 2 + (lon - np.median(lon)) ** 2)]])
    for towards in (False, True):
        seconds, found = timed(
            lambda towards=towards: reach(graph, middle, [0], limit_ms=ISOCHRONE_MS, towards=towards), OWN_RUNS
        )
        inside = int((found >= 0).sum())
        what = f"nodes within 20 min {'to' if towards else 'from'} the middle ({inside:,} of {size:,})"
        yield Row(what=what, places=1, runs=OWN_RUNS, seconds=seconds)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("extract", type=Path)
    parser.add_argument("--places", default="100,300,1100,3000")
    parser.add_argument("--rivals", default="scipy,pandana,valhalla")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", type=Path)
    given = parser.parse_args(arguments)
    counts = [int(count) for count in given.places.split(",")]
    print("| what | places | runs | median s | ratio to own |\n|---|---:|---:|---:|---:|", flush=True)
    rows = []
    for row in measure(given.extract, counts, given.rivals.split(","), workers=given.workers, seed=given.seed):
        rows.append(row)
        ratio = f"{row.ratio:.1f}" if row.ratio else ""
        print(f"| {row.what} | {row.places or ''} | {row.runs} | {row.seconds:.4g} | {ratio} |", flush=True)
    print(
        f"\nmost memory at any time: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB",
        file=sys.stderr,
    )
    if given.csv:
        with given.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([field.name for field in fields(Row)])
            writer.writerows(astuple(row) for row in rows)


if __name__ == "__main__":
    main()
