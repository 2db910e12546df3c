"""Result files: whole or not at all, and known to be possible before the long work begins."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-c", "from api.cli import main; main()")


@pytest.fixture
def plan(callout, six):
    return lambda *options: callout("plan", six, "--engine", "greedy", "--iterations", 5, "-q", *options)


@pytest.fixture
def no_planning(monkeypatch):
    def solve(*args, **options):
        pytest.fail("planned before it was known whether the result can be written")

    monkeypatch.setattr("dispatch.service.plan_day", solve)


@pytest.mark.parametrize("flag", ["--out", "--html", "--geojson"])
def test_a_folder_that_is_a_file(plan, tmp_path, no_planning, flag):
    (tmp_path / "file").write_text("old", encoding="utf-8")
    other = () if flag == "--out" else ("--out", tmp_path / "fine.json")
    ran = plan(*other, flag, tmp_path / "file" / "result")
    assert ran.code == 4
    assert "[output.unwritable]" in ran.err
    assert str(tmp_path / "file" / "result") in ran.err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(plan, tmp_path, no_planning):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    ran = plan("--out", folder / "plan.json")
    assert ran.code == 4
    assert "[output.unwritable]" in ran.err


def test_a_folder_in_place_of_the_file(plan, tmp_path, no_planning):
    ran = plan("--out", tmp_path)
    assert ran.code == 4
    assert "[output.unwritable]" in ran.err


def test_two_results_in_one_file(plan, tmp_path, no_planning):
    ran = plan("--out", tmp_path / "x", "--html", tmp_path / "sub" / ".." / "x")
    assert ran.code == 2
    assert "[output.same]" in ran.err


def test_the_input_is_never_overwritten(callout, repository, tmp_path, no_planning):
    source = tmp_path / "day.json"
    source.write_bytes((repository / "docs" / "examples" / "tiny" / "tiny.json").read_bytes())
    before = source.read_bytes()
    ran = callout("plan", source, "--out", source)
    assert ran.code == 2
    assert "[output.same]" in ran.err
    assert source.read_bytes() == before


def test_an_unwritable_result_is_found_after_the_input(callout, tmp_path):
    """Faults of the input come first, and leave no folders behind."""
    ran = callout("plan", tmp_path / "nowhere", "--out", tmp_path / "new" / "plan.json")
    assert ran.code == 3
    assert not (tmp_path / "new").exists()


def test_an_invalid_input_leaves_the_old_plan(plan, six, tmp_path):
    out = tmp_path / "plan.json"
    out.write_text("old", encoding="utf-8")
    (six / "tickets.csv").write_text("", encoding="utf-8")
    assert plan("--out", out).code == 3
    assert out.read_text(encoding="utf-8") == "old"


def test_nothing_but_the_plan_is_left(plan, tmp_path):
    out = tmp_path / "new" / "plan.json"
    assert plan("--out", out).code == 0
    assert [path.name for path in out.parent.iterdir()] == ["plan.json"]


def test_the_null_device_stays_a_device(plan):
    assert plan("--out", os.devnull).code == 0
    with open(os.devnull, encoding="utf-8") as null:  # noqa: PTH123
        assert os.isatty(null.fileno()) is False
        assert null.read() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_words_on_a_full_device():
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [*COMMAND, "--version"]
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (4, "error [output.unwritable] can't write: No space left on device\n")
