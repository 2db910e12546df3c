"""Reader and judge of service technician instances."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api.bench.result import solve
from api.bench.sources import Source, expand
from api.bench.strsp import StrspCase
from api.bench.strsp_text import read_strsp
from api.bench.suites import SUITES
from dispatch.errors import InputError, UnsupportedError
from dispatch.ports import Limits
from solver.greedy import GreedyEngine

Tiny = Callable[[str], Path]


def read(path: Path) -> list[StrspCase]:
    source = Source(path=path)
    return read_strsp(source, source.text())


def test_a_task_file_gives_an_instance_for_each_crew(tiny: Tiny) -> None:
    full, reduced = read(tiny("strsp"))

    assert (full.name, full.group, len(full.technicians)) == ("R1_1x4_noTeam", "R1 full", 2)
    assert (reduced.name, reduced.group, len(reduced.technicians)) == ("R1_1x4_noTeam_reduced", "R1 reduced", 1)


def test_cost_is_length_and_outsourcing(tiny: Tiny) -> None:
    case = read(tiny("strsp"))[0]

    score = case.score([[2, 2, 3]])

    assert (score.cost, score.unserved) == (20.0 + 201.0, 1)


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ([[1, 2, 4], [2, 3]], []),
        ([[1, 3]], ["technician 1: task 3 needs levels (4,), has (2,)"]),
        ([[1, 2], [2, 2]], ["task 2 is served twice"]),
        ([[1, 2], [1, 4]], ["technician 1 has two routes"]),
        ([[3, 2]], ["there is no technician 3"]),
        ([[1, 1]], ["there is no task 1"]),
    ],
)
def test_each_rule_is_checked(tiny: Tiny, routes: list[list[int]], words: list[str]) -> None:
    assert read(tiny("strsp"))[0].violations(routes) == words


def test_windows_and_the_return_are_hard(tiny: Tiny) -> None:
    path = tiny("strsp")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("0\t230", "0\t68").replace("\t0\t100\t10", "\t0\t12\t10"), encoding="utf-8")
    case = read(path)[0]

    assert case.violations([[1, 4]]) == ["technician 1: back at 69.0, due 68"]
    assert case.violations([[2, 2, 3]]) == ["technician 2: task 3 starts at 20.0, due 12"]


def test_an_engine_plans_it_and_outsources_what_nobody_can_do(tiny: Tiny) -> None:
    full, reduced = (
        solve("strsp", case, GreedyEngine(), best=None, limits=Limits(iterations=10), seed=1, workers=1)
        for case in read(tiny("strsp"))
    )

    assert full.score.unserved == 0
    assert reduced.score.unserved == 1
    assert reduced.score.cost > 208
    assert not any(3 in route[1:] for route in reduced.routes)


def test_teams_are_not_supported(tiny: Tiny) -> None:
    path = tiny("strsp")
    path.write_text(path.read_text(encoding="utf-8").replace("100\t1\t1\t0\t0", "100\t2\t1\t0\t0"), encoding="utf-8")

    with pytest.raises(UnsupportedError) as caught:
        read(path)

    assert caught.value.code == "bench.unsupported"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("CUST NO.", "NO.", "expected a table"),
        ("3\t6\t8", "7\t6\t8", "from 1 in order"),
        ("\t1\t0\t0\t0\n", "\t1\t0\t0\n", "4 demands"),
        ("50\t60", "50\t4x", "whole numbers"),
        ("50\t60", "70\t60", "before the ready time"),
    ],
)
def test_a_broken_file_is_refused_with_its_fault(tiny: Tiny, old: str, new: str, message: str) -> None:
    path = tiny("strsp")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(InputError, match=message) as caught:
        read(path)

    assert caught.value.code == "bench.unreadable"


def test_missing_and_broken_technicians_are_named(tiny: Tiny, tmp_path: Path) -> None:
    path = tiny("strsp")
    crew = tmp_path / "technicians_noTeam" / "technicians_R1_1x4_noTeam.txt"
    crew.write_text("ID\n1\t9\n", encoding="utf-8")

    with pytest.raises(InputError, match=r"levels 0\.\.4"):
        read(path)
    crew.unlink()
    (tmp_path / "techniciansReduced_noTeam" / crew.name).unlink()
    with pytest.raises(InputError, match="its technicians are missing"):
        read(path)


def test_every_public_instance_without_teams_is_read(public: Path) -> None:
    suite = SUITES["strsp"]
    sources = expand(public / "strsp" / "tasks_noTeam", suite.accepts)

    cases = [case for source in sources for case in suite.read(source)]

    assert len(cases) == 2 * len(sources)
    assert all(case.violations([]) == [] for case in cases)
