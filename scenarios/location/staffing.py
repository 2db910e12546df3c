"""Technicians that a location model may hire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatch.errors import reject


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A kind of technician that may be hired.

    Parameters
    ----------
    name : str
    skills : frozenset of str
        What they can do; a demand without skill is done by anyone.
    hours_s : int
        Seconds of work in the span of the demand, driving included.
    wage_cents : int
        Of the span.
    """

    name: str
    skills: frozenset[str]
    hours_s: int
    wage_cents: int

    def __post_init__(self) -> None:
        if self.hours_s <= 0:
            raise reject("trade.hours", "must be more than 0", field="hours_s", value=self.hours_s, owner=self.name)
        if self.wage_cents < 0:
            raise reject(
                "trade.wage", "must not be negative", field="wage_cents", value=self.wage_cents, owner=self.name
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Who works where.

    Parameters
    ----------
    trades : tuple of Trade
    present : mapping of str to mapping of str to int
        Technicians of today by site and trade: they stay and are paid as long as their site is open.
    most_hired : int
        Most technicians hired at one site in one trade.
    tier_weights : mapping of str to int
        Worth of a visit; 1 where it is missing.
    share : float or None
        Cover so much of the weighted demand at the least cost; None: cover most within the budget.
    """

    trades: tuple[Trade, ...]
    present: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    most_hired: int = 100
    tier_weights: Mapping[str, int] = field(default_factory=dict)
    share: float | None = None
