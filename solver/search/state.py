"""The routes of one search chain: arrays that compiled code changes, saves and restores."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from solver.search import fields as f
from solver.search.arrays import I64, U8, Instance
from solver.search.bound import WIDTH, trace
from solver.search.evaluate import INFEASIBLE, evaluate
from solver.search.notes import CACHE_SIZE, LOG_SIZE, note
from solver.search.plain import UNKNOWN, refresh_plain, restore_times, save_times
from solver.search.restocks import drop_idle_restocks
from solver.search.rng import U64Array
from solver.search.views import Header, i32_2, i64_1, i64_2, i64_3, u8_1

ABSENT = -1
ELSEWHERE = -2
"""Values of `State.route_of`: the ticket is unserved here; another chain has it."""


class State(NamedTuple):
    """Arrays of one chain; m shifts, n tickets, L longest route."""

    seq: I64  # (m, L) nodes of each route, in order
    lengths: I64  # (m,)
    costs: I64  # (m,) cents
    gaps: I64  # (m, L+2, WIDTH) records of :mod:`solver.search.bound`, not of infeasible routes
    starts_s: I64  # (m, L+1) earliest starts, then the return
    latests_s: I64  # (m, L) latest starts (hard limits)
    rest_legs: I64  # (m, b) leg on which each break is taken, -1 = outside the route
    loads: I64  # (m, q) parts used (plain problems)
    route_of: I64  # (n,) shift, ABSENT or ELSEWHERE
    position_of: I64  # (n,) place in the route
    before_of: I64  # (n,) node before, -1 = the start (plain problems, as the next five)
    behind_of: I64  # (n,) node behind, -1 = the end
    begin_of: I64  # (n,) earliest start
    latest_of: I64  # (n,) latest start
    ahead_s: I64  # (n,) drive to the node behind
    ahead_cents: I64  # (n,) and its cost
    usable: U8  # (m,) 1 = this chain may change the shift
    own: I64  # (n,) first `counts[OWN]` entries: tickets that are not ELSEWHERE
    absent: I64  # (n,) first `counts[ABSENTS]` entries: tickets that are ABSENT
    counts: I64  # see below
    touched: I64  # (m,) shifts changed in this step
    stamps: I64  # (m,) step in which a shift was saved last
    seen: I64  # (m,) look in which a shift was tried last
    old_seq: I64  # rows of `seq`, `lengths`, `costs`, `absent` before the step
    old_lengths: I64
    old_costs: I64
    old_absent: I64
    old_times: I64  # (4, m, L) begin_of, latest_of, ahead_s and ahead_cents along each route (plain problems)
    old_starts_s: I64
    old_latests_s: I64
    old_rest_legs: I64
    old_gaps: I64
    best_seq: I64
    best_lengths: I64
    stale: I64  # (m,) first `counts[STALE]` entries: shifts that differ from the best routes
    is_stale: U8  # (m,)
    totals: I64  # see below
    rng: U64Array
    scratch: I64  # (9, at least L+4, q and b) 0 bounds, 1..5 nodes, 6 legs of breaks, 7 and 8 parts left
    scratch_s: I64  # (2, L+4)
    removed: I64  # (n,) work list of the step
    sort_keys: npt.NDArray[np.float64]  # (n,) sort keys of the step
    words: U64Array  # (n + m,) random words of tickets and shifts, as in :mod:`solver.search.pool`
    log: I64  # routes for the pool, see :mod:`solver.search.notes`
    log_keys: U64Array  # keys of routes noted before
    log_used: I64  # (1,) words of `log` in use


ABSENTS, TOUCHED, STAMP, STEPS, ACCEPTED, IMPROVED, LOOK, OWN, STALE = range(9)
CURRENT, BEST, SAVED = range(3)
"""Entries of `State.counts` and `State.totals`."""


def new_state(d: Instance, longest: int, rng: U64Array, words: U64Array, *, plain: bool) -> State:
    """Return an empty chain that may use every shift; no route gets longer than `longest` stops."""
    n, m, q, b = d.need.shape[0], d.class_of.shape[0], d.need.shape[1], d.break_length_s.shape[1]

    def i64(*shape: int) -> I64:
        return np.zeros(shape, dtype=np.int64)

    drop = int(d.drop_cents.sum())
    wide = max(longest + 4, q, b)
    long = 0 if plain else longest + 2
    return State(
        seq=i64(m, longest), lengths=i64(m), costs=i64(m), gaps=i64(m, long, WIDTH), starts_s=i64(m, longest + 1),
        latests_s=i64(m, longest), rest_legs=i64(m, b), loads=i64(m, q), route_of=np.full(n, ABSENT, dtype=np.int64),
        position_of=i64(n), before_of=i64(n), behind_of=i64(n), begin_of=i64(n), latest_of=i64(n),
        ahead_s=i64(n), ahead_cents=i64(n),
        usable=np.ones(m, dtype=np.uint8), own=np.arange(n, dtype=np.int64), absent=np.arange(n, dtype=np.int64),
        counts=np.array([n, 0, 0, 0, 0, 0, 0, n, 0], dtype=np.int64), touched=i64(m),
        stamps=np.full(m, -1, dtype=np.int64), seen=np.full(m, -1, dtype=np.int64), old_seq=i64(m, longest),
        old_lengths=i64(m), old_costs=i64(m), old_absent=i64(n),
        old_times=i64(4, m, longest if plain else 0),
        old_starts_s=i64(m, longest + 1), old_latests_s=i64(m, longest),
        old_rest_legs=i64(m, b), old_gaps=i64(m, long, WIDTH),
        best_seq=i64(m, longest), best_lengths=i64(m), stale=i64(m), is_stale=np.zeros(m, dtype=np.uint8),
        totals=np.array([drop] * 3, dtype=np.int64),
        rng=rng, scratch=i64(9, wide), scratch_s=i64(2, longest + 4), removed=i64(n), sort_keys=np.zeros(n),
        words=words, log=i64(LOG_SIZE), log_keys=np.zeros(CACHE_SIZE, dtype=np.uint64), log_used=i64(1),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def refresh(d: Header, s: Header, row: int, plain: bool) -> None:
    """Recompute everything that is stored about one route after its sequence has changed."""
    if plain:
        refresh_plain(d, s, row)
        return
    lengths = i64_1(s, f.S_LENGTHS)
    seq = i64_2(s, f.S_SEQ)
    route_of = i64_1(s, f.S_ROUTE_OF)
    position_of = i64_1(s, f.S_POSITION_OF)
    starts_s = i64_2(s, f.S_STARTS_S)
    n = i32_2(d, f.I_NEED).shape[0]
    length = lengths[row]
    cents = evaluate(
        d, row, seq[row], length, starts_s[row], i64_2(s, f.S_REST_LEGS)[row], i64_2(s, f.S_LATESTS_S)[row]
    )
    i64_1(s, f.S_COSTS)[row] = cents
    if cents < INFEASIBLE:
        trace(d, s, row)
    for i in range(length):
        node = seq[row, i]
        if node < n:
            route_of[node] = row
            position_of[node] = i


@njit(cache=True, nogil=True)
def save(s: Header, row: int, plain: bool) -> None:
    """Remember a route before its first change in this step."""
    stamps = i64_1(s, f.S_STAMPS)
    counts = i64_1(s, f.S_COUNTS)
    if stamps[row] == counts[STAMP]:
        return
    stamps[row] = counts[STAMP]
    i64_1(s, f.S_TOUCHED)[counts[TOUCHED]] = row
    counts[TOUCHED] += 1
    length = i64_1(s, f.S_LENGTHS)[row]
    i64_1(s, f.S_OLD_LENGTHS)[row] = length
    i64_1(s, f.S_OLD_COSTS)[row] = i64_1(s, f.S_COSTS)[row]
    seq = i64_2(s, f.S_SEQ)
    old_seq = i64_2(s, f.S_OLD_SEQ)
    for i in range(length):
        old_seq[row, i] = seq[row, i]
    if plain:
        save_times(s, row)
    else:
        _copy_walk(s, row, length, i64_1(s, f.S_COSTS)[row], True)


@njit(cache=True, nogil=True)
def _copy_walk(s: Header, row: int, length: int, cents: int, away: bool) -> None:
    """Remember what the walk of a route has found, or put it back."""
    starts_s, old_starts_s = i64_2(s, f.S_STARTS_S)[row], i64_2(s, f.S_OLD_STARTS_S)[row]
    latests_s, old_latests_s = i64_2(s, f.S_LATESTS_S)[row], i64_2(s, f.S_OLD_LATESTS_S)[row]
    rests, old_rests = i64_2(s, f.S_REST_LEGS)[row], i64_2(s, f.S_OLD_REST_LEGS)[row]
    gaps, old_gaps = i64_3(s, f.S_GAPS)[row], i64_3(s, f.S_OLD_GAPS)[row]
    if not away:
        starts_s, old_starts_s = old_starts_s, starts_s
        latests_s, old_latests_s = old_latests_s, latests_s
        rests, old_rests = old_rests, rests
        gaps, old_gaps = old_gaps, gaps
    for i in range(length):
        old_latests_s[i] = latests_s[i]
    for i in range(length + 1):
        old_starts_s[i] = starts_s[i]
    for b in range(rests.shape[0]):
        old_rests[b] = rests[b]
    if cents < INFEASIBLE:
        for i in range(length + 2):
            for k in range(WIDTH):
                old_gaps[i, k] = gaps[i, k]


@njit(cache=True, nogil=True)
def restore(d: Header, s: Header, absents: int, plain: bool) -> None:
    """Undo the step: every touched route, and the list of absent tickets, of which there were `absents`."""
    absent = i64_1(s, f.S_ABSENT)
    old_absent = i64_1(s, f.S_OLD_ABSENT)
    route_of = i64_1(s, f.S_ROUTE_OF)
    restore_routes(d, s, plain)
    for k in range(absents):
        absent[k] = old_absent[k]
        route_of[absent[k]] = ABSENT
    i64_1(s, f.S_COUNTS)[ABSENTS] = absents


@njit(cache=True, nogil=True)
def restore_routes(d: Header, s: Header, plain: bool) -> None:
    """Undo the changes of every touched route."""
    counts = i64_1(s, f.S_COUNTS)
    touched = i64_1(s, f.S_TOUCHED)
    lengths = i64_1(s, f.S_LENGTHS)
    old_lengths = i64_1(s, f.S_OLD_LENGTHS)
    seq = i64_2(s, f.S_SEQ)
    old_seq = i64_2(s, f.S_OLD_SEQ)
    totals = i64_1(s, f.S_TOTALS)
    for k in range(counts[TOUCHED]):
        row = touched[k]
        lengths[row] = old_lengths[row]
        for i in range(old_lengths[row]):
            seq[row, i] = old_seq[row, i]
        if plain:
            restore_times(d, s, row)
        else:
            _restore_walk(d, s, row)
    totals[CURRENT] = totals[SAVED]


@njit(cache=True, nogil=True)
def _restore_walk(d: Header, s: Header, row: int) -> None:
    """Put back what is stored about a route whose sequence is the old one again."""
    seq = i64_2(s, f.S_SEQ)
    n = i32_2(d, f.I_NEED).shape[0]
    cents = i64_1(s, f.S_OLD_COSTS)[row]
    length = i64_1(s, f.S_LENGTHS)[row]
    i64_1(s, f.S_COSTS)[row] = cents
    _copy_walk(s, row, length, cents, False)
    for i in range(length):
        if seq[row, i] < n:
            i64_1(s, f.S_ROUTE_OF)[seq[row, i]] = row
            i64_1(s, f.S_POSITION_OF)[seq[row, i]] = i


@njit(cache=True, nogil=True)
def accept(s: Header) -> None:
    """Note which routes the step has changed; they become the best ones when they are."""
    counts = i64_1(s, f.S_COUNTS)
    touched = i64_1(s, f.S_TOUCHED)
    stale = i64_1(s, f.S_STALE)
    is_stale = u8_1(s, f.S_IS_STALE)
    totals = i64_1(s, f.S_TOTALS)
    counts[ACCEPTED] += 1
    for k in range(counts[TOUCHED]):
        row = touched[k]
        note(s, row)
        if not is_stale[row]:
            is_stale[row] = 1
            stale[counts[STALE]] = row
            counts[STALE] += 1
    if totals[CURRENT] < totals[BEST]:
        keep_best(s)


@njit(cache=True, nogil=True)
def keep_best(s: Header) -> None:
    """Copy those current routes that differ to the best ones."""
    counts = i64_1(s, f.S_COUNTS)
    totals = i64_1(s, f.S_TOTALS)
    lengths = i64_1(s, f.S_LENGTHS)
    best_lengths = i64_1(s, f.S_BEST_LENGTHS)
    seq = i64_2(s, f.S_SEQ)
    best_seq = i64_2(s, f.S_BEST_SEQ)
    stale = i64_1(s, f.S_STALE)
    is_stale = u8_1(s, f.S_IS_STALE)
    totals[BEST] = totals[CURRENT]
    counts[IMPROVED] += 1
    for k in range(counts[STALE]):
        row = stale[k]
        is_stale[row] = 0
        best_lengths[row] = lengths[row]
        for i in range(lengths[row]):
            best_seq[row, i] = seq[row, i]
    counts[STALE] = 0


@njit(cache=True, nogil=True)
def _take(d: Header, s: Header, row: int, nodes: I64, length: int, plain: bool) -> None:
    """Give a shift these stops."""
    seq = i64_2(s, f.S_SEQ)
    i64_1(s, f.S_LENGTHS)[row] = length
    for i in range(length):
        seq[row, i] = nodes[i]
    refresh(d, s, row, plain)


@njit(cache=True, nogil=True)
def load(d: Header, s: Header, new_seq: I64, new_lengths: I64, plain: bool) -> None:
    """Put given routes into the chain, only into shifts that it may change, and recount everything.

    Tickets of ``own`` that these routes leave out are ABSENT, all others ELSEWHERE.
    """
    counts = i64_1(s, f.S_COUNTS)
    lengths = i64_1(s, f.S_LENGTHS)
    usable = u8_1(s, f.S_USABLE)
    route_of = i64_1(s, f.S_ROUTE_OF)
    behind_of = i64_1(s, f.S_BEHIND_OF)
    costs = i64_1(s, f.S_COSTS)
    own = i64_1(s, f.S_OWN)
    absent = i64_1(s, f.S_ABSENT)
    drop_cents = i64_1(d, f.I_DROP_CENTS)
    stale = i64_1(s, f.S_STALE)
    is_stale = u8_1(s, f.S_IS_STALE)
    for node in range(route_of.shape[0]):
        route_of[node] = ELSEWHERE
        behind_of[node] = UNKNOWN
    for k in range(counts[OWN]):
        route_of[own[k]] = ABSENT
    total = 0
    for row in range(lengths.shape[0]):
        given = new_lengths[row] if usable[row] else 0
        _take(d, s, row, new_seq[row], given, plain)
        if not plain:
            cents = costs[row]
            drop_idle_restocks(d, s, row)
            if lengths[row] < given:
                refresh(d, s, row, plain)
                if costs[row] > cents:  # without the triangle inequality the way round may be the better one
                    _take(d, s, row, new_seq[row], given, plain)
        total += costs[row]
        is_stale[row] = 1
        stale[row] = row
    absents = 0
    for k in range(counts[OWN]):
        node = own[k]
        if route_of[node] == ABSENT:
            absent[absents] = node
            absents += 1
            total += drop_cents[node]
    counts[ABSENTS] = absents
    counts[STALE] = lengths.shape[0]
    i64_1(s, f.S_TOTALS)[CURRENT] = total
    keep_best(s)
