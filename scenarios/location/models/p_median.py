"""p-median: open p sites so that the travel of all visits is least (Hakimi 1964, https://doi.org/10.1287/opre.12.3.450)."""

from __future__ import annotations

import numpy as np

from scenarios.location.answer import Answer, Ask
from scenarios.location.exact.median import solve_median
from scenarios.location.exact.outcome import Budget
from scenarios.location.models.common import FAR_S, answer_of, site_count, travel_cost, unreached
from scenarios.location.problem import LocationProblem


def p_median(problem: LocationProblem, ask: Ask) -> Answer:
    """Solve it; the objective is in visit-seconds."""
    lost = unreached(problem, problem.travel_s >= 0)
    if lost:
        return Answer(model="p-median", feasible=False, reliefs=tuple(lost))
    outcome = solve_median(
        travel_cost(problem),
        count=site_count(problem, ask),
        pinned=problem.pinned,
        banned=problem.banned,
        budget=Budget(seconds=ask.seconds),
        whole=True,
    )
    if outcome.objective >= FAR_S:
        # A part of the map without an open site: more sites are needed than p.
        from scenarios.location.models.set_cover import fewest

        least = len(fewest(problem, problem.travel_s >= 0, times=1, seconds=ask.seconds).chosen)
        if least > (ask.count or 0):
            from scenarios.location.answer import Relief

            text = f"p = {ask.count} sites can't reach all demand: p = {least} would do"
            relief = Relief(code="location.count", message=text, facts={"p": least})
            return Answer(model="p-median", feasible=False, reliefs=(relief,))
    visits = problem.visits
    mean = outcome.objective / visits.sum() if visits.sum() else 0.0
    farthest = float(problem.travel_s[list(outcome.chosen)].astype(np.float64).min(axis=0).max())
    return answer_of(
        problem, "p-median", outcome, unit="visit_seconds", figures={"mean_travel_s": mean, "farthest_s": farthest}
    )
