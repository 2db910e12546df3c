"""What the OR-Tools engine promises on top of the contract."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.errors import InputError
from dispatch.plan import RouteSteps, VisitStep
from dispatch.ports import Feature, Progress
from dispatch.problem import Assignment
from dispatch.schedule import schedule_plan
from dispatch.technicians import ServiceCentre
from dispatch.tiers import Point, Target, Tier
from dispatch.weights import Weights
from solver.ortools_routing import OrToolsEngine
from solver.ortools_routing.costs import lateness_units_per_s
from solver.ortools_routing.matrices import arc_units, leg_matrices, service_s, transit_s, visit_units
from solver.ortools_routing.nodes import lay_out
from solver.ortools_routing.search import Budget


def test_it_keeps_every_feature() -> None:
    assert OrToolsEngine().features == set(Feature)


def test_change_costs(road: Any) -> None:
    # Two minutes more of driving each way cost less than the 1,500 cents of another technician than before.
    shifts = [road.shift("near", start=10, end=10), road.shift("old", start=12, end=12)]
    problem = road.problem(
        [road.ticket("t", 10)],
        [road.technician("near"), road.technician("old")],
        shifts,
        baseline=(Assignment(ticket_id="t", role=0, technician_id="old", start_s=482 * 60),),
    )
    assert road.who(road.plan(OrToolsEngine(), road.request(problem))[1]) == {"t": ("old",)}


def test_arcs_cost_driving_and_the_visit(road: Any) -> None:
    # 10 min and 10 km at 1,200 cents an hour and 30 cents a kilometre: 200 + 300 cents, and 500 for not being wished.
    problem = road.problem(
        [road.ticket("t", 10, preferred=frozenset({"b"}))], [road.technician("a"), road.technician("b")]
    )
    layout = lay_out(problem, road.travel(problem), seed=0)
    start, visit = layout.starts[0], 0
    legs = leg_matrices(layout, "car")
    a, b = (arc_units(layout, legs, visit_units(layout, one)) for one in layout.technicians)
    assert (int(a[start, visit]), int(b[start, visit])) == (1000 * 18_000, 500 * 18_000)
    assert int(a[visit, layout.ends[0]]) == 500 * 18_000


def test_transit_is_service_and_drive(road: Any) -> None:
    problem = road.problem(
        [road.ticket("t", 10, 30), road.ticket("u", 25, 40)],
        [road.technician("a", duration_percent={"*": 50}, max_leg_s=800)],
    )
    layout = lay_out(problem, road.travel(problem), seed=0)
    number = {node.ticket.id: k for k, node in enumerate(layout.visits)}
    one = layout.technicians[0]
    transit = transit_s(layout, one, leg_matrices(layout, "car"), service_s(layout, one))
    assert transit[number["t"], layout.ends[0]] == (15 + 10) * 60
    assert transit[number["t"], number["u"]] > problem.end_s  # 900 s are longer than a leg may be
    assert transit[number["u"], layout.ends[0]] == (20 + 25) * 60


def test_a_breach_is_spread_over_its_first_hour(road: Any) -> None:
    # 25,000 cents over 3,600 s and 100 cents a minute, twice for weight 2, in 1/18,000 cent.
    gold = Tier(name="gold", level=1, weight=2, targets=(Target(name="solve", within_s=60, point=Point.FINISH),))
    problem = road.problem([road.ticket("t", 10, tier="gold")], [road.technician("a")], tiers=(gold,))
    assert lateness_units_per_s(problem, problem.tickets[0]) == 2 * (25_000 * 5 + 100 * 300)


def test_huge_prices_are_refused(road: Any) -> None:
    weights = Weights(unserved_cents=10**9)
    tier = Tier(name="plain", level=0, weight=10**6)
    problem = road.problem(
        [road.ticket("t", 10, windows=(road.window(480, 500),))], [road.technician("a")], weights=weights, tiers=(tier,)
    )
    with pytest.raises(InputError) as caught:
        OrToolsEngine().solve(road.request(problem))
    assert caught.value.code == "cost.overflow"


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((VisitStep(ticket_id="gone"), VisitStep(ticket_id="u")), "warm_start_unknown"),
        ((VisitStep(ticket_id="t"), VisitStep(ticket_id="u")), "warm_start_infeasible"),
    ],
)
def test_what_is_wrong_with_a_warm_start_is_said(steps: tuple[VisitStep, ...], code: str, road: Any) -> None:
    problem = road.problem(
        [road.ticket("t", 10, windows=(road.window(0, 485),)), road.ticket("u", 20)], [road.technician("a")]
    )
    start = RouteSteps(shift_id="a-day", steps=steps)
    answer, routes = road.plan(OrToolsEngine(), road.request(problem, warm_start=[start]))
    assert code in {warning.code for warning in answer.warnings}
    assert road.who(routes) == {"u": ("a",)}


def test_a_good_warm_start_raises_no_warning(road: Any) -> None:
    centre = ServiceCentre(id="c", place=road.at(20))
    problem = road.problem(
        [road.ticket("t", 30, parts={"fuse": 1}), road.ticket("u", 5)],
        [road.technician("a")],
        [road.shift("a", breaks=[road.rest(540, 700, 30)])],
        centres=(centre,),
    )
    first, _ = road.plan(OrToolsEngine(), road.request(problem))
    again, routes = road.plan(OrToolsEngine(), road.request(problem, warm_start=first.routes))
    assert again.warnings == ()
    assert road.cost_cents(problem, routes) <= road.cost_cents(
        problem, schedule_plan(problem, road.travel(problem), first.routes)
    )


def test_an_error_in_the_callback_comes_through(road: Any) -> None:
    def fail(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        OrToolsEngine().solve(
            road.request(road.problem([road.ticket("t", 10)], [road.technician("a")]), on_progress=fail)
        )


def test_iterations_are_thousands_of_steps(road: Any) -> None:
    problem = road.problem([road.ticket(f"t{k}", k) for k in range(5)], [road.technician("a")])
    assert OrToolsEngine().solve(road.request(problem, iterations=4)).iterations in (4, 5)
    assert Budget(road.request(problem)).iterations == 0
