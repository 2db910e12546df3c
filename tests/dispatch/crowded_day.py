"""Random days with more work than people can do."""

from __future__ import annotations

import dataclasses
import random

import numpy as np

from dispatch.places import Place
from dispatch.problem import Problem
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import After, Pin, Ticket, Window
from dispatch.travel import TravelMatrix, from_arrays
from tests.dispatch.line import START


def crowded_day(seed: int, *, tickets: int = 12, breaks: int = 1, after: int = 0) -> tuple[Problem, TravelMatrix]:
    """A random day of everything but crews, with more work than three technicians on four shifts can do.

    `breaks` a shift, `after` tickets that must follow another one. Times are odd seconds, travel is not symmetric, and
    one ordered pair of places has no way.
    """
    rng = random.Random(seed)
    hour = 3600
    names = ("ann", "bob", "cat")

    def some(share: float, value: object, other: object) -> object:
        return value if rng.random() < share else other

    places = [Place(id=f"p{number}") for number in range(tickets + 4)]
    homes, hub = places[tickets : tickets + 3], places[tickets + 3]
    people = [
        Technician(
            id=name,
            base=home,
            skills={"gas": rng.randint(1, 4), "electric": rng.randint(1, 3)},
            duration_percent=some(0.5, {"*": rng.randint(80, 130), "gas": 90}, {}),  # type: ignore[arg-type]
            stock={"fuse": rng.randint(0, 2)},
            tools=frozenset({"drill"}) if rng.random() < 0.5 else frozenset(),
            centre_id=some(0.4, "hub", None),  # type: ignore[arg-type]
            max_distance_m=some(0.3, rng.randint(20_000, 40_000), None),  # type: ignore[arg-type]
            max_drive_s=some(0.3, rng.randint(2400, 4800), None),  # type: ignore[arg-type]
            max_leg_m=some(0.2, rng.randint(25_000, 50_000), None),  # type: ignore[arg-type]
            max_leg_s=some(0.2, rng.randint(2400, 4800), None),  # type: ignore[arg-type]
        )
        for name, home in zip(names, homes, strict=True)
    ]

    def make_shift(name: str, home: Place, day: int) -> Shift:
        start_s = day * 24 * hour + 8 * hour + rng.randint(0, hour)
        length_s = rng.randint(3 * hour, 5 * hour)
        rests, free_s = [], start_s + 900
        for _ in range(breaks):
            first_s = free_s + rng.randint(0, hour)
            rests.append(Break(earliest_s=first_s, latest_s=first_s + rng.randint(600, hour), duration_s=1234))
            free_s = rests[-1].latest_s + 1234
        return Shift(
            id=f"{name}-{day}",
            technician_id=name,
            start_s=start_s,
            regular_end_s=start_s + length_s - some(0.5, 1800, 0),  # type: ignore[operator]
            end_s=start_s + length_s,
            start_place=some(0.85, home, None),  # type: ignore[arg-type]
            end_place=some(0.85, home, None),  # type: ignore[arg-type]
            breaks=tuple(rests),
        )

    shifts = [make_shift(name, home, 0) for name, home in zip(names, homes, strict=True)]
    shifts.append(make_shift("ann", homes[0], 1))
    work: list[Ticket] = []
    for number in range(tickets):
        windows = []
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            first_s = 24 * hour * rng.choice([0, 0, 1]) + rng.randint(7 * hour, 13 * hour)
            windows.append(Window(start_s=first_s, end_s=first_s + rng.randint(0, 2 * hour)))
        wanted = {one for one in names if rng.random() < 0.2}
        ticket = Ticket(
            id=f"t{number}",
            place=places[number],
            duration_s=rng.randint(1200, 5000),
            tier=rng.choice(["basic", "advanced", "enterprise"]),
            opened_s=rng.randint(-10 * hour, 12 * hour),
            windows=tuple(windows),
            skills=some(0.5, {"gas": rng.randint(1, 5)}, {}),  # type: ignore[arg-type]
            parts=some(0.3, {"fuse": rng.randint(1, 2)}, {}),  # type: ignore[arg-type]
            tools=frozenset({"drill"}) if rng.random() < 0.2 else frozenset(),
            required=frozenset(wanted if rng.random() < 0.2 else ()),
            preferred=frozenset(wanted if rng.random() < 0.3 else ()),
            excluded=frozenset(set(names[:2]) - wanted if rng.random() < 0.15 else ()),
            after=(After(ticket_id=f"t{number - 1}", min_gap_s=600),) if 0 < number <= after else (),
        )
        able = [one.id for one in people if one.has_skills(ticket.skills) and one.id not in ticket.excluded]
        able = [one for one in able if not ticket.required or one in ticket.required]
        if able and rng.random() < 0.15:
            ticket = dataclasses.replace(ticket, pin=Pin(technician_ids=(rng.choice(able),)))
        work.append(ticket)
    centre = ServiceCentre(
        id="hub",
        place=hub,
        parts=frozenset({"fuse"}) if rng.random() < 0.5 else frozenset(),
        tools=frozenset(),
        coverage_m=rng.randint(25_000, 45_000),
        coverage_s=some(0.5, rng.randint(3000, 5000), None),  # type: ignore[arg-type]
    )
    problem = Problem(
        start=START,
        end_s=48 * hour,
        tickets=tuple(work),
        technicians=tuple(people),
        shifts=tuple(shifts),
        centres=(centre,),
    )
    spots = {place.id: (rng.random() * 30_000, rng.random() * 30_000) for place in places}
    where = np.array([spots[place.id] for place in problem.places])
    metres = np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1)) * 1.3
    noise = np.array([[rng.uniform(0.9, 1.2) for _ in where] for _ in where])
    seconds = metres / 12 * noise
    seconds[rng.randrange(tickets), rng.randrange(tickets)] = -1
    np.fill_diagonal(seconds, 0)
    return problem, from_arrays(problem.places, seconds, metres, source="random")
