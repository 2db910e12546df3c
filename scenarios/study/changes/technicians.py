"""Technicians who come, go or work from another centre."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from scenarios.study.changes.staff_of_site import based_at
from scenarios.study.setup import Note, Setup, chosen, require_centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Hire:
    """Further technicians with the skills, van and shifts of one who is there; ids are ``LIKE+1``, ``LIKE+2``, ..."""

    like: str
    count: int = 1
    centre: str = ""

    def apply(self, setup: Setup, note: Note) -> Setup:
        problem = setup.problem
        if self.like not in problem.technician_by_id:
            known = list(problem.technician_by_id)
            note("technician.unknown", "no such technician", field="like", value=self.like, known=known)
            return setup
        if self.centre and not require_centre(setup, self.centre, note, field="centre"):
            return setup
        model = problem.technician_by_id[self.like]
        ids = [
            name
            for number in range(1, len(problem.technicians) + self.count + 1)
            if (name := f"{self.like}+{number}") not in problem.technician_by_id
        ][: self.count]
        hired = tuple(dataclasses.replace(model, id=name, name=name) for name in ids)
        shifts = tuple(
            dataclasses.replace(shift, id=f"{shift.id}@{name}", technician_id=name)
            for name in ids
            for shift in problem.shifts_by_technician[self.like]
        )
        grown = setup.with_problem(note, technicians=(*problem.technicians, *hired), shifts=(*problem.shifts, *shifts))
        if not self.centre or grown is setup:
            return grown
        return based_at(grown, ids, problem.centre_by_id[self.centre], note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Technicians (patterns of ids) who leave."""

    technicians: tuple[str, ...]

    def apply(self, setup: Setup, note: Note) -> Setup:
        problem = setup.problem
        gone = set(
            chosen(self.technicians, list(problem.technician_by_id), note, field="technicians", kind="technician")
        )
        return setup.with_problem(
            note,
            technicians=tuple(one for one in problem.technicians if one.id not in gone),
            shifts=tuple(shift for shift in problem.shifts if shift.technician_id not in gone),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Technicians (patterns of ids) who work from another centre."""

    technicians: tuple[str, ...]
    centre: str

    def apply(self, setup: Setup, note: Note) -> Setup:
        names = list(setup.problem.technician_by_id)
        ids = chosen(self.technicians, names, note, field="technicians", kind="technician")
        if not require_centre(setup, self.centre, note, field="centre"):
            return setup
        return based_at(setup, ids, setup.problem.centre_by_id[self.centre], note)
