"""Other working hours."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from dispatch.errors import InputError
from scenarios.study.setup import Note, Setup, chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveHours:
    """Shifts of technicians (patterns of ids) that start, end regularly or end at last later (earlier: below 0)."""

    technicians: tuple[str, ...] = ("*",)
    start_s: int = 0
    regular_end_s: int = 0
    end_s: int = 0

    def apply(self, setup: Setup, note: Note) -> Setup:
        problem = setup.problem
        names = list(problem.technician_by_id)
        ids = set(chosen(self.technicians, names, note, field="technicians", kind="technician"))
        shifts = []
        for shift in problem.shifts:
            if shift.technician_id in ids:
                try:
                    shift = dataclasses.replace(
                        shift,
                        start_s=shift.start_s + self.start_s,
                        regular_end_s=shift.regular_end_s + self.regular_end_s,
                        end_s=shift.end_s + self.end_s,
                    )
                except InputError as error:
                    for fault in error.faults:
                        note(fault.rule, fault.message, value=fault.value)
            shifts.append(shift)
        return setup.with_problem(note, shifts=tuple(shifts))
