"""Travel estimated from straight lines: the distance on the ellipsoid times a detour factor, at one mean speed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.errors import reject
from dispatch.lazy_travel import BLOCK_LEGS, Formula, LazyTravel
from dispatch.places import Place
from dispatch.technicians import DEFAULT_PROFILE
from dispatch.travel import Indices, IntArray, Legs, TravelMatrix
from geo.ellipsoid import FloatArray, Points, between_m
from geo.refusals import require_coordinates, unknown_profile


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadEstimate:
    """How a profile gets from a straight line to a drive.

    Parameters
    ----------
    detour : float
        Road distance over straight distance, 1..10. Ballou, Rahardja & Sakai (2002), Selected country circuity
        factors for road travel distance estimation, Transportation Research A 36(9), 843-848,
        doi:10.1016/S0965-8564(01)00044-1, find 1.12..2.10 by country; the default is near the middle of most.
    speed_kmh : float
        Mean speed over the whole drive, 1..1000. Couture, Duranton & Turner (2018), Speed, Review of Economics
        and Statistics 100(4), 725-739, doi:10.1162/rest_a_00744, report mean trip speeds of 38.5..43.1 km/h in
        the 100 largest metropolitan areas of the USA (1995-2008); the default lies between.

    Raises
    ------
    InputError
        ``travel.detour`` or ``travel.speed``.
    """

    detour: float = 1.3
    speed_kmh: float = 40.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.detour) and 1 <= self.detour <= 10):
            raise reject("travel.detour", "the detour factor must be in 1..10", field="detour", value=self.detour)
        if not (math.isfinite(self.speed_kmh) and 1 <= self.speed_kmh <= 1000):
            raise reject("travel.speed", "the speed must be in 1..1000 km/h", field="speed_kmh", value=self.speed_kmh)

    def legs(self, straight_m: FloatArray) -> tuple[IntArray, IntArray]:
        """Seconds and metres on the road, rounded to the nearest."""
        road_m = straight_m * self.detour
        return np.rint(road_m * (3.6 / self.speed_kmh)).astype(np.int32), np.rint(road_m).astype(np.int32)

    def __str__(self) -> str:
        return f"detour={self.detour:g} speed_kmh={self.speed_kmh:g}"


class GeodesicTravel:
    """Travel source that needs nothing but coordinates.

    Parameters
    ----------
    profiles : mapping of str to RoadEstimate, optional
        Settings of each profile that technicians may have; without it the default profile with default settings.
    """

    def __init__(self, profiles: Mapping[str, RoadEstimate] | None = None) -> None:
        self.profiles = dict(profiles) if profiles else {DEFAULT_PROFILE: RoadEstimate()}

    @property
    def source(self) -> str:
        """Name and settings, as plans store them."""
        return "geodesic " + "; ".join(f"{name}: {estimate}" for name, estimate in sorted(self.profiles.items()))

    def matrix(self, places: Sequence[Place], profiles: Sequence[str]) -> TravelMatrix:
        """Travel between all `places`; every pair is reachable, and both directions are equal.

        Time and memory grow with the square of the places: 3,000 need about two seconds and 72 MB a profile.

        Raises
        ------
        InputError
            ``travel.no_coordinates`` naming the places, or ``travel.profile``.
        """
        points = _points(places)
        estimates = {name: self._estimate(name) for name in dict.fromkeys(profiles)}
        size = len(places)
        legs = {
            name: Legs(travel_s=np.zeros((size, size), np.int32), distance_m=np.zeros((size, size), np.int32))
            for name in estimates
        }
        rows = max(1, BLOCK_LEGS // max(size, 1))
        for first in range(0, size, rows):
            some, rest = slice(first, first + rows), slice(first, size)
            straight_m = between_m(points[some, None], points[None, rest])
            count = len(straight_m)
            upper = np.triu(straight_m[:, :count], 1)
            straight_m[:, :count] = upper + upper.T  # one value for both directions, to the last bit
            for name, estimate in estimates.items():
                travel_s, road_m = estimate.legs(straight_m)
                for whole, block in ((legs[name].travel_s, travel_s), (legs[name].distance_m, road_m)):
                    whole[some, rest] = block
                    whole[rest, some] = block.T
        return TravelMatrix(places=tuple(places), profiles=legs, source=self.source)

    def lazy(self, places: Sequence[Place], profiles: Sequence[str]) -> LazyTravel:
        """The same travel as :meth:`matrix`, computed when asked for; memory grows with the places.

        Raises
        ------
        InputError
            ``travel.no_coordinates`` naming the places, or ``travel.profile``.
        """
        points = _points(places)
        return LazyTravel(
            places,
            {name: _formula(points, self._estimate(name)) for name in profiles},
            source=self.source,
            refuse=lambda profile: unknown_profile(profile, profiles),
            complete=True,
        )

    def _estimate(self, profile: str) -> RoadEstimate:
        try:
            return self.profiles[profile]
        except KeyError:
            raise unknown_profile(profile, self.profiles) from None


def _formula(points: Points, estimate: RoadEstimate) -> Formula:
    """Legs between pairs of `points`, asked in the order of the places: both ways have one value, to the last bit."""

    def legs(origins: Indices, targets: Indices) -> Legs:
        straight_m = between_m(points[np.minimum(origins, targets)], points[np.maximum(origins, targets)])
        travel_s, road_m = estimate.legs(np.where(origins == targets, 0.0, straight_m))
        return Legs(travel_s=travel_s, distance_m=road_m)

    return legs


def _points(places: Sequence[Place]) -> Points:
    """Coordinates of `places`; an InputError names those without."""
    require_coordinates(places, needed_by="geodesic travel")
    return Points.of(
        np.array([place.lat for place in places], np.float64), np.array([place.lon for place in places], np.float64)
    )
