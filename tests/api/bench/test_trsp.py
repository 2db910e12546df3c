"""Reader and judge of technician instances."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api.bench import best_known
from api.bench.result import solve
from api.bench.sources import Source, expand
from api.bench.suites import SUITES
from api.bench.trsp import MAIN, TrspCase
from api.bench.trsp_text import published_routes, read_trsp
from dispatch.errors import InputError
from dispatch.feasibility import check_routes
from dispatch.objective import cost_terms
from dispatch.plan import RestockStep, RouteSteps, VisitStep
from dispatch.ports import Limits
from dispatch.schedule import schedule_plan
from solver.greedy import GreedyEngine

Tiny = Callable[[str], Path]


def read(path: Path) -> TrspCase:
    source = Source(path=path)
    return read_trsp(source, source.text())


def test_working_time_starts_at_the_latest_departure(tiny: Tiny) -> None:
    case = read(tiny("trsp"))

    alone = case.score([[1, 3]])
    both = case.score([[1, 4, 3]])

    assert (alone.cost, alone.travel_waiting, alone.unserved) == (25.0, 20.0, 1)  # 10 there, 5 work, 10 back
    assert (both.cost, both.unserved) == (26.0, 0)  # leaves at 39, serves 4 at 43 and 3 at 50, back at 65


def test_a_window_that_closes_early_costs_waiting(tiny: Tiny) -> None:
    path = tiny("trsp")
    path.write_text(path.read_text(encoding="utf-8").replace("0      100", "0      20 "), encoding="utf-8")

    score = read(path).score([[1, 4, 3]])

    assert (score.cost, score.travel_waiting) == (49.0, 43.0)  # leaves at 16: 20 of travel, 23 of waiting


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ([[1, 0, 4, 3]], []),
        ([[1, 3], [2, 0, 4]], []),
        ([[1, 4]], ["technician 1: request 4 needs tools [1]", "technician 1: request 4 lacks 1 of part 0"]),
        ([[2, 4]], ["technician 2: request 4 lacks 2 of part 0"]),
        ([[2, 3]], ["technician 2: request 3 needs skills [0]"]),
        ([[1, 0, 3, 0, 4]], ["technician 1: more than one visit to the main depot"]),
        ([[1, 3], [1, 0, 4]], ["technician 1 has two routes"]),
        ([[1, 3], [2, 3]], ["request 3 is served twice"]),
        ([[3, 4]], ["there is no technician 3"]),
        ([[1, 2]], ["there is no request 2"]),
    ],
)
def test_each_rule_is_checked(tiny: Tiny, routes: list[list[int]], words: list[str]) -> None:
    assert read(tiny("trsp")).violations(routes) == words


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [("50     60 ", "0      2  ", "node 3 starts at 30.0"), ("200    0      [0]", "64     0      [0]", "back at 65.0")],
)
def test_windows_and_the_end_of_the_day_are_hard(tiny: Tiny, old: str, new: str, word: str) -> None:
    path = tiny("trsp")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")

    broken = read(path).violations([[1, 0, 3]] if "node" in word else [[1, 3]])

    assert len(broken) == 1
    assert word in broken[0]


def test_an_engine_plans_it(tiny: Tiny) -> None:
    case = read(tiny("trsp"))

    result = solve("trsp", case, GreedyEngine(), best=None, limits=Limits(iterations=10), seed=1, workers=1)

    assert result.score.unserved == 0
    assert result.score == case.score(result.routes)
    assert sum(route.count(0) for route in result.routes) == 1


def test_a_second_depot_visit_is_of_no_use_and_left_out(tiny: Tiny) -> None:
    assert read(tiny("trsp")).tidied([[1, 0, 3, 0, 4], [2, 4]]) == [[1, 0, 3, 4], [2, 4]]


def test_rounding_keeps_the_plan_in_time(tiny: Tiny) -> None:
    case = read(tiny("trsp"))
    problem, travel = case.build()

    assert case.scale == 10_000
    assert travel.leg("car", problem.technicians[0].base, problem.tickets[0].place) == (0, 0)
    seconds, _ = travel.leg("car", problem.shifts[1].start_place, problem.tickets[0].place)
    assert seconds == 223_607  # √500 = 22.36067977…, rounded up


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("DEPOT TECHNICIANS", "TECHNICIANS", "expected a table"),
        ("2           1       2       1", "2           1", "one line with crew"),
        ("2           1       2       1", "9           1       2       1", "9 technicians"),
        ("\t[2]", "\t[2,1]", "1 quantities"),
        ("3    0     20", "7    0     20", "ids from 0 in order"),
        ("50     60 ", "70     60 ", "ends before it starts"),
        ("\t[1] \t[2]", "\t[1]", "skills"),
    ],
)
def test_a_broken_file_is_refused_with_its_fault(tiny: Tiny, old: str, new: str, message: str) -> None:
    path = tiny("trsp")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(InputError, match=message) as caught:
        read(path)

    assert caught.value.code == "bench.unreadable"


def matrix(name: str, legs: list[list[float]]) -> str:
    rows = [";".join([str(number), *(f"{leg:.4f}" for leg in row)]) for number, row in enumerate(legs)]
    return "\n".join([name, *rows, ""])


@pytest.fixture
def day(tiny: Tiny) -> Path:
    """The tiny instance with a matrix: 9 rows, where every leg takes 1.3333 but those home, which take 2."""
    path = tiny("trsp")
    legs = [[0.0 if i == j else 2.0 if j in (5, 6) else 1.3333 for j in range(9)] for i in range(9)]
    text = path.read_text(encoding="utf-8") + matrix("DISTANCES", legs) + matrix("TRAVEL TIMES", legs)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_given_matrix_has_rows_of_its_own_for_ends_and_depot_visits(day: Path) -> None:
    case = read(day)

    assert case.group == "real days"
    assert case.score([[1, 3]]).cost == pytest.approx(1.3333 + 5 + 2.0, abs=1e-9)
    assert case.score([[2, 0, 4]]).cost == pytest.approx(2 * 1.3333 + 1 + 2.0, abs=1e-9)
    result = solve("trsp", case, GreedyEngine(), best=None, limits=Limits(iterations=10), seed=1, workers=1)
    assert result.score.unserved == 0


@pytest.mark.parametrize(
    ("old", "new"), [("TRAVEL TIMES", "TIMES"), ("\n8;", "\n7;"), ("1.3333", "-1"), ("2.0000", "x"), ("2.0000", "nan")]
)
def test_a_broken_matrix_is_refused(day: Path, old: str, new: str) -> None:
    text = day.read_text(encoding="utf-8")
    assert old in text
    day.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(InputError, match=r"bench\.unreadable"):
        read(day)


def test_homes_that_no_leg_tells_apart_are_one_place(tiny: Tiny) -> None:
    path = tiny("trsp")
    path.write_text(path.read_text(encoding="utf-8").replace("2    10    0 ", "2    0     10"), encoding="utf-8")

    problem, _ = read(path).build()

    assert problem.shifts[0].start_place == problem.shifts[1].start_place
    assert len(problem.places) == 4


def test_published_routes_are_feasible_and_cost_what_is_published(public: Path) -> None:
    """In doubles by the judge, and in integers by the domain's schedule and checker: rounding loses none."""
    suite = SUITES["trsp"]
    sources = expand(public / "trsp", suite.accepts)
    for source in sources:
        case = read(source.path)
        row = best_known.find(source.path.parent, case.aliases)
        routes = published_routes(case, row["routes"])
        score, best = case.score(routes), suite.best(source, case)
        problem, travel = case.build()
        steps = [
            RouteSteps(
                shift_id=str(technician),
                steps=tuple(VisitStep(ticket_id=str(n)) if n else RestockStep(centre_id=MAIN) for n in stops),
            )
            for technician, *stops in routes
        ]
        planned = schedule_plan(problem, travel, steps)
        legs = sum(len(route) for route in routes)

        assert best is not None
        assert case.violations(routes) == []
        assert score.cost == pytest.approx(best.cost, abs=1e-3)
        assert score.travel_waiting == pytest.approx(best.travel_waiting, abs=1e-3)
        assert score.unserved == best.unserved
        assert check_routes(problem, travel, planned) == []
        assert cost_terms(problem, planned)["work_time"] / case.scale == pytest.approx(
            score.cost, abs=legs / case.scale
        )

    assert len(sources) > 30
