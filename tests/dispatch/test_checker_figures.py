"""Planted faults in what a plan says about itself: lateness, replay, cost, figures, reasons and origin."""

from __future__ import annotations

import dataclasses

MIN_S = 60


def test_lateness_differs(day):
    plan = day.with_stop("cat1", 2, late=())
    found = day.one(plan, "lateness_differs")
    assert (found.shift_id, found.ticket_id, found.facts["plan"]) == ("cat1", "t9", "{}")
    late = day.route("cat1").visits[2].late
    shorter = dataclasses.replace(late[0], late_s=late[0].late_s - 1)
    assert "lateness_differs" in day.codes(day.with_stop("cat1", 2, late=(shorter, late[1])))
    assert "lateness_differs" in day.codes(day.with_stop("cat1", 2, late=(*late, late[0])))


def test_schedule_differs(day):
    # to leave a minute earlier than needed breaks no constraint: only the replay, and the cost of waiting, show it
    plan = day.with_route("ann1", departure_s=529 * MIN_S)
    assert day.codes(plan) == {"schedule_differs", "cost_differs", "kpi_differs"}
    found = day.one(plan, "schedule_differs")
    assert found.facts == {"plan_departure_s": 529 * MIN_S, "real_departure_s": 530 * MIN_S}
    plan = day.with_route("ann1", return_s=731 * MIN_S)
    assert day.one(plan, "schedule_differs").facts == {"plan_return_s": 731 * MIN_S, "real_return_s": 730 * MIN_S}
    plan = day.with_stop("cat1", 1, start_s=761 * MIN_S, finish_s=791 * MIN_S)
    assert day.one(plan, "schedule_differs").facts == {
        "stop": 1, "plan_start_s": 761 * MIN_S, "real_start_s": 760 * MIN_S,
    }  # fmt: skip


def test_cost_differs(day):
    for name in day.plan.cost:
        plan = dataclasses.replace(day.plan, cost={**day.plan.cost, name: day.plan.cost[name] + 1})
        assert day.codes(plan) == {"cost_differs"}
        assert day.one(plan, "cost_differs").facts["name"] == name
    missing = {name: cents for name, cents in day.plan.cost.items() if name != "waiting"}
    assert day.codes(dataclasses.replace(day.plan, cost=missing)) == {"cost_differs"}
    made_up = dataclasses.replace(day.plan, cost={**day.plan.cost, "discount": -100})
    assert day.one(made_up, "cost_differs").facts == {"name": "discount", "plan": "-100", "real": "None"}


def test_kpi_differs(day):
    for name in day.plan.kpis:
        plan = dataclasses.replace(day.plan, kpis={**day.plan.kpis, name: day.plan.kpis[name] + 1})
        assert day.codes(plan) == {"kpi_differs"}
        assert day.one(plan, "kpi_differs").facts["name"] == name
    made_up = dataclasses.replace(day.plan, kpis={**day.plan.kpis, "smiles": 3})
    assert day.one(made_up, "kpi_differs").facts == {"name": "smiles", "plan": "3", "real": "None"}


def test_late_reason(day):
    plan = dataclasses.replace(day.plan, late=day.plan.late[:1])
    assert day.codes(plan) == {"late_reason"}
    found = day.one(plan, "late_reason")
    assert (found.ticket_id, found.facts) == ("t9", {"target": "solve"})
    invented = dataclasses.replace(day.plan.late[0], ticket_id="t1")
    assert day.codes(dataclasses.replace(day.plan, late=(*day.plan.late, invented))) == {"late_reason"}
    twice = dataclasses.replace(day.plan, late=(*day.plan.late, day.plan.late[0]))
    assert day.codes(twice) == {"late_reason"}


def test_deferred_differs(day):
    t8, t10 = day.plan.unserved
    plan = dataclasses.replace(day.plan, unserved=(dataclasses.replace(t8, deferred=False), t10))
    assert day.codes(plan) == {"deferred_differs"}
    assert day.one(plan, "deferred_differs").ticket_id == "t8"
    plan = dataclasses.replace(day.plan, unserved=(t8, dataclasses.replace(t10, deferred=True)))
    assert day.one(plan, "deferred_differs").ticket_id == "t10"


def test_problem_differs(day):
    other = dataclasses.replace(day.problem.ticket_by_id["t8"], opened_s=1)
    assert {v.code for v in day.check(day.plan, day.problem.with_ticket(other))} == {"problem_differs"}


def test_travel_source_differs(day):
    provenance = dataclasses.replace(day.plan.provenance, travel_source="somewhere else")
    plan = dataclasses.replace(day.plan, provenance=provenance)
    assert day.codes(plan) == {"travel_source_differs"}
    assert day.one(plan, "travel_source_differs").facts == {"plan": "somewhere else", "now": "line"}
