"""Where could one more ticket go? An O(1) screen for every gap of every route, and an exact trial.

The screen keeps, for each gap of a route, when the technician is free at the earliest and when the next stop
must be reached at the latest (hard limits only). It is asked twice: with the breaks where they are, and, for what
that refuses, with the breaks set aside. The trial re-places the breaks, replays the route and asks the checker.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dispatch.feasibility import Violation, check_routes
from dispatch.objective import TERMS
from dispatch.places import Place
from dispatch.plan import BreakStep, Rest, Restock, RestockStep, Route, RouteSteps, Step, Visit, VisitStep
from dispatch.problem import Problem
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.technicians import Break, Shift
from dispatch.tickets import Ticket, Window
from dispatch.travel import Travel


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two neighbouring stops of a route (or its ends).

    `position` counts the steps without breaks before it; `free_s` is the earliest end of the stop before,
    `latest_s` the latest arrival at the stop behind that keeps all hard limits behind it.
    """

    position: int
    before: Place | None
    behind: Place | None
    free_s: int
    latest_s: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How a ticket fits a gap: `start_s` at the earliest, `short_s` seconds too long (0 or less: it fits)."""

    shift: Shift
    gap: Gap
    start_s: int
    short_s: int
    travel_s: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A route with the ticket in it that keeps every hard constraint, and what it costs more than before."""

    route: Route
    cost_cents: int


def first_start(ready_s: int, windows: tuple[Window, ...]) -> int | None:
    """Earliest start at or after `ready_s` inside a window; None when all have passed."""
    if not windows:
        return ready_s
    return next((max(ready_s, window.start_s) for window in windows if ready_s <= window.end_s), None)


def gaps(problem: Problem, travel: Travel, shift: Shift, route: Route | None, *, breaks: bool = True) -> list[Gap]:
    """All gaps of a route, first to last.

    An unused shift has one; a leg with breaks has two, before and behind them. Without `breaks` they are set aside:
    what does not fit even then fits wherever they are moved.
    """
    if route is None:
        return [Gap(0, shift.start_place, shift.end_place, shift.start_s, shift.end_s)]
    technician = problem.technician_of(shift)
    stops = [stop for stop in route.stops if not isinstance(stop, Rest)]
    places = [shift.start_place, *(place_of(problem, stop) for stop in stops), shift.end_place]
    rests: list[list[Break]] = [[] for _ in range(len(stops) + 1)]  # on the leg to each stop
    for leg in _rests_by_leg(route) if breaks else ():
        rests[leg[0]].append(shift.breaks[leg[1]])
    windows = [problem.ticket_by_id[s.ticket_id].start_windows if isinstance(s, Visit) else () for s in stops]
    services_s = [
        technician.service_s(problem.ticket_by_id[s.ticket_id], s.role)
        if isinstance(s, Visit)
        else problem.centre_by_id[s.centre_id].restock_s
        for s in stops
    ]
    legs_s = [*(stop.travel_s for stop in stops), route.end_travel_s]
    free_s, rested_s = [shift.start_s], []
    for number in range(len(stops) + 1):
        now_s = free_s[-1]
        for item in rests[number]:
            now_s = max(now_s, item.earliest_s) + item.duration_s
        rested_s.append(now_s)
        if number < len(stops):
            driving_s = max(now_s, free_s[-1] + legs_s[number] + sum(item.duration_s for item in rests[number]))
            begin_s = first_start(driving_s, windows[number])
            free_s.append((driving_s if begin_s is None else begin_s) + services_s[number])
    latest_s = [shift.end_s]
    for number in range(len(stops) - 1, -1, -1):
        bound_s = latest_s[-1] - legs_s[number + 1]
        for item in reversed(rests[number + 1]):
            bound_s = min(bound_s - item.duration_s, item.latest_s)
        bound_s -= services_s[number]
        inside = [min(bound_s, window.end_s) for window in windows[number] if window.start_s <= bound_s]
        latest_s.append(max(inside, default=bound_s))
    latest_s.reverse()
    found = []
    for number in range(len(stops) + 1):
        ends = places[number], places[number + 1]
        if rests[number]:
            resting_s = sum(item.duration_s for item in rests[number])
            found.append(Gap(number, *ends, free_s[number], latest_s[number] - resting_s))
        found.append(Gap(number, *ends, rested_s[number], latest_s[number]))
    return found


def place_of(problem: Problem, stop: Visit | Restock) -> Place:
    """Where a stop is."""
    return (
        problem.ticket_by_id[stop.ticket_id].place
        if isinstance(stop, Visit)
        else problem.centre_by_id[stop.centre_id].place
    )


def _rests_by_leg(route: Route) -> Iterator[tuple[int, int]]:
    """(leg number, break index) of each rest."""
    leg = 0
    for stop in route.stops:
        if isinstance(stop, Rest):
            yield leg, stop.index
        else:
            leg += 1


def fits(
    problem: Problem,
    travel: Travel,
    ticket: Ticket,
    shift: Shift,
    own: Sequence[Gap],
) -> Iterator[Fit]:
    """How `ticket` (as lead) fits each reachable gap."""
    technician = problem.technician_of(shift)
    service_s = technician.service_s(ticket)
    bounds = ticket.start_windows
    place = ticket.place
    travel.prefetch(technician.profile, (leg for gap in own for leg in ((gap.before, place), (place, gap.behind))))
    for gap in own:
        to_s, _ = travel.leg(technician.profile, gap.before, ticket.place)
        from_s, _ = travel.leg(technician.profile, ticket.place, gap.behind)
        if to_s < 0 or from_s < 0:
            continue
        start_s = first_start(gap.free_s + to_s, bounds)
        if start_s is not None:
            yield Fit(shift, gap, start_s, start_s + service_s + from_s - gap.latest_s, to_s + from_s)


def prefetch_detours(problem: Problem, travel: Travel, ticket: Ticket, found: Iterable[Fit]) -> None:
    """Ask together for the legs that exact trials of these fits need."""
    legs: dict[str, list[tuple[Place | None, Place | None]]] = {}
    for fit in found:
        own = legs.setdefault(problem.technician_of(fit.shift).profile, [])
        own += [(fit.gap.before, ticket.place), (ticket.place, fit.gap.behind)]
        for centre in problem.centres if ticket.parts or ticket.tools else ():
            own += [(fit.gap.before, centre.place), (centre.place, ticket.place)]
    for profile, pairs in legs.items():
        travel.prefetch(profile, pairs)


def route_cents(problem: Problem, route: Route | None) -> int:
    """All cost terms of one route (not those of tickets left out)."""
    return 0 if route is None else sum(term(problem, [route]) for name, term in TERMS.items() if name != "unserved")


def step_lists(ticket: Ticket, route: Route | None, position: int, restock: Sequence[str]) -> Iterator[list[Step]]:
    """Ways to put the ticket behind `position` steps: plainly, then with a restock at each centre just before."""
    old = [] if route is None else [step for step in route.steps.steps if not isinstance(step, BreakStep)]
    visit = VisitStep(ticket_id=ticket.id)
    yield [*old[:position], visit, *old[position:]]
    for centre_id in restock:
        yield [*old[:position], RestockStep(centre_id=centre_id), visit, *old[position:]]


def try_steps(
    problem: Problem,
    travel: Travel,
    routes: Sequence[Route],
    shift: Shift,
    steps: Sequence[Step],
    *,
    changed: Callable[[Problem], Problem] = lambda problem: problem,
) -> Trial | list[Violation]:
    """Replay the shift's route with `steps` in place of the old ones; what breaks when a hard constraint does.

    `changed` alters the problem first ("what if the shift were longer"); costs are those of `problem` itself.
    """
    before = sum(route_cents(problem, route) for route in routes if route.shift_id == shift.id)
    ids = {step.ticket_id for step in steps if isinstance(step, VisitStep)}
    tied = problem.has_ties
    world = changed(problem if tied else excerpt(problem, shift, ids))
    decided = place_breaks(world, travel, RouteSteps(shift_id=shift.id, steps=tuple(steps)))
    others = [route.steps for route in routes if route.shift_id != shift.id] if tied else []
    planned = schedule_plan(world, travel, [*others, decided])
    violations = check_routes(world, travel, planned)
    if violations:
        return violations
    if tied:
        before = sum(route_cents(problem, route) for route in routes)
    own = next(route for route in planned if route.shift_id == shift.id)
    return Trial(own, sum(route_cents(problem, route) for route in planned) - before)


def excerpt(problem: Problem, shift: Shift, ticket_ids: Collection[str]) -> Problem:
    """The part of the problem that one untied route touches: building and checking it is cheap."""
    tickets = tuple(problem.ticket_by_id[one] for one in sorted(ticket_ids))
    named = {shift.technician_id}.union(
        *(t.required | t.preferred | t.excluded for t in tickets),
        *(t.pin.technician_ids for t in tickets if t.pin is not None),
    )
    return problem.replace(
        tickets=tickets,
        baseline=tuple(old for old in problem.baseline if old.ticket_id in ticket_ids),
        technicians=tuple(problem.technician_by_id[one] for one in sorted(named)),
        shifts=tuple(own for one in sorted(named) for own in problem.shifts_by_technician[one]),
    )


def candidates(
    problem: Problem, travel: Travel, ticket: Ticket, shift: Shift, route: Route | None, own: Sequence[Gap]
) -> list[Fit]:
    """Gaps worth an exact trial: all that pass the screen, then some that pass it with the breaks set aside."""
    strict = [fit for fit in fits(problem, travel, ticket, shift, own) if fit.short_s <= 0]
    if not shift.breaks or route is None:
        return strict
    known = {fit.gap.position for fit in strict}
    freed = fits(problem, travel, ticket, shift, gaps(problem, travel, shift, route, breaks=False))
    loose = [fit for fit in freed if fit.short_s <= 0 and fit.gap.position not in known]
    return strict + sorted(loose, key=lambda fit: fit.travel_s)[:LOOSE_TRIALS]


LOOSE_TRIALS = 4
"""Gaps of a route tried although the breaks, where they are, leave no room in them."""


def best_trial(
    problem: Problem,
    travel: Travel,
    routes: Sequence[Route],
    ticket: Ticket,
    shift: Shift,
    own: Sequence[Gap],
    *,
    restock: Sequence[str] = (),
) -> tuple[Trial | None, list[Violation]]:
    """Cheapest confirmed insertion of `ticket` into one shift; else what the trial that broke least broke."""
    old = next((route for route in routes if route.shift_id == shift.id), None)
    best: Trial | None = None
    broken: list[Violation] = []
    found = candidates(problem, travel, ticket, shift, old, own)
    prefetch_detours(problem, travel, ticket, found)
    for fit in found:
        for steps in step_lists(ticket, old, fit.gap.position, restock):
            trial = try_steps(problem, travel, routes, shift, steps)
            if isinstance(trial, list):
                broken = trial if not broken or len(trial) < len(broken) else broken
            elif best is None or trial.cost_cents < best.cost_cents:
                best = trial
    return best, broken
