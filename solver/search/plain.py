"""Plain problems: costs linear in the legs, one window a ticket, no breaks, no restock.

An insertion is then priced exactly in O(1) from the earliest start before it and the latest start behind it
(Savelsbergh 1992, doi:10.1287/ijoc.4.2.146).
"""

from __future__ import annotations

from numba import njit

from solver.search import fields as f
from solver.search.evaluate import INFEASIBLE
from solver.search.rng import uniform
from solver.search.views import Header, i32_2, i32_4, i64_1, i64_2, i64_3, u8_1, u8_2, u64_1

BLINK = 0.01
"""Chance of overlooking a place (Christiaens & Vanden Berghe 2020, section 4.2)."""
UNKNOWN = -2
"""Value of `State.behind_of` that no node has: the leg ahead is not known."""


@njit(cache=True, nogil=True)
def refresh_plain(d: Header, s: Header, row: int) -> None:
    """Recompute earliest and latest starts, neighbours, loads and cost of one route."""
    seq = i64_2(s, f.S_SEQ)
    loads = i64_2(s, f.S_LOADS)
    ahead_s = i64_1(s, f.S_AHEAD_S)
    ahead_cents = i64_1(s, f.S_AHEAD_CENTS)
    begin_of = i64_1(s, f.S_BEGIN_OF)
    latest_of = i64_1(s, f.S_LATEST_OF)
    before_of = i64_1(s, f.S_BEFORE_OF)
    behind_of = i64_1(s, f.S_BEHIND_OF)
    route_of = i64_1(s, f.S_ROUTE_OF)
    position_of = i64_1(s, f.S_POSITION_OF)
    place_of = i64_1(d, f.I_PLACE_OF)
    legs = i32_4(d, f.I_OUT_LEGS)
    service_of = i32_2(d, f.I_SERVICE_OF)
    opens_s = i64_2(d, f.I_OPENS_S)
    closes_s = i64_2(d, f.I_CLOSES_S)
    need = i32_2(d, f.I_NEED)
    length = i64_1(s, f.S_LENGTHS)[row]
    klass = i64_1(d, f.I_CLASS_OF)[row]
    profile = i64_1(d, f.I_PROFILE_OF)[klass]
    parts = need.shape[1]
    for q in range(parts):
        loads[row, q] = 0
    cents = 0
    now = i64_1(d, f.I_SHIFT_START_S)[row]
    start = i64_1(d, f.I_START_PLACE)[row]
    before = -1
    for i in range(length):
        node = seq[row, i]
        if before >= 0:
            if behind_of[before] != node:  # else the leg is known: the matrix is far away in memory
                behind_of[before] = node
                here, there = place_of[before], place_of[node]
                ahead_s[before] = legs[profile, here, there, 0]
                ahead_cents[before] = legs[profile, here, there, 1]
            now += ahead_s[before]
            cents += ahead_cents[before]
        elif start >= 0:
            now += legs[profile, start, place_of[node], 0]
            cents += legs[profile, start, place_of[node], 1]
        now = max(now, opens_s[node, 0])
        begin_of[node] = now
        now += service_of[klass, node]
        cents += i32_2(d, f.I_FIXED_CENTS)[klass, node]
        for q in range(parts):
            loads[row, q] += need[node, q]
        route_of[node] = row
        position_of[node] = i
        before_of[node] = before
        before = node
    end = i64_1(d, f.I_END_PLACE)[row]
    bound = i64_1(d, f.I_SHIFT_END_S)[row]
    if length > 0:
        here = place_of[before]
        behind_of[before] = -1
        ahead_s[before] = 0
        ahead_cents[before] = 0
        if end >= 0:
            ahead_s[before] = legs[profile, here, end, 0]
            ahead_cents[before] = legs[profile, here, end, 1]
            cents += legs[profile, here, end, 1]
    for i in range(length - 1, -1, -1):
        node = seq[row, i]
        bound = min(bound - ahead_s[node] - service_of[klass, node], closes_s[node, 0])
        latest_of[node] = bound
        if begin_of[node] > bound:
            cents = INFEASIBLE  # a swap of tails, or without the triangle inequality a removal, can make it late
    i64_1(s, f.S_COSTS)[row] = cents


@njit(cache=True, nogil=True)
def save_times(s: Header, row: int) -> None:
    """Remember what is stored along a route, so that undoing a step needs no leg."""
    seq = i64_2(s, f.S_SEQ)
    old_times = i64_3(s, f.S_OLD_TIMES)
    begin_of = i64_1(s, f.S_BEGIN_OF)
    latest_of = i64_1(s, f.S_LATEST_OF)
    ahead_s = i64_1(s, f.S_AHEAD_S)
    ahead_cents = i64_1(s, f.S_AHEAD_CENTS)
    for i in range(i64_1(s, f.S_LENGTHS)[row]):
        node = seq[row, i]
        old_times[0, row, i] = begin_of[node]
        old_times[1, row, i] = latest_of[node]
        old_times[2, row, i] = ahead_s[node]
        old_times[3, row, i] = ahead_cents[node]


@njit(cache=True, nogil=True)
def restore_times(d: Header, s: Header, row: int) -> None:
    """Put back what :func:`save_times` remembered, once the sequence is the old one again."""
    seq = i64_2(s, f.S_SEQ)
    loads = i64_2(s, f.S_LOADS)
    need = i32_2(d, f.I_NEED)
    old_times = i64_3(s, f.S_OLD_TIMES)
    begin_of = i64_1(s, f.S_BEGIN_OF)
    latest_of = i64_1(s, f.S_LATEST_OF)
    ahead_s = i64_1(s, f.S_AHEAD_S)
    ahead_cents = i64_1(s, f.S_AHEAD_CENTS)
    before_of = i64_1(s, f.S_BEFORE_OF)
    behind_of = i64_1(s, f.S_BEHIND_OF)
    route_of = i64_1(s, f.S_ROUTE_OF)
    position_of = i64_1(s, f.S_POSITION_OF)
    parts = need.shape[1]
    for q in range(parts):
        loads[row, q] = 0
    before = -1
    for i in range(i64_1(s, f.S_LENGTHS)[row]):
        node = seq[row, i]
        route_of[node] = row
        position_of[node] = i
        begin_of[node] = old_times[0, row, i]
        latest_of[node] = old_times[1, row, i]
        ahead_s[node] = old_times[2, row, i]
        ahead_cents[node] = old_times[3, row, i]
        before_of[node] = before
        if before >= 0:
            behind_of[before] = node
        for q in range(parts):
            loads[row, q] += need[node, q]
        before = node
    if before >= 0:
        behind_of[before] = -1
    i64_1(s, f.S_COSTS)[row] = i64_1(s, f.S_OLD_COSTS)[row]


@njit(cache=True, nogil=True)
def put_plain(d: Header, s: Header, row: int, at: int, node: int, cents: int) -> None:
    """Insert a ticket whose price is `cents`; only what changes is recomputed, outwards from it."""
    seq = i64_2(s, f.S_SEQ)
    ahead_s = i64_1(s, f.S_AHEAD_S)
    ahead_cents = i64_1(s, f.S_AHEAD_CENTS)
    begin_of = i64_1(s, f.S_BEGIN_OF)
    latest_of = i64_1(s, f.S_LATEST_OF)
    before_of = i64_1(s, f.S_BEFORE_OF)
    behind_of = i64_1(s, f.S_BEHIND_OF)
    position_of = i64_1(s, f.S_POSITION_OF)
    lengths = i64_1(s, f.S_LENGTHS)
    place_of = i64_1(d, f.I_PLACE_OF)
    legs = i32_4(d, f.I_OUT_LEGS)
    service_of = i32_2(d, f.I_SERVICE_OF)
    opens_s = i64_2(d, f.I_OPENS_S)
    closes_s = i64_2(d, f.I_CLOSES_S)
    need = i32_2(d, f.I_NEED)
    loads = i64_2(s, f.S_LOADS)
    klass = i64_1(d, f.I_CLASS_OF)[row]
    profile = i64_1(d, f.I_PROFILE_OF)[klass]
    length = lengths[row]
    for i in range(length, at, -1):
        moved = seq[row, i - 1]
        seq[row, i] = moved
        position_of[moved] = i
    seq[row, at] = node
    position_of[node] = at
    lengths[row] = length + 1
    i64_1(s, f.S_ROUTE_OF)[node] = row
    i64_1(s, f.S_COSTS)[row] += cents
    for q in range(need.shape[1]):
        loads[row, q] += need[node, q]
    before = seq[row, at - 1] if at > 0 else -1
    behind = seq[row, at + 1] if at < length else -1
    here = place_of[node]
    origin = place_of[before] if before >= 0 else i64_1(d, f.I_START_PLACE)[row]
    target = place_of[behind] if behind >= 0 else i64_1(d, f.I_END_PLACE)[row]
    before_of[node] = before
    behind_of[node] = behind
    ahead_s[node] = legs[profile, here, target, 0] if target >= 0 else 0
    ahead_cents[node] = legs[profile, here, target, 1] if target >= 0 else 0
    to_s = legs[profile, origin, here, 0] if origin >= 0 else 0
    if before >= 0:
        behind_of[before] = node
        ahead_s[before] = to_s
        ahead_cents[before] = legs[profile, origin, here, 1]
        begin = begin_of[before] + service_of[klass, before] + to_s
    else:
        begin = i64_1(d, f.I_SHIFT_START_S)[row] + to_s
    begin_of[node] = max(begin, opens_s[node, 0])
    if behind >= 0:
        before_of[behind] = node
        bound = latest_of[behind]
    else:
        bound = i64_1(d, f.I_SHIFT_END_S)[row]
    latest_of[node] = min(bound - ahead_s[node] - service_of[klass, node], closes_s[node, 0])
    last = node
    while behind >= 0:
        begin = max(begin_of[last] + service_of[klass, last] + ahead_s[last], opens_s[behind, 0])
        if begin == begin_of[behind]:
            break
        begin_of[behind] = begin
        last = behind
        behind = behind_of[behind]
    last = node
    while before >= 0:
        bound = min(latest_of[last] - ahead_s[before] - service_of[klass, before], closes_s[before, 0])
        if bound == latest_of[before]:
            break
        latest_of[before] = bound
        last = before
        before = before_of[before]


@njit(cache=True, nogil=True)
def price_plain(d: Header, s: Header, row: int, before: int, behind: int, node: int, limit: int) -> int:
    """Exact change of cost of putting `node` between two neighbours (-1: an end of the route); else `limit`."""
    klass = i64_1(d, f.I_CLASS_OF)[row]
    profile = i64_1(d, f.I_PROFILE_OF)[klass]
    place_of = i64_1(d, f.I_PLACE_OF)
    service_of = i32_2(d, f.I_SERVICE_OF)
    out_legs = i32_4(d, f.I_OUT_LEGS)
    here = place_of[node]
    origin = place_of[before] if before >= 0 else i64_1(d, f.I_START_PLACE)[row]
    target = place_of[behind] if behind >= 0 else i64_1(d, f.I_END_PLACE)[row]
    free = i64_1(d, f.I_SHIFT_START_S)[row]
    if before >= 0:
        free = i64_1(s, f.S_BEGIN_OF)[before] + service_of[klass, before]
    cents = 0
    if origin >= 0:
        in_legs = i32_4(d, f.I_IN_LEGS)
        free += in_legs[profile, here, origin, 0]
        cents += in_legs[profile, here, origin, 1]
    start = max(free, i64_2(d, f.I_OPENS_S)[node, 0])
    if start > i64_2(d, f.I_CLOSES_S)[node, 0]:
        return limit
    reach = start + service_of[klass, node]
    if target >= 0:
        reach += out_legs[profile, here, target, 0]
        cents += out_legs[profile, here, target, 1]
    if reach > (i64_1(s, f.S_LATEST_OF)[behind] if behind >= 0 else i64_1(d, f.I_SHIFT_END_S)[row]):
        return limit
    if before >= 0:
        cents -= i64_1(s, f.S_AHEAD_CENTS)[before]  # kept beside the node: the matrix would be a cache miss
    elif behind >= 0 and origin >= 0:
        cents -= out_legs[profile, origin, target, 1]
    cents += i32_2(d, f.I_FIXED_CENTS)[klass, node]
    return min(cents, limit)


@njit(cache=True, nogil=True)
def has_room(d: Header, s: Header, row: int, node: int) -> bool:
    """Whether this shift may serve the ticket and its van can take it on."""
    klass = i64_1(d, f.I_CLASS_OF)[row]
    if not u8_2(d, f.I_ALLOWED)[klass, node]:
        return False
    loads = i64_2(s, f.S_LOADS)
    need = i32_2(d, f.I_NEED)
    stock = i32_2(d, f.I_STOCK)
    for q in range(need.shape[1]):
        if loads[row, q] + need[node, q] > stock[klass, q]:
            return False
    return i64_1(s, f.S_LENGTHS)[row] + 1 < i64_2(s, f.S_SEQ).shape[1]


@njit(cache=True, nogil=True)
def find_plain(d: Header, s: Header, g: Header, node: int, limit: int) -> tuple[int, int, int]:
    """Cheapest place next to a near neighbour or in an empty shift: (change of cost, shift or -1, position).

    Only places cheaper than `limit` count.
    """
    route_of = i64_1(s, f.S_ROUTE_OF)
    near = i64_2(g, f.N_NEAR)
    near_legs = i32_4(g, f.N_NEAR_LEGS)
    least = i64_3(g, f.N_LEAST_CENTS)
    before_of = i64_1(s, f.S_BEFORE_OF)
    behind_of = i64_1(s, f.S_BEHIND_OF)
    begin_of = i64_1(s, f.S_BEGIN_OF)
    latest_of = i64_1(s, f.S_LATEST_OF)
    ahead_cents = i64_1(s, f.S_AHEAD_CENTS)
    position_of = i64_1(s, f.S_POSITION_OF)
    lengths = i64_1(s, f.S_LENGTHS)
    class_of = i64_1(d, f.I_CLASS_OF)
    profile_of = i64_1(d, f.I_PROFILE_OF)
    service_of = i32_2(d, f.I_SERVICE_OF)
    opens = i64_2(d, f.I_OPENS_S)[node, 0]
    closes = i64_2(d, f.I_CLOSES_S)[node, 0]
    rng = u64_1(s, f.S_RNG)
    best = limit
    best_row, best_at = -1, 0
    for k in range(near.shape[1]):
        other = near[node, k]
        row = route_of[other]
        if row < 0:
            continue
        klass = class_of[row]
        profile = profile_of[klass]
        before = before_of[other]
        # Cheap tests first: they read little, the legs to the second neighbour are far away in memory.
        behind_saved = ahead_cents[other]
        before_saved = ahead_cents[before] if before >= 0 else 0
        onward = least[profile, node, 0] if behind_of[other] >= 0 else 0  # a shift may end where it likes
        behind_worth = (
            near_legs[profile, node, k, 3] + onward - behind_saved < best
            and begin_of[other] + service_of[klass, other] + near_legs[profile, node, k, 2] <= closes
        )
        before_worth = (
            before < 0 or near_legs[profile, node, k, 1] + least[profile, node, 1] - before_saved < best
        ) and (latest_of[other] - near_legs[profile, node, k, 0] - service_of[klass, node] >= opens)
        if not (behind_worth or before_worth) or not has_room(d, s, row, node):
            continue
        if before_worth:
            cents = price_plain(d, s, row, before, other, node, best)
            if cents < best and uniform(rng) >= BLINK:
                best, best_row, best_at = cents, row, position_of[other]
        if behind_worth:
            cents = price_plain(d, s, row, other, behind_of[other], node, best)
            if cents < best and uniform(rng) >= BLINK:
                best, best_row, best_at = cents, row, position_of[other] + 1
    group_start = i64_1(g, f.N_GROUP_START)
    group_rows = i64_1(g, f.N_GROUP_ROWS)
    usable = u8_1(s, f.S_USABLE)
    for group in range(group_start.shape[0] - 1):  # the first unused shift of each kind
        for k in range(group_start[group], group_start[group + 1]):
            row = group_rows[k]
            if lengths[row] == 0 and usable[row]:
                if has_room(d, s, row, node):
                    cents = price_plain(d, s, row, -1, -1, node, best)
                    if cents < best and uniform(rng) >= BLINK:
                        best, best_row, best_at = cents, row, 0
                break
    if best_row < 0 and limit >= i64_1(d, f.I_DROP_CENTS)[node]:  # no neighbour has room: look everywhere
        seq = i64_2(s, f.S_SEQ)
        for row in range(lengths.shape[0]):
            if lengths[row] == 0 or not has_room(d, s, row, node):
                continue
            for at in range(lengths[row] + 1):
                before = seq[row, at - 1] if at > 0 else -1
                behind = seq[row, at] if at < lengths[row] else -1
                cents = price_plain(d, s, row, before, behind, node, best)
                if cents < best:
                    best, best_row, best_at = cents, row, at
    return best, best_row, best_at
