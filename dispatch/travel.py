"""The answer of a travel source: seconds and metres between places, per profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from dispatch.errors import InputError, InternalError, UnsupportedError
from dispatch.places import Place
from dispatch.plan import Reason

UNREACHABLE = -1
"""Stands in `travel_s` and `distance_m` where no way leads from one place to the other."""

DENSE_PLACES = 4_000
"""Places up to which all legs are held: 128 MB a profile, made in seconds; twice the places need four times that."""

IntArray = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Legs:
    """Legs of one profile, two arrays of one shape, `UNREACHABLE` in both where there is no way.

    In a matrix the row is the place from which, the column that to which the leg leads.
    """

    travel_s: IntArray
    distance_m: IntArray


class Travel(Protocol):
    """Travel between places, however it is held. All implementations of one source give the same legs."""

    @property
    def places(self) -> tuple[Place, ...]:
        """In the order of `index`."""
        ...

    @property
    def index(self) -> Mapping[str, int]:
        """Number of each place, by its id."""
        ...

    @property
    def source(self) -> str:
        """Travel source and its settings, stored with every plan."""
        ...

    @property
    def warnings(self) -> tuple[Reason, ...]:
        """What is to be known about these legs, stored with every plan: places cut off, a source that stood in."""
        ...

    def leg(self, profile: str, origin: Place | None, target: Place | None) -> tuple[int, int]:
        """Seconds and metres of one leg; (0, 0) where an end is None, `UNREACHABLE` twice where there is no way."""
        ...

    def block(self, profile: str, rows: Indices, columns: Indices) -> Legs:
        """Legs from each of `rows` to each of `columns` (numbers of places), of shape (rows, columns)."""
        ...

    def prefetch(self, profile: str, legs: Iterable[tuple[Place | None, Place | None]]) -> None:
        """Get ready for questions about these legs; changes no answer, only how long it takes."""
        ...

    def subset(self, places: Sequence[Place]) -> TravelMatrix:
        """All legs between some of the places."""
        ...

    def unreachable_pairs(self, profile: str) -> list[tuple[Place, Place]]:
        """Ordered pairs of places without a way."""
        ...


def numbers(places: Sequence[Place]) -> dict[str, int]:
    """Number of each place, by its id."""
    return {place.id: number for number, place in enumerate(places)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TravelMatrix:
    """Travel between places, every leg held: time and memory grow with the square of the places.

    Parameters
    ----------
    places : tuple of Place
        In matrix order.
    profiles : mapping of str to Legs
        At least one profile.
    source : str
        Travel source and its settings, stored with every plan.
    warnings : tuple of Reason
        What a planner must know about these legs, such as that another source stood in; stored with every plan.

    Raises
    ------
    InternalError
        ``travel.shape`` when a matrix does not fit the places.
    """

    places: tuple[Place, ...]
    profiles: Mapping[str, Legs]
    source: str
    warnings: tuple[Reason, ...] = ()
    index: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size = len(self.places)
        for name, legs in self.profiles.items():
            if legs.travel_s.shape != (size, size) or legs.distance_m.shape != (size, size):
                raise InternalError("travel.shape", f"profile {name}: expected {size} x {size}")
        object.__setattr__(self, "index", numbers(self.places))

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

    def block(self, profile: str, rows: Indices, columns: Indices) -> Legs:
        """Legs from each of `rows` to each of `columns` (numbers of places), of shape (rows, columns)."""
        legs, part = self.legs(profile), np.ix_(rows, columns)
        return Legs(travel_s=legs.travel_s[part], distance_m=legs.distance_m[part])

    def prefetch(self, profile: str, legs: Iterable[tuple[Place | None, Place | None]]) -> None:
        """Nothing to do: every leg is held."""

    def subset(self, places: Sequence[Place]) -> TravelMatrix:
        """All legs between some of the places."""
        at = np.array([self.index[place.id] for place in places], dtype=np.int64)
        return TravelMatrix(
            places=tuple(places),
            profiles={name: self.block(name, at, at) for name in self.profiles},
            source=self.source,
            warnings=self.warnings,
        )

    def unreachable_pairs(self, profile: str) -> list[tuple[Place, Place]]:
        """Ordered pairs of places without a way."""
        rows, columns = np.nonzero(self.legs(profile).travel_s < 0)
        return [(self.places[i], self.places[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]


def whole_matrix(travel: Travel, *, engine: str) -> TravelMatrix:
    """All legs at once, for an engine that can't do with less.

    Raises
    ------
    UnsupportedError
        ``engine.too_many_places`` when the legs are not held and more than `DENSE_PLACES` places would be needed.
    """
    if isinstance(travel, TravelMatrix):
        return travel
    if len(travel.places) > DENSE_PLACES:
        raise UnsupportedError(
            "engine.too_many_places",
            f"engine {engine} needs every leg between the {len(travel.places):,} places of this input, and takes at "
            f"most {DENSE_PLACES:,} places; choose engine search, or plan parts of the area one by one",
        )
    return travel.subset(travel.places)


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
