"""A dispatcher's own change to a plan, with its price and what it breaks, before anything is accepted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dispatch.errors import reject
from dispatch.feasibility import Violation, check_routes
from dispatch.insertion import Trial, try_steps
from dispatch.objective import cost_terms
from dispatch.plan import BreakStep, Route, RouteSteps, Step, VisitStep
from dispatch.problem import Assignment, Problem
from dispatch.replan.moves import Moved, moves_in, starts
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.technicians import Shift
from dispatch.tickets import Pin
from dispatch.travel import Travel


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveVisit:
    """Serve a ticket on another route, or elsewhere on its own; a ticket without a visit gets one.

    `position` counts the steps without breaks before it, once it is taken out of where it was; None: where it breaks
    least, then costs least.
    """

    ticket_id: str
    shift_id: str
    position: int | None = None
    role: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveVisit:
    """Leave a ticket out; all visits of its crew go."""

    ticket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepVisit:
    """Lock a ticket to who has it now, and with `start` to when; later plans keep that."""

    ticket_id: str
    start: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseVisit:
    """Take a pin or lock away."""

    ticket_id: str


Change = MoveVisit | RemoveVisit | KeepVisit | ReleaseVisit


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """What a change would do.

    Parameters
    ----------
    problem : Problem
        With the pin that the change sets or takes away; else the same.
    routes : tuple of Route
        All routes, with the times that they would really have, whatever that breaks.
    violations : tuple of Violation
        Hard constraints that the change breaks and that were kept before; empty: it can be accepted.
    difference_cents : mapping of str to int
        Each cost term afterwards less before.
    moves : tuple of Moved
        Other visits that it moves by more than the tolerance.
    """

    problem: Problem
    routes: tuple[Route, ...]
    violations: tuple[Violation, ...]
    difference_cents: Mapping[str, int]
    moves: tuple[Moved, ...]

    @property
    def total_cents(self) -> int:
        """Cost afterwards less before."""
        return sum(self.difference_cents.values())


def consider(problem: Problem, travel: Travel, routes: Sequence[Route], change: Change) -> Considered:
    """Try one change on a plan; nothing is decided by it.

    Parameters
    ----------
    problem, travel
        What the plan is for.
    routes : sequence of Route
        The plan.
    change : MoveVisit or RemoveVisit or KeepVisit or ReleaseVisit
        What the dispatcher wants.

    Raises
    ------
    InputError
        ``change.ticket``, ``change.shift``, ``change.role``, ``change.position`` or ``change.unserved`` when the
        change names what is not there.
    """
    if change.ticket_id not in problem.ticket_by_id:
        raise reject("change.ticket", "there is no such ticket", field="ticket", value=change.ticket_id)
    world, after = _APPLY[type(change)](problem, travel, routes, change)
    tested = _changed(problem, routes, after), _changed(problem, after, routes)
    known = {_identity(violation) for violation in check_routes(problem, travel, tested[0])}
    broken = [one for one in check_routes(world, travel, tested[1]) if _identity(one) not in known]
    # What is the same before and after, unserved tickets too, adds the same to both; with a pin it has another price.
    priced = tested if world is problem else (routes, after)
    before, now = cost_terms(problem, priced[0]), cost_terms(world, priced[1])
    moved = moves_in(_as_baseline(tested[0]), starts(tested[1]), tolerance_s=problem.weights.change_tolerance_s)
    return Considered(
        problem=world,
        routes=after,
        violations=tuple(broken),
        difference_cents={name: now[name] - before[name] for name in now},
        moves=tuple(one for one in moved if one.ticket_id != change.ticket_id),
    )


def _changed(problem: Problem, routes: Sequence[Route], others: Sequence[Route]) -> tuple[Route, ...]:
    """Routes that differ from those of the same shift among the others; all of them where routes are tied together."""
    if problem.has_ties:
        return tuple(routes)
    known = {route.shift_id: route for route in others}
    return tuple(route for route in routes if known.get(route.shift_id) != route)


def _identity(violation: Violation) -> tuple[str, str, str]:
    return violation.code, violation.shift_id, violation.ticket_id


def _as_baseline(routes: Iterable[Route]) -> Iterable[Assignment]:
    for route in routes:
        for visit in route.visits:
            yield Assignment(
                ticket_id=visit.ticket_id, role=visit.role, technician_id=route.technician_id, start_s=visit.start_s
            )


def _steps_of(routes: Iterable[Route]) -> dict[str, list[Step]]:
    """Steps without breaks, by shift."""
    return {route.shift_id: [step for step in route.steps.steps if not isinstance(step, BreakStep)] for route in routes}


def _timed(
    problem: Problem, travel: Travel, routes: Sequence[Route], steps: Mapping[str, Sequence[Step]]
) -> tuple[Route, ...]:
    """All routes again; breaks are placed anew only where the steps have changed."""
    old, kept = _steps_of(routes), {route.shift_id: route for route in routes}
    same = {shift_id for shift_id, own in steps.items() if list(own) == old.get(shift_id)}
    decided = [
        place_breaks(problem, travel, RouteSteps(shift_id=shift_id, steps=tuple(own)))
        for shift_id, own in steps.items()
        if shift_id not in same
    ]
    if problem.has_ties:
        return schedule_plan(problem, travel, [*(kept[shift_id].steps for shift_id in same), *decided])
    made = {route.shift_id: route for route in schedule_plan(problem, travel, decided)}
    return tuple(
        made.get(shift.id) or kept[shift.id] for shift in problem.shifts if shift.id in made or shift.id in same
    )


def _move(
    problem: Problem, travel: Travel, routes: Sequence[Route], change: MoveVisit
) -> tuple[Problem, tuple[Route, ...]]:
    shift = problem.shift_by_id.get(change.shift_id)
    if shift is None:
        raise reject("change.shift", "there is no such shift", field="shift", value=change.shift_id)
    if not 0 <= change.role < problem.ticket_by_id[change.ticket_id].crew_size:
        raise reject("change.role", "the ticket has no such role", field="role", value=change.role)
    visit = VisitStep(ticket_id=change.ticket_id, role=change.role)
    steps = {shift_id: [one for one in own if one != visit] for shift_id, own in _steps_of(routes).items()}
    target = steps.setdefault(shift.id, [])
    if change.position is not None and not 0 <= change.position <= len(target):
        raise reject(
            "change.position", f"the route has the positions 0..{len(target)}", field="position", value=change.position
        )
    position = change.position
    if position is None:
        without = _timed(problem, travel, routes, {one: own for one, own in steps.items() if own})
        position = _best_position(problem, travel, without, shift, target, visit)
    target.insert(position, visit)
    return problem, _timed(problem, travel, routes, steps)


def _best_position(
    problem: Problem, travel: Travel, routes: Sequence[Route], shift: Shift, steps: Sequence[Step], visit: VisitStep
) -> int:
    """Where the visit breaks least, then costs least; of equal positions the last, which puts off fewer others."""
    ranks = []
    for position in range(len(steps) + 1):
        trial = try_steps(problem, travel, routes, shift, [*steps[:position], visit, *steps[position:]])
        ranks.append((0, trial.cost_cents) if isinstance(trial, Trial) else (len(trial), 0))
    return min(range(len(ranks)), key=lambda position: (*ranks[position], -position))


def _remove(
    problem: Problem, travel: Travel, routes: Sequence[Route], change: RemoveVisit
) -> tuple[Problem, tuple[Route, ...]]:
    steps = {
        shift_id: [one for one in own if not (isinstance(one, VisitStep) and one.ticket_id == change.ticket_id)]
        for shift_id, own in _steps_of(routes).items()
    }
    return problem, _timed(problem, travel, routes, steps)


def _keep(
    problem: Problem, travel: Travel, routes: Sequence[Route], change: KeepVisit
) -> tuple[Problem, tuple[Route, ...]]:
    held = sorted(
        (visit.role, route.technician_id, visit.start_s)
        for route in routes
        for visit in route.visits
        if visit.ticket_id == change.ticket_id
    )
    ticket = problem.ticket_by_id[change.ticket_id]
    if len(held) != ticket.crew_size:
        raise reject("change.unserved", "nobody visits this ticket", field="ticket", value=ticket.id)
    pin = Pin(technician_ids=tuple(one for _, one, _ in held), start_s=held[0][2] if change.start else None)
    return problem.with_ticket(dataclasses.replace(ticket, pin=pin)), tuple(routes)


def _release(
    problem: Problem, travel: Travel, routes: Sequence[Route], change: ReleaseVisit
) -> tuple[Problem, tuple[Route, ...]]:
    ticket = problem.ticket_by_id[change.ticket_id]
    return problem.with_ticket(dataclasses.replace(ticket, pin=None)), tuple(routes)


_Apply = Callable[[Problem, Travel, Sequence[Route], "Change"], tuple[Problem, tuple[Route, ...]]]
_APPLY: dict[type, _Apply] = {  # a new kind of change is a class, a function and a line here
    MoveVisit: _move,  # type: ignore[dict-item]
    RemoveVisit: _remove,  # type: ignore[dict-item]
    KeepVisit: _keep,  # type: ignore[dict-item]
    ReleaseVisit: _release,  # type: ignore[dict-item]
}
