"""Figures of a plan, derived by hand. Minutes on the line."""

from __future__ import annotations

import pytest

from dispatch.kpi import kpis
from dispatch.schedule import schedule_plan
from dispatch.tiers import Point

MIN_S = 60


@pytest.fixture(scope="module")
def figures(line):
    def run(problem, *routes):
        travel = line.travel(problem)
        return kpis(problem, schedule_plan(problem, travel, [line.steps(*route) for route in routes]))

    return run


def test_the_small_day(day):
    """Times as derived in test_checker_day.py.

    ann 530..730: 10 + 10 + 20 + 15 + 15 = 70 min of driving, 30 + 20 + 40 of service, 10 of restock, 30 of break.
    bob 570..800: 30 + 10 + 40 = 80 of driving, 30 + 30 + 60 of service, 30 of break.
    cat 670..820: 5 of driving, 60 + 30 + 30 of service, 25 of waiting before t7.
    """
    expected = {
        "tickets": 10,
        "served": 8,
        "unserved": 2,
        "deferred": 1,
        "late_tickets": 1,
        "breaches": 2,
        "technicians_used": 3,
        "routes": 3,
        "travel_s": 155 * MIN_S,
        "distance_m": 155_000,
        "service_s": (90 + 120 + 120) * MIN_S,
        "waiting_s": 25 * MIN_S,
        "work_s": (200 + 230 + 150) * MIN_S,
        "overtime_s": 0,
        "served_share": 0.8,
        "utilisation": 0.3674,  # (155 + 330) / (480 + 480 + 360) = 485 / 1320
        "kept_share.enterprise": 0.0,  # t9 misses both
        "kept_share.advanced": 0.0,  # t10: respond is due at 720 and not served, solve is due at 1440, the very end
        "kept_share.basic": 1.0,  # nothing of t8 is due: nothing to share
        "response_s.enterprise": 790 * MIN_S,
    }
    # t1 540, t2 580, t3 675, t4 600, t5 640, t6 670, t7 760: 4,465 min over seven tickets
    expected["response_s.plain"] = 4_465 * MIN_S // 7
    assert dict(day.plan.kpis) == expected


def test_nothing_at_all(line, figures):
    found = figures(line.problem([], [], []))
    assert (found["tickets"], found["served_share"], found["utilisation"]) == (0, 1.0, 1.0)
    assert not any("." in name for name in found)


def test_kept_shares_count_what_is_due_or_served(line, figures):
    # quick: respond by 500, solve by 520. a, 500..530, keeps the first; b, not served, has both due and keeps none
    tiers = (line.plain, line.tier("quick", ("respond", 500, Point.START), ("solve", 520, Point.FINISH)))
    problem = line.solo(
        [line.ticket("a", 20, tier="quick"), line.ticket("b", 20, tier="quick")], world={"tiers": tiers}
    )
    assert figures(problem, ("ann1", "a"))["kept_share.quick"] == 0.25
    # what is due after the horizon counts only when it is served
    tiers = (line.plain, line.tier("quick", ("respond", 5000, Point.START)))
    problem = problem.replace(tiers=tiers)
    assert figures(problem, ("ann1", "a"))["kept_share.quick"] == 1.0
    assert figures(problem)["kept_share.quick"] == 1.0


def test_a_crew_counts_once(line, figures):
    # ann 500..530, bob 500..545; both start 20 min late, bob alone finishes after 540
    tiers = (line.plain, line.tier("quick", ("respond", 480, Point.START), ("solve", 540, Point.FINISH)))
    problem = line.problem(
        [line.ticket("x", 20, tier="quick", crew=({},), opened=0)],
        [line.technician("ann"), line.technician("bob", duration_percent={"*": 150})],
        [line.shift("ann"), line.shift("bob")],
        tiers=tiers,
    )
    found = figures(problem, ("ann1", "x"), ("bob1", "x/1"))
    assert (found["served"], found["late_tickets"], found["breaches"], found["kept_share.quick"]) == (1, 1, 2, 0.0)
    assert found["response_s.quick"] == 500 * MIN_S
    assert (found["routes"], found["technicians_used"], found["service_s"]) == (2, 2, 75 * MIN_S)


def test_overtime_and_two_shifts_of_one_technician(line, figures):
    problem = line.solo([line.ticket("a", 20), line.ticket("b", 20)], last=560, regular=540)
    problem = problem.replace(shifts=(*problem.shifts, line.shift("ann", 600, 900, name="ann2")))
    found = figures(problem, ("ann1", "a"), ("ann2", "b"))
    assert (found["routes"], found["technicians_used"], found["overtime_s"]) == (2, 1, 10 * MIN_S)
    assert found["utilisation"] == round(140 / 360, 4)  # 2 x 70 min of 60 + 300


def test_tiers_are_listed_from_the_highest(day):
    names = [name for name in day.plan.kpis if name.startswith("kept_share.")]
    assert names == ["kept_share.enterprise", "kept_share.advanced", "kept_share.basic"]
