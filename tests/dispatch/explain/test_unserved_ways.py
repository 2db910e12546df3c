"""Unserved because it is too far: limits of technicians and centres, places without a way, single legs.

The ticket ``x`` of most cases lies at m20 and lasts 30 min; ann works 480..1020 from and to m0.
"""

from __future__ import annotations

from dispatch.technicians import ServiceCentre
from tests.dispatch.explain.unserved import KM_M, changes, facts_of
from tests.dispatch.line import MIN_S


def test_base_distance(line, explain):
    entry = explain(line.solo([line.ticket("x", 20)], ann={"max_distance_m": 15 * KM_M}))
    assert facts_of(entry, "base_distance") == {"distance_m": 20 * KM_M, "limit_m": 15 * KM_M}
    assert changes(entry) == [("raise_max_distance_m", {"limit": 15 * KM_M, "need": 20 * KM_M})]


def test_base_drive(line, explain):
    entry = explain(line.solo([line.ticket("x", 20)], ann={"max_drive_s": 15 * MIN_S}))
    assert facts_of(entry, "base_drive") == {"travel_s": 20 * MIN_S, "limit_s": 15 * MIN_S}
    assert changes(entry) == [("raise_max_drive_s", {"limit": 15 * MIN_S, "need": 20 * MIN_S})]


def test_coverage_distance(line, explain):
    hub = ServiceCentre(id="hub", place=line.at(5), coverage_m=10 * KM_M)
    entry = explain(line.solo([line.ticket("x", 20)], ann={"centre_id": "hub"}, world={"centres": (hub,)}))
    assert facts_of(entry, "coverage_distance") == {"centre": "hub", "distance_m": 15 * KM_M, "limit_m": 10 * KM_M}
    assert changes(entry) == [("raise_coverage_m", {"centre": "hub", "limit": 10 * KM_M, "need": 15 * KM_M})]


def test_coverage_drive(line, explain):
    hub = ServiceCentre(id="hub", place=line.at(5), coverage_s=10 * MIN_S)
    entry = explain(line.solo([line.ticket("x", 20)], ann={"centre_id": "hub"}, world={"centres": (hub,)}))
    assert facts_of(entry, "coverage_drive") == {"centre": "hub", "travel_s": 15 * MIN_S, "limit_s": 10 * MIN_S}
    assert changes(entry) == [("raise_coverage_s", {"centre": "hub", "limit": 10 * MIN_S, "need": 15 * MIN_S})]


def test_unreachable(line, explain):
    problem = line.solo([line.ticket("x", 20)])
    entry = explain(problem, no_way=[("m0", "m20")])
    assert facts_of(entry, "unreachable") == {"from": "m0"}
    assert changes(entry) == []
    assert facts_of(explain(problem, no_way=[("m20", "m0")]), "unreachable") == {"from": "x"}


def test_leg_drive(line, explain):
    entry = explain(line.solo([line.ticket("x", 20)], ann={"max_leg_s": 15 * MIN_S}))
    assert facts_of(entry, "leg_drive") == {"travel_s": 20 * MIN_S, "limit_s": 15 * MIN_S}
    assert changes(entry) == [("raise_max_leg_s", {"limit": 15 * MIN_S, "need": 20 * MIN_S})]


def test_leg_distance(line, explain):
    entry = explain(line.solo([line.ticket("x", 20)], ann={"max_leg_m": 15 * KM_M}))
    assert facts_of(entry, "leg_distance") == {"distance_m": 20 * KM_M, "limit_m": 15 * KM_M}
    assert changes(entry) == [("raise_max_leg_m", {"limit": 15 * KM_M, "need": 20 * KM_M})]


def test_a_leg_from_a_visit_is_shorter_than_one_from_home(line, explain):
    # from home x is 40 min away, from a 28: the limit of 15 need not rise to more than 28
    problem = line.solo([line.ticket("a", 12), line.ticket("x", 40)], ann={"max_leg_s": 15 * MIN_S})
    entry = explain(problem, ("ann1", "a"))
    assert facts_of(entry, "leg_drive") == {"travel_s": 28 * MIN_S, "limit_s": 15 * MIN_S}
    assert changes(entry) == [("raise_max_leg_s", {"limit": 15 * MIN_S, "need": 28 * MIN_S})]


def test_two_leg_limits_need_two_changes(line, explain):
    # neither limit alone lets x in, so nothing is promised
    entry = explain(line.solo([line.ticket("x", 20)], ann={"max_leg_s": 15 * MIN_S, "max_leg_m": 15 * KM_M}))
    assert facts_of(entry, "breaks_or_legs") == {}
    assert changes(entry) == []
