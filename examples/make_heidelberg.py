"""Make the demo on roads ``examples/heidelberg``: ``python -m examples.make_heidelberg [FOLDER]``.

One day of a company for heating, electricity and networks: 60 tickets, 8 technicians, 2 service centres. The hills of
the Odenwald and the few bridges over the Neckar make roads much longer than straight lines here.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from api.inputs import write_folder
from dispatch.places import Place
from dispatch.problem import Problem
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import Ticket, Window

SEED = 20260303
START = datetime(2026, 3, 3, tzinfo=ZoneInfo("Europe/Berlin"))  # a Tuesday
TICKETS = 60
SCATTER_DEGREES = 0.003  # 300 m around the middle of the district

DISTRICTS: Mapping[str, tuple[float, float]] = {
    "Altstadt": (49.411, 8.707),
    "Bergheim": (49.408, 8.682),
    "Weststadt": (49.401, 8.690),
    "Südstadt": (49.391, 8.690),
    "Rohrbach": (49.377, 8.694),
    "Kirchheim": (49.380, 8.665),
    "Pfaffengrund": (49.402, 8.649),
    "Bahnstadt": (49.401, 8.669),
    "Wieblingen": (49.427, 8.642),
    "Neuenheim": (49.418, 8.687),
    "Handschuhsheim": (49.429, 8.689),
    "Ziegelhausen": (49.417, 8.762),
    "Schlierbach": (49.413, 8.748),
    "Boxberg": (49.366, 8.703),
    "Eppelheim": (49.402, 8.636),
    "Dossenheim": (49.450, 8.675),
    "Schriesheim": (49.474, 8.664),
    "Emmertsgrund": (49.357, 8.707),
    "Leimen": (49.352, 8.690),
    "Gaiberg": (49.366, 8.750),
    "Bammental": (49.357, 8.780),
    "Neckargemünd": (49.390, 8.796),
    "Schönau": (49.437, 8.809),
    "Wilhelmsfeld": (49.470, 8.755),
}
"""Middles (lat, lon) of districts of Heidelberg and of towns around it, WGS-84, rounded to a thousandth of a degree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One kind of repair."""

    name: str
    skills: Mapping[str, int]
    minutes: int
    parts: Mapping[str, int] = field(default_factory=dict)


JOBS = (
    Job(name="boiler-check", skills={"heating": 1}, minutes=35),
    Job(name="heat-meter", skills={"heating": 2}, minutes=40, parts={"heat_meter": 1}),
    Job(name="burner", skills={"heating": 3}, minutes=60, parts={"burner_nozzle": 1}),
    Job(name="socket", skills={"electric": 1}, minutes=30),
    Job(name="fuse-box", skills={"electric": 2}, minutes=50, parts={"breaker": 2}),
    Job(name="wallbox", skills={"electric": 3}, minutes=70, parts={"wallbox": 1}),
    Job(name="router", skills={"network": 1}, minutes=30, parts={"router": 1}),
    Job(name="fibre", skills={"network": 3}, minutes=60, parts={"fibre_box": 1}),
)
HEAVY = frozenset({"wallbox"})
"""No van carries it: it is fetched at a centre on the way."""

PARTS = frozenset(part for job in JOBS for part in job.parts)

CENTRES = {"Pfaffengrund": (49.4005, 8.6530), "Neckargemünd": (49.3915, 8.7930)}

CREW: tuple[tuple[str, str, str, Mapping[str, int]], ...] = (
    ("T1", "A. Schmitt", "Handschuhsheim", {"heating": 3, "electric": 1}),
    ("T2", "B. Yılmaz", "Rohrbach", {"heating": 2, "network": 1}),
    ("T3", "C. Weber", "Eppelheim", {"electric": 3, "heating": 1}),
    ("T4", "D. Nowak", "Weststadt", {"electric": 2, "network": 1}),
    ("T5", "E. Maier", "Wieblingen", {"network": 3, "electric": 1}),
    ("T6", "F. Rossi", "Leimen", {"heating": 3, "electric": 2}),
    ("T7", "G. Keller", "Neckargemünd", {"heating": 2, "electric": 3}),
    ("T8", "H. Braun", "Ziegelhausen", {"network": 3, "heating": 1}),
)
"""Id, name, district of the home, skills."""


def at(clock: str) -> int:
    """Second of the day of a time ``HH:MM``."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def near(rng: random.Random, district: str, name: str) -> Place:
    """A place some hundred metres around the middle of a district."""
    lat, lon = DISTRICTS[district]
    scatter = [rng.uniform(-1, 1) * SCATTER_DEGREES for _ in range(2)]
    return Place(id=name, lat=round(lat + scatter[0], 5), lon=round(lon + scatter[1], 5))


def make_technician(rng: random.Random, name: str, person: str, home: str, skills: Mapping[str, int]) -> Technician:
    """A technician whose van carries three of each light part that the own skills can use."""
    usable = [job for job in JOBS if all(skills.get(skill, 0) >= level for skill, level in job.skills.items())]
    centre = "Neckargemünd" if home in {"Neckargemünd", "Ziegelhausen", "Leimen"} else "Pfaffengrund"
    return Technician(
        id=name,
        name=person,
        skills=skills,
        base=near(rng, home, f"home:{name}"),
        centre_id=centre,
        stock={part: 3 * need for job in usable for part, need in job.parts.items() if part not in HEAVY},
    )


def make_shift(technician: Technician) -> Shift:
    """08:00 to 17:00 from home to home, overtime until 18:30, half an hour's break around noon."""
    return Shift(
        id=f"{technician.id}-tue",
        technician_id=technician.id,
        start_s=at("08:00"),
        regular_end_s=at("17:00"),
        end_s=at("18:30"),
        start_place=technician.base,
        end_place=technician.base,
        breaks=(Break(earliest_s=at("11:30"), latest_s=at("13:30"), duration_s=30 * 60),),
    )


def make_ticket(rng: random.Random, number: int, districts: list[str]) -> Ticket:
    """A ticket in the next district of a shuffled round; a third of the ordinary ones have an appointment."""
    job = rng.choice(JOBS)
    tier = rng.choices(["basic", "advanced", "enterprise"], weights=[6, 3, 1])[0]
    hours_before = {"basic": (20, 40), "advanced": (1, 8), "enterprise": (0, 2)}[tier]  # 08:00
    opened_s = at("08:00") - round(rng.uniform(*hours_before) * 60) * 60
    windows: tuple[Window, ...] = ()
    if tier == "basic" and rng.random() < 0.35:
        first, last = rng.choice([("08:00", "10:00"), ("10:00", "12:00"), ("13:00", "15:00"), ("15:00", "17:00")])
        windows = (Window(start_s=at(first), end_s=at(last)),)
    name = f"{number:02d}-{job.name}"
    return Ticket(
        id=name,
        place=near(rng, districts[number % len(districts)], name),
        duration_s=(job.minutes + 5 * rng.randint(-2, 2)) * 60,
        tier=tier,
        opened_s=opened_s,
        windows=windows,
        skills=job.skills,
        parts=job.parts,
    )


def build() -> Problem:
    """The demo on roads: the same on every machine."""
    rng = random.Random(SEED)
    technicians = tuple(make_technician(rng, *one) for one in CREW)
    districts = list(DISTRICTS)
    rng.shuffle(districts)
    return Problem(
        start=START,
        end_s=at("24:00"),
        tickets=tuple(make_ticket(rng, number, districts) for number in range(1, TICKETS + 1)),
        technicians=technicians,
        shifts=tuple(map(make_shift, technicians)),
        centres=tuple(
            ServiceCentre(id=name, place=Place(id=f"centre:{name}", lat=lat, lon=lon), restock_s=600, parts=PARTS)
            for name, (lat, lon) in CENTRES.items()
        ),
    )


def main() -> None:
    """Write the input folder."""
    parser = argparse.ArgumentParser(description="Make the demo on roads.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "heidelberg")
    write_folder(build(), parser.parse_args().folder)


if __name__ == "__main__":
    main()
