"""Ways between places on streets, against networkx on the graph cut at the places, and by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.roads.network import METRE_BITS, RoadNetwork, seconds_and_metres
from geo.roads.router import RoadRouter
from geo.roads.snap import Snapped

At = Callable[..., tuple[np.ndarray, np.ndarray]]
Draw = Callable[..., RoadNetwork]
RouterOf = Callable[..., RoadRouter]


def seconds(router: RoadRouter, places: Snapped) -> list[list[int]]:
    return seconds_and_metres(router.weights(places))[0].tolist()


def test_a_one_way_street_is_left_forward_and_reached_from_behind(
    draw: Draw, road: type, router_of: RouterOf, at: At
) -> None:
    # Round a block: along the bottom east, one-way, then back over the other three sides.
    town = draw(
        [
            road(corners=[(0, 0), (1, 0)], one_way=True),
            road(corners=[(1, 0), (1, 1)]),
            road(corners=[(1, 1), (0, 1)]),
            road(corners=[(0, 1), (0, 0)]),
        ]
    )
    router = router_of(town)
    places = router.index.snap(*at((0.2, 0), (0.7, 0), (1, 0.5)))

    assert seconds(router, places) == [
        [0, 5, 13],  # 0.8 of the one-way street, then half a side
        [35, 0, 8],  # 3 s to its end, three sides, 2 s
        [27, 32, 0],
    ]


def test_a_place_at_the_end_of_a_closed_street_is_reached_and_never_left(
    draw: Draw, road: type, router_of: RouterOf, at: At
) -> None:
    town = draw([road(corners=[(0, 0), (1, 0)]), road(corners=[(1, 0), (20, 0)], one_way=True)])
    router = router_of(town)

    assert seconds(router, router.index.snap(*at((0.5, 0), (19, 0)))) == [[0, 14], [-1, 0]]


def test_places_on_one_street_may_be_nearer_round_the_block(
    draw: Draw, road: type, router_of: RouterOf, at: At
) -> None:
    town = draw([road(corners=[(0, 0), (1, 0)], ms=100_000), road(corners=[(0, 0), (0, 1), (1, 1), (1, 0)])])
    router = router_of(town)

    # 0.1 to the west end, the 10 s of the other street, 0.1 from the east end.
    assert seconds(router, router.index.snap(*at((0.1, 0), (0.9, 0)))) == [[0, 30], [30, 0]]


def test_a_split_junction_keeps_its_restriction(lay: Callable[..., RoadNetwork], router_of: RouterOf, at: At) -> None:
    """A street west-east, one north at its middle: the turn from the west to the north is forbidden.

    Node 1 is the junction, node 4 its copy for those who come from the west: it leads on east, and back west.
    """
    nodes = [(0, 0), (1, 0), (2, 0), (1, 1), (1, 0)]
    edges = [
        (0, 4, 10_000, 0, 1), (1, 0, 10_000, 0, 0), (4, 0, 10_000, 0, 0),
        (1, 2, 10_000, 1, 1), (4, 2, 10_000, 1, 1), (2, 1, 10_000, 1, 0),
        (1, 3, 10_000, 2, 1), (3, 1, 10_000, 2, 0),
    ]  # fmt: skip
    lines = [[nodes[0], nodes[1]], [nodes[1], nodes[2]], [nodes[1], nodes[3]]]
    town = lay(
        nodes=nodes, edges=edges, lines=lines, lengths_dm=[1000] * 3, classes=["residential"], road_class=[0] * 3,
        streets=[""], street=[0] * 3,
    )  # fmt: skip
    router = router_of(town)
    places = router.index.snap(*at((0.5, 0), (1.5, 0), (1, 0.5)))

    assert seconds(router, places) == [
        [0, 10, 30],  # on to the east end, turn there, come back and go north
        [10, 0, 10],
        [10, 10, 0],
    ]


streets = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.booleans(),
              st.integers(1, 9_999), st.integers(1, 9_999)),
    min_size=1, max_size=9,
)  # fmt: skip
spots = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=1, max_size=7)


@given(streets=streets, spots=spots)
def test_times_are_those_of_networkx(
    streets: list[tuple[int, int, int, int, bool, int, int]],
    spots: list[tuple[float, float]],
    draw: Draw,
    road: type,
    router_of: RouterOf,
    at: At,
    by_networkx: Callable[..., Callable[[int], np.ndarray]],
) -> None:
    # Loops have a corner of their own outside the town, so that they have a length.
    town = draw(
        [
            road(
                corners=[(a, b), (c, d)] if (a, b) != (c, d) else [(a, b), (a + 0.4, b), (a + 0.4, b + 0.4), (a, b)],
                ms=ms,
                back_ms=back_ms,
                one_way=one_way,
            )
            for a, b, c, d, one_way, ms, back_ms in streets
        ]
    )
    router = router_of(town)
    found = router.index.snap(*at(*spots))
    places = found[np.unique(found.position, return_index=True)[1]]

    weights = router.weights(places)

    reference = by_networkx(town, places)
    for origin in range(len(places)):
        expected = reference(origin)
        assert np.where(weights[origin] < 0, -1, weights[origin] >> METRE_BITS).tolist() == expected.tolist()


@given(streets=streets, spots=spots)
def test_a_way_adds_up_to_the_matrix(
    streets: list[tuple[int, int, int, int, bool, int, int]],
    spots: list[tuple[float, float]],
    draw: Draw,
    road: type,
    router_of: RouterOf,
    at: At,
) -> None:
    town = draw(
        [
            road(corners=[(a, b), (a + 0.5, b + 0.5), (c, d)], ms=ms, back_ms=back_ms, one_way=one_way)
            for a, b, c, d, one_way, ms, back_ms in streets
        ]
    )
    router = router_of(town)
    snapped = router.index.snap(*at(*spots))

    ends = snapped[[0, -1]]
    way = router.way(ends)

    if ends.position[0] == ends.position[1]:
        assert way is not None
        assert (way.travel_s, way.distance_m, way.parts, len(way.lat)) == (0, 0, (), 2)
        return
    weight = int(router.weights(ends)[0, 1])
    assert (way is None) == (weight < 0)
    if way is None:
        return
    assert sum(part.travel_ms for part in way.parts) == weight >> METRE_BITS
    assert sum(part.length_dm for part in way.parts) == weight & ((1 << METRE_BITS) - 1)
    assert (way.lat[0], way.lon[0]) == pytest.approx((ends.lat[0], ends.lon[0]), abs=1e-6)
    assert (way.lat[-1], way.lon[-1]) == pytest.approx((ends.lat[1], ends.lon[1]), abs=1e-6)
    assert [part.first_point for part in way.parts[1:]] == [part.last_point for part in way.parts[:-1]]
    assert (way.parts[0].first_point, way.parts[-1].last_point) == (0, len(way.lat) - 1)
