"""How long services take, by skill."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from dispatch.risk import fitted
from scenarios.demand.past import PastTicket

ALL = "*"
"""Stands for tickets of any skill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    """A positive time whose logarithm is normal.

    Parameters
    ----------
    log_mean, log_deviation : float
        Of the natural logarithm of the seconds. The median is ``exp(log_mean)``.
    """

    log_mean: float
    log_deviation: float

    def at(self, normal: float) -> float:
        """The time at this standard normal number, in seconds."""
        return math.exp(self.log_mean + self.log_deviation * normal)


def durations_of(past: Sequence[PastTicket], *, prior: float) -> Mapping[str, LogNormal]:
    """Planned durations by skills, and of all tickets under :data:`ALL`.

    Mean and variance of the logarithms are those of the skill and of all tickets, weighted by the number of tickets
    of the skill and by `prior`, as a conjugate normal model does (Gelman et al., Bayesian Data Analysis, 3rd ed., 2013,
    section 3.3). Tickets of no length are left out.
    """
    logs: dict[str, list[float]] = {ALL: []}
    for one in past:
        if one.ticket.duration_s > 0:
            value = math.log(one.ticket.duration_s)
            logs[ALL].append(value)
            logs.setdefault(one.kind.partition("/")[2], []).append(value)
    if not logs[ALL]:
        return {}
    mean = fmean(logs[ALL])
    variance = fmean((value - mean) ** 2 for value in logs[ALL])
    found = {}
    for skill, own in sorted(logs.items()):
        own_mean = (sum(own) + prior * mean) / (len(own) + prior)
        spread = sum((value - fmean(own)) ** 2 for value in own)
        found[skill] = LogNormal(
            log_mean=own_mean, log_deviation=math.sqrt((spread + prior * variance) / (len(own) + prior))
        )
    return found


def service_spread_of(past: Sequence[PastTicket]) -> float | None:
    """Spread of real against planned services (:func:`dispatch.risk.fitted`); None when too few are known."""
    known = [(one.ticket.duration_s, one.worked_s) for one in past if one.worked_s is not None]
    return fitted([planned_s for planned_s, _ in known], [worked_s for _, worked_s in known])
