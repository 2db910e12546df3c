"""Putting visits back: greedy insertion with blinks, in a random order of the absent tickets.

Christiaens & Vanden Berghe 2020, section 4.2. Plain problems price an insertion exactly in O(1); others screen it in
O(1) by a lower bound, and walk the route only where that bound is below the best so far.
"""

from __future__ import annotations

import math

from numba import njit

from solver.search import fields as f
from solver.search.evaluate import INFEASIBLE
from solver.search.plain import find_plain, put_plain
from solver.search.rng import below, uniform
from solver.search.state import CURRENT, TOUCHED, refresh, save
from solver.search.views import Header, f64_1, f64_2, i64_1, i64_2, u64_1
from solver.search.walking import find_walking

NOWHERE = -(2**62)
"""Price of an insertion that there is no place for."""


@njit(cache=True, nogil=True)
def recreate(d: Header, s: Header, g: Header, count: int, plain: bool, most: float) -> int:
    """Insert the `count` tickets of ``removed`` where it pays; return how many stay in the list.

    Returns -1, in the middle of it, when the total can't come below `most` any more.
    """
    removed = i64_1(s, f.S_REMOVED)
    drop_cents = i64_1(d, f.I_DROP_CENTS)
    _sort(s, g, count)
    slack = _slack(d, s, count, most)
    absents = 0
    for k in range(count):
        node = removed[k]
        limit = min(drop_cents[node], slack)
        cents = insert_plain(d, s, g, node, limit) if plain else insert_walking(d, s, g, node, limit)
        if cents == NOWHERE:
            removed[absents] = node
            absents += 1
            cents = drop_cents[node]
        slack -= cents
        if slack <= 0:
            return -1
    return absents


@njit(cache=True, nogil=True)
def _slack(d: Header, s: Header, count: int, most: float) -> int:
    """What the insertions may cost together, so that the total stays below `most`; endless while a route is broken."""
    drop_cents = i64_1(d, f.I_DROP_CENTS)
    removed = i64_1(s, f.S_REMOVED)
    touched = i64_1(s, f.S_TOUCHED)
    costs = i64_1(s, f.S_COSTS)
    for k in range(i64_1(s, f.S_COUNTS)[TOUCHED]):
        if costs[touched[k]] >= INFEASIBLE:
            return INFEASIBLE
    if most >= INFEASIBLE:
        return INFEASIBLE
    slack = math.ceil(most) - i64_1(s, f.S_TOTALS)[CURRENT]
    for k in range(count):
        slack += drop_cents[removed[k]]
    return slack


@njit(cache=True, nogil=True)
def _sort(s: Header, g: Header, count: int) -> None:
    """Order ``removed[:count]`` by one of the static keys, or at random."""
    removed = i64_1(s, f.S_REMOVED)
    order_of = i64_1(g, f.N_ORDER_OF)
    rng = u64_1(s, f.S_RNG)
    sort_keys = f64_1(s, f.S_SORT_KEYS)
    order_keys = f64_2(g, f.N_ORDER_KEYS)
    kind = order_of[below(rng, order_of.shape[0])]
    for k in range(count):
        sort_keys[k] = uniform(rng) if kind == 0 else order_keys[kind, removed[k]]
    for k in range(1, count):
        key, node = sort_keys[k], removed[k]
        i = k - 1
        while i >= 0 and sort_keys[i] > key:
            sort_keys[i + 1], removed[i + 1] = sort_keys[i], removed[i]
            i -= 1
        sort_keys[i + 1], removed[i + 1] = key, node


@njit(cache=True, nogil=True)
def insert_plain(d: Header, s: Header, g: Header, node: int, limit: int) -> int:
    """Put the ticket into its best place and return its price; NOWHERE when none is below `limit`."""
    best, row, at = find_plain(d, s, g, node, limit)
    if row < 0:
        return NOWHERE
    save(s, row, True)
    drop_cents = i64_1(d, f.I_DROP_CENTS)[node]
    totals = i64_1(s, f.S_TOTALS)
    costs = i64_1(s, f.S_COSTS)
    broken = costs[row] >= INFEASIBLE
    totals[CURRENT] += best - drop_cents
    put_plain(d, s, row, at, node, best)
    if broken:  # a removal had broken the route: this ticket may have mended it
        totals[CURRENT] -= costs[row]
        refresh(d, s, row, True)
        totals[CURRENT] += costs[row]
    return best


@njit(cache=True, nogil=True)
def insert_walking(d: Header, s: Header, g: Header, node: int, limit: int) -> int:
    """Put the ticket into its best place, with a restock where the van needs one, and return its price, or NOWHERE."""
    best, row, length = find_walking(d, s, g, node, limit)
    if row < 0:
        return NOWHERE
    save(s, row, False)
    seq = i64_2(s, f.S_SEQ)
    scratch = i64_2(s, f.S_SCRATCH)
    for i in range(length):
        seq[row, i] = scratch[3, i]
    i64_1(s, f.S_LENGTHS)[row] = length
    i64_1(s, f.S_TOTALS)[CURRENT] += best - i64_1(d, f.I_DROP_CENTS)[node]
    refresh(d, s, row, False)
    return best
