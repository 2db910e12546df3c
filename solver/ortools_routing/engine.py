"""The engine behind the port."""

from __future__ import annotations

from importlib.metadata import version

from dispatch.ports import EngineAnswer, EngineRequest, Feature
from solver.ortools_routing.costs import check_range
from solver.ortools_routing.model import build
from solver.ortools_routing.nodes import lay_out
from solver.ortools_routing.replay import Incumbent
from solver.ortools_routing.search import Budget, Search


class OrToolsEngine:
    """OR-Tools' routing model with guided local search."""

    name = "ortools"

    @property
    def version(self) -> str:
        return f"1 (ortools {version('ortools')})"

    @property
    def features(self) -> frozenset[Feature]:
        return frozenset(Feature)

    def solve(self, request: EngineRequest) -> EngineAnswer:
        problem, travel = request.problem, request.travel
        layout = lay_out(problem, travel, seed=request.seed, warm_start=request.warm_start)
        incumbent = Incumbent(problem, travel, tied=layout.tied)
        budget = Budget(request)
        if layout.visits:
            s = Search(build(layout), request, incumbent, budget)
            s.run(None)
        return EngineAnswer(routes=incumbent.routes, iterations=budget.iterations)
