"""Route selection: the best compatible set of routes out of a pool, by OR-Tools CP-SAT.

Pillac, Guéret & Medaglia 2013, "A parallel matheuristic for the technician routing and scheduling problem",
doi:10.1007/s11590-012-0567-4, section 3.3; here as set partitioning with absences, because to take a ticket out of a
route may be neither feasible nor cheaper. Lagrangian prices choose the routes that CP-SAT sees.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from solver.search.arrays import I64, PINNED_CENTS, Instance
from solver.search.lagrangian import F64, reduced_costs, subgradient
from solver.search.pool import RoutePool

MOST_COLUMNS = 1000
"""Routes that CP-SAT sees: on twelve pools of four coolings (`trsp` crew25, 5,000 to 14,000 routes) the mean gap fell
from 1.97 to 1.46 % in 1.5 s; with 2,000 to 1.73 %, with 500 to 1.94 %."""
EACH_TICKET = 4
"""Of these, the cheapest routes by reduced cost that each ticket has at least."""
SWEEPS = 400
WORK = 100_000_000
"""Most subgradient iterations, and most visits of routes looked at in all of them: half a second."""


Bools = npt.NDArray[np.bool_]


class Selection(NamedTuple):
    """Routes by shift, as `Chain.adopt` takes them, and their cost with the tickets left out."""

    seq: I64
    lengths: I64
    cost_cents: int


class _Columns(NamedTuple):
    """Set partitioning: route k of kind `kinds[k]` visits `tickets[first[k]:first[k + 1]]`."""

    first: I64
    tickets: I64
    kinds: I64
    costs: I64
    rooms: I64  # shifts of each kind
    absent_cents: I64  # (n,) leaving a ticket out
    must: I64  # (n,) 1 = leaving it out alone costs more than the whole incumbent


def select(
    pool: RoutePool,
    instance: Instance,
    seq: I64,
    lengths: I64,
    costs: I64,
    *,
    seconds: float | None,
    work: float | None,
    workers: int,
    seed: int,
) -> Selection | None:
    """Choose routes so that no ticket has two, no kind of shift is used up, and all costs least.

    Parameters
    ----------
    pool : RoutePool
        Routes seen; the incumbent's are added to it.
    seq, lengths, costs : I64
        The incumbent, by shift.
    seconds : float or None
        Time limit; the answer then depends on the machine's speed.
    work : float or None
        CP-SAT's deterministic time, about seconds; without `seconds`, and with one worker, the same input gives
        the same answer.
    workers : int
        Threads of CP-SAT.

    Returns
    -------
    Selection or None
        None when nothing cheaper than the incumbent was found.
    """
    begun = time.monotonic()
    pool.add(seq, lengths, costs)
    if len(pool) == 0:
        return None
    n = len(instance.drop_cents)
    served = np.zeros(n, dtype=bool)
    for row in np.flatnonzero(lengths):
        stops = seq[row, : lengths[row]]
        served[stops[stops < n]] = True
    incumbent_cents = int(costs[lengths > 0].sum()) + int(instance.drop_cents[~served].sum())
    columns = _columns(pool, instance, incumbent_cents)
    standing = pool.entries(seq, lengths)
    standing_columns = np.unique(standing[standing >= 0])
    kept = _promising(columns, standing_columns, served, seconds)
    left_s = None if seconds is None else max(0.01, seconds - (time.monotonic() - begun))
    chosen = _solve(columns, kept, standing_columns, served, left_s, work, workers, seed)
    if chosen is None:
        return None
    found = _spread(pool, instance, chosen, standing, seq.shape[1])
    return found if found.cost_cents < incumbent_cents else None


def _columns(pool: RoutePool, instance: Instance, incumbent_cents: int) -> _Columns:
    """The pool without its restock stops, and prices small enough for floating point."""
    held, n = pool.columns(), len(instance.drop_cents)
    ends = np.cumsum(held.lengths)
    nodes = held.nodes[np.repeat(held.starts - (ends - held.lengths), held.lengths) + np.arange(ends[-1])]
    owners = np.repeat(np.arange(len(ends)), held.lengths)[nodes < n]
    first = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=len(ends)))]).astype(np.int64)
    groups, rooms = np.unique(instance.twin, return_counts=True)
    drop = instance.drop_cents
    pinned = drop >= PINNED_CENTS
    # Whatever is chosen costs less than this beside its pins, so a pin that costs this much still comes first.
    ceiling = int(held.costs.max()) * len(instance.twin) + int((drop - PINNED_CENTS * pinned).sum()) + 1
    return _Columns(
        first=first,
        tickets=nodes[nodes < n].astype(np.int64),
        kinds=np.searchsorted(groups, held.twins).astype(np.int64),
        costs=held.costs,
        rooms=rooms.astype(np.int64),
        absent_cents=np.where(pinned, drop - PINNED_CENTS + min(ceiling, PINNED_CENTS), drop),
        must=(drop > incumbent_cents).astype(np.int64),
    )


def _promising(columns: _Columns, standing: I64, served: Bools, seconds: float | None) -> I64:
    """Numbers of the routes with the least reduced cost, the best few of each ticket, and the incumbent's."""
    count = len(columns.costs)
    if count <= MOST_COLUMNS:
        return np.arange(count, dtype=np.int64)
    first, tickets, costs = columns.first, columns.tickets, columns.costs.astype(np.float64)
    drops: F64 = np.where(columns.must, np.inf, columns.absent_cents.astype(np.float64))
    target = float(costs[standing].sum() + columns.absent_cents[~served].sum())
    prices = np.where(served, 0.0, np.minimum(drops, target))
    for k in standing:
        own = tickets[first[k] : first[k + 1]]
        prices[own] = costs[k] / len(own)
    looks = WORK * min(1.0, 1.0 if seconds is None else seconds)
    sweeps = int(min(SWEEPS, max(20, looks / len(tickets))))
    bound, y, u = subgradient(
        first, tickets, columns.kinds, costs, drops, columns.rooms.astype(np.float64), prices, target, sweeps
    )
    reduced = reduced_costs(first, tickets, columns.kinds, costs, y, u)
    best = np.argsort(reduced, kind="stable")[:MOST_COLUMNS]
    best = best[reduced[best] <= target - bound]  # a dearer one is in no selection that beats the incumbent
    owners = np.repeat(np.arange(count), np.diff(first))
    order = np.lexsort((reduced[owners], tickets))
    starts = np.searchsorted(tickets[order], np.arange(len(served)))
    rank = np.arange(len(order)) - starts[tickets[order]]
    return np.unique(np.concatenate([best, owners[order][rank < EACH_TICKET], standing]))


def _solve(
    columns: _Columns,
    kept: I64,
    standing: I64,
    served: Bools,
    seconds: float | None,
    work: float | None,
    workers: int,
    seed: int,
) -> I64 | None:
    """Numbers of the routes that CP-SAT chooses; None without an answer."""
    model = cp_model.CpModel()
    in_force = set(standing.tolist())
    drive = [model.new_bool_var("") for _ in kept]
    of_ticket: list[list[cp_model.IntVar]] = [[] for _ in served]
    of_kind: list[list[cp_model.IntVar]] = [[] for _ in columns.rooms]
    for variable, k in zip(drive, kept.tolist(), strict=True):
        model.add_hint(variable, k in in_force)
        of_kind[columns.kinds[k]].append(variable)
        for ticket in columns.tickets[columns.first[k] : columns.first[k + 1]]:
            of_ticket[ticket].append(variable)
    terms, cents = list(drive), columns.costs[kept].tolist()
    for ticket, variables in enumerate(of_ticket):
        if not columns.must[ticket]:
            absent = model.new_bool_var("")
            model.add_hint(absent, not served[ticket])
            terms.append(absent)
            cents.append(int(columns.absent_cents[ticket]))
            variables.append(absent)
        model.add_exactly_one(variables)
    for room, variables in zip(columns.rooms.tolist(), of_kind, strict=True):
        if room == 1:
            model.add_at_most_one(variables)
        elif len(variables) > room:
            model.add(cp_model.LinearExpr.sum(variables) <= room)
    model.minimize(cp_model.LinearExpr.weighted_sum(terms, cents))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.linearization_level = 2  # the linear relaxation does the work here
    solver.parameters.cp_model_presolve = False  # finds little in such a model, and often took longer than the rest
    if seconds is not None:
        solver.parameters.max_time_in_seconds = seconds
    if work is not None:
        solver.parameters.max_deterministic_time = work
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return kept[[solver.boolean_value(variable) for variable in drive]]


def _spread(pool: RoutePool, instance: Instance, chosen: I64, standing: I64, longest: int) -> Selection:
    """Routes on shifts of their kind: those of the incumbent where they stand, the others on what is free."""
    held, n, m = pool.columns(), len(instance.drop_cents), len(instance.twin)
    seq, lengths = np.zeros((m, longest), dtype=np.int64), np.zeros(m, dtype=np.int64)
    row_of = {int(entry): row for row, entry in enumerate(standing) if entry >= 0}
    rows = {k: row_of[k] for k in chosen.tolist() if k in row_of}
    taken = set(rows.values())
    absent = np.ones(n, dtype=bool)
    for k in chosen.tolist():
        if k not in rows:
            row = next(int(r) for r in np.flatnonzero(instance.twin == held.twins[k]) if int(r) not in taken)
            rows[k] = row
            taken.add(row)
        stops = held.nodes[held.starts[k] : held.starts[k] + held.lengths[k]]
        seq[rows[k], : len(stops)], lengths[rows[k]] = stops, len(stops)
        absent[stops[stops < n]] = False
    cost_cents = int(held.costs[chosen].sum()) + int(instance.drop_cents[absent].sum())
    return Selection(seq, lengths, cost_cents)
