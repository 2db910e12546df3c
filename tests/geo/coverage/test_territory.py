"""Territories: River Town by hand, and every node of random grids in its owner's land."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InputError
from geo.coverage.territory import nearest_owners, territories
from geo.roads.network import RoadNetwork

Make = Callable[..., Any]


def test_the_river_parts_the_town(town: RoadNetwork, hung: Make, at: Make) -> None:
    """B has the north, and over the bridge (0, 1) in 2 blocks and (0, 0) in 3; A needs 4 and 5.

    (1, 1) is 3 blocks from both, (1, 0) is 4 from both: equals are A's, the first.
    """
    here = hung(town, [at("A", 4, 1), at("B", 0, 3)])

    found = nearest_owners(here.graph, here.links, [0, 1])

    assert found.owner.reshape(4, 5).tolist() == [[1, 0, 0, 0, 0], [1, 0, 0, 0, 0], [1] * 5, [1] * 5]
    assert (found.weight.reshape(4, 5) >> 32).tolist()[1] == [120_000, 180_000, 120_000, 60_000, 0]
    south, north = territories(town.node_lat, town.node_lon, found.owner, weight=found.weight)
    assert (south.owner, south.points, north.owner, north.points) == (0, 8, 1, 12)
    assert south.area.contains(_point(at("", 4, 1.4)))
    assert north.area.contains(_point(at("", 4, 1.6)))


def test_cut_off_land_belongs_to_nobody(grid: Make, hung: Make, at: Make) -> None:
    network = grid(3, 1, closed=[((1, 0), (2, 0))])
    here = hung(network, [at("x", 0, 0)])

    found = nearest_owners(here.graph, here.links, [0])
    land = territories(network.node_lat, network.node_lon, found.owner)

    assert found.owner.tolist() == [0, 0, -1]
    assert [(one.owner, one.points) for one in land] == [(-1, 1), (0, 2)]
    assert land[0].area.contains(_point(at("", 2, 0)))


def test_tickets_divide_land_too(at: Make) -> None:
    """Points in one spot count once, the least weight decides; a single point owns all around it."""
    spots = [at("a", 0, 0), at("b", 0, 0), at("c", 2, 0)]
    lat, lon = (np.array([getattr(spot, name) for spot in spots]) for name in ("lat", "lon"))

    land = territories(lat, lon, np.array([0, 1, 2]), weight=np.array([9, 4, 1]))
    (alone,) = territories(lat[:1], lon[:1], np.array([7]))

    assert [(one.owner, one.points) for one in land] == [(1, 1), (2, 1)]
    assert (alone.owner, alone.area.contains(_point(spots[0]))) == (7, True)


def test_no_point_and_no_centre(town: RoadNetwork, hung: Make, at: Make) -> None:
    empty = np.empty(0)
    with pytest.raises(InputError, match="at least one point"):
        territories(empty, empty, empty.astype(np.int64))
    here = hung(town, [at("A", 4, 1)])
    with pytest.raises(InputError, match="at least one centre"):
        nearest_owners(here.graph, here.links, [])


@settings(max_examples=40, deadline=None)
@given(
    spots=st.lists(st.tuples(st.floats(0, 4), st.floats(0, 4), st.integers(-1, 3)), min_size=1, max_size=25),
)
def test_territories_divide_the_land(at: Make, spots: list[tuple[float, float, int]]) -> None:
    places = [at("", round(column, 2), round(row, 2)) for column, row, _ in spots]
    lat, lon = (np.array([getattr(place, name) for place in places]) for name in ("lat", "lon"))
    owner = np.array([one for *_, one in spots])
    _, first = np.unique(np.column_stack((lat, lon)), axis=0, return_index=True)

    land = territories(lat, lon, owner)

    assert sum(one.points for one in land) == len(first)
    areas = {one.owner: one.area for one in land}
    assert all(area.is_valid for area in areas.values())
    for spot in first.tolist():
        assert areas[int(owner[spot])].distance(shapely.Point(lon[spot], lat[spot])) < 1e-9
    whole = shapely.union_all(list(areas.values()))
    assert sum(area.area for area in areas.values()) == pytest.approx(whole.area, rel=1e-6)  # no overlap
    assert whole.area >= shapely.MultiPoint(np.column_stack((lon, lat))).convex_hull.area
    assert not whole.interiors


def _point(place: Any) -> shapely.Point:
    return shapely.Point(place.lon, place.lat)
