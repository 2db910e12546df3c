"""Isochrones: River Town by hand, and bounds on random street grids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
import shapely
from geopy.distance import geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dispatch.errors import InputError
from dispatch.places import Place
from geo.coverage.circle import CORNERS, circle
from geo.coverage.isochrone import Isochrone, farthest_m, isochrone, isochrones
from geo.coverage.plane import Plane
from geo.coverage.stretches import RoadPoints, every_piece, points_along, reached
from geo.coverage.surface import travel_to
from geo.roads.network import RoadNetwork

Make = Callable[..., Any]


def drawn(hung: Any, limit_s: int, cell_m: float = 50.0) -> Isochrone:
    weight = hung.reach(limit_ms=limit_s * 1000)
    return isochrone(hung.network, weight, hung.starts, limit_s=limit_s, cell_m=cell_m)


def test_a_minute_and_a_half_from_a(town: RoadNetwork, hung: Make, at: Make) -> None:
    """Two whole streets (west, south), and half of three more; not the bank across the river, 1 km away."""
    area = drawn(hung(town, [at("A", 4, 1)]), 90)

    assert area.nodes == 3
    assert area.road_m == pytest.approx(2 * 1000 + 3 * 500, abs=5)
    inside = lambda column, row: shapely.contains_xy(area.area, at("", column, row).lon, at("", column, row).lat)  # noqa: E731
    assert all(inside(*spot) for spot in ((4, 1), (3, 1), (4, 0), (2.51, 1), (3, 0.51), (3.51, 0), (4, 0.5)))
    assert not any(inside(*spot) for spot in ((4, 2), (2.2, 1), (3, 0.2), (3.2, 0), (3.5, 0.5), (4, 1.4)))


def test_a_block_of_houses_is_a_hole(town: RoadNetwork, hung: Make, at: Make) -> None:
    """In three minutes the block between four streets is driven around: its middle is 500 m from any street."""
    area = drawn(hung(town, [at("A", 4, 1)]), 180)

    (hole,) = [ring for ring in area.area.interiors if shapely.Polygon(ring).contains(_point(at("", 3.5, 0.5)))]
    assert shapely.Polygon(hole).area > 0


def test_a_start_in_the_middle_of_a_street(town: RoadNetwork, hung: Make, at: Make) -> None:
    """Six seconds from a place halfway: 100 m to both sides, and no junction."""
    area = drawn(hung(town, [at("x", 3.5, 1)]), 6, cell_m=10)

    assert area.nodes == 0
    assert area.road_m == pytest.approx(200, abs=2)
    assert area.area.contains(_point(at("", 3.59, 1)))
    assert not area.area.contains(_point(at("", 3.7, 1)))


def test_a_one_way_street_is_followed_forward_only(grid: Make, hung: Make, at: Make) -> None:
    street = grid(2, 1, one_way=[((0, 0), (1, 0))])

    area = drawn(hung(street, [at("x", 0.5, 0)]), 12, cell_m=10)

    assert area.road_m == pytest.approx(200, abs=2)
    assert area.area.contains(_point(at("", 0.69, 0)))
    assert not area.area.contains(_point(at("", 0.4, 0)))


def test_no_time_at_all_is_the_spot_itself(town: RoadNetwork, hung: Make, at: Make) -> None:
    area = drawn(hung(town, [at("A", 4, 1)]), 0, cell_m=10)

    assert area.road_m == 0
    assert area.area.contains(_point(at("", 4, 1)))
    assert area.area.is_valid


def test_a_ferry_leads_on_but_is_no_land(grid: Make, hung: Make, at: Make) -> None:
    """Street, ferry, street, a minute each: in two and a half minutes the far bank, and not the water between."""
    crossing = grid(4, 1, ferry=[((1, 0), (2, 0))])

    area = drawn(hung(crossing, [at("x", 0, 0)]), 150)

    assert area.area.geom_type == "MultiPolygon"
    assert area.road_m == pytest.approx(1500, abs=2)
    assert not area.area.contains(_point(at("", 1.5, 0)))
    assert area.area.contains(_point(at("", 2.49, 0)))


def test_two_starts_are_one_area(town: RoadNetwork, hung: Make, at: Make) -> None:
    both = hung(town, [at("A", 4, 1), at("B", 0, 3)])

    small, large = isochrones(town, both.reach(limit_ms=120_000), both.starts, limits_s=[30, 120])

    assert small.area.geom_type == "MultiPolygon"
    assert small.road_m == pytest.approx(4 * 500, abs=5)  # half a street from each, in two directions
    # One raster for both: the outlines differ by what simplifying moves them.
    assert large.area.buffer(large.cell_m / 100_000).contains(small.area)


def test_a_huge_area_gets_larger_cells(
    town: RoadNetwork, hung: Make, at: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.coverage.isochrone.MAX_CELLS", 400)

    area = drawn(hung(town, [at("A", 4, 1)]), 600)

    assert area.cell_m == pytest.approx((4000 * 3000 / 400) ** 0.5, rel=0.01)
    assert area.area.contains(_point(at("", 0, 3)))


@pytest.mark.parametrize(
    ("limit_s", "cell_m", "code"), [(-1, 50, "coverage.limit"), (60, 0, "coverage.cell"), (60, np.nan, "coverage.cell")]
)
def test_bad_settings(town: RoadNetwork, hung: Make, at: Make, limit_s: int, cell_m: float, code: str) -> None:
    with pytest.raises(InputError) as caught:
        drawn(hung(town, [at("A", 4, 1)]), limit_s, cell_m)
    assert caught.value.faults[0].rule == code


def test_a_place_in_the_field_starts_nothing(town: RoadNetwork, hung: Make, at: Make) -> None:
    with pytest.raises(InputError) as caught:
        drawn(hung(town, [at("far", 99, 99)]), 60)
    assert caught.value.faults[0].rule == "coverage.no_start"


corner = st.tuples(st.integers(0, 3), st.integers(0, 2))
streets = st.tuples(corner, st.booleans()).map(
    lambda one: (one[0], (one[0][0] + 1, one[0][1]) if one[1] else (one[0][0], one[0][1] + 1))
)


@settings(max_examples=40, deadline=None)
@given(
    closed=st.sets(streets, max_size=6),
    one_way=st.sets(streets, max_size=6),
    start=st.tuples(st.floats(0, 3), st.integers(0, 2)),
    limit_s=st.integers(0, 400),
    seed=st.integers(0, 99),
)
def test_all_that_is_reached_is_inside_and_nothing_far_is(
    grid: Make, hung: Make, at: Make, closed: set[Any], one_way: set[Any], start: Any, limit_s: int, seed: int
) -> None:
    speeds = np.random.default_rng(seed).integers(20_000, 90_000, 40).tolist()
    network = grid(4, 3, closed=closed, one_way=one_way, block_ms=lambda piece: speeds[piece])
    here = hung(network, [at("x", *start)])
    if not len(here.starts.piece):
        return
    area = drawn(here, limit_s)

    plane = Plane.of(network.point_lat, network.point_lon)
    x, y = plane.metres(network.point_lat, network.point_lon)
    every = every_piece(network)
    row, fraction, east, north = points_along(every, network.first_point, x, y, step_m=20)
    weight = here.reach(limit_ms=2**31 - 1)
    in_time = travel_to(network, weight, here.starts, every.piece[row], fraction) <= limit_s * 1000
    points = shapely.points(plane.lon + east / plane.east_m, plane.lat + north / plane.north_m)

    assert area.area.is_valid
    assert shapely.covers(area.area, points[in_time]).all()
    # Nothing far: every corner of the area, and its inside on a lattice, lies near a reached road.
    part = reached(network, here.reach(limit_ms=limit_s * 1000), limit_ms=limit_s * 1000, starts=here.starts)
    _, _, road_x, road_y = points_along(part, network.first_point, x, y, step_m=5)
    corners = shapely.get_coordinates(area.area)
    lattice = np.array(
        [(at("", a, b).lon, at("", a, b).lat) for a in np.arange(-1, 5, 0.2) for b in np.arange(-1, 4, 0.2)]
    )
    probes = np.concatenate((corners, lattice[shapely.contains_xy(area.area, lattice)]))
    east, north = plane.metres(probes[:, 1], probes[:, 0])
    roads = shapely.MultiPoint(np.column_stack((road_x, road_y)))
    assert (shapely.distance(roads, shapely.points(east, north)) <= farthest_m(area.cell_m) + 3).all()


PARTS = 8  # of 10,000 dm: whole decimetres, to which places on a street are rounded
inside = [part for part in range(3 * PARTS) if part % PARTS]


@settings(max_examples=25, deadline=None)
@given(
    closed=st.sets(streets, max_size=6),
    one_way=st.sets(streets, max_size=6),
    starts=st.lists(st.tuples(st.sampled_from(inside), st.integers(0, 2)), min_size=1, max_size=3),
)
def test_times_along_streets_equal_those_of_a_finer_graph(
    grid: Make, hung: Make, at: Make, closed: set[Any], one_way: set[Any], starts: list[tuple[int, int]]
) -> None:
    """Every street cut into eight, and Dijkstra of networkx on the pieces."""
    network: RoadNetwork = grid(4, 3, closed=closed, one_way=one_way)
    here = hung(network, [at(f"x{k}", part / PARTS, row) for k, (part, row) in enumerate(starts)])
    share = here.starts.fraction
    assume(len(share) == len(starts) and ((share > 0) & (share < 1)).all())  # not where a street is closed
    fine = nx.DiGraph()
    tails = np.empty(len(network.first_point) - 1, dtype=np.int64)
    heads = tails.copy()
    for tail, head, piece, forward in zip(network.tail, network.head, network.piece, network.forward, strict=True):
        first, last = (tail, head) if forward else (head, tail)
        tails[piece], heads[piece] = first, last
    spot = lambda piece, part: (  # noqa: E731
        int(tails[piece]) if part == 0 else int(heads[piece]) if part == PARTS else (int(piece), int(part))
    )
    for piece, forward in zip(network.piece.tolist(), network.forward.tolist(), strict=True):
        for part in range(PARTS):
            ends = spot(piece, part), spot(piece, part + 1)
            fine.add_edge(*(ends if forward else ends[::-1]), ms=60_000 / PARTS)
    origin = {
        spot(piece, round(share * PARTS))
        for piece, share in zip(here.starts.piece.tolist(), here.starts.fraction.tolist(), strict=True)
    }
    truth = nx.multi_source_dijkstra_path_length(fine, origin, weight="ms")

    pieces = np.repeat(np.arange(len(tails), dtype=np.int32), PARTS + 1)
    parts = np.tile(np.arange(PARTS + 1), len(tails))
    found = travel_to(network, here.reach(limit_ms=2**31 - 1), here.starts, pieces, parts / PARTS)

    wanted = [truth.get(spot(piece, part), np.inf) for piece, part in zip(pieces.tolist(), parts.tolist(), strict=True)]
    np.testing.assert_allclose(found, wanted, atol=2)  # links are rounded to milliseconds


def test_corners_of_a_circle_are_at_its_radius() -> None:
    centre = Place(id="vaduz", lat=47.141, lon=9.521)

    ring = list(circle(centre, 5000).exterior.coords)

    assert len(ring) == CORNERS + 1
    for lon, lat in ring[::30]:
        assert geodesic((centre.lat, centre.lon), (lat, lon)).meters == pytest.approx(5000, abs=0.01)
    assert shapely.is_ccw(circle(centre, 5000).exterior)


@pytest.mark.parametrize(
    ("place", "radius_m", "code"),
    [
        (Place(id="x", lat=47, lon=9), 0, "coverage.radius"),
        (Place(id="x", lat=47, lon=9), -5, "coverage.radius"),
        (Place(id="x", lat=47, lon=9), 2_000_001, "coverage.radius"),
        (Place(id="x"), 100, "travel.no_coordinates"),
        (Place(id="x", lat=-89.99, lon=9), 5000, "coverage.pole"),
    ],
)
def test_circles_that_are_none(place: Place, radius_m: int, code: str) -> None:
    with pytest.raises(InputError) as caught:
        circle(place, radius_m)
    assert caught.value.faults[0].rule == code


def test_stretches_keep_to_their_shares(town: RoadNetwork) -> None:
    part = RoadPoints(piece=np.array([0], dtype=np.int32), fraction=np.array([0.25]))
    weight = np.full(len(town.node_lat), -1, dtype=np.int64)

    found = reached(town, weight, limit_ms=6_000, starts=part)

    assert (found.piece.tolist(), found.begin.tolist(), found.end.tolist()) == ([0], [0.15], [0.35])


def _point(place: Place) -> shapely.Point:
    return shapely.Point(place.lon, place.lat)
