"""Compile everything once: on a fresh machine that takes most of a minute, later it is read from the cache."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from dispatch.places import Place
from dispatch.problem import Problem
from dispatch.technicians import Shift, Technician
from dispatch.tickets import Ticket
from dispatch.travel import from_arrays
from dispatch.weights import Weights
from solver.search.team import Team
from solver.search.world import World

_FREE = Weights(
    unserved_cents=1, deferred_cents=1, breach_cents=0, lateness_cents_per_min=0, overtime_cents_per_h=0,
    work_time_cents_per_h=0, travel_time_cents_per_h=0, travel_distance_cents_per_km=1000, waiting_cents_per_h=0,
    preference_cents=0, overqualified_cents=0, imbalance_cents_per_h=0, change_cents=0,
)  # fmt: skip
_done = False


def warm(*, everything: bool = False) -> None:
    """Run both ways of pricing on a problem of two tickets; the second call in a process does nothing.

    With `everything` routes are selected, too; otherwise that is compiled when a search first comes to it.
    """
    global _done
    if _done:
        return
    for weights in (_FREE, Weights()):
        places = tuple(Place(id=name) for name in ("home", "a", "b"))
        problem = Problem(
            start=datetime(2026, 1, 1, tzinfo=UTC), end_s=86_400, weights=weights,
            tickets=tuple(Ticket(id=place.id, place=place, duration_s=60, tier="basic") for place in places[1:]),
            technicians=(Technician(id="t"),),
            shifts=(Shift(id="s", technician_id="t", start_s=0, regular_end_s=3600, end_s=3600, start_place=places[0],
                          end_place=places[0]),),
        )  # fmt: skip
        legs = np.array([[0, 60, 60], [60, 0, 60], [60, 60, 0]])
        world = World.of(problem, from_arrays(places, legs, legs, source="warm"))
        with Team(world, 0, 1) as team:
            team.start(())
            team.run(None, 10, 1.0)
            world.decisions(*team.best[:2])
            if everything:
                team.select(None)
    _done = True
