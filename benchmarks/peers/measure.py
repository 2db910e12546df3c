"""One engine on one instance: the time that it took, and what its routes are worth by the instance's own rules."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from api.bench.case import Routes, Score
from api.bench.vrptw import VrptwCase
from benchmarks.peers.engines import REFERENCE, Contender
from dispatch.ports import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one line of the output says.

    Parameters
    ----------
    score : Score or None
        Cost and unserved customers, also of an infeasible answer; None when there is no answer.
    best : Score or None
        Best-known value.
    reference_cost : float or None
        Cost of `search` on the same instance in the same run, when its answer is valid.
    seconds, cpu_s : float
        From the instance in memory to its routes; time of the processor over all threads.
    violations : tuple of str
        Rules of the instance that the routes break.
    error : str
        Why there is no answer; empty when there is one.
    """

    instance: str
    group: str
    engine: str
    engine_version: str
    score: Score | None
    best: Score | None
    reference_cost: float | None
    routes: Routes
    violations: tuple[str, ...]
    error: str
    seconds: float
    cpu_s: float
    threads: int
    limits: Limits
    workers: int
    seed: int

    @property
    def valid_cost(self) -> float | None:
        """Cost of a feasible answer that serves everyone; None otherwise. Only such an answer counts in a mean."""
        if self.score is None or self.violations or self.score.unserved:
            return None
        return self.score.cost

    @property
    def gap(self) -> float | None:
        """Cost above the best known, as a share."""
        if self.valid_cost is None or self.best is None or self.best.cost <= 0:
            return None
        return self.valid_cost / self.best.cost - 1

    @property
    def ratio(self) -> float | None:
        """Cost as a multiple of that of `search`."""
        base = self.valid_cost if self.engine == REFERENCE else self.reference_cost
        return None if self.valid_cost is None or not base else self.valid_cost / base

    def line(self) -> str:
        """One line of JSON, without the line's end; the keys of ``results.jsonl`` and some more."""
        values = {
            "suite": "vrptw",
            "instance": self.instance,
            "class": self.group,
            "engine": self.engine,
            "engine_version": self.engine_version,
            "cost": None if self.score is None else self.score.cost,
            "best_known": None if self.best is None else self.best.cost,
            "gap": self.gap,
            "ratio": self.ratio,
            "unserved": None if self.score is None else self.score.unserved,
            "violations": list(self.violations),
            "error": self.error,
            "seconds": round(self.seconds, 3),
            "cpu_s": round(self.cpu_s, 3),
            "threads": self.threads,
            "limit_s": self.limits.seconds,
            "limit_iterations": self.limits.iterations,
            "workers": self.workers,
            "seed": self.seed,
            "routes": self.routes,
        }
        return json.dumps(values, ensure_ascii=False, allow_nan=False)


def measure(
    case: VrptwCase,
    contender: Contender,
    *,
    best: Score | None,
    reference_cost: float | None,
    limits: Limits,
    seed: int,
    workers: int,
) -> Row:
    """Run one engine on one instance. An engine that fails is a row with its error, so that the others go on.

    `reference_cost` is not needed for `search`, which is its own reference.
    """
    begun, begun_cpu, error = time.perf_counter(), time.process_time(), ""
    routes: Routes = []
    try:
        routes = contender.solve(case, limits=limits, seed=seed, workers=workers)
    except Exception as failure:  # a peer raises what it likes
        error = f"{type(failure).__name__}: {failure}"
    seconds, cpu_s = time.perf_counter() - begun, time.process_time() - begun_cpu
    return Row(
        instance=case.name,
        group=case.group,
        engine=contender.name,
        engine_version=contender.version(),
        score=None if error else case.score(routes),
        best=best,
        reference_cost=reference_cost,
        routes=routes,
        violations=() if error else tuple(case.violations(routes)),
        error=error,
        seconds=seconds,
        cpu_s=cpu_s,
        threads=contender.threads(workers),
        limits=limits,
        workers=workers,
        seed=seed,
    )
