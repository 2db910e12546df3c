"""Technicians who learn."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from scenarios.study.setup import Note, Setup, chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """Technicians (patterns of ids) who have a skill at `level` from now on, unless they had it higher."""

    technicians: tuple[str, ...]
    skill: str
    level: int

    def apply(self, setup: Setup, note: Note) -> Setup:
        problem = setup.problem
        names = list(problem.technician_by_id)
        ids = set(chosen(self.technicians, names, note, field="technicians", kind="technician"))
        trained = tuple(
            dataclasses.replace(one, skills={**one.skills, self.skill: max(self.level, one.skills.get(self.skill, 0))})
            if one.id in ids
            else one
            for one in problem.technicians
        )
        return setup.with_problem(note, technicians=trained)
