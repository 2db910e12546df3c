"""The vectorised distance against geopy's geodesic, all over the world."""

from __future__ import annotations

import numpy as np
import pytest
from geopy.distance import geodesic

from geo.ellipsoid import FLATTENING, SEMI_MAJOR_M, Points, between_m, distance_m

MAX_RELATIVE_ERROR = 1e-7  # measured: 3.9e-8, for pairs metres to a hundred kilometres apart
MAX_ERROR_M = 0.03  # measured: 0.015 m; far pairs stay within it too
PAIRS = 1_500

Pairs = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _points(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points spread evenly over the globe."""
    return np.degrees(np.arcsin(rng.uniform(-1, 1, PAIRS))), rng.uniform(-180, 180, PAIRS)


def _wrapped(lon: np.ndarray) -> np.ndarray:
    return (lon + 540) % 360 - 180


def _world(rng: np.random.Generator) -> Pairs:
    return (*_points(rng), *_points(rng))


def _near(spread_deg: float):
    def make(rng: np.random.Generator) -> Pairs:
        lat, lon = _points(rng)
        lat2 = np.clip(lat + rng.normal(0, spread_deg, PAIRS), -90, 90)
        return lat, lon, lat2, _wrapped(lon + rng.normal(0, spread_deg, PAIRS))

    return make


def _antipodal(spread_deg: float):
    def make(rng: np.random.Generator) -> Pairs:
        lat, lon = (values[:300] for values in _points(rng))
        lat2 = np.clip(-lat + rng.normal(0, spread_deg, 300), -90, 90)
        return lat, lon, lat2, _wrapped(lon + 180 + rng.normal(0, spread_deg, 300))

    return make


def _dateline(rng: np.random.Generator) -> Pairs:
    lat, _ = _points(rng)
    return (
        lat,
        180 - rng.uniform(0, 1, PAIRS),
        np.clip(lat + rng.uniform(-0.1, 0.1, PAIRS), -90, 90),
        rng.uniform(0, 1, PAIRS) - 180,
    )


def _pole(rng: np.random.Generator) -> Pairs:
    lat, lon = _points(rng)
    return np.full(PAIRS, 90.0), rng.uniform(-180, 180, PAIRS), lat, lon


def _equator(rng: np.random.Generator) -> Pairs:
    zero = np.zeros(PAIRS)
    return zero, rng.uniform(-180, 180, PAIRS), zero, rng.uniform(-180, 180, PAIRS)


def _meridian(rng: np.random.Generator) -> Pairs:
    lat, lon = _points(rng)
    return lat, lon, _points(rng)[0], lon


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(_world, id="world"),
        pytest.param(_near(1e-5), id="one metre"),
        pytest.param(_near(1e-2), id="one kilometre"),
        pytest.param(_near(1.0), id="a hundred kilometres"),
        pytest.param(_antipodal(0.3), id="near the antipode"),
        pytest.param(_antipodal(3.0), id="around the antipode"),
        pytest.param(_dateline, id="across the date line"),
        pytest.param(_pole, id="from a pole"),
        pytest.param(_equator, id="along the equator"),
        pytest.param(_meridian, id="along a meridian"),
    ],
)
def test_error_against_geopy(make) -> None:
    pairs = make(np.random.default_rng(7))

    got_m = distance_m(*pairs)

    want_m = np.array([geodesic((a, b), (c, d)).meters for a, b, c, d in zip(*pairs, strict=True)])
    error_m = np.abs(got_m - want_m)
    assert error_m.max() <= MAX_ERROR_M
    assert (error_m / np.maximum(want_m, 1.0)).max() <= MAX_RELATIVE_ERROR


def test_known_lengths() -> None:
    """The quarter of the equator is a circle's; the quarter of the meridian is 10,001,965.729 m on WGS-84."""
    lat1, lon1 = np.array([0.0, 0.0]), np.array([0.0, 10.0])
    lat2, lon2 = np.array([0.0, 90.0]), np.array([90.0, 10.0])

    got_m = distance_m(lat1, lon1, lat2, lon2)

    assert got_m[0] == pytest.approx(SEMI_MAJOR_M * np.pi / 2, abs=MAX_ERROR_M)
    assert got_m[1] == pytest.approx(10_001_965.729, abs=MAX_ERROR_M)
    assert FLATTENING < 1 / 298


def test_one_point_twice_is_exactly_zero() -> None:
    lat, lon = np.array([0.0, 23.1, 90.0, -90.0, 45.0]), np.array([0.0, 113.3, 12.0, -180.0, 180.0])

    assert distance_m(lat, lon, lat, lon).tolist() == [0.0] * 5
    assert distance_m(lat, lon, lat, np.where(lon == 180.0, -180.0, lon))[4] == 0.0


def test_points_broadcast_to_a_matrix() -> None:
    lat, lon = np.array([22.5, 23.1, 23.0]), np.array([114.0, 113.3, 113.1])

    square = distance_m(lat[:, None], lon[:, None], lat[None, :], lon[None, :])

    assert square.shape == (3, 3)
    assert square[0, 1] == pytest.approx(geodesic((22.5, 114.0), (23.1, 113.3)).meters, abs=MAX_ERROR_M)
    assert np.allclose(square, square.T, atol=1e-6)


def test_an_empty_array_stays_empty() -> None:
    none = np.zeros(0)

    assert distance_m(none, none, none, none).shape == (0,)


def test_a_distance_does_not_depend_on_the_others_asked_for_with_it() -> None:
    """To the last bit: alone, in a few, in many; among near, far and antipodal pairs."""
    rng = np.random.default_rng(8)
    kinds = [make(rng) for make in (_world, _near(0.01), _near(2.0), _antipodal(0.5))]
    lat1, lon1, lat2, lon2 = (np.concatenate(parts) for parts in zip(*kinds, strict=True))
    mixed = rng.permutation(len(lat1))
    first, second = Points.of(lat1[mixed], lon1[mixed]), Points.of(lat2[mixed], lon2[mixed])
    together = between_m(first, second)
    for size in (1, 2, 7):
        for at in range(0, 400, size):
            assert (between_m(first[at : at + size], second[at : at + size]) == together[at : at + size]).all()
    assert (distance_m(lat1[mixed], lon1[mixed], lat2[mixed], lon2[mixed]) == together).all()
