"""Travel as compiled code reads it: dense tables of legs, of all places or of some."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.errors import InputError
from dispatch.travel import Travel, TravelMatrix
from solver.search.instance import DRIVE, I32, I64, KM

INT32_MAX = int(np.iinfo(np.int32).max)


def longest_m(travel: Travel) -> int:
    """Length that no leg exceeds: the longest where all are held, else what 31 bits hold."""
    if isinstance(travel, TravelMatrix):
        return max((int(own.distance_m.max(initial=0)) for own in travel.profiles.values()), default=0)
    return INT32_MAX


def dense_legs(travel: Travel, profiles: Sequence[str], places: I64) -> I32:
    """Seconds and metres between some places, (profiles, p, p, 2): one cache line serves a leg."""
    legs = np.zeros((max(1, len(profiles)), len(places), len(places), 2), dtype=np.int32)
    for number, profile in enumerate(profiles):
        own = travel.block(profile, places, places)
        legs[number, :, :, 0], legs[number, :, :, 1] = own.travel_s, own.distance_m
    return legs


def priced_legs(legs: I32, rates: I64) -> tuple[I32, I32]:
    """Seconds and cents of each leg where costs are linear in the legs, by row = from and by row = to.

    Raises
    ------
    InputError
        ``cost.overflow`` when one leg costs more than 31 bits of cents.
    """
    cents = legs[..., 0].astype(np.int64) * (rates[DRIVE] // 3600)
    cents += legs[..., 1].astype(np.int64) * (rates[KM] // 1000)
    if cents.max(initial=0) > INT32_MAX:
        raise InputError("cost.overflow", "one leg costs more than 31 bits of cents")
    priced = legs.copy()
    priced[..., 1] = cents
    return priced, np.ascontiguousarray(priced.transpose(0, 2, 1, 3))
