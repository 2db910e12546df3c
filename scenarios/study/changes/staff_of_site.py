"""Where technicians belong: a step that several changes share."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from dispatch.technicians import ServiceCentre
from scenarios.study.setup import Note, Setup


def based_at(setup: Setup, technician_ids: Collection[str], centre: ServiceCentre, note: Note) -> Setup:
    """Give technicians another centre. Who starts or ends at the old one does so at the new one; a home stays."""
    moved, old = [], {}
    for technician in setup.problem.technicians:
        if technician.id not in technician_ids:
            moved.append(technician)
            continue
        left = setup.problem.centre_by_id.get(technician.centre_id or "")
        old[technician.id] = {place.id for place in ((left.place,) if left else ())} | {centre.place.id}
        base = technician.base
        if base is None or (base.id in old[technician.id]):
            base = centre.place
        moved.append(dataclasses.replace(technician, centre_id=centre.id, base=base))
    shifts = []
    for shift in setup.problem.shifts:
        if shift.technician_id in old:
            start, end = shift.start_place, shift.end_place
            shift = dataclasses.replace(
                shift,
                start_place=centre.place if start is not None and start.id in old[shift.technician_id] else start,
                end_place=centre.place if end is not None and end.id in old[shift.technician_id] else end,
            )
        shifts.append(shift)
    return setup.with_problem(note, technicians=tuple(moved), shifts=tuple(shifts))
