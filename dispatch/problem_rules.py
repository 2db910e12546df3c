"""Rules that hold across the objects of a problem. Each returns all its faults; the registry is at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from dispatch.clock import ALWAYS
from dispatch.errors import Fault
from dispatch.places import Place
from dispatch.problem import MAX_HORIZON_S, Problem, all_places, unique_faults


def horizon(problem: Problem) -> Iterator[Fault]:
    """The horizon starts at an aware instant and has a sane length."""
    if problem.start.tzinfo is None:
        yield Fault(
            rule="horizon.naive", message="the start needs a time zone", field="start", value=str(problem.start)
        )
    if not 0 < problem.end_s <= MAX_HORIZON_S:
        yield Fault(
            rule="horizon.length",
            message="the horizon must last 1 second to 366 days",
            field="end",
            value=str(problem.end_s),
        )


def unique_ids(problem: Problem) -> Iterator[Fault]:
    """Ids are unique within their kind."""
    yield from unique_faults((item.id for item in problem.tickets), "ticket")
    yield from unique_faults((item.id for item in problem.technicians), "technician")
    yield from unique_faults((item.id for item in problem.shifts), "shift")
    yield from unique_faults((item.id for item in problem.centres), "centre")
    yield from unique_faults((item.name for item in problem.tiers), "tier")
    yield from unique_faults((item.name for item in problem.calendars), "calendar")


def times_in_range(problem: Problem) -> Iterator[Fault]:
    """Shifts lie within the horizon; other times stay within its greatest length."""
    for shift in problem.shifts:
        if shift.start_s < 0 or shift.end_s > problem.end_s:
            yield Fault(
                rule="shift.horizon",
                message=f"{shift.id}: the shift leaves the horizon",
                field="shift",
                value=f"{shift.start_s}..{shift.end_s}",
            )
    for ticket in problem.tickets:
        times = [ticket.opened_s, ticket.duration_s, *(s for w in ticket.windows for s in (w.start_s, w.end_s))]
        if any(abs(second) > 2 * MAX_HORIZON_S for second in times):
            yield Fault(
                rule="ticket.time_range",
                message=f"{ticket.id}: a time is years away from the horizon",
                field="opened",
                value=str(ticket.opened_s),
            )


def known_names(problem: Problem) -> Iterator[Fault]:
    """Every reference names something that exists."""
    technicians = {item.id for item in problem.technicians}
    tickets = {item.id for item in problem.tickets}
    tiers = {item.name for item in problem.tiers}
    centres = {item.id for item in problem.centres}
    clocks = {item.name for item in problem.calendars} | {ALWAYS}
    for tier in problem.tiers:
        for target in tier.targets:
            if target.clock not in clocks:
                yield Fault(
                    rule="calendar.unknown",
                    message=f"tier {tier.name}: no such clock",
                    field="clock",
                    value=target.clock,
                )
    for shift in problem.shifts:
        if shift.technician_id not in technicians:
            yield Fault(
                rule="technician.unknown",
                message=f"shift {shift.id}: no such technician",
                field="technician",
                value=shift.technician_id,
            )
    for technician in problem.technicians:
        if technician.centre_id is not None and technician.centre_id not in centres:
            yield Fault(
                rule="centre.unknown",
                message=f"technician {technician.id}: no such centre",
                field="centre",
                value=technician.centre_id,
            )
    for ticket in problem.tickets:
        if ticket.tier not in tiers:
            yield Fault(
                rule="tier.unknown", message=f"ticket {ticket.id}: no such tier", field="tier", value=ticket.tier
            )
        for name in ("required", "preferred", "excluded"):
            for one in sorted(getattr(ticket, name) - technicians):
                yield Fault(
                    rule="technician.unknown", message=f"ticket {ticket.id}: no such technician", field=name, value=one
                )
        for one in ticket.pin.technician_ids if ticket.pin else ():
            if one not in technicians:
                yield Fault(
                    rule="technician.unknown", message=f"ticket {ticket.id}: no such technician", field="pin", value=one
                )
        for after in ticket.after:
            if after.ticket_id not in tickets:
                yield Fault(
                    rule="ticket.unknown",
                    message=f"ticket {ticket.id}: no such ticket",
                    field="after",
                    value=after.ticket_id,
                )


def after_has_no_cycle(problem: Problem) -> Iterator[Fault]:
    """No ticket waits for itself through others."""
    successors = {ticket.id: [after.ticket_id for after in ticket.after] for ticket in problem.tickets if ticket.after}
    state: dict[str, int] = {}  # 1 = on the current path, 2 = done
    for root in successors:
        path = [(root, iter(successors[root]))] if root not in state else []
        if path:
            state[root] = 1
        while path:
            node, following = path[-1]
            nxt = next(following, None)
            if nxt is None:
                state[node] = 2
                path.pop()
            elif state.get(nxt) == 1:
                yield Fault(
                    rule="after.cycle",
                    message=f"ticket {node} waits for {nxt}, which waits for it",
                    field="after",
                    value=nxt,
                )
            elif nxt not in state and nxt in successors:
                state[nxt] = 1
                path.append((nxt, iter(successors[nxt])))


def pins_can_hold(problem: Problem) -> Iterator[Fault]:
    """A pin names technicians who may serve the ticket, and a start within one of their shifts."""
    technicians = {item.id: item for item in problem.technicians}
    for ticket in problem.tickets:
        if ticket.pin is None:
            continue
        for role, one in enumerate(ticket.pin.technician_ids):
            technician = technicians.get(one)
            if technician is None:
                continue
            if not technician.has_skills(ticket.role_skills(role)):
                yield Fault(
                    rule="pin.skill", message=f"ticket {ticket.id}: {one} lacks a needed skill", field="pin", value=one
                )
            if one in ticket.excluded or (role == 0 and ticket.required and one not in ticket.required):
                yield Fault(
                    rule="pin.excluded", message=f"ticket {ticket.id}: {one} must not serve it", field="pin", value=one
                )
            own = [shift for shift in problem.shifts if shift.technician_id == one]
            if not own:
                yield Fault(
                    rule="pin.no_shift", message=f"ticket {ticket.id}: {one} has no shift", field="pin", value=one
                )
            elif ticket.pin.start_s is not None:
                finish_s = ticket.pin.start_s + technician.service_s(ticket, role)
                if not any(shift.start_s <= ticket.pin.start_s and finish_s <= shift.end_s for shift in own):
                    yield Fault(
                        rule="pin.outside_shift",
                        message=f"ticket {ticket.id}: no shift of {one} holds the pinned visit",
                        field="pin",
                        value=str(ticket.pin.start_s),
                    )


def pins_do_not_overlap(problem: Problem) -> Iterator[Fault]:
    """No technician is pinned to two places at once."""
    technicians = {item.id: item for item in problem.technicians}
    pinned: dict[str, list[tuple[int, int, str]]] = {}
    for ticket in problem.tickets:
        if ticket.pin is not None and ticket.pin.start_s is not None:
            for role, one in enumerate(ticket.pin.technician_ids):
                if one in technicians:
                    finish_s = ticket.pin.start_s + technicians[one].service_s(ticket, role)
                    pinned.setdefault(one, []).append((ticket.pin.start_s, finish_s, ticket.id))
    for one, visits in pinned.items():
        visits.sort()
        for (_, finish_s, first), (start_s, _, second) in pairwise(visits):
            if start_s < finish_s:
                yield Fault(
                    rule="pin.overlap",
                    message=f"tickets {first} and {second} are pinned to {one} at the same time",
                    field="pin",
                    value=str(start_s),
                )


def shifts_do_not_overlap(problem: Problem) -> Iterator[Fault]:
    """A technician works one shift at a time."""
    by_owner: dict[str, list[tuple[int, int, str]]] = {}
    for shift in problem.shifts:
        by_owner.setdefault(shift.technician_id, []).append((shift.start_s, shift.end_s, shift.id))
    for owner, spans in by_owner.items():
        spans.sort()
        for (_, end_s, first), (start_s, _, second) in pairwise(spans):
            if start_s < end_s:
                yield Fault(
                    rule="shift.overlap",
                    message=f"shifts {first} and {second} of {owner} overlap",
                    field="shift",
                    value=second,
                )


def one_point_per_place(problem: Problem) -> Iterator[Fault]:
    """A place id stands for one point."""
    seen: dict[str, Place] = {}
    for place in all_places(problem):
        if seen.setdefault(place.id, place) != place:
            yield Fault(rule="place.twice", message="one place id stands for two points", field="place", value=place.id)


RULES: tuple[Callable[[Problem], Iterator[Fault]], ...] = (
    horizon,
    unique_ids,
    times_in_range,
    known_names,
    after_has_no_cycle,
    pins_can_hold,
    pins_do_not_overlap,
    shifts_do_not_overlap,
    one_point_per_place,
)


def faults_of(problem: Problem) -> list[Fault]:
    """All faults of a problem, rule by rule."""
    return [fault for rule in RULES for fault in rule(problem)]
