"""What planning costs besides the engine, and how quickly the command answers.

``python -m benchmarks.overhead`` prints medians of five runs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from api import inputs
from benchmarks.random_day import random_day
from dispatch.plan import RouteSteps
from dispatch.ports import EngineAnswer, EngineRequest, Feature, Limits
from dispatch.service import plan_day, travel_of
from geo.registry import travel_source
from solver.registry import engine


class _Replay:
    """An engine that answers at once with routes made before."""

    name, version, features = "replay", "1", frozenset(Feature)

    def __init__(self, routes: tuple[RouteSteps, ...]) -> None:
        self.routes = routes

    def solve(self, request: EngineRequest) -> EngineAnswer:
        return EngineAnswer(routes=self.routes, iterations=0)


def median_s(call: Callable[[], object], runs: int = 5) -> float:
    """Median seconds of a call, after one that does not count."""
    call()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main() -> None:
    problem = random_day(1000, 120, seed=1)
    travel = travel_of(problem, travel_source("geodesic"))
    made = plan_day(problem, travel, engine("search"), limits=Limits(seconds=20), seed=1, workers=2)
    replay = _Replay(tuple(route.steps for route in made.routes))
    seconds = median_s(lambda: plan_day(problem, travel, replay, limits=Limits(iterations=1), seed=1))
    print(
        f"plan_day outside the engine, 1,000 tickets, 120 technicians, {made.kpis['unserved']} unserved, "
        f"{made.kpis['breaches']} breaches: {seconds:.3f} s"
    )
    seconds = median_s(lambda: travel_of(problem, travel_source("geodesic")))
    print(f"travel matrix of {len(problem.places)} places: {seconds:.3f} s")
    with tempfile.TemporaryDirectory() as folder:
        inputs.write_folder(random_day(5000, 100, seed=2), Path(folder))
        print(f"read 5,000 tickets from CSV: {median_s(lambda: inputs.read(Path(folder))):.3f} s")
    command = [sys.executable, "-c", "from api.cli import main; main()", "--help"]
    seconds = median_s(lambda: subprocess.run(command, capture_output=True, check=True))
    print(f"callout --help, whole process: {seconds:.3f} s")


if __name__ == "__main__":
    main()
