"""With many unserved tickets less is tried, and what is said stays true."""

from __future__ import annotations

import pytest

from dispatch.explain import explain_unserved, unserved
from dispatch.objective import unserved_cents
from dispatch.ports import Limits
from dispatch.service import plan_day
from solver.greedy import GreedyEngine

SEEDS = range(0, 30, 2)


def _planned(crowded, seed):
    problem, travel = crowded(seed, breaks=seed % 3)
    return problem, travel, plan_day(problem, travel, GreedyEngine(), limits=Limits(iterations=1000), seed=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_shifts_shown_are_the_nearest_and_the_summary_counts_all(crowded, monkeypatch, seed):
    problem, travel, plan = _planned(crowded, seed)
    monkeypatch.setattr(unserved, "OBSTACLES_SHOWN", 2)
    for short, full in zip(explain_unserved(problem, travel, plan.routes), plan.unserved, strict=True):
        assert (short.reason, short.remedies) == (full.reason, full.remedies)
        assert [one for one in full.obstacles if one in short.obstacles] == list(short.obstacles)
        assert len(short.obstacles) == min(2, len(problem.shifts))
        if "of" in short.reason.facts:
            assert short.reason.facts["of"] == len(problem.shifts)
            if full.reason.code not in unserved.MAY_FIT:
                assert short.reason.code in {one.reason.code for one in short.obstacles}


def test_shifts_that_were_not_tried_say_so_and_do_not_speak_for_the_ticket(crowded, monkeypatch):
    seen = 0
    for seed in SEEDS:
        problem, travel, plan = _planned(crowded, seed)
        routes = plan.routes[::2]  # so there is room in several shifts
        full = explain_unserved(problem, travel, routes)
        with monkeypatch.context() as patch:
            patch.setattr(unserved, "SHIFTS_TRIED_IN_ALL", 1)
            fewer = explain_unserved(problem, travel, routes)
        for some, every in zip(fewer, full, strict=True):
            assert some.reason.code != "not_among_nearest"
            for short, long in zip(some.obstacles, every.obstacles, strict=True):
                if short.reason.code == "not_among_nearest":
                    seen += 1
                    assert short.reason.facts == {"shifts": 1}
                    assert long.reason.code not in unserved.NEARNESS[: unserved.NEARNESS.index("window_taken") + 1]
                else:
                    assert short == long
    assert seen > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_remedies_are_for_the_tickets_that_cost_most_to_leave(crowded, monkeypatch, seed):
    problem, travel, plan = _planned(crowded, seed)
    monkeypatch.setattr(unserved, "CONFIRMED_IN_ALL", 2 * unserved.LEAST_CONFIRMED)
    fewer = explain_unserved(problem, travel, plan.routes)
    have = [entry.ticket_id for entry in fewer if entry.remedies]
    cents = sorted((unserved_cents(problem, problem.ticket_by_id[e.ticket_id]) for e in fewer), reverse=True)
    assert len(have) <= 2
    assert all(unserved_cents(problem, problem.ticket_by_id[one]) >= cents[min(1, len(cents) - 1)] for one in have)
