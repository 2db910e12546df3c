"""Why tickets are unserved, and what would help.

The screens look at every ticket and every shift. Exact trials cost a hundred times more: a plan has a number of them,
which its unserved tickets share.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from dispatch.explain.obstacles import Attempt, alone_legs, further_obstacle, restock_centres, screened, tried
from dispatch.explain.remedies import MAX_CONFIRMED, remedies
from dispatch.insertion import Trial
from dispatch.objective import is_deferrable, served_ids, unserved_cents
from dispatch.places import Place
from dispatch.plan import Obstacle, Reason, Route, Unserved
from dispatch.problem import Problem
from dispatch.screen import Room, Screen
from dispatch.tickets import Ticket
from dispatch.travel import Travel

FITS_TRIED = 3
"""Shifts in which a ticket that fits is tried exactly; the others are only screened."""

SHIFTS_TRIED_IN_ALL = 1_500
"""Shifts of which a plan's unserved tickets, together, are tried exactly in those that the screens allow."""

CONFIRMED_IN_ALL = 1_000
"""Changes tried exactly for all unserved tickets of a plan together."""

LEAST_CONFIRMED = 5
"""Changes tried exactly for a ticket; where that is too many in all, the tickets that are cheap to leave have none."""

REMEDIES_SHOWN = 3
"""Remedies kept for each ticket, smallest first, each of another kind."""

OBSTACLES_SHOWN = 200
"""Shifts listed for each ticket: those that came nearest to serving it. The summary counts all shifts."""


def explain_unserved(problem: Problem, travel: Travel, routes: Sequence[Route]) -> tuple[Unserved, ...]:
    """Reasons, obstacles and confirmed remedies of every ticket without a visit, in the order of the problem."""
    served = served_ids(routes)
    left = [ticket for ticket in problem.tickets if ticket.id not in served]
    if not left:
        return ()
    explainer = _Explainer(problem, travel, routes, left)
    return tuple(explainer.explain(ticket) for ticket in left)


class _Explainer:
    """Explains the tickets of one plan, one after the other."""

    def __init__(self, problem: Problem, travel: Travel, routes: Sequence[Route], left: Sequence[Ticket]) -> None:
        self.problem, self.travel, self.routes = problem, travel, routes
        self.by_shift = {route.shift_id: route for route in routes}
        self.screen = Screen(problem, travel, self.by_shift)
        self.shifts_tried = max(1, SHIFTS_TRIED_IN_ALL // len(left))  # those with the shortest detours
        self.confirmed = min(MAX_CONFIRMED, max(LEAST_CONFIRMED, CONFIRMED_IN_ALL // len(left)))
        dearest = sorted(left, key=lambda ticket: -unserved_cents(problem, ticket))
        self.with_remedies = {ticket.id for ticket in dearest[: CONFIRMED_IN_ALL // self.confirmed]}

    def explain(self, ticket: Ticket) -> Unserved:
        """Everything about one ticket."""
        attempts = self._attempts(ticket)
        screens = [screened(attempt) for attempt in attempts]
        may_fit = [number for number, reason in enumerate(screens) if reason is None]
        nearest = may_fit
        if len(may_fit) > self.shifts_tried:
            detour_s = attempts[0].room().detour_s
            nearest = sorted(may_fit, key=lambda number: int(detour_s[number]))[: self.shifts_tried]
        results = self._try(attempts, screens, frozenset(nearest))
        reasons = [(attempt, reason) for attempt, (reason, _) in zip(attempts, results, strict=True)]
        possible = any(trial is not None for _, trial in results)  # then no change is needed, only a lower price
        ranks = [_rank(attempt, reason) for attempt, reason in reasons]
        shown = sorted(sorted(range(len(ranks)), key=lambda number: -ranks[number])[:OBSTACLES_SHOWN])
        return Unserved(
            ticket_id=ticket.id,
            deferred=is_deferrable(self.problem, ticket),
            obstacles=tuple(
                Obstacle(technician_id=attempt.shift.technician_id, shift_id=attempt.shift.id, reason=reason)
                for attempt, reason in (reasons[number] for number in shown)
            ),
            reason=_summary(self.problem, ticket, results, ranks),
            remedies=()
            if possible or ticket.id not in self.with_remedies
            else remedies(reasons, REMEDIES_SHOWN, self.confirmed),
        )

    def _try(
        self, attempts: Sequence[Attempt], screens: Sequence[Reason | None], nearest: frozenset[int]
    ) -> list[tuple[Reason, Trial | None]]:
        """Exact trials, in the order of the shifts, where the screens found nothing."""
        results: list[tuple[Reason, Trial | None]] = []
        fitted = 0
        for number, (attempt, reason) in enumerate(zip(attempts, screens, strict=True)):
            if reason is not None:
                results.append((reason, None))
            elif fitted >= FITS_TRIED:
                results.append((Reason(code="not_tried"), None))
            elif number not in nearest:
                results.append((Reason(code="not_among_nearest", facts={"shifts": self.shifts_tried}), None))
            else:
                results.append(tried(attempt))
                fitted += results[-1][1] is not None
        return results

    def _attempts(self, ticket: Ticket) -> list[Attempt]:
        problem = self.problem
        able = [problem.technician_of(shift).has_skills(ticket.skills) for shift in problem.shifts]
        legs: dict[str, list[tuple[Place | None, Place | None]]] = {}
        for shift, skilled in zip(problem.shifts, able, strict=True):
            if skilled:
                legs.setdefault(problem.technician_of(shift).profile, []).extend(alone_legs(problem, ticket, shift))
        for profile, pairs in legs.items():
            self.travel.prefetch(profile, pairs)

        @functools.cache
        def room() -> Room:
            return self.screen.room(self.screen.look(ticket, np.array(able, dtype=np.bool_)))

        @functools.cache
        def starts() -> dict[int, list[tuple[int, int]]]:
            return self.screen.starts(self.screen.look(ticket, np.array(able, dtype=np.bool_), windows=()))

        return [
            Attempt(
                problem=problem,
                travel=self.travel,
                routes=self.routes,
                ticket=ticket,
                shift=shift,
                number=number,
                route=self.by_shift.get(shift.id),
                gaps=self.screen.gaps[shift.id],
                room=room,
                starts=starts,
                restock=restock_centres(problem, ticket, shift),
            )
            for number, shift in enumerate(problem.shifts)
        ]


def _summary(
    problem: Problem, ticket: Ticket, results: Sequence[tuple[Reason, Trial | None]], ranks: Sequence[int]
) -> Reason:
    """One reason over all shifts: the one of the shifts that came nearest to serving it, of those with a reason."""
    if not results:
        return Reason(code="no_shift")
    trials = [trial.cost_cents for _, trial in results if trial is not None]
    if trials:  # an engine that was stopped early may leave out what pays
        cost_cents, left_cents = min(trials), unserved_cents(problem, ticket)
        if cost_cents >= left_cents:
            return Reason(code="too_dear", facts={"cost_cents": cost_cents, "unserved_cents": left_cents})
        return Reason(code="stopped_early", facts={"cost_cents": cost_cents, "unserved_cents": left_cents})
    known = [number for number in range(len(results)) if results[number][0].code not in MAY_FIT]
    nearest = max(known, key=lambda number: ranks[number])
    code = results[nearest][0].code
    same = [reason for reason, _ in results if reason.code == code]
    return Reason(code=code, facts={"shifts": len(same), "of": len(results), **_closest(same)})


MAY_FIT = ("not_among_nearest", "not_tried", "left_out")
"""No obstacle is known there."""


def _rank(attempt: Attempt, reason: Reason) -> int:
    """How near a shift came to serving the ticket.

    One that the ticket excludes came as near as it would without that; one that the ticket does not ask for says
    nothing, as long as those that it asks for have something to say.
    """
    if reason.code in MAY_FIT:
        return len(NEARNESS) + 1 + MAY_FIT.index(reason.code)
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
