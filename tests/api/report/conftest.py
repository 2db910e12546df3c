"""A made-up plan around Guangzhou and Shenzhen: random routes with true times and reasons."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dispatch.places import Place
from dispatch.plan import Plan, Provenance, RestockStep, Route, RouteSteps, Step, VisitStep
from dispatch.problem import Problem
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.service import assemble
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import Pin, Ticket, Window
from dispatch.travel import TravelMatrix, from_arrays

Made = tuple[Problem, Plan]
MakePlan = Callable[..., Made]
HOUR_S = 3600
CENTRES = {
    "Tianhe": (23.125, 113.361),
    "Panyu": (22.938, 113.384),
    "Nanshan": (22.533, 113.930),
    "Longgang": (22.721, 114.247),
}
NAMES = (
    "Chen Wei",
    "Li Na",
    "Wang Fang",
    "Zhang Jun",
    "Liu Yang",
    "Huang Min",
    "Zhao Lei",
    "Wu Ting",
    "Zhou Qiang",
    "Xu Jing",
)


def _problem(rng: random.Random, technicians: int, tickets: int, days: int) -> Problem:
    def near(name: str, spot: tuple[float, float], spread: float) -> Place:
        return Place(
            id=name, lat=round(spot[0] + rng.gauss(0, spread), 5), lon=round(spot[1] + rng.gauss(0, spread), 5)
        )

    centres = tuple(
        ServiceCentre(id=name, place=Place(id=f"c-{name}", lat=lat, lon=lon)) for name, (lat, lon) in CENTRES.items()
    )
    crew, shifts = [], []
    for number in range(technicians):
        home = centres[number % len(centres)].place
        if number % 3:
            home = near(f"home-{number}", list(CENTRES.values())[number % len(CENTRES)], 0.05)
        one = Technician(
            id=f"E{number + 1:02d}",
            name=f"{NAMES[number % len(NAMES)]} {number + 1}",
            skills={"network": 1 + number % 5},
            base=home,
        )
        crew.append(one)
        for day in range(days):
            begin_s = day * 24 * HOUR_S + (8 + number % 3 // 2) * HOUR_S
            shifts.append(
                Shift(
                    id=f"{one.id}-{day + 1}",
                    technician_id=one.id,
                    start_s=begin_s,
                    regular_end_s=begin_s + 9 * HOUR_S,
                    end_s=begin_s + 11 * HOUR_S,
                    start_place=home,
                    end_place=home,
                    breaks=(
                        Break(earliest_s=begin_s + 3 * HOUR_S + 1800, latest_s=begin_s + 5 * HOUR_S, duration_s=2700),
                    ),
                )
            )
    work = []
    for number in range(tickets):
        tier = rng.choices(["basic", "advanced", "enterprise"], [5, 3, 2])[0]
        spot = rng.choice(list(CENTRES.values()))
        opened_s = rng.randrange(-12, 12 * days) * HOUR_S
        windows = ()
        if rng.random() < 0.3:
            begin_s = rng.randrange(days) * 24 * HOUR_S + rng.randrange(9, 16) * HOUR_S
            windows = (Window(start_s=begin_s, end_s=begin_s + 2 * HOUR_S),)
        pin = Pin(technician_ids=(crew[number % technicians].id,)) if number % 29 == 7 else None
        work.append(
            Ticket(
                id=f"T-{number + 1:03d}",
                place=near(f"t{number}", spot, 0.07),
                tier=tier,
                opened_s=opened_s,
                windows=windows,
                duration_s=rng.choice([1800, 2700, 3600, 5400, 7200]),
                skills={"network": 1},
                pin=pin,
            )
        )
    return Problem(
        start=datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai")),
        end_s=days * 24 * HOUR_S,
        tickets=tuple(work),
        technicians=tuple(crew),
        shifts=tuple(shifts),
        centres=centres,
    )


def _travel(problem: Problem) -> TravelMatrix:
    spots = np.array([(place.lat or 0.0, place.lon or 0.0) for place in problem.places])
    gap = spots[:, None, :] - spots[None, :, :]
    gap[:, :, 1] *= np.cos(np.radians(22.8))
    metres = np.hypot(gap[:, :, 0], gap[:, :, 1]) * 111_195 * 1.3
    return from_arrays(problem.places, metres / 9.0, metres, source="straight lines x 1.3 at 32 km/h")


def _routes(rng: random.Random, problem: Problem, travel: TravelMatrix) -> tuple[Route, ...]:
    """Nearest ticket first, as many as fit; every fifth route restocks after its second visit."""
    left = {ticket.id: ticket for ticket in problem.tickets}
    routes = []
    for number, shift in enumerate(problem.shifts):
        steps: list[Step] = []
        here = shift.start_place
        while left:
            ticket = min(left.values(), key=lambda one: travel.leg("car", here, one.place)[0])
            if travel.leg("car", here, ticket.place)[1] > 30_000 or rng.random() < 0.04:
                break
            trial = place_breaks(
                problem, travel, RouteSteps(shift_id=shift.id, steps=(*steps, VisitStep(ticket_id=ticket.id)))
            )
            route = schedule_plan(problem, travel, [trial])[0]
            waits = any(visit.start_s - visit.arrival_s > HOUR_S for visit in route.visits)
            if route.return_s > shift.end_s or waits or len(steps) >= 6:
                break
            steps.append(VisitStep(ticket_id=left.pop(ticket.id).id))
            here = ticket.place
            if number % 5 == 1 and len(steps) == 2:
                steps.append(RestockStep(centre_id=problem.centres[number % len(problem.centres)].id))
        routes.append(place_breaks(problem, travel, RouteSteps(shift_id=shift.id, steps=tuple(steps))))
    return schedule_plan(problem, travel, routes)


def provenance_of(travel: TravelMatrix) -> Provenance:
    return Provenance(
        problem_hash="sha256:5f1d",
        engine="greedy",
        engine_version="1",
        callout_version="0.1.0",
        travel_source=travel.source,
        seed=7,
        workers=1,
        seconds=None,
        iterations=100,
        iterations_done=100,
        weights={"unserved_cents": 200_000},
    )


@pytest.fixture(scope="session")
def make_plan() -> MakePlan:
    """Make a problem and a plan for it: ``make_plan(technicians=8, tickets=60, days=2, seed=1, change=None)``."""

    def make(
        *,
        technicians: int = 8,
        tickets: int = 60,
        days: int = 2,
        seed: int = 1,
        change: Callable[[Problem], Problem] = lambda problem: problem,
    ) -> Made:
        rng = random.Random(seed)
        problem = change(_problem(rng, technicians, tickets, days))
        travel = _travel(problem)
        return problem, assemble(problem, travel, _routes(rng, problem, travel), provenance_of(travel))

    return make


@pytest.fixture(scope="session")
def made(make_plan: MakePlan) -> Made:
    """Eight technicians, sixty tickets, two days."""
    return make_plan()


@pytest.fixture(scope="session")
def without_coordinates() -> Callable[[Problem, set[str]], Problem]:
    """Take the coordinates of some tickets away: ``without_coordinates(problem, ticket_ids)``."""

    def take(problem: Problem, ticket_ids: set[str]) -> Problem:
        return problem.replace(
            tickets=tuple(
                dataclasses.replace(ticket, place=Place(id=ticket.place.id)) if ticket.id in ticket_ids else ticket
                for ticket in problem.tickets
            )
        )

    return take


@pytest.fixture(scope="session")
def hostile(make_plan: MakePlan) -> Made:
    """Names that try to leave their place: markup, script ends, template marks, quotes; on a day when clocks change."""

    def change(problem: Problem) -> Problem:
        return problem.replace(
            start=datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Berlin")),
            tickets=tuple(
                dataclasses.replace(ticket, id=f"</script><img src=x onerror=document.title='owned'>{ticket.id}")
                for ticket in problem.tickets
            ),
            technicians=tuple(
                dataclasses.replace(one, name=f"<script>document.title='owned'</script>{{{{data}}}}\"'&{one.id}")
                for one in problem.technicians
            ),
            centres=tuple(dataclasses.replace(one, id=f"<!--<script>{one.id}") for one in problem.centres),
        )

    return make_plan(tickets=20, technicians=3, days=1, change=change)
