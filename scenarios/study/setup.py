"""What a scenario changes: the typical day, its prices, its demand and its roads."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Protocol

from dispatch.errors import InputError, reject
from dispatch.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a year costs in money, besides the weights of the objective. All zero: no cost is told.

    Parameters
    ----------
    wage_cents_per_h : int
        Regular hours of all shifts, worked or not.
    overtime_cents_per_h, km_cents : int
        Overtime worked; driving.
    days_per_year : int
        Working days, 1..366.
    currency : str
        Name for people.
    rent_cents_per_year : mapping of str to int
        By centre; others cost nothing.
    """

    wage_cents_per_h: int = 0
    overtime_cents_per_h: int = 0
    km_cents: int = 0
    days_per_year: int = 250
    currency: str = ""
    rent_cents_per_year: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 1 <= self.days_per_year <= 366:
            raise reject("prices.days", "must be in 1..366", field="days_per_year", value=self.days_per_year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """More or fewer tickets: those of `tier` and `skill` (empty: of every one) times `percent` / 100."""

    percent: int
    tier: str = ""
    skill: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything that changes may change.

    Parameters
    ----------
    problem : Problem
        The typical day.
    prices : Prices
    growth : tuple of Growth
        Applied one after the other.
    speed_percent : mapping of str to int
        Speed by travel profile; others drive at 100.
    """

    problem: Problem
    prices: Prices = field(default_factory=Prices)
    growth: tuple[Growth, ...] = ()
    speed_percent: Mapping[str, int] = field(default_factory=dict)

    def replace(self, **changes: object) -> Setup:
        """Return a copy with some fields changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def with_problem(self, note: Note, **changes: object) -> Setup:
        """A copy whose problem has some fields changed; this one, and faults, where that can't be."""
        try:
            return self.replace(problem=self.problem.replace(**changes))
        except InputError as error:
            for fault in error.faults:
                note(fault.rule, fault.message, field=fault.field, value=fault.value)
            return self


class Note(Protocol):
    """Where a change tells what is wrong with it; `known` holds the names of which one may have been meant."""

    def __call__(
        self, rule: str, message: str, *, field: str = "", value: object = "", known: Collection[str] = ()
    ) -> None: ...


class Change(Protocol):
    """One entry of a scenario file."""

    def apply(self, setup: Setup, note: Note) -> Setup:
        """The setup after the change; the setup as it was, and faults, where it can't be applied."""
        ...


def chosen(patterns: Collection[str], names: Collection[str], note: Note, *, field: str, kind: str) -> list[str]:
    """Names that match any pattern (``*``, ``?``), in their order; a fault for each pattern without any."""
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            note(f"{kind}.unknown", f"no such {kind}", field=field, value=pattern, known=names)
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]


def require_centre(setup: Setup, centre_id: str, note: Note, *, field: str) -> bool:
    """Whether there is such a centre; a fault where not."""
    if centre_id in setup.problem.centre_by_id:
        return True
    note("centre.unknown", "no such centre", field=field, value=centre_id, known=list(setup.problem.centre_by_id))
    return False
