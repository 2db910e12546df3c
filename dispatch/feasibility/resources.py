"""Van stock and tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dispatch.feasibility.violation import Violation
from dispatch.plan import Rest, Restock, Route
from dispatch.problem import Problem
from dispatch.travel import Travel


def parts_and_tools(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """The lead carries every tool and has every part left, from the van's stock or from a restock before."""
    for route in routes:
        technician = problem.technician_by_id[route.technician_id]
        left = dict(technician.stock)
        tools = set(technician.tools)
        endless: set[str] = set()
        all_parts = all_tools = False
        for stop in route.stops:
            if isinstance(stop, Rest):
                continue
            if isinstance(stop, Restock):
                centre = problem.centre_by_id[stop.centre_id]
                all_parts, all_tools = all_parts or centre.parts is None, all_tools or centre.tools is None
                endless |= centre.parts or frozenset()
                tools |= centre.tools or frozenset()
                continue
            if stop.role != 0:
                continue
            ticket = problem.ticket_by_id[stop.ticket_id]
            for part, quantity in ticket.parts.items():
                if all_parts or part in endless:
                    continue
                left[part] = left.get(part, 0) - quantity
                if left[part] < 0:
                    yield Violation(
                        code="part_short",
                        shift_id=route.shift_id,
                        ticket_id=ticket.id,
                        facts={"part": part, "short": -left[part]},
                    )
            if not all_tools:
                for tool in sorted(ticket.tools - tools):
                    yield Violation(
                        code="tool_missing", shift_id=route.shift_id, ticket_id=ticket.id, facts={"tool": tool}
                    )
