"""Swapping the ends of two routes, or moving the end of one to an unused shift (2-opt*).

Strings of ten visits can't do that on long routes, nor open or close a shift there. Potvin & Rousseau 1995,
doi:10.1057/jors.1995.204.
"""

from __future__ import annotations

from numba import njit

from solver.search import fields as f
from solver.search.evaluate import INFEASIBLE, carries
from solver.search.rng import below
from solver.search.state import CURRENT, OWN, SAVED, STAMP, TOUCHED, accept, refresh, restore_routes, save
from solver.search.views import Header, i32_2, i32_4, i64_1, i64_2, u8_1, u8_2, u64_1


@njit(cache=True, nogil=True)
def swap_tails(d: Header, s: Header, g: Header, slack: float, plain: bool) -> bool:
    """Try to go on from a random visit with the end of another route; accept when it costs less than `slack` more."""
    counts = i64_1(s, f.S_COUNTS)
    route_of = i64_1(s, f.S_ROUTE_OF)
    own = i64_1(s, f.S_OWN)
    if counts[OWN] == 0:
        return False
    node = own[below(u64_1(s, f.S_RNG), counts[OWN])]
    if route_of[node] < 0:
        return False
    row = route_of[node]
    other, keep = _cheapest(d, s, g, node, slack) if plain else _any(d, s, g, node)
    if other < 0:
        return False
    totals = i64_1(s, f.S_TOTALS)
    costs = i64_1(s, f.S_COSTS)
    counts[STAMP] += 1
    counts[TOUCHED] = 0
    totals[SAVED] = totals[CURRENT]
    save(s, row, plain)
    save(s, other, plain)
    totals[CURRENT] -= costs[row] + costs[other]
    if not _swap(d, s, row, i64_1(s, f.S_POSITION_OF)[node] + 1, other, keep, plain):
        restore_routes(d, s, plain)
        return False
    totals[CURRENT] += costs[row] + costs[other]
    if totals[CURRENT] - totals[SAVED] < slack:
        accept(s)
        return True
    restore_routes(d, s, plain)
    return False


@njit(cache=True, nogil=True)
def _any(d: Header, s: Header, g: Header, node: int) -> tuple[int, int]:
    """A shift to swap ends with, and how many of its visits stay: at a random neighbour, or an unused shift nearby."""
    near = i64_2(g, f.N_NEAR)
    near_rows = i64_2(g, f.N_NEAR_ROWS)
    route_of = i64_1(s, f.S_ROUTE_OF)
    lengths = i64_1(s, f.S_LENGTHS)
    pick = below(u64_1(s, f.S_RNG), near.shape[1] + 1)
    if pick < near.shape[1]:
        behind = near[node, pick]
        other = route_of[behind]
        if other < 0 or other == route_of[node]:
            return -1, 0
        return other, i64_1(s, f.S_POSITION_OF)[behind]
    if near_rows.shape[1] == 0:
        return -1, 0
    other = near_rows[node, below(u64_1(s, f.S_RNG), near_rows.shape[1])]
    if other < 0 or lengths[other] > 0 or not u8_1(s, f.S_USABLE)[other]:
        return -1, 0
    return other, 0


@njit(cache=True, nogil=True)
def _cheapest(d: Header, s: Header, g: Header, node: int, slack: float) -> tuple[int, int]:
    """The same by price, among all neighbours and the unused twin of the shift; -1 when none is below `slack`."""
    near = i64_2(g, f.N_NEAR)
    near_legs = i32_4(g, f.N_NEAR_LEGS)
    route_of = i64_1(s, f.S_ROUTE_OF)
    begin_of = i64_1(s, f.S_BEGIN_OF)
    latest_of = i64_1(s, f.S_LATEST_OF)
    before_of = i64_1(s, f.S_BEFORE_OF)
    behind_of = i64_1(s, f.S_BEHIND_OF)
    ahead_cents = i64_1(s, f.S_AHEAD_CENTS)
    class_of = i64_1(d, f.I_CLASS_OF)
    service_of = i32_2(d, f.I_SERVICE_OF)
    legs = i32_4(d, f.I_OUT_LEGS)
    place_of = i64_1(d, f.I_PLACE_OF)
    start_place = i64_1(d, f.I_START_PLACE)
    end_place = i64_1(d, f.I_END_PLACE)
    row = route_of[node]
    klass = class_of[row]
    profile = i64_1(d, f.I_PROFILE_OF)[klass]
    tail = behind_of[node]  # the visit that goes to the other route, -1 = none
    tail_place = place_of[tail] if tail >= 0 else -1
    free = begin_of[node] + service_of[klass, node]
    best = slack
    found, keep = -1, 0
    for k in range(near.shape[1]):
        head = near[node, k]  # first visit of the end that comes here
        other = route_of[head]
        if other < 0 or other == row or class_of[other] != klass:
            continue
        gain = near_legs[profile, node, k, 1] - ahead_cents[node]
        last = before_of[head]
        if last >= 0:
            gain -= ahead_cents[last]
        if gain >= best or free + near_legs[profile, node, k, 0] > latest_of[head]:
            continue
        origin = place_of[last] if last >= 0 else start_place[other]
        target = tail_place if tail >= 0 else end_place[other]
        if last < 0 and tail < 0:
            origin = -1  # the other route is used up
        if last < 0 and start_place[other] >= 0:
            gain -= legs[profile, start_place[other], place_of[head], 1]
        if origin >= 0 and target >= 0:
            gain += legs[profile, origin, target, 1]
            if gain < best and last >= 0 and tail >= 0:
                time = begin_of[last] + service_of[klass, last] + legs[profile, origin, target, 0]
                if time > latest_of[tail]:
                    continue
        if gain < best:
            best = gain
            found, keep = other, i64_1(s, f.S_POSITION_OF)[head]
    if tail >= 0:
        twin = _unused_twin(d, s, g, row)
        if twin >= 0:
            gain = -ahead_cents[node]
            if end_place[row] >= 0:
                gain += legs[profile, place_of[node], end_place[row], 1]
            if start_place[twin] >= 0:
                gain += legs[profile, start_place[twin], tail_place, 1]
            if gain < best:
                found, keep = twin, 0
    return found, keep


@njit(cache=True, nogil=True)
def _unused_twin(d: Header, s: Header, g: Header, row: int) -> int:
    """First unused shift equal to `row`, -1 = none."""
    lengths = i64_1(s, f.S_LENGTHS)
    usable = u8_1(s, f.S_USABLE)
    group_start = i64_1(g, f.N_GROUP_START)
    group_rows = i64_1(g, f.N_GROUP_ROWS)
    group = i64_1(g, f.N_GROUP_OF)[row]
    for k in range(group_start[group], group_start[group + 1]):
        other = group_rows[k]
        if lengths[other] == 0 and usable[other]:
            return other
    return -1


@njit(cache=True, nogil=True)
def _swap(d: Header, s: Header, row: int, at: int, other: int, keep: int, plain: bool) -> bool:
    """Swap ``row[at:]`` and ``other[keep:]`` and recount both; False when a hard constraint breaks."""
    seq = i64_2(s, f.S_SEQ)
    lengths = i64_1(s, f.S_LENGTHS)
    buffer = i64_2(s, f.S_SCRATCH)[0]
    class_of = i64_1(d, f.I_CLASS_OF)
    costs = i64_1(s, f.S_COSTS)
    length, other_length = lengths[row], lengths[other]
    tail, other_tail = length - at, other_length - keep
    if at + other_tail + 2 >= seq.shape[1] or keep + tail + 2 >= seq.shape[1]:
        return False
    for i in range(tail):
        buffer[i] = seq[row, at + i]
    for i in range(other_tail):
        seq[row, at + i] = seq[other, keep + i]
    for i in range(tail):
        seq[other, keep + i] = buffer[i]
    lengths[row], lengths[other] = at + other_tail, keep + tail
    if class_of[row] != class_of[other]:
        n = i32_2(d, f.I_NEED).shape[0]
        allowed = u8_2(d, f.I_ALLOWED)
        for i in range(at, lengths[row]):
            if seq[row, i] < n and not allowed[class_of[row], seq[row, i]]:
                return False
        for i in range(keep, lengths[other]):
            if seq[other, i] < n and not allowed[class_of[other], seq[other, i]]:
                return False
    if not (_carried(d, s, row) and _carried(d, s, other)):
        return False
    refresh(d, s, row, plain)
    refresh(d, s, other, plain)
    return costs[row] < INFEASIBLE and costs[other] < INFEASIBLE


@njit(cache=True, nogil=True)
def _carried(d: Header, s: Header, row: int) -> bool:
    """Whether the van lacks nothing on this route."""
    scratch = i64_2(s, f.S_SCRATCH)[7]
    length = i64_1(s, f.S_LENGTHS)[row]
    return carries(d, i64_1(d, f.I_CLASS_OF)[row], i64_2(s, f.S_SEQ)[row], length, scratch) == length
