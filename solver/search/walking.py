"""Insertion where costs are not linear: screen by a lower bound, then walk what changes of the route.

The exact price of a place starts from the record of its gap, walks what follows until the times meet the old ones
again, and back from there to the gap; what lies before it is one more look at the record.
"""

from __future__ import annotations

from numba import njit

from solver.search import bound as b
from solver.search import fields as f
from solver.search.arrays import CHANGE, DRIVE, FAR_S, I64, KM, WORK
from solver.search.bound import screen
from solver.search.evaluate import (
    INFEASIBLE,
    RESTED_BEFORE,
    carries,
    evaluate,
    moved,
    priced,
    window_last,
    window_start,
)
from solver.search.plain import BLINK
from solver.search.rng import uniform
from solver.search.views import Header, borrowed, i32_2, i32_4, i64_1, i64_2, i64_3, u8_1, u8_2, u64_1

ENOUGH, DEPENDS, SHORT = range(3)
"""Whether a van has all that a ticket needs: wherever it goes, depending on where the restocks are, nowhere."""


@njit(cache=True, nogil=True)
def find_walking(d: Header, s: Header, g: Header, node: int, limit: int) -> tuple[int, int, int]:
    """Cheapest place over the routes near the ticket and the shifts that start near it, by walking.

    Only places cheaper than `limit` count. Returns the change of cost, the shift (-1: none) and the length of its new
    route, which is in scratch 3.
    """
    d, s, g = borrowed(d), borrowed(s), borrowed(g)
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
    costs = i64_1(s, f.S_COSTS)
    seq = i64_2(s, f.S_SEQ)
    rng = u64_1(s, f.S_RNG)
    scratch = i64_2(s, f.S_SCRATCH)
    bounds = scratch[0]
    best = limit
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
        if row < 0 or seen[row] == counts[6]:
            continue
        seen[row] = counts[6]
        if not allowed[class_of[row], node] or not usable[row] or lengths[row] + 2 >= seq.shape[1]:
            continue
        length = lengths[row]
        if costs[row] < INFEASIBLE:
            if screen(d, s, row, node) >= best:
                continue
        else:
            for at in range(length + 1):
                bounds[at] = b.WALK
        stocked = -1
        while True:  # the most promising place first
            at = 0
            for i in range(1, length + 1):
                if bounds[i] < bounds[at]:
                    at = i
            if bounds[at] >= best:
                break
            bounds[at] = INFEASIBLE
            if uniform(rng) < BLINK:
                continue
            if stocked < 0:
                stocked = enough(d, s, row, node)
            cents, found = try_place(d, s, row, at, node, best, stocked)
            if cents < best:
                best, best_row, best_length = cents, row, found
                for i in range(found):
                    scratch[3, i] = scratch[2, i]
    return best, best_row, best_length


@njit(cache=True, nogil=True)
def enough(d: Header, s: Header, row: int, node: int) -> int:
    """Whether the van has what the ticket needs besides what the route uses."""
    need = i32_2(d, f.I_NEED)
    tool_need = u64_1(d, f.I_TOOL_NEED)[node]
    n, parts = need.shape
    needs = tool_need != 0
    for q in range(parts):
        needs = needs or need[node, q] > 0
    if not needs:
        return ENOUGH
    seq = i64_2(s, f.S_SEQ)[row]
    length = i64_1(s, f.S_LENGTHS)[row]
    for i in range(length):
        if seq[i] >= n:
            return DEPENDS
    klass = i64_1(d, f.I_CLASS_OF)[row]
    stock = i32_2(d, f.I_STOCK)
    if tool_need & ~u64_1(d, f.I_TOOL_HAVE)[klass]:
        return SHORT
    for q in range(parts):
        if need[node, q] > 0:
            left = stock[klass, q] - need[node, q]
            for i in range(length):
                left -= need[seq[i], q]
            if left < 0:
                return SHORT
    return ENOUGH


@njit(cache=True, nogil=True)
def try_place(d: Header, s: Header, row: int, at: int, node: int, limit: int, stocked: int) -> tuple[int, int]:
    """Exact change of cost with `node` at `at`, with a restock where the van lacks something.

    What costs less than `limit` is in scratch 2, with the length returned; of the rest only that it costs no less.
    """
    scratch = i64_2(s, f.S_SCRATCH)
    seq = i64_2(s, f.S_SEQ)
    klass = i64_1(d, f.I_CLASS_OF)[row]
    length = i64_1(s, f.S_LENGTHS)[row]
    old = i64_1(s, f.S_COSTS)[row]
    nodes = scratch[1]
    if stocked != ENOUGH or old >= INFEASIBLE:
        for i in range(at):
            nodes[i] = seq[row, i]
        nodes[at] = node
        for i in range(at, length):
            nodes[i + 1] = seq[row, i]
        if stocked == SHORT or (stocked == DEPENDS and carries(d, klass, nodes, length + 1, scratch[7]) < length + 1):
            cents, found = restocked(d, s, row, nodes, length + 1, limit + old)
            return (cents - old, found) if cents < INFEASIBLE else (INFEASIBLE, 0)
    if old >= INFEASIBLE:  # a removal has broken the route: nothing is known about its gaps
        scratch_s = i64_2(s, f.S_SCRATCH_S)
        cents = evaluate(d, row, nodes, length + 1, scratch_s[0], scratch[6], scratch_s[1])
    else:
        cents = walk(d, s, row, at, node, limit + old)
    if cents >= INFEASIBLE:
        return INFEASIBLE, 0
    if cents - old < limit:
        for i in range(at):
            scratch[2, i] = seq[row, i]
        scratch[2, at] = node
        for i in range(at, length):
            scratch[2, i + 1] = seq[row, i]
    return cents - old, length + 1


@njit(cache=True, nogil=True)
def walk(d: Header, s: Header, row: int, at: int, node: int, limit: int) -> int:
    """Cost of the feasible route `row` with `node` put in at `at`: what `evaluate` says, or at least `limit`."""
    gaps = i64_3(s, f.S_GAPS)[row]
    seq = i64_2(s, f.S_SEQ)[row]
    length = i64_1(s, f.S_LENGTHS)[row]
    old_legs = i64_2(s, f.S_REST_LEGS)[row]
    scratch = i64_2(s, f.S_SCRATCH)
    rest_leg = scratch[6]
    start_s = i64_2(s, f.S_SCRATCH_S)[0]
    klass = i64_1(d, f.I_CLASS_OF)[row]
    profile = i64_1(d, f.I_PROFILE_OF)[klass]
    place = i64_1(d, f.I_PLACE_OF)[node]
    breaks = i64_1(d, f.I_BREAK_COUNT)[row]
    break_earliest_s = i64_2(d, f.I_BREAK_EARLIEST_S)[row]
    break_latest_s = i64_2(d, f.I_BREAK_LATEST_S)[row]
    break_length_s = i64_2(d, f.I_BREAK_LENGTH_S)[row]
    service_of = i32_2(d, f.I_SERVICE_OF)[klass]
    fixed_cents = i32_2(d, f.I_FIXED_CENTS)[klass]
    dues_s = i64_2(d, f.I_DUES_S)
    base_technician = i64_1(d, f.I_BASE_TECHNICIAN)
    base_start_s = i64_1(d, f.I_BASE_START_S)
    on_finish = u8_2(d, f.I_ON_FINISH)
    breach_cents = i64_1(d, f.I_BREACH_CENTS)
    late_cents = i64_1(d, f.I_LATE_CENTS)
    rates = i64_1(d, f.I_RATES)
    n = dues_s.shape[0]
    end = length + 1
    in_s = in_m = out_s = out_m = 0
    if gaps[at, b.BEFORE] >= 0:
        in_legs = i32_4(d, f.I_IN_LEGS)
        in_s = in_legs[profile, place, gaps[at, b.BEFORE], 0]
        in_m = in_legs[profile, place, gaps[at, b.BEFORE], 1]
    if gaps[at, b.BEHIND] >= 0:
        legs = i32_4(d, f.I_LEGS)
        out_s = legs[profile, place, gaps[at, b.BEHIND], 0]
        out_m = legs[profile, place, gaps[at, b.BEHIND], 1]
    max_leg_s = i64_1(d, f.I_MAX_LEG_S)[klass]
    max_leg_m = i64_1(d, f.I_MAX_LEG_M)[klass]
    if min(in_s, out_s) < 0 or in_s > max_leg_s or in_m > max_leg_m:
        return INFEASIBLE
    if at < length and (out_s > max_leg_s or out_m > max_leg_m):
        return INFEASIBLE
    drive_s = gaps[end, b.DRIVEN] + in_s + out_s - gaps[at, b.LEG_S]
    metres = gaps[end, b.METRES] + in_m + out_m - gaps[at, b.LEG_M]
    served_s = gaps[end, b.SERVED] + service_of[node]
    stopped_s = gaps[at, b.STOPPED]
    cents = gaps[at, b.CENTS]
    taken = gaps[at, b.TAKEN]
    for k in range(taken):
        rest_leg[k] = old_legs[k]
    # Forward from the gap. Leg and stop i of the new route are i - 1 of the old one behind the new visit.
    now = gaps[at, b.FREE]
    top = length + 1
    bound = 0
    for i in range(at, length + 2):
        if i <= length:
            stop = node if i == at else seq[i - 1]
            service = service_of[stop]
        else:
            stop = -1
            service = 0
        leg_s = in_s if i == at else (out_s if i == at + 1 else gaps[i - 1, b.LEG_S])
        left = leg_s
        free = now
        rests = 0
        ahead = i == 0  # breaks may lie before the departure
        held = FAR_S
        while True:
            begin = free + left
            if i <= length:
                begin = window_start(d, stop, begin)
            if begin > held:  # a second break on this leg needs the time of the first: both belong on the leg
                ahead = False
                held = FAR_S
                taken = 0
                rests = 0
                left = leg_s
                free = now
                continue
            if taken == breaks:
                break
            rest_s = max(free, break_earliest_s[taken])
            after = rest_s + break_length_s[taken]
            if ahead and after + leg_s <= begin:
                rest_leg[taken] = RESTED_BEFORE
                taken += 1
                free = after
                held = begin
                continue
            after_left = left - min(left, rest_s - free)
            fits = rest_s <= break_latest_s[taken]
            free_of_charge = i <= length and after + after_left <= begin
            must = begin + service > break_latest_s[taken]
            if not (must or (free_of_charge and fits)):
                break
            if not fits:
                return INFEASIBLE
            rest_leg[taken] = i
            ahead = False  # the departure can't be later than this break, nor behind the next
            rests += break_length_s[taken]
            taken += 1
            free = after
            left = after_left
        start_s[i] = begin
        now = begin + service
        stopped_s += rests
        if i > length:
            bound = now
            break
        if begin >= FAR_S:
            return INFEASIBLE
        if i > at and begin == gaps[i - 1, b.BEGIN] and taken == gaps[i, b.TAKEN]:
            # The old times again, and all that follows from them.
            stopped_s += service + gaps[end, b.STOPPED] - gaps[i, b.STOPPED]
            cents += gaps[end, b.CENTS] - gaps[i - 1, b.CENTS]
            for k in range(taken, breaks):
                rest_leg[k] = old_legs[k] + 1 if old_legs[k] >= 0 else old_legs[k]
            taken = breaks
            now = gaps[length, b.BEGIN]
            top = i
            bound = gaps[i - 1, b.BOUND]
            break
        if i > at and begin > gaps[i - 1, b.LATEST]:
            return INFEASIBLE
        stopped_s += service
        if stop < n:
            cents += fixed_cents[stop]
            for t in range(dues_s.shape[1]):
                late = (now if on_finish[stop, t] else begin) - dues_s[stop, t]
                if late > 0:
                    cents += breach_cents[stop] + (late * late_cents[stop] + 30) // 60
    if now > i64_1(d, f.I_SHIFT_END_S)[row]:
        return INFEASIBLE
    for k in range(taken, breaks):
        rest_leg[k] = -1
    # Back to the gap, then one look at its record; over the whole route where windows have gaps.
    stop_leg = at if gaps[at, b.EXACT] else 0
    nxt = breaks - 1
    while nxt >= 0 and (rest_leg[nxt] < 0 or rest_leg[nxt] > top):
        nxt -= 1
    for i in range(top, -1, -1):
        leg_s = gaps[i, b.LEG_S] if i < at else (in_s if i == at else (out_s if i == at + 1 else gaps[i - 1, b.LEG_S]))
        bound -= leg_s
        while nxt >= 0 and rest_leg[nxt] == i:
            bound = min(bound - break_length_s[nxt], break_latest_s[nxt])
            nxt -= 1
        if i == stop_leg:
            break
        k = i - 1
        stop = seq[k] if k < at else (node if k == at else seq[k - 1])
        begin = gaps[k, b.BEGIN] if k < at else start_s[k]
        service = service_of[stop]
        bound -= service
        if stop < n:
            soft = base_start_s[stop] if base_technician[stop] != -1 else FAR_S
            for t in range(dues_s.shape[1]):
                soft = min(soft, dues_s[stop, t] - service if on_finish[stop, t] else dues_s[stop, t])
            bound = min(bound, max(begin, soft))
        bound = max(window_last(d, stop, bound), begin)
    departure = min(
        max(bound - gaps[stop_leg, b.DEPART_LESS], gaps[stop_leg, b.DEPART_LEAST]), gaps[stop_leg, b.DEPART_MOST]
    )
    over = drive_s + served_s - i64_1(d, f.I_FAIR_S)[row]
    cents += priced(rates, departure, now, i64_1(d, f.I_REGULAR_END_S)[row], drive_s, metres, stopped_s, over)
    if rates[CHANGE] > 0 and cents < limit:
        nodes = scratch[1]
        for i in range(at):
            nodes[i] = seq[i]
        nodes[at] = node
        for i in range(at, length):
            nodes[i + 1] = seq[i]
        cents += rates[CHANGE] * moved(d, row, nodes, length + 1, departure, rest_leg)
    return cents


@njit(cache=True, nogil=True)
def restocked(d: Header, s: Header, row: int, nodes: I64, length: int, limit: int) -> tuple[int, int]:
    """Cheapest route below `limit` with one restock that makes the van carry all; in scratch 2. INFEASIBLE: none is."""
    need = i32_2(d, f.I_NEED)
    scratch = i64_2(s, f.S_SCRATCH)
    seq = i64_2(s, f.S_SEQ)
    holds = u8_2(d, f.I_HOLDS)
    scratch_s = i64_2(s, f.S_SCRATCH_S)
    tool_need = u64_1(d, f.I_TOOL_NEED)
    tool_hold = u64_1(d, f.I_TOOL_HOLD)
    stock = i32_2(d, f.I_STOCK)
    place_of = i64_1(d, f.I_PLACE_OF)
    legs = i32_4(d, f.I_LEGS)
    in_legs = i32_4(d, f.I_IN_LEGS)
    service_of = i32_2(d, f.I_SERVICE_OF)
    fixed_cents = i32_2(d, f.I_FIXED_CENTS)
    rates = i64_1(d, f.I_RATES)
    klass = i64_1(d, f.I_CLASS_OF)[row]
    profile = i64_1(d, f.I_PROFILE_OF)[klass]
    start = i64_1(d, f.I_START_PLACE)[row]
    end = i64_1(d, f.I_END_PLACE)[row]
    n, parts = need.shape
    bare = scratch[4]
    trial = scratch[5]
    left = scratch[7]
    # What the route uses, drives and costs at least without a restock.
    for q in range(parts):
        left[q] = stock[klass, q]
    tools = u64_1(d, f.I_TOOL_HAVE)[klass]
    lacking = ~tools & tools
    count = 0
    here = start
    drive_s = metres = service_s = cents = 0
    for i in range(length + 1):
        there = place_of[nodes[i]] if i < length else end
        if i < length:
            node = nodes[i]
            if node >= n:
                continue
            bare[count] = node
            count += 1
            lacking |= tool_need[node] & ~tools
            service_s += service_of[klass, node]
            cents += fixed_cents[klass, node]
            for q in range(parts):
                left[q] -= need[node, q]
        if here >= 0 and there >= 0:
            drive_s += legs[profile, here, there, 0]
            metres += legs[profile, here, there, 1]
        here = there
    if count + 1 >= seq.shape[1]:
        return INFEASIBLE, 0
    until = -1
    best = limit
    found = 0
    for centre in range(holds.shape[0]):
        helps = lacking & ~tool_hold[centre] == 0
        for q in range(parts):
            helps = helps and (left[q] >= 0 or holds[centre, q])
        if not helps:
            continue
        if until < 0:
            until = carries(d, klass, bare, count, scratch[8])
        stop = place_of[n + centre]
        for at in range(until, -1, -1):
            before = place_of[bare[at - 1]] if at > 0 else start
            behind = place_of[bare[at]] if at < count else end
            detour_s = detour_m = 0
            if before >= 0:
                detour_s += in_legs[profile, stop, before, 0]
                detour_m += in_legs[profile, stop, before, 1]
            if behind >= 0:
                detour_s += legs[profile, stop, behind, 0]
                detour_m += legs[profile, stop, behind, 1]
                if before >= 0:
                    detour_s -= legs[profile, before, behind, 0]
                    detour_m -= legs[profile, before, behind, 1]
            work_s = drive_s + detour_s + service_s + service_of[klass, n + centre]
            least = cents + (work_s * rates[WORK] + (drive_s + detour_s) * rates[DRIVE]) // 3600
            if least + (metres + detour_m) * rates[KM] // 1000 - 3 >= best:
                continue
            for i in range(at):
                trial[i] = bare[i]
            trial[at] = n + centre
            for i in range(at, count):
                trial[i + 1] = bare[i]
            price = evaluate(d, row, trial, count + 1, scratch_s[0], scratch[6], scratch_s[1])
            if price < best:
                best = price
                found = count + 1
                for i in range(found):
                    scratch[2, i] = trial[i]
    return (best, found) if found > 0 else (INFEASIBLE, 0)
