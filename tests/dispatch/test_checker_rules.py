"""Planted faults against people, vans and ties: skills, technician sets, reach, pins, parts, tools, crews and order."""

from __future__ import annotations

import dataclasses

from dispatch.tickets import After

MIN_S = 60


def test_skill_level(day):
    # bob has electric 2, t1 needs 3. At m10 he is 540..570 and at m30 by 590, in time for t4.
    plan = day.decide(ann1=("t2", "#0", "@hub", "t3"), bob1=("t1", "t4", "t5", "t6", "#0"))
    assert day.codes(plan) == {"skill_level"}
    found = day.one(plan, "skill_level")
    assert (found.shift_id, found.ticket_id) == ("bob1", "t1")
    assert found.facts == {"skill": "electric", "have": 2, "need": 3}


def test_technician_excluded(day):
    plan = day.decide(ann1=("t1", "#0", "@hub", "t3"), cat1=("t6/1", "t7", "t9", "t2"))
    assert day.codes(plan) == {"technician_excluded"}
    found = day.one(plan, "technician_excluded")
    assert (found.shift_id, found.ticket_id) == ("cat1", "t2")


def test_technician_not_required(day):
    plan = day.decide(ann1=("t1", "t2", "#0"), cat1=("t6/1", "t7", "t9", "t3"))
    assert day.codes(plan) == {"technician_not_required"}
    found = day.one(plan, "technician_not_required")
    assert (found.shift_id, found.ticket_id) == ("cat1", "t3")


def test_base_distance(day):
    assert day.harder("technicians", "ann", max_distance_m=20_000) == {}  # t2 lies at 20 km
    found = day.harder("technicians", "ann", max_distance_m=19_999)
    assert set(found) == {"base_distance"}
    assert found["base_distance"].ticket_id == "t2"
    assert found["base_distance"].facts == {"distance_m": 20_000, "limit_m": 19_999}


def test_base_drive(day):
    assert day.harder("technicians", "ann", max_drive_s=20 * MIN_S) == {}
    found = day.harder("technicians", "ann", max_drive_s=20 * MIN_S - 1)
    assert set(found) == {"base_drive"}
    assert found["base_drive"].facts == {"travel_s": 20 * MIN_S, "limit_s": 20 * MIN_S - 1}


def test_leg_distance(day):
    assert day.harder("technicians", "ann", max_leg_m=20_000) == {}  # from t2 to the hub, the longest leg
    found = day.harder("technicians", "ann", max_leg_m=14_999)
    assert set(found) == {"leg_distance"}
    assert found["leg_distance"].ticket_id == "t3"  # the last of the legs that are too long
    assert found["leg_distance"].facts == {"distance_m": 15_000}


def test_leg_drive(day):
    assert day.harder("technicians", "ann", max_leg_s=20 * MIN_S) == {}
    found = day.harder("technicians", "ann", max_leg_s=20 * MIN_S - 1)
    assert set(found) == {"leg_drive"}
    assert (found["leg_drive"].shift_id, found["leg_drive"].facts) == ("ann1", {"travel_s": 20 * MIN_S})


def test_outside_coverage(day):
    assert day.harder("centres", "hub", coverage_m=20_000, coverage_s=20 * MIN_S) == {}
    found = day.harder("centres", "hub", coverage_m=19_999)
    assert set(found) == {"outside_coverage"}
    assert found["outside_coverage"].ticket_id == "t2"
    assert found["outside_coverage"].facts == {"distance_m": 20_000, "limit_m": 19_999}
    found = day.harder("centres", "hub", coverage_s=20 * MIN_S - 1)
    assert found["outside_coverage"].facts == {"travel_s": 20 * MIN_S, "limit_s": 20 * MIN_S - 1}


def test_pin_technician(day):
    plan = day.decide(bob1=("t4", "t6", "#0"), cat1=("t6/1", "t5", "t7", "t9"))
    assert day.codes(plan) == {"pin_technician"}
    found = day.one(plan, "pin_technician")
    assert (found.shift_id, found.ticket_id, found.facts) == ("cat1", "t5", {"pinned": "bob"})


def test_pin_start(day):
    # cat is there from 540: t6 540..600, t5 600..630, t4 at m30 640 in place of 600; back at 700, before the break
    plan = day.decide(bob1=("t6", "t5", "t4"))
    assert day.codes(plan) == {"pin_start"}
    found = day.one(plan, "pin_start")
    assert (found.ticket_id, found.facts) == ("t4", {"start_s": 640 * MIN_S, "pinned_s": 600 * MIN_S})


def test_part_short(day):
    # one fuse in the van, two tickets and no restock; the drill is missing too
    plan = day.decide(ann1=("t1", "t2", "#0", "t3"))
    assert day.codes(plan) == {"part_short", "tool_missing"}
    found = day.one(plan, "part_short")
    assert (found.ticket_id, found.facts) == ("t3", {"part": "fuse", "short": 1})
    # a restock after the first ticket comes too late for it
    found = day.harder("technicians", "ann", stock={})
    assert set(found) == {"part_short"}
    assert found["part_short"].ticket_id == "t2"
    # the centre holds no fuses
    assert day.harder("centres", "hub", parts=frozenset({"fuse"})) == {}
    assert day.harder("centres", "hub", parts=frozenset({"valve"}))["part_short"].ticket_id == "t3"


def test_tool_missing(day):
    assert day.harder("centres", "hub", tools=None) == {}
    found = day.harder("centres", "hub", tools=frozenset({"ladder"}))
    assert set(found) == {"tool_missing"}
    assert (found["tool_missing"].ticket_id, found["tool_missing"].facts) == ("t3", {"tool": "drill"})


def test_crew_incomplete(day):
    plan = day.decide(cat1=("t7", "t9"))
    assert day.codes(plan) == {"crew_incomplete"}
    found = day.one(plan, "crew_incomplete")
    assert (found.ticket_id, found.facts) == ("t6", {"have": 1, "need": 2})


def test_crew_same_technician(day):
    plan = day.decide(bob1=("t4", "t5", "t6", "t6/1", "#0"), cat1=("t7", "t9"))
    assert day.one(plan, "crew_same_technician").ticket_id == "t6"


def test_crew_apart(day):
    plan = day.with_stop("cat1", 0, start_s=671 * MIN_S, finish_s=731 * MIN_S)
    found = day.one(plan, "crew_apart")
    assert (found.ticket_id, found.facts) == ("t6", {"first_s": 670 * MIN_S, "last_s": 671 * MIN_S})


def test_after_unserved(day):
    plan = day.decide(bob1=("t4", "t5"), cat1=("t7", "t9"))
    assert day.codes(plan) == {"after_unserved"}
    found = day.one(plan, "after_unserved")
    assert (found.ticket_id, found.facts) == ("t7", {"first": "t6"})


def test_after_too_soon(day):
    # t6 ends at 730, t7 must not start before 760; 735..759 is open to a dishonest plan
    plan = day.with_stop("cat1", 1, start_s=759 * MIN_S, finish_s=789 * MIN_S)
    found = day.one(plan, "after_too_soon")
    assert (found.ticket_id, found.facts) == ("t7", {"gap_s": 29 * MIN_S, "min_gap_s": 30 * MIN_S})


def test_after_too_late(day):
    # t7 with t9 before it starts at 735 + 30 = 765: a gap of 35 min, too much for a maximum of 30
    plan = day.decide(cat1=("t6/1", "t9", "t7"))
    assert day.codes(plan) == set()
    strict = dataclasses.replace(
        day.problem.ticket_by_id["t7"],
        after=(After(ticket_id="t6", min_gap_s=30 * MIN_S, max_gap_s=30 * MIN_S),),
    )
    found = {v.code: v for v in day.check(plan, day.problem.with_ticket(strict))}
    assert found["after_too_late"].facts == {"gap_s": 35 * MIN_S, "max_gap_s": 30 * MIN_S}
