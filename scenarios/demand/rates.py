"""Rates fitted from past tickets.

A day's rate of a kind is its mean, times a factor of the month and the weekday; it is spread over hours and cells.
Where data is thin, a figure is drawn towards the one above it: the hours of a kind on a weekday towards those of the
kind, these towards those of all tickets, these towards an even day. With `prior` tickets' weight *m*, *n* of *N* seen
and *p* above, a share is ``(n + m p) / (N + m)``; with *n* seen where *e* were expected, a factor is
``(n + m f) / (e + m)``: posterior means of the multinomial with a Dirichlet prior and of the Poisson with a gamma prior
(Gelman et al., Bayesian Data Analysis, 3rd ed., 2013, sections 3.4 and 2.6).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from dispatch.errors import Fault, InputError, reject
from dispatch.places import Place
from dispatch.problem import Problem
from geo.coverage.grids import Grid, H3Grid
from scenarios.demand.durations import durations_of
from scenarios.demand.past import PastTicket, all_dates, past_of
from scenarios.demand.sampled import DAY_S, HOURS, Cell, KindRates, SampledDemand

F64 = npt.NDArray[np.float64]

PRIOR = 20.0
"""Weight of what stands above, in tickets. A kind with 20 tickets is half its own. Assumed."""
RESOLUTION = 6
"""H3 cells of about 36 km², 3.7 km on an edge (https://h3geo.org/docs/core-library/restable)."""


def fit(
    past: Sequence[PastTicket],
    *,
    dates: Sequence[date] | None = None,
    grid: Grid | None = None,
    first: date | None = None,
    closes_h: int = HOURS,
    prior: float = PRIOR,
) -> SampledDemand:
    """Rates by place, hour, weekday, month, tier and skill.

    Parameters
    ----------
    past : sequence of PastTicket
        At least one; every place has coordinates.
    dates : sequence of date or None
        Days that were watched; None: all from the first to the last ticket. Tickets of other days are left out.
    grid : Grid or None
        Cells of the land; None: H3 of resolution 6.
    first : date or None
        Date of day 0; None: the first one watched.
    closes_h : int
        See :class:`scenarios.demand.SampledDemand`.
    prior : float
        Weight of what stands above, in tickets; more than 0.

    Raises
    ------
    InputError
        ``demand.empty``, ``demand.prior``, ``demand.no_coordinates`` naming every such ticket.
    """
    if not prior > 0:
        raise reject("demand.prior", "the prior weight must be more than 0", field="prior", value=prior)
    watched = tuple(sorted(set(all_dates(past) if dates is None else dates)))
    known = frozenset(watched)
    seen = sorted((one for one in past if one.opened_on in known), key=lambda one: (one.opened_on, one.ticket.id))
    if not seen:
        raise reject("demand.empty", "there is no past ticket to fit rates from", field="past")
    cells, cell_of = _cells(seen, grid or H3Grid(resolution=RESOLUTION))
    days = np.bincount([one.weekday() for one in watched], minlength=7).astype(float)
    months = np.bincount([one.month - 1 for one in watched], minlength=12).astype(float)
    per_day = len(seen) / len(watched)
    month = _factors(_count([one.opened_on.month - 1 for one in seen], 12), months * per_day, np.ones(12), prior)
    weekday = _factors(_count([one.opened_on.weekday() for one in seen], 7), days * per_day, np.ones(7), prior)
    hour = _shares(_count([_hour(one) for one in seen], HOURS), np.full(HOURS, 1 / HOURS), prior)
    share = _count(cell_of, len(cells)) / len(seen)

    kinds = []
    for name in sorted({one.kind for one in seen}):
        own = [(one, cell) for one, cell in zip(seen, cell_of, strict=True) if one.kind == name]
        daily = len(own) / len(watched)
        own_hour = _shares(_count([_hour(one) for one, _ in own], HOURS), hour, prior)
        own_weekday = _factors(_count([one.opened_on.weekday() for one, _ in own], 7), days * daily, weekday, prior)
        hours = []
        for number in range(7):
            on_it = _count([_hour(one) for one, _ in own if one.opened_on.weekday() == number], HOURS)
            hours.append(tuple((own_weekday[number] * _shares(on_it, own_hour, prior)).tolist()))
        kinds.append(
            KindRates(
                name=name,
                tier=own[0][0].ticket.tier,
                daily=daily,
                hours=tuple(hours),
                cells=tuple(_shares(_count([cell for _, cell in own], len(cells)), share, prior).tolist()),
                examples=tuple(one.ticket for one, _ in own),
            )
        )
    return SampledDemand(
        kinds=tuple(kinds),
        cells=cells,
        durations=durations_of(seen, prior=prior),
        months=tuple(month.tolist()),
        first=first or watched[0],
        closes_h=closes_h,
    )


def _hour(one: PastTicket) -> int:
    return one.ticket.opened_s // 3600 % HOURS


def _count(numbers: Sequence[int], size: int) -> F64:
    return np.bincount(np.array(numbers, dtype=np.int64), minlength=size).astype(np.float64)


def _shares(seen: F64, above: F64, prior: float) -> F64:
    """Shares that add up to 1, drawn towards those above."""
    shares: F64 = (seen + prior * above) / (seen.sum() + prior)
    return shares


def _factors(seen: F64, expected: F64, above: F64, prior: float) -> F64:
    """Seen over expected, drawn towards the factors above."""
    factors: F64 = (seen + prior * above) / (expected + prior)
    return factors


def _cells(seen: Sequence[PastTicket], grid: Grid) -> tuple[tuple[Cell, ...], list[int]]:
    """Cells with a past ticket, their distinct places, and the cell of each ticket."""
    faults = []
    lat, lon = [], []
    for one in seen:
        place = one.ticket.place
        if place.lat is None or place.lon is None:
            faults.append(
                Fault(
                    rule="demand.no_coordinates",
                    message=f"ticket {one.ticket.id}: its place has no coordinates",
                    field="place",
                    value=place.id,
                )
            )
            continue
        lat.append(place.lat)
        lon.append(place.lon)
    if faults:
        raise InputError.from_faults(faults)
    numbers = grid.cells_of(np.array(lat), np.array(lon))
    names = grid.ids(numbers)
    places: dict[str, dict[str, Place]] = {name: {} for name in sorted(Counter(names))}
    for one, name in zip(seen, names, strict=True):
        places[name][one.ticket.place.id] = one.ticket.place
    index = {name: number for number, name in enumerate(places)}
    cells = tuple(Cell(id=name, places=tuple(own[key] for key in sorted(own))) for name, own in places.items())
    return cells, [index[name] for name in names]


def demand_of(problem: Problem, *, closes_h: int | None = None, prior: float = PRIOR) -> SampledDemand:
    """Days like this one: its tickets are those of one mean day, whatever date each was opened on.

    Parameters
    ----------
    problem : Problem
        A day with its tickets; crews and orders are left out.
    closes_h : int or None
        See :class:`scenarios.demand.SampledDemand`; None: the hour in which half of the shifts have ended regularly.
    prior : float
        As for :func:`fit`.

    Raises
    ------
    InputError
        As :func:`fit`.
    """
    today = problem.start.date()
    past = [dataclasses.replace(one, opened_on=today) for one in past_of(problem)]
    if closes_h is None:
        ends = sorted(shift.regular_end_s for shift in problem.shifts if shift.start_s < DAY_S)
        closes_h = min(HOURS, max(1, -(-ends[len(ends) // 2] // 3600))) if ends else HOURS
    return fit(past, closes_h=closes_h, prior=prior)
