"""The public graph, and networks of real places."""

from __future__ import annotations

import networkx
import numpy as np
import pytest

from geo.ellipsoid import distance_m
from geo.roads.build import build_network
from geo.roads.graph import to_networkx


def test_the_graph_holds_what_the_arrays_hold(osm_map, built) -> None:
    osm_map.node(1, 47.0, 9.0).node(2, 47.001, 9.0).node(3, 47.002, 9.001).node(4, 47.002, 9.0)
    osm_map.way(10, [1, 2, 3], name="High Street", oneway="yes").way(11, [2, 4], highway="tertiary")
    network = built(osm_map)
    graph = to_networkx(network)
    assert graph.number_of_nodes() == len(network.node_lat) == 4
    assert graph.number_of_edges() == len(network.tail) == 4
    for tail, head, key, data in graph.edges(keys=True, data=True):
        assert (tail, head) == (network.tail[key], network.head[key])
        assert data["travel_s"] == network.travel_ms[key] / 1000
        assert data["length_m"] == network.length_dm[key] / 10
        ends = [data["geometry"].coords[0], data["geometry"].coords[-1]]
        assert ends == [(graph.nodes[node]["lon"], graph.nodes[node]["lat"]) for node in (tail, head)]
    named = {(graph.nodes[a]["osm"], graph.nodes[b]["osm"]): d for a, b, d in graph.edges(data=True)}
    assert (named[1, 2]["street"], named[1, 2]["road_class"]) == ("High Street", "residential")
    assert (named[4, 2]["street"], named[4, 2]["road_class"]) == ("", "tertiary")
    assert (2, 1) not in named


def test_parallel_edges_stay_apart(osm_map, built) -> None:
    osm_map.node(1, 47.0, 9.0).node(2, 47.0, 9.002).node(3, 47.001, 9.001).node(4, 47.0, 9.003).node(5, 47.0, 8.999)
    network = built(osm_map.way(10, [1, 2]).way(11, [1, 3, 2]).way(12, [2, 4]).way(13, [1, 5]))
    graph = to_networkx(network)
    one, two = (next(n for n, osm in graph.nodes(data="osm") if osm == number) for number in (1, 2))
    assert graph.number_of_edges(one, two) == 2
    lines = sorted(len(data["geometry"].coords) for data in graph[one][two].values())
    assert lines == [2, 3]


def check(network) -> None:
    """What must hold for every network."""
    nodes, edges, pieces = len(network.node_lat), len(network.tail), len(network.road_class)
    assert (np.diff(network.tail) >= 0).all()
    np.testing.assert_array_equal(np.searchsorted(network.tail, np.arange(nodes + 1)), network.first_out)
    assert network.travel_ms.min() >= 1
    assert (network.length_dm >= 0).all()
    assert set(np.unique(network.piece)) == set(range(pieces))
    assert network.first_point[-1] == len(network.point_lat)
    assert (np.diff(network.first_point) >= 2).all()
    # Edges begin and end where the line of their piece does.
    first, last = network.first_point[network.piece], network.first_point[network.piece + 1] - 1
    begin, end = np.where(network.forward == 1, first, last), np.where(network.forward == 1, last, first)
    np.testing.assert_array_equal(network.node_lat[network.tail], network.point_lat[begin])
    np.testing.assert_array_equal(network.node_lon[network.head], network.point_lon[end])
    # The length of an edge is that of its line.
    step = distance_m(network.point_lat[:-1], network.point_lon[:-1], network.point_lat[1:], network.point_lon[1:])
    along = np.concatenate(([0.0], np.cumsum(step)))
    line_m = along[last] - along[first]
    np.testing.assert_allclose(network.length_dm / 10, line_m, atol=0.06)
    # The main component is the largest, and no edge of it leads nowhere.
    sizes = np.bincount(network.component)
    assert sizes[0] == sizes.max()
    assert network.tail.dtype == network.travel_ms.dtype == np.int32
    assert edges == len(network.forward)


# Counts of an earlier build of the same files, to be changed with the rules: they would show a rule that goes astray.
@pytest.mark.parametrize(
    ("name", "profile", "junctions", "pieces", "main_share"),
    [
        ("helsinki_centre", "car", 407, 493, 0.85),
        ("helsinki_centre", "walk", 2573, 3669, 0.94),
        ("liechtenstein", "car", 4161, 4779, 0.95),
        ("liechtenstein", "ebike", 5008, 6258, 0.97),
        ("porto_alegre", "van", 13_855, 19_316, 0.98),
    ],
)
def test_real_places(extracts, name, profile, junctions, pieces, main_share) -> None:
    network = build_network(extracts(name), profile=profile)
    check(network)
    assert len(np.unique(network.node_osm)) == pytest.approx(junctions, rel=0.02)
    assert len(network.road_class) == pytest.approx(pieces, rel=0.02)
    assert (network.component == 0).mean() > main_share


def test_junctions_of_the_main_component_reach_each_other(helsinki) -> None:
    """Some copy of each junction is reached from some copy of each other: checked on the graph of networkx."""
    graph = to_networkx(helsinki)
    main = np.unique(helsinki.node_osm[helsinki.component == 0])
    start = {node for node, data in graph.nodes(data=True) if data["osm"] == int(main[0])}
    for direction in (graph, graph.reverse(copy=False)):
        reached = networkx.multi_source_dijkstra_path_length(direction, start, weight="travel_s")
        assert set(main.tolist()) <= {graph.nodes[node]["osm"] for node in reached}


def test_a_build_is_reproducible(extracts, helsinki) -> None:
    again = build_network(extracts("helsinki_centre"))
    for name in helsinki.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(again, name), getattr(helsinki, name))
