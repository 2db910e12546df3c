"""A source that stands in is named in the plan."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from dispatch.errors import InputError, UnavailableError
from dispatch.places import Place
from dispatch.travel import TravelMatrix
from geo.fallback import FallbackTravel
from geo.geodesic import GeodesicTravel
from geo.registry import travel_source
from geo.servers.client import Patience
from geo.servers.sources import valhalla_travel

PLACES = (Place(id="a", lat=60.17, lon=24.94), Place(id="b", lat=60.18, lon=24.95))


class _Broken:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def matrix(self, places: object, profiles: object) -> TravelMatrix:
        raise self._error


def test_what_happened_is_told() -> None:
    broken = _Broken(UnavailableError("travel.unreachable", "no route to host"))

    travel = FallbackTravel(broken, GeodesicTravel(), name="osrm http://roads").matrix(PLACES, ["car"])

    assert travel.leg("car", *PLACES) == GeodesicTravel().matrix(PLACES, ["car"]).leg("car", *PLACES)
    assert travel.source == "geodesic car: detour=1.3 speed_kmh=40 instead of osrm http://roads: travel.unreachable"
    (warning,) = travel.warnings
    assert warning.code == "travel_fallback"
    assert warning.facts == {"source": "osrm http://roads", "cause": "travel.unreachable"}
    assert travel.subset(PLACES[:1]).warnings == travel.warnings


def test_nothing_is_told_when_nothing_happened(osrm: Any) -> None:
    travel = travel_source(f"osrm:{osrm.url},fallback=geodesic").matrix(PLACES, ["car"])

    assert travel.source.startswith("osrm car: ")
    assert travel.warnings == ()


def test_a_wrong_input_is_not_hidden(osrm: Any) -> None:
    osrm.road_end_lat = 0.0

    with pytest.raises(InputError) as caught:
        travel_source(f"osrm:{osrm.url},fallback=geodesic").matrix(PLACES, ["car"])

    assert caught.value.code == "travel.off_road"


def test_the_first_error_counts_when_both_fail() -> None:
    broken = _Broken(UnavailableError("travel.unreachable", "no route to host"))

    with pytest.raises(UnavailableError) as caught:
        FallbackTravel(broken, GeodesicTravel(), name="osrm http://roads").matrix(PLACES, ["walk"])

    assert caught.value.code == "travel.unreachable"


def test_without_the_option_there_is_no_second_source() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    quick = Patience(attempts=2, first_s=0.001)

    with pytest.raises(UnavailableError) as caught:
        valhalla_travel(url, estimate=GeodesicTravel(), patience=quick).matrix(PLACES, ["car"])
    travel = valhalla_travel(f"{url},fallback=geodesic", estimate=GeodesicTravel(), patience=quick)

    assert caught.value.code == "travel.unreachable"
    assert travel.matrix(PLACES, ["car"]).source.endswith(f" instead of valhalla {url}: travel.unreachable")
