"""How much of the plan in force a new plan may move."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dispatch.errors import reject
from dispatch.feasibility import check_routes
from dispatch.plan import Route
from dispatch.problem import Problem
from dispatch.replan.moves import Key, moves, starts
from dispatch.replan.remaining import both
from dispatch.schedule import schedule_plan
from dispatch.tickets import Pin, Ticket
from dispatch.travel import Travel


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A bound that holds, whatever it costs; moves that nobody can avoid are not counted.

    Parameters
    ----------
    most_moved : int or None
        Visits that may go to another technician, move by more than the tolerance, or fall out; None: any number.
    keep_times : bool
        No visit moves by more than the tolerance, whoever serves it: what customers were told stays true.
    tolerance_s : int or None
        How far a start may move without counting; None: the weight ``change_tolerance_s``.
    """

    most_moved: int | None = None
    keep_times: bool = False
    tolerance_s: int | None = None

    def __post_init__(self) -> None:
        for name in ("most_moved", "tolerance_s"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise reject("budget.negative", "must not be negative", field=name, value=value)

    def slack_s(self, problem: Problem) -> int:
        """How far a start may move without counting."""
        return problem.weights.change_tolerance_s if self.tolerance_s is None else self.tolerance_s


def used(problem: Problem, routes: Sequence[Route], budget: Budget, forced: Collection[Key]) -> int:
    """Visits that count against the budget."""
    return sum(one.key not in forced for one in moves(problem, routes, tolerance_s=budget.slack_s(problem)))


def keeping_times(problem: Problem, travel: Travel, standing: Sequence[Route], budget: Budget) -> Problem:
    """The problem in which every promised start is a window of its ticket, when the budget says so.

    `standing` is what is left of the plan in force: a start that is late there already may stay as late, and a visit
    that is not in it any more may start when it can. Who is early waits, unless that makes others too late.
    """
    if not budget.keep_times:
        return problem
    waiting = _told(problem, standing, budget, early=False)
    routes = schedule_plan(waiting, travel, [route.steps for route in standing])
    return _told(problem, standing, budget, early=True) if check_routes(waiting, travel, routes) else waiting


def _told(problem: Problem, standing: Sequence[Route], budget: Budget, *, early: bool) -> Problem:
    """The promised starts as windows; starts that `standing` has earlier stay allowed when `early`."""
    slack_s, now = budget.slack_s(problem), starts(standing)
    spans: dict[str, tuple[int, int]] = {}
    for old in problem.baseline:
        ahead = now.get((old.ticket_id, old.role))
        if ahead is not None:
            first, last = old.start_s - slack_s, max(old.start_s + slack_s, ahead[1])
            first = min(first, ahead[1]) if early else first
            held = spans.get(old.ticket_id, (first, last))
            spans[old.ticket_id] = max(first, held[0]), min(last, held[1])
    return problem.replace(tickets=tuple(bounded(ticket, spans.get(ticket.id)) for ticket in problem.tickets))


def holding(problem: Problem, standing: Sequence[Route], budget: Budget, free: Collection[Key]) -> Problem:
    """The problem in which only the visits in `free` can move: all others keep technician and promised start.

    Every plan of it moves at most as many visits as `free` holds, besides those that fall out.
    """
    slack_s, now = budget.slack_s(problem), starts(standing)
    promised = {(old.ticket_id, old.role): old.start_s for old in problem.baseline}
    changed = []
    for ticket in problem.tickets:
        keys = [(ticket.id, role) for role in range(ticket.crew_size)]
        if any(key not in now or key not in promised or key in free for key in keys):
            changed.append(ticket)
            continue
        start_s = promised[keys[0]]
        pin = ticket.pin or Pin(technician_ids=tuple(now[key][0] for key in keys))
        held = bounded(ticket, (start_s - slack_s, start_s + slack_s))
        changed.append(dataclasses.replace(held, pin=pin))
    return problem.replace(tickets=tuple(changed))


def bounded(ticket: Ticket, span: tuple[int, int] | None) -> Ticket:
    """The ticket with its windows cut to a span of starts."""
    return ticket if span is None else dataclasses.replace(ticket, windows=tuple(both(ticket.windows, *span)))
