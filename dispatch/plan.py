"""The answer: routes with times, unserved tickets with reasons, cost and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitStep:
    """Engine's decision: serve this ticket here, in this crew role."""

    ticket_id: str
    role: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestockStep:
    """Engine's decision: go to this centre and refill."""

    centre_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakStep:
    """Engine's decision: take break number `index` of the shift between the neighbouring steps."""

    index: int


Step = VisitStep | RestockStep | BreakStep
"""What an engine decides; :mod:`dispatch.schedule` adds the times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSteps:
    """One route as an engine decides it: a shift and its steps in order."""

    shift_id: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """A missed target of a visit: it was due at `due_s` and met `late_s` seconds later (more than 0)."""

    target: str
    due_s: int
    late_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A ticket served: drive `travel_s`, arrive, wait until `start_s`, serve until `finish_s`."""

    ticket_id: str
    role: int
    travel_s: int
    distance_m: int
    arrival_s: int
    start_s: int
    finish_s: int
    late: tuple[Lateness, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restock:
    """A stop at a centre that refills parts and tools; starts on arrival."""

    centre_id: str
    travel_s: int
    distance_m: int
    arrival_s: int
    start_s: int
    finish_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A break taken on the route; it may interrupt the drive to the next stop."""

    index: int
    start_s: int
    finish_s: int


Stop = Visit | Restock | Rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The work of one shift.

    Parameters
    ----------
    shift_id, technician_id : str
        Whose route it is.
    departure_s, return_s : int
        Leaving the start place, reaching the end place.
    end_travel_s, end_distance_m : int
        Last leg, to the end place.
    stops : tuple of Stop
        In order; at least one visit.
    """

    shift_id: str
    technician_id: str
    departure_s: int
    return_s: int
    end_travel_s: int
    end_distance_m: int
    stops: tuple[Stop, ...]

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Visits in order."""
        return tuple(stop for stop in self.stops if isinstance(stop, Visit))

    @property
    def work_s(self) -> int:
        """Return minus departure."""
        return self.return_s - self.departure_s

    @property
    def travel_s(self) -> int:
        """All driving."""
        return self.end_travel_s + sum(stop.travel_s for stop in self.stops if not isinstance(stop, Rest))

    @property
    def distance_m(self) -> int:
        """All driving."""
        return self.end_distance_m + sum(stop.distance_m for stop in self.stops if not isinstance(stop, Rest))

    @property
    def service_s(self) -> int:
        """All visits."""
        return sum(visit.finish_s - visit.start_s for visit in self.visits)

    @property
    def waiting_s(self) -> int:
        """Work time neither driving, nor serving, nor restocking, nor on a break."""
        stopped = sum(stop.finish_s - stop.start_s for stop in self.stops)
        return self.work_s - self.travel_s - stopped

    @property
    def steps(self) -> RouteSteps:
        """The decisions that made this route."""
        steps: list[Step] = []
        for stop in self.stops:
            match stop:
                case Visit():
                    steps.append(VisitStep(ticket_id=stop.ticket_id, role=stop.role))
                case Restock():
                    steps.append(RestockStep(centre_id=stop.centre_id))
                case Rest():
                    steps.append(BreakStep(index=stop.index))
        return RouteSteps(shift_id=self.shift_id, steps=tuple(steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A code with its facts; text is rendered last (:mod:`dispatch.explain`).

    `facts` maps a name that carries its unit (``short_s``, ``needed``) to a number or a name.
    """

    code: str
    facts: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why one shift can't take a ticket: the constraint that fails first there."""

    technician_id: str
    shift_id: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A single change of the input that makes the ticket serviceable, confirmed by insertion.

    `change` says what to change; `shift_id` is the route that then serves the ticket, and `cost_cents` what
    the plan then costs more than without the ticket (its unserved cost left aside).
    """

    change: Reason
    technician_id: str
    shift_id: str
    cost_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """A ticket that nobody serves, and why.

    Parameters
    ----------
    ticket_id : str
        Which.
    deferred : bool
        True when it can still be in time after the horizon.
    reason : Reason
        Summary over all shifts.
    obstacles : tuple of Obstacle
        One for each shift, in the order of the problem; of many shifts the 200 that came nearest to serving it.
    remedies : tuple of Remedy
        Smallest first; empty when no single change that was tried helps (``docs/explanations.md`` says how many are).
    """

    ticket_id: str
    deferred: bool
    reason: Reason
    obstacles: tuple[Obstacle, ...] = ()
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LateReason:
    """Why a visit misses a target."""

    ticket_id: str
    target: str
    late_s: int
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How a plan came to be: the same values give the same bytes.

    `seconds` and `iterations` are the limits asked for (None: not limited so); `iterations_done` is what ran.
    `warnings` say what the engine could not use, such as a warm start that breaks a rule, and what is to be known about
    the travel times.
    `weights` are the prices of the run, so that the plan can be checked without knowing how it was called.
    """

    problem_hash: str
    engine: str
    engine_version: str
    callout_version: str
    travel_source: str
    seed: int
    workers: int
    seconds: float | None
    iterations: int | None
    iterations_done: int
    weights: Mapping[str, int]
    parameters: Mapping[str, int | float | str | bool] = field(default_factory=dict)
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A published or publishable day.

    Parameters
    ----------
    routes : tuple of Route
        In the order of the problem's shifts; only shifts with at least one visit.
    unserved : tuple of Unserved
        In the order of the problem's tickets.
    late : tuple of LateReason
        In the order of routes and visits.
    cost : mapping of str to int
        Each term of the objective in cents; the total is their sum.
    kpis : mapping of str to number
        See :mod:`dispatch.kpi`.
    provenance : Provenance
        How it was made.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    late: tuple[LateReason, ...]
    cost: Mapping[str, int]
    kpis: Mapping[str, int | float]
    provenance: Provenance

    @property
    def total_cents(self) -> int:
        """Sum of all cost terms."""
        return sum(self.cost.values())
