"""Distances on the WGS-84 ellipsoid for whole arrays at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from geopy.distance import geodesic

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# WGS-84 defining parameters: NGA.STND.0036 (2014), table 3.1.
SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
SEMI_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING)

# The last step is applied to the arc as well and the next one is about 300 times smaller, so less than 2 cm are left,
# and after two steps at most one part in ten million. Near the antipodes the steps shrink more slowly.
_STEP_RAD = 1e-6
_LEAST_ITERATIONS = 2
_MAX_ITERATIONS = 20  # pairs that need more lie near each other's antipodes
_ANTIPODAL_RAD = 3.1  # from here on the iteration may settle on a line that is not the shortest


@dataclass(frozen=True, slots=True)
class Points:
    """Coordinates with what the formula needs of each point: sine and cosine of its reduced latitude U.

    Arrays of one shape; WGS-84 degrees.
    """

    lat: FloatArray
    lon: FloatArray
    sin_u: FloatArray
    cos_u: FloatArray

    @classmethod
    def of(cls, lat: FloatArray, lon: FloatArray) -> Points:
        """Prepare points."""
        reduced = np.arctan((1 - FLATTENING) * np.tan(np.radians(lat)))
        return cls(lat, lon, np.sin(reduced), np.cos(reduced))

    def __getitem__(self, at: Any) -> Points:
        """Some of the points; `at` as for arrays."""
        return Points(self.lat[at], self.lon[at], self.sin_u[at], self.cos_u[at])


def distance_m(lat1: FloatArray, lon1: FloatArray, lat2: FloatArray, lon2: FloatArray) -> FloatArray:
    """Length of the shortest line on the ellipsoid between coordinates: see :func:`between_m`."""
    return between_m(Points.of(lat1, lon1), Points.of(lat2, lon2))


def between_m(first: Points, second: Points) -> FloatArray:
    """Length of the shortest line on the ellipsoid between points, element by element.

    Vincenty's inverse formula; the few pairs near each other's antipodes, where it does not converge, go to
    geopy's geodesic (Karney's algorithm) one by one. The value of a pair depends on no other pair, to the last bit.

    Parameters
    ----------
    first, second : Points
        Their shapes broadcast.

    Returns
    -------
    ndarray of float
        Metres, of the broadcast shape. ``tests/geo/test_ellipsoid.py`` measures the error against geopy.

    References
    ----------
    T. Vincenty (1975), Direct and inverse solutions of geodesics on the ellipsoid with application of nested
    equations, Survey Review 23(176), 88-93, doi:10.1179/sre.1975.23.176.88.
    C. F. F. Karney (2013), Algorithms for geodesics, J. Geodesy 87, 43-55, doi:10.1007/s00190-012-0578-z.
    """
    shape = np.broadcast_shapes(first.lat.shape, second.lat.shape)
    longitude = np.broadcast_to(second.lon - first.lon, shape).ravel()
    difference = np.radians(longitude - 360.0 * np.rint(longitude / 360.0))
    sin_u1, cos_u1, sin_u2, cos_u2 = (
        np.broadcast_to(values, shape).ravel() for values in (first.sin_u, first.cos_u, second.sin_u, second.cos_u)
    )

    metres, trusted = _vincenty(sin_u1, cos_u1, sin_u2, cos_u2, difference)
    if not trusted.all():
        flat = [np.broadcast_to(values, shape).ravel() for values in (first.lat, first.lon, second.lat, second.lon)]
        for at in np.nonzero(~trusted)[0].tolist():
            a, b, c, d = (float(values[at]) for values in flat)
            metres[at] = geodesic((a, b), (c, d)).meters
    return metres.reshape(shape)


def _vincenty(
    sin_u1: FloatArray, cos_u1: FloatArray, sin_u2: FloatArray, cos_u2: FloatArray, difference: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Metres, and where they can be trusted.

    Names follow the paper: U reduced latitude, lam longitude on the auxiliary sphere, sigma arc on it, alpha
    azimuth at the equator, 2m = twice the arc from the equator to the middle of the line.
    """
    metres = np.zeros(difference.size)
    trusted = np.zeros(difference.size, dtype=np.bool_)
    open_at = np.arange(difference.size)
    lam = difference
    for iteration in range(1, _MAX_ITERATIONS + 1):
        # Sides of the auxiliary triangle; half angles keep the digits of points that are metres apart.
        half_sin, half_cos = np.sin(lam / 2), np.cos(lam / 2)
        versine = 2 * half_sin * half_sin
        a = cos_u2 * (2 * half_sin * half_cos)
        b = (cos_u1 * sin_u2 - sin_u1 * cos_u2) + sin_u1 * cos_u2 * versine
        sin_sigma = np.sqrt(a * a + b * b)
        cos_sigma = sin_u1 * sin_u2 + cos_u1 * cos_u2 * (1 - versine)
        sigma = np.arctan2(sin_sigma, cos_sigma)

        # One point twice has no azimuth, and a line along the equator no cos_2m: both have weight zero there.
        sin_alpha = cos_u1 * a / np.where(sin_sigma > 0, sin_sigma, 1)
        cos2_alpha = 1 - sin_alpha * sin_alpha
        off_equator = cos2_alpha > 1e-15
        cos_2m = np.where(off_equator, cos_sigma - 2 * sin_u1 * sin_u2 / np.where(off_equator, cos2_alpha, 1), 0)

        c = FLATTENING / 16 * cos2_alpha * (4 + FLATTENING * (4 - 3 * cos2_alpha))
        series = sigma + c * sin_sigma * (cos_2m + c * cos_sigma * (2 * cos_2m * cos_2m - 1))
        new_lam = difference + (1 - c) * FLATTENING * sin_alpha * series
        step = new_lam - lam

        done = np.abs(step) <= _STEP_RAD
        if iteration >= _LEAST_ITERATIONS and done.any():
            arc_m = _arc_m(
                sigma + sin_alpha * step, sin_sigma, cos_sigma, cos2_alpha, cos_2m
            )  # d sigma/d lam = sin alpha
            metres[open_at[done]] = arc_m[done]
            trusted[open_at[done]] = np.abs(new_lam[done]) < _ANTIPODAL_RAD
            left = ~done
            if not left.any():
                break
            open_at, difference, new_lam = open_at[left], difference[left], new_lam[left]
            sin_u1, cos_u1, sin_u2, cos_u2 = sin_u1[left], cos_u1[left], sin_u2[left], cos_u2[left]
        lam = new_lam
    return metres, trusted


def _arc_m(
    sigma: FloatArray, sin_sigma: FloatArray, cos_sigma: FloatArray, cos2_alpha: FloatArray, cos_2m: FloatArray
) -> FloatArray:
    """Metres of an arc on the auxiliary sphere: Vincenty's equations 3, 4, 6 and 19."""
    u_squared = cos2_alpha * ((SEMI_MAJOR_M**2 - SEMI_MINOR_M**2) / SEMI_MINOR_M**2)
    a = 1 + u_squared / 16384 * (4096 + u_squared * (-768 + u_squared * (320 - 175 * u_squared)))
    b = u_squared / 1024 * (256 + u_squared * (-128 + u_squared * (74 - 47 * u_squared)))
    twice = 2 * cos_2m * cos_2m - 1
    third = b / 6 * cos_2m * (4 * sin_sigma * sin_sigma - 3) * (2 * twice - 1)
    correction = b * sin_sigma * (cos_2m + b / 4 * (cos_sigma * twice - third))
    metres: FloatArray = SEMI_MINOR_M * a * (sigma - correction)
    return metres
