"""What of a route in force lies behind its technician: where and when they are free, breaks, restocks, the van.

Only visits are reported. A break or a restock has happened when it was planned before now and nothing that was reported
speaks against it.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.places import Place
from dispatch.plan import Rest, Restock, Route, Visit
from dispatch.problem import Problem
from dispatch.replan.reports import Report, State
from dispatch.technicians import Break, Shift, Technician


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """How far a shift is.

    Parameters
    ----------
    free_s : int
        When its technician can leave, at the earliest.
    place : Place or None
        From where.
    breaks : tuple of Break
        Those that are still to come.
    restocks : frozenset of int
        Positions among the route's stops of the restocks that lie behind.
    """

    free_s: int
    place: Place | None
    breaks: tuple[Break, ...]
    restocks: frozenset[int]


def behind(problem: Problem, shift: Shift, route: Route | None, reports: Sequence[Report], *, now_s: int) -> Behind:
    """How far a shift is.

    Parameters
    ----------
    problem, shift
        The whole day, and one of its shifts.
    route : Route or None
        What it drives.
    reports : sequence of Report
        Those of this shift.
    now_s : int
        Nothing that is planned begins before.
    """
    last = max(reports, key=lambda one: one.finish_s, default=None)
    free_s = max(shift.start_s, now_s, now_s if last is None else last.finish_s)
    place = shift.start_place
    if last is not None and last.ticket_id in problem.ticket_by_id:
        place = problem.ticket_by_id[last.ticket_id].place
    restocks, end = _restocks(problem, route, reports, last, now_s)
    if end is not None:
        free_s, place = max(free_s, end[0]), end[1]
    taken = _taken(route, reports, now_s)
    free_s = max([free_s, *(rest.finish_s for rest in taken)])
    breaks = tuple(item for item in shift.breaks if item.latest_s >= free_s)
    if route is not None and (last is not None or route.departure_s < now_s):
        breaks = tuple(_ahead(item, free_s) for item in breaks if not _rested(item, route, taken))
    return Behind(free_s=free_s, place=place, breaks=breaks, restocks=restocks)


def _restocks(
    problem: Problem, route: Route | None, reports: Sequence[Report], last: Report | None, now_s: int
) -> tuple[frozenset[int], tuple[int, Place] | None]:
    """Positions of restocks that lie behind; end and place of the last one, if no reported visit came after it."""
    stops = () if route is None else route.stops
    told = {(one.ticket_id, one.role) for one in reports}
    reported = [n for n, stop in enumerate(stops) if isinstance(stop, Visit) and (stop.ticket_id, stop.role) in told]
    seen = reported[-1] + 1 if reported else 0
    found = {number for number, stop in enumerate(stops[:seen]) if isinstance(stop, Restock)}
    end: tuple[int, Place] | None = None
    ready_s = last.finish_s if last is not None else None
    for number, stop in enumerate(stops[seen:], start=seen):
        if isinstance(stop, Visit) and stop.ticket_id in problem.ticket_by_id:
            break
        centre = problem.centre_by_id.get(stop.centre_id) if isinstance(stop, Restock) else None
        if not isinstance(stop, Restock) or centre is None:
            continue
        begin_s = stop.start_s if ready_s is None else max(stop.start_s, ready_s + stop.travel_s)
        if begin_s >= now_s:
            break
        ready_s = begin_s + stop.finish_s - stop.start_s
        found.add(number)
        end = ready_s, centre.place
    return frozenset(found), end


def _taken(route: Route | None, reports: Sequence[Report], now_s: int) -> list[Rest]:
    """Rests that began before now, but for those in which a customer was served: these were not taken."""
    rests = [stop for stop in route.stops if isinstance(stop, Rest)] if route is not None else []
    return [
        rest
        for rest in rests
        if rest.start_s < now_s
        and not any(one.start_s < rest.finish_s and rest.start_s < one.finish_s for one in reports)
    ]


def _rested(item: Break, route: Route, taken: Sequence[Rest]) -> bool:
    """Whether a break was taken on the route, or before the departure.

    It is known by its window: the index of a rest may count the breaks of a rest of the day.
    """
    if any(isinstance(stop, Rest) and _is(item, stop) for stop in route.stops):
        return any(_is(item, rest) for rest in taken)
    return item.earliest_s + item.duration_s <= route.departure_s


def _is(item: Break, rest: Rest) -> bool:
    return item.earliest_s <= rest.start_s <= item.latest_s


def _ahead(item: Break, free_s: int) -> Break:
    """The break with the window that is left: what could have been taken before now was not."""
    return dataclasses.replace(item, earliest_s=max(item.earliest_s, free_s))


def loaded(
    problem: Problem,
    technician: Technician,
    shifts: Sequence[tuple[Route | None, Behind, Sequence[Report]]],
) -> Technician:
    """The technician with what is in the van now.

    Parts of visits under way or done are used. At a restock the van gets its list of what the centre holds, and what
    the visits planned behind it need.
    """
    used: Counter[str] = Counter()
    stock, tools = dict(technician.stock), set(technician.tools)
    for route, how, reports in shifts:
        stops = () if route is None else route.stops
        position = {stop.ticket_id: n for n, stop in enumerate(stops) if isinstance(stop, Visit)}
        held: dict[str, int] = {}  # part -> the last restock that had it
        for number in sorted(how.restocks):
            stop = stops[number]
            centre = problem.centre_by_id.get(stop.centre_id) if isinstance(stop, Restock) else None
            if centre is None:
                continue
            needs: Counter[str] = Counter()
            for other in stops[number:]:
                ticket = problem.ticket_by_id.get(other.ticket_id) if isinstance(other, Visit) else None
                if ticket is None or (isinstance(other, Visit) and other.role):
                    continue
                needs.update(ticket.parts)
                tools |= ticket.tools if centre.tools is None else ticket.tools & centre.tools
            for part in needs.keys() | stock.keys():
                if centre.parts is None or part in centre.parts:
                    held[part] = number
                    stock[part] = max(technician.stock.get(part, 0), needs[part])
        for report in reports:
            ticket = problem.ticket_by_id.get(report.ticket_id)
            if ticket is None or report.role or report.state is State.FAILED:
                continue
            for part, count in ticket.parts.items():
                if position.get(ticket.id, len(stops)) >= held.get(part, -1):
                    used[part] += count
    left = {part: max(0, count - used[part]) for part, count in stock.items()}
    if left == technician.stock and tools == technician.tools:
        return technician
    return dataclasses.replace(technician, stock=left, tools=frozenset(tools))
