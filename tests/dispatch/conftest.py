"""The line: a world whose numbers can be checked in the head, and the small day that the checker's tests break.

All places lie on one road. Place ``m7`` is 7 minutes and 7 km from ``m0``, so a leg from ``m7`` to ``m20`` takes 13
minutes and 13 km. The helpers take minutes since midnight of Monday, 2 March 2026, at UTC+8; the domain gets seconds.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from types import MappingProxyType

import numpy as np
import pytest

from dispatch.feasibility import Violation, check_plan
from dispatch.fingerprint import problem_hash
from dispatch.places import Place
from dispatch.plan import BreakStep, Plan, Provenance, Remedy, RestockStep, Route, RouteSteps, Step, VisitStep
from dispatch.problem import Problem
from dispatch.replan import Report, State
from dispatch.schedule import schedule_plan
from dispatch.service import assemble
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import After, Pin, Ticket, Window
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


@dataclasses.dataclass(frozen=True)
class Day:
    """A right plan, and ways to spoil it."""

    problem: Problem
    travel: TravelMatrix
    steps: Mapping[str, tuple[str, ...]]
    plan: Plan

    def decide(self, **routes: tuple[str, ...]) -> Plan:
        """The plan of other decisions, with right times and figures; a shift not named keeps its steps."""
        words = {**self.steps, **routes}
        decided = [Line.steps(shift_id, *route) for shift_id, route in words.items()]
        return Line.plan(self.problem, self.travel, schedule_plan(self.problem, self.travel, decided))

    def with_route(self, shift_id: str, /, **changes: object) -> Plan:
        """The plan with one route's fields overwritten."""
        routes = tuple(
            dataclasses.replace(route, **changes) if route.shift_id == shift_id else route  # type: ignore[arg-type]
            for route in self.plan.routes
        )
        return dataclasses.replace(self.plan, routes=routes)

    def with_stop(self, shift_id: str, number: int, /, **changes: object) -> Plan:
        """The plan with one stop's fields overwritten."""
        stops = list(self.route(shift_id).stops)
        stops[number] = dataclasses.replace(stops[number], **changes)  # type: ignore[arg-type]
        return self.with_route(shift_id, stops=tuple(stops))

    def route(self, shift_id: str) -> Route:
        return next(route for route in self.plan.routes if route.shift_id == shift_id)

    def check(self, plan: Plan, problem: Problem | None = None) -> list[Violation]:
        return check_plan(problem or self.problem, self.travel, plan)

    def codes(self, plan: Plan) -> set[str]:
        return {violation.code for violation in self.check(plan)}

    def harder(self, kind: str, name: str, /, **changes: object) -> dict[str, Violation]:
        """Violations of the right plan when the input's object `name` is changed, without ``problem_differs``."""
        items = tuple(
            dataclasses.replace(item, **changes) if item.id == name else item  # type: ignore[arg-type]
            for item in getattr(self.problem, kind)
        )
        found = {
            violation.code: violation for violation in self.check(self.plan, self.problem.replace(**{kind: items}))
        }
        del found["problem_differs"]
        return found

    def one(self, plan: Plan, code: str) -> Violation:
        """The only violation of `plan` with this code."""
        (found,) = [violation for violation in self.check(plan) if violation.code == code]
        return found


@pytest.fixture(scope="session")
def line() -> type[Line]:
    return Line


@pytest.fixture(scope="session")
def day() -> Day:
    """Three technicians, ten tickets, one of every constraint. The times are derived in test_checker_day.py."""
    ticket, window = Line.ticket, ((540, 600),)
    tickets = [
        ticket("t1", 10, 30, skills={"electric": 3}, windows=window),
        ticket("t2", 20, 20, parts={"fuse": 1}, excluded=frozenset({"cat"})),
        ticket("t3", 15, 40, parts={"fuse": 1}, tools=frozenset({"drill"}), required=frozenset({"ann", "bob"})),
        ticket("t4", 30, 30, pin=Pin(technician_ids=("bob",), start_s=600 * MIN_S)),
        ticket("t5", 40, 30, pin=Pin(technician_ids=("bob",))),
        ticket("t6", 40, 60, skills={"gas": 2}, crew=({},)),
        ticket("t7", 45, 30, after=(After(ticket_id="t6", min_gap_s=30 * MIN_S, max_gap_s=240 * MIN_S),)),
        ticket("t8", 5, 30, tier="basic", skills={"gas": 5}),
        ticket("t9", 45, 30, tier="enterprise"),
        ticket("t10", 5, 30, tier="advanced", skills={"gas": 5}),
    ]
    technicians = [
        Line.technician(
            "ann",
            skills={"electric": 3},
            stock={"fuse": 1},
            tools=frozenset({"ladder"}),
            centre_id="hub",
            max_drive_s=35 * MIN_S,
            max_distance_m=35_000,
            max_leg_s=25 * MIN_S,
            max_leg_m=25_000,
        ),
        Line.technician("bob", skills={"electric": 2, "gas": 2}),
        Line.technician("cat", skills={"electric": 2}, stock={"fuse": 1}, tools=frozenset({"drill"})),
    ]
    shifts = [
        Line.shift("ann", 480, 1020, regular=960, breaks=[(600, 660, 30)]),
        Line.shift("bob", 480, 1020, regular=960, breaks=[(720, 750, 30)]),
        Line.shift("cat", 540, 1020, regular=900, begin=None, end=None),
    ]
    hub = ServiceCentre(
        id="hub", place=Line.at(0), tools=frozenset({"drill"}), coverage_m=35_000, coverage_s=35 * MIN_S
    )
    problem = Line.problem(tickets, technicians, shifts, centres=(hub,))
    steps = {
        "ann1": ("t1", "t2", "#0", "@hub", "t3"),
        "bob1": ("t4", "t5", "t6", "#0"),
        "cat1": ("t6/1", "t7", "t9"),
    }
    travel = Line.travel(problem)
    routes = schedule_plan(problem, travel, [Line.steps(shift_id, *words) for shift_id, words in steps.items()])
    return Day(problem=problem, travel=travel, steps=steps, plan=Line.plan(problem, travel, routes))


def changed(problem: Problem, ticket_id: str, remedy: Remedy) -> Problem:
    """Make the change that a remedy names, out of nothing but its code, facts, technician and shift."""
    code, facts = remedy.change.code, dict(remedy.change.facts)
    ticket, shift = problem.ticket_by_id[ticket_id], problem.shift_by_id[remedy.shift_id]
    technician = problem.technician_by_id[remedy.technician_id]
    assert shift.technician_id == technician.id

    def put(kind: str, name: str, **changes: object) -> Problem:
        items = getattr(problem, kind)
        new = [dataclasses.replace(item, **changes) if item.id == name else item for item in items]
        return problem.replace(**{kind: tuple(new)})

    match code:
        case "add_skill":
            assert technician.skills.get(facts["skill"], 0) == facts["have"]
            return put("technicians", technician.id, skills={**technician.skills, facts["skill"]: facts["need"]})
        case "add_part":
            have = technician.stock.get(facts["part"], 0)
            stock = {**technician.stock, facts["part"]: have + facts["quantity"]}
            return put("technicians", technician.id, stock=stock)
        case "add_tool":
            return put("technicians", technician.id, tools=technician.tools | {facts["tool"]})
        case "allow_technician":
            required = ticket.required | {technician.id} if ticket.required else ticket.required
            return put("tickets", ticket_id, excluded=ticket.excluded - {technician.id}, required=required)
        case "move_pin":
            assert ticket.pin is not None
            moved = dataclasses.replace(ticket.pin, technician_ids=(technician.id, *ticket.pin.technician_ids[1:]))
            return put("tickets", ticket_id, pin=moved)
        case "extend_shift_end":
            assert facts["end_s"] - shift.end_s == facts["extra_s"] > 0
            return put("shifts", shift.id, end_s=facts["end_s"])
        case "extend_shift_start":
            assert shift.start_s - facts["start_s"] == facts["extra_s"] > 0
            return put("shifts", shift.id, start_s=facts["start_s"])
        case "window_until" | "window_from":
            until = code == "window_until"
            wider = []
            for window in ticket.windows:
                if until and window.end_s == facts["until_s"] - facts["extra_s"]:
                    window = dataclasses.replace(window, end_s=facts["until_s"])
                elif not until and window.start_s == facts["from_s"] + facts["extra_s"]:
                    window = dataclasses.replace(window, start_s=facts["from_s"])
                wider.append(window)
            assert tuple(wider) != ticket.windows
            return put("tickets", ticket_id, windows=tuple(wider))
        case "raise_coverage_m" | "raise_coverage_s":
            field = code.removeprefix("raise_")
            assert getattr(problem.centre_by_id[facts["centre"]], field) == facts["limit"] < facts["need"]
            return put("centres", facts["centre"], **{field: facts["need"]})
    field = code.removeprefix("raise_")
    assert getattr(technician, field) == facts["limit"] < facts["need"]
    return put("technicians", technician.id, **{field: facts["need"]})


@pytest.fixture(scope="session")
def apply_remedy() -> Callable[[Problem, str, Remedy], Problem]:
    return changed


def crowded_day(seed: int, *, tickets: int = 12, breaks: int = 1, after: int = 0) -> tuple[Problem, TravelMatrix]:
    """A random day of everything but crews, with more work than three technicians on four shifts can do.

    `breaks` a shift, `after` tickets that must follow another one. Times are odd seconds, travel is not symmetric, and
    one ordered pair of places has no way.
    """
    rng = random.Random(seed)
    hour = 3600
    names = ("ann", "bob", "cat")

    def some(share: float, value: object, other: object) -> object:
        return value if rng.random() < share else other

    places = [Place(id=f"p{number}") for number in range(tickets + 4)]
    homes, hub = places[tickets : tickets + 3], places[tickets + 3]
    people = [
        Technician(
            id=name,
            base=home,
            skills={"gas": rng.randint(1, 4), "electric": rng.randint(1, 3)},
            duration_percent=some(0.5, {"*": rng.randint(80, 130), "gas": 90}, {}),  # type: ignore[arg-type]
            stock={"fuse": rng.randint(0, 2)},
            tools=frozenset({"drill"}) if rng.random() < 0.5 else frozenset(),
            centre_id=some(0.4, "hub", None),  # type: ignore[arg-type]
            max_distance_m=some(0.3, rng.randint(20_000, 40_000), None),  # type: ignore[arg-type]
            max_drive_s=some(0.3, rng.randint(2400, 4800), None),  # type: ignore[arg-type]
            max_leg_m=some(0.2, rng.randint(25_000, 50_000), None),  # type: ignore[arg-type]
            max_leg_s=some(0.2, rng.randint(2400, 4800), None),  # type: ignore[arg-type]
        )
        for name, home in zip(names, homes, strict=True)
    ]

    def make_shift(name: str, home: Place, day: int) -> Shift:
        start_s = day * 24 * hour + 8 * hour + rng.randint(0, hour)
        length_s = rng.randint(3 * hour, 5 * hour)
        rests, free_s = [], start_s + 900
        for _ in range(breaks):
            first_s = free_s + rng.randint(0, hour)
            rests.append(Break(earliest_s=first_s, latest_s=first_s + rng.randint(600, hour), duration_s=1234))
            free_s = rests[-1].latest_s + 1234
        return Shift(
            id=f"{name}-{day}",
            technician_id=name,
            start_s=start_s,
            regular_end_s=start_s + length_s - some(0.5, 1800, 0),  # type: ignore[operator]
            end_s=start_s + length_s,
            start_place=some(0.85, home, None),  # type: ignore[arg-type]
            end_place=some(0.85, home, None),  # type: ignore[arg-type]
            breaks=tuple(rests),
        )

    shifts = [make_shift(name, home, 0) for name, home in zip(names, homes, strict=True)]
    shifts.append(make_shift("ann", homes[0], 1))
    work: list[Ticket] = []
    for number in range(tickets):
        windows = []
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            first_s = 24 * hour * rng.choice([0, 0, 1]) + rng.randint(7 * hour, 13 * hour)
            windows.append(Window(start_s=first_s, end_s=first_s + rng.randint(0, 2 * hour)))
        wanted = {one for one in names if rng.random() < 0.2}
        ticket = Ticket(
            id=f"t{number}",
            place=places[number],
            duration_s=rng.randint(1200, 5000),
            tier=rng.choice(["basic", "advanced", "enterprise"]),
            opened_s=rng.randint(-10 * hour, 12 * hour),
            windows=tuple(windows),
            skills=some(0.5, {"gas": rng.randint(1, 5)}, {}),  # type: ignore[arg-type]
            parts=some(0.3, {"fuse": rng.randint(1, 2)}, {}),  # type: ignore[arg-type]
            tools=frozenset({"drill"}) if rng.random() < 0.2 else frozenset(),
            required=frozenset(wanted if rng.random() < 0.2 else ()),
            preferred=frozenset(wanted if rng.random() < 0.3 else ()),
            excluded=frozenset(set(names[:2]) - wanted if rng.random() < 0.15 else ()),
            after=(After(ticket_id=f"t{number - 1}", min_gap_s=600),) if 0 < number <= after else (),
        )
        able = [one.id for one in people if one.has_skills(ticket.skills) and one.id not in ticket.excluded]
        able = [one for one in able if not ticket.required or one in ticket.required]
        if able and rng.random() < 0.15:
            ticket = dataclasses.replace(ticket, pin=Pin(technician_ids=(rng.choice(able),)))
        work.append(ticket)
    centre = ServiceCentre(
        id="hub",
        place=hub,
        parts=frozenset({"fuse"}) if rng.random() < 0.5 else frozenset(),
        tools=frozenset(),
        coverage_m=rng.randint(25_000, 45_000),
        coverage_s=some(0.5, rng.randint(3000, 5000), None),  # type: ignore[arg-type]
    )
    problem = Problem(
        start=START,
        end_s=48 * hour,
        tickets=tuple(work),
        technicians=tuple(people),
        shifts=tuple(shifts),
        centres=(centre,),
    )
    spots = {place.id: (rng.random() * 30_000, rng.random() * 30_000) for place in places}
    where = np.array([spots[place.id] for place in problem.places])
    metres = np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1)) * 1.3
    noise = np.array([[rng.uniform(0.9, 1.2) for _ in where] for _ in where])
    seconds = metres / 12 * noise
    seconds[rng.randrange(tickets), rng.randrange(tickets)] = -1
    np.fill_diagonal(seconds, 0)
    return problem, from_arrays(problem.places, seconds, metres, source="random")


def told_until(routes: Sequence[Route], now_s: int, rng: random.Random, *, most_late_s: int = 0) -> list[Report]:
    """What phones report of these routes until now, each visit up to `most_late_s` later than the one before it."""
    found = []
    for route in routes:
        late_s = 0
        for visit in route.visits:
            late_s += rng.randint(0, most_late_s)
            start_s, finish_s = visit.start_s + late_s, visit.finish_s + late_s
            on_the_way = visit.arrival_s + late_s - visit.travel_s < now_s and most_late_s > 0
            if start_s >= now_s and not on_the_way:
                break
            state = State.UNDER_WAY if finish_s > now_s else State.DONE
            if state is State.DONE and most_late_s and rng.random() < 0.15:
                state = State.FAILED
            found.append(
                Report(
                    ticket_id=visit.ticket_id,
                    role=visit.role,
                    shift_id=route.shift_id,
                    state=state,
                    start_s=start_s,
                    finish_s=finish_s,
                )
            )
            if state is State.UNDER_WAY:
                break
    return found


@pytest.fixture(scope="session")
def reports_until() -> Callable[..., list[Report]]:
    return told_until


@pytest.fixture(scope="session")
def crowded() -> Callable[..., tuple[Problem, TravelMatrix]]:
    return crowded_day
