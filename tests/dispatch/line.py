"""The line: a world whose numbers can be checked in the head.

All places lie on one road. Place ``m7`` is 7 minutes and 7 km from ``m0``, so a leg from ``m7`` to ``m20`` takes 13
minutes and 13 km. The builders take minutes since midnight of Monday, 2 March 2026, at UTC+8; the domain gets seconds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from types import MappingProxyType

import numpy as np

from dispatch.fingerprint import problem_hash
from dispatch.places import Place
from dispatch.plan import BreakStep, Plan, Provenance, RestockStep, Route, RouteSteps, Step, VisitStep
from dispatch.problem import Problem
from dispatch.service import assemble
from dispatch.technicians import Break, Shift, Technician
from dispatch.tickets import Ticket, Window
from dispatch.tiers import DEFAULT_TIERS, Point, Target, Tier
from dispatch.travel import TravelMatrix, from_arrays

MIN_S = 60
START = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=8)))
NO_PROMISE = Tier(name="plain", level=0, weight=1)


class Line:
    """Builders in minutes."""

    start = START
    plain = NO_PROMISE

    @staticmethod
    def at(minute: int) -> Place:
        return Place(id=f"m{minute}")

    @staticmethod
    def travel(problem: Problem, no_way: Iterable[tuple[str, str]] = ()) -> TravelMatrix:
        where = np.array([int(place.id[1:]) for place in problem.places])
        minutes = np.abs(np.subtract.outer(where, where)).astype(float)
        index = {place.id: number for number, place in enumerate(problem.places)}
        for origin, target in no_way:
            minutes[index[origin], index[target]] = -1
        return from_arrays(problem.places, minutes * MIN_S, minutes * 1000, source="line")

    @staticmethod
    def window(first: int, last: int) -> Window:
        return Window(start_s=first * MIN_S, end_s=last * MIN_S)

    @staticmethod
    def rest(first: int, last: int, length: int) -> Break:
        return Break(earliest_s=first * MIN_S, latest_s=last * MIN_S, duration_s=length * MIN_S)

    @staticmethod
    def ticket(
        name: str,
        minute: int,
        length: int = 30,
        *,
        tier: str = "plain",
        opened: int = 0,
        windows: Sequence[tuple[int, int]] = (),
        **other: object,
    ) -> Ticket:
        return Ticket(
            id=name,
            place=Line.at(minute),
            duration_s=length * MIN_S,
            tier=tier,
            opened_s=opened * MIN_S,
            windows=tuple(Line.window(*window) for window in windows),
            **other,  # type: ignore[arg-type]
        )

    @staticmethod
    def technician(name: str, **other: object) -> Technician:
        return Technician(id=name, **{"base": Line.at(0), **other})  # type: ignore[arg-type]

    @staticmethod
    def shift(
        owner: str,
        first: int = 480,
        last: int = 1020,
        *,
        name: str = "",
        regular: int | None = None,
        begin: int | None = 0,
        end: int | None = 0,
        breaks: Sequence[tuple[int, int, int]] = (),
    ) -> Shift:
        """One shift; `begin` and `end` are the positions of its ends on the line, None for none."""
        return Shift(
            id=name or f"{owner}1",
            technician_id=owner,
            start_s=first * MIN_S,
            regular_end_s=(last if regular is None else regular) * MIN_S,
            end_s=last * MIN_S,
            start_place=None if begin is None else Line.at(begin),
            end_place=None if end is None else Line.at(end),
            breaks=tuple(Line.rest(*item) for item in breaks),
        )

    @staticmethod
    def problem(
        tickets: Sequence[Ticket], technicians: Sequence[Technician], shifts: Sequence[Shift], **other: object
    ) -> Problem:
        fields: dict[str, object] = {"start": START, "end_s": 1440 * MIN_S, "tiers": (*DEFAULT_TIERS, NO_PROMISE)}
        return Problem(
            tickets=tuple(tickets),
            technicians=tuple(technicians),
            shifts=tuple(shifts),
            **{**fields, **other},  # type: ignore[arg-type]
        )

    @staticmethod
    def solo(
        tickets: Sequence[Ticket],
        *,
        ann: Mapping[str, object] = MappingProxyType({}),
        world: Mapping[str, object] = MappingProxyType({}),
        **shift: object,
    ) -> Problem:
        """One technician ``ann`` with one shift ``ann1``."""
        owner = Line.technician("ann", **ann)
        return Line.problem(tickets, [owner], [Line.shift("ann", **shift)], **world)  # type: ignore[arg-type]

    @staticmethod
    def tier(name: str, *targets: tuple[str, int, Point], weight: int = 1) -> Tier:
        """A tier with targets (name, minutes, point)."""
        made = tuple(Target(name=n, within_s=minutes * MIN_S, point=point) for n, minutes, point in targets)
        return Tier(name=name, level=9, weight=weight, targets=made)

    @staticmethod
    def steps(shift_id: str, *words: str) -> RouteSteps:
        """Steps in words: a ticket id, ``id/1`` for crew role 1, ``@centre`` for a restock, ``#0`` for break 0."""
        steps: list[Step] = []
        for word in words:
            if word.startswith("@"):
                steps.append(RestockStep(centre_id=word[1:]))
            elif word.startswith("#"):
                steps.append(BreakStep(index=int(word[1:])))
            else:
                name, _, role = word.partition("/")
                steps.append(VisitStep(ticket_id=name, role=int(role or 0)))
        return RouteSteps(shift_id=shift_id, steps=tuple(steps))

    @staticmethod
    def plan(problem: Problem, travel: TravelMatrix, routes: Sequence[Route]) -> Plan:
        """Assemble a plan of fixed routes, as the service does."""
        provenance = Provenance(
            problem_hash=problem_hash(problem),
            engine="hand",
            engine_version="1",
            callout_version="1",
            travel_source=travel.source,
            seed=0,
            workers=1,
            seconds=None,
            iterations=1,
            iterations_done=1,
            weights=dataclasses.asdict(problem.weights),
        )
        return assemble(problem, travel, routes, provenance)
