"""Unserved because it does not pay, waits for another ticket, or nobody works; and whether all codes are known.

The ticket ``x`` of most cases lies at m20 and lasts 30 min; ann works 480..1020 from and to m0.
"""

from __future__ import annotations

from dispatch.explain import explain_unserved
from dispatch.explain.obstacles import TESTS
from dispatch.explain.remedies import CHANGES
from dispatch.tickets import After
from tests.dispatch.explain.unserved import changes, facts_of


def test_too_dear(line, explain):
    entry = explain(line.solo([line.ticket("x", 20, unserved_cents=100)]))
    # the same route as in test_skill_level
    assert entry.reason.code == "too_dear"
    assert entry.reason.facts == {"cost_cents": 5633, "unserved_cents": 100}
    assert [(one.reason.code, dict(one.reason.facts)) for one in entry.obstacles] == [
        ("left_out", {"cost_cents": 5633})
    ]
    assert entry.remedies == ()


def test_after_unserved(line):
    tickets = [
        line.ticket("a", 20, skills={"gas": 1}),
        line.ticket("x", 20, after=(After(ticket_id="a"),)),
    ]
    problem = line.solo(tickets)
    first, second = explain_unserved(problem, line.travel(problem), ())
    assert first.reason.code == "skill_level"
    assert facts_of(second, "after_unserved") == {"first": "a"}
    assert changes(second) == []


def test_no_shift(line, explain):
    entry = explain(line.problem([line.ticket("x", 20)], [line.technician("ann")], []))
    assert (entry.reason.code, dict(entry.reason.facts)) == ("no_shift", {})
    assert (entry.obstacles, entry.remedies) == ((), ())


def test_deferred(line, explain):
    # basic: 48 and 72 hours; enterprise: 6 and 12
    basic = explain(line.solo([line.ticket("x", 20, tier="basic", skills={"gas": 1})]))
    enterprise = explain(line.solo([line.ticket("x", 20, tier="enterprise", skills={"gas": 1})]))
    assert (basic.deferred, enterprise.deferred) == (True, False)


def test_every_kind_of_change_has_an_obstacle():
    names = {test.__name__ for test in TESTS}
    assert len(names) == len(TESTS)
    assert set(CHANGES) <= OBSTACLE_CODES


OBSTACLE_CODES = {
    "crew", "after_unserved", "pinned_to", "technician_excluded", "technician_not_required", "skill_level",
    "part_short", "tool_missing", "base_distance", "base_drive", "coverage_distance", "coverage_drive", "unreachable",
    "longer_than_shift", "window_outside_shift", "window_taken", "shift_full", "breaks_or_legs",
    "part_used_up", "leg_drive", "leg_distance",
}  # fmt: skip
