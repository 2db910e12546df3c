"""Travel at another speed than its source says."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.places import Place
from dispatch.ports import TravelTimes
from dispatch.travel import Legs, TravelMatrix


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledTravel:
    """A source whose times are divided by a speed; distances stay.

    Parameters
    ----------
    source : TravelTimes
    speed_percent : mapping of str to int
        At least 1, by profile; others keep their times.
    """

    source: TravelTimes
    speed_percent: Mapping[str, int]

    def matrix(self, places: Sequence[Place], profiles: Sequence[str]) -> TravelMatrix:
        found = self.source.matrix(places, profiles)
        scaled = {name: _scaled(legs, self.speed_percent.get(name, 100)) for name, legs in found.profiles.items()}
        speeds = ", ".join(f"{name} {percent} %" for name, percent in sorted(self.speed_percent.items()))
        return dataclasses.replace(found, profiles=scaled, source=f"{found.source}; speed {speeds}")


def _scaled(legs: Legs, percent: int) -> Legs:
    """Times rounded half up; no way stays no way."""
    if percent == 100:
        return legs
    slower = (legs.travel_s.astype(np.int64) * 100 + percent // 2) // percent
    return Legs(
        travel_s=np.where(legs.travel_s < 0, legs.travel_s, slower).astype(np.int32), distance_m=legs.distance_m
    )
