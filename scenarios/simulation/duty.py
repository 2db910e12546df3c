"""One shift under way: where its technician is, what lies ahead and what lies behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dispatch.places import Place
from dispatch.plan import Restock, Route, Visit
from dispatch.replan import Report, State
from dispatch.schedule import first_start, rest_times
from dispatch.technicians import Break, Shift, Technician
from dispatch.tickets import Ticket
from scenarios.simulation.expect import expected_s


class Phase(StrEnum):
    """What a technician does."""

    FREE = "free"
    """Waits at a place: before the shift, between visits, at home."""
    DRIVE = "drive"
    """On the way to a visit or a centre."""
    SERVE = "serve"
    """With a customer, or in front of a closed door."""
    HOMEWARD = "homeward"
    """On the way to the end place."""
    OFF = "off"
    """Ill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """A drive under way, as it was planned at its start."""

    departed_s: int
    planned_s: int
    rests: tuple[tuple[int, Break], ...]
    to: Place

    def arrival_s(self, now_s: int, spread: float) -> int:
        """When the dispatcher expects the arrival."""
        due_s, _ = rest_times(self.departed_s, self.planned_s, self.rests)
        rested_s = due_s - self.departed_s - self.planned_s
        longer_s = expected_s(self.planned_s, max(0, now_s - self.departed_s - rested_s), spread)
        return max(now_s, due_s + longer_s - self.planned_s)


@dataclass(slots=True, kw_only=True)
class Duty:
    """State of one shift. Changes while the day is played.

    Parameters
    ----------
    shift, technician : Shift, Technician
        As in the template.
    place : Place or None
        Where the technician is, or was last.
    breaks : list of Break
        Not taken yet.
    ahead : list of Visit, Restock or Break
        Of the plan in force, not begun yet.
    leave_s : int
        When the plan leaves for the first of them.
    behind : list of Visit or Restock
        Real times.
    """

    shift: Shift
    technician: Technician
    place: Place | None
    breaks: list[Break]
    phase: Phase = Phase.FREE
    ahead: list[Visit | Restock | Break] = field(default_factory=list)
    leave_s: int = 0
    behind: list[Visit | Restock] = field(default_factory=list)
    departed_s: int | None = None
    at_home: bool = True
    ill: bool = False
    drive: Drive | None = None
    heading: Visit | Restock | None = None
    ticket: Ticket | None = None
    start_s: int = 0
    turn: int = 0

    def visit_expected(self, now_s: int, service_spread: float, travel_spread: float) -> tuple[int, int]:
        """Start and finish that the dispatcher expects of the visit under way."""
        assert self.ticket is not None
        planned_s = self.technician.service_s(self.ticket)
        if self.phase is Phase.SERVE:
            elapsed_s = max(0, now_s - self.start_s)
            return self.start_s, self.start_s + expected_s(planned_s, elapsed_s, service_spread)
        assert self.drive is not None
        start_s = first_start(self.drive.arrival_s(now_s, travel_spread), self.ticket.windows)
        return start_s, start_s + planned_s

    def free_expected(self, now_s: int, service_spread: float, travel_spread: float) -> tuple[int, Place | None]:
        """When and where the dispatcher expects the technician to be free."""
        if self.ticket is not None:
            return self.visit_expected(now_s, service_spread, travel_spread)[1], self.ticket.place
        if self.drive is not None:
            arrival_s = self.drive.arrival_s(now_s, travel_spread)
            length_s = self.heading.finish_s - self.heading.start_s if isinstance(self.heading, Restock) else 0
            return arrival_s + length_s, self.drive.to
        return max(now_s, self.shift.start_s), self.place

    def report_of_now(self, now_s: int, service_spread: float, travel_spread: float) -> list[Report]:
        """What the dispatcher knows of this shift."""
        told = [
            Report(
                ticket_id=one.ticket_id,
                shift_id=self.shift.id,
                state=State.DONE,
                start_s=one.start_s,
                finish_s=one.finish_s,
            )
            for one in self.behind
            if isinstance(one, Visit)
        ]
        if self.departed_s is None:
            return told
        if self.ticket is not None:
            start_s, finish_s = self.visit_expected(now_s, service_spread, travel_spread)
            told.append(
                Report(
                    ticket_id=self.ticket.id,
                    shift_id=self.shift.id,
                    state=State.UNDER_WAY,
                    start_s=start_s,
                    finish_s=finish_s,
                )
            )
        free_s, _ = self.free_expected(now_s, service_spread, travel_spread)
        mark = Report(ticket_id=self.mark, shift_id=self.shift.id, state=State.DONE, start_s=free_s, finish_s=free_s)
        return [mark, *told]

    @property
    def mark(self) -> str:
        """Name of the visit that stands between what lies behind and ahead.

        It is reported and unknown to the problem, so that the rest of the shift begins at its start place: there the
        technician really is, at home or in front of a closed door too, which no other report can say.
        """
        return f"\x1fhere:{self.shift.id}"

    def in_force(self, planned: Route | None, now_s: int) -> Route | None:
        """The route as it was driven, and what is left of it."""
        if self.departed_s is None:
            return planned
        here = Visit(
            ticket_id=self.mark, role=0, travel_s=0, distance_m=0, arrival_s=now_s, start_s=now_s, finish_s=now_s
        )
        under_way = [] if self.heading is None else [self.heading]
        ahead: Sequence[Visit | Restock] = [one for one in self.ahead if not isinstance(one, Break)]
        return Route(
            shift_id=self.shift.id,
            technician_id=self.technician.id,
            departure_s=self.departed_s,
            return_s=now_s,
            end_travel_s=0,
            end_distance_m=0,
            stops=(*self.behind, *under_way, here, *ahead),
        )
