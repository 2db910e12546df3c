"""Geodesic travel: numbers, settings, and places that it can't serve."""

from __future__ import annotations

import numpy as np
import pytest
from geopy.distance import geodesic

from dispatch.errors import InputError
from dispatch.places import Place
from geo.geodesic import GeodesicTravel, RoadEstimate

GUANGZHOU = Place(id="guangzhou", lat=23.1291, lon=113.2644)
SHENZHEN = Place(id="shenzhen", lat=22.5431, lon=114.0579)


def test_hand_checked_leg() -> None:
    """Guangzhou to Shenzhen is 104.1 km straight; times 1.5 at 60 km/h that is a second for each 16.67 m."""
    travel = GeodesicTravel({"car": RoadEstimate(detour=1.5, speed_kmh=60.0)}).matrix([GUANGZHOU, SHENZHEN], ["car"])
    straight_m = geodesic((23.1291, 113.2644), (22.5431, 114.0579)).meters

    assert 104_000 < straight_m < 104_300
    assert travel.leg("car", GUANGZHOU, SHENZHEN) == (round(straight_m * 1.5 * 0.06), round(straight_m * 1.5))


def test_profiles_differ_and_the_source_names_them() -> None:
    source = GeodesicTravel({"car": RoadEstimate(), "bike": RoadEstimate(detour=1.2, speed_kmh=15.0)})

    travel = source.matrix([GUANGZHOU, SHENZHEN], ["bike", "car"])

    assert travel.source == "geodesic bike: detour=1.2 speed_kmh=15; car: detour=1.3 speed_kmh=40"
    car_s, car_m = travel.leg("car", GUANGZHOU, SHENZHEN)
    bike_s, bike_m = travel.leg("bike", GUANGZHOU, SHENZHEN)
    assert bike_m / car_m == pytest.approx(1.2 / 1.3, rel=1e-4)
    assert bike_s / car_s == pytest.approx((1.2 / 15) / (1.3 / 40), rel=1e-3)


def test_blocks_of_rows_fit_together() -> None:
    """More places than one block of rows holds: every pair equals the pair asked alone, both ways."""
    rng = np.random.default_rng(3)
    places = [
        Place(id=f"p{number}", lat=float(lat), lon=float(lon))
        for number, (lat, lon) in enumerate(zip(rng.uniform(22, 24, 400), rng.uniform(112, 115, 400), strict=True))
    ]

    legs = GeodesicTravel().matrix(places, ["car"]).legs("car")

    assert (legs.distance_m == legs.distance_m.T).all()
    assert (legs.travel_s == legs.travel_s.T).all()
    assert (legs.distance_m + np.eye(400, dtype=np.int32) > 0).all()
    for i, j in rng.integers(0, 400, (50, 2)).tolist():
        alone = GeodesicTravel().matrix([places[i], places[j]], ["car"]).legs("car") if i != j else None
        assert alone is None or alone.distance_m[0, 1] == legs.distance_m[i, j]


def test_places_without_coordinates_are_all_named() -> None:
    places = [GUANGZHOU, *(Place(id=f"T{number}") for number in range(7))]

    with pytest.raises(InputError) as caught:
        GeodesicTravel().matrix(places, ["car"])

    assert caught.value.code == "travel.no_coordinates"
    assert [fault.value for fault in caught.value.faults] == [f"T{number}" for number in range(7)]
    assert "T0, T1, T2, T3, T4 and 2 more" in caught.value.message


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"detour": 0.99}, "travel.detour"),
        ({"detour": float("nan")}, "travel.detour"),
        ({"speed_kmh": 0.0}, "travel.speed"),
        ({"speed_kmh": float("inf")}, "travel.speed"),
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, float], rule: str) -> None:
    with pytest.raises(InputError) as caught:
        RoadEstimate(**settings)

    assert [fault.rule for fault in caught.value.faults] == [rule]


def test_the_longest_way_at_the_lowest_speed_still_fits() -> None:
    poles = [Place(id="north", lat=90.0, lon=0.0), Place(id="south", lat=-90.0, lon=0.0)]

    legs = GeodesicTravel({"car": RoadEstimate(detour=10.0, speed_kmh=1.0)}).matrix(poles, ["car"]).legs("car")

    assert legs.travel_s[0, 1] == pytest.approx(20_003_931 * 36, abs=36)


@pytest.mark.parametrize("around", ["city", "world"])
def test_lazy_legs_are_those_of_the_matrix(around: str) -> None:
    """Exactly, at ten seconds a metre, so that a last bit would show: singly, together, in blocks, in any order."""
    rng = np.random.default_rng(4)
    lat, lon = (rng.uniform(22, 24, 150), rng.uniform(112, 115, 150))
    if around == "world":
        lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 150))), rng.uniform(-180, 180, 150)
    places = [Place(id=f"p{n}", lat=float(a), lon=float(b)) for n, (a, b) in enumerate(zip(lat, lon, strict=True))]
    places.append(Place(id="twin", lat=places[0].lat, lon=places[0].lon))
    source = GeodesicTravel({"car": RoadEstimate(), "cart": RoadEstimate(detour=10.0, speed_kmh=1.0)})
    matrix, lazy = source.matrix(places, ["car", "cart"]), source.lazy(places, ["car", "cart"])

    assert lazy.source == matrix.source
    for profile in ("car", "cart"):
        whole, part = matrix.legs(profile), lazy.subset(places).legs(profile)
        assert (whole.travel_s == part.travel_s).all()
        assert (whole.distance_m == part.distance_m).all()
        shuffled = rng.permutation(len(places))
        mixed = lazy.block(profile, shuffled, shuffled[::-1])
        assert (mixed.travel_s == whole.travel_s[np.ix_(shuffled, shuffled[::-1])]).all()
        for i, j in rng.integers(0, len(places), (100, 2)).tolist():
            assert lazy.leg(profile, places[i], places[j]) == matrix.leg(profile, places[i], places[j])
            assert lazy.leg(profile, places[j], places[i]) == lazy.leg(profile, places[i], places[j])
        assert lazy.unreachable_pairs(profile) == matrix.unreachable_pairs(profile) == []


def test_lazy_travel_refuses_what_the_matrix_refuses() -> None:
    with pytest.raises(InputError) as caught:
        GeodesicTravel().lazy([GUANGZHOU, Place(id="nowhere")], ["car"])
    assert caught.value.code == "travel.no_coordinates"
    with pytest.raises(InputError) as caught:
        GeodesicTravel().lazy([GUANGZHOU, SHENZHEN], ["helicopter"])
    assert caught.value.code == "travel.profile"
    with pytest.raises(InputError) as caught:
        GeodesicTravel().lazy([GUANGZHOU, SHENZHEN], ["car"]).leg("bike", GUANGZHOU, SHENZHEN)
    assert caught.value.code == "travel.profile"
