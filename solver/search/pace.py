"""How far a search has come: limits, temperature, and when to stop because nothing improves any more."""

from __future__ import annotations

import math
import time

from dispatch.ports import EngineRequest

HOT, COLD = 0.67, 0.022
"""First and last temperature, in mean costs of driving to a ticket; see ``docs/kernel.md``."""
ROUND_S = 0.2
"""Length of a round when time is the limit: stop, progress and temperature are looked at in between."""
ROUND_STEPS = 200
"""Most steps of a round when iterations are the limit: few, so that a request to stop is heard."""
CYCLE_STEPS = 20_000
"""Steps a ticket after which the annealing has cooled down even where the limits leave time for more."""
IDLE_CYCLES = 2
"""The search ends after so many cycles in which it has found nothing better."""

STALL = 0.15
"""Share of a cooling without a new lowest current cost after which the chains count as frozen, from `STALL_FROM` on."""
STALL_FROM = 0.4
REHEAT = 0.3
"""First temperature of a further cooling, at which plans of a hundred tickets still change much."""

SELECT_AT = (0.4, 0.7, 0.96)
"""Progress at which routes are selected from the pool."""
SELECT_SHARE = 0.03
"""Share of the time limit that a selection may take."""
SELECT_FROM_S = 5.0
"""Time limit from which routes are selected: loading CP-SAT takes a good part of a second."""


class Pace:
    """Clock of one search.

    The temperature falls once within the limits. Where the chains are frozen before, it rises to `REHEAT` and falls
    again in what is left. Where the limits leave more time than a problem of this size can use, a cycle of
    `CYCLE_STEPS` a ticket ends and the next begins, until `IDLE_CYCLES` cycles in a row were of no use.
    """

    def __init__(self, request: EngineRequest, begun_s: float) -> None:
        self._request, self._limits = request, request.limits
        self._begun_s = begun_s
        self._cycle_steps = CYCLE_STEPS * len(request.problem.tickets)
        self._cycle_iterations = 0
        self._idle, self._improved, self._selections = 0, False, 0
        self.iterations = 0
        self._cool(HOT)

    def _cool(self, hot: float) -> None:
        """Begin a cooling now, for all the steps and time that are left of the cycle and the limits."""
        self._hot, self._cool_iterations = hot, self.iterations
        self._cool_s = self.elapsed_s() if self.iterations else 0.0
        self._lowest, self._lowest_at = math.inf, 0.0

    def elapsed_s(self) -> float:
        """Time since the beginning."""
        return time.monotonic() - self._begun_s

    def progress(self) -> float:
        """Share of the present cooling that is over, 0..1."""
        done = self.iterations - self._cool_iterations
        shares = [done / max(1, self._cycle_iterations + self._cycle_steps - self._cool_iterations)]
        if self._limits.seconds is not None:
            left_s = self._limits.seconds - self._cool_s
            shares.append((self.elapsed_s() - self._cool_s) / left_s if left_s > 0 else 1.0)
        if self._limits.iterations is not None:
            shares.append(done / max(1, self._limits.iterations - self._cool_iterations))
        return min(1.0, max(shares))

    def temperature(self) -> float:
        """Temperature of the next round, in mean costs of driving to a ticket."""
        return self._hot * (COLD / self._hot) ** self.progress()

    def next_round(self) -> tuple[float, int]:
        """Seconds and most steps of the next round; no steps: the search is over."""
        if self._request.should_stop():
            return 0.0, 0
        if self.iterations - self._cycle_iterations >= self._cycle_steps:
            self._idle = 0 if self._improved else self._idle + 1
            if self._idle >= IDLE_CYCLES:
                return 0.0, 0
            self._improved, self._selections = False, 0
            self._cycle_iterations = self.iterations
            self._cool(HOT)
        elif self.progress() >= max(STALL_FROM, self._lowest_at + STALL):
            self._cool(REHEAT)
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
        due = self._selections < len(SELECT_AT) and self.progress() >= SELECT_AT[self._selections]
        self._selections += due
        return due

    def selection_s(self) -> float | None:
        """Time limit of a selection; None when only iterations count."""
        if self._limits.seconds is None or self._limits.iterations is not None:
            return None
        left_s = self._limits.seconds - self.elapsed_s()
        return max(0.0, min(self._limits.seconds * SELECT_SHARE, left_s))

    def done(self, steps: int, *, current_cents: int, improved: bool) -> None:
        """Count the steps of a round, and note where the chains stand after it."""
        self.iterations += steps
        self._improved |= improved
        if current_cents < self._lowest:
            self._lowest, self._lowest_at = current_cents, self.progress()
