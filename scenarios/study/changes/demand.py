"""More or fewer tickets."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.study.setup import Growth, Note, Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Grow:
    """Demand that grows or shrinks, for one tier or skill or for all."""

    growth: Growth

    def apply(self, setup: Setup, note: Note) -> Setup:
        tiers = setup.problem.tier_by_name
        if self.growth.tier and self.growth.tier not in tiers:
            note("tier.unknown", "no such tier", field="tier", value=self.growth.tier, known=list(tiers))
        return setup.replace(growth=(*setup.growth, self.growth))
