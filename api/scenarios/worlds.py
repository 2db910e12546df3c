"""From a scenario file to the world that its days are played in."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from api.inputs.read import read
from api.inputs.settings import TravelSettings
from api.scenarios.file import ScenarioFile
from dispatch.errors import reject
from dispatch.fingerprint import plain, problem_hash
from dispatch.ports import TravelTimes
from dispatch.problem import Problem
from dispatch.tickets import Ticket, Window
from dispatch.tiers import HOUR_S
from dispatch.version import VERSION
from geo.registry import travel_source
from scenarios.demand import rates
from scenarios.demand.past import past_of
from scenarios.demand.ports import Demand
from scenarios.demand.replayed import ReplayedDemand
from scenarios.simulation.world import DAY_S, World, typical_day
from scenarios.study.growth import GrownDemand
from scenarios.study.slower import ScaledTravel


def world_of(scenario: ScenarioFile) -> World:
    """The world of a scenario.

    Raises
    ------
    InputError
        Of the past tickets, the travel source or the typical day.
    """
    setup = scenario.setup
    travel = travel_of(scenario)
    past = scenario.day.problem if scenario.past == scenario.input else read(scenario.past)
    demand = demand_of(scenario, past)
    if setup.growth:
        demand = GrownDemand(demand=demand, growth=setup.growth)
    return World(
        template=typical_day(setup.problem),
        demand=demand,
        travel=travel,
        chances=scenario.chances,
        play=scenario.play,
    )


def travel_of(scenario: ScenarioFile) -> TravelTimes:
    """The input's travel source, at the speed of the scenario."""
    source = travel_source(scenario.day.travel.source, settings=scenario.day.travel)
    speeds = scenario.setup.speed_percent
    return ScaledTravel(source=source, speed_percent=speeds) if speeds else source


def demand_of(scenario: ScenarioFile, past: Problem) -> Demand:
    """The demand that the scenario asks for."""
    if scenario.demand_kind == "replayed":
        return ReplayedDemand(days=past_days(past, closes_h=scenario.closes_h))
    if scenario.past == scenario.input:  # one day that stands for all
        return rates.demand_of(past)
    return rates.fit(past_of(past), closes_h=scenario.closes_h)


def past_days(past: Problem, *, closes_h: int = 24) -> tuple[tuple[Ticket, ...], ...]:
    """Tickets by the day of their opening, 24 hours each from the start of the input; days without any are left out.

    Those opened from hour `closes_h` on are waiting on the next morning. What was open before belongs to the first day.
    Pins are left out, and tickets with a crew or an order: those belong to another plan.

    Raises
    ------
    InputError
        ``demand.no_tickets`` when there is none.
    """
    days: dict[int, list[Ticket]] = {}
    for ticket in past.tickets:
        if ticket.crew or ticket.after:
            continue
        day = max(0, (ticket.opened_s + DAY_S - closes_h * HOUR_S) // DAY_S)
        earlier_s = day * DAY_S
        windows = tuple(
            Window(start_s=window.start_s - earlier_s, end_s=window.end_s - earlier_s) for window in ticket.windows
        )
        days.setdefault(day, []).append(
            dataclasses.replace(ticket, opened_s=ticket.opened_s - earlier_s, windows=windows, pin=None)
        )
    if not days:
        raise reject("demand.no_tickets", "there is no past ticket to play", field="demand.past")
    return tuple(tuple(days[day]) for day in sorted(days))


def fingerprints(scenario: ScenarioFile, world: World) -> dict[str, str]:
    """What the days of a run depend on, part by part: equal parts give equal days."""
    settings = scenario.day.travel
    return {
        "version": VERSION,
        "seed": str(scenario.seed),
        "technicians, shifts, centres, tiers": problem_hash(world.template),
        "demand": _digest(world.demand),
        "travel": _digest([dataclasses.asdict(settings), dict(scenario.setup.speed_percent), _file_digest(settings)]),
        "chances": _digest(world.chances),
        "play": _digest(world.play),
    }


def _digest(value: object) -> str:
    text = json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return [str(value.dtype), list(value.shape), hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(name): one for name, one in value.items()}
    return plain(value)


def _file_digest(settings: TravelSettings) -> str:
    """Of the file that holds the travel, if there is one."""
    _, _, argument = settings.source.partition(":")
    path = Path(argument)
    if not argument or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def described(scenario: ScenarioFile, world: World) -> Mapping[str, Any]:
    """What the report needs of a scenario besides its days."""
    from scenarios.study.promise import promise, thinned

    problem, prices = world.template, scenario.setup.prices
    tickets = [ticket for day in sample(world) for ticket in day]
    places = [ticket.place for ticket in tickets if ticket.place.lat is not None]
    profile = problem.technicians[0].profile if problem.technicians else "car"
    promised = promise(problem.centres, places, world.travel, profile=profile, radius_m=RADIUS_M)
    staff = {centre.id: 0 for centre in problem.centres}
    for technician in problem.technicians:
        if technician.centre_id is not None:
            staff[technician.centre_id] += 1
    return {
        "title": scenario.title,
        "changes": list(scenario.changes),
        "prices": dataclasses.asdict(prices) | {"rent_cents_per_year": dict(prices.rent_cents_per_year)},
        "weights": dataclasses.asdict(problem.weights),
        "paid_s_per_day": sum(shift.regular_end_s - shift.start_s for shift in problem.shifts),
        "technicians": len(problem.technicians),
        "tiers": [tier.name for tier in sorted(problem.tiers, key=lambda tier: -tier.level) if tier.targets],
        "centres": [
            {
                "id": centre.id,
                "lat": centre.place.lat,
                "lon": centre.place.lon,
                "coverage_m": centre.coverage_m,
                "technicians": staff[centre.id],
            }
            for centre in problem.centres
        ],
        "promise": None if promised is None else dataclasses.asdict(promised),
        "demand": [[place.lat, place.lon] for place in thinned(places, POINTS)],
    }


RADIUS_M = 5_000
"""Of the circles of a location model, for centres without a radius of their own; a judgement for a city."""
POINTS = 1_500
"""Places of tickets that a map shows."""
DAYS = 10
"""Days whose tickets stand for the demand in a promise and on a map."""


def sample(world: World) -> Collection[Collection[Ticket]]:
    """Tickets of the first days, drawn with a seed of their own: alike for scenarios that differ in sites alone."""
    from scenarios.streams import Streams

    return [world.demand.day(day, Streams(seed=0, day=day)) for day in range(DAYS)]
