"""What phones say of routes while the day goes on."""

from __future__ import annotations

import random
from collections.abc import Sequence

from dispatch.plan import Route
from dispatch.replan import Report, State


def reports_until(routes: Sequence[Route], now_s: int, rng: random.Random, *, most_late_s: int = 0) -> list[Report]:
    """What phones report of these routes until now, each visit up to `most_late_s` later than the one before it."""
    found = []
    for route in routes:
        late_s = 0
        for visit in route.visits:
            late_s += rng.randint(0, most_late_s)
            start_s, finish_s = visit.start_s + late_s, visit.finish_s + late_s
            on_the_way = visit.arrival_s + late_s - visit.travel_s < now_s and most_late_s > 0
            if start_s >= now_s and not on_the_way:
                break
            state = State.UNDER_WAY if finish_s > now_s else State.DONE
            if state is State.DONE and most_late_s and rng.random() < 0.15:
                state = State.FAILED
            found.append(
                Report(
                    ticket_id=visit.ticket_id,
                    role=visit.role,
                    shift_id=route.shift_id,
                    state=state,
                    start_s=start_s,
                    finish_s=finish_s,
                )
            )
            if state is State.UNDER_WAY:
                break
    return found
