"""Past tickets, from which rates are fitted."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from dispatch.problem import Problem
from dispatch.tickets import Ticket, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTicket:
    """A ticket of the past.

    Parameters
    ----------
    opened_on : date
        Local date of its opening.
    ticket : Ticket
        Its seconds count from 00:00 of that date; its duration is the planned one.
    worked_s : int or None
        How long the service really took, for a technician with factor 100 %; None: not known.
    """

    opened_on: date
    ticket: Ticket
    worked_s: int | None = None

    @property
    def kind(self) -> str:
        """Tier and skills: tickets of one kind share their rates, as ``basic/lift`` or ``basic/hvac+lift``."""
        return f"{self.ticket.tier}/{'+'.join(sorted(self.ticket.skills)) or 'any'}"


def past_of(problem: Problem) -> tuple[PastTicket, ...]:
    """The tickets of a problem as past ones, in its time zone; pins are left out, and so are crews and orders."""
    found = []
    for ticket in problem.tickets:
        if ticket.crew or ticket.after:
            continue
        opened = problem.instant(ticket.opened_s)
        midnight_s = problem.second(datetime.combine(opened.date(), time(), opened.tzinfo).astimezone(UTC))
        found.append(PastTicket(opened_on=opened.date(), ticket=moved(ticket, -midnight_s)))
    return tuple(found)


def moved(ticket: Ticket, by_s: int) -> Ticket:
    """The ticket at another time, without its pin."""
    windows = tuple(Window(start_s=one.start_s + by_s, end_s=one.end_s + by_s) for one in ticket.windows)
    return dataclasses.replace(ticket, opened_s=ticket.opened_s + by_s, windows=windows, pin=None)


def all_dates(past: Iterable[PastTicket]) -> tuple[date, ...]:
    """Every date from the first to the last ticket; those without a ticket are days too."""
    days = [one.opened_on.toordinal() for one in past]
    return tuple(date.fromordinal(number) for number in range(min(days), max(days) + 1)) if days else ()
