"""The area that a centre promises to cover: a radius, a drive time, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.errors import reject
from dispatch.technicians import ServiceCentre
from geo.coverage.legs import BoolArray, CentreLegs


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of each centre, in the order of the centres; None where there is none.

    With both, both must hold; with neither, a centre covers whatever a way leads to. So does the planner.
    """

    radius_m: tuple[int | None, ...]
    limit_s: tuple[int | None, ...]

    @classmethod
    def of(cls, centres: Sequence[ServiceCentre], *, radius_m: int | None = None, limit_s: int | None = None) -> Limits:
        """Limits that the centres have, or, when any is given here, these for all of them.

        Raises
        ------
        InputError
            ``coverage.radius`` or ``coverage.limit`` when negative.
        """
        for code, field, value in (("coverage.radius", "radius_m", radius_m), ("coverage.limit", "limit_s", limit_s)):
            if value is not None and value < 0:
                raise reject(code, "a limit of coverage must not be negative", field=field, value=value)
        if radius_m is None and limit_s is None:
            return cls(
                radius_m=tuple(centre.coverage_m for centre in centres),
                limit_s=tuple(centre.coverage_s for centre in centres),
            )
        return cls(radius_m=(radius_m,) * len(centres), limit_s=(limit_s,) * len(centres))


def in_circle(legs: CentreLegs, radius_m: Sequence[int | None]) -> BoolArray:
    """Tickets inside the radius of each centre, (centres, tickets); all of them where it has none."""
    bound = np.array([np.iinfo(np.int32).max if r is None else r for r in radius_m], dtype=np.int64)
    return np.asarray(legs.air_m <= bound[:, None])


def in_time(legs: CentreLegs, limit_s: Sequence[int | None]) -> BoolArray:
    """Tickets that each centre can reach within its limit, (centres, tickets); all reachable where it has none."""
    bound = np.array([np.iinfo(np.int32).max if s is None else s for s in limit_s], dtype=np.int64)
    return np.asarray(legs.reachable & (legs.travel_s <= bound[:, None]))


def covers(legs: CentreLegs, limits: Limits) -> BoolArray:
    """Tickets that each centre covers: within its limits, and with a way there, (centres, tickets)."""
    return in_circle(legs, limits.radius_m) & in_time(legs, limits.limit_s)
