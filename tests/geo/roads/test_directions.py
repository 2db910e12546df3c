"""Lists of turns, lines and GeoJSON of ways through the town, each worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from geo.polyline import decode
from geo.roads.directions import Manoeuvre, Turn, manoeuvre_of, turns
from geo.roads.network import RoadNetwork
from geo.roads.router import RoadRouter
from geo.roads.way import Way

At = Callable[..., tuple[np.ndarray, np.ndarray]]


@pytest.fixture
def drive(router_of: Callable[..., RoadRouter], at: At) -> Callable[..., Way]:
    def way(network: RoadNetwork, *ends: tuple[float, float]) -> Way:
        router = router_of(network)
        found = router.way(router.index.snap(*at(*ends)))
        assert found is not None
        return found

    return way


def listed(way: Way) -> list[tuple[str, str, int, int]]:
    return [(turn.manoeuvre.value, turn.street, turn.travel_s, turn.distance_m) for turn in turns(way)]


def test_turns_through_the_town(grid: RoadNetwork, drive: Callable[..., Way]) -> None:
    way = drive(grid, (0.5, 0), (3.5, 3))

    assert listed(way) == [
        ("depart", "Row 0", 15, 150),
        ("left", "Column 2", 15, 300),
        ("right", "Row 3", 15, 150),
        ("arrive", "Row 3", 0, 0),
    ]
    assert (way.travel_s, way.distance_m) == (45, 600)
    corner = turns(way)[1].point
    assert (way.lat[corner], way.lon[corner]) == pytest.approx((47.0, 9.002))


def test_the_line_and_its_forms(grid: RoadNetwork, drive: Callable[..., Way]) -> None:
    way = drive(grid, (0.5, 0), (2, 0.5))

    assert way.lon.tolist() == pytest.approx([9.0005, 9.001, 9.002, 9.002], abs=1e-6)
    assert way.lat.tolist() == pytest.approx([47.0, 47.0, 47.0, 47.0005], abs=1e-6)
    feature = way.geojson()
    assert feature["geometry"]["coordinates"][1] == [9.001, 47.0]
    assert feature["properties"] == {"travel_s": way.travel_s, "distance_m": way.distance_m}
    lat, lon = decode(way.polyline(precision=6), precision=6)
    assert np.allclose([lat, lon], [way.lat, way.lon], atol=1e-6)


def test_from_the_kerb_to_the_road_is_reported_and_not_driven(grid: RoadNetwork, drive: Callable[..., Way]) -> None:
    near, far = drive(grid, (0.5, 0), (2, 0.5)), drive(grid, (0.5, -0.4), (2.3, 0.5))

    assert (near.access_m, near.egress_m) == (0, 0)
    assert (far.access_m, far.egress_m) == (44, 23)
    assert (far.travel_s, far.distance_m) == (near.travel_s, near.distance_m)


def test_a_way_of_no_length(grid: RoadNetwork, drive: Callable[..., Way]) -> None:
    way = drive(grid, (0.5, 0), (0.5, 0))

    assert listed(way) == [("depart", "", 0, 0), ("arrive", "", 0, 0)]
    assert len(way.geojson()["geometry"]["coordinates"]) == 2


def test_along_one_street_only(grid: RoadNetwork, drive: Callable[..., Way]) -> None:
    assert listed(drive(grid, (2.2, 1), (2.8, 1))) == [("depart", "Row 1", 6, 60), ("arrive", "Row 1", 0, 0)]
    assert drive(grid, (2.8, 1), (2.2, 1)).lon.tolist() == pytest.approx([9.0028, 9.0022], abs=1e-6)


def test_a_ferry_is_named(draw: Callable[..., RoadNetwork], road: type, drive: Callable[..., Way]) -> None:
    strait = draw(
        [
            road(corners=[(0, 0), (1, 0)], name="Quay"),
            road(corners=[(1, 0), (2, 0)], road_class="ferry", ms=600_000),
            road(corners=[(2, 0), (3, 0)], name="Pier"),
        ]
    )

    assert listed(drive(strait, (0.5, 0), (2.5, 0))) == [
        ("depart", "Quay", 5, 50),
        ("ferry", "", 600, 100),
        ("continue", "Pier", 5, 50),
        ("arrive", "Pier", 0, 0),
    ]


def _roundabout(draw: Callable[..., RoadNetwork], road: type) -> RoadNetwork:
    """A ring around (1, 1), driven anticlockwise, with an arm each way."""
    arms = {"South": (1, 0), "East": (2, 1), "North": (1, 2), "West": (0, 1)}
    ring = [(1, 0.8), (1.2, 1), (1, 1.2), (0.8, 1)]
    streets = [road(corners=[arm, gate], name=name) for (name, arm), gate in zip(arms.items(), ring, strict=True)]
    streets += [
        road(corners=[one, other], one_way=True, ms=1000) for one, other in zip(ring, ring[1:] + ring[:1], strict=True)
    ]
    flags = np.array([not street.name for street in streets], dtype=np.uint8)
    return replace(draw(streets), roundabout=flags)


@pytest.mark.parametrize(
    ("target", "street", "number"), [((2, 1), "East", 1), ((1, 2), "North", 2), ((0, 1), "West", 3)]
)
def test_exits_of_a_roundabout_are_counted(
    draw: Callable[..., RoadNetwork], road: type, drive: Callable[..., Way],
    target: tuple[float, float], street: str, number: int,
) -> None:  # fmt: skip
    middle = ((1 + target[0]) / 2, (1 + target[1]) / 2)  # of the arm, on the town's map

    way = drive(_roundabout(draw, road), (1, 0.4), middle)

    assert [(turn.manoeuvre, turn.street, turn.exit) for turn in turns(way)] == [
        (Manoeuvre.DEPART, "South", 0),
        (Manoeuvre.ROUNDABOUT, street, number),
        (Manoeuvre.ARRIVE, street, 0),
    ]


def test_without_a_choice_nothing_is_said(
    draw: Callable[..., RoadNetwork], road: type, drive: Callable[..., Way]
) -> None:
    bend = draw([road(corners=[(0, 0), (1, 0)], name="A"), road(corners=[(1, 0), (1, 1)], name="A")])
    renamed = draw([road(corners=[(0, 0), (1, 0)], name="A"), road(corners=[(1, 0), (2, 0)], name="B")])

    assert [turn.manoeuvre.value for turn in turns(drive(bend, (0, 0), (1, 1)))] == ["depart", "arrive"]
    assert [turn.street for turn in turns(drive(renamed, (0, 0), (2, 0)))] == ["A", "B", "B"]


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (0, "continue"), (10, "continue"), (-10, "continue"), (11, "slight_right"), (44, "slight_right"), (45, "right"),
        (90, "right"), (135, "right"), (136, "sharp_right"), (159, "sharp_right"), (160, "u_turn"), (180, "u_turn"),
        (-160, "u_turn"), (-159, "sharp_left"), (-136, "sharp_left"), (-135, "left"), (-45, "left"),
        (-44, "slight_left"), (-11, "slight_left"), (350, "continue"), (359.8, "continue"), (-720, "continue"),
    ],
)  # fmt: skip
def test_names_of_angles(degrees: float, expected: str) -> None:
    assert manoeuvre_of(degrees).value == expected


def test_times_and_lengths_of_a_list_add_up(grid: RoadNetwork, drive: Callable[..., Way]) -> None:
    way = drive(grid, (0.3, 0), (3.7, 4))
    every: tuple[Turn, ...] = turns(way)

    assert abs(sum(turn.travel_s for turn in every) - way.travel_s) <= len(every)
    assert abs(sum(turn.distance_m for turn in every) - way.distance_m) <= len(every)
