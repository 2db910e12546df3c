"""Peers: who takes part, how answers are judged, what is printed."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from api.bench.case import Routes, Score
from api.bench.vrptw import VrptwCase
from benchmarks.instances import sources
from benchmarks.peers import __main__ as command
from benchmarks.peers.engines import CONTENDERS, Contender
from benchmarks.peers.measure import Row, measure
from benchmarks.peers.report import table, text
from dispatch.errors import InputError, UnavailableError, UsageError
from dispatch.ports import Limits

Read = list[tuple[VrptwCase, Score | None]]
BEST: Routes = [[3, 1], [2]]


def fake(name: str, answer: Routes | Exception, *, installed: bool = True) -> Contender:
    def solve(case: VrptwCase, *, limits: Limits, seed: int, workers: int) -> Routes:
        if isinstance(answer, Exception):
            raise answer
        return answer

    def version() -> str:
        if not installed:
            raise PackageNotFoundError(f"lib{name}")
        return "7"

    return Contender(name=name, version=version, parallel=name == "search", solve=solve)


def row(read: Read, name: str, answer: Routes | Exception, reference_cost: float | None = 20.0) -> Row:
    case, best = read[0]
    limits = Limits(seconds=1)
    return measure(case, fake(name, answer), best=best, reference_cost=reference_cost, limits=limits, seed=1, workers=2)


def test_costs_are_compared_with_the_best_known_and_with_search(read: Read) -> None:
    found = row(read, "other", [[1], [3, 2]])

    assert found.valid_cost == 20.5
    assert found.gap == pytest.approx(20.5 / 16 - 1)
    assert found.ratio == pytest.approx(20.5 / 20)
    assert row(read, "other", BEST, reference_cost=None).ratio is None
    assert row(read, "search", BEST, reference_cost=None).ratio == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([[1, 2], [3]], "INFEASIBLE (route 1: load 11 over capacity 10)"),
        ([[3, 1]], "1 UNSERVED"),
        ([[3], [1], [2]], "INFEASIBLE (3 routes for 2 vehicles)"),
        (ValueError("no way"), "no answer (ValueError: no way)"),
    ],
)
def test_an_answer_that_breaks_a_rule_is_shown_and_not_compared(
    read: Read, answer: Routes | Exception, words: str
) -> None:
    found = row(read, "other", answer)

    assert words in text(found)
    assert (found.valid_cost, found.gap, found.ratio) == (None, None, None)


def test_a_line_of_json_says_all(read: Read) -> None:
    said = json.loads(row(read, "other", [[1, 2], [3]]).line())

    assert (said["suite"], said["instance"], said["class"], said["engine"]) == ("vrptw", "a_points", "other 3", "other")
    assert said["violations"] == ["route 1: load 11 over capacity 10"]
    assert (said["cost"], said["best_known"], said["gap"], said["limit_s"]) == (15.9, 16.0, None, 1)
    assert (said["engine_version"], said["threads"], said["workers"]) == ("7", 1, 2)
    assert said["routes"] == [[1, 2], [3]]
    assert json.loads(row(read, "other", ValueError()).line())["cost"] is None


def test_means_count_valid_answers_and_say_where_some_are_missing(read: Read) -> None:
    rows = [row(read, "search", BEST), row(read, "other", [[1], [3, 2]]), row(read, "other", [[3, 1]])]

    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table(rows).splitlines()]

    assert len(lines) == 4  # one class needs no line for all
    assert lines[2][:6] == ["other 3", "`search`", "1", "1", "+25.00%", "1.0000"]
    assert lines[3][:6] == ["other 3", "`other`", "2", "1", "+28.12%*", "1.0250*"]
    assert [line[-1] for line in lines[2:]] == ["2", "1"]


def test_a_peer_that_is_not_installed_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here, away = fake("search", BEST), fake("away", BEST, installed=False)
    monkeypatch.setattr(command, "CONTENDERS", {"search": here, "away": away})

    assert command.present(["away", "search"]) == [here]
    assert "away is left out: libaway is not installed (pip install -e '.[peers]')" in capsys.readouterr().err
    with pytest.raises(UnavailableError, match=r"peers\.missing"):
        command.present(["away"])
    with pytest.raises(UsageError, match=r"engine\.unknown"):
        command.present(["search", "nobody"])


def test_a_run_prints_and_writes_every_result(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    crew = {"search": fake("search", BEST), "other": fake("other", [[1], [3, 2]])}
    monkeypatch.setattr(command, "CONTENDERS", crew)
    monkeypatch.setattr(command, "warm", lambda: None)
    out = folder / "out" / "peers.jsonl"
    arguments = [str(folder / "a_points.txt"), "--seconds", "1", "--engines", "other,search", "--out", str(out)]

    assert command.main(arguments) == 0

    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(line["engine"], line["ratio"]) for line in lines] == [("search", 1.0), ("other", 1.025)]
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split()[:2] == ["a_points", "search"]
    assert printed[-1].startswith("| other 3 | `other` |")


def test_a_call_that_makes_no_sense_ends_with_its_code(folder: Path) -> None:
    assert command.main([str(folder / "a_points.txt"), "--engines", "ortools"]) == 2  # no limit
    assert command.main([str(folder / "nothing.txt"), "--engines", "ortools", "--seconds", "1"]) == 3


def test_a_broken_instance_is_found_before_the_first_run(folder: Path) -> None:
    (folder / "c_broken.txt").write_text("nonsense", encoding="utf-8")

    with pytest.raises(InputError, match="c_broken"):
        sources([folder])


@pytest.mark.parametrize("name", ["ortools", "pyvrp", "vroom"])
def test_every_engine_finds_the_best_routes_of_tiny_instances(read: Read, name: str) -> None:
    """`search` passes the same way as `ortools`; its own tests compile it."""
    contender = CONTENDERS[name]
    try:
        contender.check()
    except UnavailableError as error:
        pytest.skip(str(error))

    found = [
        measure(case, contender, best=best, reference_cost=None, limits=Limits(iterations=50), seed=1, workers=1)
        for case, best in read
    ]

    assert [(one.error, one.violations, one.valid_cost) for one in found] == [("", (), 20.0), ("", (), 45.0)]
