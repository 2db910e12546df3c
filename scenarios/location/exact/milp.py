"""The one place that calls HiGHS, through OR-Tools MathOpt."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ortools.math_opt.python import mathopt


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """Outcome of one call. `values` is None when no solution was found; `bound` is what no solution can beat."""

    values: dict[mathopt.Variable, float] | None
    objective: float
    bound: float
    proved: bool
    infeasible: bool


def solve(model: mathopt.Model, *, seconds: float, cutoff: float | None = None, gap: float = 0.0) -> Solved:
    """Solve with HiGHS to optimality, or until the time is over.

    Parameters
    ----------
    model : mathopt.Model
    seconds : float
        Of wall time; at least a little is always given.
    cutoff : float or None
        Only solutions better than this are of interest: infeasible then means that there is none.
    gap : float
        Relative gap at which to stop.
    """
    if cutoff is not None:
        expression = model.objective.as_linear_expression()
        if model.objective.is_maximize:
            model.add_linear_constraint(expression >= cutoff)
        else:
            model.add_linear_constraint(expression <= cutoff)
    result = mathopt.solve(
        model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(
            time_limit=dt.timedelta(seconds=max(0.1, seconds)),
            random_seed=1,
            relative_gap_tolerance=gap,
            absolute_gap_tolerance=1e-6,
        ),
    )
    reason = result.termination.reason
    infeasible = reason in (
        mathopt.TerminationReason.INFEASIBLE,
        mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED,
    )
    found = result.has_primal_feasible_solution()
    return Solved(
        values=result.variable_values() if found else None,
        objective=result.objective_value() if found else float("nan"),
        bound=result.termination.objective_bounds.dual_bound,
        proved=reason == mathopt.TerminationReason.OPTIMAL,
        infeasible=infeasible,
    )
