"""p-center: open p sites so that the farthest point is as near as can be (Minieka 1970, https://doi.org/10.1137/1012016)."""

from __future__ import annotations

import numpy as np

from scenarios.location.answer import Answer, Ask, Relief
from scenarios.location.exact.outcome import Budget, Outcome
from scenarios.location.models.common import answer_of, site_count, unreached
from scenarios.location.models.set_cover import fewest
from scenarios.location.problem import LocationProblem


def p_center(problem: LocationProblem, ask: Ask) -> Answer:
    """Halve the travel times that occur: each half asks whether p sites cover all within it."""
    count, budget = site_count(problem, ask), Budget(seconds=ask.seconds)
    lost = unreached(problem, problem.travel_s >= 0)
    if lost:
        return Answer(model="p-center", feasible=False, reliefs=tuple(lost))
    usable = problem.travel_s[~problem.banned]
    times = np.unique(usable[usable >= 0])
    low, high = 0, times.size
    best: tuple[int, ...] | None = None
    least, exact = 0, True
    while low < high:
        middle = (low + high) // 2
        table = (problem.travel_s >= 0) & (problem.travel_s <= times[middle])
        if not table[~problem.banned].any(axis=0).all():
            low = middle + 1
            continue
        found = fewest(problem, table, times=1, seconds=budget.left_s() / 2)
        exact = exact and (found.proved or len(found.chosen) <= count)
        if found.feasible and len(found.chosen) <= count:
            best, high = found.chosen, middle
        else:
            low, least = middle + 1, len(found.chosen)
    if best is None:
        text = f"p = {count} sites can't reach all demand: p = {least} would do"
        relief = Relief(code="location.count", message=text, facts={"p": least})
        return Answer(model="p-center", feasible=False, reliefs=(relief,))
    value = float(times[high])
    # The farthest point gets no nearer by sites to spare, but p were asked for.
    spare = [site for site in np.flatnonzero(~problem.banned).tolist() if site not in best]
    chosen = tuple(sorted([*best, *spare[: count - len(best)]]))
    outcome = Outcome(chosen=chosen, objective=value, bound=value if exact else 0.0, method="milp")
    return answer_of(problem, "p-center", outcome, unit="seconds")
