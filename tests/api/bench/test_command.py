"""``callout bench`` from end to end."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api.bench.suites import SUITES
from api.cli.app import main
from dispatch.ports import EngineAnswer, EngineRequest
from solver import registry
from solver.greedy import GreedyEngine

Tiny = Callable[[str], Path]
Run = Callable[..., tuple[int, list[dict[str, object]]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Call the command with a stop on steps; returns its exit code and the lines that it wrote."""

    def call(*arguments: object) -> tuple[int, list[dict[str, object]]]:
        out = tmp_path / "out" / "results.jsonl"
        options = ["--out", out, "--engine", "greedy", "--iterations", 50, "--workers", 1]
        monkeypatch.setattr(sys, "argv", ["callout", "bench", *map(str, [*arguments, *options])])
        with pytest.raises(SystemExit) as caught:
            main()
        lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
        code = caught.value.code
        return code if isinstance(code, int) else 0, [json.loads(line) for line in lines]

    return call


def test_results_go_to_the_file_and_the_table_to_the_screen(
    tiny: Tiny, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "best_known.csv").write_text("instance,dimacs_distance_1dp\nsolomon,16.0\n", encoding="utf-8")

    code, lines = run("vrptw", tiny("solomon"), tiny("vrplib"), "--seed", 3)

    screen = capsys.readouterr()
    assert code == 0
    assert [line["instance"] for line in lines] == ["solomon", "vrplib"]
    assert (lines[0]["cost"], lines[0]["best_known"], lines[0]["gap"]) == (20.0, 16.0, 0.25)
    assert (lines[1]["cost"], lines[1]["best_known"], lines[1]["gap"]) == (45.0, None, None)
    assert (lines[0]["seed"], lines[0]["workers"], lines[0]["engine"]) == (3, 1, "greedy")
    assert lines[1]["routes"] == [[1, 2]]
    assert screen.out == ""
    assert "all" in screen.err
    assert "+25.0%" in screen.err


@pytest.mark.parametrize("suite", ["trsp", "strsp"])
def test_other_suites_run_the_same_way(tiny: Tiny, run: Run, suite: str) -> None:
    code, lines = run(suite, tiny(suite))

    assert code == 0
    assert {line["suite"] for line in lines} == {suite}
    assert ("travel_waiting" in lines[0]) == (suite == "trsp")


def test_a_broken_instance_is_reported_and_the_rest_go_on(
    tiny: Tiny, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a_broken.txt").write_text("nothing of use\n", encoding="utf-8")
    tiny("solomon")

    code, lines = run("vrptw", tmp_path / "missing.txt", tmp_path)

    screen = capsys.readouterr().err
    assert code == 3
    assert [line["instance"] for line in lines] == ["solomon"]
    assert "a_broken.txt" in screen
    assert "missing.txt" in screen
    assert "2 path(s) or instance(s)" in screen


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("hopscotch", "."), 2, "[bench.suite]"),
        (("vrptw", "EMPTY"), 3, "[bench.no_instance]"),
        (("vrptw", "solomon", "--only", "C*"), 3, "[bench.no_instance]"),
        (("vrptw", "solomon", "--seed", -1), 2, "[plan.seed]"),
        (("vrptw", "solomon", "--workers", 2000), 0, ""),
    ],
)
def test_wrong_calls_say_what_is_wrong(
    tiny: Tiny,
    run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    word: str,
) -> None:
    (tmp_path / "empty").mkdir()
    paths = {"EMPTY": tmp_path / "empty", "solomon": tiny("solomon")}

    found, lines = run(*(paths.get(word, word) for word in arguments))

    assert found == code
    assert word in capsys.readouterr().err
    assert bool(lines) == (code == 0)


class Interrupted(GreedyEngine):
    """Is interrupted by Ctrl-C while it plans its second instance."""

    def __init__(self) -> None:
        self.calls = 0

    def solve(self, request: EngineRequest) -> EngineAnswer:
        self.calls += 1
        if self.calls == 2:
            signal.raise_signal(signal.SIGINT)
        return super().solve(request)


def test_ctrl_c_keeps_the_finished_lines(
    tiny: Tiny, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "ENGINES", {"greedy": Interrupted})
    before = signal.getsignal(signal.SIGINT)

    code, lines = run("vrptw", tiny("solomon"), tiny("vrplib"))

    assert code == 0
    assert [line["instance"] for line in lines] == ["solomon"]
    assert "1 finished instance(s)" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before


def test_the_page_describes_every_suite_option_and_key(tiny: Tiny, run: Run) -> None:
    page = (Path(__file__).parents[3] / "docs" / "bench.md").read_text(encoding="utf-8")
    _, lines = run("trsp", tiny("trsp"))

    for name in [*SUITES, *lines[0], "--seconds", "--iterations", "--seed", "--workers", "--engine", "--only", "--out"]:
        assert f"`{name}" in page, name
