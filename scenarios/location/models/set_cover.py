"""Set covering: the fewest sites so that every point is within reach of one, or of two for backup.

Toregas, Swain, ReVelle & Bergman 1971, https://doi.org/10.1287/opre.19.6.1363; backup: Hogan & ReVelle 1986,
https://doi.org/10.1287/mnsc.32.11.1434.
"""

from __future__ import annotations

import math

import numpy as np
from ortools.math_opt.python import mathopt

from scenarios.location.answer import Answer, Ask
from scenarios.location.exact import milp
from scenarios.location.exact.outcome import Flags, Outcome
from scenarios.location.models.common import answer_of, covers, unreached
from scenarios.location.problem import LocationProblem, Status


def set_cover(problem: LocationProblem, ask: Ask) -> Answer:
    """Fewest sites; among equal ones, those that keep sites of today open."""
    return _cover(problem, ask, model="set-cover", times=1)


def backup_cover(problem: LocationProblem, ask: Ask) -> Answer:
    """Fewest sites so that each point has two within reach: one may be closed, ill or busy."""
    return _cover(problem, ask, model="backup-cover", times=2)


def _cover(problem: LocationProblem, ask: Ask, *, model: str, times: int) -> Answer:
    table = covers(problem, ask)
    lost = unreached(problem, table, times=times)
    if lost:
        return Answer(model=model, feasible=False, reliefs=tuple(lost))
    return answer_of(
        problem, model, fewest(problem, table, times=times, seconds=ask.seconds), unit="sites", within=table
    )


def fewest(problem: LocationProblem, table: Flags, *, times: int, seconds: float, only: Flags | None = None) -> Outcome:
    """Fewest sites that cover each point `times` times, by HiGHS; of `only` some points where given.

    Equal points are one constraint. Sites of today win ties.
    """
    model = mathopt.Model()
    is_open = [model.add_binary_variable() for _ in problem.sites]
    for at, variable in enumerate(is_open):
        if problem.pinned[at]:
            variable.lower_bound = 1.0
        if problem.banned[at]:
            variable.upper_bound = 0.0
    wanted = np.arange(table.shape[1]) if only is None else np.flatnonzero(only)
    for column in np.unique(table[:, wanted].T, axis=0):
        model.add_linear_constraint(mathopt.fast_sum(is_open[at] for at in np.flatnonzero(column).tolist()) >= times)
    size = len(is_open) + 1
    model.minimize(
        mathopt.fast_sum(
            (size - (site.status is Status.EXISTING)) * variable
            for site, variable in zip(problem.sites, is_open, strict=True)
        )
    )
    solved = milp.solve(model, seconds=seconds)
    if solved.values is None:
        return Outcome(chosen=(), objective=0.0, bound=0.0, feasible=False, method="milp")
    values = solved.values
    chosen = tuple(at for at, variable in enumerate(is_open) if values[variable] > 0.5)
    # A choice of n sites costs more than (n - 1) * size, so the rounded bound is one of sites.
    bound = len(chosen) if solved.proved else math.ceil((solved.bound - 1e-6) / size)
    return Outcome(chosen=chosen, objective=float(len(chosen)), bound=float(bound), method="milp")
