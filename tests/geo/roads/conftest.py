"""A town of straight streets, drawn by hand, whose travel times can be worked out in the head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from geo.paths.hierarchy import Hierarchy
from geo.roads.network import RoadNetwork, weights
from geo.roads.router import RoadRouter
from geo.roads.snap import Snapped

LAT, LON = 47.0, 9.0
BLOCK_DEG = 0.001
BLOCK_DM = 1000
"""Streets are said to be 100.0 m long, whatever the map says: numbers in tests are then round."""


@dataclass(frozen=True, kw_only=True)
class Road:
    """A straight or bent road through corners (column, row) of the town; both directions unless `one_way`."""

    corners: Sequence[tuple[float, float]]
    ms: int = 10_000
    back_ms: int | None = None
    one_way: bool = False
    name: str = ""
    road_class: str = "residential"


def town(roads: Sequence[Road], *, source: str = "town car", profile: str = "car") -> RoadNetwork:
    """The network of some roads; roads meet where their ends are at one corner."""
    ends = sorted({road.corners[k] for road in roads for k in (0, -1)})
    number = {corner: at for at, corner in enumerate(ends)}
    classes = sorted({road.road_class for road in roads})
    streets = ["", *sorted({road.name for road in roads} - {""})]
    edges = []
    for piece, road in enumerate(roads):
        start, end = number[road.corners[0]], number[road.corners[-1]]
        edges.append((start, end, road.ms, piece, 1))
        if not road.one_way:
            edges.append((end, start, road.ms if road.back_ms is None else road.back_ms, piece, 0))
    return network_of(
        nodes=ends,
        edges=edges,
        lines=[road.corners for road in roads],
        lengths_dm=[BLOCK_DM * max(len(road.corners) - 1, 1) for road in roads],
        classes=classes,
        road_class=[classes.index(road.road_class) for road in roads],
        streets=streets,
        street=[streets.index(road.name) for road in roads],
        source=source,
        profile=profile,
    )


def network_of(*, nodes, edges, lines, lengths_dm, classes, road_class, streets, street, source="town car",
               profile="car") -> RoadNetwork:  # fmt: skip
    """A network of rows (tail, head, ms, piece, forward) and corners, with components as they are."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows = np.array(sorted(edges), dtype=np.int64).reshape(-1, 5)
    count = len(nodes)
    graph = coo_array((np.ones(len(rows)), (rows[:, 0], rows[:, 1])), shape=(count, count))
    labels = connected_components(graph, directed=True, connection="strong")[1]
    order = np.argsort(-np.bincount(labels), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    points = [corner for line in lines for corner in line]
    return RoadNetwork(
        source=source,
        profile=profile,
        node_lat=np.array([LAT + row * BLOCK_DEG for _, row in nodes]),
        node_lon=np.array([LON + column * BLOCK_DEG for column, _ in nodes]),
        node_osm=np.arange(1, count + 1, dtype=np.int64),
        tail=rows[:, 0].astype(np.int32),
        head=rows[:, 1].astype(np.int32),
        first_out=np.searchsorted(rows[:, 0], np.arange(count + 1)).astype(np.int32),
        travel_ms=rows[:, 2].astype(np.int32),
        length_dm=np.array([lengths_dm[piece] for piece in rows[:, 3]], dtype=np.int32),
        piece=rows[:, 3].astype(np.int32),
        forward=rows[:, 4].astype(np.uint8),
        road_class=np.array(road_class, dtype=np.uint8),
        street=np.array(street, dtype=np.int32),
        first_point=np.cumsum([0, *(len(line) for line in lines)]).astype(np.int64),
        point_lat=np.array([LAT + row * BLOCK_DEG for _, row in points]),
        point_lon=np.array([LON + column * BLOCK_DEG for column, _ in points]),
        component=rank[labels].astype(np.int32),
        classes=tuple(classes),
        streets=tuple(streets),
    )


@pytest.fixture(scope="session")
def draw() -> Callable[..., RoadNetwork]:
    return town


@pytest.fixture(scope="session")
def lay() -> Callable[..., RoadNetwork]:
    return network_of


@pytest.fixture(scope="session")
def road() -> type[Road]:
    return Road


@pytest.fixture(scope="session")
def grid() -> RoadNetwork:
    """Five by five corners; streets of 10 s both ways, the third column one-way north at 5 s, the top row slow."""
    roads = [
        Road(
            corners=[(column, row), (column + 1, row)],
            ms=20_000 if row == 4 else 10_000,
            name=f"Row {row}",
            road_class="tertiary" if row == 4 else "residential",
        )
        for row in range(5)
        for column in range(4)
    ]
    roads += [
        Road(
            corners=[(column, row), (column, row + 1)],
            ms=5_000 if column == 2 else 10_000,
            one_way=column == 2,
            name=f"Column {column}",
            road_class="primary" if column == 2 else "residential",
        )
        for column in range(5)
        for row in range(4)
    ]
    return town(roads)


def dijkstra(network: RoadNetwork, places: Snapped, travel_ms: np.ndarray | None = None) -> Callable[[int], np.ndarray]:
    """Milliseconds from one place to all by networkx, on the graph with the edges cut at the places.

    Each direction of a street has cut points of its own, so that nobody turns round at somebody else's door.
    """
    import networkx as nx

    times = network.travel_ms if travel_ms is None else travel_ms
    graph = nx.DiGraph()
    on_piece: dict[int, list[int]] = {}
    for place in range(len(places)):
        graph.add_node(("from", place))
        on_piece.setdefault(int(places.piece[place]), []).append(place)

    def link(one: object, other: object, ms: int) -> None:
        if not graph.has_edge(one, other) or graph[one][other]["ms"] > ms:
            graph.add_edge(one, other, ms=ms)

    for edge in range(len(network.tail)):
        length, ms = int(network.length_dm[edge]), int(times[edge])
        stops = []
        for place in on_piece.get(int(network.piece[edge]), []):
            offset = int(places.offset_dm[place])
            along = offset if network.forward[edge] else length - offset
            stops.append((along, place))
        before, done = int(network.tail[edge]), 0
        for along, place in sorted(stops):
            at = (2 * ms * along + length) // (2 * length)  # the share of the length, rounded
            point = ("cut", edge, along)
            link(before, point, at - done)
            link(("from", place), point, 0)
            link(point, ("to", place), 0)
            before, done = point, at
        link(before, int(network.head[edge]), ms - done)

    def row(origin: int) -> np.ndarray:
        found = nx.single_source_dijkstra_path_length(graph, ("from", origin), weight="ms")
        ways = np.array([found.get(("to", place), -1) for place in range(len(places))], dtype=np.int64)
        ways[origin] = 0
        return ways

    return row


@pytest.fixture(scope="session")
def by_networkx() -> Callable[..., Callable[[int], np.ndarray]]:
    return dijkstra


def route(network: RoadNetwork, *, travel_ms: np.ndarray | None = None) -> RoadRouter:
    """A router over all of a network."""
    weight = weights(network.travel_ms if travel_ms is None else travel_ms, network.length_dm)
    hierarchy = Hierarchy.build(len(network.node_lat), network.tail, network.head, weight)
    return RoadRouter(network, hierarchy, travel_ms=travel_ms, workers=1)


@pytest.fixture(scope="session")
def router_of() -> Callable[..., RoadRouter]:
    return route


@pytest.fixture(scope="session")
def at() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Latitudes and longitudes of corners (column, row), which may lie between streets."""

    def where(*corners: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
        return (
            np.array([LAT + row * BLOCK_DEG for _, row in corners]),
            np.array([LON + column * BLOCK_DEG for column, _ in corners]),
        )

    return where
