"""The independent checker: is this plan right?

It trusts no number of the plan and shares no code with :mod:`dispatch.schedule`, except in
:mod:`dispatch.feasibility.figures`, which replays the plan to compare. A new rule is a function that yields
:class:`Violation`, and a line in one of the two registries below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from dispatch.feasibility import breaks, figures, qualification, resources, structure, ties, times
from dispatch.feasibility.violation import CODES, Violation
from dispatch.plan import Plan, Route
from dispatch.problem import Problem
from dispatch.travel import Travel

__all__ = ["CODES", "PLAN_RULES", "ROUTE_RULES", "Violation", "check_plan", "check_routes"]

ROUTE_RULES: tuple[Callable[[Problem, Travel, Sequence[Route]], Iterable[Violation]], ...] = (
    times.shift_bounds,
    times.legs,
    times.services,
    times.windows,
    breaks.rests,
    qualification.skills,
    qualification.technician_sets,
    qualification.reach,
    qualification.pins,
    resources.parts_and_tools,
    ties.crews,
    ties.orders,
    figures.lateness,
)
"""Rules on routes that refer to known things only."""

PLAN_RULES: tuple[Callable[[Problem, Travel, Plan], Iterable[Violation]], ...] = (
    figures.replay,
    figures.cost,
    figures.kpi,
    figures.reasons,
    figures.provenance,
)
"""Rules on what a plan says about itself."""


def check_routes(problem: Problem, travel: Travel, routes: Sequence[Route]) -> list[Violation]:
    """Every hard constraint that `routes` break; empty when they can be driven.

    When a route refers to something unknown, only such violations are returned: the other rules need the names.
    """
    found = list(structure.references(problem, routes))
    if not found:
        found = [violation for rule in ROUTE_RULES for violation in rule(problem, travel, routes)]
    return found


def check_plan(problem: Problem, travel: Travel, plan: Plan) -> list[Violation]:
    """Everything that is wrong with `plan` as an answer to `problem`, recomputed from scratch."""
    found = list(structure.references(problem, plan.routes)) + list(structure.accounting(problem, plan))
    if any(violation.code in structure.FATAL for violation in found):
        return [*found, *figures.provenance(problem, travel, plan)]
    found += [violation for rule in ROUTE_RULES for violation in rule(problem, travel, plan.routes)]
    found += [violation for rule in PLAN_RULES for violation in rule(problem, travel, plan)]
    return found
