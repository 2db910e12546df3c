"""Turn restrictions on junctions drawn by hand.

::

            4 north
            |
    2 west--1--3 east      a square of roads joins the four ends, so that there is always a way round
            |
            5 south

Roads 12, 13, 14, 15 lead from the junction to its ends; 6 lies on no road from the junction.
"""

from __future__ import annotations

from collections.abc import Callable

import networkx
import numpy as np
import pytest

from geo.roads.build import network_of
from geo.roads.extract import read_extract
from geo.roads.network import RoadNetwork
from geo.roads.profiles import PROFILES

WEST, EAST, NORTH, SOUTH = 2, 3, 4, 5
END = {12: WEST, 13: EAST, 14: NORTH, 15: SOUTH}


@pytest.fixture
def cross(osm_map):
    """A junction of four roads, nothing else."""
    osm_map.node(1, 47.0, 9.0).node(2, 47.0, 8.999).node(3, 47.0, 9.001).node(4, 47.001, 9.0).node(5, 46.999, 9.0)
    for way, end in END.items():
        osm_map.way(way, [end, 1] if way in (12, 14) else [1, end])
    return osm_map


def restrict(osm, kind, origin, target, **tags):
    return osm.relation(
        [("way", origin, "from"), ("node", 1, "via"), ("way", target, "to")], **{"restriction": kind, **tags}
    )


def turns(network: RoadNetwork, journey: Callable[..., list[int] | None]) -> set[tuple[int, int]]:
    """Pairs of ends between which one can go straight over the junction; a U-turn is a pair of one end."""
    found = {(a, b) for a in END.values() for b in END.values() if a != b and journey(network, a, b) == [a, 1, b]}
    graph = networkx.MultiDiGraph()
    graph.add_edges_from(zip(network.tail.tolist(), network.head.tolist(), strict=True))
    for end in END.values():
        node = int(np.nonzero(network.node_osm == end)[0][0])
        if any(node in graph.successors(middle) for middle in graph.successors(node)):
            found.add((end, end))
    return found


EVERY = {(a, b) for a in END.values() for b in END.values()}


def test_without_restrictions_every_turn_is_allowed(cross, built, journey) -> None:
    assert turns(built(cross), journey) == EVERY


@pytest.mark.parametrize("kind", ["no_left_turn", "no_right_turn", "no_straight_on", "no_entry", "no_exit"])
def test_a_no_restriction_forbids_one_turn(cross, built, journey, kind) -> None:
    network = built(restrict(cross, kind, 12, 14))
    assert turns(network, journey) == EVERY - {(WEST, NORTH)}
    assert journey(network, NORTH, WEST) == [NORTH, 1, WEST]


@pytest.mark.parametrize("kind", ["only_left_turn", "only_right_turn", "only_straight_on"])
def test_an_only_restriction_forbids_the_others(cross, built, journey, kind) -> None:
    network = built(restrict(cross, kind, 12, 13))
    assert turns(network, journey) == EVERY - {(WEST, NORTH), (WEST, SOUTH), (WEST, WEST)}


def test_a_u_turn_is_forbidden_only_where_it_is_tagged(cross, built, journey) -> None:
    assert turns(built(restrict(cross, "no_u_turn", 12, 12)), journey) == EVERY - {(WEST, WEST)}


def test_a_u_turn_on_a_way_that_goes_on_does_not_forbid_to_go_on(osm_map, built, journey) -> None:
    osm_map.node(1, 47.0, 9.0).node(2, 47.0, 8.999).node(3, 47.0, 9.001).node(4, 47.001, 9.0).node(5, 46.999, 9.0)
    osm_map.way(12, [2, 1, 3]).way(14, [4, 1, 5])
    network = built(restrict(osm_map, "no_u_turn", 12, 12))
    assert turns(network, journey) == EVERY - {(WEST, WEST), (EAST, EAST)}


def test_two_only_restrictions_of_one_road_allow_both_turns(cross, built, journey) -> None:
    restrict(cross, "only_straight_on", 12, 13)
    restrict(cross, "only_right_turn", 12, 15)
    assert turns(built(cross), journey) == EVERY - {(WEST, NORTH), (WEST, WEST)}


def test_several_restrictions_at_one_junction_add_up(cross, built, journey) -> None:
    restrict(cross, "no_left_turn", 12, 14)
    restrict(cross, "no_straight_on", 12, 13)
    restrict(cross, "no_left_turn", 13, 15)
    assert turns(built(cross), journey) == EVERY - {(WEST, NORTH), (WEST, EAST), (EAST, SOUTH)}


def test_no_entry_from_several_roads_and_no_exit_to_several(cross, built, journey) -> None:
    cross.relation(
        [("way", 12, "from"), ("way", 13, "from"), ("node", 1, "via"), ("way", 14, "to")], restriction="no_entry"
    )
    cross.relation(
        [("way", 15, "from"), ("node", 1, "via"), ("way", 12, "to"), ("way", 13, "to")], restriction="no_exit"
    )
    forbidden = {(WEST, NORTH), (EAST, NORTH), (SOUTH, WEST), (SOUTH, EAST)}
    assert turns(built(cross), journey) == EVERY - forbidden


@pytest.mark.parametrize(
    ("tags", "holds_for"),
    [
        ({}, {"car", "van", "ebike"}),
        ({"except": "bicycle"}, {"car", "van"}),
        ({"except": "psv;motorcar"}, {"van", "ebike"}),
        ({"except": "psv"}, {"car", "van", "ebike"}),
        ({"restriction": "", "restriction__motorcar": "no_left_turn"}, {"car"}),
        ({"restriction": "", "restriction__hgv": "no_left_turn"}, set()),
        ({"restriction": "", "restriction__bicycle": "no_left_turn"}, {"ebike"}),
        ({"restriction": "", "restriction__conditional": "no_left_turn @ (07:00-09:00)"}, set()),
        ({"restriction": "no_left_turn @ (07:00-09:00)"}, set()),
        ({"restriction": "no_dancing"}, set()),
    ],
)
def test_a_restriction_holds_for_the_vehicles_that_it_means(cross, built, journey, tags, holds_for) -> None:
    tags = {name: value for name, value in {"restriction": "no_left_turn", **tags}.items() if value}
    cross.relation([("way", 12, "from"), ("node", 1, "via"), ("way", 14, "to")], **tags)
    held = {name for name in PROFILES if (WEST, NORTH) not in turns(built(cross, profile=name), journey)}
    assert held == holds_for


def test_what_is_left_out_is_counted(cross, tmp_path) -> None:
    restrict(cross, "no_left_turn", 12, 14)
    cross.relation([("way", 12, "from"), ("way", 14, "to")], restriction="no_left_turn")
    cross.relation([("way", 12, "from"), ("node", 6, "via"), ("way", 14, "to")], restriction="no_left_turn")
    cross.relation(
        [("way", 12, "from"), ("way", 13, "from"), ("node", 1, "via"), ("way", 14, "to")], restriction="no_left_turn"
    )
    cross.relation([], restriction="no_left_turn")
    restrict(cross, "no_left_turn @ (Mo-Fr)", 12, 14)
    restrict(cross, "no_left_turn", 12, 14, **{"except": "motorcar"})
    restrict(cross, "no_left_turn", 12, 99)
    seen = []
    network_of(
        read_extract(cross.write(tmp_path / "map.osm")), profile=PROFILES["car"], source="hand", on_turns=seen.append
    )
    assert (seen[0].kept, dict(seen[0].left_out)) == (
        1,
        {"incomplete": 3, "conditional": 1, "other vehicle": 1, "no such turn": 2},
    )
    assert str(seen[0]) == (
        "1 turn restrictions kept, left out conditional: 1, incomplete: 3, no such turn: 2, other vehicle: 1"
    )


# Two parallel one-way roads 2-1-3 (eastward) and 6-7-8 (westward), joined by a short road 1-7: the usual place of a
# forbidden U-turn over a via way.
@pytest.fixture
def dual(osm_map):
    osm_map.node(1, 47.0, 9.0).node(2, 47.0, 8.999).node(3, 47.0, 9.001)
    osm_map.node(7, 47.0003, 9.0).node(8, 47.0003, 8.999).node(6, 47.0003, 9.001).node(9, 47.001, 9.0)
    osm_map.way(10, [2, 1], oneway="yes").way(11, [1, 3], oneway="yes").way(12, [6, 7], oneway="yes")
    osm_map.way(13, [7, 8], oneway="yes").way(14, [1, 7]).way(15, [7, 9]).way(16, [3, 6])
    return osm_map


def test_a_restriction_over_a_way_forbids_the_whole_sequence_only(dual, built, journey) -> None:
    free = built(dual)
    assert journey(free, 2, 8) == [2, 1, 7, 8]
    members = [("way", 10, "from"), ("way", 14, "via"), ("way", 13, "to")]
    network = built(dual.relation(members, restriction="no_u_turn"))
    # Turning on the spot is not forbidden by this tag: back over the via way at either of its ends.
    assert journey(network, 2, 8) == [2, 1, 7, 1, 7, 8]
    assert journey(network, 2, 9) == [2, 1, 7, 9]
    assert journey(network, 1, 8) == [1, 7, 8]  # who begins on the via way may turn


def test_an_only_restriction_over_a_way_leaves_one_turn_at_its_end(dual, built, journey) -> None:
    members = [("way", 10, "from"), ("way", 14, "via"), ("way", 15, "to")]
    network = built(dual.relation(members, restriction="only_straight_on"))
    assert journey(network, 2, 9) == [2, 1, 7, 9]
    assert journey(network, 2, 8) != [2, 1, 7, 8]
    assert journey(network, 2, 3) == [2, 1, 3]


def test_a_restriction_over_several_ways(dual, built, journey) -> None:
    dual.node(20, 47.00015, 9.0)
    dual.ways = [way for way in dual.ways if way[0] != 14]
    dual.way(14, [1, 20]).way(18, [20, 7])
    members = [("way", 10, "from"), ("way", 14, "via"), ("way", 18, "via"), ("way", 13, "to")]
    network = built(dual.relation(members, restriction="no_u_turn"))
    assert journey(network, 2, 8) != [2, 1, 20, 7, 8]
    assert journey(network, 2, 9) == [2, 1, 20, 7, 9]


def test_copies_of_a_junction_share_place_and_component(cross, built) -> None:
    network = built(restrict(cross, "no_left_turn", 12, 14))
    copies = np.nonzero(network.node_osm == 1)[0]
    assert len(copies) == 2
    assert len({(network.node_lat[node], network.node_lon[node]) for node in copies}) == 1
    assert network.component.tolist() == [0] * len(network.component)
