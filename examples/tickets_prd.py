"""How the tickets of the demo day are drawn: each for one technician's shift ("its slot")."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from dispatch.technicians import Shift, Technician
from dispatch.tickets import Pin, Ticket, Window
from examples.crew_prd import MONDAY, SATURDAY, SUNDAY, TUESDAY, able, at, near
from examples.jobs_prd import JOBS, ROLES, Job
from examples.places_prd import TOWNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A shift that one ticket is drawn for; `rank` counts the tickets of the shift."""

    zone: str
    technician: Technician
    shift: Shift
    rank: int

    @property
    def day(self) -> int:
        """0 = Monday."""
        return self.shift.start_s // 86_400


def pick_job(rng: random.Random, technician: Technician, free_min: int) -> Job:
    """A job that fits, near the top of the technician's skills; now and then an easy one."""
    possible = [job for job in JOBS if able(technician.skills, job)]
    fitting = [job for job in possible if job.minutes <= free_min] or [min(possible, key=lambda job: job.minutes)]
    main = max(technician.skills.values())
    hard = [job for job in fitting if max(job.skills.values()) >= main - 1]
    return rng.choice(hard if hard and rng.random() < 0.8 else fitting)


def _pick_tier(rng: random.Random, slot: Slot) -> tuple[str, int]:
    """Tier, and when the ticket was opened, so that the slot's shift can keep its first target."""
    late = slot.shift.start_s == at(slot.day, "13:00")
    if slot.technician.skills == ROLES["on-call"].skills:
        return "enterprise", slot.shift.start_s + rng.randrange(20, 90) * 60 + slot.rank * 6000
    if slot.day == MONDAY:
        if slot.rank == 0 and rng.random() < 0.6:
            return "enterprise", (at(MONDAY, "08:30") if late else at(MONDAY, "05:00")) + rng.randrange(0, 180) * 60
        if rng.random() < 0.7:
            first_s = at(MONDAY, "04:00") if late else at(SUNDAY, "21:45") + slot.rank * 3 * 3600
            return "advanced", first_s + rng.randrange(0, 240) * 60
        return "basic", at(SATURDAY, "15:00") + rng.randrange(0, 1000) * 60
    if slot.rank == 0 and not late and rng.random() < 0.3:
        return "advanced", at(MONDAY, "20:45") + rng.randrange(0, 180) * 60
    return "basic", at(SUNDAY, "11:00") + rng.randrange(0, 1200) * 60


def _pick_windows(rng: random.Random, slot: Slot, tier: str, opened_s: int) -> tuple[Window, ...]:
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


def draw_ticket(rng: random.Random, slot: Slot, number: int, *, job: Job, colleagues: list[str]) -> Ticket:
    """A ticket with this job, near a town of the slot's centre."""
    tier, opened_s = _pick_tier(rng, slot)
    wish = rng.random()
    own = frozenset({slot.technician.id})
    name = f"{slot.zone}-{number:03d}-{job.name}"
    return Ticket(
        id=name,
        place=near(rng, rng.choice(TOWNS[slot.zone]), name),
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


def with_pins(tickets: list[Ticket], slots: list[Slot]) -> list[Ticket]:
    """Pin an ordinary ticket of three centres to Tuesday 14:00; lock one of the other three. All keep their slot."""
    chosen: dict[str, Ticket] = {}  # by centre
    for ticket, slot in zip(tickets, slots, strict=True):
        day_shift = slot.day == TUESDAY and slot.shift.start_s == at(TUESDAY, "08:30")
        ordinary = ticket.tier == "basic" and not ticket.windows and not ticket.preferred
        if day_shift and ordinary and ticket.opened_s > at(SUNDAY, "16:00") and slot.zone not in chosen:
            start_s = at(TUESDAY, "14:00") if len(chosen) < 3 else None
            chosen[slot.zone] = replace(ticket, pin=Pin(technician_ids=(slot.technician.id,), start_s=start_s))
    pinned = {ticket.id: ticket for ticket in chosen.values()}
    return [pinned.get(ticket.id, ticket) for ticket in tickets]
