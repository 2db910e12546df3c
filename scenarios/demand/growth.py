"""What if there were more of it? Factors on rates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dispatch.errors import reject


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Factors on the rate of tickets: 1 leaves it, 1.2 is a fifth more. They multiply each other.

    Parameters
    ----------
    everything : float
        On all tickets.
    tiers, skills, cells : mapping of str to float
        By name; on tickets of the tier, with the skill, in the cell.

    Raises
    ------
    InputError
        ``growth.factor`` unless every factor is in 0..100.
    """

    everything: float = 1.0
    tiers: Mapping[str, float] = field(default_factory=dict)
    skills: Mapping[str, float] = field(default_factory=dict)
    cells: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {"everything": self.everything, **self.tiers, **self.skills, **self.cells}
        for name, factor in named.items():
            if not (math.isfinite(factor) and 0 <= factor <= 100):
                raise reject("growth.factor", "a growth factor must be in 0..100", field=name, value=factor)

    def of(self, tier: str, skills: Sequence[str], cell: str) -> float:
        """The factor of one kind of ticket in one cell."""
        factor = self.everything * self.tiers.get(tier, 1.0) * self.cells.get(cell, 1.0)
        for skill in skills:
            factor *= self.skills.get(skill, 1.0)
        return factor
