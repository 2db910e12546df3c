"""Make an input folder out of real tickets: ``python -m examples.boston_311 [FILE] [FOLDER]``.

The City of Boston publishes its 311 service requests with the times of opening, target and closing and a position
(public domain, https://data.boston.gov). Opening, target and position come from the data. What the data lacks is
made up: the crews and their skills (drawn with a seed), and how long each kind of request takes (a table below).
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from api.inputs import write_folder
from dispatch.places import Place
from dispatch.problem import Problem
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import Ticket, Window
from dispatch.tiers import HOUR_S, Point, Target, Tier

DATA = Path(__file__).parents[2] / "shared/bench/tickets/boston311_2014-03-15_19.json.gz"
ZONE = ZoneInfo("America/New_York")
START = datetime(2014, 3, 18, 7, tzinfo=ZONE)  # a Tuesday
END = datetime(2014, 3, 20, 7, tzinfo=ZONE)
KNOWN = datetime(2014, 3, 18, 12, tzinfo=ZONE)
"""Tickets opened up to here are planned, unless the city had closed them before `START`."""
SEED = 311
YEAR_S = 365 * 86_400

WORK: Mapping[str, tuple[str, int]] = {
    "Sanitation": ("sanitation", 15),
    "Recycling": ("sanitation", 15),
    "Street Cleaning": ("streets", 30),
    "Highway Maintenance": ("streets", 45),
    "Catchbasin": ("water", 60),
    "Housing": ("inspection", 40),
    "Building": ("inspection", 45),
    "Environmental Services": ("inspection", 30),
    "Health": ("inspection", 40),
    "Signs & Signals": ("signals", 45),
    "Traffic Management & Engineering": ("signals", 40),
    "Operations": ("signals", 30),
    "Street Lights": ("electric", 60),
    "Enforcement & Abandoned Vehicles": ("parking", 20),
    "Animal Issues": ("animals", 30),
    "Park Maintenance & Safety": ("parks", 50),
    "Trees": ("parks", 60),
    "Graffiti": ("streets", 60),
    "Abandoned Bicycle": ("parking", 15),
}
"""The data's REASON to (skill, minutes). Other reasons (comments, notifications) ask for no visit."""

HARD = frozenset(
    {
        "Electrical",
        "Plumbing",
        "Unsafe Dangerous Conditions",
        "Major System Failure",
        "Traffic Signal Repair",
        "Heat - Excessive  Insufficient",
        "Sidewalk Repair (Make Safe)",
    }
)
"""The data's TYPE of requests that need level 2."""

CREW: Mapping[str, int] = {
    "sanitation": 3,
    "inspection": 5,
    "streets": 2,
    "signals": 2,
    "parking": 1,
    "electric": 1,
    "water": 1,
    "animals": 1,
    "parks": 1,
}
"""Made-up technicians by main skill."""

YARDS = (
    ServiceCentre(id="south-bay", place=Place(id="centre:south-bay", lat=42.3326, lon=-71.0723)),
    ServiceCentre(id="west-roxbury", place=Place(id="centre:west-roxbury", lat=42.2745, lon=-71.1655)),
)


def moment(milliseconds: int) -> datetime:
    """Instant of the data's Unix time in milliseconds."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def second(at: datetime) -> int:
    """Second of the horizon."""
    return math.floor((at - START.astimezone(UTC)).total_seconds())


def tier_of(row: Mapping[str, Any]) -> Tier:
    """Tier that keeps the city's target.

    A target that falls due before the horizon's end keeps its length, rounded down to the hour. Later targets don't
    bind this plan; they share the tier `later`, and requests without target the tier `none`.
    """
    if row["TARGET_DT"] is None:
        return Tier(name="none", level=0, weight=1)
    hours = (moment(row["TARGET_DT"]) - moment(row["OPEN_DT"])) // timedelta(hours=1)
    if moment(row["TARGET_DT"]) > END.astimezone(UTC) or hours < 1:
        return Tier(name="later", level=1, weight=1)
    return Tier(
        name=f"within-{hours:03d}h",
        level=1000 - hours,
        weight=4 if hours <= 24 else 2,
        targets=(Target(name="close", within_s=hours * HOUR_S, point=Point.FINISH),),
    )


def choose(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], Counter[str]]:
    """Requests to plan, and why the others are left out."""
    chosen, left = [], Counter[str]()
    for row in rows:
        if moment(row["OPEN_DT"]) > KNOWN:
            left["opened later"] += 1
        elif row["CLOSED_DT"] is not None and moment(row["CLOSED_DT"]) < START:
            left["closed before the horizon"] += 1
        elif row["Geocoded_Location"] == "(0, 0)":  # its LATITUDE, LONGITUDE is then the middle of the city
            left["no position"] += 1
        elif row["REASON"] not in WORK:
            left["asks for no visit"] += 1
        else:
            chosen.append(row)
    return sorted(chosen, key=lambda row: (row["OPEN_DT"], row["CASE_ENQUIRY_ID"])), left


def make_ticket(row: Mapping[str, Any]) -> Ticket:
    """Ticket of one request."""
    skill, minutes = WORK[row["REASON"]]
    name = str(row["CASE_ENQUIRY_ID"])
    opened_s = second(moment(row["OPEN_DT"]))
    since_opened = Window(start_s=opened_s, end_s=second(END) + YEAR_S)  # nobody comes before the call
    return Ticket(
        id=name,
        place=Place(id=name, lat=float(row["LATITUDE"]), lon=float(row["LONGITUDE"])),
        duration_s=minutes * 60,
        tier=tier_of(row).name,
        opened_s=opened_s,
        windows=(since_opened,) if opened_s > 0 else (),
        skills={skill: 2 if row["TYPE"] in HARD else 1},
    )


def make_crew(rng: random.Random) -> tuple[tuple[Technician, ...], tuple[Shift, ...]]:
    """Made-up technicians, each with a second skill, back at their yard by 15:30, or 17:00 with overtime."""
    technicians, shifts = [], []
    for skill, number in CREW.items():
        for position in range(number):
            yard = rng.choice(YARDS)
            level = 2 if position == 0 else rng.randint(1, 3)
            skills = {rng.choice(sorted(CREW)): 1, skill: level}
            one = Technician(id=f"{skill}-{position + 1}", skills=skills, base=yard.place, centre_id=yard.id)
            technicians.append(one)
            for day in (0, 1):
                opens_s = day * 86_400
                shifts.append(
                    Shift(
                        id=f"{one.id}-day{day + 1}",
                        technician_id=one.id,
                        start_s=opens_s,
                        regular_end_s=opens_s + 17 * HOUR_S // 2,
                        end_s=opens_s + 10 * HOUR_S,
                        start_place=yard.place,
                        end_place=yard.place,
                        breaks=(
                            Break(
                                earliest_s=opens_s + 4 * HOUR_S, latest_s=opens_s + 6 * HOUR_S, duration_s=HOUR_S // 2
                            ),
                        ),
                    )
                )
    return tuple(technicians), tuple(shifts)


def build(path: Path) -> tuple[Problem, Counter[str]]:
    """The problem of a Tuesday and a Wednesday in March 2014, and why requests were left out."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = json.load(file)
    chosen, left = choose(rows)
    technicians, shifts = make_crew(random.Random(SEED))
    tiers = {tier.name: tier for tier in map(tier_of, chosen)}
    problem = Problem(
        start=START,
        end_s=second(END),
        tickets=tuple(make_ticket(row) for row in chosen),
        technicians=technicians,
        shifts=shifts,
        centres=YARDS,
        tiers=tuple(sorted(tiers.values(), key=lambda tier: tier.level)),
    )
    return problem, left


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the input folder and say what it holds."""
    parser = argparse.ArgumentParser(description="Make an input folder out of a day of Boston's 311 requests.")
    parser.add_argument("data", nargs="?", type=Path, default=DATA, help="JSON file of requests, gzipped")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("boston_311"), help="input folder to write")
    options = parser.parse_args(arguments)
    if not options.data.is_file():
        parser.error(f"no such file: {options.data}")
    problem, left = build(options.data)
    write_folder(problem, options.folder)
    print(f"{len(problem.tickets)} tickets of {', '.join(sorted(CREW))}")
    print(f"{len(problem.technicians)} technicians with {len(problem.shifts)} shifts")
    print(f"{problem.start} to {problem.instant(problem.end_s)}")
    for reason, number in left.most_common():
        print(f"left out: {number} {reason}")
    print(f"written to {options.folder}: now run  callout plan {options.folder} --out plan.json")


if __name__ == "__main__":
    main()
