"""Other promises."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from scenarios.study.setup import Note, Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A target of a tier that is due after another time."""

    tier: str
    target: str
    within_s: int

    def apply(self, setup: Setup, note: Note) -> Setup:
        tiers = setup.problem.tier_by_name
        if self.tier not in tiers:
            note("tier.unknown", "no such tier", field="tier", value=self.tier, known=list(tiers))
            return setup
        old = tiers[self.tier]
        names = [target.name for target in old.targets]
        if self.target not in names:
            note("target.unknown", "the tier has no such target", field="target", value=self.target, known=names)
            return setup
        targets = tuple(
            dataclasses.replace(target, within_s=self.within_s) if target.name == self.target else target
            for target in old.targets
        )
        new = dataclasses.replace(old, targets=targets)
        return setup.with_problem(note, tiers=tuple(new if one is old else one for one in setup.problem.tiers))
