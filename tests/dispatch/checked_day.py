"""The small day that the checker's tests break: a right plan of one of every constraint, and ways to spoil it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from dispatch.feasibility import Violation, check_plan
from dispatch.plan import Plan, Route
from dispatch.problem import Problem
from dispatch.schedule import schedule_plan
from dispatch.technicians import ServiceCentre
from dispatch.tickets import After, Pin
from dispatch.travel import TravelMatrix
from tests.dispatch.line import MIN_S, Line


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


def make_day() -> Day:
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
