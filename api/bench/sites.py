"""Location instances measured: lines of results as the other suites write them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from api.bench.sites_text import SiteCase
from scenarios.location.exact.outcome import Budget, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteResult:
    """One instance, solved."""

    case: SiteCase
    outcome: Outcome
    seconds: float
    limit_s: float
    seed: int

    @property
    def gap(self) -> float | None:
        """Worse than the published optimum by this share; negative where that is worse."""
        best, found = self.case.best, self.outcome.objective
        if best is None or best == 0:
            return None
        return (
            best / found - 1 if self.case.group in ("SJC", "cities") or "cover" in self.case.name else found / best - 1
        )

    def line(self) -> str:
        """One line of JSON; ``sites`` are numbers of the instance, from 1."""
        return json.dumps(
            {
                "suite": "sites",
                "instance": self.case.name,
                "class": self.case.group,
                "cost": self.outcome.objective,
                "best_known": self.case.best,
                "gap": self.gap,
                "bound": self.outcome.bound,
                "proved": self.outcome.proved,
                "method": self.outcome.method,
                "seconds": round(self.seconds, 3),
                "workers": self.outcome.threads,
                "seed": self.seed,
                "limit_s": self.limit_s,
                "routes": [],
                "sites": [site + 1 for site in self.outcome.chosen],
            },
            allow_nan=False,
        )

    def __str__(self) -> str:
        known = "" if self.gap is None else f", gap {self.gap:+.4%}"
        proof = "proved" if self.outcome.proved else f"bound {self.outcome.bound:,.3f}"
        return f"{self.case.name}: {self.outcome.objective:,.3f}{known}, {proof}, {self.seconds:.1f} s"


def solve_case(case: SiteCase, *, seconds: float, seed: int) -> SiteResult:
    """Solve an instance within `seconds`; times include everything but reading."""
    begun = time.monotonic()
    outcome = case.solve(Budget(seconds=seconds), seed)
    return SiteResult(case=case, outcome=outcome, seconds=time.monotonic() - begun, limit_s=seconds, seed=seed)
