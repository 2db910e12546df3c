"""GCJ-02 and BD-09: published values, there and back again, and where the shift ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.datum import CHINA_LAT, CHINA_LON, Datum, from_wgs84, to_wgs84
from geo.ellipsoid import distance_m

ROUND_TRIP_DEG = 1e-7  # the promise of the module
latitudes = st.floats(*CHINA_LAT)
longitudes = st.floats(*CHINA_LON)
shifted = st.sampled_from([Datum.GCJ02, Datum.BD09])

# Test values of eviltransform (https://github.com/googollee/eviltransform, `TESTS`): WGS-84, then GCJ-02.
PUBLISHED_GCJ = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),  # Shanghai
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),  # Shenzhen
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),  # Beijing
]


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED_GCJ)
def test_published_values_of_gcj02(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    assert np.allclose(from_wgs84(*wgs, Datum.GCJ02), gcj, rtol=0, atol=1e-12)
    assert np.allclose(to_wgs84(*gcj, Datum.GCJ02), wgs, rtol=0, atol=1e-9)


def test_published_value_of_bd09() -> None:
    """The value of the README of coordtransform (https://github.com/wandergis/coordtransform), which gives GCJ-02."""
    wgs = to_wgs84(39.915, 116.404, Datum.GCJ02)

    assert np.allclose(from_wgs84(*wgs, Datum.BD09), (39.92133699351021, 116.41036949371029), rtol=0, atol=1e-10)


@given(latitudes, longitudes, shifted)
def test_there_and_back_again(lat: float, lon: float, datum: Datum) -> None:
    back = to_wgs84(*from_wgs84(lat, lon, datum), datum)

    assert np.allclose(back, (lat, lon), rtol=0, atol=ROUND_TRIP_DEG)


@given(latitudes.filter(lambda lat: 1 < lat < 55), longitudes.filter(lambda lon: 73 < lon < 137), shifted)
def test_back_and_there_again(lat: float, lon: float, datum: Datum) -> None:
    there = from_wgs84(*to_wgs84(lat, lon, datum), datum)

    assert np.allclose(there, (lat, lon), rtol=0, atol=ROUND_TRIP_DEG)


def test_a_grid_over_china_comes_back_within_a_tenth_of_a_millimetre() -> None:
    lat, lon = (axis.ravel() for axis in np.meshgrid(np.linspace(*CHINA_LAT, 250), np.linspace(*CHINA_LON, 250)))
    for datum in (Datum.GCJ02, Datum.BD09):
        back = to_wgs84(*from_wgs84(lat, lon, datum), datum)

        assert max(np.abs(back[0] - lat).max(), np.abs(back[1] - lon).max()) < 1e-9


def test_around_the_meridian_where_the_formula_has_a_kink() -> None:
    """The shift holds the root of the distance to 105 degrees east."""
    lon = 105 + np.concatenate([-np.logspace(-15, -1, 200), [0], np.logspace(-15, -1, 200)])
    lat = np.full_like(lon, 30.0)

    back = to_wgs84(*from_wgs84(lat, lon, Datum.GCJ02), Datum.GCJ02)

    assert np.abs(back[1] - lon).max() < 1e-9


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_gcj02_outside_the_rectangle_is_wgs84(lat: float, lon: float) -> None:
    margin = 0.02  # a point just outside may be a shifted one of the inside
    inside = CHINA_LAT[0] - margin < lat < CHINA_LAT[1] + margin and CHINA_LON[0] - margin < lon < CHINA_LON[1] + margin
    if not inside:
        assert from_wgs84(lat, lon, Datum.GCJ02) == (lat, lon)
        assert to_wgs84(lat, lon, Datum.GCJ02) == (lat, lon)


@given(st.floats(-89, 89), st.floats(-179, 179))
def test_bd09_comes_back_everywhere(lat: float, lon: float) -> None:
    near_edge = any(abs(value - edge) < 0.02 for value, edges in ((lat, CHINA_LAT), (lon, CHINA_LON)) for edge in edges)
    if not near_edge:
        assert np.allclose(
            to_wgs84(*from_wgs84(lat, lon, Datum.BD09), Datum.BD09), (lat, lon), rtol=0, atol=ROUND_TRIP_DEG
        )


def test_the_shift_is_what_people_see_on_maps() -> None:
    """300 to 700 metres in the cities of the Pearl River Delta, and about a kilometre on top of it for BD-09."""
    lat, lon = np.array([23.1291, 22.5431, 23.0207]), np.array([113.2644, 114.0579, 113.7518])

    gcj = distance_m(lat, lon, *from_wgs84(lat, lon, Datum.GCJ02))
    bd = distance_m(lat, lon, *from_wgs84(lat, lon, Datum.BD09))

    assert ((gcj > 300) & (gcj < 700)).all()
    assert ((bd > 800) & (bd < 1700)).all()


@pytest.mark.parametrize("datum", Datum)
def test_shape_is_kept_and_the_arguments_stay_as_they_were(datum: Datum) -> None:
    lat, lon = np.full((3, 2), 23.0), np.full((3, 2), 113.0)

    out = to_wgs84(lat, lon, datum)
    out[0][:] = 0

    assert out[0].shape == out[1].shape == (3, 2)
    assert (lat == 23).all()
    assert to_wgs84([], [], datum)[0].shape == (0,)


@pytest.mark.parametrize("datum", Datum)
def test_a_point_does_not_depend_on_its_neighbours(datum: Datum) -> None:
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(18, 53, 100), rng.uniform(74, 134, 100)

    together = to_wgs84(lat, lon, datum)

    alone = [to_wgs84(lat[number], lon[number], datum) for number in range(100)]
    assert np.allclose(np.array(together).T, alone, rtol=0, atol=1e-12)
