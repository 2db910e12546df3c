"""Insertion where costs are not linear: screen in O(1) by a lower bound, then walk the route.

The bound counts driving, the ticket's own lateness at the earliest, and at most all waiting of the route as saved.
"""

from __future__ import annotations

from numba import njit

from solver.search import fields as f
from solver.search.arrays import DRIVE, FAR_S, I64, KM, WAIT, WORK
from solver.search.evaluate import INFEASIBLE, carries, evaluate, window_start
from solver.search.plain import BLINK
from solver.search.rng import uniform
from solver.search.views import Header, i32_2, i32_4, i64_1, i64_2, u8_1, u8_2, u64_1


@njit(cache=True, nogil=True)
def find_walking(d: Header, s: Header, g: Header, node: int) -> tuple[int, int, int]:
    """Cheapest place over the routes near the ticket and the shifts that start near it, by walking.

    Returns the change of cost, the shift (-1: none) and the length of its new route, which is in scratch 3.
    """
    drop_cents = i64_1(d, f.I_DROP_CENTS)
    counts = i64_1(s, f.S_COUNTS)
    near = i64_2(g, f.N_NEAR)
    near_rows = i64_2(g, f.N_NEAR_ROWS)
    route_of = i64_1(s, f.S_ROUTE_OF)
    lengths = i64_1(s, f.S_LENGTHS)
    twin = i64_1(d, f.I_TWIN)
    usable = u8_1(s, f.S_USABLE)
    seen = i64_1(s, f.S_SEEN)
    class_of = i64_1(d, f.I_CLASS_OF)
    allowed = u8_2(d, f.I_ALLOWED)
    seq = i64_2(s, f.S_SEQ)
    rng = u64_1(s, f.S_RNG)
    scratch = i64_2(s, f.S_SCRATCH)
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
    return best, best_row, best_length


@njit(cache=True, nogil=True)
def _bound(d: Header, s: Header, row: int, at: int, node: int, limit: int) -> int:
    """Lower bound of the change of cost (`limit` when a hard limit forbids the place), in O(1)."""
    class_of = i64_1(d, f.I_CLASS_OF)
    profile_of = i64_1(d, f.I_PROFILE_OF)
    lengths = i64_1(s, f.S_LENGTHS)
    place_of = i64_1(d, f.I_PLACE_OF)
    seq = i64_2(s, f.S_SEQ)
    start_place = i64_1(d, f.I_START_PLACE)
    end_place = i64_1(d, f.I_END_PLACE)
    shift_start_s = i64_1(d, f.I_SHIFT_START_S)
    starts_s = i64_2(s, f.S_STARTS_S)
    service_of = i32_2(d, f.I_SERVICE_OF)
    legs = i32_4(d, f.I_LEGS)
    latests_s = i64_2(s, f.S_LATESTS_S)
    shift_end_s = i64_1(d, f.I_SHIFT_END_S)
    rates = i64_1(d, f.I_RATES)
    fixed_cents = i32_2(d, f.I_FIXED_CENTS)
    dues_s = i64_2(d, f.I_DUES_S)
    on_finish = u8_2(d, f.I_ON_FINISH)
    breach_cents = i64_1(d, f.I_BREACH_CENTS)
    late_cents = i64_1(d, f.I_LATE_CENTS)
    waits_s = i64_1(s, f.S_WAITS_S)
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
    class_of = i64_1(d, f.I_CLASS_OF)
    lengths = i64_1(s, f.S_LENGTHS)
    scratch = i64_2(s, f.S_SCRATCH)
    seq = i64_2(s, f.S_SEQ)
    costs = i64_1(s, f.S_COSTS)
    need = i32_2(d, f.I_NEED)
    tool_need = u64_1(d, f.I_TOOL_NEED)
    scratch_s = i64_2(s, f.S_SCRATCH_S)
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
        if cents >= INFEASIBLE:
            return INFEASIBLE, 0  # also when the route was infeasible before
        if cents - old < limit:
            for i in range(length + 1):
                scratch[2, i] = nodes[i]
        return cents - old, length + 1
    cents, found = restocked(d, s, row, nodes, length + 1, limit + old)
    return (cents - old, found) if cents < INFEASIBLE else (INFEASIBLE, 0)


@njit(cache=True, nogil=True)
def restocked(d: Header, s: Header, row: int, nodes: I64, length: int, limit: int) -> tuple[int, int]:
    """Cheapest route with one restock that makes the van carry all; in scratch 2. INFEASIBLE when none does."""
    class_of = i64_1(d, f.I_CLASS_OF)
    need = i32_2(d, f.I_NEED)
    scratch = i64_2(s, f.S_SCRATCH)
    seq = i64_2(s, f.S_SEQ)
    holds = u8_2(d, f.I_HOLDS)
    scratch_s = i64_2(s, f.S_SCRATCH_S)
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
