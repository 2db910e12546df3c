"""PyVRP (Wouda, Lan & Kool 2024, doi:10.1287/ijoc.2023.0055): iterated local search, one thread."""

from __future__ import annotations

from importlib import import_module

from api.bench.case import Routes
from api.bench.vrptw import VrptwCase
from dispatch.ports import Limits


def solve(case: VrptwCase, *, limits: Limits, seed: int, workers: int) -> Routes:
    """Best routes found, feasible or not; one thread, whatever the workers.

    Its clock starts after its first solution.
    """
    pyvrp, stop = import_module("pyvrp"), import_module("pyvrp.stop")
    depot, legs = case.nodes[0], case.legs.copy()
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(node.x, node.y) for node in case.nodes],
        clients=[
            pyvrp.Client(
                location=number,
                delivery=[node.demand],
                service_duration=node.service,
                tw_early=node.ready,
                tw_late=node.due,
            )
            for number, node in enumerate(case.nodes)
            if number
        ],
        depots=[pyvrp.Depot(location=0)],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=case.vehicles, capacity=[case.capacity], tw_early=depot.ready, tw_late=depot.due
            )
        ],
        distance_matrices=[legs],
        duration_matrices=[legs],
    )
    criteria = []
    if limits.seconds is not None:
        criteria.append(stop.MaxRuntime(limits.seconds))
    if limits.iterations is not None:
        criteria.append(stop.MaxIterations(limits.iterations))
    found = pyvrp.solve(data, stop.MultipleCriteria(criteria), seed=seed, collect_stats=False, display=False)
    routes = [[step.idx + 1 for step in route if step.is_client()] for route in found.best.routes()]
    return [route for route in routes if route]
