"""Barriers, signals, and roads for visitors only, on maps drawn by hand."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.roads.access import Access, access_of
from geo.roads.profiles import CAR, PROFILES


def travel_m(network, origin, target):
    """Metres of the shortest way, from a node of a dead end to another."""
    graph = networkx.MultiDiGraph()
    graph.add_weighted_edges_from(
        zip(network.tail.tolist(), network.head.tolist(), (network.length_dm / 10).tolist(), strict=True)
    )
    starts, ends = (np.nonzero(network.node_osm == number)[0].tolist() for number in (origin, target))
    metres = [networkx.multi_source_dijkstra_path_length(graph, set(starts)).get(end, np.inf) for end in ends]
    return min(metres)


def line(osm, *, middle=None, **tags):
    """Three nodes 111 m apart along a meridian; `middle` are the tags of the second."""
    osm.node(1, 47.0, 9.0).node(2, 47.001, 9.0, **(middle or {})).node(3, 47.002, 9.0)
    return osm.way(10, [1, 2, 3], **tags)


@pytest.mark.parametrize(
    ("tags", "passes"),
    [
        ({"barrier": "bollard"}, {"ebike", "walk"}),
        ({"barrier": "block"}, {"ebike", "walk"}),
        ({"barrier": "wall"}, set()),
        ({"barrier": "something_new"}, set()),
        ({"barrier": "gate"}, {"car", "van", "ebike", "walk"}),
        ({"barrier": "lift_gate"}, {"car", "van", "ebike", "walk"}),
        ({"barrier": "toll_booth"}, {"car", "van", "ebike", "walk"}),
        ({"barrier": "kissing_gate"}, {"walk"}),
        ({"barrier": "gate", "access": "no"}, set()),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, {"walk"}),
        ({"barrier": "gate", "motor_vehicle": "forestry"}, {"ebike", "walk"}),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, {"car", "van", "ebike", "walk"}),
        ({"barrier": "bollard", "access": "yes"}, {"car", "van", "ebike", "walk"}),
        ({"barrier": "cycle_barrier", "bicycle": "no"}, {"walk"}),
    ],
)
def test_a_barrier_lets_pass_whom_it_may(osm_map, built, journey, tags, passes) -> None:
    line(osm_map, middle=tags)
    assert {name for name in PROFILES if journey(built(osm_map, profile=name), 1, 3)} == passes


def test_both_sides_of_a_barrier_stay_roads(osm_map, built, journey) -> None:
    network = built(line(osm_map, middle={"barrier": "bollard"}))
    assert (network.node_osm == 2).sum() == 2
    assert sorted(network.component.tolist()) == [0, 0, 1, 1]
    assert network.length_dm.sum() == pytest.approx(4 * 1112, abs=4)


def test_a_private_gate_lets_visitors_in_and_nobody_through(osm_map, built, journey) -> None:
    # 1 - 2 - 3 - 4 with a gate at 2; the other way from 1 to 4 is long; 7 and 8 are stubs, 9 hangs behind the gate.
    osm_map.node(1, 47.0, 9.0).node(2, 47.001, 9.0, barrier="gate", access="private").node(3, 47.002, 9.0)
    osm_map.node(4, 47.003, 9.0).node(5, 47.0, 9.1).node(6, 47.003, 9.1)
    osm_map.node(7, 46.999, 9.0).node(8, 47.004, 9.0).node(9, 47.002, 9.001)
    osm_map.way(10, [7, 1, 2, 3, 4, 8]).way(12, [1, 5, 6, 4], name="Long Way").way(13, [3, 9])
    network = built(osm_map)
    # What lies behind the gate is public from the other side, so nobody from 7 is a visitor there.
    assert travel_m(network, 7, 8) > 15_000
    assert travel_m(network, 7, 9) > 15_000
    assert travel_m(network, 8, 9) < 500
    osm_map.ways = [way for way in osm_map.ways if way[0] != 12]
    closed = built(osm_map)
    assert travel_m(closed, 7, 9) < 500
    assert travel_m(closed, 9, 7) < 500


@pytest.mark.parametrize(
    ("tags", "along_s", "against_s"),
    [
        ({}, 0.0, 0.0),
        ({"highway": "traffic_signals"}, 5.0, 5.0),
        ({"highway": "traffic_signals", "traffic_signals__direction": "forward"}, 5.0, 0.0),
        ({"highway": "traffic_signals", "traffic_signals__direction": "backward"}, 0.0, 5.0),
        ({"highway": "stop", "direction": "forward"}, 4.0, 0.0),
        ({"highway": "stop"}, 2.0, 2.0),
        ({"highway": "stop", "stop": "all"}, 4.0, 4.0),
        ({"highway": "give_way", "direction": "backward"}, 0.0, 2.0),
        ({"highway": "crossing", "crossing": "traffic_signals"}, 1.0, 1.0),
        ({"highway": "crossing", "crossing": "zebra"}, 0.0, 0.0),
        ({"highway": "street_lamp"}, 0.0, 0.0),
    ],
)
def test_signals_and_signs_cost_time_in_the_direction_that_they_face(osm_map, built, tags, along_s, against_s) -> None:
    network = built(line(osm_map, middle=tags, maxspeed="50"))
    assert len(network.tail) == 2
    plain_ms = 222.36 / (50 * CAR.limit_factor / 3.6) * 1000
    for edge in range(2):
        delay_s = along_s if network.node_osm[network.tail[edge]] == 1 else against_s
        assert network.travel_ms[edge] == pytest.approx(plain_ms + delay_s * 1000, abs=15)


def test_passing_a_junction_costs_a_moment_and_a_dead_end_none(osm_map, built) -> None:
    network = built(line(osm_map).node(4, 47.001, 9.001).way(11, [2, 4]))
    plain_ms = network.length_dm / 10 / (CAR.class_kmh["residential"] / 3.6) * 1000
    ends_at_junction = network.node_osm[network.head] == 2
    expected = plain_ms + np.where(ends_at_junction, CAR.turn_s * 1000, 0)
    assert network.travel_ms == pytest.approx(expected, abs=5)


# A square 1-2-3-4 of public roads with stubs 7 and 8 at two corners, a short cut 1-5-3 for visitors between these, and
# a place 6 that hangs on the short cut.
@pytest.fixture
def short_cut(osm_map):
    osm_map.node(1, 47.0, 9.0).node(2, 47.0, 9.01).node(3, 47.01, 9.01).node(4, 47.01, 9.0)
    osm_map.node(5, 47.005, 9.005).node(6, 47.006, 9.004)
    osm_map.node(7, 46.999, 9.0).node(8, 47.011, 9.01)
    return osm_map.way(10, [1, 2, 3, 4, 1]).way(14, [7, 1]).way(15, [3, 8])


@pytest.mark.parametrize(
    "tags",
    [
        {"access": "private"},
        {"motor_vehicle": "destination"},
        {"access": "customers"},
        {"highway": "track"},
        {"highway": "service", "service": "driveway"},
    ],
)
def test_nobody_passes_through_a_visitors_road_and_everybody_gets_there(short_cut, built, journey, tags) -> None:
    tags = {"maxspeed": "100", **tags}
    network = built(short_cut.way(20, [1, 5, 3], **tags).way(21, [5, 6], **tags))
    assert travel_m(network, 7, 8) > 1.2 * travel_m(network, 7, 6)
    assert journey(network, 7, 8) == [7, 1, 3, 8]
    assert journey(network, 7, 6) == [7, 1, 5, 6]
    assert journey(network, 6, 8) == [6, 5, 3, 8]
    assert journey(network, 5, 6) == [5, 6]
    assert set(network.component.tolist()) == {0}


def test_a_public_short_cut_is_used(short_cut, built, journey) -> None:
    network = built(short_cut.way(20, [1, 5, 3], maxspeed="100").way(21, [5, 6]))
    assert journey(network, 7, 8) == [7, 1, 5, 3, 8]


def test_public_roads_behind_a_private_one_are_reached(short_cut, built, journey) -> None:
    # An estate 20-21-22 of untagged streets that only a private road joins to the others.
    short_cut.node(20, 47.02, 9.0).node(21, 47.021, 9.0).node(22, 47.021, 9.001).node(23, 47.022, 9.001)
    short_cut.way(20, [4, 20], access="private").way(21, [20, 21, 22, 20]).way(22, [22, 23])
    network = built(short_cut)
    assert set(network.component.tolist()) == {0}
    assert journey(network, 8, 23) == [8, 3, 4, 20, 22, 23]
    assert journey(network, 23, 8) == [23, 22, 20, 4, 3, 8]


def test_each_end_of_a_visitors_road_is_reached_by_one_of_its_edges(short_cut, built) -> None:
    """What snapping relies on: some edge of each piece can be entered from, and some left to, the main component."""
    network = built(short_cut.way(20, [1, 5, 3], access="private").way(21, [5, 6], access="private"))
    entered = {int(node) for node in network.head} | {int(network.tail[0])}
    for piece in range(len(network.road_class)):
        edges = np.nonzero(network.piece == piece)[0]
        assert any(int(network.tail[edge]) in entered for edge in edges)
        assert any(network.first_out[network.head[edge]] < network.first_out[network.head[edge] + 1] for edge in edges)


@given(
    st.dictionaries(st.sampled_from(["motorcar", "motor_vehicle", "vehicle", "access", "foot"]), st.text(max_size=12))
)
def test_the_most_particular_tag_with_a_meaning_decides(tags: dict[str, str]) -> None:
    keys = CAR.access_keys
    meaning, key = access_of(tags, keys)
    assert (meaning is None) == (key == "")
    if key:
        more_particular = keys[: keys.index(key)]
        assert all(access_of({name: tags[name]}, keys)[0] is None for name in more_particular if name in tags)


def test_of_several_values_the_most_open_counts() -> None:
    assert access_of({"access": "agricultural;destination"}, ("access",)) == (Access.DESTINATION, "access")
    assert access_of({"access": "no; yes"}, ("access",)) == (Access.OPEN, "access")
    assert access_of({"motorcar": "whatever", "access": "no"}, CAR.access_keys) == (Access.CLOSED, "access")
