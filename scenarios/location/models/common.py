"""Steps that several models share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dispatch.errors import UsageError
from scenarios.location.answer import Answer, Ask, Relief
from scenarios.location.exact.outcome import Flags, Floats, Outcome
from scenarios.location.problem import LocationProblem, Status

FAR_S = 10_000_000.0
"""Stands for "no way" in a sum of travel times: four months, longer than any drive, small enough to add up exactly."""


def site_count(problem: LocationProblem, ask: Ask) -> int:
    """How many sites to open.

    Raises
    ------
    UsageError
        ``location.count`` when it is missing, less than the fixed sites, or more than the sites that may be open.
    """
    fixed, most = int(problem.pinned.sum()), int((~problem.banned).sum())
    if ask.count is None:
        raise UsageError("location.count", "this model needs the number of sites, --p")
    if ask.count > most:
        raise UsageError("location.count", f"p = {ask.count}, but only {most} site(s) may be open: p = {most} would do")
    if ask.count < max(1, fixed):
        raise UsageError(
            "location.count", f"p = {ask.count}, but {fixed} site(s) are fixed: p = {max(1, fixed)} would do"
        )
    return ask.count


def covers(problem: LocationProblem, ask: Ask) -> Flags:
    """Whether each site covers each point.

    Raises
    ------
    UsageError
        ``location.limit`` when a point has no limit.
    """
    limits = [ask.limit_by_tier.get(point.tier, ask.limit_s) for point in problem.points]
    for point, limit in zip(problem.points, limits, strict=True):
        if limit is None:
            raise UsageError("location.limit", f"this model needs a travel time, --minutes (tier {point.tier!r})")
    table: Flags = (problem.travel_s >= 0) & (problem.travel_s <= np.array(limits, dtype=np.int64))
    return table


def travel_cost(problem: LocationProblem) -> Floats:
    """Visits times seconds, `FAR_S` where there is no way."""
    return np.where(problem.travel_s >= 0, problem.travel_s, FAR_S) * problem.visits


def answer_of(
    problem: LocationProblem,
    model: str,
    outcome: Outcome,
    *,
    unit: str,
    within: Flags | None = None,
    shares: Floats | None = None,
    figures: Mapping[str, float] | None = None,
    reliefs: Sequence[Relief] = (),
) -> Answer:
    """Answer of an outcome: each point goes to its nearest open site, unless `shares` say otherwise."""
    open_now = set(outcome.chosen)
    served_by: dict[str, dict[str, float]] = {}
    for at, point in enumerate(problem.points):
        if shares is not None:
            row = {
                problem.sites[site].id: float(shares[site, at]) for site in outcome.chosen if shares[site, at] > 1e-9
            }
        else:
            reaching = [
                (int(problem.travel_s[site, at]), site)
                for site in outcome.chosen
                if problem.travel_s[site, at] >= 0 and (within is None or within[site, at])
            ]
            row = {problem.sites[min(reaching)[1]].id: 1.0} if reaching else {}
        if row:
            served_by[point.id] = row
    return Answer(
        model=model,
        feasible=True,
        objective=outcome.objective,
        bound=outcome.bound,
        unit=unit,
        opened=tuple(problem.sites[site].id for site in outcome.chosen),
        closed=tuple(
            site.id for at, site in enumerate(problem.sites) if site.status is Status.EXISTING and at not in open_now
        ),
        served_by=served_by,
        figures=dict(figures or {}),
        reliefs=tuple(reliefs),
    )


def unreached(problem: LocationProblem, table: Flags, *, times: int = 1) -> list[Relief]:
    """For each point that fewer than `times` sites cover: the travel time that would do."""
    usable = ~problem.banned
    found = []
    for at in np.flatnonzero(table[usable].sum(axis=0) < times).tolist():
        point = problem.points[at]
        ways = np.sort(problem.travel_s[usable, at][problem.travel_s[usable, at] >= 0])
        if ways.size < times:
            message = f"only {ways.size} site(s) have a way to {point.id}, {times} needed: add a site there"
            found.append(Relief(code="location.no_way", message=message, facts={"point": point.id}))
            continue
        minutes = -(-int(ways[times - 1]) // 60)
        which = "the nearest site" if times == 1 else f"the nearest {times} sites"
        verb = "is" if times == 1 else "are"
        message = f"{which} to {point.id} {verb} {minutes} minutes away: {minutes} minutes would do"
        found.append(
            Relief(code="location.out_of_reach", message=message, facts={"point": point.id, "minutes": minutes})
        )
    return found
