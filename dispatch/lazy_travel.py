"""Travel for large days: legs are computed when asked for, and memory grows with the places, not their square."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from dispatch.places import Place
from dispatch.plan import Reason
from dispatch.travel import Indices, Legs, TravelMatrix, numbers

HELD_LEGS_PER_PLACE = 60
"""Single legs remembered for each place: a plan drives one or two, explaining it asks for some dozens."""

BLOCK_LEGS = 32_768
"""Legs computed together: a formula's temporary arrays of this size stay in a processor's cache."""

Formula = Callable[[Indices, Indices], Legs]
"""Legs from each of some places to the one with the same position in the second array, both of shape (k,).

The value of a leg must not depend on the others that are asked for with it.
"""


class LazyTravel:
    """Travel between places whose legs a formula gives; see :class:`dispatch.travel.Travel`.

    Parameters
    ----------
    places : sequence of Place
        With different ids.
    formulas : mapping of str to Formula
        For each profile. A leg from a place to itself must be (0, 0).
    source : str
        Travel source and its settings, stored with every plan.
    refuse : callable
        Makes the error for a profile that is not among the formulas.
    complete : bool
        Whether the formulas know a way between all places; then no pair has to be looked at to say so.
    """

    def __init__(
        self,
        places: Sequence[Place],
        formulas: Mapping[str, Formula],
        *,
        source: str,
        refuse: Callable[[str], Exception],
        complete: bool = False,
    ) -> None:
        self.places = tuple(places)
        self.index: Mapping[str, int] = numbers(self.places)
        self.source = source
        self.warnings: tuple[Reason, ...] = ()
        self._formulas = dict(formulas)
        self._refuse = refuse
        self._complete = complete
        self._held: dict[str, dict[int, tuple[int, int]]] = {name: {} for name in self._formulas}

    def leg(self, profile: str, origin: Place | None, target: Place | None) -> tuple[int, int]:
        """Seconds and metres of one leg; (0, 0) where an end is None, `UNREACHABLE` twice where there is no way."""
        if origin is None or target is None:
            return 0, 0
        key = self.index[origin.id] * len(self.places) + self.index[target.id]
        try:
            return self._held[profile][key]
        except KeyError:
            self._hold(profile, [key])
            return self._held[profile][key]

    def prefetch(self, profile: str, legs: Iterable[tuple[Place | None, Place | None]]) -> None:
        """Compute these legs together: a leg of many takes a hundredth of the time of one alone."""
        size, index = len(self.places), self.index
        keys = {index[one.id] * size + index[other.id] for one, other in legs if one is not None and other is not None}
        self._hold(profile, keys)

    def block(self, profile: str, rows: Indices, columns: Indices) -> Legs:
        """Legs from each of `rows` to each of `columns` (numbers of places), shape (rows, columns), not remembered."""
        formula = self._formula(profile)
        shape = len(rows), len(columns)
        whole = Legs(travel_s=np.zeros(shape, np.int32), distance_m=np.zeros(shape, np.int32))
        step = max(1, BLOCK_LEGS // max(1, len(columns)))
        for first in range(0, len(rows), step):
            some = rows[first : first + step]
            part = formula(np.repeat(some, len(columns)), np.tile(columns, len(some)))
            whole.travel_s[first : first + step] = part.travel_s.reshape(len(some), -1)
            whole.distance_m[first : first + step] = part.distance_m.reshape(len(some), -1)
        return whole

    def subset(self, places: Sequence[Place]) -> TravelMatrix:
        """All legs between some of the places."""
        at = np.array([self.index[place.id] for place in places], dtype=np.int64)
        return TravelMatrix(
            places=tuple(places),
            profiles={name: self.block(name, at, at) for name in self._formulas},
            source=self.source,
        )

    def unreachable_pairs(self, profile: str) -> list[tuple[Place, Place]]:
        """Ordered pairs of places without a way. Unless `complete`, this computes every leg."""
        self._formula(profile)
        every, found = np.arange(len(self.places), dtype=np.int64), []
        for origin in () if self._complete else every.tolist():
            legs = self.block(profile, every[origin : origin + 1], every)
            found += [(self.places[origin], self.places[at]) for at in np.flatnonzero(legs.travel_s[0] < 0).tolist()]
        return found

    def _formula(self, profile: str) -> Formula:
        try:
            return self._formulas[profile]
        except KeyError:
            raise self._refuse(profile) from None

    def _hold(self, profile: str, keys: Iterable[int]) -> None:
        """Compute and remember legs, forgetting all others when they become too many."""
        formula = self._formula(profile)
        held, size = self._held[profile], len(self.places)
        missing = np.array([key for key in keys if key not in held], dtype=np.int64)
        if len(held) + len(missing) > HELD_LEGS_PER_PLACE * size:
            self._held[profile] = held = {}
            missing = np.array(list(keys), dtype=np.int64)
        for first in range(0, len(missing), BLOCK_LEGS):
            some = missing[first : first + BLOCK_LEGS]
            legs = formula(some // size, some % size)
            held.update(
                zip(some.tolist(), zip(legs.travel_s.tolist(), legs.distance_m.tolist(), strict=True), strict=True)
            )
