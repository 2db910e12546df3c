"""From solutions to routes: breaks placed, times and cost by the domain's own rules, the best one kept."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.feasibility import Violation, check_routes
from dispatch.insertion import route_cents
from dispatch.objective import cost_terms, unserved_cents
from dispatch.plan import Route, RouteSteps, Step, VisitStep
from dispatch.problem import Problem
from dispatch.schedule import place_breaks, schedule_plan, schedule_route
from dispatch.travel import Travel


def ticket_ids(routes: Sequence[RouteSteps]) -> set[str]:
    """Tickets with a visit step."""
    return {step.ticket_id for route in routes for step in route.steps if isinstance(step, VisitStep)}


def without(route: RouteSteps, violation: Violation) -> RouteSteps:
    """The route without the visit that a violation names, or without its last visit when it names none here."""
    named = [step for step in route.steps if isinstance(step, VisitStep) and step.ticket_id == violation.ticket_id]
    visits = [step for step in route.steps if isinstance(step, VisitStep)]
    gone = named[0] if named else visits[-1]
    return RouteSteps(shift_id=route.shift_id, steps=tuple(step for step in route.steps if step != gone))


class Incumbent:
    """Best routes so far by the true cost. Routes that break a hard constraint are never kept.

    The model of OR-Tools and the domain's schedule agree on hard constraints, but for the placing of breaks:
    where no placing of them keeps a route whole, visits are taken out of it until it is. Routes that serve a ticket
    pinned by a dispatcher are better than routes that leave it out, whatever they cost.

    Parameters
    ----------
    problem, travel
        What is planned.
    tied : bool
        Whether crews or ``after`` tie the times of routes together.
    """

    def __init__(self, problem: Problem, travel: Travel, *, tied: bool) -> None:
        self._problem, self._travel, self._tied = problem, travel, tied
        self._timed: dict[tuple[str, tuple[Step, ...]], tuple[RouteSteps, int]] = {}
        self._left_out = {ticket.id: unserved_cents(problem, ticket) for ticket in problem.tickets}
        self._pinned = {ticket.id for ticket in problem.tickets if ticket.pin is not None}
        self.routes: tuple[RouteSteps, ...] = ()
        self.cost_cents = sum(self._left_out.values())

    @property
    def served(self) -> int:
        """Tickets that the best routes serve."""
        return len(ticket_ids(self.routes))

    def offer(self, routes: Sequence[RouteSteps]) -> bool:
        """Keep `routes` if they cost less than the best so far; whether they do."""
        done, cost_cents = self._cost_tied(routes) if self._tied else self._cost_apart(routes)
        better = (self._pins_lost(done), cost_cents) < (self._pins_lost(self.routes), self.cost_cents)
        if better:
            self.routes, self.cost_cents = tuple(route for route in done if ticket_ids([route])), cost_cents
        return better

    def _pins_lost(self, routes: Sequence[RouteSteps]) -> int:
        return len(self._pinned - ticket_ids(routes)) if self._pinned else 0

    def _cost_apart(self, routes: Sequence[RouteSteps]) -> tuple[list[RouteSteps], int]:
        """Routes do not touch each other: each is timed once, however often it comes back."""
        done, total = [], 0
        for route in routes:
            key = (route.shift_id, route.steps)
            if key not in self._timed:
                self._timed[key] = self._time_one(route)
            decided, cents = self._timed[key]
            done.append(decided)
            total += cents
        served = ticket_ids(done)
        return done, total + sum(cents for ticket_id, cents in self._left_out.items() if ticket_id not in served)

    def _time_one(self, route: RouteSteps) -> tuple[RouteSteps, int]:
        """The route with the cheapest placing of its breaks that breaks no rule, and its cost."""
        while ticket_ids([route]):
            violations: list[Violation] = []
            options: list[tuple[int, RouteSteps]] = []
            for decided in dict.fromkeys((place_breaks(self._problem, self._travel, route), route)):
                timed = schedule_route(self._problem, self._travel, decided)
                found = check_routes(self._problem, self._travel, [timed])
                if not found:
                    options.append((route_cents(self._problem, timed), decided))
                violations = violations or found
            if options:
                cents, decided = min(options, key=lambda option: option[0])
                return decided, cents
            route = without(route, violations[0])
        return RouteSteps(shift_id=route.shift_id, steps=()), 0

    def _cost_tied(self, routes: Sequence[RouteSteps]) -> tuple[list[RouteSteps], int]:
        """Routes hang together: the plan is timed as a whole, with breaks as found and as placed anew."""
        options: list[tuple[int, list[RouteSteps]]] = []
        for own in (list(routes), [place_breaks(self._problem, self._travel, route) for route in routes]):
            decided, timed = self._whole(own)
            options.append((sum(cost_terms(self._problem, timed).values()), decided))
        cost_cents, done = min(options, key=lambda option: option[0])
        return done, cost_cents

    def _whole(self, routes: list[RouteSteps]) -> tuple[list[RouteSteps], tuple[Route, ...]]:
        """Take out tickets until the rest keeps every rule."""
        while True:
            timed = schedule_plan(self._problem, self._travel, routes)
            found = check_routes(self._problem, self._travel, timed)
            if not found:
                return routes, timed
            first = found[0]
            home = {
                step.ticket_id: route.shift_id
                for route in routes
                for step in route.steps
                if isinstance(step, VisitStep)
            }
            shift_id = first.shift_id or home[first.ticket_id]
            routes = [without(route, first) if route.shift_id == shift_id else route for route in routes]
