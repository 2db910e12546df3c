"""Who takes part. A new peer is one module with a `solve` and one entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Protocol

from api.bench.case import Routes
from api.bench.vrptw import VrptwCase
from benchmarks.peers import with_pyvrp, with_vroom
from dispatch.errors import UnavailableError
from dispatch.ports import Limits
from dispatch.service import plan_day
from solver.registry import engine

REFERENCE = "search"
"""Ratios are taken to the cost of this engine."""


class Solve(Protocol):
    """Routes for an instance, in its own numbers."""

    def __call__(self, case: VrptwCase, *, limits: Limits, seed: int, workers: int) -> Routes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One engine.

    Parameters
    ----------
    version : callable
        Version that runs; raises ``PackageNotFoundError`` when it isn't installed.
    parallel : bool
        False: it has one thread, whatever the workers.
    """

    name: str
    version: Callable[[], str]
    parallel: bool
    solve: Solve

    def threads(self, workers: int) -> int:
        """Threads that it searches with when `workers` are allowed."""
        return workers if self.parallel else 1

    def check(self) -> None:
        """Find out whether it is installed.

        Raises
        ------
        UnavailableError
            ``peers.missing`` when it is not.
        """
        try:
            self.version()
        except PackageNotFoundError as error:
            raise UnavailableError(
                "peers.missing", f"{self.name} is left out: {error.name} is not installed (pip install -e '.[peers]')"
            ) from None


def _callout(name: str, *, parallel: bool) -> Contender:
    """One of Callout's own engines, through all that a plan passes: model, engine, replay, check."""

    def solve(case: VrptwCase, *, limits: Limits, seed: int, workers: int) -> Routes:
        problem, travel = case.build()
        return case.routes(plan_day(problem, travel, engine(name), limits=limits, seed=seed, workers=workers))

    return Contender(name=name, version=lambda: engine(name).version, parallel=parallel, solve=solve)


CONTENDERS: Mapping[str, Contender] = MappingProxyType(
    {
        contender.name: contender
        for contender in (
            _callout(REFERENCE, parallel=True),
            Contender(name="pyvrp", version=lambda: version("pyvrp"), parallel=False, solve=with_pyvrp.solve),
            Contender(name="vroom", version=lambda: version("pyvroom"), parallel=True, solve=with_vroom.solve),
            _callout("ortools", parallel=False),
        )
    }
)
"""Contender by name, in the order in which they run: the reference first."""
