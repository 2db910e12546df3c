"""The engine behind the port."""

from __future__ import annotations

import dataclasses
from importlib.metadata import version

import numpy as np

from dispatch.plan import Reason
from dispatch.ports import EngineAnswer, EngineRequest, Feature
from dispatch.travel import whole_matrix
from solver.ortools_routing.costs import check_range
from solver.ortools_routing.first import first_routes
from solver.ortools_routing.model import build
from solver.ortools_routing.nodes import lay_out
from solver.ortools_routing.replay import Incumbent
from solver.ortools_routing.search import STEPS_PER_ITERATION, Budget, Search
from solver.ortools_routing.warm import broken_rules, readable


class OrToolsEngine:
    """OR-Tools' routing model with guided local search, on one thread.

    The search follows a linear picture of the objective (see :mod:`solver.ortools_routing.model`); each solution
    that it meets is replayed and costed by the domain, and the cheapest one is the answer.
    """

    name = "ortools"
    features = frozenset(Feature)

    @property
    def version(self) -> str:
        return f"1+ortools.{version('ortools')}"

    def solve(self, request: EngineRequest) -> EngineAnswer:
        """Plan; `limits.iterations` counts thousands of search steps.

        Raises
        ------
        InputError
            ``cost.overflow`` when the prices are too large for 63 bits.
        UnsupportedError
            ``engine.too_many_places`` when the day is too large for all its legs at once.
        """
        problem, travel = request.problem, whole_matrix(request.travel, engine=self.name)
        request = dataclasses.replace(request, travel=travel)
        longest_m = max((int(np.max(legs.distance_m, initial=0)) for legs in travel.profiles.values()), default=0)
        check_range(problem, longest_m)
        budget = Budget(request)
        warm, warnings = readable(problem, request.warm_start)
        layout = lay_out(problem, travel, seed=request.seed, warm_start=warm)
        incumbent = Incumbent(problem, travel, tied=any(ticket.crew or ticket.after for ticket in problem.tickets))
        if warm:
            warnings += broken_rules(request, warm)
            incumbent.offer(warm)
        else:
            start = first_routes(request, layout)
            incumbent.offer(start)
            layout = lay_out(problem, travel, seed=request.seed, warm_start=start)  # with the restock stops made there
        if layout.visits:
            search = Search(build(layout), request, incumbent, budget)
            if warm and not search.accepts(warm):
                warnings.append(Reason(code="warm_start_refused", facts={"routes": len(warm)}))
            search.run(incumbent.routes)
        return EngineAnswer(
            routes=incumbent.routes,
            iterations=budget.iterations,
            parameters={
                "first_solution": "regret_insertion",
                "metaheuristic": "guided_local_search",
                "steps_per_iteration": STEPS_PER_ITERATION,
            },
            warnings=tuple(warnings),
        )
