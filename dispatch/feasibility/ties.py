"""Ties between routes: crews and order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dispatch.feasibility.violation import Violation
from dispatch.plan import Route, Visit
from dispatch.problem import Problem
from dispatch.tiers import Point
from dispatch.travel import Travel


def _visits(routes: Sequence[Route]) -> dict[str, list[tuple[Route, Visit]]]:
    found: dict[str, list[tuple[Route, Visit]]] = {}
    for route in routes:
        for visit in route.visits:
            found.setdefault(visit.ticket_id, []).append((route, visit))
    return found


def crews(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """All roles are filled by different technicians who start together."""
    for ticket_id, members in _visits(routes).items():
        size = problem.ticket_by_id[ticket_id].crew_size
        if size == 1:
            continue
        if len(members) < size:
            yield Violation(code="crew_incomplete", ticket_id=ticket_id, facts={"have": len(members), "need": size})
        if len({route.technician_id for route, _ in members}) < len(members):
            yield Violation(code="crew_same_technician", ticket_id=ticket_id)
        starts = {visit.start_s for _, visit in members}
        if len(starts) > 1:
            yield Violation(
                code="crew_apart", ticket_id=ticket_id, facts={"first_s": min(starts), "last_s": max(starts)}
            )


def orders(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """Gaps of ``after`` are kept, and the earlier ticket is served."""
    visits = _visits(routes)
    for ticket in problem.tickets:
        if not ticket.after or ticket.id not in visits:
            continue
        start_s = min(visit.start_s for _, visit in visits[ticket.id])
        for after in ticket.after:
            first = visits.get(after.ticket_id)
            if first is None:
                yield Violation(code="after_unserved", ticket_id=ticket.id, facts={"first": after.ticket_id})
                continue
            mark_s = max(visit.start_s if after.point is Point.START else visit.finish_s for _, visit in first)
            gap_s = start_s - mark_s
            if gap_s < after.min_gap_s:
                yield Violation(
                    code="after_too_soon", ticket_id=ticket.id, facts={"gap_s": gap_s, "min_gap_s": after.min_gap_s}
                )
            if after.max_gap_s is not None and gap_s > after.max_gap_s:
                yield Violation(
                    code="after_too_late", ticket_id=ticket.id, facts={"gap_s": gap_s, "max_gap_s": after.max_gap_s}
                )
