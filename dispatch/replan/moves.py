"""What a new plan moves, against the plan in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dispatch.plan import Route
from dispatch.problem import Assignment, Problem

Key = tuple[str, int]
"""Ticket and crew role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A visit that is somebody else's now, starts at another time, or is gone.

    Parameters
    ----------
    ticket_id, role : str, int
        Which visit.
    technician_id, start_s : str, int
        What the plan in force promised.
    to_technician_id, to_start_s : str or None, int or None
        What the new plan says; None: nobody serves it.
    """

    ticket_id: str
    role: int
    technician_id: str
    start_s: int
    to_technician_id: str | None
    to_start_s: int | None

    @property
    def key(self) -> Key:
        """Ticket and role."""
        return self.ticket_id, self.role


def starts(routes: Sequence[Route]) -> dict[Key, tuple[str, int]]:
    """Technician and start of every visit."""
    return {
        (visit.ticket_id, visit.role): (route.technician_id, visit.start_s)
        for route in routes
        for visit in route.visits
    }


def moves(problem: Problem, routes: Sequence[Route], *, tolerance_s: int | None = None) -> tuple[Moved, ...]:
    """Visits of the problem's baseline that these routes move, in the order of the baseline.

    Parameters
    ----------
    problem : Problem
        Its baseline is the plan in force.
    routes : sequence of Route
        The new plan.
    tolerance_s : int or None
        How far a start may move without being counted; None: the weight ``change_tolerance_s``.
    """
    slack_s = problem.weights.change_tolerance_s if tolerance_s is None else tolerance_s
    return tuple(moves_in(problem.baseline, starts(routes), tolerance_s=slack_s))


def moves_in(
    baseline: Iterable[Assignment], now: Mapping[Key, tuple[str, int]], *, tolerance_s: int
) -> Iterator[Moved]:
    """The same of any baseline, when technicians and starts are known already."""
    for old in baseline:
        technician_id, start_s = now.get((old.ticket_id, old.role), (None, None))
        if technician_id == old.technician_id and start_s is not None and abs(start_s - old.start_s) <= tolerance_s:
            continue
        yield Moved(
            ticket_id=old.ticket_id,
            role=old.role,
            technician_id=old.technician_id,
            start_s=old.start_s,
            to_technician_id=technician_id,
            to_start_s=start_s,
        )
