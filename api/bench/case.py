"""What every suite's instance can do, and the values that it is judged by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.errors import Fault, InputError
from dispatch.plan import Plan
from dispatch.problem import Problem
from dispatch.travel import TravelMatrix

Routes = list[list[int]]
"""Routes in the instance's own numbers; what a number means is said by each suite."""

TOLERANCE = 1e-6
"""What the checkers forgive in doubles, in the instance's unit: far below its resolution, above rounding noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """An instance's own objective in its own unit. `travel_waiting` is the cost without service, where it is a part."""

    cost: float
    unserved: int
    travel_waiting: float | None = None


class Case(Protocol):
    """One instance."""

    @property
    def name(self) -> str:
        """Name of the instance, the file's name without its ending."""
        ...

    @property
    def aliases(self) -> tuple[str, ...]:
        """Names under which best-known values may be listed, `name` first."""
        ...

    @property
    def group(self) -> str:
        """Class of the instance, a row of the summary."""
        ...

    def build(self) -> tuple[Problem, TravelMatrix]:
        """Problem of the domain whose cost orders plans as the instance does."""
        ...

    def routes(self, plan: Plan) -> Routes:
        """Routes of a plan of that problem, in the instance's own numbers."""
        ...

    def tidied(self, routes: Routes) -> Routes:
        """The routes without stops that the domain allows, that the instance doesn't, and that are of no use."""
        ...

    def planned(self, plan: Plan) -> tuple[float, float]:
        """Cost of a plan by the domain in the instance's unit, and by how much its rounding may be off."""
        ...

    def violations(self, routes: Routes) -> list[str]:
        """Each rule of the instance that the routes break, in words; written without the domain."""
        ...

    def score(self, routes: Routes) -> Score:
        """Objective of feasible routes in double precision; written without the domain."""
        ...


def unreadable(label: str, message: str, *, row: int = 0, field: str = "", value: str = "") -> InputError:
    """Build the error of an instance that can't be read; `label` names the file for people."""
    fault = Fault(rule="bench.unreadable", message=message, file=label, row=row, field=field, value=value)
    return InputError("bench.unreadable", str(fault), [fault])


def repeated(numbers: Sequence[int]) -> list[int]:
    """Numbers that stand more than once, ascending."""
    return sorted(number for number, count in Counter(numbers).items() if count > 1)
