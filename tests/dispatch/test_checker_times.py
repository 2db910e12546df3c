"""Planted faults in times: shift bounds, legs, services, windows and breaks.

Where a decision can cause the fault, the whole plan is made of that decision, so its figures are right and the fault
stands alone. Otherwise one number of the right plan is overwritten, and the replay differs as well.
"""

from __future__ import annotations

import dataclasses

from dispatch.plan import Rest

MIN_S = 60


def test_departure_before_shift(day):
    plan = day.with_route("ann1", departure_s=479 * MIN_S)
    found = day.one(plan, "departure_before_shift")
    assert (found.shift_id, found.facts) == ("ann1", {"departure_s": 479 * MIN_S, "shift_start_s": 480 * MIN_S})


def test_return_after_shift(day):
    assert "return_after_shift" not in day.harder("shifts", "bob1", regular_end_s=790 * MIN_S, end_s=800 * MIN_S)
    found = day.harder("shifts", "bob1", regular_end_s=790 * MIN_S, end_s=799 * MIN_S)["return_after_shift"]
    assert (found.shift_id, found.facts) == ("bob1", {"return_s": 800 * MIN_S, "shift_end_s": 799 * MIN_S})


def test_travel_differs(day):
    plan = day.with_stop("ann1", 1, travel_s=599)  # m10 to m20 takes 600 s
    found = day.one(plan, "travel_differs")
    assert (found.ticket_id, found.facts) == ("t2", {"plan_s": 599, "source_s": 600})
    assert day.one(day.with_route("ann1", end_travel_s=1), "travel_differs").facts == {"plan_s": 1, "source_s": 900}


def test_distance_differs(day):
    plan = day.with_stop("ann1", 1, distance_m=9_999)
    found = day.one(plan, "distance_differs")
    assert (found.ticket_id, found.facts) == ("t2", {"plan_m": 9_999, "source_m": 10_000})
    assert day.one(day.with_route("ann1", end_distance_m=0), "distance_differs").shift_id == "ann1"


def test_unreachable_leg(day, line):
    travel = line.travel(day.problem, no_way=[("m10", "m20")])
    (found,) = [v for v in dataclasses.replace(day, travel=travel).check(day.plan) if v.code == "unreachable_leg"]
    assert (found.shift_id, found.ticket_id) == ("ann1", "t2")


def test_arrival_too_early(day):
    plan = day.with_stop("ann1", 1, arrival_s=580 * MIN_S - 1)  # left t1 at 570, 10 min on the way
    found = day.one(plan, "arrival_too_early")
    assert (found.ticket_id, found.facts) == ("t2", {"arrival_s": 580 * MIN_S - 1, "possible_s": 580 * MIN_S})
    # the break on the leg to the hub counts too: 600 + 30 + 20 = 650
    plan = day.with_stop("ann1", 3, arrival_s=640 * MIN_S)
    assert day.one(plan, "arrival_too_early").facts["possible_s"] == 650 * MIN_S


def test_return_too_early(day):
    plan = day.with_route("ann1", return_s=730 * MIN_S - 1)
    found = day.one(plan, "return_too_early")
    assert (found.shift_id, found.facts) == ("ann1", {"return_s": 730 * MIN_S - 1, "possible_s": 730 * MIN_S})


def test_start_before_arrival(day):
    plan = day.with_stop("ann1", 1, start_s=579 * MIN_S, finish_s=599 * MIN_S)
    found = day.one(plan, "start_before_arrival")
    assert (found.ticket_id, found.facts) == ("t2", {"start_s": 579 * MIN_S, "arrival_s": 580 * MIN_S})
    plan = day.with_stop("ann1", 3, start_s=649 * MIN_S, finish_s=659 * MIN_S)
    assert day.one(plan, "start_before_arrival").shift_id == "ann1"  # at the hub


def test_duration_differs(day):
    plan = day.with_stop("ann1", 1, finish_s=599 * MIN_S)
    found = day.one(plan, "duration_differs")
    assert (found.ticket_id, found.facts) == ("t2", {"plan_s": 19 * MIN_S, "needed_s": 20 * MIN_S})


def test_restock_duration(day):
    plan = day.with_stop("ann1", 3, finish_s=659 * MIN_S)
    assert day.one(plan, "restock_duration").facts == {"plan_s": 9 * MIN_S}


def test_window_missed(day):
    # t2 ends by 580: the 20 min to the hub are driven before the break 600..630; hub 630..640, t3 655..695, t1 700
    plan = day.decide(ann1=("t2", "#0", "@hub", "t3", "t1"))
    assert day.codes(plan) == {"window_missed"}
    found = day.one(plan, "window_missed")
    assert (found.shift_id, found.ticket_id, found.facts) == ("ann1", "t1", {"start_s": 700 * MIN_S})


def test_break_missing(day):
    plan = day.decide(ann1=("t1", "t2", "@hub", "t3"))  # away from 530 to 700, the break is due in 600..660
    assert day.codes(plan) == {"break_missing"}
    assert day.one(plan, "break_missing").facts == {"index": 0}


def test_break_twice(day):
    plan = day.decide(ann1=("t1", "t2", "#0", "#0", "@hub", "t3"))  # 600..630 and 630..660, both in the window
    assert day.codes(plan) == {"break_twice"}
    assert day.one(plan, "break_twice").facts == {"index": 0, "start_s": 630 * MIN_S}


def test_break_window(day):
    plan = day.decide(ann1=("t1", "t2", "@hub", "t3", "#0"))  # t3 ends at 685, the break may start until 660
    assert day.codes(plan) == {"break_window"}
    assert day.one(plan, "break_window").facts == {"index": 0, "start_s": 685 * MIN_S}


def test_break_duration(day):
    plan = day.with_stop("ann1", 2, finish_s=629 * MIN_S)
    assert day.one(plan, "break_duration").facts == {"index": 0, "start_s": 600 * MIN_S}


def test_break_overlap(day):
    plan = day.with_stop("ann1", 2, start_s=599 * MIN_S, finish_s=629 * MIN_S)  # t2 ends at 600
    assert day.one(plan, "break_overlap").facts == {"index": 0, "start_s": 599 * MIN_S}
    # behind: it reaches into the hub's restock at 650
    assert "break_overlap" in day.codes(day.with_stop("ann1", 2, start_s=621 * MIN_S, finish_s=651 * MIN_S))
    # the last rest of a route ends after the return
    route = day.route("bob1")
    late = Rest(index=0, start_s=771 * MIN_S, finish_s=801 * MIN_S)
    plan = day.with_route("bob1", stops=(*route.stops[:-1], late))
    assert "break_overlap" in day.codes(plan)
