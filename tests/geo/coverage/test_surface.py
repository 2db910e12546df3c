"""The response-time surface: River Town by hand, on squares and hexagons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import h3
import numpy as np
import pytest

from dispatch.errors import InputError
from geo.coverage.geojson import surface_features
from geo.coverage.grids import H3Grid, SquareGrid
from geo.coverage.plane import Plane
from geo.coverage.stretches import RoadPoints
from geo.coverage.surface import NO_ROAD, NO_WAY, surface
from geo.roads.network import RoadNetwork

Make = Callable[..., Any]


def seconds_at(found: Any, place: Any) -> int:
    (cell,) = found.grid.cells_of(np.array([place.lat]), np.array([place.lon])).tolist()
    return int(found.seconds[np.searchsorted(found.cells, cell)])


def test_squares_around_a(town: RoadNetwork, hung: Make, at: Make) -> None:
    """Squares of 400 m, the middle one around the middle of the town at (2, 1.5)."""
    here = hung(town, [at("A", 4, 1)])
    corner = at("", 2, 1.5)
    grid = SquareGrid(plane=Plane(lat=corner.lat, lon=corner.lon), cell_m=400)

    found = surface(town, here.reach(limit_ms=2**31 - 1), here.starts, grid)

    # Squares are [k * 400, k * 400 + 400) east of column 2: the one at 400..800 m on row 1 is the street (2.4..2.8, 1).
    assert 72 <= seconds_at(found, at("", 2.6, 1)) <= 96  # 1.2 to 1.6 blocks from A
    assert 9 * 60 - 24 <= seconds_at(found, at("", 3.9, 2)) <= 9 * 60  # across the river
    assert seconds_at(found, at("", 3.5, 0.5)) == NO_ROAD  # between streets
    assert (found.worst_s >= found.seconds).all()
    assert (np.diff(found.cells) > 0).all()


def test_a_street_without_a_way(grid: Make, hung: Make, at: Make) -> None:
    network = grid(4, 1, closed=[((1, 0), (2, 0))])
    here = hung(network, [at("x", 0, 0)])

    found = surface(
        network, here.reach(limit_ms=2**31 - 1), here.starts, SquareGrid(plane=Plane(lat=46.99, lon=9.0), cell_m=250)
    )

    assert seconds_at(found, at("", 2.5, 0)) == NO_WAY
    assert 0 <= seconds_at(found, at("", 0.1, 0)) <= 15


def test_hexagons_cover_the_town_and_carry_their_values(town: RoadNetwork, hung: Make, at: Make) -> None:
    here = hung(town, [at("A", 4, 1), at("B", 0, 3)])

    found = surface(town, here.reach(limit_ms=2**31 - 1), here.starts, H3Grid(resolution=9))
    features = surface_features(found)

    assert {feature["properties"]["state"] for feature in features} == {"reached", "no_road"}
    by_cell = {feature["properties"]["cell"]: feature for feature in features}
    a = at("", 4, 1)
    own = by_cell[h3.latlng_to_cell(a.lat, a.lon, 9)]
    assert own["properties"]["minutes"] < 0.4  # edges of 200 m: at most 24 s of street
    (ring,) = own["geometry"]["coordinates"]
    assert ring[0] == ring[-1]
    assert all(abs(lon - a.lon) < 0.01 and abs(lat - a.lat) < 0.01 for lon, lat in ring)
    # All hexagons whose centre lies in the town are there: 12 sq km of about 0.1 sq km each.
    assert 100 <= len(features) <= 180


def test_times_grow_with_distance_from_the_only_centre(grid: Make, hung: Make, at: Make) -> None:
    network = grid(6, 1)
    here = hung(network, [at("x", 0, 0)])

    found = surface(network, here.reach(limit_ms=2**31 - 1), here.starts, SquareGrid(plane=Plane(lat=46.9, lon=9.5)))

    times = [seconds_at(found, at("", column, 0)) for column in np.arange(0.25, 5, 0.5)]
    assert times == sorted(times)
    assert times == pytest.approx([15 + 30 * step for step in range(10)], abs=16)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: H3Grid(resolution=13), "coverage.resolution"),
        (lambda: SquareGrid(plane=Plane(lat=0, lon=0), cell_m=9), "coverage.cell"),
        (lambda: SquareGrid(plane=Plane(lat=0, lon=0), cell_m=float("nan")), "coverage.cell"),
    ],
)
def test_bad_grids(make: Callable[[], object], code: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.faults[0].rule == code


def test_too_many_cells(town: RoadNetwork, hung: Make, at: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.coverage.grids.MAX_GRID_CELLS", 100)
    here = hung(town, [at("A", 4, 1)])
    weight = here.reach(limit_ms=2**31 - 1)

    for grid in (H3Grid(resolution=10), SquareGrid(plane=Plane(lat=47, lon=9.5), cell_m=50)):
        with pytest.raises(InputError) as caught:
            surface(town, weight, here.starts, grid)
        assert caught.value.faults[0].rule == "coverage.cells"


def test_no_start(town: RoadNetwork) -> None:
    nowhere = RoadPoints(piece=np.empty(0, np.int32), fraction=np.empty(0))

    with pytest.raises(InputError, match="start"):
        surface(town, np.full(20, -1, dtype=np.int64), nowhere, H3Grid())
