"""May this technician serve this ticket? Skills, wishes that are commands, reach, pins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dispatch.feasibility.violation import Violation
from dispatch.places import Place
from dispatch.plan import Rest, Route, Visit
from dispatch.problem import Problem
from dispatch.travel import Travel


def skills(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """Each needed level is reached."""
    for route in routes:
        have = problem.technician_by_id[route.technician_id].skills
        for visit in route.visits:
            for skill, level in problem.ticket_by_id[visit.ticket_id].role_skills(visit.role).items():
                if have.get(skill, 0) < level:
                    yield Violation(
                        code="skill_level",
                        shift_id=route.shift_id,
                        ticket_id=visit.ticket_id,
                        facts={"skill": skill, "have": have.get(skill, 0), "need": level},
                    )


def technician_sets(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """Excluded technicians stay away from every role; required ones lead."""
    for route in routes:
        for visit in route.visits:
            ticket = problem.ticket_by_id[visit.ticket_id]
            if route.technician_id in ticket.excluded:
                yield Violation(code="technician_excluded", shift_id=route.shift_id, ticket_id=ticket.id)
            if visit.role == 0 and ticket.required and route.technician_id not in ticket.required:
                yield Violation(code="technician_not_required", shift_id=route.shift_id, ticket_id=ticket.id)


def reach(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """Tickets lie within reach of base and centre; legs to stops are short enough (the way back is free)."""
    _prefetch(problem, travel, routes)
    for route in routes:
        technician = problem.technician_by_id[route.technician_id]
        centre = problem.centre_by_id[technician.centre_id] if technician.centre_id is not None else None
        for stop in route.stops:
            if isinstance(stop, Rest):
                continue
            ticket_id = stop.ticket_id if isinstance(stop, Visit) else ""
            if technician.max_leg_s is not None and stop.travel_s > technician.max_leg_s:
                yield Violation(
                    code="leg_drive", shift_id=route.shift_id, ticket_id=ticket_id, facts={"travel_s": stop.travel_s}
                )
            if technician.max_leg_m is not None and stop.distance_m > technician.max_leg_m:
                yield Violation(
                    code="leg_distance",
                    shift_id=route.shift_id,
                    ticket_id=ticket_id,
                    facts={"distance_m": stop.distance_m},
                )
            if not isinstance(stop, Visit):
                continue
            place = problem.ticket_by_id[ticket_id].place
            limits = [
                ("base_drive", "base_distance", technician.base, technician.max_drive_s, technician.max_distance_m)
            ]
            if centre is not None:
                limits.append(
                    ("outside_coverage", "outside_coverage", centre.place, centre.coverage_s, centre.coverage_m)
                )
            for drive_code, distance_code, origin, limit_s, limit_m in limits:
                if limit_s is None and limit_m is None:
                    continue
                travel_s, distance_m = travel.leg(technician.profile, origin, place)
                if limit_s is not None and not 0 <= travel_s <= limit_s:
                    yield Violation(
                        code=drive_code,
                        shift_id=route.shift_id,
                        ticket_id=ticket_id,
                        facts={"travel_s": travel_s, "limit_s": limit_s},
                    )
                if limit_m is not None and not 0 <= distance_m <= limit_m:
                    yield Violation(
                        code=distance_code,
                        shift_id=route.shift_id,
                        ticket_id=ticket_id,
                        facts={"distance_m": distance_m, "limit_m": limit_m},
                    )


def _prefetch(problem: Problem, travel: Travel, routes: Sequence[Route]) -> None:
    """Ask together for the legs from bases and centres to the tickets."""
    legs: dict[str, list[tuple[Place | None, Place | None]]] = {}
    for route in routes:
        technician = problem.technician_by_id[route.technician_id]
        origins = [] if technician.max_drive_s is None and technician.max_distance_m is None else [technician.base]
        if technician.centre_id is not None:
            origins.append(problem.centre_by_id[technician.centre_id].place)
        own = legs.setdefault(technician.profile, [])
        own += [(one, problem.ticket_by_id[visit.ticket_id].place) for visit in route.visits for one in origins]
    for profile, pairs in legs.items():
        travel.prefetch(profile, pairs)


def pins(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """Pinned and locked tickets keep their technicians; pinned ones their start."""
    for route in routes:
        for visit in route.visits:
            pin = problem.ticket_by_id[visit.ticket_id].pin
            if pin is None:
                continue
            if route.technician_id != pin.technician_ids[visit.role]:
                yield Violation(
                    code="pin_technician",
                    shift_id=route.shift_id,
                    ticket_id=visit.ticket_id,
                    facts={"pinned": pin.technician_ids[visit.role]},
                )
            if pin.start_s is not None and visit.start_s != pin.start_s:
                yield Violation(
                    code="pin_start",
                    shift_id=route.shift_id,
                    ticket_id=visit.ticket_id,
                    facts={"start_s": visit.start_s, "pinned_s": pin.start_s},
                )
