"""What location models promise of a set of centres, before anything is routed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.places import Place
from dispatch.ports import FloatArray, TravelTimes
from dispatch.technicians import ServiceCentre
from geo.ellipsoid import distance_m

POINTS = 2_000
"""Demand points that are looked at; more are thinned evenly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePromise:
    """The objectives of two location models for centres that are given.

    Parameters
    ----------
    mean_travel_s : float
        From the nearest centre, mean over demand: the p-median's (Hakimi 1964, https://doi.org/10.1287/opre.12.3.450).
    covered_share : float
        Demand within the circle of some centre: maximal covering's (Church & ReVelle 1974,
        https://doi.org/10.1007/BF01942293).
    radius_m : int
        Of the circles of centres without a radius of their own.
    """

    mean_travel_s: float
    covered_share: float
    radius_m: int


def promise(
    centres: Sequence[ServiceCentre],
    demand: Sequence[Place],
    travel: TravelTimes,
    *,
    profile: str,
    radius_m: int,
) -> SitePromise | None:
    """Promise of `centres` to `demand`; None without centres or demand, or where no way leads anywhere."""
    places = thinned([place for place in demand if place.lat is not None], POINTS)
    sites = [centre for centre in centres if centre.place.lat is not None]
    if not places or not sites:
        return None
    together = list({place.id: place for place in (*(one.place for one in sites), *places)}.values())
    found = travel.matrix(together, [profile])
    rows = np.array([found.index[one.place.id] for one in sites])
    columns = np.array([found.index[place.id] for place in places])
    seconds = found.block(profile, rows, columns).travel_s.astype(float)
    nearest = np.where(seconds < 0, np.inf, seconds).min(axis=0)
    reached = nearest[np.isfinite(nearest)]
    if not len(reached):
        return None
    radii = np.array([radius_m if one.coverage_m is None else one.coverage_m for one in sites], dtype=float)
    inside = (_air_m([one.place for one in sites], places) <= radii[:, None]).any(axis=0)
    return SitePromise(
        mean_travel_s=round(float(reached.mean()), 1), covered_share=round(float(inside.mean()), 4), radius_m=radius_m
    )


def thinned[T](items: Sequence[T], most: int) -> list[T]:
    """At most so many of them, evenly spread over their order."""
    step = max(1, -(-len(items) // most))
    return list(items[::step])


def _air_m(origins: Sequence[Place], targets: Sequence[Place]) -> FloatArray:
    """Shortest lines on the ellipsoid, of shape (origins, targets)."""
    lat1, lon1 = (np.array([[getattr(place, name)] for place in origins], dtype=float) for name in ("lat", "lon"))
    lat2, lon2 = (np.array([[getattr(place, name) for place in targets]], dtype=float) for name in ("lat", "lon"))
    return distance_m(*np.broadcast_arrays(lat1, lon1, lat2, lon2))
