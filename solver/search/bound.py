"""What is kept about every gap of a route, and from it, in O(1), a lower bound of the price of an insertion there.

Gap g lies before stop g; the last one lies before the return. Its record (`State.gaps`) says where the shift stands
when it comes to the gap, what follows, and how a push of what follows is passed on: hard limits, lateness, return
(forward time slack; Savelsbergh 1992, doi:10.1287/ijoc.4.2.146). One more record behind the last gap holds the sums of
the route.

The bound assumes that starting later nowhere ends anything earlier. A break is counted behind the gap only when the
stop that follows it would otherwise end after the break's latest start: a later start can't spare such a break.
"""

from __future__ import annotations

from numba import njit

from solver.search import fields as f
from solver.search.arrays import DRIVE, FAR_S, IMBALANCE, KM, OVERTIME, WAIT, WORK
from solver.search.evaluate import INFEASIBLE, window_last, window_start
from solver.search.views import Header, i32_2, i32_4, i64_1, i64_2, i64_3, u8_2

(
    BEFORE,  # place before the gap, -1 = none
    BEHIND,  # place behind it
    FREE,  # earliest time at which the shift is free before it
    LEG_S,  # the leg that is there now
    LEG_M,
    BASE,  # earliest start behind the gap without the breaks on the leg
    BEGIN,  # earliest start behind the gap
    LATEST,  # latest start behind it by windows and shift alone
    LATEST_RESTED,  # and with the breaks that can't be spared
    TAIL,  # driving and service from that start to the return
    TAIL_RESTED,  # and those breaks
    STOPPED_LEAST,  # service and breaks of the whole route, less the breaks that could be spared
    STOPPED_MOST,  # all service and breaks (in the last record)
    SLACK,  # push of BEGIN from which on something behind is late, or later
    BREACH,  # price of a push beyond
    RATE,  # cents a minute of it
    DEPART_LESS,  # departure = min(max(t - LESS, LEAST), MOST), when the shift must leave for the gap's leg by t
    DEPART_LEAST,
    DEPART_MOST,
    EXACT,  # 1: it is; 0: it is not later than that (windows with gaps between them)
    TAKEN,  # breaks taken before the gap
    DRIVEN,  # sums up to the gap: legs, metres, service with restocks and breaks, service, cents of the visits
    METRES,
    STOPPED,
    SERVED,
    CENTS,
    BOUND,  # latest start behind the gap that keeps the return and the lateness
) = range(27)
WIDTH = 27

WALK = -(2**60)
"""Lower bound of which nothing is known."""


@njit(cache=True, nogil=True)
def last_start(d: Header, node: int, begin: int, latest: int) -> tuple[int, bool]:
    """Latest start of a visit up to `latest`, in a window and without more lateness; whether all before it are allowed.

    `begin` is its earliest start: the answer is not below it, and the starts between the two are asked for.
    """
    window_count = i64_1(d, f.I_WINDOW_COUNT)
    opens_s = i64_2(d, f.I_OPENS_S)
    closes_s = i64_2(d, f.I_CLOSES_S)
    last = begin
    whole = True
    for w in range(window_count[node]):
        if opens_s[node, w] <= latest:
            whole = whole and (closes_s[node, w] < begin or opens_s[node, w] <= last + 1)
            last = max(last, min(latest, closes_s[node, w]))
    return last, whole


@njit(cache=True, nogil=True)
def trace(d: Header, s: Header, row: int) -> None:
    """Fill the records of a route that :func:`evaluate` has just found feasible."""
    gaps = i64_3(s, f.S_GAPS)[row]
    lengths = i64_1(s, f.S_LENGTHS)
    seq = i64_2(s, f.S_SEQ)
    starts_s = i64_2(s, f.S_STARTS_S)
    rest_legs = i64_2(s, f.S_REST_LEGS)
    klass = i64_1(d, f.I_CLASS_OF)[row]
    profile = i64_1(d, f.I_PROFILE_OF)[klass]
    break_count = i64_1(d, f.I_BREAK_COUNT)
    break_length_s = i64_2(d, f.I_BREAK_LENGTH_S)
    break_latest_s = i64_2(d, f.I_BREAK_LATEST_S)
    place_of = i64_1(d, f.I_PLACE_OF)
    legs = i32_4(d, f.I_LEGS)
    service_of = i32_2(d, f.I_SERVICE_OF)
    fixed_cents = i32_2(d, f.I_FIXED_CENTS)
    dues_s = i64_2(d, f.I_DUES_S)
    base_technician = i64_1(d, f.I_BASE_TECHNICIAN)
    base_start_s = i64_1(d, f.I_BASE_START_S)
    on_finish = u8_2(d, f.I_ON_FINISH)
    breach_cents = i64_1(d, f.I_BREACH_CENTS)
    late_cents = i64_1(d, f.I_LATE_CENTS)
    shift_end = i64_1(d, f.I_SHIFT_END_S)[row]
    n = dues_s.shape[0]
    length = lengths[row]
    breaks = break_count[row] if length > 0 else 0
    # Forward: where the shift stands at each gap.
    free = i64_1(d, f.I_SHIFT_START_S)[row]
    here = i64_1(d, f.I_START_PLACE)[row]
    less, least, most, exact = 0, free, FAR_S, 1
    taken = driven = metres = stopped = served = cents = 0
    for g in range(length + 1):
        node = seq[row, g] if g < length else -1
        there = place_of[node] if g < length else i64_1(d, f.I_END_PLACE)[row]
        leg_s = leg_m = 0
        if here >= 0 and there >= 0 and length > 0:
            leg_s = legs[profile, here, there, 0]
            leg_m = legs[profile, here, there, 1]
        gaps[g, BEFORE] = here
        gaps[g, BEHIND] = there
        gaps[g, FREE] = free
        gaps[g, LEG_S] = leg_s
        gaps[g, LEG_M] = leg_m
        gaps[g, BASE] = window_start(d, node, free + leg_s) if g < length else free + leg_s
        begin = starts_s[row, g] if length > 0 else free
        gaps[g, BEGIN] = begin
        gaps[g, DEPART_LESS] = less
        gaps[g, DEPART_LEAST] = least
        gaps[g, DEPART_MOST] = most
        gaps[g, EXACT] = exact
        gaps[g, TAKEN] = taken
        gaps[g, DRIVEN] = driven
        gaps[g, METRES] = metres
        gaps[g, STOPPED] = stopped
        gaps[g, SERVED] = served
        gaps[g, CENTS] = cents
        driven += leg_s
        metres += leg_m
        # The latest departure as a function of the time at which the shift must leave behind this stop.
        rests = 0
        before_rest = FAR_S
        for b in range(breaks - 1, -1, -1):
            if rest_legs[row, b] == g:
                rests += break_length_s[row, b]
                before_rest = min(before_rest - break_length_s[row, b], break_latest_s[row, b])
        while taken < breaks and (rest_legs[row, taken] == g or (g == 0 and rest_legs[row, taken] < -1)):
            taken += 1
        stopped += rests
        if g == length:
            break
        service = service_of[klass, node]
        cap = FAR_S
        if node < n:
            if base_technician[node] != -1:
                cap = base_start_s[node]
            cents += fixed_cents[klass, node]
            served += service
            for t in range(dues_s.shape[1]):
                point = begin + service if on_finish[node, t] else begin
                late = point - dues_s[node, t]
                if late > 0:
                    cents += breach_cents[node] + (late * late_cents[node] + 30) // 60
                cap = min(cap, begin - late)
            cap = max(cap, begin)
        cap, whole = last_start(d, node, begin, min(cap, shift_end))
        exact = exact if whole else 0
        low = min(begin - leg_s - rests, before_rest)
        high = min(cap - leg_s - rests, before_rest)
        low = min(max(low - less, least), most)
        high = min(max(high - less, least), most)
        less += leg_s + rests + service
        least, most = low, high
        stopped += service
        free = begin + service
        here = there
    gaps[length + 1, DRIVEN] = driven
    gaps[length + 1, METRES] = metres
    gaps[length + 1, STOPPED] = stopped
    gaps[length + 1, SERVED] = served
    gaps[length + 1, CENTS] = cents
    # Back: how a push is passed on.
    latest = latest_rested = shift_end
    tail = tail_rested = spared = 0
    slack, breach, rate = FAR_S, 0, 0
    bound = gaps[length, BEGIN]
    last = breaks - 1
    while last >= 0 and rest_legs[row, last] < 0:
        last -= 1
    for g in range(length, -1, -1):
        gaps[g, LATEST] = latest
        gaps[g, TAIL] = tail
        gaps[g, SLACK] = slack
        gaps[g, BREACH] = breach
        gaps[g, RATE] = rate
        gaps[g, BOUND] = bound
        bound -= gaps[g, LEG_S]
        must_from = gaps[g, BASE] + (service_of[klass, seq[row, g]] if g < length else 0)
        while last >= 0 and rest_legs[row, last] == g:
            rest = break_length_s[row, last]
            bound = min(bound - rest, break_latest_s[row, last])
            if must_from > break_latest_s[row, last] and g > 0:
                tail_rested += rest
                latest_rested -= rest
            else:
                spared += rest
            last -= 1
        gaps[g, LATEST_RESTED] = latest_rested
        gaps[g, TAIL_RESTED] = tail_rested
        gaps[g, STOPPED_LEAST] = stopped - spared
        if g == 0:
            break
        node = seq[row, g - 1]
        service = service_of[klass, node]
        begin = starts_s[row, g - 1]
        busy = gaps[g, LEG_S] + service
        tail += busy
        tail_rested += busy
        latest = window_last(d, node, latest - busy)
        latest_rested = window_last(d, node, latest_rested - busy)
        slack += gaps[g, BEGIN] - begin - busy
        soft = FAR_S
        if node < n:
            if base_technician[node] != -1:
                soft = base_start_s[node]
            for t in range(dues_s.shape[1]):
                point = begin + service if on_finish[node, t] else begin
                soft = min(soft, dues_s[node, t] - point + begin)
                own = max(0, dues_s[node, t] - point)
                price = breach_cents[node] - 1 if point <= dues_s[node, t] else -1  # 1: lateness is rounded
                if own < slack:
                    slack, breach, rate = own, price, late_cents[node]
                elif own == slack:
                    breach += price
                    rate += late_cents[node]
        bound = max(window_last(d, node, min(bound - service, max(begin, soft))), begin)
    rests = 0  # a break that the new visit sends before the departure is none on the route
    for b in range(breaks):
        if rest_legs[row, b] >= 0:
            rests += break_length_s[row, b]
    gaps[0, STOPPED_LEAST] = stopped - rests
    gaps[length + 1, STOPPED_MOST] = stopped - rests
    for b in range(break_count[row]):
        gaps[length + 1, STOPPED_MOST] += break_length_s[row, b]


@njit(cache=True, nogil=True)
def screen(d: Header, s: Header, row: int, node: int) -> int:
    """Write a lower bound of the change of cost for each place of a feasible route to scratch 0; return the least.

    INFEASIBLE stands where a hard limit forbids the place, WALK where nothing is known.
    """
    bounds = i64_2(s, f.S_SCRATCH)[0]
    gaps = i64_3(s, f.S_GAPS)[row]
    length = i64_1(s, f.S_LENGTHS)[row]
    klass = i64_1(d, f.I_CLASS_OF)[row]
    profile = i64_1(d, f.I_PROFILE_OF)[klass]
    here = i64_1(d, f.I_PLACE_OF)[node]
    out_legs = i32_4(d, f.I_LEGS)
    in_legs = i32_4(d, f.I_IN_LEGS)
    max_leg_s = i64_1(d, f.I_MAX_LEG_S)[klass]
    max_leg_m = i64_1(d, f.I_MAX_LEG_M)[klass]
    service = i32_2(d, f.I_SERVICE_OF)[klass, node]
    fixed = i32_2(d, f.I_FIXED_CENTS)[klass, node]
    windows = i64_1(d, f.I_WINDOW_COUNT)[node]
    opens = i64_2(d, f.I_OPENS_S)[node, 0]
    closes = i64_2(d, f.I_CLOSES_S)[node, windows - 1]
    dues_s = i64_2(d, f.I_DUES_S)
    on_finish = u8_2(d, f.I_ON_FINISH)
    breach = float(i64_1(d, f.I_BREACH_CENTS)[node])
    late_rate = i64_1(d, f.I_LATE_CENTS)[node] / 60.0
    rates = i64_1(d, f.I_RATES)
    work_rate, drive_rate, wait_rate = rates[WORK] / 3600.0, rates[DRIVE] / 3600.0, rates[WAIT] / 3600.0
    over_rate, km_rate, above_rate = rates[OVERTIME] / 3600.0, rates[KM] / 1000.0, rates[IMBALANCE] / 3600.0
    regular_end = i64_1(d, f.I_REGULAR_END_S)[row]
    fair = i64_1(d, f.I_FAIR_S)[row]
    back = gaps[length, BEGIN]
    end = length + 1
    old_driven, old_metres, old_served = gaps[end, DRIVEN], gaps[end, METRES], gaps[end, SERVED]
    stopped_most = gaps[length + 1, STOPPED_MOST] + service
    old = float(i64_1(s, f.S_COSTS)[row])
    base = float(gaps[length + 1, CENTS] + fixed) - old
    least = INFEASIBLE
    for at in range(length + 1):
        bounds[at] = INFEASIBLE
        before, behind = gaps[at, BEFORE], gaps[at, BEHIND]
        # Hard limits.
        in_s = in_m = out_s = out_m = 0
        if behind >= 0:
            out_s, out_m = out_legs[profile, here, behind, 0], out_legs[profile, here, behind, 1]
            if out_s < 0 or (at < length and (out_s > max_leg_s or out_m > max_leg_m)):
                continue
        if before >= 0:
            in_s, in_m = in_legs[profile, here, before, 0], in_legs[profile, here, before, 1]
            if in_s < 0 or in_s > max_leg_s or in_m > max_leg_m:
                continue
        free = gaps[at, FREE] + in_s
        if free > closes:
            continue
        start = max(free, opens) if windows == 1 else window_start(d, node, free)
        reach = start + service + out_s
        if reach > gaps[at, LATEST]:
            continue
        if reach < gaps[at, BASE]:  # the way round is no longer: what follows may start earlier
            bounds[at] = WALK
            least = WALK
            continue
        ready = free + service + out_s
        if ready > gaps[at, LATEST_RESTED]:
            continue
        # Times and lengths of the route: exact, or bounded on the cheap side.
        returned = max(back, reach + gaps[at, TAIL], ready + gaps[at, TAIL_RESTED])
        driven = old_driven + in_s + out_s - gaps[at, LEG_S]
        metres = old_metres + in_m + out_m - gaps[at, LEG_M]
        leave = min(max(closes - in_s - gaps[at, DEPART_LESS], gaps[at, DEPART_LEAST]), gaps[at, DEPART_MOST])
        work = max(driven + gaps[at, STOPPED_LEAST] + service, returned - leave)
        cents = base + work * work_rate + driven * drive_rate + metres * km_rate
        cents += max(0, work - driven - stopped_most) * wait_rate
        cents += max(0, returned - max(regular_end, leave)) * over_rate
        cents += max(0, driven + old_served + service - fair) * above_rate
        push = reach - gaps[at, BEGIN] - gaps[at, SLACK]
        if push > 0:
            cents += gaps[at, BREACH] + push * gaps[at, RATE] / 60.0
        for t in range(dues_s.shape[1]):
            late = (start + service if on_finish[node, t] else start) - dues_s[node, t]
            if late > 0:
                cents += breach + late * late_rate
        bound = int(cents - 8.0 - 1e-14 * (abs(cents) + old))  # eight terms are rounded; doubles have 53 bits
        bounds[at] = bound
        least = min(least, bound)
    return least
