"""Which features of the model a problem really uses, and which tickets or shifts use them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from dispatch.errors import Fault, UnsupportedError
from dispatch.ports import Feature, RoutingEngine
from dispatch.problem import Problem


def _restocks(problem: Problem) -> list[str]:
    """Tickets whose parts or tools could be fetched at a centre."""
    return [ticket.id for ticket in problem.tickets if (ticket.parts or ticket.tools) and problem.centres]


def _several_shifts(problem: Problem) -> list[str]:
    """Shifts of technicians who have more than one."""
    count = Counter(shift.technician_id for shift in problem.shifts)
    return [shift.id for shift in problem.shifts if count[shift.technician_id] > 1]


USERS: dict[Feature, Callable[[Problem], list[str]]] = {
    Feature.SKILLS: lambda p: [t.id for t in p.tickets if t.skills],
    Feature.WINDOWS: lambda p: [t.id for t in p.tickets if t.windows],
    Feature.TARGETS: lambda p: [t.id for t in p.tickets if p.deadlines[t.id]],
    Feature.OVERTIME: lambda p: [s.id for s in p.shifts if s.regular_end_s < s.end_s],
    Feature.BREAKS: lambda p: [s.id for s in p.shifts if s.breaks],
    Feature.PLACES: lambda p: [s.id for s in p.shifts if s.start_place is None or s.end_place != s.start_place],
    Feature.TECHNICIAN_SETS: lambda p: [t.id for t in p.tickets if t.required or t.preferred or t.excluded],
    Feature.DURATION_FACTORS: lambda p: [t.id for t in p.technicians if t.duration_percent],
    Feature.REACH: lambda p: [
        t.id
        for t in p.technicians
        if any(x is not None for x in (t.max_distance_m, t.max_drive_s, t.max_leg_m, t.max_leg_s))
        or (
            t.centre_id is not None
            and (p.centre_by_id[t.centre_id].coverage_m, p.centre_by_id[t.centre_id].coverage_s) != (None, None)
        )
    ],
    Feature.PARTS: lambda p: [t.id for t in p.tickets if t.parts or t.tools],
    Feature.RESTOCK: _restocks,
    Feature.PINS: lambda p: [t.id for t in p.tickets if t.pin],
    Feature.MULTI_DAY: lambda p: (
        [s.id for s in p.shifts if sum(o.technician_id == s.technician_id for o in p.shifts) > 1]
        if len({s.technician_id for s in p.shifts}) < len(p.shifts)
        else []
    ),
    Feature.CREWS: lambda p: [t.id for t in p.tickets if t.crew],
    Feature.AFTER: lambda p: [t.id for t in p.tickets if t.after],
    Feature.PROFILES: lambda p: [t.id for t in p.technicians] if len({t.profile for t in p.technicians}) > 1 else [],
}
"""For each feature: ids of the tickets, technicians or shifts of a problem that use it."""

OPTIONAL: frozenset[Feature] = frozenset({Feature.RESTOCK})
"""Features that widen what can be served: an engine without them leaves tickets unserved, and breaks no rule."""


def require_support(problem: Problem, engine: RoutingEngine) -> None:
    """Raise unless `engine` keeps every constraint that `problem` uses.

    Raises
    ------
    UnsupportedError
        ``engine.unsupported`` with a fault for each feature that is missing.
    """
    faults = []
    for feature, users in USERS.items():
        if feature in engine.features or feature in OPTIONAL:
            continue
        ids = users(problem)
        if ids:
            shown = ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
            faults.append(
                Fault(
                    rule="engine.unsupported",
                    field=feature.value,
                    value=shown,
                    message=f"engine {engine.name} does not plan {feature.value}",
                )
            )
    if faults:
        names = ", ".join(fault.field for fault in faults)
        raise UnsupportedError("engine.unsupported", f"engine {engine.name} does not plan: {names}", faults)
