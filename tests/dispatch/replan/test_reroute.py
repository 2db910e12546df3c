"""New routes for the rest of a day, without the plan around them."""

from __future__ import annotations

import pytest

from dispatch.objective import served_ids
from dispatch.replan import Budget, replan_day, reroute_day
from solver.registry import engine as make_engine
from tests.dispatch.line import MIN_S
from tests.dispatch.replan.part_days import FEW, greedy_routes


def test_routes_alone_are_those_of_the_whole_plan(line):
    tickets = [line.ticket(f"t{n}", 10 * n + 5, 40, tier="advanced") for n in range(6)]
    shifts = [line.shift(owner) for owner in "AB"]
    before = line.problem(tickets, [line.technician(owner) for owner in "AB"], shifts)
    in_force = greedy_routes(before, line.travel(before))
    problem = before.replace(tickets=(*tickets, line.ticket("new", 33, tier="enterprise", opened=500)))
    travel = line.travel(problem)
    known = {"in_force": in_force, "reports": (), "now_s": 500 * MIN_S}

    whole = replan_day(problem, travel, None, **known)
    short = reroute_day(problem, travel, None, **known, news={"new"})
    without = reroute_day(problem, travel, None, **known, news=())

    assert (short.routes, short.moves, short.problem) == (whole.plan.routes, whole.moves, whole.problem)
    assert served_ids(short.routes) - served_ids(without.routes) == {"new"}, "insertion looks at news alone"


@pytest.mark.parametrize("budget", [None, Budget(most_moved=0)])
def test_an_engine_reroutes_and_keeps_the_budget(line, budget):
    tickets = [line.ticket(f"t{n}", 10 * n + 5, 40, tier="advanced") for n in range(6)]
    before = line.problem(tickets, [line.technician(owner) for owner in "AB"], [line.shift(owner) for owner in "AB"])
    in_force = greedy_routes(before, line.travel(before))
    problem = before.replace(tickets=(*tickets, line.ticket("new", 33, tier="enterprise", opened=0)))

    made = reroute_day(
        problem,
        line.travel(problem),
        make_engine("greedy"),
        in_force=in_force,
        reports=(),
        now_s=0,
        news={"new"},
        budget=budget,
        limits=FEW["greedy"],
    )

    assert "new" in served_ids(made.routes)
    assert budget is None or not made.moves
