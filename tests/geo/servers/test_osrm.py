"""OSRM's protocol, against answers recorded by hand from its documentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest

from dispatch.errors import InputError, UnavailableError
from dispatch.places import Place
from dispatch.ports import TravelTimes
from geo.geodesic import GeodesicTravel
from geo.servers.client import Patience
from geo.servers.osrm import LARGEST_SIDE
from geo.servers.sources import osrm_travel

PLACES = (
    Place(id="a", lat=60.17, lon=24.94),
    Place(id="b", lat=60.18, lon=24.95),
    Place(id="c", lat=60.16, lon=24.99),
)


@pytest.fixture
def source(osrm: Any) -> Callable[..., TravelTimes]:
    """A source of the server on loopback; takes options."""

    def build(options: str = "") -> TravelTimes:
        patience = Patience(first_s=0.001, longest_s=0.1)
        return osrm_travel(f"{osrm.url}{options}", estimate=GeodesicTravel(), patience=patience, seed=7)

    return build


def _many(count: int) -> list[Place]:
    rng = np.random.default_rng(3)
    return [
        Place(id=f"p{number}", lat=float(lat), lon=float(lon))
        for number, (lat, lon) in enumerate(rng.uniform((60.1, 24.8), (60.3, 25.1), (count, 2)))
    ]


def test_the_question(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    source().matrix(PLACES[:2], ["car"])

    assert osrm.asked[-1] == (
        "/osrm/table/v1/driving/24.940000,60.170000;24.950000,60.180000"
        "?annotations=duration,distance&generate_hints=false&sources=0;1&destinations=0;1"
    )


def test_the_answer(source: Callable[..., TravelTimes]) -> None:
    travel = source().matrix(PLACES, ["car"])

    # b lies 1,112.0 m north and 553.1 m east of a: 1,241.9 m at 10 m/s, and 22.2 s more northwards.
    assert travel.leg("car", PLACES[0], PLACES[1]) == (146, 1242)
    assert travel.leg("car", PLACES[1], PLACES[0]) == (124, 1242)
    assert travel.source.startswith("osrm car: http://127.0.0.1:")
    assert travel.source.endswith("/osrm driving")


def test_the_version_of_the_data_is_part_of_the_source(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.change = lambda answer: answer.update(data_version="2026-01-01")

    assert source().matrix(PLACES, ["car"]).source.endswith(" driving data=2026-01-01")


def test_blocks_make_the_same_table(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    places = _many(23)
    whole = source().matrix(places, ["car"]).legs("car")
    osrm.asked.clear()

    parts = source(",table=5").matrix(places, ["car"]).legs("car")

    assert (parts.travel_s == whole.travel_s).all()
    assert (parts.distance_m == whole.distance_m).all()
    assert len(osrm.asked) == 1 + 25


def test_too_large_tables_are_cut(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    places = _many(30)
    whole = source().matrix(places, ["car"]).legs("car")
    osrm.max_table_size, osrm.asked[:] = 11, []

    parts = source().matrix(places, ["car"]).legs("car")

    assert (parts.travel_s == whole.travel_s).all()
    assert len(osrm.asked) == 1 + 2 + 25, "10 points first; 30 and 15 are too large, 7 is not"


def test_a_server_that_takes_no_table_at_all(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.script.append((200, {}, b'{"code": "Ok"}'))
    osrm.max_table_size = 0

    with pytest.raises(UnavailableError) as caught:
        source().matrix(PLACES, ["car"])

    assert caught.value.code == "travel.server_refused"
    assert "TooBig" in caught.value.message


def test_the_address_of_a_question_is_not_too_long(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.max_table_size = 1000
    places = [Place(id=f"p{i}", lat=-60.123456 + i * 1e-4, lon=-170.123456 + i * 1e-4) for i in range(LARGEST_SIDE * 2)]

    source(f",table={LARGEST_SIDE}").matrix(places, ["car"])

    assert max(map(len, osrm.asked)) < 8192


def test_equal_places_are_asked_for_once(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    places = [*PLACES, *(Place(id=f"again{n}", lat=60.17, lon=24.94 + n * 1e-11) for n in range(5000 - 3))]

    legs = source().matrix(places, ["car"]).legs("car")

    assert len(osrm.asked) == 2
    assert len(urlsplit(osrm.asked[-1]).path.split(";")) == 3
    assert not legs.travel_s[3:, 3:].any()
    assert (legs.travel_s[3:, 1] == legs.travel_s[0, 1]).all()


def test_no_way_is_unreachable(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.island_lon = 24.98

    travel = source().matrix(PLACES, ["car"])

    assert travel.leg("car", PLACES[0], PLACES[2]) == (-1, -1)
    assert travel.leg("car", PLACES[2], PLACES[0]) == (-1, -1)
    assert travel.leg("car", PLACES[0], PLACES[1])[0] > 0
    assert travel.leg("car", PLACES[2], PLACES[2]) == (0, 0)


def test_a_time_without_a_distance_is_no_way(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.change = lambda answer: answer["distances"][0].__setitem__(1, None)

    assert source().matrix(PLACES, ["car"]).leg("car", PLACES[0], PLACES[1]) == (-1, -1)


def test_the_diagonal_is_zero_whatever_the_server_says(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.change = lambda answer: answer["durations"][1].__setitem__(1, 7.5)

    assert not np.diagonal(source().matrix(PLACES, ["car"]).legs("car").travel_s).any()


def test_places_far_from_roads_are_all_named(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.road_end_lat = 60.2
    far = [Place(id="sea", lat=60.3, lon=25.0), Place(id="twin", lat=60.3, lon=25.0), Place(id="pole", lat=89, lon=0)]

    with pytest.raises(InputError) as caught:
        source(",table=2").matrix([*PLACES, *far, Place(id="near", lat=60.21, lon=25.0)], ["car"])

    assert caught.value.code == "travel.off_road"
    assert [fault.value for fault in caught.value.faults] == ["sea", "twin", "pole"]
    assert "11,1" in caught.value.faults[0].message, "11.1 km"


def test_a_refused_place_is_named(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    no_segment = b'{"code": "NoSegment", "message": "Could not find a matching segment for coordinate 2"}'
    osrm.script.append((400, {}, no_segment))

    with pytest.raises(InputError) as caught:
        source().matrix(PLACES, ["car"])

    assert caught.value.code == "travel.off_road"
    assert [fault.value for fault in caught.value.faults] == ["c"]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b'{"code": "InvalidQuery", "message": "Query string malformed close to position 5"}', "position 5"),
        (b'{"code": "NoSegment", "message": "Could not find a matching segment for coordinate 77"}', "NoSegment"),
        (b'{"code": "NotImplemented"}', "NotImplemented"),
        (b'{"message": "Not Found"}', "400"),
    ],
)
def test_refusals_are_passed_on(osrm: Any, source: Callable[..., TravelTimes], body: bytes, word: str) -> None:
    osrm.script.append((400, {}, body))

    with pytest.raises(UnavailableError) as caught:
        source().matrix(PLACES, ["car"])

    assert caught.value.code == "travel.server_refused"
    assert word in caught.value.message


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: answer.pop("durations"),
        lambda answer: answer.pop("distances"),
        lambda answer: answer["durations"].pop(),
        lambda answer: answer["distances"][0].pop(),
        lambda answer: answer["durations"][0].__setitem__(1, "146"),
        lambda answer: answer["durations"][0].__setitem__(1, -1),
        lambda answer: answer["durations"][0].__setitem__(1, True),
        lambda answer: answer["durations"][0].__setitem__(1, 1e300),
        lambda answer: answer.update(durations={"0": [0, 1]}),
        lambda answer: answer.pop("sources"),
        lambda answer: answer["sources"].pop(),
        lambda answer: answer["sources"][0].pop("location"),
        lambda answer: answer["sources"][0].update(location=["east", "north"]),
        lambda answer: answer["sources"][0].update(location=[24.94, 600.17]),
        lambda answer: answer.pop("code"),
    ],
)
def test_wrong_answers_are_not_used(
    osrm: Any, source: Callable[..., TravelTimes], change: Callable[[dict[str, Any]], object]
) -> None:
    osrm.change = change

    with pytest.raises(UnavailableError) as caught:
        source().matrix(PLACES, ["car"])

    assert caught.value.code == "travel.server_answer"


def test_profiles_have_names_of_their_own(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    travel = source().matrix(PLACES, ["car", "van", "ebike", "walk"])

    times = [travel.leg(profile, PLACES[0], PLACES[1])[0] for profile in ("car", "van", "ebike", "walk")]
    assert times[0] == times[1] < times[2] < times[3]
    assert {urlsplit(path).path.split("/")[4] for path in osrm.asked} == {"driving", "cycling", "walking"}


@pytest.mark.parametrize("profile", ["ebike", "walk"])
def test_a_server_that_answers_for_cars_is_found_out(
    osrm: Any, source: Callable[..., TravelTimes], profile: str
) -> None:
    osrm.profiles = dict.fromkeys(("driving", "cycling", "walking"), 10.0)

    with pytest.raises(UnavailableError) as caught:
        source().matrix(PLACES, ["car", profile])

    assert caught.value.code == "travel.server_profile"
    assert f"{profile}=URL" in caught.value.message


def test_a_profile_may_have_a_server_of_its_own(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    osrm.profiles = dict.fromkeys(("driving", "cycling", "walking"), 10.0)

    travel = source(f",walk={osrm.url}").matrix(PLACES, ["walk"])

    assert travel.leg("walk", PLACES[0], PLACES[1]) == (146, 1242)


def test_the_first_failure_ends_the_rest(osrm: Any, source: Callable[..., TravelTimes]) -> None:
    places = _many(40)
    travel = source(",table=4")
    osrm.script.extend([None, None, (401, {}, b"{}")])

    with pytest.raises(UnavailableError):
        travel.matrix(places, ["car"])

    assert len(osrm.asked) < 20, "102 questions were planned"
