"""Make the demo day ``examples/pearl_river_delta``: ``python -m examples.make_pearl_river_delta [--crews] [FOLDER]``.

Every ticket is drawn for one technician's shift ("its slot"): a job that this person can do, in a town of the own
centre, opened so that its targets fall due in that shift. So the work is spread as the crews are, and a good plan
serves all of it in time; only the tickets of :mod:`examples.unservable_prd` can't be served.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from api.inputs import write_folder
from dispatch.problem import Problem
from dispatch.technicians import Shift
from dispatch.tickets import After
from examples.crew_prd import at, make_centres, make_shifts, make_technicians
from examples.places_prd import CENTRES
from examples.tickets_prd import Slot, draw_ticket, pick_job, with_pins
from examples.unservable_prd import unservable_tickets

SEED = 20260302
START = datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday
DAYS = 2
TICKETS = 212
SERVICE_MIN = 325  # of one shift: with driving and lunch it fills the day, and leaves room for a bad day


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
    slots: list[Slot] = []
    for zone, crew in crews.items():
        for role, technician in crew:
            own = list(make_shifts(zone, role, technician))
            shifts += own
            slots += [
                Slot(zone=zone, technician=technician, shift=shift, rank=rank) for shift in own for rank in range(4)
            ]
    rng.shuffle(slots)
    slots = sorted(slots, key=lambda slot: slot.rank)[:TICKETS]
    slots.sort(key=lambda slot: list(CENTRES).index(slot.zone))
    tickets = []
    count: Counter[str] = Counter()  # tickets by centre
    busy_min: Counter[str] = Counter()  # service by shift
    for slot in slots:
        count[slot.zone] += 1
        job = pick_job(rng, slot.technician, SERVICE_MIN - busy_min[slot.shift.id])
        busy_min[slot.shift.id] += job.minutes
        tickets.append(
            draw_ticket(rng, slot, count[slot.zone], job=job, colleagues=[one.id for _, one in crews[slot.zone]])
        )
    technicians = tuple(technician for crew in crews.values() for _, technician in crew)
    served = with_pins(tickets, slots)
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
