"""What an exact method is asked, and what it answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TOLERANCE = 1e-9
"""Share of the objective below which two doubles are one value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long a method may look for a proof; it stops earlier when it has one.

    Parameters
    ----------
    seconds : float
        Of wall time, from the moment that this is made.
    """

    seconds: float
    begun: float = field(default_factory=time.monotonic)

    def left_s(self) -> float:
        """Seconds that are left, never negative."""
        return max(0.0, self.begun + self.seconds - time.monotonic())

    def share(self, part: float) -> Budget:
        """A part of what is left."""
        return Budget(seconds=self.left_s() * part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Chosen sites and what is proved about them.

    Parameters
    ----------
    chosen : tuple of int
        Rows of the sites that are open, ascending; empty with `feasible` False.
    objective, bound : float
        Value of the choice, and the value that no choice can beat.
    feasible : bool
        False: no choice keeps the constraints (`bound` then has no meaning), or none was found in time.
    shares : array of float, shape (sites, points), or None
        Part of each point's demand by site, where the model splits demand.
    method : str
        How the proof was found: ``bound``, ``milp`` or ``none``.
    threads : int
        Most that have searched at once.
    """

    chosen: tuple[int, ...]
    objective: float
    bound: float
    feasible: bool = True
    shares: Floats | None = None
    method: str = "bound"
    threads: int = 1

    @property
    def gap(self) -> float:
        """Distance from objective to bound as a share of the objective; 0 when proved."""
        distance = abs(self.objective - self.bound)
        return (
            0.0
            if distance <= TOLERANCE * max(1.0, abs(self.objective))
            else distance / max(TOLERANCE, abs(self.objective))
        )

    @property
    def proved(self) -> bool:
        """Whether no choice is better."""
        return self.feasible and self.gap == 0.0
