"""Notes of a chain: every route that it comes across, for the pool.

A chain of a hundred tickets accepts thousands of routes between two looks at it; most of what a good selection needs
is among those. The kernel writes each into a log, but not again what a direct-mapped cache of keys says it has just
written; the pool takes the log up after each round.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solver.search import fields as f
from solver.search.arrays import I64
from solver.search.evaluate import INFEASIBLE
from solver.search.views import Header, i64_1, i64_2, u64_1

LOG_SIZE = 1 << 17
"""Words of a log (1 MB): 10,000 routes of ten stops. In a full one nothing more is noted until it is taken up."""
CACHE_SIZE = 1 << 14
"""Keys of the cache, a power of two."""
HEAD = 3
"""Words before the stops of a route: shift, cents, number of stops."""
SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio, for multiplicative hashing (Knuth, TAOCP 3, section 6.4)."""


@njit(cache=True, nogil=True)
def note(s: Header, row: int) -> None:
    """Write down the route of a shift, unless it is empty, infeasible or was noted just before."""
    length = i64_1(s, f.S_LENGTHS)[row]
    cents = i64_1(s, f.S_COSTS)[row]
    if length == 0 or cents >= INFEASIBLE:
        return
    used = i64_1(s, f.S_LOG_USED)
    log = i64_1(s, f.S_LOG)
    if used[0] + HEAD + length > log.shape[0]:
        return
    words = u64_1(s, f.S_WORDS)
    seq = i64_2(s, f.S_SEQ)
    n = i64_1(s, f.S_ROUTE_OF).shape[0]
    key = words[n + row] + np.uint64(cents) * SPREAD
    for i in range(length):
        if seq[row, i] < n:
            key += words[seq[row, i]]
    keys = u64_1(s, f.S_LOG_KEYS)
    slot = np.int64(key & np.uint64(keys.shape[0] - 1))
    if keys[slot] == key:
        return
    keys[slot] = key
    at = used[0]
    log[at] = row
    log[at + 1] = cents
    log[at + 2] = length
    for i in range(length):
        log[at + HEAD + i] = seq[row, i]
    used[0] = at + HEAD + length


@njit(cache=True, nogil=True)
def read(log: I64, used: int, longest: int) -> tuple[I64, I64, I64, I64]:
    """Routes of a log: stops (r, longest), number of stops (r,), cents (r,), shifts (r,)."""
    count, at = 0, 0
    while at < used:
        at += HEAD + log[at + 2]
        count += 1
    seq = np.zeros((count, longest), dtype=np.int64)
    lengths, cents, rows = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    at = 0
    for k in range(count):
        rows[k], cents[k], lengths[k] = log[at], log[at + 1], log[at + 2]
        for i in range(lengths[k]):
            seq[k, i] = log[at + HEAD + i]
        at += HEAD + lengths[k]
    return seq, lengths, cents, rows
