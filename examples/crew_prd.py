"""Service centres, technicians and shifts of the demo day."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from dispatch.places import Place
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from examples.jobs_prd import CREWS, HEAVY, JOBS, ROLES, STOCKED, TOOLS, Job
from examples.places_prd import CENTRES, DETOUR_PERCENT, TOWNS, Town

SATURDAY, SUNDAY, MONDAY, TUESDAY = -2, -1, 0, 1
SCATTER_DEGREES = 0.004  # 400 m around the middle of the town
SURNAMES = "陈李黄张梁林刘吴罗杨谭何郭冯曾邓叶关苏卢区邝麦莫冼霍伍余潘赖温钟欧蔡简容劳甘阮莘"
ONE_DAY = {
    ("GZ", "medical"): MONDAY,
    ("SZ", "appliance"): TUESDAY,
    ("SZ", "lift"): MONDAY,
    ("DG", "appliance"): MONDAY,
    ("FS", "hvac"): TUESDAY,
    ("FS", "network"): MONDAY,
    ("ZS", "hvac"): TUESDAY,
    ("ZH", "network"): MONDAY,
}
"""Centre and role of those who work on one of the days only."""

LATE = {("GZ", "junior"), ("SZ", "junior"), ("DG", "network")}
"""Centre and role of those who work from 13:00."""


def at(day: int, clock: str) -> int:
    """Second of the horizon of a local time ``HH:MM``; day 0 is the Monday."""
    hours, minutes = clock.split(":")
    return day * 86_400 + int(hours) * 3600 + int(minutes) * 60


def near(rng: random.Random, town: Town, name: str) -> Place:
    """A place a few hundred metres around the middle of a town."""
    return Place(
        id=name,
        lat=round(town.lat + rng.uniform(-1, 1) * SCATTER_DEGREES, 5),
        lon=round(town.lon + rng.uniform(-1, 1) * SCATTER_DEGREES, 5),
    )


def able(skills: Mapping[str, int], job: Job) -> bool:
    """Whether the skills reach every level that the job needs."""
    return all(skills.get(skill, 0) >= level for skill, level in job.skills.items())


def make_centres() -> tuple[ServiceCentre, ...]:
    """The six service centres; each holds every ordinary part and tool."""
    return tuple(
        ServiceCentre(
            id=zone,
            place=Place(id=f"centre:{zone}", lat=lat, lon=lon),
            restock_s=900,
            parts=STOCKED,
            tools=TOOLS,
            coverage_m=radius_m * DETOUR_PERCENT // 100,
        )
        for zone, (_, lat, lon, radius_m) in CENTRES.items()
    )


def make_technicians(rng: random.Random) -> dict[str, list[tuple[str, Technician]]]:
    """Role and technician, by centre; vans carry two of each light part that their owner can use."""
    surnames = iter(SURNAMES)
    crews: dict[str, list[tuple[str, Technician]]] = {}
    for zone, roles in CREWS.items():
        crews[zone] = []
        for number, name in enumerate(roles, start=1):
            role = ROLES[name]
            parts = [item for job in JOBS if able(role.skills, job) for item in job.parts.items()]
            technician = Technician(
                id=f"{zone}-T{number:02d}",
                name=f"{next(surnames)}师傅",
                skills=role.skills,
                duration_percent=role.percent,
                base=near(rng, rng.choice(TOWNS[zone]), f"home:{zone}-T{number:02d}"),
                centre_id=zone,
                stock={part: 2 * need for part, need in parts if part not in HEAVY},
                tools=role.tools,
                max_drive_s=5400 if name == "junior" else None,
                max_leg_m=70_000 if name.endswith("senior") else None,
            )
            crews[zone].append((name, technician))
    return crews


def make_shifts(zone: str, role: str, technician: Technician) -> Iterator[Shift]:
    """Day shifts on both days for most; late shifts; two on-call shifts of 20 and 24 hours."""

    def shift(start_s: int, regular_end_s: int, end_s: int, *rests: tuple[int, int]) -> Shift:
        return Shift(
            id=f"{technician.id}-{'mon' if start_s < at(TUESDAY, '00:00') else 'tue'}",
            technician_id=technician.id,
            start_s=start_s,
            regular_end_s=regular_end_s,
            end_s=end_s,
            start_place=technician.base,
            end_place=technician.base,
            breaks=tuple(Break(earliest_s=first, latest_s=last, duration_s=45 * 60) for first, last in rests),
        )

    if role == "on-call" and zone == "GZ":
        yield shift(
            at(MONDAY, "00:00"), at(MONDAY, "08:00"), at(MONDAY, "20:00"), (at(MONDAY, "11:30"), at(MONDAY, "13:30"))
        )
    elif role == "on-call":
        yield shift(
            at(MONDAY, "20:00"),
            at(TUESDAY, "04:00"),
            at(TUESDAY, "20:00"),
            (at(TUESDAY, "11:30"), at(TUESDAY, "13:30")),
        )
    else:
        for day in (MONDAY, TUESDAY):
            if ONE_DAY.get((zone, role), day) != day:
                continue
            if (zone, role) in LATE:
                yield shift(at(day, "13:00"), at(day, "21:00"), at(day, "22:30"), (at(day, "17:30"), at(day, "19:00")))
            else:
                yield shift(at(day, "08:30"), at(day, "17:30"), at(day, "19:30"), (at(day, "11:30"), at(day, "13:30")))
