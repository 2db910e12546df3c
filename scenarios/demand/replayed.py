"""Past days as they were."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.errors import reject
from dispatch.problem import Problem
from dispatch.tickets import Ticket
from scenarios.streams import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedDemand:
    """The tickets of past days, again and again in their order.

    Parameters
    ----------
    days : tuple of tuple of Ticket
        At least one day. Day ``index`` plays entry ``index`` modulo their number.

    Raises
    ------
    InputError
        ``demand.no_days``.
    """

    days: tuple[tuple[Ticket, ...], ...]

    def __post_init__(self) -> None:
        if not self.days:
            raise reject("demand.no_days", "demand needs at least one past day", field="days")
        ordered = tuple(tuple(sorted(day, key=lambda one: (one.opened_s, one.id))) for day in self.days)
        object.__setattr__(self, "days", ordered)

    def day(self, index: int, streams: Streams) -> tuple[Ticket, ...]:
        return self.days[index % len(self.days)]


def replayed(problems: Sequence[Problem]) -> ReplayedDemand:
    """The tickets of these problems, a problem a day; pins and ties, which belong to another plan, are left out."""
    return ReplayedDemand(
        days=tuple(
            tuple(
                dataclasses.replace(ticket, pin=None) for ticket in problem.tickets if not (ticket.crew or ticket.after)
            )
            for problem in problems
        )
    )
