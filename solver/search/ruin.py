"""Taking visits out: adjacent strings of neighbouring routes.

Christiaens & Vanden Berghe 2020, "Slack Induction by String Removals", doi:10.1287/trsc.2019.0914, section 4.
"""

from __future__ import annotations

from numba import njit

from solver.search import fields as f
from solver.search.arrays import I64
from solver.search.restocks import drop_idle_restocks
from solver.search.rng import below, uniform
from solver.search.state import ABSENTS, OWN, refresh, save
from solver.search.views import Header, i32_2, i64_1, i64_2, u64_1

LONGEST_STRING = 10
SPLIT = 0.5
"""Chance of taking a string with a gap in it."""
MISSING = 0.25
"""Chance of making room where a ticket is absent."""
DEEPER = 0.01
"""Chance of not widening the gap by one more visit."""


@njit(cache=True, nogil=True)
def ruin(d: Header, s: Header, near: I64, mean_removed: float, plain: bool) -> int:
    """Remove strings around one random ticket; return how many tickets went (they are in ``removed``)."""
    counts = i64_1(s, f.S_COUNTS)
    lengths = i64_1(s, f.S_LENGTHS)
    rng = u64_1(s, f.S_RNG)
    route_of = i64_1(s, f.S_ROUTE_OF)
    stamps = i64_1(s, f.S_STAMPS)
    own = i64_1(s, f.S_OWN)
    served = 0
    routes = 0
    for row in range(lengths.shape[0]):
        served += lengths[row]
        routes += lengths[row] > 0
    if counts[OWN] == 0:
        return 0
    seed = own[below(rng, counts[OWN])]
    if counts[ABSENTS] > 0 and uniform(rng) < MISSING:
        seed = i64_1(s, f.S_ABSENT)[below(rng, counts[ABSENTS])]
    longest = min(float(LONGEST_STRING), served / max(1, routes))
    strings = int(uniform(rng) * (4.0 * mean_removed / (1.0 + longest) - 1.0)) + 1
    count = 0
    if route_of[seed] >= 0:
        count = _string(d, s, seed, longest, count, plain)
        strings -= 1
    for k in range(near.shape[1]):
        if strings <= 0:
            break
        node = near[seed, k]
        if route_of[node] < 0 or stamps[route_of[node]] == counts[2]:
            continue
        count = _string(d, s, node, longest, count, plain)
        strings -= 1
    return count


@njit(cache=True, nogil=True)
def _string(d: Header, s: Header, node: int, longest: float, count: int, plain: bool) -> int:
    """Remove one string that holds `node` from its route."""
    route_of = i64_1(s, f.S_ROUTE_OF)
    lengths = i64_1(s, f.S_LENGTHS)
    rng = u64_1(s, f.S_RNG)
    position_of = i64_1(s, f.S_POSITION_OF)
    need = i32_2(d, f.I_NEED)
    seq = i64_2(s, f.S_SEQ)
    removed = i64_1(s, f.S_REMOVED)
    row = route_of[node]
    save(s, row, plain)
    length = lengths[row]
    most = min(float(length), longest)
    take = int(uniform(rng) * most) + 1
    take = min(take, length)
    gap = 0
    if take > 1 and take < length and uniform(rng) < SPLIT:
        gap = 1
        while take + gap < length and uniform(rng) > DEEPER:
            gap += 1
    span = take + gap
    at = position_of[node]
    first = max(0, at - span + 1)
    last = min(at, length - span)
    begin = first + below(rng, last - first + 1)
    keep_from = begin + (below(rng, take + 1) if gap > 0 else span)
    keep_to = keep_from + gap
    n = need.shape[0]
    kept = 0
    for i in range(length):
        here = seq[row, i]
        inside = begin <= i < begin + span and not (gap > 0 and keep_from <= i < keep_to)
        if inside and here < n:  # restock stops stay until it is known that nothing needs them
            route_of[here] = -1
            removed[count] = here
            count += 1
        else:
            seq[row, kept] = here
            kept += 1
    lengths[row] = kept
    if not plain:
        drop_idle_restocks(d, s, row)
    refresh(d, s, row, plain)
    return count
