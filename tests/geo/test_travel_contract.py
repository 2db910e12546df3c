"""What every travel source must do. A new source adds one function to `BUILDERS`, and no test."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from dispatch.errors import InputError
from dispatch.places import Place
from dispatch.ports import TravelTimes
from dispatch.travel import UNREACHABLE
from geo.registry import SOURCES, travel_source

# In the centre of Helsinki, which a small public extract covers.
PLACES = (
    Place(id="depot", lat=60.1718, lon=24.9414),
    Place(id="T1", lat=60.1667, lon=24.9520),
    Place(id="T2", lat=60.1645, lon=24.9372),
    Place(id="赫尔辛基", lat=60.1755, lon=24.9500),
)
SECONDS = np.array([[0, 600, 4200, 2400], [660, 0, 4800, 3000], [4100, 4700, 0, 3300], [2300, 2900, 3200, 0]])
METRES = SECONDS * 12


def _geodesic(folder: Path, fixtures: pytest.FixtureRequest) -> TravelTimes:
    return travel_source("geodesic")


def _pairs(folder: Path, fixtures: pytest.FixtureRequest) -> TravelTimes:
    with (folder / "pairs.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["from", "to", "travel_s", "distance_m", "profile"])
        for i, origin in enumerate(PLACES):
            for j, target in enumerate(PLACES):
                writer.writerow([origin.id, target.id, SECONDS[i, j], METRES[i, j], "car"])
    return travel_source(f"matrix:{folder / 'pairs.csv'}")


def _square(folder: Path, fixtures: pytest.FixtureRequest) -> TravelTimes:
    with (folder / "square.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", *(place.id for place in PLACES)])
        writer.writerows([place.id, *row] for place, row in zip(PLACES, SECONDS.tolist(), strict=True))
    return travel_source(f"matrix:{folder / 'square.csv'}")


def _npz(folder: Path, fixtures: pytest.FixtureRequest) -> TravelTimes:
    ids = np.array([place.id for place in PLACES])
    np.savez(folder / "given.npz", ids=ids, travel_s=SECONDS, distance_m=METRES)
    return travel_source(f"matrix:{folder / 'given.npz'}")


def _roads(folder: Path, fixtures: pytest.FixtureRequest) -> TravelTimes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CALLOUT_CACHE", str(folder))
        return travel_source(f"roads:{fixtures.getfixturevalue('extracts')('helsinki_centre')}")


def _osrm(folder: Path, fixtures: pytest.FixtureRequest) -> TravelTimes:
    return travel_source(f"osrm:{fixtures.getfixturevalue('osrm').url}")


def _valhalla(folder: Path, fixtures: pytest.FixtureRequest) -> TravelTimes:
    return travel_source(f"valhalla:{fixtures.getfixturevalue('valhalla_url')}")


BUILDERS: dict[str, Callable[[Path, pytest.FixtureRequest], TravelTimes]] = {
    "geodesic": _geodesic,
    "matrix pairs": _pairs,
    "matrix square": _square,
    "matrix npz": _npz,
    "roads": _roads,
    "osrm": _osrm,
    "valhalla": _valhalla,
}


@pytest.fixture(params=BUILDERS.values(), ids=BUILDERS.keys())
def source(request: pytest.FixtureRequest, tmp_path: Path) -> TravelTimes:
    return request.param(tmp_path, request)


def _shuffled() -> Sequence[Place]:
    return [PLACES[number] for number in (2, 0, 3)]


def test_every_registered_source_is_under_contract() -> None:
    assert {name.split()[0] for name in BUILDERS} == set(SOURCES)


def test_shape_type_and_places(source: TravelTimes) -> None:
    travel = source.matrix(PLACES, ["car"])

    assert travel.places == PLACES
    assert set(travel.profiles) == {"car"}
    for values in (travel.legs("car").travel_s, travel.legs("car").distance_m):
        assert values.shape == (4, 4)
        assert values.dtype == np.int32
        assert values.flags.c_contiguous


def test_a_place_is_at_itself(source: TravelTimes) -> None:
    legs = source.matrix(PLACES, ["car"]).legs("car")

    assert not np.diagonal(legs.travel_s).any()
    assert not np.diagonal(legs.distance_m).any()


def test_values_are_ways_or_unreachable(source: TravelTimes) -> None:
    legs = source.matrix(PLACES, ["car"]).legs("car")

    assert (legs.travel_s >= UNREACHABLE).all()
    assert ((legs.travel_s == UNREACHABLE) == (legs.distance_m == UNREACHABLE)).all()
    assert (legs.travel_s < 24 * 3600).all(), "a great number stands for unreachable"


def test_order_follows_the_question(source: TravelTimes) -> None:
    whole = source.matrix(PLACES, ["car"])

    part = source.matrix(_shuffled(), ["car"])

    for origin in _shuffled():
        for target in _shuffled():
            assert part.leg("car", origin, target) == whole.leg("car", origin, target)


def test_no_places_is_an_empty_matrix(source: TravelTimes) -> None:
    assert source.matrix([], ["car"]).legs("car").travel_s.shape == (0, 0)


def test_the_same_question_has_the_same_answer(source: TravelTimes) -> None:
    first, second = (source.matrix(PLACES, ["car"]) for _ in range(2))

    assert first.source == second.source
    assert (first.legs("car").travel_s == second.legs("car").travel_s).all()


def test_the_source_names_itself(source: TravelTimes, tmp_path: Path) -> None:
    text = source.matrix(PLACES, ["car"]).source

    assert text.split()[0] in SOURCES
    assert len(text.split()) > 1, "settings or content are missing"
    assert str(tmp_path) not in text, "a folder differs between machines"


def test_an_unknown_profile_is_refused(source: TravelTimes) -> None:
    with pytest.raises(InputError) as caught:
        source.matrix(PLACES, ["car", "helicopter"])

    assert caught.value.code == "travel.profile"
    assert "helicopter" in caught.value.message
    assert "car" in caught.value.message


def test_a_place_that_it_cannot_locate_is_named(source: TravelTimes) -> None:
    with pytest.raises(InputError) as caught:
        source.matrix([*PLACES, Place(id="nowhere")], ["car"])

    assert caught.value.code in ("travel.no_coordinates", "travel.unknown_place")
    assert [fault.value for fault in caught.value.faults] == ["nowhere"]
