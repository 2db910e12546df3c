"""Figures of a plan for people. Every figure that Callout shows comes from here."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.objective import is_deferrable, last_visits, overtime_s, served_ids
from dispatch.plan import Route, Visit
from dispatch.problem import Problem
from dispatch.tiers import Point


def kpis(problem: Problem, routes: Sequence[Route]) -> dict[str, int | float]:
    """Figures of a plan.

    Returns
    -------
    dict
        Counts (``tickets served unserved deferred late_tickets breaches technicians_used routes``), sums with
        their unit (``travel_s distance_m service_s waiting_s work_s overtime_s``), shares in 0..1 rounded to
        four digits (``served_share utilisation``, and for each tier with promises ``kept_share.<tier>``: targets
        due within the horizon, or served, that are met), and ``response_s.<tier>``: mean seconds from opening
        to start of the served tickets.
    """
    visits = [visit for route in routes for visit in route.visits]
    served = served_ids(routes)
    left = [ticket for ticket in problem.tickets if ticket.id not in served]
    work_s = sum(route.work_s for route in routes)
    busy_s = sum(route.travel_s + route.service_s for route in routes)
    paid_s = sum(shift.regular_end_s - shift.start_s for shift in problem.shifts)
    figures: dict[str, int | float] = {
        "tickets": len(problem.tickets),
        "served": len(served),
        "unserved": len(left),
        "deferred": sum(is_deferrable(problem, ticket) for ticket in left),
        "late_tickets": len({visit.ticket_id for visit in visits if visit.late}),
        "breaches": sum(len(visit.late) for visit in last_visits(routes)),
        "technicians_used": len({route.technician_id for route in routes}),
        "routes": len(routes),
        "travel_s": sum(route.travel_s for route in routes),
        "distance_m": sum(route.distance_m for route in routes),
        "service_s": sum(route.service_s for route in routes),
        "waiting_s": sum(route.waiting_s for route in routes),
        "work_s": work_s,
        "overtime_s": sum(overtime_s(problem, route) for route in routes),
        "served_share": _share(len(served), len(problem.tickets)),
        "utilisation": _share(busy_s, paid_s),
    }
    by_tier: dict[str, list[tuple[int, int, list[int]]]] = {}
    first: dict[str, Visit] = {}
    last: dict[str, Visit] = {}
    for visit in visits:
        if visit.ticket_id not in first or visit.start_s < first[visit.ticket_id].start_s:
            first[visit.ticket_id] = visit
        if visit.ticket_id not in last or visit.finish_s > last[visit.ticket_id].finish_s:
            last[visit.ticket_id] = visit
    for ticket in problem.tickets:
        kept = due = 0
        response: list[int] = []
        if ticket.id in served:
            response.append(first[ticket.id].start_s - ticket.opened_s)
        for deadline in problem.deadlines[ticket.id]:
            if ticket.id in served:
                met_s = first[ticket.id].start_s if deadline.point is Point.START else last[ticket.id].finish_s
                due += 1
                kept += met_s <= deadline.due_s
            elif deadline.due_s <= problem.end_s:
                due += 1
        by_tier.setdefault(ticket.tier, []).append((kept, due, response))
    for tier in sorted(problem.tiers, key=lambda tier: -tier.level):
        rows = by_tier.get(tier.name, [])
        if tier.targets and rows:
            figures[f"kept_share.{tier.name}"] = _share(sum(row[0] for row in rows), sum(row[1] for row in rows))
        times = [seconds for row in rows for seconds in row[2]]
        if times:
            figures[f"response_s.{tier.name}"] = sum(times) // len(times)
    return figures


def _share(part: int, whole: int) -> float:
    """`part` / `whole` with four digits; 1 when there is nothing to share."""
    return round(part / whole, 4) if whole else 1.0
