"""A problem as arrays: what compiled code reads. ``docs/kernel.md`` is the page about them.

Nodes 0..n-1 are tickets in the order of the problem, n..n+c-1 restock stops at its centres. A shift is a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dispatch.errors import InputError
from dispatch.objective import demand_and_capacity_s, fair_share_s, unserved_cents, visit_cents
from dispatch.problem import Problem
from dispatch.technicians import ServiceCentre, Shift, Technician
from dispatch.tickets import MAX_LEVEL, Ticket
from dispatch.tiers import Point
from dispatch.travel import TravelMatrix

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]
U8 = npt.NDArray[np.uint8]

FAR_S = 2**40
MAX_TOOLS = 64
MAX_COST = 2**62
PINNED_CENTS = 10**12
"""Added to the cost of leaving out a pinned or locked ticket: a dispatcher's decision comes before any cost."""


class Instance(NamedTuple):
    """Read-only arrays of one problem; n tickets, c centres, m shifts, k technician classes, p places."""

    place_of: I64  # (n+c,) place of each node
    legs: I32  # (profiles, p, p, 2) seconds and metres side by side, -1 = no way
    out_legs: I32  # (profiles, p, p, 2) seconds and cents (plain problems, else empty)
    in_legs: I32  # the same, transposed: row = to
    service_of: I32  # (k, n+c) service or restock time
    allowed: U8  # (k, n) 1 = this class may serve this ticket
    fixed_cents: I32  # (k, n) preference and overqualification
    opens_s: I64  # (n+c, w) padded with the last window
    closes_s: I64  # (n+c, w)
    window_count: I64  # (n+c,) number of windows, at least 1 (an unlimited one)
    dues_s: I64  # (n, t) soft deadlines, FAR_S = none
    on_finish: U8  # (n, t)
    breach_cents: I64  # (n,) each missed target
    late_cents: I64  # (n,)
    drop_cents: I64  # (n,) leaving the ticket out
    need: I32  # (n, q) parts
    stock: I32  # (k, q)
    holds: U8  # (c, q) 1 = the centre has the part
    tool_need: U64  # (n,) bit set
    tool_have: U64  # (k,)
    tool_hold: U64  # (c,)
    class_of: I64  # (m,) technician class of each shift
    technician_of: I64  # (m,)
    profile_of: I64  # (k,)
    max_leg_s: I64  # (k,) FAR_S = none
    max_leg_m: I64  # (k,)
    start_place: I64  # (m,) -1 = none
    end_place: I64  # (m,)
    shift_start_s: I64  # (m,)
    regular_end_s: I64  # (m,)
    shift_end_s: I64  # (m,)
    fair_s: I64  # (m,) share before imbalance counts
    break_earliest_s: I64  # (m, b)
    break_latest_s: I64  # (m, b)
    break_length_s: I64  # (m, b)
    break_count: I64  # (m,)
    base_technician: I64  # (n,) technician in the plan in force, -1 = not in it, -2 = somebody who is gone
    base_start_s: I64  # (n,)
    twin: I64  # (m,) lowest row of a shift that is equal in everything that matters
    rates: I64  # see RATES


RATES = (
    "overtime_cents_per_h", "work_time_cents_per_h", "travel_time_cents_per_h", "travel_distance_cents_per_km",
    "waiting_cents_per_h", "imbalance_cents_per_h", "change_cents", "change_tolerance_s",
)  # fmt: skip
"""Order of the weights in ``Instance.rates``."""

OVERTIME, WORK, DRIVE, KM, WAIT, IMBALANCE, CHANGE, TOLERANCE = range(len(RATES))


def build(problem: Problem, travel: TravelMatrix) -> Instance:
    """Turn a problem into arrays.

    Raises
    ------
    InputError
        ``cost.overflow`` when the sum of all costs could leave 63 bits, ``search.range`` when a quantity, a service
        time or the price of one visit leaves 31; ``search.tools`` for more than 64 tools.
    """
    _check_range(problem, travel)
    tickets, technicians, shifts, centres = problem.tickets, problem.technicians, problem.shifts, problem.centres
    n, c, k, m = len(tickets), len(centres), len(technicians), len(shifts)
    parts = sorted({part for t in tickets for part in t.parts})
    tools = _tool_bits(problem)
    windows = [ticket.start_windows for ticket in tickets] + [()] * c
    wide = max([len(w) for w in windows] + [1])
    start = np.full((n + c, wide), -FAR_S, dtype=np.int64)
    end = np.full((n + c, wide), FAR_S, dtype=np.int64)
    for row, own in enumerate(windows):
        for column in range(wide if own else 0):
            window = own[min(column, len(own) - 1)]
            start[row, column], end[row, column] = window.start_s, window.end_s
    deadlines = [problem.deadlines[t.id] for t in tickets]
    most = max([len(d) for d in deadlines] + [1])
    due = np.full((n, most), FAR_S, dtype=np.int64)
    on_finish = np.zeros((n, most), dtype=np.uint8)
    for row, own_dues in enumerate(deadlines):
        for column, deadline in enumerate(own_dues):
            due[row, column], on_finish[row, column] = deadline.due_s, deadline.point is Point.FINISH
    tier_weight = np.array([problem.tier_of(t).weight for t in tickets], dtype=np.int64)
    rests = max([len(s.breaks) for s in shifts] + [1])
    demand_s, regular_s = demand_and_capacity_s(problem)
    places = [t.place for t in tickets] + [one.place for one in centres]
    rank = {technician.id: row for row, technician in enumerate(technicians)}
    profiles = sorted({t.profile for t in technicians})
    base = {one.ticket_id: one for one in problem.baseline if one.role == 0}
    weights = problem.weights
    instance = Instance(
        place_of=np.array([travel.index[p.id] for p in places], dtype=np.int64),
        legs=_legs(travel, profiles),
        out_legs=np.zeros((1, 1, 1, 2), dtype=np.int32),
        in_legs=np.zeros((1, 1, 1, 2), dtype=np.int32),
        service_of=_table(
            k, n + c, lambda i: [technicians[i].service_s(t) for t in tickets] + [o.restock_s for o in centres]
        ),
        allowed=_table(k, n, lambda i: _may_serve(problem, travel, technicians[i])).astype(np.uint8),
        fixed_cents=_table(k, n, lambda i: [sum(visit_cents(problem, t, 0, technicians[i].id)) for t in tickets]),
        opens_s=start,
        closes_s=end,
        window_count=np.array([max(1, len(w)) for w in windows], dtype=np.int64),
        dues_s=due,
        on_finish=on_finish,
        breach_cents=tier_weight * weights.breach_cents,
        late_cents=tier_weight * weights.lateness_cents_per_min,
        drop_cents=np.array(
            [unserved_cents(problem, t) + (PINNED_CENTS if t.pin else 0) for t in tickets], dtype=np.int64
        ),
        need=_table(n, len(parts), lambda i: [tickets[i].parts.get(p, 0) for p in parts]),
        stock=_table(k, len(parts), lambda i: [technicians[i].stock.get(p, 0) for p in parts]),
        holds=np.array([[o.parts is None or p in o.parts for p in parts] for o in centres], dtype=np.uint8).reshape(
            c, len(parts)
        ),
        tool_need=_bits(tools, [t.tools for t in tickets]),
        tool_have=_bits(tools, [t.tools for t in technicians]),
        tool_hold=_bits(tools, [frozenset(tools) if o.tools is None else o.tools for o in centres]),
        class_of=np.array([rank[s.technician_id] for s in shifts], dtype=np.int64),
        technician_of=np.array([rank[s.technician_id] for s in shifts], dtype=np.int64),
        profile_of=np.array([profiles.index(t.profile) for t in technicians], dtype=np.int64),
        max_leg_s=np.array([_limit(t.max_leg_s) for t in technicians], dtype=np.int64),
        max_leg_m=np.array([_limit(t.max_leg_m) for t in technicians], dtype=np.int64),
        start_place=np.array([_index(travel, s.start_place) for s in shifts], dtype=np.int64),
        end_place=np.array([_index(travel, s.end_place) for s in shifts], dtype=np.int64),
        shift_start_s=np.array([s.start_s for s in shifts], dtype=np.int64),
        regular_end_s=np.array([s.regular_end_s for s in shifts], dtype=np.int64),
        shift_end_s=np.array([s.end_s for s in shifts], dtype=np.int64),
        fair_s=np.array([fair_share_s(s, demand_s, regular_s) for s in shifts], dtype=np.int64),
        break_earliest_s=_breaks(shifts, rests, "earliest_s"),
        break_latest_s=_breaks(shifts, rests, "latest_s"),
        break_length_s=_breaks(shifts, rests, "duration_s"),
        break_count=np.array([len(s.breaks) for s in shifts], dtype=np.int64),
        base_technician=np.array(
            [rank.get(base[t.id].technician_id, -2) if t.id in base else -1 for t in tickets], dtype=np.int64
        ),
        base_start_s=np.array([base[t.id].start_s if t.id in base else 0 for t in tickets], dtype=np.int64),
        twin=np.zeros(m, dtype=np.int64),
        rates=np.array([getattr(weights, name) for name in RATES], dtype=np.int64),
    )
    instance = _merge_classes(instance)
    out_legs, in_legs = _priced_legs(instance)
    return instance._replace(twin=_twins(instance), out_legs=out_legs, in_legs=in_legs)


def _table(rows: int, columns: int, row: Callable[[int], Sequence[int]]) -> I32:
    table = np.zeros((rows, columns), dtype=np.int32)
    for number in range(rows):
        values = row(number)
        if max(values, default=0) >= 2**31:
            raise InputError("search.range", f"engine search counts to 2,147,483,647; the input has {max(values)}")
        table[number] = values
    return table


def _legs(travel: TravelMatrix, profiles: list[str]) -> I32:
    """Both matrices of all profiles, interleaved: one cache line serves a leg."""
    size = len(travel.places)
    legs = np.zeros((max(1, len(profiles)), size, size, 2), dtype=np.int32)
    for number, profile in enumerate(profiles):
        legs[number, :, :, 0], legs[number, :, :, 1] = travel.legs(profile).travel_s, travel.legs(profile).distance_m
    return legs


def _priced_legs(instance: Instance) -> tuple[I32, I32]:
    """Legs with cents in place of metres, both ways round, where costs are linear in the legs."""
    if not is_plain(instance):
        return instance.out_legs, instance.in_legs
    priced = instance.legs.copy()
    cents = instance.legs[..., 0].astype(np.int64) * (instance.rates[DRIVE] // 3600)
    cents += instance.legs[..., 1].astype(np.int64) * (instance.rates[KM] // 1000)
    if cents.max(initial=0) >= 2**31:
        raise InputError("cost.overflow", "one leg costs more than 31 bits of cents")
    priced[..., 1] = cents
    return priced, np.ascontiguousarray(priced.transpose(0, 2, 1, 3))


def is_plain(d: Instance) -> bool:
    """Whether costs are linear in the legs and one pass of earliest and latest times is all that time means.

    Then insertions are priced exactly in O(1).
    """
    rates = d.rates
    linear = rates[DRIVE] % 3600 == 0 and rates[KM] % 1000 == 0
    timeless = not any(rates[rate] for rate in (OVERTIME, WORK, WAIT, IMBALANCE, CHANGE))
    no_targets = bool((d.dues_s == FAR_S).all()) or not (d.breach_cents.any() or d.late_cents.any())
    simple = not d.break_count.any() and bool((d.window_count == 1).all()) and not d.tool_need.any()
    no_limits = bool((d.max_leg_s == FAR_S).all() and (d.max_leg_m == FAR_S).all()) and bool((d.legs >= 0).all())
    no_restock = d.holds.shape[0] == 0 or not d.need.any()
    return bool(linear and timeless and no_targets and simple and no_limits and no_restock)


def _limit(value: int | None) -> int:
    return FAR_S if value is None else value


def _index(travel: TravelMatrix, place: object) -> int:
    return -1 if place is None else travel.index[place.id]  # type: ignore[attr-defined]


def _tool_bits(problem: Problem) -> dict[str, int]:
    names = sorted({tool for t in problem.tickets for tool in t.tools})
    if len(names) > MAX_TOOLS:
        raise InputError(
            "search.tools", f"engine search plans at most {MAX_TOOLS} kinds of tools, the input has {len(names)}"
        )
    return {name: number for number, name in enumerate(names)}


def _bits(tools: dict[str, int], sets: list[frozenset[str]]) -> U64:
    return np.array([sum(1 << tools[one] for one in own if one in tools) for own in sets], dtype=np.uint64)


def _breaks(shifts: tuple[Shift, ...], rests: int, name: str) -> I64:
    table = np.zeros((len(shifts), rests), dtype=np.int64)
    for row, shift in enumerate(shifts):
        for column, item in enumerate(shift.breaks):
            table[row, column] = getattr(item, name)
    return table


def _may_serve(problem: Problem, travel: TravelMatrix, technician: Technician) -> list[bool]:
    """Skills, sets, pins and reach of one technician against every ticket."""
    centre = problem.centre_by_id[technician.centre_id] if technician.centre_id is not None else None
    return [
        not t.crew and not t.after and _qualifies(t, technician) and _in_reach(travel, technician, centre, t)
        for t in problem.tickets
    ]


def _qualifies(ticket: Ticket, technician: Technician) -> bool:
    if technician.id in ticket.excluded or (ticket.required and technician.id not in ticket.required):
        return False
    if ticket.pin is not None and ticket.pin.technician_ids[0] != technician.id:
        return False
    return technician.has_skills(ticket.skills)


def _in_reach(travel: TravelMatrix, technician: Technician, centre: ServiceCentre | None, ticket: Ticket) -> bool:
    limits = [(technician.base, technician.max_drive_s, technician.max_distance_m)]
    if centre is not None:
        limits.append((centre.place, centre.coverage_s, centre.coverage_m))
    for origin, limit_s, limit_m in limits:
        if limit_s is None and limit_m is None:
            continue
        travel_s, distance_m = travel.leg(technician.profile, origin, ticket.place)
        if (
            travel_s < 0
            or (limit_s is not None and travel_s > limit_s)
            or (limit_m is not None and distance_m > limit_m)
        ):
            return False
    return True


def _merge_classes(instance: Instance) -> Instance:
    """Give technicians that nothing tells apart one class: fewer, smaller tables, which stay in the cache."""
    seen: dict[bytes, int] = {}
    keep: list[int] = []
    merged = np.zeros(len(instance.service_of), dtype=np.int64)
    tables = [getattr(instance, name) for name in CLASS_TABLES]
    for row in range(len(merged)):
        key = b"".join(np.ascontiguousarray(table[row : row + 1]).tobytes() for table in tables)
        if key not in seen:
            seen[key] = len(keep)
            keep.append(row)
        merged[row] = seen[key]
    smaller = {name: np.ascontiguousarray(table[keep]) for name, table in zip(CLASS_TABLES, tables, strict=True)}
    return instance._replace(class_of=merged[instance.class_of], **smaller)


CLASS_TABLES = (
    "service_of", "allowed", "fixed_cents", "stock", "tool_have", "profile_of", "max_leg_s", "max_leg_m",
)  # fmt: skip
"""Fields with a row for each technician class."""


def _twins(instance: Instance) -> I64:
    """Shifts that no cost or constraint can tell apart: only the first unused one of them is tried."""
    seen: dict[tuple[object, ...], int] = {}
    twin = np.zeros(len(instance.class_of), dtype=np.int64)
    in_force = set(instance.base_technician.tolist())
    tables = (
        instance.class_of, instance.start_place, instance.end_place, instance.shift_start_s, instance.regular_end_s,
        instance.shift_end_s, instance.fair_s, instance.break_count, instance.break_earliest_s, instance.break_latest_s,
        instance.break_length_s,
    )  # fmt: skip
    for row in range(len(twin)):
        owner = int(instance.technician_of[row])
        key = (*(table[row].tobytes() for table in tables), owner if owner in in_force else -1)
        twin[row] = seen.setdefault(key, row)
    return twin


def _check_range(problem: Problem, travel: TravelMatrix) -> None:
    """Refuse prices that could overflow: every ticket as late as can be, every shift worked to the end."""
    weights = problem.weights
    rates = [getattr(weights, name) for name in RATES[:6]]
    metres = max((int(own.distance_m.max(initial=0)) for own in travel.profiles.values()), default=0)
    metres *= len(problem.tickets) + 2 * len(problem.shifts) + 1
    products = [max(rates) * problem.end_s, weights.travel_distance_cents_per_km * metres]  # before they are divided
    total = sum(rates) * (problem.end_s // 3600 + 1) * len(problem.shifts) + products[1] // 1000
    for ticket in problem.tickets:
        tier, dues = problem.tier_of(ticket).weight, problem.deadlines[ticket.id]
        late_s = max((problem.end_s - due.due_s for due in dues), default=0)
        products.append(tier * weights.lateness_cents_per_min * max(0, late_s))
        total += len(dues) * (tier * weights.breach_cents + products[-1] // 60 + 1) + tier
        total += unserved_cents(problem, ticket) + PINNED_CENTS + weights.preference_cents + weights.change_cents
        total += weights.overqualified_cents * MAX_LEVEL * len(ticket.skills)
    if max(total, *products) > MAX_COST // 4:
        raise InputError("cost.overflow", "weights times times or distances are too large to add up in 63 bits")
