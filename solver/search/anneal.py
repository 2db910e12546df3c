"""One chain: ruin, recreate, accept by simulated annealing."""

from __future__ import annotations

import math

from numba import njit

from solver.search import fields as f
from solver.search.evaluate import INFEASIBLE
from solver.search.recreate import recreate
from solver.search.rng import below, uniform
from solver.search.ruin import ruin
from solver.search.state import ABSENTS, CURRENT, SAVED, STAMP, STEPS, TOUCHED, accept, restore
from solver.search.tails import swap_tails
from solver.search.views import Header, borrowed, i64_1, i64_2, u64_1

OLD_ABSENTS = 10
"""Tickets that were absent before a step and are tried again in it, at most."""
TAILS = 8
"""Swaps of ends tried after each step."""


@njit(cache=True, nogil=True)
def anneal(
    d: Header, s: Header, g: Header, steps: int, hot: float, cold: float, mean_removed: float, plain: bool
) -> None:
    """Make `steps` steps while the temperature falls geometrically from `hot` to `cold` (cents)."""
    d, s, g = borrowed(d), borrowed(s), borrowed(g)
    counts = i64_1(s, f.S_COUNTS)
    totals = i64_1(s, f.S_TOTALS)
    rng = u64_1(s, f.S_RNG)
    ratio = (cold / hot) ** (1.0 / max(1, steps)) if hot > 0 else 1.0
    temperature = hot
    for _ in range(steps):
        counts[STAMP] += 1
        counts[TOUCHED] = 0
        counts[STEPS] += 1
        totals[SAVED] = totals[CURRENT]
        before = counts[ABSENTS]
        most = totals[CURRENT] - temperature * math.log(1.0 - uniform(rng))
        if step(d, s, g, mean_removed, plain, most) and is_whole(s) and totals[CURRENT] < most:
            accept(s)
        else:
            restore(d, s, before, plain)
        for _ in range(TAILS):
            swap_tails(d, s, g, -temperature * math.log(1.0 - uniform(rng)), plain)
        temperature *= ratio


@njit(cache=True, nogil=True)
def is_whole(s: Header) -> bool:
    """Whether every route that the step touched keeps its hard limits; a removal alone can break one.

    Looked at before the total, in which several broken routes would add up to more than 63 bits.
    """
    touched = i64_1(s, f.S_TOUCHED)
    costs = i64_1(s, f.S_COSTS)
    whole = True
    for k in range(i64_1(s, f.S_COUNTS)[TOUCHED]):
        whole = whole and costs[touched[k]] < INFEASIBLE
    return whole


@njit(cache=True, nogil=True)
def step(d: Header, s: Header, g: Header, mean_removed: float, plain: bool, most: float) -> bool:
    """One ruin and recreate on the current routes; `total`, routes and absent tickets stay in step.

    Returns False, with tickets in neither a route nor the list, when the total can't come below `most` any more.
    """
    counts = i64_1(s, f.S_COUNTS)
    old_absent = i64_1(s, f.S_OLD_ABSENT)
    absent = i64_1(s, f.S_ABSENT)
    around = i64_2(g, f.N_AROUND)
    totals = i64_1(s, f.S_TOTALS)
    drop_cents = i64_1(d, f.I_DROP_CENTS)
    removed = i64_1(s, f.S_REMOVED)
    touched = i64_1(s, f.S_TOUCHED)
    costs = i64_1(s, f.S_COSTS)
    old_costs = i64_1(s, f.S_OLD_COSTS)
    rng = u64_1(s, f.S_RNG)
    before = counts[ABSENTS]
    for k in range(before):
        old_absent[k] = absent[k]
    count = ruin(d, s, around, mean_removed, plain)
    for k in range(count):
        totals[CURRENT] += drop_cents[removed[k]]
    for k in range(counts[TOUCHED]):
        row = touched[k]
        totals[CURRENT] += costs[row] - old_costs[row]
    retried = min(before, OLD_ABSENTS)
    for k in range(retried):  # a random choice of the old absents moves to the end of the list and into the work list
        pick = below(rng, before - k)
        node = absent[pick]
        absent[pick] = absent[before - 1 - k]
        absent[before - 1 - k] = node
        removed[count + k] = node
    left = recreate(d, s, g, count + retried, plain, most)
    absents = before - retried
    for k in range(left):
        absent[absents + k] = removed[k]
    counts[ABSENTS] = absents + left
    return left >= 0


@njit(cache=True, nogil=True)
def construct(d: Header, s: Header, g: Header, plain: bool) -> None:
    """Insert all absent tickets once; the result becomes the best if it is."""
    counts = i64_1(s, f.S_COUNTS)
    absent = i64_1(s, f.S_ABSENT)
    removed = i64_1(s, f.S_REMOVED)
    counts[STAMP] += 1
    counts[TOUCHED] = 0
    count = counts[ABSENTS]
    for k in range(count):
        removed[k] = absent[k]
    left = recreate(d, s, g, count, plain, math.inf)
    for k in range(left):
        absent[k] = removed[k]
    counts[ABSENTS] = left
    accept(s)
