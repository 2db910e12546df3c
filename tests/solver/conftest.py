"""A road on which place ``m7`` lies 7 minutes and 7 km from ``m0``, and small days along it.

The helpers take minutes since midnight of Monday, 2 March 2026, UTC; the domain gets seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import pytest

from dispatch.feasibility import check_routes
from dispatch.objective import cost_terms
from dispatch.places import Place
from dispatch.plan import Route, RouteSteps
from dispatch.ports import EngineAnswer, EngineRequest, Limits, Progress, RoutingEngine
from dispatch.problem import Problem
from dispatch.schedule import schedule_plan
from dispatch.technicians import Break, Shift, Technician
from dispatch.tickets import Ticket, Window
from dispatch.tiers import Tier
from dispatch.travel import TravelMatrix
from solver.registry import ENGINES
from solver.registry import engine as make_engine
from tests.dispatch.line import Line

MIN_S = 60
PLAIN = Tier(name="plain", level=0, weight=1)


class Road:
    """Builders in minutes, and one call that runs an engine and lets the independent checker judge it."""

    plain = PLAIN

    @staticmethod
    def at(minute: int) -> Place:
        return Place(id=f"m{minute}")

    @staticmethod
    def window(first: int, last: int) -> Window:
        return Window(start_s=first * MIN_S, end_s=last * MIN_S)

    @staticmethod
    def rest(first: int, last: int, length: int) -> Break:
        return Break(earliest_s=first * MIN_S, latest_s=last * MIN_S, duration_s=length * MIN_S)

    @staticmethod
    def ticket(name: str, where: int, length: int = 30, **more: object) -> Ticket:
        return Ticket(id=name, place=Road.at(where), duration_s=length * MIN_S, **{"tier": "plain", **more})  # type: ignore[arg-type]

    @staticmethod
    def technician(name: str, **more: object) -> Technician:
        return Technician(id=name, **more)  # type: ignore[arg-type]

    @staticmethod
    def shift(
        owner: str,
        first: int = 480,
        last: int = 1020,
        *,
        regular: int | None = None,
        start: int | None = 0,
        end: int | None = 0,
        breaks: Sequence[Break] = (),
        name: str = "",
    ) -> Shift:
        return Shift(
            id=name or f"{owner}-day",
            technician_id=owner,
            start_s=first * MIN_S,
            end_s=last * MIN_S,
            regular_end_s=(last if regular is None else regular) * MIN_S,
            breaks=tuple(breaks),
            start_place=None if start is None else Road.at(start),
            end_place=None if end is None else Road.at(end),
        )

    @staticmethod
    def problem(
        tickets: Iterable[Ticket],
        technicians: Iterable[Technician],
        shifts: Iterable[Shift] | None = None,
        *,
        days: int = 1,
        **more: object,
    ) -> Problem:
        owners = tuple(technicians)
        own = tuple(Road.shift(one.id) for one in owners) if shifts is None else tuple(shifts)
        return Problem(
            start=datetime(2026, 3, 2, tzinfo=UTC),
            end_s=days * 86_400,
            tickets=tuple(tickets),
            technicians=owners,
            shifts=own,
            **{"tiers": (PLAIN,), **more},
        )  # type: ignore[arg-type]

    travel = staticmethod(Line.travel)

    @staticmethod
    def request(
        problem: Problem,
        *,
        travel: TravelMatrix | None = None,
        iterations: int = 3,
        seed: int = 7,
        warm_start: Sequence[RouteSteps] = (),
        on_progress: Callable[[Progress], None] = lambda progress: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> EngineRequest:
        return EngineRequest(
            problem=problem,
            travel=Road.travel(problem) if travel is None else travel,
            seed=seed,
            limits=Limits(iterations=iterations),
            warm_start=tuple(warm_start),
            on_progress=on_progress,
            should_stop=should_stop,
        )

    @staticmethod
    def plan(engine: RoutingEngine, request: EngineRequest) -> tuple[EngineAnswer, tuple[Route, ...]]:
        """Answer and timed routes; every hard constraint is kept."""
        answer = engine.solve(request)
        routes = schedule_plan(request.problem, request.travel, answer.routes)
        assert [str(violation) for violation in check_routes(request.problem, request.travel, routes)] == []
        return answer, routes

    @staticmethod
    def cost_cents(problem: Problem, routes: Sequence[Route]) -> int:
        return sum(cost_terms(problem, routes).values())

    @staticmethod
    def who(routes: Sequence[Route]) -> Mapping[str, tuple[str, ...]]:
        """Ticket to the technicians who serve it, by role."""
        found: dict[str, dict[int, str]] = {}
        for route in routes:
            for visit in route.visits:
                found.setdefault(visit.ticket_id, {})[visit.role] = route.technician_id
        return {ticket_id: tuple(roles[role] for role in sorted(roles)) for ticket_id, roles in found.items()}

    @staticmethod
    def starts(routes: Sequence[Route]) -> Mapping[str, int]:
        """Ticket to the minute at which its service starts."""
        return {visit.ticket_id: visit.start_s // MIN_S for route in routes for visit in route.visits}


@pytest.fixture
def road() -> type[Road]:
    return Road


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> RoutingEngine:
    return make_engine(request.param)
