"""The answer of a travel source: seconds and metres between places, per profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dispatch.errors import InputError, InternalError
from dispatch.places import Place

UNREACHABLE = -1
"""Stands in `travel_s` and `distance_m` where no way leads from one place to the other."""

IntArray = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Legs:
    """Matrices of one profile, both of shape (n, n), row = from, column = to, `UNREACHABLE` where there is no way."""

    travel_s: IntArray
    distance_m: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TravelMatrix:
    """Travel between places.

    Parameters
    ----------
    places : tuple of Place
        In matrix order.
    profiles : mapping of str to Legs
        At least one profile.
    source : str
        Travel source and its settings, stored with every plan.

    Raises
    ------
    InternalError
        ``travel.shape`` when a matrix does not fit the places.
    """

    places: tuple[Place, ...]
    profiles: Mapping[str, Legs]
    source: str
    index: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size = len(self.places)
        for name, legs in self.profiles.items():
            if legs.travel_s.shape != (size, size) or legs.distance_m.shape != (size, size):
                raise InternalError("travel.shape", f"profile {name}: expected {size} x {size}")
        object.__setattr__(self, "index", {place.id: number for number, place in enumerate(self.places)})

    def legs(self, profile: str) -> Legs:
        """Matrices of `profile`.

        Raises
        ------
        InputError
            ``travel.profile`` when the source does not know it.
        """
        try:
            return self.profiles[profile]
        except KeyError:
            known = ", ".join(sorted(self.profiles))
            raise InputError(
                "travel.profile", f"unknown travel profile {profile!r}; this source has: {known}"
            ) from None

    def leg(self, profile: str, origin: Place | None, target: Place | None) -> tuple[int, int]:
        """Seconds and metres of one leg; (0, 0) where an end is None, `UNREACHABLE` twice where there is no way."""
        if origin is None or target is None:
            return 0, 0
        legs = self.legs(profile)
        i, j = self.index[origin.id], self.index[target.id]
        return int(legs.travel_s[i, j]), int(legs.distance_m[i, j])

    def unreachable_pairs(self, profile: str) -> list[tuple[Place, Place]]:
        """Ordered pairs of places without a way."""
        rows, columns = np.nonzero(self.legs(profile).travel_s < 0)
        return [(self.places[i], self.places[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]


def from_arrays(
    places: Sequence[Place], travel_s: npt.ArrayLike, distance_m: npt.ArrayLike, *, source: str, profile: str = "car"
) -> TravelMatrix:
    """Build a matrix of one profile out of anything array-like; negative or non-finite values mean unreachable."""

    def clean(values: npt.ArrayLike) -> IntArray:
        array = np.asarray(values, dtype=np.float64)
        array = np.where(np.isfinite(array) & (array >= 0), np.rint(array), UNREACHABLE)
        if array.size and array.max() > np.iinfo(np.int32).max:
            raise InputError("travel.range", "a travel time or distance is too large")
        return array.astype(np.int32)

    seconds, metres = clean(travel_s), clean(distance_m)
    if seconds.shape == metres.shape:
        no_way = (seconds < 0) | (metres < 0)
        seconds, metres = np.where(no_way, UNREACHABLE, seconds), np.where(no_way, UNREACHABLE, metres)
    return TravelMatrix(
        places=tuple(places),
        source=source,
        profiles={profile: Legs(travel_s=seconds.astype(np.int32), distance_m=metres.astype(np.int32))},
    )
