"""What is cheaper is done: too dear tickets, overtime, wishes, fair shares."""

from __future__ import annotations

from typing import Any

from dispatch.ports import Feature
from dispatch.weights import Weights
from tests.solver.contract.case import Case, case


@case()
def too_dear_to_serve(road: Any) -> Case:
    # 200 km and 400 min cost far more than the 10 cents that it is worth.
    tickets = [road.ticket("t", 200, unserved_cents=10), road.ticket("u", 5)]
    problem = road.problem(tickets, [road.technician("a")])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case(Feature.OVERTIME)
def overtime_is_dear(road: Any) -> Case:
    # Together 16 min of overtime at 1 cent a second; a second technician costs 20 min of driving at 70 cents a minute.
    weights = Weights(overtime_cents_per_h=360_000, imbalance_cents_per_h=0)
    shifts = [road.shift("a", 480, 800, regular=552), road.shift("b", 480, 800, regular=552)]
    tickets = [road.ticket("t", 10), road.ticket("u", 10, 38)]
    problem = road.problem(tickets, [road.technician("a"), road.technician("b")], shifts, weights=weights)
    return problem, lambda routes: len(set(road.who(routes).values())) == 2, None


@case(Feature.TECHNICIAN_SETS)
def preferred_technician(road: Any) -> Case:
    # 4 min more driving cost less than 500 cents.
    shifts = [road.shift("near", start=10, end=10), road.shift("wished", start=12, end=12)]
    problem = road.problem(
        [road.ticket("t", 10, preferred=frozenset({"wished"}))],
        [road.technician("near"), road.technician("wished")],
        shifts,
    )
    return problem, lambda routes: road.who(routes) == {"t": ("wished",)}, None


@case(Feature.SKILLS)
def overqualified_technician(road: Any) -> Case:
    weights = Weights(overqualified_cents=500)
    shifts = [road.shift("master", start=10, end=10), road.shift("enough", start=12, end=12)]
    problem = road.problem(
        [road.ticket("t", 10, skills={"gas": 1})],
        [road.technician("master", skills={"gas": 5}), road.technician("enough", skills={"gas": 1})],
        shifts,
        weights=weights,
    )
    return problem, lambda routes: road.who(routes) == {"t": ("enough",)}, None


@case()
def workload_is_shared(road: Any) -> Case:
    # One technician could do both without a second drive; the fair share of 30 min makes two cheaper.
    weights = Weights(imbalance_cents_per_h=100_000)
    shifts = [road.shift("a", start=0, end=0), road.shift("b", start=0, end=0)]
    problem = road.problem(
        [road.ticket("t", 1), road.ticket("u", 1)],
        [road.technician("a"), road.technician("b")],
        shifts,
        weights=weights,
    )
    return problem, lambda routes: len(routes) == 2, None
