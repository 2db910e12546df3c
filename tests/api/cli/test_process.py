"""The command in a process of its own: signals, pipes, terminals."""

from __future__ import annotations

import json
import signal

import pytest

from api.cli.plan import DEFAULT_ENGINE

FOREVER_S = 100_000


@pytest.fixture
def long_plan(start_process, six, tmp_path):
    """A plan that would take a day, over an old result, and is searching now."""
    out = tmp_path / "out" / "plan.json"
    out.parent.mkdir()
    out.write_text("old", encoding="utf-8")
    process = start_process("plan", six, "--out", out, "--seconds", FOREVER_S, "--workers", 1)
    line = process.stderr.readline()
    assert line.startswith(f"{DEFAULT_ENGINE}:"), line + process.stderr.read()
    return process, out


def _names(folder):
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_search_with_the_best_plan_so_far(long_plan, run_process, six, number):
    process, out = long_plan
    process.send_signal(number)
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert "stopped early on request" in err
    assert json.loads(out.read_text(encoding="utf-8"))["format"] == "callout-plan/1"
    assert _names(out.parent) == ["plan.json"]
    assert run_process("check", six, out).code == 0


def test_a_killed_run_leaves_the_old_file(long_plan):
    process, out = long_plan
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert out.read_text(encoding="utf-8") == "old"
    assert _names(out.parent) == ["plan.json"]


def test_exit_codes_of_real_processes(run_process, six, tmp_path):
    out = tmp_path / "plan.json"
    plan = ("plan", six, "--engine", "greedy", "--iterations", 5)
    assert run_process(*plan, "--out", out).code == 0
    assert run_process("check", six, out).code == 0
    out.write_text(out.read_text(encoding="utf-8").replace('"total_cents": ', '"total_cents": 1'), encoding="utf-8")
    assert run_process("check", six, out).code == 1
    assert run_process(*plan).code == 2
    assert run_process("validate", tmp_path / "nowhere").code == 3
    assert run_process(*plan, "--out", out / "below").code == 4


def test_a_terminal_without_chinese(run_process, six, tmp_path):
    words = ("plan", six, "--out", tmp_path / "x.json", "--engine", "greedy", "--iterations", 5, "--lang", "zh")
    assert run_process(*words, PYTHONIOENCODING="ascii").code == 0
    (six / "tickets.csv").write_text("工单\n", encoding="utf-8")
    assert run_process("validate", six, PYTHONIOENCODING="ascii").code == 3


def test_a_reader_that_goes_away(start_process, six):
    """As in ``callout validate INPUT | head -1``."""
    rows = (f"X{number},T1,much,basic,2026-03-01T09:00,,,,\n" for number in range(10_000))
    path = six / "tickets.csv"
    path.write_text(path.read_text(encoding="utf-8") + "".join(rows), encoding="utf-8")
    process = start_process("validate", six)
    assert process.stdout.readline().startswith("tickets.csv:")
    process.stdout.close()
    err = process.stderr.read()
    process.wait()
    process.stdout = None
    assert "Traceback" not in err
    assert "Exception ignored" not in err


def test_help_loads_no_engine_and_no_numbers(run_process):
    """The help is quick because nothing heavy is imported for it."""
    ran = run_process("--help", PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rpartition("|")[2].strip() for line in ran.err.splitlines() if line.startswith("import time:")}
    assert "typer" in loaded
    assert not {"numpy", "ortools", "numba", "geopy"} & loaded
    assert "validate" in ran.out
