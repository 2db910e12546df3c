"""Why tickets are unserved, and what would help."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.explain.obstacles import Attempt, further_look, further_obstacle, obstacle, restock_centres
from dispatch.explain.remedies import remedies
from dispatch.insertion import Gap, Trial, gaps
from dispatch.objective import is_deferrable, served_ids, unserved_cents
from dispatch.plan import Obstacle, Reason, Route, Unserved
from dispatch.problem import Problem
from dispatch.technicians import Shift
from dispatch.tickets import Ticket
from dispatch.travel import TravelMatrix

FITS_TRIED = 3
"""Shifts in which a ticket that fits is tried exactly; the others are only screened."""

REMEDIES_SHOWN = 3
"""Remedies kept for each ticket, smallest first, each of another kind."""


def explain_unserved(problem: Problem, travel: TravelMatrix, routes: Sequence[Route]) -> tuple[Unserved, ...]:
    """Reasons, obstacles and confirmed remedies of every ticket without a visit, in the order of the problem."""
    served = served_ids(routes)
    left = [ticket for ticket in problem.tickets if ticket.id not in served]
    by_shift = {route.shift_id: route for route in routes}
    room = {shift.id: gaps(problem, travel, shift, by_shift.get(shift.id)) for shift in problem.shifts} if left else {}
    return tuple(_explain(problem, travel, routes, ticket, room) for ticket in left)


def _explain(
    problem: Problem, travel: TravelMatrix, routes: Sequence[Route], ticket: Ticket, room: dict[str, list[Gap]]
) -> Unserved:
    attempts = [_attempt(problem, travel, routes, ticket, shift, room[shift.id]) for shift in problem.shifts]
    results: list[tuple[Reason, Trial | None]] = []
    for attempt in attempts:
        enough = sum(trial is not None for _, trial in results) >= FITS_TRIED
        results.append((further_look(attempt), None) if enough else obstacle(attempt))
    obstacles = tuple(
        Obstacle(technician_id=a.shift.technician_id, shift_id=a.shift.id, reason=reason)
        for a, (reason, _) in zip(attempts, results, strict=True)
    )
    reasons = [(attempt, reason) for attempt, (reason, _) in zip(attempts, results, strict=True)]
    possible = any(trial is not None for _, trial in results)  # then no change is needed, only a lower price
    return Unserved(
        ticket_id=ticket.id,
        deferred=is_deferrable(problem, ticket),
        obstacles=obstacles,
        reason=_summary(problem, ticket, attempts, results),
        remedies=() if possible else remedies(reasons, REMEDIES_SHOWN),
    )


def _attempt(
    problem: Problem, travel: TravelMatrix, routes: Sequence[Route], ticket: Ticket, shift: Shift, own: Sequence[Gap]
) -> Attempt:
    return Attempt(
        problem=problem,
        travel=travel,
        routes=routes,
        ticket=ticket,
        shift=shift,
        gaps=own,
        restock=restock_centres(problem, ticket, shift),
    )


def _summary(
    problem: Problem,
    ticket: Ticket,
    attempts: Sequence[Attempt],
    results: Sequence[tuple[Reason, Trial | None]],
) -> Reason:
    """One reason over all shifts: the one of the shifts that came nearest to serving it."""
    if not results:
        return Reason(code="no_shift")
    trials = [trial.cost_cents for _, trial in results if trial is not None]
    if trials:  # an engine that was stopped early may leave out what pays
        cost_cents, left_cents = min(trials), unserved_cents(problem, ticket)
        if cost_cents >= left_cents:
            return Reason(code="too_dear", facts={"cost_cents": cost_cents, "unserved_cents": left_cents})
        return Reason(code="stopped_early", facts={"cost_cents": cost_cents, "unserved_cents": left_cents})
    nearest = max(range(len(results)), key=lambda number: _nearness(attempts[number], results[number][0]))
    code = results[nearest][0].code
    same = [reason for reason, _ in results if reason.code == code]
    return Reason(code=code, facts={"shifts": len(same), "of": len(results), **_closest(same)})


def _nearness(attempt: Attempt, reason: Reason) -> int:
    """How near a shift came to serving the ticket.

    One that the ticket excludes came as near as it would without that; one that the ticket does not ask for says
    nothing, as long as those that it asks for have something to say.
    """
    if reason.code in ("technician_not_required", "pinned_to"):
        return -1
    if reason.code == "technician_excluded":
        further = further_obstacle(attempt)
        return len(NEARNESS) if further is None else NEARNESS.index(further.code)
    return NEARNESS.index(reason.code)


NEARNESS = (
    "skill_level",
    "unreachable",
    "coverage_distance",
    "coverage_drive",
    "base_distance",
    "base_drive",
    "tool_missing",
    "part_short",
    "longer_than_shift",
    "window_outside_shift",
    "window_taken",
    "leg_distance",
    "leg_drive",
    "part_used_up",
    "breaks_or_legs",
    "shift_full",
    "after_unserved",
    "crew",
)
"""Obstacles from far to near: a shift that fails later in this list came nearer to serving the ticket."""


def _closest(same: Sequence[Reason]) -> dict[str, int | str]:
    """Facts of the reason that misses by least."""

    def miss(reason: Reason) -> int:
        facts = reason.facts
        for more, less in (("need", "have"), ("distance_m", "limit_m"), ("travel_s", "limit_s"), ("need_s", "shift_s")):
            if more in facts:
                return int(facts[more]) - int(facts[less])
        return int(facts.get("short_s", 0))

    return dict(min(same, key=miss).facts)
