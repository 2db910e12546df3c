"""Readers and judge of vehicle routing instances."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api.bench.case import Case
from api.bench.result import solve
from api.bench.sources import Source, expand
from api.bench.suites import SUITES
from dispatch.errors import InputError
from dispatch.ports import Limits
from solver.greedy import GreedyEngine

Tiny = Callable[[str], Path]


def read(path: Path) -> Case:
    (case,) = SUITES["vrptw"].read(Source(path=path))
    return case


def test_distances_are_truncated_to_tenths(tiny: Tiny) -> None:
    case = read(tiny("solomon"))

    assert case.score([[3, 1], [2]]).cost == 20.0
    assert case.score([[1], [3, 2]]).cost == 20.5
    assert case.score([[3, 2]]).unserved == 1
    assert case.group == "other 3"


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ([[3, 1], [2]], []),
        ([[1, 2], [3]], ["route 1: load 11 over capacity 10"]),
        ([[1, 3], [2]], ["route 1: customer 3 starts at 156, due 20"]),
        ([[3], [1], [2]], ["3 routes for 2 vehicles"]),
        ([[3], [3, 1]], ["customer 3 is visited twice"]),
        ([[0]], ["route 1: there is no customer 0"]),
    ],
)
def test_each_rule_is_checked(tiny: Tiny, routes: list[list[int]], words: list[str]) -> None:
    assert read(tiny("solomon")).violations(routes) == words


def test_vehicles_are_back_in_time(tiny: Tiny) -> None:
    path = tiny("solomon")
    path.write_text(path.read_text(encoding="utf-8").replace("30           0", "16           0"), encoding="utf-8")

    assert read(path).violations([[3, 1]]) == ["route 1: back at 170, due 160"]


def test_the_cost_of_a_matrix_follows_its_direction(tiny: Tiny) -> None:
    case = read(tiny("vrplib"))

    assert case.score([[1, 2]]).cost == 45
    assert case.score([[2, 1]]).cost == 67
    assert case.violations([[1, 2]]) == case.violations([[2, 1]]) == []
    assert case.group == "road"


@pytest.mark.parametrize(("kind", "routes", "cost"), [("solomon", [[3, 1], [2]], 20.0), ("vrplib", [[1, 2]], 45.0)])
def test_an_engine_plans_it(tiny: Tiny, kind: str, routes: list[list[int]], cost: float) -> None:
    result = solve(
        "vrptw", read(tiny(kind)), GreedyEngine(), best=None, limits=Limits(iterations=10), seed=1, workers=1
    )

    assert sorted(result.routes) == sorted(routes)
    assert (result.score.cost, result.score.unserved) == (cost, 0)


@pytest.mark.parametrize(
    ("kind", "old", "new", "message"),
    [
        ("solomon", "  2         10", "  2", "expected a table VEHICLE"),
        ("solomon", "    2       0  ", "    5       0  ", "customers are numbered from 0"),
        ("solomon", "10            20           2", "10            20.25        2", "steps of 1/10"),
        ("solomon", "10            20           2", "30            20           2", "before the ready time"),
        ("solomon", "10            20           2", "10            20", "expected 7 numbers"),
        ("solomon", "  2         10", "  0         10", "there is no vehicle"),
        ("vrplib", "FULL_MATRIX", "LOWER_ROW", "only a full explicit matrix"),
        ("vrplib", "CAPACITY : 10", "CAPACITY : many", "whole number above 0"),
        ("vrplib", "40\t0\t5", "40\t0", "expected 9 numbers, found 8"),
        ("vrplib", "40\t0\t5", "40\t0\tx", "expected whole numbers"),
        ("vrplib", "40\t0\t5", "-40\t0\t5", "negative"),
        ("vrplib", "3\t100\t200", "3\t300\t200", "ends before it starts"),
        ("vrplib", "3\t6", "4\t6", "numbered from 1"),
        ("vrplib", "1\n-1", "2\n-1", "the depot must be node 1"),
        ("vrplib", "COMMENT : by hand", "something", "KEY : value"),
    ],
)
def test_a_broken_file_is_refused_with_its_fault(tiny: Tiny, kind: str, old: str, new: str, message: str) -> None:
    path = tiny(kind)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(InputError, match=message) as caught:
        read(path)

    assert caught.value.code == "bench.unreadable"
    assert caught.value.faults[0].file == str(path)


def test_published_road_routes_cost_what_is_published(public: Path) -> None:
    suite = SUITES["vrptw"]
    sources = expand(public / "vrptw_road", suite.accepts)
    for source in sources:
        (case,) = suite.read(source)
        solution = Source(path=source.path, member=source.member.replace(".txt", ".sol")).text()
        routes = [
            [int(word) for word in line.partition(":")[2].split()]
            for line in solution.splitlines()
            if line.startswith("Route")
        ]
        best = suite.best(source, case)

        assert case.violations(routes) == []
        assert case.score(routes) == best

    assert sources


def test_every_public_instance_is_read_and_has_a_best_known_value(public: Path) -> None:
    suite = SUITES["vrptw"]
    for source in expand(public / "vrptw", suite.accepts, only="*1"):
        (case,) = suite.read(source)
        best = suite.best(source, case)

        assert best is not None, source.label
        assert best.cost > 0
        assert not case.group.startswith("other")
