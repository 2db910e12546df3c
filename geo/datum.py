"""Coordinate systems of Chinese maps: GCJ-02 (AutoNavi, Tencent, Google inside China) and BD-09 (Baidu).

Neither system is published by its owner. What is computed here are the formulas that everybody uses since they became
known: https://github.com/googollee/eviltransform (GCJ-02) and https://github.com/Artoria2e5/PRCoords (both). They are
told apart from the true systems by metres: https://pypi.org/project/pygcj/ measured 3.4 m on average (standard
deviation 2.7 m) for GCJ-02 at control points of a map service. The inverses given here are exact: there and back again
is less than 1e-7 degrees (1 cm) away, ``tests/geo/test_datum.py`` measures it.
"""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Degrees = tuple[FloatArray, FloatArray]
"""Latitudes and longitudes."""


class Datum(StrEnum):
    """Coordinate system that degrees are given in."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


# Krasovsky 1940, the ellipsoid that the shift of GCJ-02 is scaled by: eviltransform, `earthR` and `ee` there.
_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY2 = 0.00669342162296594323

CHINA_LAT, CHINA_LON = (0.8293, 55.8271), (72.004, 137.8347)
"""The rectangle that the published code takes for China (`outOfChina` there), degrees. GCJ-02 is WGS-84 outside."""

# BD-09: constants of the published code.
_WAVES = math.pi * 3000 / 180
_BD_LAT, _BD_LON = 0.006, 0.0065

_GCJ_STEPS = 8
"""Steps of the inverse of GCJ-02. Its shift changes by less than 1 % of a move, so that each step wins two digits."""
_BD_STEPS = 12
"""Steps of the inverse of BD-09: up to 3 % of a move, one and a half digits."""
_SLACK = 1e-9
"""What the inverse may miss a point by that lies on the rectangle itself, degrees."""


def to_wgs84(lat: npt.ArrayLike, lon: npt.ArrayLike, datum: Datum) -> Degrees:
    """Degrees of `datum` as WGS-84 degrees.

    Parameters
    ----------
    lat, lon : array of float
        Of one shape.
    datum : Datum
        What they are given in.

    Returns
    -------
    pair of ndarray
        Latitudes and longitudes; each depends on its own point alone. GCJ-02 within some hundred metres outside of
        the rectangle `CHINA_LAT`, `CHINA_LON` is ambiguous; it is taken for a shifted point of the inside.
    """
    given = _arrays(lat, lon)
    match datum:
        case Datum.WGS84:
            return given
        case Datum.GCJ02:
            return _gcj_to_wgs(*given)
        case Datum.BD09:
            return _gcj_to_wgs(*_bd_to_gcj(*given))


def from_wgs84(lat: npt.ArrayLike, lon: npt.ArrayLike, datum: Datum) -> Degrees:
    """WGS-84 degrees as degrees of `datum`: the other way of :func:`to_wgs84`.

    Parameters
    ----------
    lat, lon : array of float
        WGS-84, of one shape.
    datum : Datum
        What is wanted.

    Returns
    -------
    pair of ndarray
        Latitudes and longitudes. GCJ-02 outside of the rectangle `CHINA_LAT`, `CHINA_LON` is what was given.
    """
    given = _arrays(lat, lon)
    match datum:
        case Datum.WGS84:
            return given
        case Datum.GCJ02:
            return _wgs_to_gcj(*given)
        case Datum.BD09:
            return _gcj_to_bd(*_wgs_to_gcj(*given))


def _arrays(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Degrees:
    return np.array(lat, dtype=np.float64), np.array(lon, dtype=np.float64)


def _in_china(lat: FloatArray, lon: FloatArray, slack: float = 0.0) -> npt.NDArray[np.bool_]:
    inside_lat = (lat >= CHINA_LAT[0] - slack) & (lat <= CHINA_LAT[1] + slack)
    return inside_lat & (lon >= CHINA_LON[0] - slack) & (lon <= CHINA_LON[1] + slack)


def _gcj_shift(lat: FloatArray, lon: FloatArray) -> Degrees:
    """Shift of GCJ-02 at WGS-84 points, degrees: eviltransform, `transform` and `delta` there."""
    x, y = lon - 105.0, lat - 35.0
    root, xy = 0.1 * np.sqrt(np.abs(x)), 0.1 * x * y
    fast = 20.0 * (np.sin(6.0 * math.pi * x) + np.sin(2.0 * math.pi * x))
    north = 20.0 * np.sin(math.pi * y) + 40.0 * np.sin(math.pi / 3.0 * y)
    north += 160.0 * np.sin(math.pi / 12.0 * y) + 320.0 * np.sin(math.pi / 30.0 * y)
    east = 20.0 * np.sin(math.pi * x) + 40.0 * np.sin(math.pi / 3.0 * x)
    east += 150.0 * np.sin(math.pi / 12.0 * x) + 300.0 * np.sin(math.pi / 30.0 * x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + xy + 2.0 * root + (fast + north) * (2.0 / 3.0)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + xy + root + (fast + east) * (2.0 / 3.0)

    latitude = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(latitude) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY2) / (magic * np.sqrt(magic))
    parallel_m = _SEMI_MAJOR_M / np.sqrt(magic) * np.cos(latitude)
    return np.degrees(north_m / meridian_m), np.degrees(east_m / parallel_m)


def _wgs_to_gcj(lat: FloatArray, lon: FloatArray) -> Degrees:
    inside = _in_china(lat, lon)
    # Far outside, at the poles, the formula has no meaning: compute it inside only.
    north, east = _gcj_shift(np.where(inside, lat, 35.0), np.where(inside, lon, 105.0))
    return np.where(inside, lat + north, lat), np.where(inside, lon + east, lon)


def _gcj_to_wgs(lat: FloatArray, lon: FloatArray) -> Degrees:
    near = (np.abs(lat - sum(CHINA_LAT) / 2) < 30.0) & (np.abs(lon - sum(CHINA_LON) / 2) < 35.0)
    target_lat, target_lon = np.where(near, lat, 35.0), np.where(near, lon, 105.0)
    wgs_lat, wgs_lon = target_lat, target_lon
    for _ in range(_GCJ_STEPS):
        north, east = _gcj_shift(wgs_lat, wgs_lon)
        wgs_lat, wgs_lon = target_lat - north, target_lon - east
    shifted = near & _in_china(wgs_lat, wgs_lon, _SLACK)
    return np.where(shifted, wgs_lat, lat), np.where(shifted, wgs_lon, lon)


def _gcj_to_bd(lat: FloatArray, lon: FloatArray) -> Degrees:
    """BD-09 of GCJ-02: `bd_encrypt` of the published code."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _WAVES)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _WAVES)
    return radius * np.sin(angle) + _BD_LAT, radius * np.cos(angle) + _BD_LON


def _bd_to_gcj(lat: FloatArray, lon: FloatArray) -> Degrees:
    gcj_lat, gcj_lon = lat - _BD_LAT, lon - _BD_LON
    for _ in range(_BD_STEPS):
        back_lat, back_lon = _gcj_to_bd(gcj_lat, gcj_lon)
        gcj_lat, gcj_lon = gcj_lat + (lat - back_lat), gcj_lon + (lon - back_lon)
    return gcj_lat, gcj_lon
