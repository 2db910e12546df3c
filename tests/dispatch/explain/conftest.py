"""Explanations of unserved tickets, whose remedies are made and planned."""

from __future__ import annotations

import pytest

from dispatch.explain import explain_unserved
from dispatch.ports import Limits
from dispatch.schedule import schedule_plan
from dispatch.service import plan_day
from solver.greedy import GreedyEngine


@pytest.fixture(scope="module")
def explain(line, apply_remedy):
    """Explain the only unserved ticket beside `routes` (in words); then make each remedy and plan it for real."""

    def run(problem, *routes, no_way=()):
        travel = line.travel(problem, no_way)
        planned = schedule_plan(problem, travel, [line.steps(*route) for route in routes])
        (entry,) = explain_unserved(problem, travel, planned)
        for remedy in entry.remedies:
            plan = plan_day(
                apply_remedy(problem, entry.ticket_id, remedy),
                travel,
                GreedyEngine(),
                limits=Limits(iterations=100),
                seed=0,
            )
            assert plan.unserved == (), remedy
        return entry

    return run
