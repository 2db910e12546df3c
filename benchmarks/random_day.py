"""A seeded day of any size for measurements: skills, parts, windows, tiers, breaks, around one city."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta, timezone

from dispatch.places import Place
from dispatch.problem import Problem
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import Ticket, Window

HOUR_S = 3600


def random_day(tickets: int, technicians: int, *, seed: int, minutes: tuple[int, int] = (20, 60)) -> Problem:
    """Build a day of 09:00-18:00 shifts (overtime to 20:00); the area grows with the number of technicians.

    Services take `minutes` (from, to) in steps of five.
    """
    rng = random.Random(seed)
    spread = 0.05 * math.sqrt(technicians)

    def place(name: str) -> Place:
        return Place(id=name, lat=48.1 + rng.uniform(-spread, spread), lon=11.6 + 1.5 * rng.uniform(-spread, spread))

    crew, shifts = [], []
    for number in range(technicians):
        home = place(f"home{number}")
        crew.append(
            Technician(
                id=f"K{number}",
                base=home,
                stock={"fuse": 2},
                skills={"lift": rng.randint(1, 5), "network": rng.randint(1, 5)},
            )
        )
        rest = Break(earliest_s=12 * HOUR_S, latest_s=14 * HOUR_S, duration_s=1800)
        shifts.append(
            Shift(
                id=f"K{number}",
                technician_id=f"K{number}",
                start_s=9 * HOUR_S,
                regular_end_s=18 * HOUR_S,
                end_s=20 * HOUR_S,
                start_place=home,
                end_place=home,
                breaks=(rest,),
            )
        )
    work = []
    for number in range(tickets):
        opens_s = rng.randrange(9, 17) * HOUR_S
        window = (Window(start_s=opens_s, end_s=opens_s + 2 * HOUR_S),) if rng.random() < 0.2 else ()
        skill = rng.choice(["lift", "network"])
        work.append(
            Ticket(
                id=f"T{number}",
                place=place(f"T{number}"),
                duration_s=rng.randrange(minutes[0], minutes[1] + 1, 5) * 60,
                windows=window,
                tier=rng.choice(["basic", "basic", "advanced", "enterprise"]),
                opened_s=rng.randrange(0, 9) * HOUR_S,
                skills={skill: rng.choice([1, 1, 2, 3])},
                parts={"fuse": 1} if rng.random() < 0.1 else {},
            )
        )
    return Problem(
        start=datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=1))),
        end_s=24 * HOUR_S,
        tickets=tuple(work),
        technicians=tuple(crew),
        shifts=tuple(shifts),
        centres=(ServiceCentre(id="hub", place=place("hub")),),
    )
