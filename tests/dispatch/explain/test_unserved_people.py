"""Unserved because of who is there: skills, parts, tools, lists of technicians, pins, crews; what it costs.

The ticket ``x`` of most cases lies at m20 and lasts 30 min; ann works 480..1020 from and to m0.
"""

from __future__ import annotations

from dispatch.technicians import ServiceCentre
from dispatch.tickets import Pin
from tests.dispatch.explain.unserved import changes, facts_of
from tests.dispatch.line import MIN_S


def test_skill_level(line, explain):
    problem = line.solo([line.ticket("x", 20, skills={"gas": 4})], ann={"skills": {"gas": 2}})
    entry = explain(problem)
    facts = {"skill": "gas", "have": 2, "need": 4}
    assert facts_of(entry, "skill_level") == facts
    assert changes(entry) == [("add_skill", facts)]
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
    assert facts_of(entry, "part_short") == {"part": "fuse", "have": 1, "need": 3}
    assert changes(entry) == [("add_part", {"part": "fuse", "quantity": 2})]


def test_part_short_beside_visits_that_use_it(line, explain):
    # two fuses in the van, one for a; x needs three: two more
    problem = line.solo(
        [line.ticket("a", 20, parts={"fuse": 1}), line.ticket("x", 20, parts={"fuse": 3})], ann={"stock": {"fuse": 2}}
    )
    entry = explain(problem, ("ann1", "a"))
    assert facts_of(entry, "part_short") == {"part": "fuse", "have": 2, "need": 3}
    assert changes(entry) == [("add_part", {"part": "fuse", "quantity": 2})]


def test_part_used_up_by_other_visits(line, explain):
    # one fuse in the van, a takes it: one more fuse is the smallest change
    problem = line.solo(
        [line.ticket("a", 20, parts={"fuse": 1}), line.ticket("x", 20, parts={"fuse": 1})], ann={"stock": {"fuse": 1}}
    )
    entry = explain(problem, ("ann1", "a"))
    assert facts_of(entry, "part_used_up") == {"part": "fuse", "short": 1}
    assert changes(entry) == [("add_part", {"part": "fuse", "quantity": 1})]


def test_part_used_up_counts_what_is_missing_in_all(line, explain):
    # four fuses in the van, three for a, three for x
    problem = line.solo(
        [line.ticket("a", 20, parts={"fuse": 3}), line.ticket("x", 20, parts={"fuse": 3})], ann={"stock": {"fuse": 4}}
    )
    entry = explain(problem, ("ann1", "a"))
    assert facts_of(entry, "part_used_up") == {"part": "fuse", "short": 2}
    assert changes(entry) == [("add_part", {"part": "fuse", "quantity": 2})]


def test_part_that_a_centre_holds_is_no_obstacle(line, explain):
    hub = ServiceCentre(id="hub", place=line.at(0), parts=frozenset({"fuse"}))
    problem = line.solo([line.ticket("x", 20, parts={"fuse": 3})], world={"centres": (hub,)})
    assert explain(problem).reason.code == "stopped_early"  # it fits and pays, nobody placed it
    other = ServiceCentre(id="hub", place=line.at(0), parts=frozenset({"valve"}))
    assert explain(problem.replace(centres=(other,))).reason.code == "part_short"


def test_tool_missing(line, explain):
    problem = line.solo([line.ticket("x", 20, tools=frozenset({"drill", "saw"}))], ann={"tools": frozenset({"saw"})})
    entry = explain(problem)
    assert facts_of(entry, "tool_missing") == {"tool": "drill"}
    assert changes(entry) == [("add_tool", {"tool": "drill"})]


def test_technician_excluded(line, explain):
    entry = explain(line.solo([line.ticket("x", 20, excluded=frozenset({"ann"}))]))
    assert facts_of(entry, "technician_excluded") == {}
    assert changes(entry) == [("allow_technician", {})]


def test_technician_not_required(line, explain):
    problem = line.problem(
        [line.ticket("x", 20, required=frozenset({"bob"}))],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann")],
    )
    entry = explain(problem)
    assert facts_of(entry, "technician_not_required") == {}
    assert changes(entry) == [("allow_technician", {})]


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
    assert changes(explain(problem)) == [("extend_shift_end", {"extra_s": 10 * MIN_S, "end_s": 550 * MIN_S})]


def test_crew(line, explain):
    entry = explain(line.solo([line.ticket("x", 20, crew=({}, {}))]))
    assert facts_of(entry, "crew") == {"size": 3}
    assert changes(entry) == []
