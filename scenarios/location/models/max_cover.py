"""Maximal covering: open p sites so that most visits are within reach (Church & ReVelle 1974,
https://doi.org/10.1111/j.1435-5597.1974.tb00902.x).
"""

from __future__ import annotations

from scenarios.location.answer import Answer, Ask, Relief
from scenarios.location.exact.cover import solve_cover
from scenarios.location.exact.outcome import Budget
from scenarios.location.exact.reach import Reach
from scenarios.location.models.common import answer_of, covers, site_count
from scenarios.location.models.set_cover import fewest
from scenarios.location.problem import LocationProblem


def max_cover(problem: LocationProblem, ask: Ask) -> Answer:
    """Solve it; the objective is in visits."""
    table = covers(problem, ask)
    outcome = solve_cover(
        Reach.of(table),
        problem.visits,
        count=site_count(problem, ask),
        pinned=problem.pinned,
        banned=problem.banned,
        budget=Budget(seconds=ask.seconds),
        whole=True,
    )
    total = float(problem.visits.sum())
    share = outcome.objective / total if total else 1.0
    reliefs = []
    coverable = table[~problem.banned].any(axis=0)
    if share < 1.0 and len(problem.sites) <= 1_000 and bool(coverable.any()):
        least = fewest(problem, table, times=1, seconds=ask.seconds, only=coverable)
        if least.feasible and least.proved:
            most = float(problem.visits[coverable].sum()) / total
            text = f"p = {ask.count} covers {share:.1%}; p = {len(least.chosen)} covers {most:.1%}"
            reliefs.append(Relief(code="location.count", message=text, facts={"p": len(least.chosen), "share": most}))
    return answer_of(
        problem, "max-cover", outcome, unit="visits", within=table, figures={"covered_share": share}, reliefs=reliefs
    )
