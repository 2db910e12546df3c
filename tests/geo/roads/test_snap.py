"""The nearest point on a road."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.ellipsoid import distance_m
from geo.roads.network import RoadNetwork
from geo.roads.snap import MAIN_FACTOR, MAIN_SLACK_M, RoadIndex

At = Callable[..., tuple[np.ndarray, np.ndarray]]
Draw = Callable[..., RoadNetwork]


@pytest.fixture(scope="session")
def index(grid: RoadNetwork) -> RoadIndex:
    return RoadIndex(grid)


def test_a_place_beside_a_long_street_is_on_its_middle(draw: Draw, road: type, at: At) -> None:
    index = RoadIndex(draw([road(corners=[(0, 0), (0, 40)])]))

    snapped = index.snap(*at((0.5, 13)))

    assert snapped.piece.tolist() == [0]
    assert snapped.lat[0] == pytest.approx(47.013, abs=2e-5)  # offsets are thousandths of this street
    assert snapped.lon[0] == pytest.approx(9.0)
    assert snapped.distance_m[0] == pytest.approx(37.98, abs=0.1)  # half a block at 47 degrees north


def test_offsets_count_along_the_points_of_the_street(draw: Draw, road: type, at: At) -> None:
    bent = draw([road(corners=[(4, 0), (2, 0), (0, 0)])])  # westwards; said to be 200 m long

    snapped = RoadIndex(bent).snap(*at((3, 0), (1, 0.1), (4, 0), (-1, 0)))

    assert snapped.offset_dm.tolist() == [500, 1500, 0, 2000]


# Corners of the town within its streets; the grid is 4 by 4 blocks.
corner = st.tuples(st.floats(-1, 5), st.floats(-1, 5))


@given(corner=corner)
def test_no_other_point_is_nearer(corner: tuple[float, float], index: RoadIndex, grid: RoadNetwork, at: At) -> None:
    lat, lon = at(corner)

    snapped = index.snap(lat, lon)

    # All streets, walked in steps of a hundredth of a block.
    first, last = grid.first_point[:-1], grid.first_point[1:] - 1
    share = np.linspace(0, 1, 101)[:, None]
    lats = grid.point_lat[first] * (1 - share) + grid.point_lat[last] * share
    lons = grid.point_lon[first] * (1 - share) + grid.point_lon[last] * share
    nearest = distance_m(np.full(lats.shape, lat[0]), np.full(lats.shape, lon[0]), lats, lons).min()
    assert snapped.distance_m[0] <= nearest + 0.1
    assert snapped.distance_m[0] >= nearest - 1.2  # what lies between two steps


def test_a_two_way_street_is_taken_at_a_junction(draw: Draw, road: type, at: At) -> None:
    town = draw([road(corners=[(0, 0), (1, 0)], one_way=True), road(corners=[(1, 0), (2, 0)])])

    assert RoadIndex(town).snap(*at((1, 0))).piece.tolist() == [1]


def test_many_places_at_one_point_are_alike(index: RoadIndex, at: At) -> None:
    snapped = index.snap(*at(*[(1.3, 2.1)] * 5000))

    assert len(snapped) == 5000
    assert len(np.unique(snapped.position)) == 1


def _with_pocket(draw: Draw, road: type, *, gap: float) -> RoadNetwork:
    """A ring of streets, and a street without a link to it `gap` blocks away from the ring's east side."""
    ring = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    streets = [road(corners=[one, other]) for one, other in pairwise(ring)]
    return draw([*streets, road(corners=[(1 + gap, 0), (1 + gap, 1)])])


def test_a_pocket_beside_the_main_network_is_passed_over(draw: Draw, road: type, at: At) -> None:
    town = _with_pocket(draw, road, gap=1)

    snapped = RoadIndex(town).snap(*at((2.1, 0.5)))

    assert not snapped.cut_off[0]
    assert town.point_lon[town.first_point[snapped.piece[0]]] == pytest.approx(9.001)
    assert snapped.distance_m[0] == pytest.approx(1.1 * 75.97, rel=0.01)


def test_a_far_island_is_taken_and_said_to_be_cut_off(draw: Draw, road: type, at: At) -> None:
    town = _with_pocket(draw, road, gap=10)

    snapped = RoadIndex(town).snap(*at((11.1, 0.5)))

    assert snapped.cut_off.tolist() == [True]
    assert snapped.distance_m[0] == pytest.approx(7.6, rel=0.01)
    assert MAIN_FACTOR * 7.6 + MAIN_SLACK_M < 10.1 * 75.97


def test_a_street_that_cannot_be_left_is_cut_off(draw: Draw, road: type, at: At) -> None:
    trap = [
        road(corners=[(0, 0), (1, 0)]),
        road(corners=[(1, 0), (20, 0)], one_way=True),
    ]

    snapped = RoadIndex(draw(trap)).snap(*at((0.5, 0), (19, 0)))

    assert snapped.cut_off.tolist() == [False, True]


def test_without_roads_all_is_far(draw: Draw, at: At) -> None:
    snapped = RoadIndex(draw([])).snap(*at((0, 0), (1, 1)))

    assert snapped.far.all()
    assert len(RoadIndex(draw([])).snap([], [])) == 0


def test_far_places_and_poles_have_a_distance(index: RoadIndex) -> None:
    snapped = index.snap([0, 90, -90, 47.03], [0, 0, 180, 9.0])

    assert snapped.far.tolist() == [True] * 4
    assert snapped.distance_m[3] == pytest.approx(26 * 111.2, rel=0.01)
    assert np.isfinite(snapped.distance_m).all()
