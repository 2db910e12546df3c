"""How far a search has come: limits, legs of cooling, temperature, and when to stop as nothing improves any more."""

from __future__ import annotations

import math
import time
from typing import NamedTuple

from dispatch.ports import EngineRequest

HOT, COLD = 0.67, 0.022
"""First and last temperature, in mean costs of driving to a ticket; see ``docs/kernel.md``."""
REHEAT = 0.3
"""First temperature of a further cooling, at which plans of a hundred tickets still change much."""
ROUND_S = 0.2
"""Length of a round when time is the limit: stop, progress and temperature are looked at in between."""
ROUND_STEPS = 200
"""Most steps of a round when iterations are the limit: few, so that a request to stop is heard."""
CYCLE_STEPS = 20_000
"""Steps a ticket after which the annealing has cooled down even where the limits leave time for more."""
IDLE_CYCLES = 2
"""The search ends after so many cycles in which it has found nothing better."""


class Leg(NamedTuple):
    """A cooling to `COLD` in a part of a cycle."""

    end: float  # progress of the cycle at which it is over
    hot: float  # first temperature
    fresh: bool  # begins at the first plan, not at the best


LONG = (Leg(1.0, HOT, True),)
"""One cooling over all: short searches, and plans that the chains share out."""
FRESH = 0.7
"""Progress up to which the legs of a relay start from the first plan."""
RELAY = (
    *(Leg(FRESH * k / 4, HOT, True) for k in (1, 2, 3, 4)),
    Leg(0.85, REHEAT, False),
    Leg(1.0, REHEAT, False),
)
"""Coolings of a hundred tickets freeze in basins that differ by percents: several starts, whose routes together hold
better plans than each alone, then on from the best selection of them."""
RELAY_MOST = 225
"""Most tickets of a plan that a relay is run for: with 200 its legs still cool deep enough in a minute; days of 251
come out half a percent cheaper by one long cooling."""
RELAY_STEPS = 1_000
"""Steps a ticket from which a search under a limit of iterations has time for a relay."""

STALL = 0.15
"""Share of a long cooling without a new lowest current cost after which the chains count as frozen."""
STALL_FROM = 0.4
"""Progress from which they may."""

SELECT_AT = (0.4, 0.7, 0.96)
"""Progress of a long cooling at which routes are selected from the pool."""
RELAY_SELECT_AT = (FRESH, 0.85, 0.97)
"""The same of a relay; after the last the chains still look around what was chosen."""
SELECT_SHARE = 0.03
RELAY_SELECT_SHARE = 0.05
"""Share of the time limit that a selection may take, and that one of a relay may: its pool mixes several basins, and
the last third of a leg finds little."""
SELECT_FROM_S = 5.0
"""Time limit from which routes are selected, and a relay is run: loading CP-SAT takes a good part of a second."""


class Pace:
    """Clock of one search.

    A cycle is all that the limits give, or `CYCLE_STEPS` a ticket where they give more; the search goes through its
    legs, a cooling each. Where the chains of a long cooling are frozen before its end, it is followed by a reheated
    one in what is left. Cycles follow each other until `IDLE_CYCLES` in a row were of no use.

    Parameters
    ----------
    request : EngineRequest
        Whose limits these are.
    begun_s : float
        Monotonic time at which the search began.
    shared : bool
        Whether the chains share the plan out; then they can't start afresh one by one.
    """

    def __init__(self, request: EngineRequest, begun_s: float, *, shared: bool) -> None:
        self._request, self._limits = request, request.limits
        self._begun_s = begun_s
        self._cycle_steps = CYCLE_STEPS * len(request.problem.tickets)
        self._idle, self._improved = 0, False
        self.iterations = 0
        steps = self._cycle_steps if self._limits.iterations is None else self._limits.iterations
        tickets = len(request.problem.tickets)
        enough = self.may_select and tickets <= RELAY_MOST and steps >= RELAY_STEPS * tickets
        self._plan = LONG if shared or not enough else RELAY
        self._start_cycle()

    def _start_cycle(self) -> None:
        self._cycle_iterations = self.iterations
        self._cycle_s = self.elapsed_s() if self.iterations else 0.0
        self._improved, self._selections = False, 0
        self._legs = list(self._plan)
        self._start_leg(0.0, self._legs.pop(0))

    def _start_leg(self, begin: float, leg: Leg) -> None:
        self._begin, self._leg = begin, leg
        self._lowest, self._lowest_at = math.inf, begin

    def elapsed_s(self) -> float:
        """Time since the beginning."""
        return time.monotonic() - self._begun_s

    def progress(self) -> float:
        """Share of the present cycle that is over, 0..1."""
        done = self.iterations - self._cycle_iterations
        shares = [done / max(1, self._cycle_steps)]
        if self._limits.seconds is not None:
            left_s = self._limits.seconds - self._cycle_s
            shares.append((self.elapsed_s() - self._cycle_s) / left_s if left_s > 0 else 1.0)
        if self._limits.iterations is not None:
            shares.append(done / max(1, self._limits.iterations - self._cycle_iterations))
        return min(1.0, max(shares))

    def temperature(self) -> float:
        """Temperature of the next round, in mean costs of driving to a ticket."""
        share = (self.progress() - self._begin) / max(1e-9, self._leg.end - self._begin)
        return self._leg.hot * (COLD / self._leg.hot) ** min(1.0, share)

    def next_round(self) -> tuple[float, int]:
        """Seconds and most steps of the next round; no steps: the search is over."""
        if self._request.should_stop() or self._idle >= IDLE_CYCLES:
            return 0.0, 0
        seconds, steps = ROUND_S, self._cycle_iterations + self._cycle_steps - self.iterations
        if self._limits.iterations is not None:
            steps = min(steps, self._limits.iterations - self.iterations, ROUND_STEPS)
        if self._limits.seconds is not None:
            seconds = min(seconds, self._limits.seconds - self.elapsed_s())
            if seconds <= 0:
                return 0.0, 0
        return seconds, steps

    @property
    def may_select(self) -> bool:
        """Whether the limits leave time to select routes at all."""
        return self._limits.seconds is None or self._limits.seconds >= SELECT_FROM_S

    def selects(self) -> bool:
        """Whether routes are to be selected from the pool now."""
        if not self.may_select:
            return False
        at = SELECT_AT if self._plan is LONG else RELAY_SELECT_AT
        due = self._selections < len(at) and self.progress() >= at[self._selections]
        self._selections += due
        return due

    def selection_s(self) -> float | None:
        """Time limit of a selection; None when only iterations count."""
        if self._limits.seconds is None or self._limits.iterations is not None:
            return None
        left_s = self._limits.seconds - self.elapsed_s()
        share = SELECT_SHARE if self._plan is LONG else RELAY_SELECT_SHARE
        return max(0.0, min(self._limits.seconds * share, left_s))

    def done(self, steps: int, *, current_cents: int, improved: bool) -> None:
        """Count the steps of a round, and note where the chains stand after it."""
        self.iterations += steps
        self._improved |= improved
        if current_cents < self._lowest:
            self._lowest, self._lowest_at = current_cents, self.progress()

    def next_leg(self) -> Leg | None:
        """The cooling that begins now, if one does."""
        progress = self.progress()
        if self.iterations - self._cycle_iterations >= self._cycle_steps:
            self._idle = 0 if self._improved else self._idle + 1
            self._start_cycle()
            return self._leg
        if self._legs and progress >= self._leg.end:
            self._start_leg(self._leg.end, self._legs.pop(0))
            return self._leg
        if self._plan is LONG and progress >= max(
            self._begin + STALL_FROM * (1 - self._begin), self._lowest_at + STALL * (1 - self._begin)
        ):
            self._start_leg(progress, Leg(1.0, REHEAT, False))
            return self._leg
        return None
