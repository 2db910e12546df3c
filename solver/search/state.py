"""The routes of one search chain: arrays that compiled code changes, saves and restores."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from solver.search import fields as F
from solver.search.arrays import FAR_S, I64, U8, Instance
from solver.search.evaluate import evaluate
from solver.search.rng import U64Array
from solver.search.views import Header, i32_2, i32_4, i64_1, i64_2, u8_1

ABSENT = -1
ELSEWHERE = -2
"""Values of `State.route`: the ticket is unserved here; another chain has it."""


class State(NamedTuple):
    """Arrays of one chain; m shifts, n tickets, L longest route."""

    seq: I64  # (m, L) nodes of each route, in order
    lengths: I64  # (m,)
    costs: I64  # (m,) cents
    waits_s: I64  # (m,) work time that is not driving, serving, resting
    starts_s: I64  # (m, L+1) earliest starts
    latests_s: I64  # (m, L) latest starts (hard limits)
    rest_legs: I64  # (m, b)
    loads: I64  # (m, q) parts used (plain problems)
    route_of: I64  # (n,) shift, ABSENT or ELSEWHERE
    position_of: I64  # (n,)
    usable: U8  # (m,) 1 = this chain may change the shift
    absent: I64  # (n,) first `counts[0]` entries: tickets that are ABSENT
    counts: I64  # [absent, touched, stamp, steps, accepted, improved, look]
    touched: I64  # (m,) shifts changed in this step
    stamps: I64  # (m,) step in which a shift was saved last
    seen: I64  # (m,) look in which a shift was tried last
    old_seq: I64  # saved rows of seq, length, cost, wait, start, latest, rest_leg, load
    old_lengths: I64
    old_costs: I64
    old_waits_s: I64
    old_starts_s: I64
    old_latests_s: I64
    old_rest_legs: I64
    old_loads: I64
    old_absent: I64
    best_seq: I64
    best_lengths: I64
    totals: I64  # [current, best, saved]
    rng: U64Array
    scratch: I64  # (8, L+4) node buffers
    scratch_s: I64  # (4, L+4)
    removed: I64  # (n,) work list of the step
    sort_keys: npt.NDArray[np.float64]  # (n,) sort keys of the step


ABSENTS, TOUCHED, STAMP, STEPS, ACCEPTED, IMPROVED = range(6)
CURRENT, BEST, SAVED = range(3)


def new_state(d: Instance, longest: int, rng: U64Array) -> State:
    """Return an empty chain that may use every shift."""
    n, m, q, b = d.need.shape[0], d.class_of.shape[0], d.need.shape[1], d.break_length_s.shape[1]

    def i64(*shape: int) -> I64:
        return np.zeros(shape, dtype=np.int64)

    drop = int(d.drop_cents.sum())
    return State(
        seq=i64(m, longest), lengths=i64(m), costs=i64(m), waits_s=i64(m), starts_s=i64(m, longest + 1), latests_s=i64(m, longest),
        rest_legs=i64(m, b), loads=i64(m, q), route_of=np.full(n, ABSENT, dtype=np.int64), position_of=i64(n),
        usable=np.ones(m, dtype=np.uint8), absent=np.arange(n, dtype=np.int64), counts=np.array([n, 0, 0, 0, 0, 0, 0], dtype=np.int64),
        touched=i64(m), stamps=np.full(m, -1, dtype=np.int64), seen=np.full(m, -1, dtype=np.int64), old_seq=i64(m, longest), old_lengths=i64(m), old_costs=i64(m),
        old_waits_s=i64(m), old_starts_s=i64(m, longest + 1), old_latests_s=i64(m, longest), old_rest_legs=i64(m, b), old_loads=i64(m, q),
        old_absent=i64(n), best_seq=i64(m, longest), best_lengths=i64(m), totals=np.array([drop, drop, drop], dtype=np.int64), rng=rng,
        scratch=i64(8, longest + 4), scratch_s=i64(4, longest + 4), removed=i64(n), sort_keys=np.zeros(n),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def refresh(d: Header, s: Header, row: int, plain: bool) -> None:
    """Recompute everything that is stored about one route after its sequence has changed."""
    costs = i64_1(s, F.S_COSTS)
    lengths = i64_1(s, F.S_LENGTHS)
    seq = i64_2(s, F.S_SEQ)
    starts_s = i64_2(s, F.S_STARTS_S)
    rest_legs = i64_2(s, F.S_REST_LEGS)
    latests_s = i64_2(s, F.S_LATESTS_S)
    waits_s = i64_1(s, F.S_WAITS_S)
    need = i32_2(d, F.I_NEED)
    route_of = i64_1(s, F.S_ROUTE_OF)
    position_of = i64_1(s, F.S_POSITION_OF)
    if plain:
        costs[row] = _refresh_plain(d, s, row)
    else:
        length = lengths[row]
        costs[row] = evaluate(d, row, seq[row], length, starts_s[row], rest_legs[row], latests_s[row])
        waits_s[row] = _waiting(d, s, row)
    n = need.shape[0]
    for i in range(lengths[row]):
        node = seq[row, i]
        if node < n:
            route_of[node] = row
            position_of[node] = i


@njit(cache=True, nogil=True)
def _waiting(d: Header, s: Header, row: int) -> int:
    """Upper bound of the waiting in a route when it leaves at the shift's start."""
    lengths = i64_1(s, F.S_LENGTHS)
    class_of = i64_1(d, F.I_CLASS_OF)
    profile_of = i64_1(d, F.I_PROFILE_OF)
    start_place = i64_1(d, F.I_START_PLACE)
    place_of = i64_1(d, F.I_PLACE_OF)
    seq = i64_2(s, F.S_SEQ)
    end_place = i64_1(d, F.I_END_PLACE)
    legs = i32_4(d, F.I_LEGS)
    service_of = i32_2(d, F.I_SERVICE_OF)
    starts_s = i64_2(s, F.S_STARTS_S)
    length = lengths[row]
    if length == 0:
        return 0
    klass = class_of[row]
    profile = profile_of[klass]
    busy = 0
    here = start_place[row]
    for i in range(length + 1):
        there = place_of[seq[row, i]] if i < length else end_place[row]
        if here >= 0 and there >= 0:
            busy += legs[profile, here, there, 0]
        if i < length:
            busy += service_of[klass, seq[row, i]]
        here = there
    first = legs[profile, start_place[row], place_of[seq[row, 0]], 0] if start_place[row] >= 0 else 0
    return max(0, starts_s[row, length] - (starts_s[row, 0] - first) - busy)


@njit(cache=True, nogil=True)
def _refresh_plain(d: Header, s: Header, row: int) -> int:
    """Plain problems: earliest and latest starts, loads, and a cost that is linear in the legs."""
    lengths = i64_1(s, F.S_LENGTHS)
    class_of = i64_1(d, F.I_CLASS_OF)
    profile_of = i64_1(d, F.I_PROFILE_OF)
    need = i32_2(d, F.I_NEED)
    loads = i64_2(s, F.S_LOADS)
    shift_start_s = i64_1(d, F.I_SHIFT_START_S)
    start_place = i64_1(d, F.I_START_PLACE)
    seq = i64_2(s, F.S_SEQ)
    place_of = i64_1(d, F.I_PLACE_OF)
    legs = i32_4(d, F.I_LEGS)
    opens_s = i64_2(d, F.I_OPENS_S)
    starts_s = i64_2(s, F.S_STARTS_S)
    service_of = i32_2(d, F.I_SERVICE_OF)
    fixed_cents = i32_2(d, F.I_FIXED_CENTS)
    end_place = i64_1(d, F.I_END_PLACE)
    shift_end_s = i64_1(d, F.I_SHIFT_END_S)
    closes_s = i64_2(d, F.I_CLOSES_S)
    latests_s = i64_2(s, F.S_LATESTS_S)
    length = lengths[row]
    klass = class_of[row]
    profile = profile_of[klass]
    parts = need.shape[1]
    for q in range(parts):
        loads[row, q] = 0
    if length == 0:
        return 0
    now = shift_start_s[row]
    here = start_place[row]
    cents = 0
    for i in range(length):
        node = seq[row, i]
        there = place_of[node]
        if here >= 0:
            now += legs[profile, here, there, 0]
            cents += leg_cents(d, profile, here, there)
        now = max(now, opens_s[node, 0])
        starts_s[row, i] = now
        now += service_of[klass, node]
        cents += fixed_cents[klass, node]
        for q in range(parts):
            loads[row, q] += need[node, q]
        here = there
    end = end_place[row]
    bound = shift_end_s[row]
    if end >= 0 and here >= 0:
        now += legs[profile, here, end, 0]
        cents += leg_cents(d, profile, here, end)
    starts_s[row, length] = now
    there = end
    for i in range(length - 1, -1, -1):
        node = seq[row, i]
        if there >= 0:
            bound -= legs[profile, place_of[node], there, 0]
        bound = min(bound - service_of[klass, node], closes_s[node, 0])
        latests_s[row, i] = bound
        there = place_of[node]
    return cents


@njit(cache=True, nogil=True)
def leg_cents(d: Header, profile: int, i: int, j: int) -> int:
    """Cents of one leg where costs are linear: the rates are whole cents a second and a metre."""
    legs = i32_4(d, F.I_LEGS)
    rates = i64_1(d, F.I_RATES)
    return legs[profile, i, j, 0] * (rates[2] // 3600) + legs[profile, i, j, 1] * (rates[3] // 1000)


def is_plain(d: Instance) -> bool:
    """Whether costs are linear in the legs and one pass of earliest and latest times is all that time means.

    Then insertions are priced exactly in O(1).
    """
    rates = d.rates
    linear = rates[2] % 3600 == 0 and rates[3] % 1000 == 0
    timeless = rates[0] == 0 and rates[1] == 0 and rates[4] == 0 and rates[5] == 0 and rates[6] == 0
    no_targets = bool((d.dues_s == FAR_S).all()) or not (d.breach_cents.any() or d.late_cents.any())
    simple = not d.break_count.any() and bool((d.window_count == 1).all()) and not d.tool_need.any()
    no_limits = bool((d.max_leg_s == FAR_S).all() and (d.max_leg_m == FAR_S).all()) and bool((d.legs >= 0).all())
    no_restock = d.holds.shape[0] == 0 or not d.need.any()
    return bool(linear and timeless and no_targets and simple and no_limits and no_restock)


@njit(cache=True, nogil=True)
def save(s: Header, row: int) -> None:
    """Remember a route before its first change in this step."""
    stamps = i64_1(s, F.S_STAMPS)
    counts = i64_1(s, F.S_COUNTS)
    touched = i64_1(s, F.S_TOUCHED)
    lengths = i64_1(s, F.S_LENGTHS)
    old_lengths = i64_1(s, F.S_OLD_LENGTHS)
    old_costs = i64_1(s, F.S_OLD_COSTS)
    costs = i64_1(s, F.S_COSTS)
    old_waits_s = i64_1(s, F.S_OLD_WAITS_S)
    waits_s = i64_1(s, F.S_WAITS_S)
    old_seq = i64_2(s, F.S_OLD_SEQ)
    seq = i64_2(s, F.S_SEQ)
    old_starts_s = i64_2(s, F.S_OLD_STARTS_S)
    starts_s = i64_2(s, F.S_STARTS_S)
    old_latests_s = i64_2(s, F.S_OLD_LATESTS_S)
    latests_s = i64_2(s, F.S_LATESTS_S)
    rest_legs = i64_2(s, F.S_REST_LEGS)
    old_rest_legs = i64_2(s, F.S_OLD_REST_LEGS)
    loads = i64_2(s, F.S_LOADS)
    old_loads = i64_2(s, F.S_OLD_LOADS)
    if stamps[row] == counts[2]:
        return
    stamps[row] = counts[2]
    touched[counts[1]] = row
    counts[1] += 1
    length = lengths[row]
    old_lengths[row] = length
    old_costs[row] = costs[row]
    old_waits_s[row] = waits_s[row]
    for i in range(length):
        old_seq[row, i] = seq[row, i]
        old_starts_s[row, i] = starts_s[row, i]
        old_latests_s[row, i] = latests_s[row, i]
    old_starts_s[row, length] = starts_s[row, length]
    for b in range(rest_legs.shape[1]):
        old_rest_legs[row, b] = rest_legs[row, b]
    for q in range(loads.shape[1]):
        old_loads[row, q] = loads[row, q]


@njit(cache=True, nogil=True)
def restore(d: Header, s: Header, absents: int) -> None:
    """Undo the step: every touched route, and the list of absent tickets, of which there were `absents`."""
    need = i32_2(d, F.I_NEED)
    counts = i64_1(s, F.S_COUNTS)
    route_of = i64_1(s, F.S_ROUTE_OF)
    absent = i64_1(s, F.S_ABSENT)
    touched = i64_1(s, F.S_TOUCHED)
    lengths = i64_1(s, F.S_LENGTHS)
    seq = i64_2(s, F.S_SEQ)
    old_lengths = i64_1(s, F.S_OLD_LENGTHS)
    costs = i64_1(s, F.S_COSTS)
    old_costs = i64_1(s, F.S_OLD_COSTS)
    waits_s = i64_1(s, F.S_WAITS_S)
    old_waits_s = i64_1(s, F.S_OLD_WAITS_S)
    old_seq = i64_2(s, F.S_OLD_SEQ)
    starts_s = i64_2(s, F.S_STARTS_S)
    old_starts_s = i64_2(s, F.S_OLD_STARTS_S)
    latests_s = i64_2(s, F.S_LATESTS_S)
    old_latests_s = i64_2(s, F.S_OLD_LATESTS_S)
    position_of = i64_1(s, F.S_POSITION_OF)
    rest_legs = i64_2(s, F.S_REST_LEGS)
    old_rest_legs = i64_2(s, F.S_OLD_REST_LEGS)
    loads = i64_2(s, F.S_LOADS)
    old_loads = i64_2(s, F.S_OLD_LOADS)
    old_absent = i64_1(s, F.S_OLD_ABSENT)
    totals = i64_1(s, F.S_TOTALS)
    n = need.shape[0]
    for k in range(counts[0]):
        route_of[absent[k]] = -1
    for k in range(counts[1]):
        row = touched[k]
        for i in range(lengths[row]):
            if seq[row, i] < n:
                route_of[seq[row, i]] = -1
    for k in range(counts[1]):
        row = touched[k]
        length = old_lengths[row]
        lengths[row] = length
        costs[row] = old_costs[row]
        waits_s[row] = old_waits_s[row]
        for i in range(length):
            node = old_seq[row, i]
            seq[row, i] = node
            starts_s[row, i] = old_starts_s[row, i]
            latests_s[row, i] = old_latests_s[row, i]
            if node < n:
                route_of[node] = row
                position_of[node] = i
        starts_s[row, length] = old_starts_s[row, length]
        for b in range(rest_legs.shape[1]):
            rest_legs[row, b] = old_rest_legs[row, b]
        for q in range(loads.shape[1]):
            loads[row, q] = old_loads[row, q]
    for k in range(absents):
        absent[k] = old_absent[k]
    counts[0] = absents
    totals[0] = totals[2]


@njit(cache=True, nogil=True)
def keep_best(s: Header) -> None:
    """Copy the current routes to the best ones."""
    totals = i64_1(s, F.S_TOTALS)
    counts = i64_1(s, F.S_COUNTS)
    seq = i64_2(s, F.S_SEQ)
    best_lengths = i64_1(s, F.S_BEST_LENGTHS)
    lengths = i64_1(s, F.S_LENGTHS)
    best_seq = i64_2(s, F.S_BEST_SEQ)
    totals[1] = totals[0]
    counts[5] += 1
    for row in range(seq.shape[0]):
        best_lengths[row] = lengths[row]
        for i in range(lengths[row]):
            best_seq[row, i] = seq[row, i]


@njit(cache=True, nogil=True)
def load(d: Header, s: Header, seq: I64, length: I64, plain: bool) -> None:
    """Put given routes into the chain (only into shifts that it may change) and recount everything."""
    need = i32_2(d, F.I_NEED)
    lengths = i64_1(s, F.S_LENGTHS)
    usable = u8_1(s, F.S_USABLE)
    seq = i64_2(s, F.S_SEQ)
    route_of = i64_1(s, F.S_ROUTE_OF)
    costs = i64_1(s, F.S_COSTS)
    absent = i64_1(s, F.S_ABSENT)
    drop_cents = i64_1(d, F.I_DROP_CENTS)
    counts = i64_1(s, F.S_COUNTS)
    totals = i64_1(s, F.S_TOTALS)
    n = need.shape[0]
    for row in range(seq.shape[0]):
        lengths[row] = length[row] if usable[row] else 0
        for i in range(lengths[row]):
            seq[row, i] = seq[row, i]
    for node in range(n):
        if route_of[node] != -2:
            route_of[node] = -1
    total = 0
    for row in range(seq.shape[0]):
        refresh(d, s, row, plain)
        total += costs[row]
    absents = 0
    for node in range(n):
        if route_of[node] == -1:
            absent[absents] = node
            absents += 1
            total += drop_cents[node]
    counts[0] = absents
    totals[0] = total
    keep_best(s)
