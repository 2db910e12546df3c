"""A faster or slower fleet."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.study.setup import Note, Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Speed of a travel profile (empty: of all that technicians use) in percent of what it was."""

    percent: int
    profile: str = ""

    def apply(self, setup: Setup, note: Note) -> Setup:
        used = sorted({one.profile for one in setup.problem.technicians})
        if self.profile and self.profile not in used:
            note("profile.unknown", "no technician drives so", field="profile", value=self.profile, known=used)
            return setup
        speeds = dict(setup.speed_percent)
        for profile in [self.profile] if self.profile else used:
            speeds[profile] = max(1, speeds.get(profile, 100) * self.percent // 100)
        return setup.replace(speed_percent=speeds)
