"""What a route costs, exactly as the domain counts it, in compiled code.

:func:`evaluate` walks a sequence of nodes forward (earliest times, breaks, parts, lateness) and back (latest
departure); ``tests/solver/search`` compares it with :mod:`dispatch.schedule` and :mod:`dispatch.objective`.
"""

from __future__ import annotations

from numba import njit

from solver.search import fields as f
from solver.search.arrays import CHANGE, DRIVE, FAR_S, I64, IMBALANCE, KM, OVERTIME, TOLERANCE, WAIT, WORK
from solver.search.views import Header, i32_2, i32_4, i64_1, i64_2, u8_2, u64_1

INFEASIBLE = 2**61
"""Cost of a route that breaks a hard constraint."""
RESTED_BEFORE = -2
"""Leg of a break that ends before the departure; -1: it lies behind the return."""


@njit(cache=True, nogil=True)
def carries(d: Header, klass: int, nodes: I64, length: int, left: I64) -> int:
    """Position of the first visit for which the van lacks a part or tool; `length` when it lacks nothing.

    `left` is scratch of one number a part.
    """
    need = i32_2(d, f.I_NEED)
    tool_have = u64_1(d, f.I_TOOL_HAVE)
    stock = i32_2(d, f.I_STOCK)
    holds = u8_2(d, f.I_HOLDS)
    tool_hold = u64_1(d, f.I_TOOL_HOLD)
    tool_need = u64_1(d, f.I_TOOL_NEED)
    n = need.shape[0]
    parts = need.shape[1]
    tools = tool_have[klass]
    for q in range(parts):
        left[q] = stock[klass, q]
    for i in range(length):
        node = nodes[i]
        if node >= n:
            for q in range(parts):
                if holds[node - n, q]:
                    left[q] = 2**62
            tools |= tool_hold[node - n]
            continue
        if tool_need[node] & ~tools:
            return i
        for q in range(parts):
            left[q] -= need[node, q]
            if left[q] < 0:
                return i
    return length


@njit(cache=True, nogil=True)
def window_start(d: Header, node: int, ready_s: int) -> int:
    """Earliest start at or after `ready_s` in a window, FAR_S when all have passed."""
    window_count = i64_1(d, f.I_WINDOW_COUNT)
    closes_s = i64_2(d, f.I_CLOSES_S)
    opens_s = i64_2(d, f.I_OPENS_S)
    for w in range(window_count[node]):
        if ready_s <= closes_s[node, w]:
            return max(ready_s, opens_s[node, w])
    return FAR_S


@njit(cache=True, nogil=True)
def window_last(d: Header, node: int, bound_s: int) -> int:
    """Latest start at or before `bound_s` in a window; `bound_s` when all come later."""
    window_count = i64_1(d, f.I_WINDOW_COUNT)
    opens_s = i64_2(d, f.I_OPENS_S)
    closes_s = i64_2(d, f.I_CLOSES_S)
    for w in range(window_count[node] - 1, -1, -1):
        if opens_s[node, w] <= bound_s:
            return min(bound_s, closes_s[node, w])
    return bound_s


@njit(cache=True, nogil=True)
def evaluate(d: Header, row: int, nodes: I64, length: int, start_s: I64, rest_leg: I64, latest_s: I64) -> int:
    """Cost in cents of shift `row` serving `nodes[:length]` in this order, or INFEASIBLE.

    Written for the caller: `start_s[i]` earliest start of stop i (entry `length`: the return), `rest_leg[b]` the
    leg on which break b is taken (below 0: before or after the route), `latest_s[i]` latest start that breaks nothing
    hard behind it. Parts and tools are looked at by :func:`carries`.
    """
    class_of = i64_1(d, f.I_CLASS_OF)
    profile_of = i64_1(d, f.I_PROFILE_OF)
    need = i32_2(d, f.I_NEED)
    break_count = i64_1(d, f.I_BREAK_COUNT)
    shift_start_s = i64_1(d, f.I_SHIFT_START_S)
    start_place = i64_1(d, f.I_START_PLACE)
    place_of = i64_1(d, f.I_PLACE_OF)
    end_place = i64_1(d, f.I_END_PLACE)
    legs = i32_4(d, f.I_LEGS)
    max_leg_s = i64_1(d, f.I_MAX_LEG_S)
    max_leg_m = i64_1(d, f.I_MAX_LEG_M)
    service_of = i32_2(d, f.I_SERVICE_OF)
    break_earliest_s = i64_2(d, f.I_BREAK_EARLIEST_S)
    break_length_s = i64_2(d, f.I_BREAK_LENGTH_S)
    break_latest_s = i64_2(d, f.I_BREAK_LATEST_S)
    fixed_cents = i32_2(d, f.I_FIXED_CENTS)
    dues_s = i64_2(d, f.I_DUES_S)
    base_technician = i64_1(d, f.I_BASE_TECHNICIAN)
    base_start_s = i64_1(d, f.I_BASE_START_S)
    on_finish = u8_2(d, f.I_ON_FINISH)
    breach_cents = i64_1(d, f.I_BREACH_CENTS)
    late_cents = i64_1(d, f.I_LATE_CENTS)
    shift_end_s = i64_1(d, f.I_SHIFT_END_S)
    rates = i64_1(d, f.I_RATES)
    regular_end_s = i64_1(d, f.I_REGULAR_END_S)
    fair_s = i64_1(d, f.I_FAIR_S)
    if length == 0:
        return 0
    klass = class_of[row]
    profile = profile_of[klass]
    n = need.shape[0]
    breaks = break_count[row]
    # Forward: earliest times.
    now = shift_start_s[row]
    here = start_place[row]
    drive_s = 0
    metres = 0
    stopped_s = 0
    service_sum = 0
    cents = 0
    taken = 0
    for i in range(length + 1):
        node = nodes[i] if i < length else -1
        there = place_of[node] if i < length else end_place[row]
        leg_s = 0
        leg_m = 0
        if here >= 0 and there >= 0:
            leg_s = legs[profile, here, there, 0]
            leg_m = legs[profile, here, there, 1]
            if leg_s < 0:
                return INFEASIBLE
            if i < length and (leg_s > max_leg_s[klass] or leg_m > max_leg_m[klass]):
                return INFEASIBLE
        drive_s += leg_s
        metres += leg_m
        left = leg_s
        free = now
        ahead = i == 0  # breaks may lie before the departure
        held = FAR_S
        while True:
            arrival = free + left
            if i < length:
                begin = window_start(d, node, arrival)
                finish = begin + service_of[klass, node]
            else:
                begin = arrival
                finish = arrival
            if begin > held:  # a second break on this leg needs the time of the first: both belong on the leg
                ahead = False
                held = FAR_S
                taken = 0
                stopped_s = 0
                left = leg_s
                free = now
                continue
            if taken == breaks:
                break
            # The next break: on this leg when waiting swallows it, or when it could not start later.
            rest_s = max(free, break_earliest_s[row, taken])
            after = rest_s + break_length_s[row, taken]
            after_left = left - min(left, rest_s - free)
            fits = rest_s <= break_latest_s[row, taken]
            if ahead and after + leg_s <= begin:
                rest_leg[taken] = RESTED_BEFORE  # the departure moves behind it
                taken += 1
                free = after
                held = begin
                continue
            free_of_charge = i < length and after + after_left <= begin
            must = finish > break_latest_s[row, taken]
            if not (must or (free_of_charge and fits)):
                break
            if not fits:
                return INFEASIBLE
            rest_leg[taken] = i
            ahead = False  # the departure can't be later than this break, nor behind the next
            stopped_s += break_length_s[row, taken]
            taken += 1
            free = after
            left = after_left
        start_s[i] = begin
        if i == length:
            now = arrival
            break
        if begin >= FAR_S:
            return INFEASIBLE
        stopped_s += finish - begin
        if node < n:
            service_sum += finish - begin
            cents += fixed_cents[klass, node]
            for t in range(dues_s.shape[1]):
                late = (finish if on_finish[node, t] else begin) - dues_s[node, t]
                if late > 0:
                    cents += breach_cents[node] + (late * late_cents[node] + 30) // 60
        now = finish
        here = there
    if now > shift_end_s[row]:
        return INFEASIBLE
    for b in range(taken, breaks):
        rest_leg[b] = -1
    # Back: latest departure with the same return, no more lateness and no promise broken; beside it the hard bounds.
    bound = now
    hard = shift_end_s[row]
    nxt = breaks - 1 if breaks > 0 else -1
    while nxt >= 0 and rest_leg[nxt] < 0:
        nxt -= 1
    there = end_place[row]
    departure = shift_start_s[row]
    for i in range(length, -1, -1):
        here = place_of[nodes[i - 1]] if i > 0 else start_place[row]
        leg_s = legs[profile, here, there, 0] if here >= 0 and there >= 0 else 0
        latest = bound - leg_s
        hard_latest = hard - leg_s
        while nxt >= 0 and rest_leg[nxt] == i:
            latest = min(latest - break_length_s[row, nxt], break_latest_s[row, nxt])
            hard_latest = min(hard_latest - break_length_s[row, nxt], break_latest_s[row, nxt])
            nxt -= 1
        if i == 0:
            departure = max(latest, departure)
            break
        node = nodes[i - 1]
        service = service_of[klass, node]
        latest -= service
        hard_latest -= service
        if node < n:
            soft = base_start_s[node] if base_technician[node] != -1 else FAR_S
            for t in range(dues_s.shape[1]):
                soft = min(soft, dues_s[node, t] - service if on_finish[node, t] else dues_s[node, t])
            latest = min(latest, max(start_s[i - 1], soft))
        bound = max(window_last(d, node, latest), start_s[i - 1])
        hard = window_last(d, node, hard_latest)
        latest_s[i - 1] = hard
        there = here
    busy_over_s = drive_s + service_sum - fair_s[row]
    cents += priced(rates, departure, now, regular_end_s[row], drive_s, metres, stopped_s, busy_over_s)
    if rates[CHANGE] > 0:
        cents += rates[CHANGE] * moved(d, row, nodes, length, departure, rest_leg)
    return cents


@njit(cache=True, nogil=True)
def priced(
    rates: I64, departure: int, back: int, regular_end: int, drive_s: int, metres: int, stopped_s: int, busy_over_s: int
) -> int:
    """Cents of a route's times and lengths; `busy_over_s` is driving and service above the fair share."""
    work_s = back - departure
    over_s = max(0, back - max(regular_end, departure))
    wait_s = work_s - drive_s - stopped_s
    cents = (over_s * rates[OVERTIME] + 1800) // 3600
    cents += (work_s * rates[WORK] + 1800) // 3600
    cents += (drive_s * rates[DRIVE] + 1800) // 3600
    cents += (metres * rates[KM] + 500) // 1000
    cents += (wait_s * rates[WAIT] + 1800) // 3600
    return cents + (max(0, busy_over_s) * rates[IMBALANCE] + 1800) // 3600


@njit(cache=True, nogil=True)
def moved(d: Header, row: int, nodes: I64, length: int, departure: int, rest_leg: I64) -> int:
    """How many visits differ from the plan in force, in technician or by more than the tolerance in time."""
    class_of = i64_1(d, f.I_CLASS_OF)
    profile_of = i64_1(d, f.I_PROFILE_OF)
    need = i32_2(d, f.I_NEED)
    start_place = i64_1(d, f.I_START_PLACE)
    place_of = i64_1(d, f.I_PLACE_OF)
    legs = i32_4(d, f.I_LEGS)
    break_count = i64_1(d, f.I_BREAK_COUNT)
    break_earliest_s = i64_2(d, f.I_BREAK_EARLIEST_S)
    break_length_s = i64_2(d, f.I_BREAK_LENGTH_S)
    base_technician = i64_1(d, f.I_BASE_TECHNICIAN)
    base_start_s = i64_1(d, f.I_BASE_START_S)
    rates = i64_1(d, f.I_RATES)
    technician_of = i64_1(d, f.I_TECHNICIAN_OF)
    service_of = i32_2(d, f.I_SERVICE_OF)
    klass = class_of[row]
    profile = profile_of[klass]
    n = need.shape[0]
    now = departure
    here = start_place[row]
    taken = 0
    changed = 0
    for i in range(length):
        node = nodes[i]
        there = place_of[node]
        left = legs[profile, here, there, 0] if here >= 0 else 0
        while taken < break_count[row] and rest_leg[taken] <= i:
            if rest_leg[taken] < 0:
                taken += 1
                continue
            rest_s = max(now, break_earliest_s[row, taken])
            left -= min(left, rest_s - now)
            now = rest_s + break_length_s[row, taken]
            taken += 1
        begin = window_start(d, node, now + left)
        if node < n and base_technician[node] != -1:
            apart = abs(begin - base_start_s[node]) > rates[TOLERANCE]
            if apart or base_technician[node] != technician_of[row]:
                changed += 1
        now = begin + service_of[klass, node]
        here = there
    return changed
