"""Random numbers that belong to things: each process and each entity has its own stream of a day.

Two scenarios with one seed meet the same days (common random numbers: Law, Simulation Modeling and Analysis, 5th ed.,
2015, section 11.2): another technician or another site leaves every other draw as it was.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """The random numbers of one day.

    Parameters
    ----------
    seed, day : int
        The same pair gives the same numbers on every machine.
    """

    seed: int
    day: int

    def _digest(self, process: str, names: tuple[str, ...]) -> bytes:
        key = "\x1f".join((str(self.seed), str(self.day), process, *names))
        return hashlib.blake2b(key.encode(), digest_size=16).digest()

    def uniform(self, process: str, *names: str) -> float:
        """The number in 0..1, ends excluded, of a process and an entity: equal names give the same number."""
        return ((int.from_bytes(self._digest(process, names)[:8]) >> 12) + 0.5) / 2**52

    def factor(self, spread: float, process: str, *names: str) -> float:
        """A lognormal factor of mean 1 with this relative standard deviation (see :mod:`dispatch.risk`)."""
        if spread == 0:
            return 1.0
        variance = math.log1p(spread * spread)
        return math.exp(math.sqrt(variance) * _STANDARD.inv_cdf(self.uniform(process, *names)) - variance / 2)

    def rng(self, process: str, *names: str) -> np.random.Generator:
        """A generator of its own, for a process that needs many numbers."""
        return np.random.default_rng(int.from_bytes(self._digest(process, names)))
