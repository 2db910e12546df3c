"""Everything that a plan is made from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from dispatch.clock import ALWAYS, Calendar
from dispatch.errors import Fault, InputError
from dispatch.places import Place
from dispatch.technicians import ServiceCentre, Shift, Technician
from dispatch.tickets import Ticket
from dispatch.tiers import DEFAULT_TIERS, Deadline, Tier
from dispatch.weights import Weights

MAX_HORIZON_S = 366 * 86_400
"""Longest horizon: keeps every time in 32 bits and every cost in 63."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Where the baseline plan had a ticket (one for each crew role)."""

    ticket_id: str
    role: int
    technician_id: str
    start_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A working day, or several, to be planned. Immutable: change it with :meth:`replace`.

    Parameters
    ----------
    start : datetime
        Timezone-aware start of the horizon: second 0 of every time inside.
    end_s : int
        End of the horizon in seconds, 1..31,622,400 (366 days).
    tickets, technicians, shifts, centres : tuples
        With unique ids; shifts name their technician.
    tiers : tuple of Tier
        Unique names.
    calendars : tuple of Calendar
        Clocks named by tier targets, besides ``always``.
    weights : Weights
        Prices of the objective's terms.
    baseline : tuple of Assignment
        The plan that is in force, for the term `change`; empty: none.

    Attributes
    ----------
    has_ties : bool
        Whether a crew or an order ties routes together.
    promised_s : mapping of str to int
        Start that the baseline gives a ticket; those that are not in it are missing.
    promises : mapping of (str, int) to tuple of Assignment
        The baseline by ticket and role.
    demand_s, regular_s : int
        Service time of all tickets, every crew member counted; regular time of all shifts.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults found across the objects.
    """

    start: datetime
    end_s: int
    tickets: tuple[Ticket, ...]
    technicians: tuple[Technician, ...]
    shifts: tuple[Shift, ...]
    centres: tuple[ServiceCentre, ...] = ()
    tiers: tuple[Tier, ...] = DEFAULT_TIERS
    calendars: tuple[Calendar, ...] = ()
    weights: Weights = field(default_factory=Weights)
    baseline: tuple[Assignment, ...] = ()

    ticket_by_id: Mapping[str, Ticket] = field(init=False, repr=False, compare=False)
    technician_by_id: Mapping[str, Technician] = field(init=False, repr=False, compare=False)
    shift_by_id: Mapping[str, Shift] = field(init=False, repr=False, compare=False)
    centre_by_id: Mapping[str, ServiceCentre] = field(init=False, repr=False, compare=False)
    tier_by_name: Mapping[str, Tier] = field(init=False, repr=False, compare=False)
    deadlines: Mapping[str, tuple[Deadline, ...]] = field(init=False, repr=False, compare=False)
    places: tuple[Place, ...] = field(init=False, repr=False, compare=False)
    shifts_by_technician: Mapping[str, tuple[Shift, ...]] = field(init=False, repr=False, compare=False)
    has_ties: bool = field(init=False, repr=False, compare=False)
    promised_s: Mapping[str, int] = field(init=False, repr=False, compare=False)
    promises: Mapping[tuple[str, int], tuple[Assignment, ...]] = field(init=False, repr=False, compare=False)
    demand_s: int = field(init=False, repr=False, compare=False)
    regular_s: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        from dispatch.problem_rules import faults_of  # a module of its own: the rules need the finished type

        faults = faults_of(self)
        if faults:
            raise InputError.from_faults(faults)
        put = object.__setattr__
        put(self, "ticket_by_id", {ticket.id: ticket for ticket in self.tickets})
        put(self, "technician_by_id", {technician.id: technician for technician in self.technicians})
        put(self, "shift_by_id", {shift.id: shift for shift in self.shifts})
        put(self, "centre_by_id", {centre.id: centre for centre in self.centres})
        put(self, "tier_by_name", {tier.name: tier for tier in self.tiers})
        put(self, "deadlines", self._deadlines())
        put(self, "places", tuple({place.id: place for place in all_places(self)}.values()))

        owned: dict[str, tuple[Shift, ...]] = {technician.id: () for technician in self.technicians}
        for shift in self.shifts:
            owned[shift.technician_id] += (shift,)
        put(self, "shifts_by_technician", owned)
        put(self, "has_ties", any(ticket.crew or ticket.after for ticket in self.tickets))
        put(self, "promised_s", {old.ticket_id: old.start_s for old in self.baseline if old.role == 0})
        promises: dict[tuple[str, int], tuple[Assignment, ...]] = {}
        for old in self.baseline:
            key = old.ticket_id, old.role
            promises[key] = (*promises.get(key, ()), old)
        put(self, "promises", promises)
        put(self, "demand_s", sum(ticket.duration_s * ticket.crew_size for ticket in self.tickets))
        put(self, "regular_s", sum(shift.regular_end_s - shift.start_s for shift in self.shifts))

    def _deadlines(self) -> dict[str, tuple[Deadline, ...]]:
        calendars = {calendar.name: calendar for calendar in self.calendars}
        due_by_key: dict[tuple[str, int, int], int] = {}  # tickets often share clock, opening and hours
        deadlines = {}
        for ticket in self.tickets:
            dues = []
            for target in self.tier_by_name[ticket.tier].targets:
                key = (target.clock, ticket.opened_s, target.within_s)
                if key not in due_by_key:
                    if target.clock == ALWAYS:
                        due_by_key[key] = ticket.opened_s + target.within_s
                    else:
                        due = calendars[target.clock].add(self.instant(ticket.opened_s), target.within_s)
                        due_by_key[key] = self.second(due)
                dues.append(Deadline(target=target.name, point=target.point, due_s=due_by_key[key]))
            deadlines[ticket.id] = tuple(dues)
        return deadlines

    def replace(self, **changes: object) -> Problem:
        """Return a copy with some fields changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def with_ticket(self, ticket: Ticket) -> Problem:
        """Return a copy in which `ticket` stands in place of the one with its id."""
        return self.replace(tickets=tuple(ticket if old.id == ticket.id else old for old in self.tickets))

    def instant(self, second: int) -> datetime:
        """Wall-clock instant of a second of the horizon, in the zone of `start`."""
        return (self.start.astimezone(UTC) + timedelta(seconds=second)).astimezone(self.start.tzinfo)

    def second(self, moment: datetime) -> int:
        """Second of the horizon of a timezone-aware instant, rounded down."""
        return (moment.astimezone(UTC) - self.start.astimezone(UTC)) // timedelta(seconds=1)

    def tier_of(self, ticket: Ticket) -> Tier:
        """Tier of a ticket."""
        return self.tier_by_name[ticket.tier]

    def technician_of(self, shift: Shift) -> Technician:
        """Owner of a shift."""
        return self.technician_by_id[shift.technician_id]


def all_places(problem: Problem) -> Iterable[Place]:
    """Every place that the problem names, with repetitions: tickets, shift ends, bases, centres."""
    for ticket in problem.tickets:
        yield ticket.place
    for shift in problem.shifts:
        yield from (place for place in (shift.start_place, shift.end_place) if place is not None)
    for technician in problem.technicians:
        if technician.base is not None:
            yield technician.base
    for centre in problem.centres:
        yield centre.place


def unique_faults(ids: Iterable[str], kind: str) -> list[Fault]:
    """One fault for each id that stands more than once."""
    seen: set[str] = set()
    faults = []
    for one in ids:
        if one in seen:
            faults.append(
                Fault(rule=f"{kind}.duplicate", message=f"the {kind} id stands more than once", field="id", value=one)
            )
        seen.add(one)
    return faults
