"""Small days on a road: place ``m7`` lies 7 minutes and 7 km from ``m0``. Times are minutes since midnight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pytest

from dispatch.places import Place
from dispatch.problem import Problem
from dispatch.technicians import Break, Shift, Technician
from dispatch.tickets import Ticket, Window
from dispatch.tiers import Point, Target, Tier
from dispatch.travel import TravelMatrix, from_arrays
from scenarios.demand import ReplayedDemand
from scenarios.simulation import CERTAIN, Chances, DayLedger, Kind, Play, World

MIN_S = 60
TIERS = (
    Tier(name="plain", level=0, weight=1, targets=(Target(name="done", within_s=20 * 3600, point=Point.FINISH),)),
    Tier(name="gold", level=1, weight=4, targets=(Target(name="respond", within_s=2 * 3600, point=Point.START),)),
)


@dataclass(frozen=True)
class RoadTravel:
    """A travel source that reads minutes out of the names of places."""

    def matrix(self, places: Sequence[Place], profiles: Sequence[str]) -> TravelMatrix:
        where = np.array([int(place.id[1:]) for place in places])
        minutes = np.abs(np.subtract.outer(where, where)).astype(float)
        return from_arrays(places, minutes * MIN_S, minutes * 1000, source="road")


class Days:
    """Builders in minutes."""

    tiers = TIERS

    @staticmethod
    def at(minute: int) -> Place:
        return Place(id=f"m{minute}")

    @staticmethod
    def ticket(
        name: str,
        minute: int,
        length: int = 30,
        *,
        opened: int = 0,
        tier: str = "plain",
        windows: Sequence[tuple[int, int]] = (),
        skills: Mapping[str, int] | None = None,
        **other: object,
    ) -> Ticket:
        return Ticket(
            id=name,
            place=Days.at(minute),
            duration_s=length * MIN_S,
            tier=tier,
            opened_s=opened * MIN_S,
            windows=tuple(Window(start_s=a * MIN_S, end_s=b * MIN_S) for a, b in windows),
            skills=skills or {},
            **other,  # type: ignore[arg-type]
        )

    @staticmethod
    def shift(owner: str, first: int = 480, last: int = 1020, *, breaks: Sequence[tuple[int, int, int]] = ()) -> Shift:
        return Shift(
            id=f"{owner}-day",
            technician_id=owner,
            start_s=first * MIN_S,
            regular_end_s=last * MIN_S,
            end_s=last * MIN_S,
            start_place=Days.at(0),
            end_place=Days.at(0),
            breaks=tuple(Break(earliest_s=a * MIN_S, latest_s=b * MIN_S, duration_s=n * MIN_S) for a, b, n in breaks),
        )

    @staticmethod
    def world(
        tickets: Sequence[Ticket],
        shifts: Sequence[Shift],
        *,
        technicians: Sequence[Technician] = (),
        chances: Chances = CERTAIN,
        **play: object,
    ) -> World:
        people = {one.id: one for one in technicians}
        owners = dict.fromkeys(shift.technician_id for shift in shifts)
        template = Problem(
            start=datetime(2026, 3, 2, tzinfo=UTC),
            end_s=86_400,
            tickets=(),
            technicians=tuple(people.get(name, Technician(id=name)) for name in owners),
            shifts=tuple(shifts),
            tiers=TIERS,
        )
        usual = {"engine": "greedy", "morning_iterations": 20, "replan_iterations": 0, "urgent_s": 2 * 3600}
        return World(
            template=template,
            demand=ReplayedDemand(days=(tuple(tickets),)),
            travel=RoadTravel(),
            chances=chances,
            play=Play(**{**usual, **play}),  # type: ignore[arg-type]
        )

    @staticmethod
    def story(ledger: DayLedger) -> list[tuple[int, str, str]]:
        """What happened after the first plan: minute, kind, ticket."""
        begun = next(n for n, event in enumerate(ledger.events) if event.kind is Kind.PLANNED)
        return [
            (event.at_s // MIN_S, event.kind.value, event.ticket_id)
            for event in ledger.events[begun + 1 :]
            if event.kind not in {Kind.PLANNED, Kind.OPENED}
        ]


@pytest.fixture(scope="session")
def days() -> type[Days]:
    return Days
