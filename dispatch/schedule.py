"""When things happen: the only code that computes arrival times.

Given the steps of the routes, times are fixed in three passes (see ``docs/schedule.md``):

1. *Earliest.* Each route is walked with departure at the shift's start; every stop happens as early as it can.
   Crews and ``after`` tie routes together: their starts are raised until nothing changes.
2. *Latest departure.* Walking back from that earliest return, each stop's start is bounded by its window and by
   ``max(its earliest start, its deadlines)``. The departure is the latest that keeps these bounds: it removes
   waiting without a later return and without a second more lateness. A start that the baseline promises is a
   deadline here, so nobody who is ahead of a long wait leaves later than the customers were told. Stops tied to
   other routes do not move.
3. *Final.* The route is walked again from that departure.

Nothing is refused here: a step that can't be in time is given its real, too late time, and
:mod:`dispatch.feasibility` says what it breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dispatch.places import Place
from dispatch.plan import (
    BreakStep,
    Lateness,
    Rest,
    Restock,
    RestockStep,
    Route,
    RouteSteps,
    Step,
    Stop,
    Visit,
    VisitStep,
)
from dispatch.problem import Problem
from dispatch.technicians import Break, Shift
from dispatch.tickets import Window
from dispatch.tiers import Deadline, Point
from dispatch.travel import Travel

_FAR_S = 2**40
_MAX_ROUNDS = 10_000


@dataclass(frozen=True, slots=True)
class _Leg:
    """One stop with its leg from the stop before and the breaks on that leg; `step` None = the end place."""

    step: VisitStep | RestockStep | None
    travel_s: int
    distance_m: int
    breaks: tuple[tuple[int, Break], ...]
    service_s: int
    windows: tuple[Window, ...]
    soft_start_s: int  # latest start that misses no target and no promise (may be in the past)
    deadlines: tuple[Deadline, ...] = ()


def _legs(problem: Problem, travel: Travel, shift: Shift, steps: Sequence[Step]) -> list[_Leg]:
    technician = problem.technician_of(shift)
    here = shift.start_place
    breaks: list[tuple[int, Break]] = []
    legs = []
    for step in steps:
        if isinstance(step, BreakStep):
            breaks.append((step.index, shift.breaks[step.index]))
            continue
        if isinstance(step, VisitStep):
            ticket = problem.ticket_by_id[step.ticket_id]
            place, service_s, windows = ticket.place, technician.service_s(ticket, step.role), ticket.start_windows
            deadlines = problem.deadlines[ticket.id]
            dues = [d.due_s if d.point is Point.START else d.due_s - service_s for d in deadlines]
            soft_start_s = min(*dues, problem.promised_s.get(ticket.id, _FAR_S), _FAR_S)
        else:
            centre = problem.centre_by_id[step.centre_id]
            place, service_s, windows, soft_start_s, deadlines = centre.place, centre.restock_s, (), _FAR_S, ()
        travel_s, distance_m = travel.leg(technician.profile, here, place)
        driven = max(travel_s, 0), max(distance_m, 0)
        legs.append(_Leg(step, *driven, tuple(breaks), service_s, windows, soft_start_s, deadlines))
        here, breaks = place, []
    travel_s, distance_m = travel.leg(technician.profile, here, shift.end_place) if legs else (0, 0)
    legs.append(_Leg(None, max(travel_s, 0), max(distance_m, 0), tuple(breaks), 0, (), _FAR_S))
    return legs


def rest_times(free_s: int, travel_s: int, breaks: Sequence[tuple[int, Break]]) -> tuple[int, list[Rest]]:
    """Arrival after a leg left at `free_s`, and its rests: each as early as its window allows, driving meanwhile."""
    if not breaks:
        return free_s + travel_s, []
    now_s, left_s, rests = free_s, travel_s, []
    for index, rest in breaks:
        begin_s = max(now_s, rest.earliest_s)
        left_s -= min(left_s, begin_s - now_s)
        now_s = begin_s + rest.duration_s
        rests.append(Rest(index=index, start_s=begin_s, finish_s=now_s))
    return now_s + left_s, rests


def first_start(ready_s: int, windows: tuple[Window, ...]) -> int:
    """Earliest start at or after `ready_s` in a window; `ready_s` itself when all have passed."""
    for window in windows:
        if ready_s <= window.end_s:
            return max(ready_s, window.start_s)
    return ready_s


def _last_start(bound_s: int, windows: tuple[Window, ...]) -> int:
    """Latest start at or before `bound_s` in a window; `bound_s` itself when there are none or all come later."""
    for window in reversed(windows):
        if window.start_s <= bound_s:
            return min(bound_s, window.end_s)
    return bound_s


def _walk(legs: Sequence[_Leg], departure_s: int, not_before: Mapping[VisitStep, int]) -> tuple[list[int], int]:
    """Earliest start of each stop when leaving at `departure_s`, and the return."""
    now_s = departure_s
    starts: list[int] = []
    for leg in legs:
        arrival_s, _ = rest_times(now_s, leg.travel_s, leg.breaks)
        if leg.step is None:
            return starts, arrival_s
        if not_before and isinstance(leg.step, VisitStep):
            arrival_s = max(arrival_s, not_before.get(leg.step, arrival_s))
        start_s = first_start(arrival_s, leg.windows)
        starts.append(start_s)
        now_s = start_s + leg.service_s
    return starts, now_s


def _latest_departure(
    legs: Sequence[_Leg], starts: Sequence[int], return_s: int, departure_s: int, fixed: frozenset[Step]
) -> int:
    """Latest departure that keeps the return and adds no lateness (pass 2); at least `departure_s`."""
    bound_s = return_s
    for number in range(len(legs) - 1, -1, -1):
        leg = legs[number]
        latest_s = bound_s - leg.travel_s
        for position in range(len(leg.breaks) - 1, -1, -1):  # a break may start late, but no later than its window
            rest = leg.breaks[position][1]
            latest_s = min(latest_s - rest.duration_s, rest.latest_s)
        if number == 0:
            if not _keeps(legs[0], latest_s, bound_s):
                return departure_s
            return max(latest_s, departure_s)
        if not _keeps(leg, latest_s, bound_s):
            return departure_s  # an early break holds the route where it is
        before = legs[number - 1]
        earliest_s = starts[number - 1]
        latest_s -= before.service_s
        latest_s = min(latest_s, max(earliest_s, before.soft_start_s))
        latest_s = earliest_s if before.step in fixed else _last_start(latest_s, before.windows)
        bound_s = max(latest_s, earliest_s)
    return departure_s


def _keeps(leg: _Leg, free_s: int, bound_s: int) -> bool:
    """Whether leaving on `leg` at `free_s` arrives by `bound_s` with every break started in its window."""
    if not leg.breaks:
        return free_s + leg.travel_s <= bound_s
    arrival_s, rests = rest_times(free_s, leg.travel_s, leg.breaks)
    windows = all(rest.start_s <= item.latest_s for rest, (_, item) in zip(rests, leg.breaks, strict=True))
    return windows and arrival_s <= bound_s


def _finish(
    problem: Problem, shift: Shift, legs: Sequence[_Leg], departure_s: int, not_before: Mapping[VisitStep, int]
) -> Route:
    """Walk the route a last time and write everything down."""
    stops: list[Stop] = []
    now_s = departure_s
    for leg in legs:
        arrival_s, rests = rest_times(now_s, leg.travel_s, leg.breaks)
        stops.extend(rests)
        if isinstance(leg.step, VisitStep):
            start_s = first_start(max(arrival_s, not_before.get(leg.step, arrival_s)), leg.windows)
            now_s = start_s + leg.service_s
            stops.append(
                Visit(
                    ticket_id=leg.step.ticket_id,
                    role=leg.step.role,
                    travel_s=leg.travel_s,
                    distance_m=leg.distance_m,
                    arrival_s=arrival_s,
                    start_s=start_s,
                    finish_s=now_s,
                    late=lateness(problem, leg.step.ticket_id, start_s, now_s),
                )
            )
        elif isinstance(leg.step, RestockStep):
            now_s = arrival_s + leg.service_s
            stops.append(
                Restock(
                    centre_id=leg.step.centre_id,
                    travel_s=leg.travel_s,
                    distance_m=leg.distance_m,
                    arrival_s=arrival_s,
                    start_s=arrival_s,
                    finish_s=now_s,
                )
            )
        else:
            now_s = arrival_s
    return Route(
        shift_id=shift.id,
        technician_id=shift.technician_id,
        departure_s=departure_s,
        return_s=now_s,
        end_travel_s=legs[-1].travel_s,
        end_distance_m=legs[-1].distance_m,
        stops=tuple(stops),
    )


def lateness(problem: Problem, ticket_id: str, start_s: int, finish_s: int) -> tuple[Lateness, ...]:
    """Targets missed by a visit with this start and finish, in the tier's order."""
    missed = []
    for deadline in problem.deadlines[ticket_id]:
        met_s = start_s if deadline.point is Point.START else finish_s
        if met_s > deadline.due_s:
            missed.append(Lateness(target=deadline.target, due_s=deadline.due_s, late_s=met_s - deadline.due_s))
    return tuple(missed)


def schedule_route(problem: Problem, travel: Travel, route: RouteSteps) -> Route:
    """Times of one route that has no crew ticket and no ``after`` (those need :func:`schedule_plan`)."""
    shift = problem.shift_by_id[route.shift_id]
    legs = _legs(problem, travel, shift, route.steps)
    starts, return_s = _walk(legs, shift.start_s, {})
    departure_s = _latest_departure(legs, starts, return_s, shift.start_s, frozenset())
    return _finish(problem, shift, legs, departure_s, {})


def schedule_plan(problem: Problem, travel: Travel, routes: Sequence[RouteSteps]) -> tuple[Route, ...]:
    """Times of all routes together, in the order of the problem's shifts.

    Parameters
    ----------
    problem, travel
        `travel` holds every place of the problem.
    routes : sequence of RouteSteps
        At most one for each shift. Routes without a visit are left out of the answer.

    Returns
    -------
    tuple of Route
        Ties that can never be met (a cycle through several routes) end at the time of the last round; the
        checker reports what they break.
    """
    order = {shift.id: number for number, shift in enumerate(problem.shifts)}
    wanted = [route for route in routes if any(isinstance(step, VisitStep) for step in route.steps)]
    wanted.sort(key=lambda route: order[route.shift_id])
    shifts = [problem.shift_by_id[route.shift_id] for route in wanted]
    _prefetch(problem, travel, zip(shifts, wanted, strict=True))
    legs = [_legs(problem, travel, shift, route.steps) for shift, route in zip(shifts, wanted, strict=True)]
    not_before, tied = _tie(problem, wanted, shifts, legs)
    planned = []
    for shift, own in zip(shifts, legs, strict=True):
        starts, return_s = _walk(own, shift.start_s, not_before)
        departure_s = _latest_departure(own, starts, return_s, shift.start_s, tied)
        planned.append(_finish(problem, shift, own, departure_s, not_before))
    return tuple(planned)


def _prefetch(problem: Problem, travel: Travel, routes: Iterable[tuple[Shift, RouteSteps]]) -> None:
    """Ask for the legs of all routes together."""
    legs: dict[str, list[tuple[Place | None, Place | None]]] = {}
    for shift, route in routes:
        stops = (
            problem.ticket_by_id[step.ticket_id].place
            if isinstance(step, VisitStep)
            else problem.centre_by_id[step.centre_id].place
            for step in route.steps
            if not isinstance(step, BreakStep)
        )
        own = legs.setdefault(problem.technician_of(shift).profile, [])
        own.extend(pairwise((shift.start_place, *stops, shift.end_place)))
    for profile, pairs in legs.items():
        travel.prefetch(profile, pairs)


def _tie(
    problem: Problem, routes: Sequence[RouteSteps], shifts: Sequence[Shift], legs: Sequence[Sequence[_Leg]]
) -> tuple[dict[VisitStep, int], frozenset[Step]]:
    """Least starts that make crews start together and ``after`` gaps hold, and the steps that they bind."""
    home: dict[str, list[tuple[int, VisitStep]]] = {}  # ticket -> its visits and their routes
    for number, route in enumerate(routes):
        for step in route.steps:
            if isinstance(step, VisitStep):
                home.setdefault(step.ticket_id, []).append((number, step))
    crews = [ticket.id for ticket in problem.tickets if ticket.crew and len(home.get(ticket.id, ())) > 1]
    orders = [
        (ticket.id, after)
        for ticket in problem.tickets
        for after in ticket.after
        if ticket.id in home and after.ticket_id in home
    ]
    if not crews and not orders:
        return {}, frozenset()
    bound_ids = {*crews, *(one for one, _ in orders), *(after.ticket_id for _, after in orders)}
    not_before: dict[VisitStep, int] = {}
    starts: dict[VisitStep, int] = {}
    finishes: dict[VisitStep, int] = {}

    def walk(number: int) -> None:
        own, _ = _walk(legs[number], shifts[number].start_s, not_before)
        for leg, start_s in zip(legs[number], own, strict=False):
            if isinstance(leg.step, VisitStep):
                starts[leg.step], finishes[leg.step] = start_s, start_s + leg.service_s

    for number in range(len(routes)):
        walk(number)
    for _ in range(_MAX_ROUNDS):
        raised: set[int] = set()

        def demand(ticket_id: str, least_s: int, raised: set[int] = raised) -> None:
            for number, step in home[ticket_id]:
                if starts[step] < least_s:
                    not_before[step] = least_s
                    raised.add(number)

        for ticket_id in crews:
            demand(ticket_id, max(starts[step] for _, step in home[ticket_id]))
        for ticket_id, after in orders:
            first = [step for _, step in home[after.ticket_id]]
            begun_s = min(starts[step] for _, step in home[ticket_id])
            mark_s = max((starts if after.point is Point.START else finishes)[step] for step in first)
            demand(ticket_id, mark_s + after.min_gap_s)
            if after.max_gap_s is not None and begun_s - mark_s > after.max_gap_s:
                demand(after.ticket_id, min(starts[step] for step in first) + begun_s - mark_s - after.max_gap_s)
        if not raised:
            break
        for number in raised:
            walk(number)
        if max(starts.values()) > problem.end_s + 86_400:
            break  # no schedule meets these ties: stop raising, the checker names them
    return not_before, frozenset(step for one in bound_ids for _, step in home[one])


def place_breaks(problem: Problem, travel: Travel, route: RouteSteps) -> RouteSteps:
    """Put the shift's breaks where the route ends earliest; breaks that fit before or after it stay out.

    Existing break steps are thrown away. Breaks are placed in time order, each at the best leg given those
    before it: the earliest return among the legs where every break starts in its window, the last such leg
    on a tie.
    """
    shift = problem.shift_by_id[route.shift_id]
    steps: list[Step] = [step for step in route.steps if not isinstance(step, BreakStep)]
    if not steps or not shift.breaks:
        return RouteSteps(shift_id=route.shift_id, steps=tuple(steps))
    _prefetch(problem, travel, [(shift, route)])
    legs = _legs(problem, travel, shift, steps)
    first = 0  # breaks stay in their order
    for index, item in enumerate(shift.breaks):
        base = _timing(shift, legs)
        if base.departure_s >= item.earliest_s + item.duration_s or base.return_s <= item.latest_s:
            continue  # rested before leaving, or back before the break is due
        earliest = [_Tally(shift.start_s, 0, 0)]  # how things stand before each leg
        for leg in legs:
            earliest.append(_tally([leg], earliest[-1]))
        best: tuple[_Key, list[_Leg]] | None = None
        for number in range(len(legs) - 1, first - 1, -1):
            behind = [_with_break(legs[number], index, item), *legs[number + 1 :]]
            least = _key(_tally(behind, earliest[number]), shift, number)  # a later departure makes nothing better
            if best is None or least < best[0]:
                trial = [*legs[:number], *behind]
                key = _key(_timing(shift, trial), shift, number)
                if best is None or key < best[0]:
                    best = (key, trial)
        assert best is not None
        first, legs = -best[0][3], best[1]
    placed: list[Step] = []
    for leg in legs:
        placed.extend(BreakStep(index=index) for index, _ in leg.breaks)
        if leg.step is not None:
            placed.append(leg.step)
    return RouteSteps(shift_id=route.shift_id, steps=tuple(placed))


def _with_break(leg: _Leg, index: int, item: Break) -> _Leg:
    """The leg with one more break, behind those that it has."""
    breaks = (*leg.breaks, (index, item))
    return _Leg(
        leg.step, leg.travel_s, leg.distance_m, breaks, leg.service_s, leg.windows, leg.soft_start_s, leg.deadlines
    )


@dataclass(frozen=True, slots=True)
class _Tally:
    """How things stand behind a leg and the stop that it leads to."""

    return_s: int  # when the technician is free
    late_s: int
    broken: int  # hard limits missed: windows and break windows
    departure_s: int = 0


_Key = tuple[int, int, int, int]


def _key(end: _Tally, shift: Shift, number: int) -> _Key:
    """Order of the places for a break: least broken, least late, earliest return, last leg."""
    return end.broken + (end.return_s > shift.end_s), end.late_s, end.return_s, -number


def _timing(shift: Shift, legs: Sequence[_Leg]) -> _Tally:
    """What :func:`schedule_route` gives, without writing the route down."""
    starts, return_s = _walk(legs, shift.start_s, {})
    departure_s = _latest_departure(legs, starts, return_s, shift.start_s, frozenset())
    end = _tally(legs, _Tally(departure_s, 0, 0))
    return _Tally(end.return_s, end.late_s, end.broken, departure_s)


def _tally(legs: Sequence[_Leg], state: _Tally) -> _Tally:
    """How things stand behind these legs, when `state` is before them."""
    now_s, late_s, broken = state.return_s, state.late_s, state.broken
    for leg in legs:
        now_s, rests = rest_times(now_s, leg.travel_s, leg.breaks)
        for rest, (_, item) in zip(rests, leg.breaks, strict=True):
            broken += rest.start_s > item.latest_s
        start_s = now_s
        if leg.windows:
            start_s = first_start(now_s, leg.windows)
            broken += not any(w.start_s <= start_s <= w.end_s for w in leg.windows)
        now_s = start_s + leg.service_s
        for deadline in leg.deadlines:
            late_s += max(0, (start_s if deadline.point is Point.START else now_s) - deadline.due_s)
    return _Tally(now_s, late_s, broken)
