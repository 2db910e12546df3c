"""Other areas around centres."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from scenarios.study.setup import Note, Setup, chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Area of centres (patterns of ids): a radius, a drive time, both; None and None: no limit."""

    centres: tuple[str, ...] = ("*",)
    coverage_m: int | None = None
    coverage_s: int | None = None

    def apply(self, setup: Setup, note: Note) -> Setup:
        problem = setup.problem
        ids = set(chosen(self.centres, list(problem.centre_by_id), note, field="centres", kind="centre"))
        centres = tuple(
            dataclasses.replace(one, coverage_m=self.coverage_m, coverage_s=self.coverage_s) if one.id in ids else one
            for one in problem.centres
        )
        return setup.with_problem(note, centres=centres)
