"""Contraction changes no time and no line."""

from __future__ import annotations

from itertools import pairwise

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.ellipsoid import distance_m
from geo.roads.chains import pieces_of
from geo.roads.edges import edges_of
from geo.roads.extract import read_extract
from geo.roads.nodes import node_rules
from geo.roads.profiles import PROFILES
from geo.roads.segments import CLOSED, segments_of
from geo.roads.ways import roads_of


def row(osm, *, ways, names=None, **tags):
    """Nodes 1..n in a row, 0.001 degrees apart, joined by the given ways."""
    for number in range(1, max(max(way) for way in ways) + 1):
        osm.node(number, 47.0, 9.0 + number / 1000)
    for at, refs in enumerate(ways):
        osm.way(100 + at, refs, **tags, **({"name": names[at]} if names else {}))
    return osm


def test_a_chain_over_two_ways_is_one_piece_with_its_line(osm_map, built) -> None:
    network = built(row(osm_map, ways=[[1, 2, 3], [3, 4, 5]], names=["High Street", "High Street"]))
    assert len(network.road_class) == 1
    assert network.node_osm.tolist() == [1, 5]
    assert sorted(network.point_lon.tolist()) == pytest.approx([9.001, 9.002, 9.003, 9.004, 9.005])
    assert network.streets[network.street[0]] == "High Street"
    assert network.forward.tolist() in ([1, 0], [0, 1])
    exact_m = distance_m(np.array([47.0]), np.array([9.001]), np.array([47.0]), np.array([9.005]))[0]
    assert network.length_dm.tolist() == pytest.approx([exact_m * 10] * 2, abs=0.51)


@pytest.mark.parametrize(
    "change",
    [
        {"names": ["High Street", "Low Street"]},
        {"second": {"highway": "tertiary"}},
        {"second": {"oneway": "yes"}},
        {"second": {"access": "private"}},
    ],
)
def test_a_chain_ends_where_the_road_changes(osm_map, built, change) -> None:
    row(osm_map, ways=[[1, 2, 3]], names=change.get("names"))
    osm_map.node(4, 47.0, 9.004).node(5, 47.0, 9.005)
    name = {"name": change["names"][1]} if "names" in change else {}
    network = built(osm_map.way(200, [3, 4, 5], **name, **change.get("second", {})))
    assert len(network.road_class) == 2
    assert set(network.node_osm.tolist()) == {1, 3, 5}


def test_one_ways_that_meet_head_on_are_no_chain(osm_map, built) -> None:
    network = built(row(osm_map, ways=[[1, 2], [3, 2]], oneway="yes"))
    assert sorted(network.node_osm[network.head].tolist()) == [2, 2]


def test_one_ways_in_a_row_are_one_edge_whatever_their_tagging(osm_map, built) -> None:
    row(osm_map, ways=[[1, 2]], oneway="yes")
    network = built(osm_map.node(3, 47.0, 9.003).way(101, [3, 2], oneway="-1"))
    assert [
        (int(network.node_osm[t]), int(network.node_osm[h])) for t, h in zip(network.tail, network.head, strict=True)
    ] == [(1, 3)]


def test_a_ring_without_a_junction_is_kept(osm_map, built) -> None:
    osm_map.node(1, 47.0, 9.0).node(2, 47.001, 9.0).node(3, 47.0, 9.001)
    network = built(osm_map.way(10, [1, 2, 3, 1]))
    assert (network.tail == network.head).all()
    assert len(network.tail) == 2
    assert network.first_point.tolist() == [0, 4]


def test_a_loop_at_a_junction_and_parallel_roads_are_kept(osm_map, built) -> None:
    osm_map.node(1, 47.0, 9.0).node(2, 47.001, 9.0).node(3, 47.0, 9.001).node(4, 46.999, 9.0).node(5, 46.9995, 9.001)
    osm_map.way(10, [1, 2, 3, 1])  # a loop at 1
    osm_map.way(11, [1, 4]).way(12, [1, 5, 4])  # two roads from 1 to 4
    osm_map.node(6, 46.998, 9.0).way(13, [4, 6])
    network = built(osm_map)
    pairs = sorted(
        (int(network.node_osm[t]), int(network.node_osm[h])) for t, h in zip(network.tail, network.head, strict=True)
    )
    assert pairs == [(1, 1), (1, 1), (1, 4), (1, 4), (4, 1), (4, 1), (4, 6), (6, 4)]


def test_a_node_twice_in_a_row_and_a_way_over_the_edge_of_the_extract(osm_map, built) -> None:
    row(osm_map, ways=[[1, 1, 2, 5, 3, 4]])
    del osm_map.nodes[5]  # it lies beyond the edge
    network = built(osm_map)
    pairs = {
        (int(network.node_osm[t]), int(network.node_osm[h])) for t, h in zip(network.tail, network.head, strict=True)
    }
    assert pairs == {(1, 2), (2, 1), (3, 4), (4, 3)}


def test_two_nodes_at_one_place_give_an_edge_of_a_millisecond(osm_map, built) -> None:
    network = built(osm_map.node(1, 47.0, 9.0).node(2, 47.0, 9.0).way(10, [1, 2]))
    assert network.travel_ms.tolist() == [1, 1]
    assert network.length_dm.tolist() == [0, 0]


def test_a_ferry_keeps_its_timetable_over_all_its_parts(osm_map, built) -> None:
    row(osm_map, ways=[[1, 2, 3]])
    osm_map.node(4, 47.0, 9.004).node(5, 47.0, 9.010).node(6, 47.001, 9.004)
    osm_map.way(300, [3, 4, 5], highway="", route="ferry", duration="00:20", motor_vehicle="yes")
    network = built(osm_map.way(301, [4, 6], highway="", route="ferry", motor_vehicle="yes"))
    ferries = network.road_class[network.piece] == network.classes.index("ferry")
    timed = ferries & (network.node_osm[network.tail] != 6) & (network.node_osm[network.head] != 6)
    delay_ms = PROFILES["car"].turn_s * 1000  # landing stages where three lines meet
    assert network.travel_ms[timed].sum() == pytest.approx(2 * 1_200_000 + 2 * delay_ms, abs=5)
    untimed = ferries & ~timed
    kmh = network.length_dm[untimed] / 10 / (network.travel_ms[untimed] / 1000) * 3.6
    assert kmh == pytest.approx([15, 15], rel=0.03)


def times_ms(tail, head, ms, *, nodes, origins):
    """Dijkstra by SciPy; of parallel edges the fastest counts."""
    order = np.lexsort((ms, head, tail))
    tail, head, ms = tail[order], head[order], ms[order]
    best = np.concatenate(([True], (np.diff(tail) != 0) | (np.diff(head) != 0)))
    return dijkstra(csr_matrix((ms[best], (tail[best], head[best])), shape=(nodes, nodes)), indices=origins)


@pytest.mark.parametrize(("name", "profile"), [("helsinki_centre", "walk"), ("liechtenstein", "car")])
def test_contraction_keeps_the_shortest_times(extracts, name, profile) -> None:
    """Between random junctions the contracted graph gives the times of the graph of all segments."""
    extract, rules = read_extract(extracts(name)), PROFILES[profile]
    roads = roads_of(extract, rules)
    segments = segments_of(extract, roads, node_rules(extract, rules), profile=rules, speed=1.0)
    pieces = pieces_of(segments, roads, ends=np.zeros(len(extract.node_osm), dtype=np.bool_))
    edges = edges_of(pieces)
    origins = np.random.default_rng(7).choice(edges.nodes, 12, replace=False)

    along, against = segments.forward_ms != CLOSED, segments.backward_ms != CLOSED
    exact = times_ms(
        np.concatenate((segments.tail[along], segments.head[against])),
        np.concatenate((segments.head[along], segments.tail[against])),
        np.concatenate((segments.forward_ms[along], segments.backward_ms[against])),
        nodes=len(segments.origin),
        origins=edges.site[origins],
    )[:, edges.site]
    edge_ms = np.where(edges.forward, pieces.forward_ms[edges.piece], pieces.backward_ms[edges.piece])
    contracted = times_ms(edges.tail, edges.head, edge_ms, nodes=edges.nodes, origins=origins)
    assert len(edges.tail) < 0.7 * (along.sum() + against.sum())
    assert np.isfinite(exact).mean() > 0.5
    np.testing.assert_allclose(contracted, exact, rtol=1e-9)

    # Each edge is rounded once, so a way of n edges is right to n / 2 ms; 1 ms at least for an edge.
    rounded = times_ms(edges.tail, edges.head, np.maximum(1, np.rint(edge_ms)), nodes=edges.nodes, origins=origins)
    reached = np.isfinite(exact)
    assert np.abs(rounded[reached] - exact[reached]).max() < 200
    assert (np.isfinite(rounded) == reached).all()


@st.composite
def maps(draw: st.DrawFn) -> list[tuple[list[int], dict[str, str]]]:
    """Ways of two to four of seven nodes, some one-way, some named."""
    refs = st.lists(st.integers(1, 7), min_size=2, max_size=4)
    tags = st.fixed_dictionaries(
        {}, optional={"oneway": st.sampled_from(["yes", "-1"]), "name": st.sampled_from(["A", "B"])}
    )
    return draw(st.lists(st.tuples(refs, tags), min_size=1, max_size=8))


@settings(max_examples=40)
@given(maps())
def test_random_maps_keep_times_lengths_and_lines(make_map, built, ways) -> None:
    osm = make_map()
    for number in range(1, 8):
        osm.node(number, 47.0 + (number % 3) / 1000, 9.0 + number / 1700)
    for at, (refs, tags) in enumerate(ways):
        osm.way(10 + at, refs, **tags)
    if all(len(set(refs)) == 1 for refs, _ in ways):
        return  # no road at all
    network = built(osm)

    whole = networkx.MultiDiGraph()
    places = {number: (lat, lon) for number, (lat, lon, _) in osm.nodes.items()}
    for refs, tags in ways:
        for a, b in pairwise(refs):
            if a != b:
                metres = float(distance_m(*(np.array([x]) for x in (*places[a], *places[b])))[0])
                if tags.get("oneway") != "-1":
                    whole.add_edge(a, b, m=metres)
                if tags.get("oneway") != "yes":
                    whole.add_edge(b, a, m=metres)
    contracted = networkx.MultiDiGraph()
    for tail, head, dm in zip(network.tail.tolist(), network.head.tolist(), network.length_dm.tolist(), strict=True):
        contracted.add_edge(int(network.node_osm[tail]), int(network.node_osm[head]), m=dm / 10)
    assert sum(m for *_, m in contracted.edges(data="m")) == pytest.approx(
        sum(m for *_, m in whole.edges(data="m")), abs=0.05 * network.tail.size + 0.01
    )
    for origin in contracted:
        exact = networkx.single_source_dijkstra_path_length(whole, origin, weight="m")
        found = networkx.single_source_dijkstra_path_length(contracted, origin, weight="m")
        assert found == {node: pytest.approx(exact[node], abs=1) for node in exact if node in contracted}
    for edge in range(len(network.tail)):
        first, last = network.first_point[network.piece[edge]], network.first_point[network.piece[edge] + 1] - 1
        begin, end = (first, last) if network.forward[edge] else (last, first)
        for node, point in ((network.tail[edge], begin), (network.head[edge], end)):
            assert (network.node_lat[node], network.node_lon[node]) == (
                network.point_lat[point],
                network.point_lon[point],
            )
