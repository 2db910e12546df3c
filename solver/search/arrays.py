"""A problem as arrays: :func:`build` makes the ones that compiled code reads.

:func:`build_tables` makes all but the legs, for any number of tickets; :func:`with_legs` adds those between all places,
:func:`solver.search.subset.subset` those of a part.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.objective import demand_and_capacity_s, fair_share_s, unserved_cents
from dispatch.problem import Problem
from dispatch.technicians import Shift
from dispatch.tickets import Window
from dispatch.tiers import Deadline, Point
from dispatch.travel import Travel
from solver.search.classes import class_tables, profile_names, quantities, tool_set
from solver.search.instance import (
    CHANGE,
    DRIVE,
    FAR_S,
    I32,
    I64,
    IMBALANCE,
    KM,
    OVERTIME,
    PINNED_CENTS,
    RATES,
    TOLERANCE,
    U8,
    U64,
    WAIT,
    WORK,
    Instance,
    is_plain,
)
from solver.search.legs import dense_legs, longest_m, priced_legs
from solver.search.limits import check_costs, tool_bits

__all__ = [
    "CHANGE", "DRIVE", "FAR_S", "I32", "I64", "IMBALANCE", "KM", "OVERTIME", "PINNED_CENTS", "RATES", "TOLERANCE",
    "U8", "U64", "WAIT", "WORK", "Instance", "build", "build_tables", "is_plain", "with_legs",
]  # fmt: skip


def build(problem: Problem, travel: Travel) -> Instance:
    """Turn a problem into arrays.

    Raises
    ------
    InputError
        ``cost.overflow`` when the sum of all costs could leave 63 bits, ``search.range`` when a quantity, a service
        time or the price of one visit leaves 31; ``search.tools`` for more than 64 tools.
    """
    return with_legs(build_tables(problem, travel), travel, profile_names(problem))


def with_legs(tables: Instance, travel: Travel, profiles: Sequence[str]) -> Instance:
    """Add the legs between all places of `travel`; `profiles` are those of :func:`profile_names`.

    Raises
    ------
    InputError
        ``cost.overflow`` when one leg costs more than 31 bits of cents; ``travel.profile`` for an unknown profile.
    """
    return tables_with(tables, dense_legs(travel, profiles, np.arange(len(travel.places), dtype=np.int64)))


def tables_with(tables: Instance, legs: I32) -> Instance:
    """Put legs into tables; for plain problems their prices, too."""
    instance = tables._replace(legs=legs)
    if is_plain(instance):
        out_legs, in_legs = priced_legs(legs, instance.rates)
        return instance._replace(out_legs=out_legs, in_legs=in_legs)
    none = np.zeros((legs.shape[0], 1, 1, 2), dtype=np.int32)
    return instance._replace(out_legs=none, in_legs=np.ascontiguousarray(legs.transpose(0, 2, 1, 3)))


def build_tables(problem: Problem, travel: Travel) -> Instance:
    """Everything but the legs, which stay empty.

    Of `travel` it asks the numbers of places, the longest leg, and for limits of reach the legs from bases and
    centres to the tickets.

    Raises
    ------
    InputError
        As :func:`build`.
    """
    check_costs(problem, longest_m(travel))
    tickets, shifts, centres, weights = problem.tickets, problem.shifts, problem.centres, problem.weights
    parts = sorted({part for t in tickets for part in t.parts})
    tools = tool_bits(problem)
    classes, class_of = class_tables(problem, travel, parts, tools)
    rank = {technician.id: row for row, technician in enumerate(problem.technicians)}
    technician_of = np.array([rank[s.technician_id] for s in shifts], dtype=np.int64)
    windows = [ticket.start_windows for ticket in tickets] + [()] * len(centres)
    opens_s, closes_s = _windows(windows)
    dues_s, on_finish = _dues([problem.deadlines[t.id] for t in tickets])
    tier_weight = np.array([problem.tier_of(t).weight for t in tickets], dtype=np.int64)
    demand_s, regular_s = demand_and_capacity_s(problem)
    base = {one.ticket_id: one for one in problem.baseline if one.role == 0}
    places = [t.place for t in tickets] + [one.place for one in centres]
    instance = Instance(
        place_of=np.array([travel.index[place.id] for place in places], dtype=np.int64),
        legs=np.zeros((1, 0, 0, 2), dtype=np.int32),
        out_legs=np.zeros((1, 1, 1, 2), dtype=np.int32),
        in_legs=np.zeros((1, 1, 1, 2), dtype=np.int32),
        opens_s=opens_s,
        closes_s=closes_s,
        window_count=np.array([max(1, len(w)) for w in windows], dtype=np.int64),
        dues_s=dues_s,
        on_finish=on_finish,
        breach_cents=tier_weight * weights.breach_cents,
        late_cents=tier_weight * weights.lateness_cents_per_min,
        drop_cents=np.array(
            [unserved_cents(problem, t) + (PINNED_CENTS if t.pin else 0) for t in tickets], dtype=np.int64
        ),
        need=quantities([t.parts for t in tickets], parts),
        holds=np.array([[o.parts is None or p in o.parts for p in parts] for o in centres], dtype=np.uint8).reshape(
            len(centres), len(parts)
        ),
        tool_need=np.array([tool_set(tools, t.tools) for t in tickets], dtype=np.uint64),
        tool_hold=np.array([tool_set(tools, tools if o.tools is None else o.tools) for o in centres], dtype=np.uint64),
        class_of=class_of[technician_of],
        technician_of=technician_of,
        start_place=_end_places(shifts, travel, "start_place"),
        end_place=_end_places(shifts, travel, "end_place"),
        shift_start_s=np.array([s.start_s for s in shifts], dtype=np.int64),
        regular_end_s=np.array([s.regular_end_s for s in shifts], dtype=np.int64),
        shift_end_s=np.array([s.end_s for s in shifts], dtype=np.int64),
        fair_s=np.array([fair_share_s(s, demand_s, regular_s) for s in shifts], dtype=np.int64),
        break_earliest_s=_breaks(shifts, "earliest_s"),
        break_latest_s=_breaks(shifts, "latest_s"),
        break_length_s=_breaks(shifts, "duration_s"),
        break_count=np.array([len(s.breaks) for s in shifts], dtype=np.int64),
        base_technician=np.array(
            [rank.get(base[t.id].technician_id, -2) if t.id in base else -1 for t in tickets], dtype=np.int64
        ),
        base_start_s=np.array([base[t.id].start_s if t.id in base else 0 for t in tickets], dtype=np.int64),
        twin=np.zeros(len(shifts), dtype=np.int64),
        rates=np.array(
            [0 if name == "change_cents" and not base else getattr(weights, name) for name in RATES], dtype=np.int64
        ),
        **classes._asdict(),
    )
    return instance._replace(twin=_twins(instance))


def _windows(windows: Sequence[Sequence[Window]]) -> tuple[I64, I64]:
    """First and last second of each window, padded with the last one; no window is an endless one."""
    wide = max([len(own) for own in windows] + [1])
    start = np.full((len(windows), wide), -FAR_S, dtype=np.int64)
    end = np.full((len(windows), wide), FAR_S, dtype=np.int64)
    for row, own in enumerate(windows):
        for column in range(wide if own else 0):
            window = own[min(column, len(own) - 1)]
            start[row, column], end[row, column] = window.start_s, window.end_s
    return start, end


def _dues(deadlines: Sequence[Sequence[Deadline]]) -> tuple[I64, U8]:
    """When each target is due, and whether at the finish."""
    most = max([len(own) for own in deadlines] + [1])
    due = np.full((len(deadlines), most), FAR_S, dtype=np.int64)
    on_finish = np.zeros((len(deadlines), most), dtype=np.uint8)
    for row, own in enumerate(deadlines):
        for column, deadline in enumerate(own):
            due[row, column], on_finish[row, column] = deadline.due_s, deadline.point is Point.FINISH
    return due, on_finish


def _end_places(shifts: Sequence[Shift], travel: Travel, name: str) -> I64:
    places = [getattr(shift, name) for shift in shifts]
    return np.array([-1 if place is None else travel.index[place.id] for place in places], dtype=np.int64)


def _breaks(shifts: Sequence[Shift], name: str) -> I64:
    table = np.zeros((len(shifts), max([len(s.breaks) for s in shifts] + [1])), dtype=np.int64)
    for row, shift in enumerate(shifts):
        for column, item in enumerate(shift.breaks):
            table[row, column] = getattr(item, name)
    return table


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
