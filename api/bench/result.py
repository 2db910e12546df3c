"""One instance planned, verified twice, and scored."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from api.bench.case import Case, Routes, Score
from dispatch.errors import InternalError
from dispatch.plan import Plan
from dispatch.ports import Limits, Progress, RoutingEngine
from dispatch.service import plan_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one line of ``results.jsonl`` says.

    Parameters
    ----------
    best : Score or None
        Best-known value.
    seconds : float
        Time that planning took, with replay and checks.
    limit_s, limit_iterations
        What was asked for.
    """

    suite: str
    instance: str
    group: str
    score: Score
    best: Score | None
    routes: Routes
    engine: str
    engine_version: str
    seed: int
    workers: int
    seconds: float
    limit_s: float | None
    limit_iterations: int | None
    iterations: int

    @property
    def gap(self) -> float | None:
        """Cost above the best known, as a share; None where there is none or another number is left unserved."""
        if self.best is None or self.best.unserved != self.score.unserved:
            return None
        return _share(self.score.cost, self.best.cost)

    @property
    def gap_travel_waiting(self) -> float | None:
        """The same for the cost without service."""
        if self.best is None or self.best.travel_waiting is None or self.score.travel_waiting is None:
            return None
        return None if self.gap is None else _share(self.score.travel_waiting, self.best.travel_waiting)

    def line(self) -> str:
        """One line of JSON, without the line's end; numbers in full precision."""
        best = self.best
        values: dict[str, object] = {
            "suite": self.suite,
            "instance": self.instance,
            "class": self.group,
            "cost": self.score.cost,
            "best_known": None if best is None else best.cost,
            "gap": self.gap,
            "seconds": round(self.seconds, 3),
            "workers": self.workers,
            "seed": self.seed,
            "engine": self.engine,
            "engine_version": self.engine_version,
            "limit_s": self.limit_s,
            "limit_iterations": self.limit_iterations,
            "iterations": self.iterations,
            "unserved": self.score.unserved,
            "best_known_unserved": None if best is None else best.unserved,
        }
        if self.score.travel_waiting is not None:
            values["travel_waiting"] = self.score.travel_waiting
            values["best_known_travel_waiting"] = None if best is None else best.travel_waiting
            values["gap_travel_waiting"] = self.gap_travel_waiting
        return json.dumps({**values, "routes": self.routes}, ensure_ascii=False, allow_nan=False)


def _share(cost: float, best: float) -> float | None:
    return cost / best - 1 if best > 0 else None


def solve(
    suite: str,
    case: Case,
    engine: RoutingEngine,
    *,
    best: Score | None,
    limits: Limits,
    seed: int,
    workers: int,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Result:
    """Plan an instance, and judge the routes by the instance's own rules.

    Raises
    ------
    CalloutError
        What :func:`dispatch.service.plan_day` raises.
    InternalError
        ``bench.infeasible`` or ``bench.mismatch`` when the instance's own checker and the domain disagree.
    """
    problem, travel = case.build()
    begun = time.monotonic()
    plan = plan_day(
        problem,
        travel,
        engine,
        limits=limits,
        seed=seed,
        workers=workers,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    seconds = time.monotonic() - begun
    routes, score = verify(case, plan)
    return Result(
        suite=suite,
        instance=case.name,
        group=case.group,
        score=score,
        best=best,
        routes=routes,
        engine=engine.name,
        engine_version=engine.version,
        seed=seed,
        workers=workers,
        seconds=seconds,
        limit_s=limits.seconds,
        limit_iterations=limits.iterations,
        iterations=plan.provenance.iterations_done,
    )


def verify(case: Case, plan: Plan) -> tuple[Routes, Score]:
    """Routes of a plan and their score, both by the instance's own rules, in double precision.

    Raises
    ------
    InternalError
        ``bench.infeasible`` when the routes break one of them, ``bench.mismatch`` when the costs differ by more than
        the rounding of the domain's integers.
    """
    driven = case.routes(plan)
    said, tolerance = case.planned(plan)
    found = case.score(driven)
    if abs(said - found.cost) > tolerance or found.unserved != len(plan.unserved):
        raise InternalError(
            "bench.mismatch",
            f"{case.name}: cost {found.cost!r} with {found.unserved} unserved, but the plan says {said!r} with "
            f"{len(plan.unserved)}",
        )
    routes = case.tidied(driven)
    broken = case.violations(routes)
    if broken:
        shown = "; ".join(broken[:5])
        raise InternalError("bench.infeasible", f"{case.name}: the plan breaks {len(broken)} rule(s): {shown}")
    return routes, case.score(routes)
