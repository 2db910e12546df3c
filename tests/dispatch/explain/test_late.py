"""What made a visit late: each code with its numbers. Minutes on the line; x at m20 lasts 30 min."""

from __future__ import annotations

import pytest

from dispatch.explain import explain_late
from dispatch.schedule import schedule_plan
from dispatch.tickets import After, Pin
from dispatch.tiers import Point

MIN_S = 60


@pytest.fixture(scope="module")
def late(line):
    """Reasons of all late visits of the routes given in words."""

    def run(problem, *routes, no_way=()):
        travel = line.travel(problem, no_way)
        planned = schedule_plan(problem, travel, [line.steps(*route) for route in routes])
        return explain_late(problem, travel, planned)

    return run


@pytest.fixture(scope="module")
def world(line):
    """Tiers ``plain`` and ``quick``: respond (start) within the given minutes of opening."""

    def make(due, point=Point.START):
        return {"tiers": (line.plain, line.tier("quick", ("respond", due, point)))}

    return make


def _only(found):
    (entry,) = found
    return entry.reason.code, dict(entry.reason.facts)


def test_nothing_is_late(line, late, world):
    problem = line.solo([line.ticket("x", 20, tier="quick")], world=world(500))
    assert late(problem, ("ann1", "x")) == ()


def test_due_before_horizon(line, late, world):
    # opened at -600, due 500 min later
    problem = line.solo([line.ticket("x", 20, tier="quick", opened=-600)], world=world(500))
    (entry,) = late(problem, ("ann1", "x"))
    assert (entry.ticket_id, entry.target, entry.late_s) == ("x", "respond", 600 * MIN_S)  # 500 - (-100)
    assert (entry.reason.code, dict(entry.reason.facts)) == ("due_before_horizon", {"due_s": -100 * MIN_S})


def test_pinned_late(line, late, world):
    pin = Pin(technician_ids=("ann",), start_s=700 * MIN_S)
    problem = line.solo([line.ticket("x", 20, tier="quick", pin=pin)], world=world(650))
    assert _only(late(problem, ("ann1", "x"))) == ("pinned_late", {"start_s": 700 * MIN_S})


def test_window_after_due(line, late, world):
    # finish due at 650: a start by 620; the appointment opens at 700
    problem = line.solo([line.ticket("x", 20, tier="quick", windows=[(700, 720)])], world=world(650, Point.FINISH))
    expected = {"window_start_s": 700 * MIN_S, "latest_start_s": 620 * MIN_S}
    assert _only(late(problem, ("ann1", "x"))) == ("window_after_due", expected)


def test_nobody_in_time(line, late, world):
    # ann can be there at 500 at the earliest
    problem = line.solo([line.ticket("x", 20, tier="quick")], world=world(490))
    expected = {"latest_start_s": 490 * MIN_S, "earliest_start_s": 500 * MIN_S, "technician": "ann"}
    assert _only(late(problem, ("ann1", "x"))) == ("nobody_in_time", expected)


def test_nobody_in_time_names_who_may_come(line, late, world):
    # bob starts at m20, but may go no farther than 10 km from m0; gus is excluded; hal lacks the skill
    owners = [
        line.technician("ann", skills={"gas": 1}),
        line.technician("bob", skills={"gas": 1}, max_distance_m=10_000),
        line.technician("gus", skills={"gas": 1}),
        line.technician("hal"),
    ]
    shifts = [line.shift(owner.id, begin=0 if owner.id == "ann" else 20) for owner in owners]
    x = line.ticket("x", 20, tier="quick", skills={"gas": 1}, excluded=frozenset({"gus"}))
    problem = line.problem([x], owners, shifts, **world(490))
    expected = {"latest_start_s": 490 * MIN_S, "earliest_start_s": 500 * MIN_S, "technician": "ann"}
    assert _only(late(problem, ("ann1", "x"))) == ("nobody_in_time", expected)


def test_technician_too_far(line, late, world):
    # bob starts at m15 and could be there at 485; ann comes at 500
    problem = line.problem(
        [line.ticket("x", 20, tier="quick")],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann"), line.shift("bob", begin=15)],
        **world(490),
    )
    expected = {"other": "bob", "other_start_s": 485 * MIN_S, "latest_start_s": 490 * MIN_S}
    assert _only(late(problem, ("ann1", "x"))) == ("technician_too_far", expected)
    assert late(problem, ("bob1", "x")) == ()


def test_earlier_visits(line, late, world):
    # a at m10 490..520, b at m10 520..540, x at 550 in place of 510
    problem = line.solo(
        [line.ticket("a", 10), line.ticket("b", 10, 20), line.ticket("x", 20, tier="quick")], world=world(510)
    )
    expected = {"visits": 2, "last": "b", "rest_s": 0, "service_s": 50 * MIN_S}
    assert _only(late(problem, ("ann1", "a", "b", "x"))) == ("earlier_visits", expected)


def test_earlier_visits_and_a_break(line, late, world):
    problem = line.solo(
        [line.ticket("a", 10), line.ticket("x", 20, tier="quick")], breaks=[(510, 530, 15)], world=world(510)
    )
    expected = {"visits": 1, "last": "a", "rest_s": 15 * MIN_S, "service_s": 30 * MIN_S}
    assert _only(late(problem, ("ann1", "a", "#0", "x"))) == ("earlier_visits", expected)


def test_break_before(line, late, world):
    # 480..490 driving, break 490..505, at x by 515
    problem = line.solo([line.ticket("x", 20, tier="quick")], breaks=[(490, 495, 15)], world=world(510))
    assert _only(late(problem, ("ann1", "#0", "x"))) == ("break_before", {"rest_s": 15 * MIN_S})


def test_tied(line, late, world):
    # x waits for a, 500..530 of bob
    problem = line.problem(
        [line.ticket("a", 20), line.ticket("x", 20, tier="quick", after=(After(ticket_id="a"),))],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann"), line.shift("bob")],
        **world(510),
    )
    assert _only(late(problem, ("ann1", "x"), ("bob1", "a"))) == ("tied", {"start_s": 530 * MIN_S})


def test_a_crew_is_late_once(line, late, world):
    # both come at 500, due at 490: one reason, not two
    problem = line.problem(
        [line.ticket("x", 20, tier="quick", crew=({},))],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann"), line.shift("bob")],
        **world(490),
    )
    assert [entry.ticket_id for entry in late(problem, ("ann1", "x"), ("bob1", "x/1"))] == ["x"]


def test_one_reason_for_each_target(line, late):
    # enterprise, opened at 0: respond by 360, solve by 720; a at m20 500..700, x 700..730
    problem = line.solo([line.ticket("a", 20, 200), line.ticket("x", 20, tier="enterprise")])
    found = late(problem, ("ann1", "a", "x"))
    assert [(entry.target, entry.late_s // MIN_S, entry.reason.code) for entry in found] == [
        ("respond", 340, "nobody_in_time"), ("solve", 10, "earlier_visits"),
    ]  # fmt: skip
