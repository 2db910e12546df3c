"""One run of the routing model under limits."""

from __future__ import annotations

import time
from collections.abc import Callable

from ortools.constraint_solver import pywrapcp, routing_enums_pb2, routing_parameters_pb2

from dispatch.plan import RouteSteps
from dispatch.ports import EngineRequest, Progress
from solver.ortools_routing.extract import current_routes, node_routes
from solver.ortools_routing.model import Model
from solver.ortools_routing.replay import Incumbent

STEPS_PER_ITERATION = 1000
"""OR-Tools asks at every step of its search whether to stop; a thousand of them are one iteration. They are
counted, not timed, so the same problem and seed stop at the same place."""

_POLL_MASK = 255  # look at the clock and at the caller only now and then: both are slow next to a step
_NO_TIMEOUT_S = 10 * 86_400


class Budget:
    """How much of the limits is used; shared by all runs of one call."""

    def __init__(self, request: EngineRequest, clock: Callable[[], float] = time.monotonic) -> None:
        self._request, self._clock, self._begin = request, clock, clock()
        self.steps = 0
        self.stopped = False

    @property
    def elapsed_s(self) -> float:
        """Seconds since the call began."""
        return self._clock() - self._begin

    @property
    def iterations(self) -> int:
        """Iterations done, a begun one counted."""
        return -(-self.steps // STEPS_PER_ITERATION)

    @property
    def seconds_left(self) -> float:
        """Until the time limit."""
        seconds = self._request.limits.seconds
        return _NO_TIMEOUT_S if seconds is None else max(0.0, seconds - self.elapsed_s)

    def over(self) -> bool:
        """Whether a limit is reached or the caller asks to stop; looks at clock and caller each time."""
        limit = self._request.limits.iterations
        if (limit is not None and self.steps >= limit * STEPS_PER_ITERATION) or self.seconds_left == 0 or self._request.should_stop():
            self.stopped = True
        return self.stopped


class Search:
    """Runs a model and offers each solution to the incumbent."""

    def __init__(self, model: Model, request: EngineRequest, incumbent: Incumbent, budget: Budget) -> None:
        self._model, self._request, self._incumbent, self._budget = model, request, incumbent, budget
        self._found = False
        routing = model.routing
        routing.AddAtSolutionCallback(self._at_solution)
        self._limit = routing.solver().CustomLimit(self._poll)
        routing.AddSearchMonitor(self._limit)
        self._parameters = _parameters()
        routing.CloseModelWithParameters(self._parameters)
        routing.solver().ReSeed(request.seed)

    def accepts(self, routes: tuple[RouteSteps, ...]) -> bool:
        """Whether the model takes `routes` as a solution."""
        return self._assignment(routes) is not None

    def run(self, start: tuple[RouteSteps, ...] | None = None) -> None:
        """Search from `start`, or from OR-Tools' own first solution, until a limit is reached.

        When no first solution is found by construction the search starts from empty routes, which is always
        a solution.
        """
        self._found = False
        routing = self._model.routing
        self._parameters.time_limit.FromMilliseconds(max(1, int(self._budget.seconds_left * 1000)))
        if start is None:
            routing.SolveWithParameters(self._parameters)
            if self._found or self._budget.over():
                return
        assignment = self._assignment(start or ())
        self._parameters.time_limit.FromMilliseconds(max(1, int(self._budget.seconds_left * 1000)))
        routing.SolveFromAssignmentWithParameters(assignment, self._parameters)

    def _assignment(self, routes: tuple[RouteSteps, ...]) -> pywrapcp.Assignment | None:
        return self._model.routing.ReadAssignmentFromRoutes(node_routes(self._model, routes), True)

    def _at_solution(self) -> None:
        self._found = True
        self._incumbent.offer(current_routes(self._model))
        self._report()

    def _report(self) -> None:
        self._request.on_progress(Progress(elapsed_s=self._budget.elapsed_s, iterations=self._budget.iterations,
                                           cost_cents=self._incumbent.cost_cents, served=self._incumbent.served))

    def _poll(self) -> bool:
        budget = self._budget
        budget.steps += 1
        if budget.steps & _POLL_MASK and not budget.stopped:
            return False
        return self._found and budget.over()


def _parameters() -> routing_parameters_pb2.RoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    return parameters
