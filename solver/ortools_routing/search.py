"""One run of the routing model under limits."""

from __future__ import annotations

import time

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
_NO_TIMEOUT_S = 7 * 86_400
_REPORT_EVERY_S = 0.1


class Budget:
    """How much of the limits is used; shared by all runs of one call."""

    def __init__(self, request: EngineRequest) -> None:
        self._request, self._begin = request, time.monotonic()
        self.steps = 0

    @property
    def elapsed_s(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self._begin

    @property
    def iterations(self) -> int:
        """Iterations done, a begun one counted."""
        return -(-self.steps // STEPS_PER_ITERATION)

    def over(self) -> bool:
        """Whether a limit is reached."""
        limits = self._request.limits
        late = limits.seconds is not None and self.elapsed_s >= limits.seconds
        return late or (limits.iterations is not None and self.steps >= limits.iterations * STEPS_PER_ITERATION)


class Search:
    """Runs a model and offers each solution to the incumbent; limits count once there is a first solution."""

    def __init__(self, model: Model, request: EngineRequest, incumbent: Incumbent, budget: Budget) -> None:
        self._model, self._request, self._incumbent, self._budget = model, request, incumbent, budget
        self._found = self._stopped = False
        self._failure: BaseException | None = None
        self._reported_s = -_REPORT_EVERY_S
        routing = model.routing
        routing.AddAtSolutionCallback(self._at_solution)
        self._limit = routing.solver().CustomLimit(self._poll)
        routing.AddSearchMonitor(self._limit)
        self._parameters = _parameters()
        routing.CloseModelWithParameters(self._parameters)
        routing.solver().ReSeed(request.seed)

    def accepts(self, routes: tuple[RouteSteps, ...]) -> bool:
        """Whether the model takes all of `routes` as a solution."""
        return self._assignment(routes) is not None

    def run(self, start: tuple[RouteSteps, ...]) -> None:
        """Search from `start` until a limit is reached; from empty routes where the model refuses it."""
        assignment = self._assignment(start) or self._assignment(())
        self._found = False
        self._model.routing.SolveFromAssignmentWithParameters(assignment, self._parameters)
        if self._failure is not None:
            raise self._failure

    def _assignment(self, routes: tuple[RouteSteps, ...]) -> pywrapcp.Assignment | None:
        nodes = node_routes(self._model.layout, routes)
        return None if nodes is None else self._model.routing.ReadAssignmentFromRoutes(nodes, True)  # noqa: FBT003

    def _at_solution(self) -> None:
        # An exception must not cross the C++ frames of the search: it is kept and raised behind them.
        if self._failure is not None:
            return
        try:
            self._found = True
            self._incumbent.offer(current_routes(self._model))
            self._report()
        except BaseException as failure:
            self._failure = failure

    def _poll(self) -> bool:
        """OR-Tools asks whether to stop; the answer stays yes once it was."""
        budget = self._budget
        budget.steps += 1
        if self._stopped or self._failure is not None:
            return True
        if budget.steps & _POLL_MASK:
            return False
        try:
            self._stopped = self._request.should_stop() or (self._found and budget.over())
            self._report()
        except BaseException as failure:
            self._failure = failure
        return self._stopped

    def _report(self) -> None:
        """Tell the caller, some times a second."""
        elapsed_s = self._budget.elapsed_s
        if elapsed_s - self._reported_s >= _REPORT_EVERY_S:
            self._reported_s = elapsed_s
            self._request.on_progress(
                Progress(
                    elapsed_s=elapsed_s,
                    iterations=self._budget.iterations,
                    cost_cents=self._incumbent.cost_cents,
                    served=self._incumbent.served,
                )
            )


_SLOW_OPERATORS = (
    "use_global_cheapest_insertion_path_lns",
    "use_local_cheapest_insertion_path_lns",
    "use_global_cheapest_insertion_visit_types_lns",
    "use_local_cheapest_insertion_visit_types_lns",
    "use_relocate_path_global_cheapest_insertion_insert_unperformed",
    "use_lin_kernighan",
    "use_shortest_path_two_opt",
    "use_shortest_path_swap_active",
    "use_swap_active_chain",
    "use_relocate_expensive_chain",
    "use_relocate_subtrip",
    "use_exchange_subtrip",
    "use_relocate_pair",
    "use_light_relocate_pair",
    "use_exchange_pair",
)
"""Made for long or paired routes. Without them 120 tickets came to the same cost with half the work."""


def _parameters() -> routing_parameters_pb2.RoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.time_limit.FromSeconds(_NO_TIMEOUT_S)  # the budget stops the search; without a value OR-Tools warns
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    operators = parameters.local_search_operators
    switch = operators.DESCRIPTOR.fields_by_name["use_relocate"].enum_type.values_by_name
    for name in _SLOW_OPERATORS:
        setattr(operators, name, switch["BOOL_FALSE"].number)
    # Times come from dispatch.schedule: linear programs that place each route's times are not needed, and know
    # nothing of ties between routes.
    parameters.disable_scheduling_beware_this_may_degrade_performance = True
    return parameters
