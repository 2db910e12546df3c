"""``roads:FILE`` from a file to a matrix."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dispatch.errors import InputError, UnavailableError
from dispatch.places import Place
from geo.registry import travel_source
from geo.roads.hours import HourSpeeds
from geo.roads.keeping import CacheWarning
from geo.roads.travel import RoadTravel


@pytest.fixture
def extract(osm_map, tmp_path: Path) -> Path:
    """Four by four junctions 111 m (north) and 76 m (east) apart; the row at the bottom is a primary road east."""
    for row in range(4):
        for column in range(4):
            osm_map.node(1 + 4 * row + column, 47 + row / 1000, 9 + column / 1000)
    for row in range(4):
        tags = {"oneway": "yes", "highway": "primary"} if row == 0 else {}
        osm_map.way(100 + row, [1 + 4 * row + column for column in range(4)], **{"name": f"Row {row}", **tags})
    for column in range(4):
        osm_map.way(200 + column, [1 + 4 * row + column for row in range(4)], name=f"Column {column}")
    return osm_map.write(tmp_path / "town.osm")


@pytest.fixture
def travel(extract: Path, tmp_path: Path) -> RoadTravel:
    return RoadTravel(extract, cache=tmp_path / "cache", workers=1)


HOME = Place(id="home", lat=47.0001, lon=9.0005)
SHOP = Place(id="shop", lat=47.0, lon=9.0025)
FARM = Place(id="farm", lat=47.0029, lon=9.0015)


def test_a_matrix_of_a_town(travel: RoadTravel) -> None:
    matrix = travel.matrix([HOME, SHOP, FARM, HOME], ["car", "walk"])

    car, walk = matrix.legs("car"), matrix.legs("walk")
    # On foot the one-way road is no one-way: two blocks of 75.9 m at 5 km/h, both ways.
    assert car.distance_m[0, 1] == walk.distance_m[0, 1] == walk.distance_m[1, 0] == 152
    assert walk.travel_s[0, 1] == pytest.approx(152 / 5 * 3.6, abs=2)
    assert car.distance_m[1, 0] == pytest.approx(2 * 111.2 + 4 * 75.9, abs=2)  # round by the second row
    assert (car.travel_s[0] == car.travel_s[3]).all()
    assert car.travel_s[0, 3] == 0
    assert (car.travel_s[0, 1:3] < walk.travel_s[0, 1:3]).all()


def test_all_profiles_have_an_answer(travel: RoadTravel) -> None:
    matrix = travel.matrix([HOME, FARM], ["car", "van", "ebike", "walk"])

    assert [bool((matrix.legs(name).travel_s >= 0).all()) for name in matrix.profiles] == [True] * 4


def test_what_was_built_is_kept(extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = RoadTravel(extract, cache=tmp_path / "cache").matrix([HOME, SHOP], ["car"])
    monkeypatch.setattr("geo.roads.travel.build_network", lambda *a, **k: pytest.fail("it was built before"))

    again = RoadTravel(extract, cache=tmp_path / "cache").matrix([HOME, SHOP, FARM], ["car"])

    assert (again.legs("car").travel_s[:2, :2] == first.legs("car").travel_s).all()


def test_another_content_or_setting_is_another_network(extract: Path, tmp_path: Path) -> None:
    from geo.roads.build import BuildSettings

    def minutes(travel: RoadTravel) -> int:
        return int(travel.matrix([HOME, SHOP], ["car"]).legs("car").travel_s[0, 1])

    cache = tmp_path / "cache"
    first = RoadTravel(extract, cache=cache)
    slow = RoadTravel(extract, cache=cache, settings=BuildSettings(speed_percent=50))
    plain = minutes(first)
    assert minutes(slow) > plain
    extract.write_text(extract.read_text().replace('v="primary"', 'v="living_street"'))
    changed = RoadTravel(extract, cache=cache)

    assert minutes(changed) > plain
    assert len({first.source, slow.source, changed.source}) == 3


def test_the_usual_folder_can_be_set(extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLOUT_CACHE", str(tmp_path / "mine"))

    travel_source(f"roads:{extract}").matrix([HOME, SHOP], ["car"])

    assert {path.suffix for path in (tmp_path / "mine" / "roads").iterdir()} >= {".roads"}


def test_a_full_disk_does_not_change_the_answer(
    extract: Path, travel: RoadTravel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = travel.matrix([HOME, SHOP, FARM], ["car"]).legs("car")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.warns(CacheWarning, match="No space left"):
        found = RoadTravel(extract, cache=tmp_path / "full").matrix([HOME, SHOP, FARM], ["car"]).legs("car")

    assert (found.travel_s == expected.travel_s).all()


def test_places_that_no_road_leads_to_are_all_named(travel: RoadTravel) -> None:
    wrong = [
        Place(id="zero", lat=0, lon=0),
        Place(id="swapped", lat=9.001, lon=47.001),
        Place(id="away", lat=47.1, lon=9.0),
        Place(id="north", lat=90, lon=0),
    ]

    with pytest.raises(InputError) as caught:
        travel.matrix([HOME, *wrong], ["car"])

    assert caught.value.code == "travel.off_road"
    assert [(fault.value, fault.rule) for fault in caught.value.faults] == [
        ("zero", "travel.zero_place"),
        ("swapped", "travel.swapped_place"),
        ("away", "travel.outside_roads"),
        ("north", "travel.outside_roads"),
    ]
    assert "11 km from the nearest road" in caught.value.faults[2].message
    assert "away (11 km)" in caught.value.message


def test_a_place_at_sea_within_the_extract_is_named(osm_map, tmp_path: Path) -> None:
    for number, (lat, lon) in enumerate([(47, 9), (47, 9.001), (47.2, 9.2), (47.2, 9.201)], start=1):
        osm_map.node(number, lat, lon)
    coast = osm_map.way(1, [1, 2]).way(2, [3, 4]).write(tmp_path / "coast.osm")

    with pytest.raises(InputError) as caught:
        RoadTravel(coast, cache=tmp_path).snap([Place(id="boat", lat=47.1, lon=9.1)])

    assert [(fault.rule, fault.value) for fault in caught.value.faults] == [("travel.off_road", "boat")]
    assert "13 km from the nearest road, more than 2 km" in caught.value.faults[0].message


def test_cut_off_places_are_unreachable_and_reported(osm_map, tmp_path: Path) -> None:
    osm_map.node(1, 47, 9).node(2, 47, 9.01).node(3, 47.02, 9).node(4, 47.02, 9.01).node(5, 47.001, 9)
    island = osm_map.way(1, [5, 1, 2]).way(2, [3, 4]).write(tmp_path / "island.osm")
    travel = RoadTravel(island, cache=tmp_path)
    places = [Place(id="main", lat=47, lon=9.005), Place(id="isle", lat=47.02, lon=9.005)]

    assert travel.snap(places).cut_off.tolist() == [False, True]
    matrix = travel.matrix(places, ["car"])
    assert matrix.legs("car").travel_s.tolist() == [[0, -1], [-1, 0]]
    assert [(warning.code, warning.facts) for warning in matrix.warnings] == [
        ("travel_cut_off", {"count": 1, "profile": "car", "places": "isle"})
    ]
    assert travel.way(*places) is None


def test_a_way_is_as_long_as_in_the_matrix(travel: RoadTravel) -> None:
    way = travel.way(SHOP, HOME)

    assert way is not None
    assert (way.travel_s, way.distance_m) == travel.matrix([SHOP, HOME], ["car"]).leg("car", SHOP, HOME)
    assert [part.street for part in way.parts][-1] == "Row 0"
    assert way.egress_m == 11


def test_an_hour_of_its_own(extract: Path, tmp_path: Path) -> None:
    jam = HourSpeeds(name="jam", percent={"primary": (100,) * 8 + (10,) + (100,) * 15, "other": (100,) * 24})
    free, busy = (RoadTravel(extract, cache=tmp_path / "cache", hour=hour, hours=jam) for hour in (None, 8))

    def leg(travel: RoadTravel) -> tuple[int, int]:
        return travel.matrix([HOME, SHOP], ["car"]).leg("car", HOME, SHOP)

    assert leg(busy)[0] > 2 * leg(free)[0]
    assert free.matrix_of_hour([HOME, SHOP], ["car"], 8).leg("car", HOME, SHOP) == leg(busy)
    assert free.matrix_of_hour([HOME, SHOP], ["car"], 9).leg("car", HOME, SHOP) == leg(free)
    assert "hour=8 of jam" in busy.source
    assert free.matrix_of_hour([HOME], ["car"], 8).source == busy.source
    way = busy.way(HOME, SHOP)
    assert way is not None
    assert way.travel_s == leg(busy)[0]
    with pytest.raises(InputError, match=r"hours\.hour"):
        free.matrix_of_hour([HOME], ["car"], 24)


@pytest.mark.parametrize("name", ["missing.osm.pbf", "town.txt", "folder.osm"])
def test_what_is_no_extract_is_refused_at_once(name: str, tmp_path: Path) -> None:
    (tmp_path / "town.txt").write_text("x")
    (tmp_path / "folder.osm").mkdir()

    with pytest.raises(InputError) as caught:
        RoadTravel(tmp_path / name)

    assert caught.value.code.startswith("roads.")


def test_a_broken_extract_is_refused_and_not_kept(extract: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.osm"
    broken.write_text(extract.read_text()[:-40])

    for _ in range(2):
        with pytest.raises(InputError) as caught:
            RoadTravel(broken, cache=tmp_path / "cache").matrix([HOME], ["car"])
        assert caught.value.code.startswith("roads.")
    assert not list((tmp_path / "cache").glob("*.roads"))


@pytest.mark.parametrize("library", ["filelock", "osmium", "shapely"])
def test_a_missing_library_is_named(
    library: str, extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(UnavailableError) as caught:
        RoadTravel(extract, cache=tmp_path / "cache").matrix([HOME], ["car"])

    assert caught.value.code == "extra.missing"
    assert f"{library} is not installed; run: pip install 'callout[roads]'" in caught.value.message


def test_five_thousand_places_at_one_point(travel: RoadTravel) -> None:
    crowd = [Place(id=f"T{number}", lat=47.0, lon=9.0005) for number in range(5000)]

    legs = travel.matrix(crowd, ["car"]).legs("car")

    assert legs.travel_s.shape == (5000, 5000)
    assert not legs.travel_s.any()


@pytest.mark.parametrize("name", ["helsinki_centre", "liechtenstein", "porto_alegre"])
def test_times_are_those_of_networkx(
    name: str,
    extracts: Callable[[str], Path],
    by_networkx: Callable[..., Callable[[int], np.ndarray]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """To the second, from 12 random places to 300 each: 10,800 pairs of three extracts."""
    travel = RoadTravel(extracts(name), cache=tmp_path_factory.mktemp("cache"))
    network = travel.network()
    rng = np.random.default_rng(4)
    points = rng.integers(0, len(network.point_lat), 312)
    lats = network.point_lat[points] + rng.normal(0, 2e-4, 312)
    lons = network.point_lon[points] + rng.normal(0, 2e-4, 312)
    places = [
        Place(id=str(number), lat=float(lat), lon=float(lon))
        for number, (lat, lon) in enumerate(zip(lats, lons, strict=True))
    ]

    travel_s = travel.matrix(places, ["car"]).legs("car").travel_s

    reference = by_networkx(network, travel.snap(places))
    for origin in range(12):
        travel_ms = reference(origin)
        expected = np.where(travel_ms < 0, -1, (travel_ms + 500) // 1000)
        assert (travel_s[origin, 12:] == expected[12:]).all()
    assert (travel_s[:12, 12:] >= 0).mean() > 0.5, "most places must be reachable, or nothing is compared"
