"""Make the demo day ``examples/pearl_river_delta``: ``python -m examples.make_pearl_river_delta [--crews] [FOLDER]``.

Every ticket is drawn for one technician's shift ("its slot"): a job that this person can do, in a town of the own
centre, opened so that its targets fall due in that shift. So the work is spread as the crews are, and a good plan
serves all of it in time; only the tickets of :mod:`examples.unservable_prd` can't be served.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from api.inputs import write_folder
from dispatch.places import Place
from dispatch.problem import Problem
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import After, Pin, Ticket, Window
from examples.jobs_prd import CREWS, HEAVY, JOBS, ROLES, STOCKED, TOOLS, Job
from examples.places_prd import CENTRES, DETOUR_PERCENT, TOWNS, Town
from examples.unservable_prd import unservable_tickets

SEED = 20260302
START = datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday
DAYS = 2
SATURDAY, SUNDAY, MONDAY, TUESDAY = -2, -1, 0, 1
TICKETS = 212
SERVICE_MIN = 345  # of one shift: with driving and lunch it fills the day, and leaves room for a bad day
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
LATE = {("GZ", "junior"), ("SZ", "junior"), ("DG", "network")}


def at(day: int, clock: str) -> int:
    """Second of the horizon of a local time ``HH:MM``; day 0 is the Monday."""
    hours, minutes = clock.split(":")
    return day * 86_400 + int(hours) * 3600 + int(minutes) * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A shift that one ticket is drawn for; `rank` counts the tickets of the shift."""

    zone: str
    technician: Technician
    shift: Shift
    rank: int

    @property
    def day(self) -> int:
        return self.shift.start_s // 86_400


def _near(rng: random.Random, town: Town, name: str) -> Place:
    return Place(
        id=name,
        lat=round(town.lat + rng.uniform(-1, 1) * SCATTER_DEGREES, 5),
        lon=round(town.lon + rng.uniform(-1, 1) * SCATTER_DEGREES, 5),
    )


def make_centres() -> tuple[ServiceCentre, ...]:
    """The six service centres; each holds every ordinary part and tool."""
    return tuple(
        ServiceCentre(
            id=zone,
            place=Place(id=f"centre-{zone}", lat=lat, lon=lon),
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
    crews = {}
    for zone, roles in CREWS.items():
        crews[zone] = []
        for number, name in enumerate(roles, start=1):
            role = ROLES[name]
            parts = [item for job in JOBS if _able(role.skills, job) for item in job.parts.items()]
            technician = Technician(
                id=f"{zone}-T{number:02d}",
                name=f"{next(surnames)}师傅",
                skills=role.skills,
                duration_percent=role.percent,
                base=_near(rng, rng.choice(TOWNS[zone]), f"home-{zone}-T{number:02d}"),
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
        for day in range(DAYS):
            if ONE_DAY.get((zone, role), day) != day:
                continue
            if (zone, role) in LATE:
                yield shift(at(day, "13:00"), at(day, "21:00"), at(day, "22:30"), (at(day, "17:30"), at(day, "19:00")))
            else:
                yield shift(at(day, "08:30"), at(day, "17:30"), at(day, "19:30"), (at(day, "11:30"), at(day, "13:30")))


def _able(skills: Mapping[str, int], job: Job) -> bool:
    return all(skills.get(skill, 0) >= level for skill, level in job.skills.items())


def _pick_job(rng: random.Random, technician: Technician, free_min: int) -> Job:
    """A job that fits, near the top of the technician's skills; now and then an easy one."""
    able = [job for job in JOBS if _able(technician.skills, job)]
    fitting = [job for job in able if job.minutes <= free_min] or [min(able, key=lambda job: job.minutes)]
    main = max(technician.skills.values())
    hard = [job for job in fitting if max(job.skills.values()) >= main - 1]
    return rng.choice(hard if hard and rng.random() < 0.8 else fitting)


def _pick_tier(rng: random.Random, slot: _Slot) -> tuple[str, int]:
    """Tier, and when the ticket was opened, so that the slot's shift can keep its first target."""
    late = slot.shift.start_s == at(slot.day, "13:00")
    if slot.technician.skills == ROLES["on-call"].skills:
        return "enterprise", slot.shift.start_s + rng.randrange(20, 90) * 60 + slot.rank * 6000
    if slot.day == MONDAY:
        if slot.rank == 0 and rng.random() < 0.6:
            return "enterprise", (at(MONDAY, "09:00") if late else at(MONDAY, "04:30")) + rng.randrange(0, 150) * 60
        if rng.random() < 0.7:
            return "advanced", (at(MONDAY, "04:00") if late else at(SUNDAY, "21:30")) + rng.randrange(0, 480) * 60
        return "basic", at(SATURDAY, "15:00") + rng.randrange(0, 1000) * 60
    if slot.rank == 0 and rng.random() < 0.3:
        return "advanced", at(MONDAY, "15:00" if not late else "20:00") + rng.randrange(60, 360) * 60
    return "basic", at(SUNDAY, "11:00") + rng.randrange(0, 1200) * 60


def _pick_windows(rng: random.Random, slot: _Slot, tier: str, opened_s: int) -> tuple[Window, ...]:
    """Appointments of some tickets; what is opened during the first day must not be served before it is opened."""
    if opened_s > at(MONDAY, "08:00"):
        return (Window(start_s=opened_s, end_s=at(TUESDAY, "20:00")),)
    if tier != "basic" or rng.random() > 0.4:
        return ()
    late = slot.shift.start_s == at(slot.day, "13:00")
    first, last = rng.choice(
        [("13:30", "16:00"), ("19:00", "20:30")]
        if late
        else [("09:00", "11:00"), ("10:00", "12:00"), ("13:30", "15:30"), ("15:00", "17:00")]
    )
    days = [slot.day] if rng.random() < 0.5 else [MONDAY, TUESDAY]
    windows = [Window(start_s=at(day, first), end_s=at(day, last)) for day in days]
    if len(days) == 1 and not late and first < "12:00" and rng.random() < 0.5:
        windows.append(Window(start_s=at(slot.day, "15:00"), end_s=at(slot.day, "17:00")))
    due_s = opened_s + 48 * 3600
    return tuple(windows) if all(window.end_s <= due_s for window in windows) else ()


def _ticket(rng: random.Random, slot: _Slot, number: int, *, job: Job, colleagues: list[str]) -> Ticket:
    tier, opened_s = _pick_tier(rng, slot)
    wish = rng.random()
    own = frozenset({slot.technician.id})
    name = f"{slot.zone}-{number:03d}-{job.name}"
    return Ticket(
        id=name,
        place=_near(rng, rng.choice(TOWNS[slot.zone]), name),
        duration_s=(job.minutes + 5 * rng.randint(-3, 3)) * 60,
        tier=tier,
        opened_s=opened_s,
        windows=_pick_windows(rng, slot, tier, opened_s),
        skills=job.skills,
        parts=job.parts,
        tools=job.tools,
        preferred=own if wish < 0.12 else frozenset(),
        required=own if 0.12 <= wish < 0.15 else frozenset(),
        excluded=frozenset({rng.choice([one for one in colleagues if one not in own])}) if wish > 0.95 else frozenset(),
    )


def _with_pins(tickets: list[Ticket], slots: list[_Slot]) -> list[Ticket]:
    """Pin three ordinary tickets to Tuesday 14:00 and lock three others, each to the technician of its slot."""
    pinned: dict[str, Pin] = {}
    for ticket, slot in zip(tickets, slots, strict=True):
        usual = slot.day == TUESDAY and slot.shift.start_s == at(TUESDAY, "08:30") and ticket.tier == "basic"
        plain = not ticket.windows and not ticket.preferred and ticket.opened_s > at(SUNDAY, "16:00")
        owners = {pin.technician_ids[0] for pin in pinned.values()}
        if usual and plain and slot.technician.id not in owners and len(pinned) < 6:
            start_s = at(TUESDAY, "14:00") if len(pinned) < 3 else None
            pinned[ticket.id] = Pin(technician_ids=(slot.technician.id,), start_s=start_s)
    return [replace(ticket, pin=pinned.get(ticket.id)) for ticket in tickets]


def with_crews(problem: Problem) -> Problem:
    """The demo day with crews and order.

    Two people change hoist ropes; a core router comes after the first fibre job of the same centre.
    """
    first_fibre = {ticket.id[:2]: ticket.id for ticket in reversed(problem.tickets) if ticket.id.endswith("-fibre")}
    tickets = []
    for ticket in problem.tickets:
        if ticket.id.endswith("-lift-ropes") and ticket.pin is None:
            tickets.append(replace(ticket, crew=({"lift": 1},)))
        elif ticket.id.endswith("-core-router") and ticket.id[:2] in first_fibre:
            tickets.append(replace(ticket, after=(After(ticket_id=first_fibre[ticket.id[:2]]),)))
        else:
            tickets.append(ticket)
    return problem.replace(tickets=tuple(tickets))


def build() -> Problem:
    """The demo day: the same on every machine."""
    rng = random.Random(SEED)
    crews = make_technicians(rng)
    shifts: list[Shift] = []
    slots: list[_Slot] = []
    for zone, crew in crews.items():
        for role, technician in crew:
            own = list(make_shifts(zone, role, technician))
            shifts += own
            slots += [
                _Slot(zone=zone, technician=technician, shift=shift, rank=rank) for shift in own for rank in range(4)
            ]
    rng.shuffle(slots)
    slots = sorted(slots, key=lambda slot: slot.rank)[:TICKETS]
    slots.sort(key=lambda slot: list(CENTRES).index(slot.zone))
    tickets = []
    count: Counter[str] = Counter()  # tickets by centre
    busy_min: Counter[str] = Counter()  # service by shift
    for slot in slots:
        count[slot.zone] += 1
        job = _pick_job(rng, slot.technician, SERVICE_MIN - busy_min[slot.shift.id])
        busy_min[slot.shift.id] += job.minutes
        tickets.append(
            _ticket(rng, slot, count[slot.zone], job=job, colleagues=[one.id for _, one in crews[slot.zone]])
        )
    technicians = tuple(technician for crew in crews.values() for _, technician in crew)
    served = _with_pins(tickets, slots)
    return Problem(
        start=START,
        end_s=at(DAYS, "00:00"),
        tickets=(*served, *unservable_tickets(technicians)),
        technicians=technicians,
        shifts=tuple(shifts),
        centres=make_centres(),
    )


def main() -> None:
    """Write the input folder."""
    parser = argparse.ArgumentParser(description="Make the demo day.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "pearl_river_delta")
    parser.add_argument("--crews", action="store_true", help="with crew tickets and order between tickets")
    options = parser.parse_args()
    problem = build()
    write_folder(with_crews(problem) if options.crews else problem, options.folder)


if __name__ == "__main__":
    main()
