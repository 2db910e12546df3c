"""How every engine of the registry behaves when it is called: seed, limits, stop, progress, warm start, tiny inputs."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from dispatch.errors import UnsupportedError, UsageError
from dispatch.lazy_travel import LazyTravel
from dispatch.plan import RouteSteps, VisitStep
from dispatch.ports import Progress, RoutingEngine
from dispatch.schedule import schedule_plan
from dispatch.travel import Indices, Legs, TravelMatrix
from solver.registry import ENGINES
from solver.registry import engine as make_engine


def test_the_same_seed_gives_the_same_answer(engine: RoutingEngine, road: Any) -> None:
    tickets = [
        road.ticket(f"t{k}", 7 * k % 50, 20 + k, windows=(road.window(480 + 20 * k, 700 + 20 * k),)) for k in range(10)
    ]
    problem = road.problem(tickets, [road.technician("a"), road.technician("b")])
    first, second = (engine.solve(road.request(problem, iterations=30)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("tickets", [0, 1, 5])
def test_all_in_one_place(tickets: int, engine: RoutingEngine, road: Any) -> None:
    problem = road.problem(
        [road.ticket(f"t{k}", 0) for k in range(tickets)], [road.technician("a"), road.technician("b")]
    )
    _, routes = road.plan(engine, road.request(problem, iterations=10))
    assert len(road.who(routes)) == tickets


def test_nobody_works(engine: RoutingEngine, road: Any) -> None:
    tickets = [road.ticket("t", 10), road.ticket("u", 20)]
    for technicians in ([], [road.technician("a")]):
        assert road.plan(engine, road.request(road.problem(tickets, technicians, [])))[1] == ()


def test_one_of_two_technicians_has_no_shift(engine: RoutingEngine, road: Any) -> None:
    problem = road.problem([road.ticket("t", 10)], [road.technician("a"), road.technician("b")], [road.shift("b")])
    assert road.who(road.plan(engine, road.request(problem))[1]) == {"t": ("b",)}


@pytest.mark.parametrize("name", ["greedy", "ortools"])
def test_engines_that_need_all_legs_take_lazy_travel_up_to_a_size(
    name: str, road: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = road.problem([road.ticket(f"t{k}", 7 * k) for k in range(4)], [road.technician("a")])
    matrix = road.travel(problem)
    lazy = LazyTravel(
        matrix.places,
        {"car": lambda origins, targets: _pairs(matrix, origins, targets)},
        source=matrix.source,
        refuse=lambda profile: KeyError(profile),
    )
    answers = [
        make_engine(name).solve(road.request(problem, travel=travel, iterations=3)).routes for travel in (matrix, lazy)
    ]
    assert answers[0] == answers[1]
    monkeypatch.setattr("dispatch.travel.DENSE_PLACES", len(matrix.places) - 1)
    with pytest.raises(UnsupportedError) as caught:
        make_engine(name).solve(road.request(problem, travel=lazy, iterations=3))
    assert (caught.value.code, caught.value.exit_code) == ("engine.too_many_places", 3)
    assert name in caught.value.message


def _pairs(matrix: TravelMatrix, origins: Indices, targets: Indices) -> Legs:
    own = matrix.legs("car")
    return Legs(travel_s=own.travel_s[origins, targets], distance_m=own.distance_m[origins, targets])


def test_it_stops_on_request(engine: RoutingEngine, road: Any) -> None:
    problem = road.problem([road.ticket(f"t{k}", k) for k in range(12)], [road.technician("a"), road.technician("b")])
    asked: list[int] = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    answer, _ = road.plan(engine, road.request(problem, iterations=10**9, should_stop=should_stop))
    assert answer.iterations < 10**9
    assert len(asked) < 20


def test_it_reports_progress(engine: RoutingEngine, road: Any) -> None:
    seen: list[Progress] = []
    problem = road.problem([road.ticket(f"t{k}", k, 5) for k in range(30)], [road.technician("a")])
    answer, _ = road.plan(engine, road.request(problem, iterations=30, on_progress=seen.append))
    assert seen
    assert all(0 <= one.served <= 30 and one.iterations <= answer.iterations for one in seen)


@pytest.mark.parametrize("order", ["0123", "3210", "2031"])
def test_a_warm_start_is_never_made_worse(order: str, engine: RoutingEngine, road: Any) -> None:
    tickets = [road.ticket(f"t{k}", 10 * k + 10, windows=(road.window(480, 1000),)) for k in range(4)]
    problem = road.problem(tickets, [road.technician("a"), road.technician("b")])
    start = RouteSteps(shift_id="b-day", steps=tuple(VisitStep(ticket_id=f"t{k}") for k in order))
    before = road.cost_cents(problem, schedule_plan(problem, road.travel(problem), [start]))
    _, routes = road.plan(engine, road.request(problem, iterations=1, warm_start=[start]))
    assert road.cost_cents(problem, routes) <= before


def test_a_warm_start_that_breaks_a_rule_does_no_harm(engine: RoutingEngine, road: Any) -> None:
    problem = road.problem([road.ticket("t", 10, skills={"gas": 1}), road.ticket("u", 20)], [road.technician("a")])
    start = RouteSteps(shift_id="a-day", steps=(VisitStep(ticket_id="t"), VisitStep(ticket_id="u")))
    assert road.who(road.plan(engine, road.request(problem, warm_start=[start]))[1]) == {"u": ("a",)}


def test_an_unknown_engine_is_a_usage_error() -> None:
    with pytest.raises(UsageError) as caught:
        make_engine("oracle")
    assert caught.value.code == "engine.unknown"


def test_listing_the_engines_imports_none() -> None:
    code = "import sys, solver.registry as r; print(*r.ENGINES, 'ortools' in sys.modules, 'numpy' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert shown[-2] == "False"
    assert set(shown[:-2]) == set(ENGINES)
