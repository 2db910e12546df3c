"""Does the plan talk about this input, and about each ticket once?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dispatch.feasibility.violation import Violation
from dispatch.plan import (
    BreakStep,
    Plan,
    RestockStep,
    Route,
    RouteSteps,
    VisitStep,
)
from dispatch.problem import Problem

FATAL = frozenset(
    {
        "unknown_shift",
        "unknown_ticket",
        "unknown_centre",
        "unknown_break",
        "unknown_role",
        "duplicate_route",
        "duplicate_visit",
        "wrong_technician",
        "empty_route",
    }
)
"""Codes after which the other rules can't be asked."""


def references(problem: Problem, routes: Sequence[Route]) -> Iterator[Violation]:
    """Routes name known shifts, tickets, centres, breaks and roles, each once."""
    yield from step_references(problem, [route.steps for route in routes])
    roles: set[tuple[str, int]] = set()
    for route in routes:
        shift = problem.shift_by_id.get(route.shift_id)
        if shift is not None and route.technician_id != shift.technician_id:
            yield Violation(code="wrong_technician", shift_id=shift.id, facts={"technician": route.technician_id})
        if not route.visits:
            yield Violation(code="empty_route", shift_id=route.shift_id)
        for visit in route.visits:
            if (visit.ticket_id, visit.role) in roles:
                yield Violation(
                    code="duplicate_visit",
                    shift_id=route.shift_id,
                    ticket_id=visit.ticket_id,
                    facts={"role": visit.role},
                )
            roles.add((visit.ticket_id, visit.role))


def accounting(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Each ticket is served or listed as unserved, not both."""
    served = {visit.ticket_id for route in plan.routes for visit in route.visits}
    listed: set[str] = set()
    for entry in plan.unserved:
        if entry.ticket_id not in problem.ticket_by_id:
            yield Violation(code="unknown_ticket", ticket_id=entry.ticket_id)
        elif entry.ticket_id in listed:
            yield Violation(code="unserved_twice", ticket_id=entry.ticket_id)
        elif entry.ticket_id in served:
            yield Violation(code="served_and_unserved", ticket_id=entry.ticket_id)
        listed.add(entry.ticket_id)
    for ticket in problem.tickets:
        if ticket.id not in served and ticket.id not in listed:
            yield Violation(code="missing_ticket", ticket_id=ticket.id)


def step_references(problem: Problem, routes: Sequence[RouteSteps]) -> Iterator[Violation]:
    """Decisions name known shifts, tickets, centres and breaks; each shift has one route at most."""
    shifts: set[str] = set()
    for route in routes:
        shift = problem.shift_by_id.get(route.shift_id)
        if shift is None:
            yield Violation(code="unknown_shift", shift_id=route.shift_id)
            continue
        if shift.id in shifts:
            yield Violation(code="duplicate_route", shift_id=shift.id)
        shifts.add(shift.id)
        for step in route.steps:
            match step:
                case VisitStep():
                    ticket = problem.ticket_by_id.get(step.ticket_id)
                    if ticket is None:
                        yield Violation(code="unknown_ticket", shift_id=shift.id, ticket_id=step.ticket_id)
                    elif not 0 <= step.role < ticket.crew_size:
                        yield Violation(
                            code="unknown_role", shift_id=shift.id, ticket_id=ticket.id, facts={"role": step.role}
                        )
                case RestockStep():
                    if step.centre_id not in problem.centre_by_id:
                        yield Violation(code="unknown_centre", shift_id=shift.id, facts={"centre": step.centre_id})
                case BreakStep():
                    if not 0 <= step.index < len(shift.breaks):
                        yield Violation(code="unknown_break", shift_id=shift.id, facts={"index": step.index})
