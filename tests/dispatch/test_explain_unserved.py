"""Why a ticket is unserved: each obstacle with its numbers, and each remedy made and planned. Minutes on the line.

The ticket ``x`` of most cases lies at m20 and lasts 30 min; ann works 480..1020 from and to m0.
"""

from __future__ import annotations

import pytest

from dispatch.explain import explain_unserved
from dispatch.explain.obstacles import TESTS
from dispatch.explain.remedies import CHANGES
from dispatch.ports import Limits
from dispatch.schedule import schedule_plan
from dispatch.service import plan_day
from dispatch.technicians import ServiceCentre
from dispatch.tickets import After, Pin
from solver.greedy import GreedyEngine

MIN_S = 60
KM_M = 1000
DEAR = 10**6  # nobody leaves this one out


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


def _facts(entry, code):
    """Facts of the summary, which has `code` and stands for all shifts."""
    assert entry.reason.code == code
    facts = dict(entry.reason.facts)
    assert (facts.pop("shifts"), facts.pop("of")) == (1, 1)
    assert [obstacle.reason.code for obstacle in entry.obstacles] == [code]
    assert dict(entry.obstacles[0].reason.facts) == facts
    return facts


def _changes(entry):
    return [(remedy.change.code, dict(remedy.change.facts)) for remedy in entry.remedies]


def test_skill_level(line, explain):
    problem = line.solo([line.ticket("x", 20, skills={"gas": 4})], ann={"skills": {"gas": 2}})
    entry = explain(problem)
    facts = {"skill": "gas", "have": 2, "need": 4}
    assert _facts(entry, "skill_level") == facts
    assert _changes(entry) == [("add_skill", facts)]
    (remedy,) = entry.remedies
    assert (remedy.technician_id, remedy.shift_id) == ("ann", "ann1")
    # 70 min of work at 50 a minute, 40 min of driving at 20, 40 km at 30; 40 min above the fair share of 30 at 200 / 60
    assert remedy.cost_cents == 3500 + 800 + 1200 + 133


def test_the_nearest_technician_is_offered(line, explain):
    # bob lacks two levels, ann four
    problem = line.problem(
        [line.ticket("x", 20, skills={"gas": 5})],
        [line.technician("ann", skills={"gas": 1}), line.technician("bob", skills={"gas": 3})],
        [line.shift("ann"), line.shift("bob")],
    )
    entry = explain(problem)
    assert entry.reason.facts == {"shifts": 2, "of": 2, "skill": "gas", "have": 3, "need": 5}
    assert [(obstacle.shift_id, obstacle.reason.facts["have"]) for obstacle in entry.obstacles] == [
        ("ann1", 1), ("bob1", 3),
    ]  # fmt: skip
    assert [(remedy.technician_id, remedy.change.facts["have"]) for remedy in entry.remedies] == [("bob", 3)]


def test_part_short(line, explain):
    problem = line.solo([line.ticket("x", 20, parts={"fuse": 3, "valve": 1})], ann={"stock": {"fuse": 1, "valve": 1}})
    entry = explain(problem)
    assert _facts(entry, "part_short") == {"part": "fuse", "have": 1, "need": 3}
    assert _changes(entry) == [("add_part", {"part": "fuse", "quantity": 2})]


def test_part_short_beside_visits_that_use_it(line, explain):
    # two fuses in the van, one for a; x needs three: two more
    problem = line.solo(
        [line.ticket("a", 20, parts={"fuse": 1}), line.ticket("x", 20, parts={"fuse": 3})], ann={"stock": {"fuse": 2}}
    )
    entry = explain(problem, ("ann1", "a"))
    assert _facts(entry, "part_short") == {"part": "fuse", "have": 2, "need": 3}
    assert _changes(entry) == [("add_part", {"part": "fuse", "quantity": 2})]


def test_part_used_up_by_other_visits(line, explain):
    # one fuse in the van, a takes it: one more fuse is the smallest change
    problem = line.solo(
        [line.ticket("a", 20, parts={"fuse": 1}), line.ticket("x", 20, parts={"fuse": 1})], ann={"stock": {"fuse": 1}}
    )
    entry = explain(problem, ("ann1", "a"))
    assert _facts(entry, "part_used_up") == {"part": "fuse", "short": 1}
    assert _changes(entry) == [("add_part", {"part": "fuse", "quantity": 1})]


def test_part_used_up_counts_what_is_missing_in_all(line, explain):
    # four fuses in the van, three for a, three for x
    problem = line.solo(
        [line.ticket("a", 20, parts={"fuse": 3}), line.ticket("x", 20, parts={"fuse": 3})], ann={"stock": {"fuse": 4}}
    )
    entry = explain(problem, ("ann1", "a"))
    assert _facts(entry, "part_used_up") == {"part": "fuse", "short": 2}
    assert _changes(entry) == [("add_part", {"part": "fuse", "quantity": 2})]


def test_part_that_a_centre_holds_is_no_obstacle(line, explain):
    hub = ServiceCentre(id="hub", place=line.at(0), parts=frozenset({"fuse"}))
    problem = line.solo([line.ticket("x", 20, parts={"fuse": 3})], world={"centres": (hub,)})
    assert explain(problem).reason.code == "stopped_early"  # it fits and pays, nobody placed it
    other = ServiceCentre(id="hub", place=line.at(0), parts=frozenset({"valve"}))
    assert explain(problem.replace(centres=(other,))).reason.code == "part_short"


def test_tool_missing(line, explain):
    problem = line.solo([line.ticket("x", 20, tools=frozenset({"drill", "saw"}))], ann={"tools": frozenset({"saw"})})
    entry = explain(problem)
    assert _facts(entry, "tool_missing") == {"tool": "drill"}
    assert _changes(entry) == [("add_tool", {"tool": "drill"})]


def test_technician_excluded(line, explain):
    entry = explain(line.solo([line.ticket("x", 20, excluded=frozenset({"ann"}))]))
    assert _facts(entry, "technician_excluded") == {}
    assert _changes(entry) == [("allow_technician", {})]


def test_technician_not_required(line, explain):
    problem = line.problem(
        [line.ticket("x", 20, required=frozenset({"bob"}))],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann")],
    )
    entry = explain(problem)
    assert _facts(entry, "technician_not_required") == {}
    assert _changes(entry) == [("allow_technician", {})]


def test_pinned_to(line, explain):
    # x is kept for bob, whose shift of 60 min is too short for 20 + 30 + 20; ann has time
    problem = line.problem(
        [line.ticket("x", 20, pin=Pin(technician_ids=("bob",)))],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann"), line.shift("bob", 480, 540)],
    )
    entry = explain(problem)
    assert [(one.technician_id, one.reason.code, dict(one.reason.facts)) for one in entry.obstacles] == [
        ("ann", "pinned_to", {"technician": "bob"}),
        ("bob", "longer_than_shift", {"need_s": 70 * MIN_S, "shift_s": 60 * MIN_S}),
    ]
    assert entry.reason.code == "longer_than_shift"  # ann does not come nearer
    assert entry.reason.facts == {"shifts": 1, "of": 2, "need_s": 70 * MIN_S, "shift_s": 60 * MIN_S}
    assert [(remedy.technician_id, remedy.change.code) for remedy in entry.remedies] == [
        ("bob", "extend_shift_end"), ("ann", "move_pin"),
    ]  # fmt: skip


def test_a_pin_moves_only_to_those_who_may_serve(line, explain):
    # bob's shift is too short; ann lacks the skill, cat is excluded: no pin can move to them
    problem = line.problem(
        [line.ticket("x", 20, skills={"gas": 1}, excluded=frozenset({"cat"}), pin=Pin(technician_ids=("bob",)))],
        [
            line.technician("ann"),
            line.technician("bob", skills={"gas": 1}),
            line.technician("cat", skills={"gas": 1}),
        ],
        [line.shift("ann"), line.shift("bob", 480, 540), line.shift("cat")],
    )
    assert _changes(explain(problem)) == [("extend_shift_end", {"extra_s": 10 * MIN_S, "end_s": 550 * MIN_S})]


def test_base_distance(line, explain):
    entry = explain(line.solo([line.ticket("x", 20)], ann={"max_distance_m": 15 * KM_M}))
    assert _facts(entry, "base_distance") == {"distance_m": 20 * KM_M, "limit_m": 15 * KM_M}
    assert _changes(entry) == [("raise_max_distance_m", {"limit": 15 * KM_M, "need": 20 * KM_M})]


def test_base_drive(line, explain):
    entry = explain(line.solo([line.ticket("x", 20)], ann={"max_drive_s": 15 * MIN_S}))
    assert _facts(entry, "base_drive") == {"travel_s": 20 * MIN_S, "limit_s": 15 * MIN_S}
    assert _changes(entry) == [("raise_max_drive_s", {"limit": 15 * MIN_S, "need": 20 * MIN_S})]


def test_coverage_distance(line, explain):
    hub = ServiceCentre(id="hub", place=line.at(5), coverage_m=10 * KM_M)
    entry = explain(line.solo([line.ticket("x", 20)], ann={"centre_id": "hub"}, world={"centres": (hub,)}))
    assert _facts(entry, "coverage_distance") == {"centre": "hub", "distance_m": 15 * KM_M, "limit_m": 10 * KM_M}
    assert _changes(entry) == [("raise_coverage_m", {"centre": "hub", "limit": 10 * KM_M, "need": 15 * KM_M})]


def test_coverage_drive(line, explain):
    hub = ServiceCentre(id="hub", place=line.at(5), coverage_s=10 * MIN_S)
    entry = explain(line.solo([line.ticket("x", 20)], ann={"centre_id": "hub"}, world={"centres": (hub,)}))
    assert _facts(entry, "coverage_drive") == {"centre": "hub", "travel_s": 15 * MIN_S, "limit_s": 10 * MIN_S}
    assert _changes(entry) == [("raise_coverage_s", {"centre": "hub", "limit": 10 * MIN_S, "need": 15 * MIN_S})]


def test_unreachable(line, explain):
    problem = line.solo([line.ticket("x", 20)])
    entry = explain(problem, no_way=[("m0", "m20")])
    assert _facts(entry, "unreachable") == {"from": "m0"}
    assert _changes(entry) == []
    assert _facts(explain(problem, no_way=[("m20", "m0")]), "unreachable") == {"from": "x"}


def test_longer_than_shift(line, explain):
    # 20 + 30 + 20 = 70 min, 60 of shift: ten more
    entry = explain(line.solo([line.ticket("x", 20)], last=540))
    assert _facts(entry, "longer_than_shift") == {"need_s": 70 * MIN_S, "shift_s": 60 * MIN_S}
    assert _changes(entry) == [("extend_shift_end", {"extra_s": 10 * MIN_S, "end_s": 550 * MIN_S})]


def test_window_before_the_shift(line, explain):
    # x can start from 480 + 20 to 1020 - 20 - 30; its window ends 80 min before that, at 420
    entry = explain(line.solo([line.ticket("x", 20, windows=[(390, 420)])]))
    assert _facts(entry, "window_outside_shift") == {
        "possible_from_s": 500 * MIN_S, "possible_to_s": 970 * MIN_S,
    }  # fmt: skip
    assert sorted(_changes(entry)) == [
        ("extend_shift_start", {"extra_s": 80 * MIN_S, "start_s": 400 * MIN_S}),
        ("window_until", {"extra_s": 80 * MIN_S, "until_s": 500 * MIN_S}),
    ]


def test_window_after_the_shift(line, explain):
    # from 1000 on: 1000 + 30 + 20 = 1050, half an hour more; or a start at 970
    entry = explain(line.solo([line.ticket("x", 20, windows=[(1000, 1010)])]))
    assert _facts(entry, "window_outside_shift") == {
        "possible_from_s": 500 * MIN_S, "possible_to_s": 970 * MIN_S,
    }  # fmt: skip
    assert sorted(_changes(entry)) == [
        ("extend_shift_end", {"extra_s": 30 * MIN_S, "end_s": 1050 * MIN_S}),
        ("window_from", {"extra_s": 30 * MIN_S, "from_s": 970 * MIN_S}),
    ]


def test_the_next_shift_bounds_the_extension(line, explain):
    # ann's next shift starts at 1030, so her first can't last until 1050
    problem = line.solo([line.ticket("x", 20, windows=[(1000, 1010)])])
    problem = problem.replace(shifts=(*problem.shifts, line.shift("ann", 1030, 1040, name="ann2")))
    entry = explain(problem)
    assert "extend_shift_end" not in [code for code, facts in _changes(entry) if facts.get("end_s", 0) > 1030 * MIN_S]


def test_window_taken(line, explain):
    # no way leads from x to a, so x can't come first; behind a, 480..540, its window, 490..500, has passed
    tickets = [line.ticket("a", 0, 60, windows=[(480, 480)]), line.ticket("x", 1, windows=[(490, 500)])]
    problem = line.solo(tickets, begin=None, end=None)
    entry = explain(problem, ("ann1", "a"), no_way=[("m1", "m0")])
    assert _facts(entry, "window_taken") == {}
    # a minute on the way: start at 541
    assert _changes(entry) == [("window_until", {"extra_s": 41 * MIN_S, "until_s": 541 * MIN_S})]


def test_shift_full(line, explain):
    # a fills 480..980 at m0, x takes 60 min there: 20 too many
    entry = explain(line.solo([line.ticket("a", 0, 500, unserved_cents=DEAR), line.ticket("x", 0, 60)]), ("ann1", "a"))
    assert _facts(entry, "shift_full") == {"short_s": 20 * MIN_S}
    assert _changes(entry) == [("extend_shift_end", {"extra_s": 20 * MIN_S, "end_s": 1040 * MIN_S})]


def test_shift_full_with_a_window(line, explain):
    # a must start at 480 and ends at 540; x starts by 500 at m0: 540 is 40 min late
    tickets = [line.ticket("a", 0, 60, windows=[(480, 480)]), line.ticket("x", 0, windows=[(490, 500)])]
    entry = explain(line.solo(tickets), ("ann1", "a"))
    assert entry.reason.code == "shift_full"
    assert ("window_until", {"extra_s": 40 * MIN_S, "until_s": 540 * MIN_S}) in _changes(entry)


def test_a_longer_shift_makes_room_for_the_break_too(line, explain):
    # a fills 480..900, x 900..960; the break must start by 930 and takes 30 min: home at 990, 30 more than the shift
    problem = line.solo(
        [line.ticket("a", 0, 420, unserved_cents=DEAR), line.ticket("x", 0, 60)], last=960, breaks=[(880, 930, 30)]
    )
    entry = explain(problem, ("ann1", "a"))
    assert _changes(entry) == [("extend_shift_end", {"extra_s": 30 * MIN_S, "end_s": 990 * MIN_S})]


def test_leg_drive(line, explain):
    entry = explain(line.solo([line.ticket("x", 20)], ann={"max_leg_s": 15 * MIN_S}))
    assert _facts(entry, "leg_drive") == {"travel_s": 20 * MIN_S, "limit_s": 15 * MIN_S}
    assert _changes(entry) == [("raise_max_leg_s", {"limit": 15 * MIN_S, "need": 20 * MIN_S})]


def test_leg_distance(line, explain):
    entry = explain(line.solo([line.ticket("x", 20)], ann={"max_leg_m": 15 * KM_M}))
    assert _facts(entry, "leg_distance") == {"distance_m": 20 * KM_M, "limit_m": 15 * KM_M}
    assert _changes(entry) == [("raise_max_leg_m", {"limit": 15 * KM_M, "need": 20 * KM_M})]


def test_a_leg_from_a_visit_is_shorter_than_one_from_home(line, explain):
    # from home x is 40 min away, from a 28: the limit of 15 need not rise to more than 28
    problem = line.solo([line.ticket("a", 12), line.ticket("x", 40)], ann={"max_leg_s": 15 * MIN_S})
    entry = explain(problem, ("ann1", "a"))
    assert _facts(entry, "leg_drive") == {"travel_s": 28 * MIN_S, "limit_s": 15 * MIN_S}
    assert _changes(entry) == [("raise_max_leg_s", {"limit": 15 * MIN_S, "need": 28 * MIN_S})]


def test_two_leg_limits_need_two_changes(line, explain):
    # neither limit alone lets x in, so nothing is promised
    entry = explain(line.solo([line.ticket("x", 20)], ann={"max_leg_s": 15 * MIN_S, "max_leg_m": 15 * KM_M}))
    assert _facts(entry, "breaks_or_legs") == {}
    assert _changes(entry) == []


def test_breaks_or_legs(line, explain):
    # x alone fits, 480..580; the break must start by 495 and takes 15 min: 490..505, x 505..605, the shift ends at 600
    problem = line.solo([line.ticket("x", 0, 100)], last=600, breaks=[(490, 495, 15)])
    entry = explain(problem)
    assert _facts(entry, "breaks_or_legs") == {}


def test_too_dear(line, explain):
    entry = explain(line.solo([line.ticket("x", 20, unserved_cents=100)]))
    # the same route as in test_skill_level
    assert entry.reason.code == "too_dear"
    assert entry.reason.facts == {"cost_cents": 5633, "unserved_cents": 100}
    assert [(one.reason.code, dict(one.reason.facts)) for one in entry.obstacles] == [
        ("left_out", {"cost_cents": 5633})
    ]
    assert entry.remedies == ()


def test_crew(line, explain):
    entry = explain(line.solo([line.ticket("x", 20, crew=({}, {}))]))
    assert _facts(entry, "crew") == {"size": 3}
    assert _changes(entry) == []


def test_after_unserved(line):
    tickets = [
        line.ticket("a", 20, skills={"gas": 1}),
        line.ticket("x", 20, after=(After(ticket_id="a"),)),
    ]
    problem = line.solo(tickets)
    first, second = explain_unserved(problem, line.travel(problem), ())
    assert first.reason.code == "skill_level"
    assert _facts(second, "after_unserved") == {"first": "a"}
    assert _changes(second) == []


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
