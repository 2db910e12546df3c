"""From tags to what a profile may do: each rule alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.roads.profiles import CAR, EBIKE, PROFILES, VAN, WALK, Profile
from geo.roads.ways import Road, duration_s, road_of

BOTH, ALONG, AGAINST = (True, True), (True, False), (False, True)


def ways(tags: dict[str, str], profile: Profile = CAR) -> tuple[bool, bool] | None:
    road = road_of({"highway": "residential", **tags}, profile)
    return None if road is None else (road.forward_kmh > 0, road.backward_kmh > 0)


def road(profile: Profile = CAR, **tags: str) -> Road:
    found = road_of({"highway": "residential", **{k.replace("__", ":"): v for k, v in tags.items()}}, profile)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("tags", "open_ways"),
    [
        ({}, BOTH),
        ({"oneway": "yes"}, ALONG),
        ({"oneway": "true"}, ALONG),
        ({"oneway": "1"}, ALONG),
        ({"oneway": "-1"}, AGAINST),
        ({"oneway": "reverse"}, AGAINST),
        ({"oneway": "no"}, BOTH),
        ({"oneway": "nonsense"}, BOTH),
        ({"oneway": "reversible"}, None),
        ({"oneway": "alternating"}, None),
        ({"junction": "roundabout"}, ALONG),
        ({"junction": "circular"}, ALONG),
        ({"junction": "roundabout", "oneway": "-1"}, AGAINST),
        ({"junction": "jughandle"}, BOTH),
        ({"highway": "motorway"}, ALONG),
        ({"highway": "motorway", "oneway": "no"}, BOTH),
        ({"highway": "motorway_link"}, ALONG),
        ({"highway": "trunk_link"}, BOTH),
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, BOTH),
    ],
)
def test_directions_of_cars(tags: dict[str, str], open_ways: tuple[bool, bool] | None) -> None:
    assert ways(tags) == open_ways
    assert ways(tags, VAN) == open_ways


@pytest.mark.parametrize(
    ("tags", "open_ways"),
    [
        ({"oneway": "yes"}, ALONG),
        ({"oneway": "yes", "oneway:bicycle": "no"}, BOTH),
        ({"oneway:bicycle": "-1"}, AGAINST),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, BOTH),
        ({"oneway": "yes", "cycleway:left": "opposite_track"}, BOTH),
        ({"junction": "roundabout"}, ALONG),
    ],
)
def test_directions_of_bicycles(tags: dict[str, str], open_ways: tuple[bool, bool]) -> None:
    assert ways(tags, EBIKE) == open_ways


def test_people_on_foot_know_no_one_ways_but_their_own() -> None:
    assert ways({"oneway": "yes"}, WALK) == BOTH
    assert ways({"junction": "roundabout"}, WALK) == BOTH
    assert ways({"oneway:foot": "yes"}, WALK) == ALONG


@pytest.mark.parametrize(
    ("tags", "car", "ebike", "walk"),
    [
        ({"highway": "motorway"}, True, False, False),
        ({"highway": "trunk", "motorroad": "yes"}, True, False, False),
        ({"highway": "trunk"}, True, True, True),
        ({"highway": "footway"}, False, False, True),
        ({"highway": "footway", "bicycle": "yes"}, False, True, True),
        ({"highway": "footway", "access": "yes"}, False, False, True),
        ({"highway": "cycleway"}, False, True, True),
        ({"highway": "path"}, False, True, True),
        ({"highway": "steps"}, False, False, True),
        ({"highway": "pedestrian"}, False, False, True),
        ({"highway": "pedestrian", "motor_vehicle": "yes"}, True, False, True),
        ({"highway": "construction"}, False, False, False),
        ({"highway": "proposed"}, False, False, False),
        ({"highway": "raceway"}, False, False, False),
        ({"highway": "service", "service": "bus"}, False, False, False),
        ({"area": "yes"}, False, False, False),
        ({"access": "no"}, False, False, False),
        ({"access": "no", "foot": "yes"}, False, False, True),
        ({"access": "no", "motorcar": "yes"}, True, False, False),
        ({"access": "no", "motor_vehicle": "yes"}, True, False, False),
        ({"motor_vehicle": "no"}, False, True, True),
        ({"vehicle": "no"}, False, False, True),
        ({"vehicle": "no", "bicycle": "yes"}, False, True, True),
        ({"motorcar": "no"}, False, True, True),
        ({"motor_vehicle": "agricultural"}, False, True, True),
        ({"motor_vehicle": "agricultural;forestry"}, False, True, True),
        ({"motor_vehicle": "destination;agricultural"}, True, True, True),
        ({"access": "no @ (Su)"}, True, True, True),
        ({"foot": "use_sidepath", "bicycle": "use_sidepath"}, True, False, False),
    ],
)
def test_access_by_profile(tags: dict[str, str], car: bool, ebike: bool, walk: bool) -> None:
    assert [ways(tags, profile) is not None for profile in (CAR, EBIKE, WALK)] == [car, ebike, walk]


@pytest.mark.parametrize(
    ("tags", "private"),
    [
        ({}, False),
        ({"access": "permissive"}, False),
        ({"access": "destination"}, True),
        ({"access": "customers"}, True),
        ({"access": "private"}, True),
        ({"access": "private", "motorcar": "yes"}, False),
        ({"motor_vehicle": "destination"}, True),
        ({"highway": "service"}, False),
        ({"highway": "service", "service": "driveway"}, True),
        ({"highway": "service", "service": "parking_aisle"}, True),
        ({"highway": "service", "service": "parking_aisle", "motor_vehicle": "yes"}, False),
        ({"highway": "service", "service": "alley"}, False),
        ({"highway": "track"}, True),
        ({"highway": "track", "motor_vehicle": "yes"}, False),
    ],
)
def test_roads_for_visitors_only(tags: dict[str, str], private: bool) -> None:
    found = road_of({"highway": "residential", **tags}, CAR)
    assert found is not None
    assert found.private is private


def test_a_tagged_limit_counts_with_the_factor_and_may_differ_by_direction() -> None:
    assert road(highway="primary", maxspeed="70").forward_kmh == pytest.approx(70 * CAR.limit_factor)
    both = road(highway="primary", maxspeed="50", maxspeed__forward="70", maxspeed__backward="30 mph")
    assert both.forward_kmh == pytest.approx(70 * CAR.limit_factor)
    assert both.backward_kmh == pytest.approx(30 * 1.609344 * CAR.limit_factor)
    assert road(highway="primary", maxspeed="signals").forward_kmh == CAR.class_kmh["primary"]
    assert road(highway="primary", source__maxspeed="DE:urban").forward_kmh == pytest.approx(50 * CAR.limit_factor)


def test_a_limit_does_not_make_a_parking_lot_fast() -> None:
    aisle = road(highway="service", service="parking_aisle", maxspeed="50")
    assert aisle.forward_kmh <= CAR.class_kmh["service"]


def test_surface_and_track_type_slow_down() -> None:
    assert road(surface="cobblestone", maxspeed="50").forward_kmh == CAR.caps_kmh["surface"]["cobblestone"]
    assert road(highway="track", tracktype="grade5").forward_kmh == CAR.caps_kmh["tracktype"]["grade5"]
    assert road(surface="asphalt").forward_kmh == CAR.class_kmh["residential"]


def test_tops_of_vehicles_hold() -> None:
    assert (
        road(highway="motorway", maxspeed="none").forward_kmh
        > road(VAN, highway="motorway", maxspeed="none").forward_kmh
    )
    assert road(VAN, highway="primary", maxspeed="100").forward_kmh == VAN.top_kmh
    assert road(EBIKE, maxspeed="100").forward_kmh <= 25
    assert road(WALK, maxspeed="100").forward_kmh == 5
    assert road(WALK, highway="steps").forward_kmh < 5
    assert road(EBIKE, highway="path", bicycle="dismount").forward_kmh < 5


@pytest.mark.parametrize(
    ("tags", "profiles"),
    [
        ({}, {"walk"}),
        ({"motor_vehicle": "yes"}, {"car", "van", "walk"}),
        ({"motorcar": "yes", "foot": "no"}, {"car", "van"}),
        ({"bicycle": "yes", "motor_vehicle": "no"}, {"ebike", "walk"}),
        ({"access": "yes"}, {"car", "van", "ebike", "walk"}),
        ({"access": "no"}, set()),
    ],
)
def test_a_ferry_carries_whom_it_names(tags: dict[str, str], profiles: set[str]) -> None:
    carried = {name for name, profile in PROFILES.items() if road_of({"route": "ferry", **tags}, profile) is not None}
    assert carried == profiles


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("00:20", 1200), ("1:05", 3900), ("01:00:30", 3630), ("15", 900), ("PT10M", 600), ("PT1H30M", 5400),
        ("P1DT1H", 90_000), ("PT45S", 45), ("", 0), ("P", 0), ("soon", 0), ("-5", 0),
    ],
)  # fmt: skip
def test_durations(value: str, seconds: float) -> None:
    assert duration_s(value) == seconds


def test_the_documentation_shows_every_speed_and_every_delay() -> None:
    page = (Path(__file__).parents[3] / "docs" / "roads.md").read_text(encoding="utf-8")
    rows = {row.split("|")[1].strip(" `"): row for row in page.splitlines() if row.startswith("| `")}
    for column, profile in enumerate(PROFILES.values(), start=2):
        for road_class, kmh in profile.class_kmh.items():
            top = profile.class_top_kmh.get(road_class, profile.top_kmh) if road_class != "ferry" else kmh
            shown = rows[road_class].split("|")[column].strip()
            assert shown == f"{min(kmh, top):g}" + "*" * (road_class in profile.by_permission), (
                profile.name,
                road_class,
            )
    delays = [row.split("|")[2:5] for row in page.split("| delay, s")[1].splitlines()[2:7]]
    for row, name in zip(delays, ("signals", "crossing_signals", "stop", "give_way"), strict=False):
        assert [float(cell) for cell in row] == [p.delay_s[name] for p in (CAR, EBIKE, WALK)]
    assert [float(cell) for cell in delays[4]] == [p.turn_s for p in (CAR, EBIKE, WALK)]
    assert f"times {CAR.limit_factor:g} " in page
