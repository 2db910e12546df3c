"""What each term of the objective costs."""

from __future__ import annotations

from dataclasses import dataclass, fields

from dispatch.errors import reject


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Prices in minor currency units ("cents"); every one can be set per run and is stored with the plan.

    The defaults put the terms in the order of this list by size. `unserved`, `deferred`, `breach` and
    `lateness` are multiplied by the tier's weight. Rates per hour, minute or kilometre are rounded half up,
    once per route and term (per target for lateness).

    Parameters
    ----------
    unserved_cents : int
        A ticket left out although one of its targets, or its last window, ends within the horizon.
    deferred_cents : int
        A ticket left for a later horizon that can still be in time then.
    breach_cents : int
        Fixed cost of each missed target.
    lateness_cents_per_min : int
        Each minute after a missed target.
    overtime_cents_per_h : int
        Work between the regular end and the latest end of a shift.
    work_time_cents_per_h : int
        Return minus departure.
    travel_time_cents_per_h, travel_distance_cents_per_km : int
        Driving.
    waiting_cents_per_h : int
        Time neither driving, serving, restocking nor on a break.
    preference_cents : int
        A visit by somebody who is not among the ticket's preferred technicians.
    overqualified_cents : int
        Each skill level above what the ticket asks, over the skills that it asks.
    imbalance_cents_per_h : int
        Driving and service time of a route above its fair share (see :func:`dispatch.objective.fair_share_s`).
    change_cents : int
        A visit that moved to another technician, or by more than `change_tolerance_s`, against the baseline.
    change_tolerance_s : int
        How far a start may move before it counts as a change.
    """

    unserved_cents: int = 200_000
    deferred_cents: int = 15_000
    breach_cents: int = 25_000
    lateness_cents_per_min: int = 100
    overtime_cents_per_h: int = 4_500
    work_time_cents_per_h: int = 3_000
    travel_time_cents_per_h: int = 1_200
    travel_distance_cents_per_km: int = 30
    waiting_cents_per_h: int = 600
    preference_cents: int = 500
    overqualified_cents: int = 50
    imbalance_cents_per_h: int = 200
    change_cents: int = 1_500
    change_tolerance_s: int = 900

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if not 0 <= value <= 10**9:
                raise reject("weight.range", "a weight must be in 0..1,000,000,000", field=item.name, value=value)
