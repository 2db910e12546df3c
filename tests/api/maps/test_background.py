"""Roads under a map: what is drawn is where the roads are, and no more than fits."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from api.maps import background
from api.maps.background import ATTRIBUTION, LEVELS, Bounds, road_background
from geo.polyline import decode
from geo.roads.build import build_network


def lines_of(drawn):
    """Lines of all levels as shapely lines of (lon, lat), with their level."""
    for level in drawn["levels"]:
        lat, lon = decode(level["line"], precision=drawn["precision"])
        assert len(lat) == sum(level["counts"])
        ends = np.cumsum(level["counts"])
        for first, last in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
            yield level["level"], shapely.LineString(np.column_stack((lon[first:last], lat[first:last])))


def test_the_town_is_drawn_as_it_is(town_network):
    drawn = road_background(town_network)
    assert drawn["attribution"] == ATTRIBUTION
    lines = list(lines_of(drawn))
    # Straight streets on a grid: Bridge Street is primary, two streets along the river secondary, the rest residential.
    assert {level for level, _ in lines} == {1, 2, 4}
    (bridge,) = [line for level, line in lines if level == 1]
    assert len(bridge.coords) == 2
    assert sorted(bridge.coords) == [(114.0, 22.53), (114.024, 22.53)]
    every = shapely.union_all([line for _, line in lines])
    points = shapely.points(town_network.point_lon, town_network.point_lat)
    assert shapely.distance(points, every).max() < 2e-5  # two metres


def test_only_roads_that_touch_the_bounds(town_network):
    west_bank = Bounds(south=22.499, north=22.526, west=113.999, east=114.011)
    lines = [line for _, line in lines_of(road_background(town_network, west_bank))]
    assert lines
    box = shapely.box(west_bank.west, west_bank.south, west_bank.east, west_bank.north)
    assert all(line.intersects(box) for line in lines)
    assert max(line.bounds[2] for line in lines) <= 114.0101  # nothing of the other bank
    nowhere = Bounds(south=50, north=51, west=8, east=9)
    assert road_background(town_network, nowhere)["levels"] == []


def test_too_much_is_drawn_with_less(town_network, monkeypatch):
    monkeypatch.setattr(background, "MAX_POINTS", 12)
    levels = [level for level, _ in lines_of(road_background(town_network))]
    assert set(levels) == {1, 2}  # small streets are left out first


def test_every_class_of_every_profile_has_a_level():
    from geo.roads.profiles import BIKE_KMH, CAR_KMH, WALK_KMH

    drawn = {name for names in LEVELS for name in names}
    assert {*CAR_KMH, *BIKE_KMH, *WALK_KMH} <= drawn


@given(
    st.lists(st.tuples(st.floats(-80, 80), st.floats(-170, 170)), min_size=1, max_size=5),
    st.floats(0, 1),
)
def test_bounds_hold_their_points_with_room(points, margin):
    bounds = Bounds.around(points, margin=margin)
    for lat, lon in points:
        assert bounds.south < lat < bounds.north
        assert bounds.west < lon < bounds.east


def test_a_country_fits_into_a_page(liechtenstein):
    network = build_network(liechtenstein)
    drawn = road_background(network)
    assert len(json.dumps(drawn)) < 400_000
    length = {level: line.length for level, line in lines_of(drawn)}
    assert length
    total_km = sum(line.length for _, line in lines_of(drawn)) * 95  # between the lengths of the two kinds of degrees
    assert total_km == pytest.approx(747, rel=0.15)  # what `geo build` counts
