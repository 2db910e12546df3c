"""Verification, gaps, lines and the summary."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from api.bench.case import Routes, Score
from api.bench.result import Result, solve, verify
from api.bench.sources import Source
from api.bench.summary import table
from api.bench.trsp import TrspCase
from api.bench.trsp_text import read_trsp
from dispatch.errors import InternalError
from dispatch.ports import Limits
from dispatch.service import plan_day
from solver.greedy import GreedyEngine

Tiny = Callable[[str], Path]


@pytest.fixture
def case(tiny: Tiny) -> TrspCase:
    source = Source(path=tiny("trsp"))
    return read_trsp(source, source.text())


@pytest.fixture
def result(case: TrspCase) -> Result:
    return solve(
        "trsp",
        case,
        GreedyEngine(),
        best=Score(cost=50.0, unserved=0, travel_waiting=44.0),
        limits=Limits(iterations=10),
        seed=7,
        workers=2,
    )


def test_gaps_are_shares_above_the_best_known(result: Result) -> None:
    made = dataclasses.replace(result, score=Score(cost=51.0, unserved=0, travel_waiting=45.0))

    assert made.gap == pytest.approx(0.02)
    assert made.gap_travel_waiting == pytest.approx(1 / 44)


def test_there_is_no_gap_without_the_same_work(result: Result) -> None:
    assert dataclasses.replace(result, best=None).gap is None
    left = dataclasses.replace(result, score=dataclasses.replace(result.score, unserved=1))
    assert (left.gap, left.gap_travel_waiting) == (None, None)


def test_a_line_holds_what_scripts_read(result: Result) -> None:
    line = json.loads(result.line())

    assert list(line)[:9] == [
        "suite", "instance", "class", "cost", "best_known", "gap", "seconds", "workers", "seed",
    ]  # fmt: skip
    assert (line["suite"], line["instance"], line["best_known"], line["workers"], line["seed"]) == (
        "trsp",
        "trsp",
        50.0,
        2,
        7,
    )
    assert line["cost"] == result.score.cost
    assert line["routes"] == result.routes
    assert "\n" not in result.line()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forged(TrspCase):
    """Judges by a cost, or by routes, that are not those of the plan."""

    extra: float = 0.0
    stolen: bool = False

    def score(self, routes: Routes) -> Score:
        honest = TrspCase.score(self, routes)
        return dataclasses.replace(honest, cost=honest.cost + self.extra)

    def tidied(self, routes: Routes) -> Routes:
        return [[route[0], *(n for n in route[1:] if n)] for route in routes] if self.stolen else routes


@pytest.mark.parametrize(
    ("forgery", "code"), [({"extra": 0.01}, "bench.mismatch"), ({"stolen": True}, "bench.infeasible")]
)
def test_a_plan_that_the_instance_judges_otherwise_is_an_internal_error(
    case: TrspCase, forgery: dict[str, Any], code: str
) -> None:
    problem, travel = case.build()
    plan = plan_day(problem, travel, GreedyEngine(), limits=Limits(iterations=10), seed=1)
    fields: dict[str, Any] = {item.name: getattr(case, item.name) for item in dataclasses.fields(case)}
    forged = Forged(**fields, **forgery)

    verify(case, plan)
    with pytest.raises(InternalError) as caught:
        verify(forged, plan)

    assert caught.value.code == code


def test_the_summary_has_means_by_class_and_over_all(result: Result) -> None:
    def made(group: str, cost: float, best: Score | None) -> Result:
        score = Score(cost=cost, unserved=0, travel_waiting=cost - 10)
        return dataclasses.replace(result, group=group, score=score, best=best)

    best = Score(cost=100.0, unserved=0, travel_waiting=90.0)
    results = [made("R10", 101.0, best), made("R2", 103.0, best), made("R2", 99.0, best), made("R2", 77.0, None)]
    screen = io.StringIO()
    Console(file=screen, width=80).print(table(results))

    rows = [line.split() for line in screen.getvalue().splitlines() if line.strip()]
    second, tenth, everything = (next(row for row in rows if row[0] == name) for name in ("R2", "R10", "all"))

    assert rows.index(second) < rows.index(tenth)
    assert second[1:7] == ["3", "0", "93.0", "+1.000%*", "+1.111%*", "1"]
    assert tenth[1:7] == ["1", "0", "101.0", "+1.000%", "+1.111%", "0"]
    assert everything[1:5] == ["4", "0", "95.0", "+1.000%*"]
