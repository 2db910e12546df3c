"""More than one answer: good alternatives, and how the answer changes with the sites and the money."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from scenarios.location.answer import Answer, Ask
from scenarios.location.problem import LocationProblem, Status
from scenarios.location.registry import Model


def alternatives(problem: LocationProblem, ask: Ask, model: Model, *, best: Answer, wanted: int = 3) -> list[Answer]:
    """Other good choices, best first: the best without each site of the first answer in turn.

    Every choice that isn't a larger version of the first lacks one of its sites, so the first of these is the second
    best of all (Lawler 1972, https://doi.org/10.1287/mnsc.18.7.401).
    """
    found: dict[frozenset[str], Answer] = {}
    status = {site.id: site.status for site in problem.sites}
    open_to_choice = sum(one is not Status.FORBIDDEN for one in status.values())
    for site in best.opened:
        if status[site] is Status.FIXED or open_to_choice <= max(1, ask.count or 1):
            continue
        other = model.solve(problem.without(site), ask)
        if other.feasible and frozenset(other.opened) != frozenset(best.opened):
            found.setdefault(frozenset(other.opened), other)
    sign = -1 if best.unit == "visits" else 1
    return sorted(found.values(), key=lambda answer: (sign * answer.objective, answer.opened))[:wanted]


def curve_of_count(problem: LocationProblem, ask: Ask, model: Model, *, most: int) -> list[tuple[int, Answer]]:
    """Answer for each number of sites, from the fixed ones to `most`."""
    least = max(1, int(problem.pinned.sum()))
    most = min(most, int((~problem.banned).sum()))
    return [(count, model.solve(problem, dataclasses.replace(ask, count=count))) for count in range(least, most + 1)]


def curve_of_budget(
    problem: LocationProblem, ask: Ask, model: Model, *, budgets_cents: Sequence[int]
) -> list[tuple[int, Answer]]:
    """Answer for each budget."""
    return [(cents, model.solve(problem, dataclasses.replace(ask, budget_cents=cents))) for cents in budgets_cents]
