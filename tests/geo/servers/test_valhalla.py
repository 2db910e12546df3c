"""A real Valhalla on loopback, with tiles of a small extract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from benchmarks import valhalla_matrix
from dispatch.errors import InputError, UnavailableError
from dispatch.places import Place
from geo.registry import travel_source

PLACES = (
    Place(id="station", lat=60.1718, lon=24.9414),
    Place(id="market", lat=60.1675, lon=24.9520),
    Place(id="church", lat=60.1730, lon=24.9252),
    Place(id="bridge", lat=60.1755, lon=24.9500),
)
SEA = Place(id="sea", lat=60.12, lon=24.99)
NULL_ISLAND = Place(id="null", lat=0.0, lon=0.0)
SWAPPED = Place(id="swapped", lat=24.9414, lon=60.1718)


def test_times_are_those_of_a_route(valhalla_url: str) -> None:
    travel = travel_source(f"valhalla:{valhalla_url}").matrix(PLACES, ["car"])

    for origin, target in [(PLACES[0], PLACES[1]), (PLACES[1], PLACES[3]), (PLACES[3], PLACES[0])]:
        locations = [{"lat": place.lat, "lon": place.lon} for place in (origin, target)]
        question = {"locations": locations, "costing": "auto"}
        route = httpx.post(f"{valhalla_url}/route", json=question, timeout=20).json()["trip"]["summary"]
        travel_s, distance_m = travel.leg("car", origin, target)
        assert travel_s == pytest.approx(route["time"], abs=2)
        assert distance_m == pytest.approx(route["length"] * 1000, abs=5)


def test_directions_differ(valhalla_url: str) -> None:
    travel_s = travel_source(f"valhalla:{valhalla_url}").matrix(PLACES, ["car"]).legs("car").travel_s

    assert (travel_s != travel_s.T).any(), "one-way streets"


def test_profiles(valhalla_url: str) -> None:
    travel = travel_source(f"valhalla:{valhalla_url}").matrix(PLACES, ["walk", "car", "van", "ebike"])

    kmh = {name: 3.6 * legs.distance_m.sum() / legs.travel_s.sum() for name, legs in travel.profiles.items()}
    assert 4.0 < kmh["walk"] < 5.5
    assert 10 < kmh["ebike"] < 25
    assert kmh["car"] > kmh["ebike"]
    assert "van: " in travel.source
    assert "top_speed=112" in travel.source


def test_the_source_names_program_and_tiles(valhalla_url: str) -> None:
    status = httpx.get(f"{valhalla_url}/status", timeout=20).json()

    source = travel_source(f"valhalla:{valhalla_url}").matrix(PLACES, ["car"]).source

    assert source == f"valhalla car: {valhalla_url} auto data={status['version']}-{status['tileset_last_modified']}"


def test_blocks_make_the_same_table(valhalla_url: str, extracts) -> None:  # type: ignore[no-untyped-def]
    lat, lon = valhalla_matrix.random_places(extracts("helsinki_centre"), 30, seed=5)
    places = [Place(id=f"p{i}", lat=y, lon=x) for i, (y, x) in enumerate(zip(lat.tolist(), lon.tolist(), strict=True))]

    whole = travel_source(f"valhalla:{valhalla_url}").matrix(places, ["car"]).legs("car")
    parts = travel_source(f"valhalla:{valhalla_url},table=7").matrix(places, ["car"]).legs("car")

    # Valhalla stops a search when all targets of one question are met, so a few legs depend on the company they keep.
    assert (parts.travel_s == whole.travel_s).mean() > 0.95
    assert (whole.travel_s >= 0).mean() > 0.9


def test_more_than_the_servers_limit_is_cut(valhalla_url: str) -> None:
    # 60 x 60 is more than the 2,500 legs that it takes: 30 x 30 it is.
    rng = np.random.default_rng(2)
    spots = rng.uniform((60.165, 24.935), (60.172, 24.95), (60, 2))
    places = [Place(id=f"p{i}", lat=float(y), lon=float(x)) for i, (y, x) in enumerate(spots)]

    travel = travel_source(f"valhalla:{valhalla_url},table=1000").matrix(places, ["car"])

    assert travel.legs("car").travel_s.shape == (60, 60)


def test_places_off_the_road_are_all_named(valhalla_url: str) -> None:
    with pytest.raises(InputError) as caught:
        travel_source(f"valhalla:{valhalla_url}").matrix([SEA, *PLACES, NULL_ISLAND, SWAPPED], ["car"])

    assert caught.value.code == "travel.off_road"
    assert [fault.value for fault in caught.value.faults] == ["sea", "null", "swapped"]


def test_equal_places(valhalla_url: str) -> None:
    places = [Place(id=f"p{number}", lat=60.1718, lon=24.9414) for number in range(5000)]

    assert not travel_source(f"valhalla:{valhalla_url}").matrix(places, ["car"]).legs("car").travel_s.any()


def test_a_refusal_says_what_the_server_says(valhalla_url: str) -> None:
    with pytest.raises(UnavailableError) as caught:
        travel_source(f"valhalla:{valhalla_url}/elsewhere").matrix(PLACES, ["car"])

    assert caught.value.code == "travel.server_refused"
    assert "error 106" in caught.value.message


def test_a_server_of_another_kind(osrm) -> None:  # type: ignore[no-untyped-def]
    osrm.script.append((200, {}, b'{"code": "Ok"}'))

    with pytest.raises(UnavailableError) as caught:
        travel_source(f"valhalla:{osrm.url}").matrix(PLACES, ["car"])

    assert caught.value.code == "travel.server_answer"


@pytest.fixture
def islands(tmp_path: Path, osm_map) -> Iterator[str]:  # type: ignore[no-untyped-def]
    """Valhalla with two islands that no bridge or ferry joins, far enough apart to be told from one another."""
    if not valhalla_matrix.available():
        pytest.skip("the package pyvalhalla is not installed")
    side, step = 12, 0.001
    for island, (south, west) in enumerate([(60.0, 24.0), (61.2, 25.2)]):
        for row in range(side):
            for column in range(side):
                osm_map.node(1 + island * 1000 + row * side + column, south + row * step, west + column * step)
        first = 1 + island * 1000  # tiles want sorted numbers
        for line in range(side):
            osm_map.way(island * 1000 + 100 + line, [first + line * side + column for column in range(side)])
        for line in range(side):
            osm_map.way(island * 1000 + 200 + line, [first + row * side + line for row in range(side)])
    folder = tmp_path / "islands"
    folder.mkdir()
    import osmium

    extract = folder / "islands.osm.pbf"
    with osmium.SimpleWriter(str(extract)) as writer:
        for thing in osmium.FileProcessor(str(osm_map.write(folder / "map.osm"))):
            writer.add(thing)
    with valhalla_matrix.service(valhalla_matrix.build_tiles(extract, folder)) as url:
        yield url


def test_islands_are_unreachable_and_hide_nothing(islands: str) -> None:
    north = [Place(id=f"n{i}", lat=61.2 + 0.002 * i, lon=25.2021) for i in range(3)]
    south = [Place(id=f"s{i}", lat=60.0 + 0.002 * i, lon=24.0021) for i in range(4)]
    mixed = [south[0], north[0], south[1], north[1], south[2], north[2], south[3]]

    travel = travel_source(f"valhalla:{islands}").matrix(mixed, ["car"])

    for origin in mixed:
        for target in mixed:
            travel_s, distance_m = travel.leg("car", origin, target)
            assert (travel_s >= 0) == (origin.id[0] == target.id[0])
            assert (distance_m >= 0) == (travel_s >= 0)
