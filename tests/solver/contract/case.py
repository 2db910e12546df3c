"""Cases of the engines' contract: functions of the road that register themselves under their names.

Each returns a problem, a check of the timed routes, and travel where it is not plain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dispatch.plan import Route
from dispatch.ports import Feature
from dispatch.problem import Problem
from dispatch.travel import TravelMatrix

Case = tuple[Problem, Callable[[tuple[Route, ...]], object], TravelMatrix | None]
CASES: dict[str, tuple[Feature | None, Callable[[Any], Case]]] = {}


def case(feature: Feature | None = None) -> Callable[[Callable[[Any], Case]], Callable[[Any], Case]]:
    """Register a case under its name; `feature` is what it must use."""

    def register(build: Callable[[Any], Case]) -> Callable[[Any], Case]:
        CASES[build.__name__] = feature, build
        return build

    return register
