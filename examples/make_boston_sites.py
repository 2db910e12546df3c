"""Thirty days of Boston for site scenarios: ``python -m examples.make_boston_sites [FOLDER]``.

Places and reasons are 20,406 real calls of 2015, the times of day those of 550 real requests of 2014 (City of Boston
311, public domain, https://data.boston.gov). The calls of 2015 have no times, so which of them fall on one day is
drawn with a seed; and so are their tiers. Crews, yards, rents and wages are made up.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from api.inputs import write_folder
from dispatch.places import Place
from dispatch.problem import Problem
from dispatch.technicians import Break, Shift, Technician
from dispatch.tickets import Ticket
from dispatch.tiers import HOUR_S
from dispatch.weights import Weights
from examples.boston_311 import WORK, YARDS, ZONE, moment

TICKETS = Path(__file__).parents[2] / "shared/bench/tickets"
CALLS = TICKETS / "boston311_2015_clusters_calls.csv.gz"
REQUESTS = TICKETS / "boston311_2014-03-15_19.json.gz"
FOLDER = Path("out/boston_sites")
START = datetime(2015, 6, 1, tzinfo=ZONE)
DAY_S = 86_400
DAYS, TICKETS_A_DAY, CREW, MOBILE = 30, 120, 18, 6
"""`MOBILE` technicians may work from a new yard; the others stay where they are."""
CLOSES_H = 13
"""Requests opened from here on are the next morning's (``closes_h`` of the scenario)."""
TIERS = {"enterprise": 0.1, "advanced": 0.3, "basic": 0.6}
SEED = 617
WEIGHTS = Weights(unserved_cents=20_000, deferred_cents=5_000, breach_cents=5_000, lateness_cents_per_min=20)
"""A tenth to a third of the defaults, so that broken promises and the money of a year are of one size; made up."""


def calls() -> list[dict[str, str]]:
    """Calls of 2015 that ask for a visit."""
    with gzip.open(CALLS, "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["reason"] in WORK]


def seconds_of_day() -> list[int]:
    """Local times at which the requests of 2014 were opened."""
    with gzip.open(REQUESTS, "rt", encoding="utf-8") as file:
        opened = [moment(row["OPEN_DT"]).astimezone(ZONE) for row in json.load(file)]
    return [at.hour * 3600 + at.minute * 60 + at.second for at in opened]


def make_tickets(rng: random.Random) -> tuple[Ticket, ...]:
    """Thirty days of tickets in the order of opening."""
    times, chosen = seconds_of_day(), rng.sample(calls(), DAYS * TICKETS_A_DAY)
    tickets = []
    for number, row in enumerate(chosen):
        skill, minutes = WORK[row["reason"]]
        opened_s = rng.choice(times)
        tickets.append(
            Ticket(
                id=f"call-{row['index']}",
                place=Place(id=f"call-{row['index']}", lat=float(row["latitude"]), lon=float(row["longitude"])),
                duration_s=minutes * 60,
                tier=rng.choices(list(TIERS), list(TIERS.values()))[0],
                opened_s=opened_s + DAY_S * (number % DAYS) - (DAY_S if opened_s >= CLOSES_H * HOUR_S else 0),
                skills={skill: 1},
            )
        )
    return tuple(sorted(tickets, key=lambda ticket: (ticket.opened_s, ticket.id)))


def make_crew(rng: random.Random, work_s: Counter[str]) -> tuple[tuple[Technician, ...], tuple[Shift, ...]]:
    """Technicians with three skills each, as much as there is work; 07:00 to 15:30, or 17:00 with overtime."""
    skills = list(work_s)
    technicians, shifts = [], []
    for number in range(CREW):
        yard = YARDS[number % 2]
        first = rng.choices(skills, [work_s[skill] for skill in skills])[0] if number >= len(skills) else skills[number]
        others = rng.choices(skills, [work_s[skill] for skill in skills], k=4)
        name = f"mobile-{number // 3 + 1}" if number % 3 == 2 else f"crew-{number - number // 3 + 1:02d}"
        technicians.append(
            Technician(id=name, skills=dict.fromkeys([first, *others], 1), base=yard.place, centre_id=yard.id)
        )
        shifts.append(
            Shift(
                id=name,
                technician_id=name,
                start_s=7 * HOUR_S,
                regular_end_s=31 * HOUR_S // 2,
                end_s=17 * HOUR_S,
                start_place=yard.place,
                end_place=yard.place,
                breaks=(Break(earliest_s=11 * HOUR_S, latest_s=13 * HOUR_S, duration_s=HOUR_S // 2),),
            )
        )
    return tuple(technicians), tuple(shifts)


def build() -> tuple[Problem, Problem]:
    """The typical day, and the past."""
    rng = random.Random(SEED)
    tickets = make_tickets(rng)
    work_s = Counter[str]()
    for ticket in tickets:
        for skill in ticket.skills:
            work_s[skill] += ticket.duration_s
    technicians, shifts = make_crew(rng, work_s)
    past = Problem(
        start=START,
        end_s=DAYS * DAY_S,
        tickets=tickets,
        technicians=technicians,
        shifts=shifts,
        centres=YARDS,
        weights=WEIGHTS,
    )
    first = tuple(ticket for ticket in tickets if -DAY_S <= ticket.opened_s < CLOSES_H * HOUR_S)
    return past.replace(end_s=DAY_S, tickets=first), past


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both inputs and say what they hold."""
    parser = argparse.ArgumentParser(description="Make the inputs of examples/boston_sites.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    options = parser.parse_args(arguments)
    for path in (CALLS, REQUESTS):
        if not path.is_file():
            parser.error(f"no such file: {path}")
    day, past = build()
    write_folder(day, options.folder / "day")
    write_folder(past, options.folder / "past")
    print(f"{len(past.tickets)} tickets of {DAYS} days, {len(day.technicians)} technicians, {len(day.centres)} yards")
    print(f"written to {options.folder}: now run  callout scenario run examples/boston_sites/*.toml --out out/boston")


if __name__ == "__main__":
    main()
