"""Breaches ahead: how likely each promise is to be missed when services and drives take other times than planned.

Each route is driven many times with drawn times, from its planned departure. A drawn time is the planned one times a
lognormal factor of mean 1, the usual model of positive, right-skewed durations (Strum, May & Vargas,
Anesthesiology 92, 2000, pp. 1160-1167, for procedures of one kind).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dispatch.errors import reject
from dispatch.plan import Rest, Route, Visit
from dispatch.problem import Problem
from dispatch.technicians import Shift
from dispatch.tickets import Window
from dispatch.tiers import Point

Times = npt.NDArray[np.float64]
WINDOW = "window"
"""Stands as target where it is the promised appointment that may be missed."""
SHIFT_END = "shift_end"
"""Stands as target where the technician may not be back by the latest end of the shift; its ticket is the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Standard deviation of a time divided by its mean.

    Parameters
    ----------
    service, travel : float
        At least 0, at most 3. The defaults are assumptions until there are reports to fit them from (:func:`fitted`).
    """

    service: float = 0.3
    travel: float = 0.15

    def __post_init__(self) -> None:
        for name in ("service", "travel"):
            value = getattr(self, name)
            if not 0 <= value <= 3:
                raise reject("spread.range", "a spread must be in 0..3", field=name, value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One promise that may be missed.

    Parameters
    ----------
    ticket_id, shift_id : str
        Which visit, on which route.
    target : str
        Name of the tier's target, `WINDOW` or `SHIFT_END`.
    due_s : int
        When it is to be met.
    planned_s : int
        When the plan meets it.
    probability : float
        Share of the draws that miss it, 0..1.
    mean_late_s : int
        Mean lateness of the draws that miss it.
    """

    ticket_id: str
    shift_id: str
    target: str
    due_s: int
    planned_s: int
    probability: float
    mean_late_s: int


def risks(
    problem: Problem,
    routes: Sequence[Route],
    *,
    spread: Spread | None = None,
    least: float = 0.05,
    draws: int = 1000,
    seed: int = 1,
) -> tuple[Risk, ...]:
    """Promises of these routes that may be missed, most likely first.

    Parameters
    ----------
    problem : Problem
        What the routes are for.
    routes : sequence of Route
        Planned; crews and ordered tickets are drawn route by route, as if the others came in time.
    spread : Spread or None
        Of services and drives; None: the defaults.
    least : float
        Promises below this probability are left out.
    draws : int
        At least 1; the probability is then right to about ``0.5 / sqrt(draws)``.
    seed : int
        The same seed gives the same draws for a shift, whatever the other routes are.
    """
    if draws < 1:
        raise reject("risk.draws", "at least one draw is needed", field="draws", value=draws)
    if seed < 0:
        raise reject("risk.seed", "a seed must not be negative", field="seed", value=seed)
    chosen = spread or Spread()
    tied = _held_up(problem) if problem.has_ties else frozenset()
    order = {shift.id: number for number, shift in enumerate(problem.shifts)}
    found = []
    for route in routes:
        rng = np.random.default_rng([seed, order[route.shift_id]])
        found += [
            risk for risk in _drawn(problem, route, chosen, draws, rng, tied) if risk.probability >= max(least, 1e-12)
        ]
    return tuple(sorted(found, key=lambda one: (-one.probability, one.due_s, one.ticket_id, one.target)))


def _factors(rng: np.random.Generator, deviation: float, size: int) -> Times:
    """Lognormal factors of mean 1 and this relative standard deviation."""
    variance = np.log1p(deviation * deviation)
    return np.exp(rng.normal(-variance / 2, np.sqrt(variance), size))


def _held_up(problem: Problem) -> frozenset[str]:
    """Tickets whose start may wait for other visits."""
    bounded = {tie.ticket_id for ticket in problem.tickets for tie in ticket.after if tie.max_gap_s is not None}
    return frozenset(bounded | {ticket.id for ticket in problem.tickets if ticket.crew or ticket.after})


def _drawn(
    problem: Problem, route: Route, spread: Spread, draws: int, rng: np.random.Generator, tied: frozenset[str]
) -> list[Risk]:
    """Drive one route many times."""
    shift = problem.shift_by_id[route.shift_id]
    now: Times = np.full(draws, float(route.departure_s))
    rests: list[Rest] = []
    found: list[Risk] = []
    last: Visit | None = None
    for stop in route.stops:
        if isinstance(stop, Rest):
            rests.append(stop)
            continue
        now = _driven(now, stop.travel_s * _factors(rng, spread.travel, draws), rests, shift)
        rests = []
        if not isinstance(stop, Visit):
            now = now + (stop.finish_s - stop.start_s)
            continue
        ticket, last = problem.ticket_by_id[stop.ticket_id], stop
        began, missed = _begun(now, ticket.start_windows)
        if ticket.id in tied:
            began = np.maximum(began, float(stop.start_s))  # the others come in time, not before
        if ticket.windows and (ticket.pin is None or ticket.pin.start_s is None):
            due_s = max(w.end_s for w in ticket.windows)
            found.append(_risk(stop, route, WINDOW, due_s, stop.start_s, np.where(missed, now - due_s, 0.0)))
        now = began + (stop.finish_s - stop.start_s) * _factors(rng, spread.service, draws)
        for deadline in problem.deadlines[stop.ticket_id]:
            met, planned_s = (began, stop.start_s) if deadline.point is Point.START else (now, stop.finish_s)
            found.append(_risk(stop, route, deadline.target, deadline.due_s, planned_s, met - deadline.due_s))
    now = _driven(now, route.end_travel_s * _factors(rng, spread.travel, draws), rests, shift)
    if last is not None:
        found.append(_risk(last, route, SHIFT_END, shift.end_s, route.return_s, now - shift.end_s))
    return found


def _driven(now: Times, travel: Times, rests: Sequence[Rest], shift: Shift) -> Times:
    """Arrival after a leg with breaks on it; the drive goes on while a break is not yet due."""
    left = travel
    for rest in rests:
        begin = np.maximum(now, float(shift.breaks[rest.index].earliest_s))
        left = left - np.minimum(left, begin - now)
        now = begin + (rest.finish_s - rest.start_s)
    return now + left


def _begun(ready: Times, windows: Sequence[Window]) -> tuple[Times, npt.NDArray[np.bool_]]:
    """Start in the first window that is not over, at once when all are; and whether all were."""
    began, missed = ready.copy(), np.full(len(ready), bool(windows))
    for window in reversed(windows):
        inside = ready <= window.end_s
        began = np.where(inside, np.maximum(ready, float(window.start_s)), began)
        missed &= ~inside
    return began, missed


def _risk(stop: Visit, route: Route, target: str, due_s: int, planned_s: int, late: Times) -> Risk:
    over = late[late > 0.5]  # the plan counts whole seconds
    return Risk(
        ticket_id=stop.ticket_id,
        shift_id=route.shift_id,
        target=target,
        due_s=due_s,
        planned_s=planned_s,
        probability=round(len(over) / len(late), 4),
        mean_late_s=round(float(over.mean())) if len(over) else 0,
    )


def fitted(planned_s: Sequence[int], real_s: Sequence[int], *, least: int = 30) -> float | None:
    """Relative standard deviation of real against planned times; None below `least` pairs, which say little.

    The factor's logarithm is taken as normal: ``sqrt(exp(variance) - 1)``.
    """
    pairs = [(p, r) for p, r in zip(planned_s, real_s, strict=True) if p > 0 and r > 0]
    if len(pairs) < max(2, least):
        return None
    logs = np.log([real / planned for planned, real in pairs])
    return float(min(3.0, np.sqrt(np.expm1(np.var(logs, ddof=1)))))
