"""Breaks: taken once, in their window, for their length, never inside a service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dispatch.feasibility.violation import Violation
from dispatch.plan import Rest, Route
from dispatch.problem import Problem
from dispatch.travel import Travel


def rests(problem: Problem, travel: Travel, routes: Sequence[Route]) -> Iterator[Violation]:
    """Each break of the shift is taken on the route, or fits before its departure or after its return."""
    for route in routes:
        shift = problem.shift_by_id[route.shift_id]
        taken: set[int] = set()
        free_s = route.departure_s
        for position, stop in enumerate(route.stops):
            if not isinstance(stop, Rest):
                free_s = stop.finish_s
                continue
            item = shift.breaks[stop.index]
            facts: dict[str, int | float | str] = {"index": stop.index, "start_s": stop.start_s}
            if stop.index in taken:
                yield Violation(code="break_twice", shift_id=shift.id, facts=facts)
            taken.add(stop.index)
            if not item.earliest_s <= stop.start_s <= item.latest_s:
                yield Violation(code="break_window", shift_id=shift.id, facts=facts)
            if stop.finish_s - stop.start_s != item.duration_s:
                yield Violation(code="break_duration", shift_id=shift.id, facts=facts)
            following = next((other for other in route.stops[position + 1 :]), None)
            ends_s = route.return_s if following is None else following.start_s
            if stop.start_s < free_s or stop.finish_s > ends_s:
                yield Violation(code="break_overlap", shift_id=shift.id, facts=facts)
            free_s = stop.finish_s
        for index, item in enumerate(shift.breaks):
            before = item.earliest_s + item.duration_s <= route.departure_s
            behind = route.return_s <= item.latest_s
            if index not in taken and not before and not behind:
                yield Violation(code="break_missing", shift_id=shift.id, facts={"index": index})
