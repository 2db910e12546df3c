"""Putting visits back: greedy insertion with blinks, in a random order of the absent tickets.

Christiaens & Vanden Berghe 2020, section 4.2. Plain problems price an insertion exactly in O(1); others screen it in
O(1) by a lower bound, and walk the route only where that bound is below the best so far.
"""

from __future__ import annotations

from numba import njit

from solver.search import fields as F
from solver.search.arrays import DRIVE, FAR_S, I64, KM, WAIT, WORK
from solver.search.evaluate import INFEASIBLE, carries, evaluate, window_start
from solver.search.rng import below, uniform
from solver.search.state import leg_cents, refresh, save
from solver.search.views import Header, f64_1, f64_2, i32_2, i32_4, i64_1, i64_2, u8_1, u8_2, u64_1

BLINK = 0.01
"""Chance of overlooking a place."""
ORDERS = 8


@njit(cache=True, nogil=True)
def recreate(d: Header, s: Header, g: Header, count: int, plain: bool) -> int:
    """Insert the `count` tickets of ``removed`` where it pays; return the change of cost against leaving all out."""
    removed = i64_1(s, F.S_REMOVED)
    _sort(s, g, count)
    absents = 0
    for k in range(count):
        node = removed[k]
        if plain:
            done = insert_plain(d, s, g, node)
        else:
            done = insert_walking(d, s, g, node)
        if not done:
            removed[absents] = node
            absents += 1
    return absents


@njit(cache=True, nogil=True)
def _sort(s: Header, g: Header, count: int) -> None:
    """Order ``removed[:count]`` by one of the static keys, or at random."""
    removed = i64_1(s, F.S_REMOVED)
    order_of = i64_1(g, F.N_ORDER_OF)
    rng = u64_1(s, F.S_RNG)
    sort_keys = f64_1(s, F.S_SORT_KEYS)
    order_keys = f64_2(g, F.N_ORDER_KEYS)
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
def insert_plain(d: Header, s: Header, g: Header, node: int) -> bool:
    """Best place next to a near neighbour, or in an empty shift; every place when there is none."""
    drop_cents = i64_1(d, F.I_DROP_CENTS)
    near = i64_2(g, F.N_NEAR)
    route_of = i64_1(s, F.S_ROUTE_OF)
    position_of = i64_1(s, F.S_POSITION_OF)
    rng = u64_1(s, F.S_RNG)
    group_start = i64_1(g, F.N_GROUP_START)
    group_rows = i64_1(g, F.N_GROUP_ROWS)
    lengths = i64_1(s, F.S_LENGTHS)
    usable = u8_1(s, F.S_USABLE)
    totals = i64_1(s, F.S_TOTALS)
    best = drop_cents[node]
    best_row = -1
    best_at = 0
    for k in range(near.shape[1]):
        other = near[node, k]
        row = route_of[other]
        if row < 0:
            continue
        at = position_of[other]
        for side in range(2):
            cents = price_plain(d, s, row, at + side, node, best)
            if cents < best and uniform(rng) >= BLINK:
                best, best_row, best_at = cents, row, at + side
    for group in range(group_start.shape[0] - 1):
        for k in range(group_start[group], group_start[group + 1]):
            row = group_rows[k]
            if lengths[row] == 0 and usable[row]:
                cents = price_plain(d, s, row, 0, node, best)
                if cents < best and uniform(rng) >= BLINK:
                    best, best_row, best_at = cents, row, 0
                break
    if best_row < 0:
        for row in range(lengths.shape[0]):
            if lengths[row] > 0:
                for at in range(lengths[row] + 1):
                    cents = price_plain(d, s, row, at, node, best)
                    if cents < best:
                        best, best_row, best_at = cents, row, at
    if best_row < 0:
        return False
    save(s, best_row)
    _put(s, best_row, best_at, node)
    totals[0] += best - drop_cents[node]
    refresh(d, s, best_row, True)
    return True


@njit(cache=True, nogil=True)
def _put(s: Header, row: int, at: int, node: int) -> None:
    lengths = i64_1(s, F.S_LENGTHS)
    seq = i64_2(s, F.S_SEQ)
    length = lengths[row]
    for i in range(length, at, -1):
        seq[row, i] = seq[row, i - 1]
    seq[row, at] = node
    lengths[row] = length + 1


@njit(cache=True, nogil=True)
def price_plain(d: Header, s: Header, row: int, at: int, node: int, limit: int) -> int:
    """Exact change of cost of putting `node` at position `at`; `limit` or more when it is not allowed or dearer."""
    class_of = i64_1(d, F.I_CLASS_OF)
    allowed = u8_2(d, F.I_ALLOWED)
    lengths = i64_1(s, F.S_LENGTHS)
    seq = i64_2(s, F.S_SEQ)
    profile_of = i64_1(d, F.I_PROFILE_OF)
    place_of = i64_1(d, F.I_PLACE_OF)
    start_place = i64_1(d, F.I_START_PLACE)
    end_place = i64_1(d, F.I_END_PLACE)
    fixed_cents = i32_2(d, F.I_FIXED_CENTS)
    shift_start_s = i64_1(d, F.I_SHIFT_START_S)
    starts_s = i64_2(s, F.S_STARTS_S)
    service_of = i32_2(d, F.I_SERVICE_OF)
    legs = i32_4(d, F.I_LEGS)
    opens_s = i64_2(d, F.I_OPENS_S)
    closes_s = i64_2(d, F.I_CLOSES_S)
    latests_s = i64_2(s, F.S_LATESTS_S)
    shift_end_s = i64_1(d, F.I_SHIFT_END_S)
    need = i32_2(d, F.I_NEED)
    loads = i64_2(s, F.S_LOADS)
    stock = i32_2(d, F.I_STOCK)
    klass = class_of[row]
    if not allowed[klass, node]:
        return limit
    length = lengths[row]
    if length + 1 >= seq.shape[1]:
        return limit
    profile = profile_of[klass]
    here = place_of[node]
    before = place_of[seq[row, at - 1]] if at > 0 else start_place[row]
    behind = place_of[seq[row, at]] if at < length else end_place[row]
    cents = fixed_cents[klass, node]
    free = shift_start_s[row]
    if at > 0:
        free = starts_s[row, at - 1] + service_of[klass, seq[row, at - 1]]
    if before >= 0:
        cents += leg_cents(d, profile, before, here)
        free += legs[profile, before, here, 0]
    if behind >= 0:
        cents += leg_cents(d, profile, here, behind)
        if before >= 0:
            cents -= leg_cents(d, profile, before, behind)
    if cents >= limit:
        return limit
    start = max(free, opens_s[node, 0])
    if start > closes_s[node, 0]:
        return limit
    reach = start + service_of[klass, node]
    if behind >= 0:
        reach += legs[profile, here, behind, 0]
    if reach > (latests_s[row, at] if at < length else shift_end_s[row]):
        return limit
    for q in range(need.shape[1]):
        if loads[row, q] + need[node, q] > stock[klass, q]:
            return limit
    return cents


@njit(cache=True, nogil=True)
def insert_walking(d: Header, s: Header, g: Header, node: int) -> bool:
    """Best place over the routes near the ticket and the shifts that start near it; exact cost by walking."""
    drop_cents = i64_1(d, F.I_DROP_CENTS)
    counts = i64_1(s, F.S_COUNTS)
    near = i64_2(g, F.N_NEAR)
    near_rows = i64_2(g, F.N_NEAR_ROWS)
    route_of = i64_1(s, F.S_ROUTE_OF)
    lengths = i64_1(s, F.S_LENGTHS)
    twin = i64_1(d, F.I_TWIN)
    usable = u8_1(s, F.S_USABLE)
    seen = i64_1(s, F.S_SEEN)
    class_of = i64_1(d, F.I_CLASS_OF)
    allowed = u8_2(d, F.I_ALLOWED)
    seq = i64_2(s, F.S_SEQ)
    rng = u64_1(s, F.S_RNG)
    scratch = i64_2(s, F.S_SCRATCH)
    totals = i64_1(s, F.S_TOTALS)
    best = drop_cents[node]
    best_row = -1
    best_length = 0
    counts[6] += 1
    for k in range(near.shape[1] + near_rows.shape[1]):
        if k < near.shape[1]:
            row = route_of[near[node, k]]
        else:
            row = near_rows[node, k - near.shape[1]]
            if row >= 0 and lengths[row] == 0 and twin[row] != row and lengths[twin[row]] == 0 and usable[twin[row]]:
                continue  # an equal shift is empty too: one of them is enough
        if row < 0 or not usable[row] or seen[row] == counts[6]:
            continue
        seen[row] = counts[6]
        klass = class_of[row]
        if not allowed[klass, node] or lengths[row] + 2 >= seq.shape[1]:
            continue
        for at in range(lengths[row] + 1):
            if uniform(rng) < BLINK:
                continue
            if _bound(d, s, row, at, node, best) >= best:
                continue
            cents, length = try_place(d, s, row, at, node, best)
            if cents < best:
                best, best_row, best_length = cents, row, length
                for i in range(length):
                    scratch[3, i] = scratch[2, i]
    if best_row < 0:
        return False
    save(s, best_row)
    for i in range(best_length):
        seq[best_row, i] = scratch[3, i]
    lengths[best_row] = best_length
    totals[0] += best - drop_cents[node]
    refresh(d, s, best_row, False)
    return True


@njit(cache=True, nogil=True)
def _bound(d: Header, s: Header, row: int, at: int, node: int, limit: int) -> int:
    """Lower bound of the change of cost (`limit` when a hard limit forbids the place), in O(1)."""
    class_of = i64_1(d, F.I_CLASS_OF)
    profile_of = i64_1(d, F.I_PROFILE_OF)
    lengths = i64_1(s, F.S_LENGTHS)
    place_of = i64_1(d, F.I_PLACE_OF)
    seq = i64_2(s, F.S_SEQ)
    start_place = i64_1(d, F.I_START_PLACE)
    end_place = i64_1(d, F.I_END_PLACE)
    shift_start_s = i64_1(d, F.I_SHIFT_START_S)
    starts_s = i64_2(s, F.S_STARTS_S)
    service_of = i32_2(d, F.I_SERVICE_OF)
    legs = i32_4(d, F.I_LEGS)
    latests_s = i64_2(s, F.S_LATESTS_S)
    shift_end_s = i64_1(d, F.I_SHIFT_END_S)
    rates = i64_1(d, F.I_RATES)
    fixed_cents = i32_2(d, F.I_FIXED_CENTS)
    dues_s = i64_2(d, F.I_DUES_S)
    on_finish = u8_2(d, F.I_ON_FINISH)
    breach_cents = i64_1(d, F.I_BREACH_CENTS)
    late_cents = i64_1(d, F.I_LATE_CENTS)
    waits_s = i64_1(s, F.S_WAITS_S)
    klass = class_of[row]
    profile = profile_of[klass]
    length = lengths[row]
    here = place_of[node]
    before = place_of[seq[row, at - 1]] if at > 0 else start_place[row]
    behind = place_of[seq[row, at]] if at < length else end_place[row]
    free = shift_start_s[row]
    if at > 0:
        free = starts_s[row, at - 1] + service_of[klass, seq[row, at - 1]]
    drive = 0
    metres = 0
    if before >= 0:
        leg_s = legs[profile, before, here, 0]
        if leg_s < 0:
            return limit
        drive += leg_s
        metres += legs[profile, before, here, 1]
        free += leg_s
    start = window_start(d, node, free)
    if start >= FAR_S:
        return limit
    service = service_of[klass, node]
    reach = start + service
    if behind >= 0:
        leg_s = legs[profile, here, behind, 0]
        if leg_s < 0:
            return limit
        drive += leg_s
        metres += legs[profile, here, behind, 1]
        reach += leg_s
        if before >= 0:
            drive -= legs[profile, before, behind, 0]
            metres -= legs[profile, before, behind, 1]
    if reach > (latests_s[row, at] if at < length else shift_end_s[row]):
        return limit
    rates = rates
    cents = fixed_cents[klass, node]
    for t in range(dues_s.shape[1]):
        late = (start + service if on_finish[node, t] else start) - dues_s[node, t]
        if late > 0:
            cents += breach_cents[node] + late * late_cents[node] // 60
    wait = waits_s[row]
    cents += ((drive + service - wait) * rates[WORK] + drive * rates[DRIVE] - wait * rates[WAIT]) // 3600
    cents += metres * rates[KM] // 1000 - 6
    return cents


@njit(cache=True, nogil=True)
def try_place(d: Header, s: Header, row: int, at: int, node: int, limit: int) -> tuple[int, int]:
    """Exact change of cost with `node` at `at`, with a restock where the van lacks something; route in scratch 2."""
    class_of = i64_1(d, F.I_CLASS_OF)
    lengths = i64_1(s, F.S_LENGTHS)
    scratch = i64_2(s, F.S_SCRATCH)
    seq = i64_2(s, F.S_SEQ)
    costs = i64_1(s, F.S_COSTS)
    need = i32_2(d, F.I_NEED)
    tool_need = u64_1(d, F.I_TOOL_NEED)
    scratch_s = i64_2(s, F.S_SCRATCH_S)
    klass = class_of[row]
    length = lengths[row]
    nodes = scratch[1]
    for i in range(at):
        nodes[i] = seq[row, i]
    nodes[at] = node
    for i in range(at, length):
        nodes[i + 1] = seq[row, i]
    old = costs[row]
    if (need.shape[1] == 0 and tool_need[node] == 0) or carries(d, klass, nodes, length + 1, scratch[7]) == length + 1:
        cents = evaluate(d, row, nodes, length + 1, scratch_s[0], scratch[6], scratch_s[1])
        if cents - old < limit:
            for i in range(length + 1):
                scratch[2, i] = nodes[i]
        return cents - old, length + 1
    cents, found = restocked(d, s, row, nodes, length + 1, limit + old)
    return cents - old, found


@njit(cache=True, nogil=True)
def restocked(d: Header, s: Header, row: int, nodes: I64, length: int, limit: int) -> tuple[int, int]:
    """Cheapest route with one restock that makes the van carry all; in scratch 2. INFEASIBLE when none does."""
    class_of = i64_1(d, F.I_CLASS_OF)
    need = i32_2(d, F.I_NEED)
    scratch = i64_2(s, F.S_SCRATCH)
    seq = i64_2(s, F.S_SEQ)
    holds = u8_2(d, F.I_HOLDS)
    scratch_s = i64_2(s, F.S_SCRATCH_S)
    klass = class_of[row]
    n = need.shape[0]
    bare = scratch[4]
    count = 0
    for i in range(length):
        if nodes[i] < n:
            bare[count] = nodes[i]
            count += 1
    if count + 1 >= seq.shape[1]:
        return INFEASIBLE, 0
    until = carries(d, klass, bare, count, scratch[7])
    trial = scratch[5]
    best = limit
    found = 0
    for centre in range(holds.shape[0]):
        for at in range(until, -1, -1):
            for i in range(at):
                trial[i] = bare[i]
            trial[at] = n + centre
            for i in range(at, count):
                trial[i + 1] = bare[i]
            if carries(d, klass, trial, count + 1, scratch[7]) <= count:
                break  # an earlier stop at this centre helps no more than a later one
            cents = evaluate(d, row, trial, count + 1, scratch_s[0], scratch[6], scratch_s[1])
            if cents < best:
                best = cents
                found = count + 1
                for i in range(found):
                    scratch[2, i] = trial[i]
    return (best, found) if found > 0 else (INFEASIBLE, 0)
