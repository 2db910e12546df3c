"""``callout scenario``: runs that go on where they were stopped, and what they refuse."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.app import app
from dispatch.errors import InputError, UsageError

ROOT = Path(__file__).parents[3]
FILE = f"""
input = "{ROOT / "examples" / "six_tickets"}"
days = 3
[demand]
kind = "replayed"
[play]
engine = "greedy"
morning_iterations = 1
replan_iterations = 0
[prices]
wage_per_h = 40
"""


def call(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.output


SLOW = 'base = "base.toml"\n[[speed.scale]]\npercent = 50\n'


def write_files(folder: Path) -> Path:
    (folder / "base.toml").write_text(FILE, encoding="utf-8")
    (folder / "slow.toml").write_text(SLOW, encoding="utf-8")
    return folder / "base.toml"


@pytest.fixture
def file(tmp_path):
    return write_files(tmp_path)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Folders `base` and `slow` of three days each, played by two processes; nobody writes into them."""
    folder = tmp_path_factory.mktemp("runs")
    base = write_files(folder)
    call("scenario", "run", base, folder / "slow.toml", "--out", folder / "out", "--workers", 2, "--quiet")
    return folder / "out"


def days(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("days/*.json"))}


def test_a_stopped_run_goes_on_with_what_is_missing_and_ends_with_the_same_bytes(file, runs, tmp_path):
    whole, parts = runs / "base", Path(shutil.copytree(runs / "base", tmp_path / "parts"))
    first = (parts / "days" / "00000.json").stat().st_mtime_ns
    (parts / "days" / "00001.json").write_bytes(b'{"day": 1, "se')  # as a disk may leave it
    (parts / "days" / "00002.json").unlink()

    call("scenario", "run", file, "--out", parts, "--workers", 1, "--quiet")

    assert days(whole) == days(parts)
    assert len(days(whole)) == 3
    assert (parts / "days" / "00000.json").stat().st_mtime_ns == first, "a finished day is not played again"


def test_a_folder_of_another_run_is_refused_with_what_differs(file, runs, tmp_path):
    with pytest.raises(InputError, match="different: seed"):
        call("scenario", "run", file, "--out", runs / "base", "--seed", 9, "--quiet")
    with pytest.raises(InputError, match="different: travel"):
        call("scenario", "run", tmp_path / "slow.toml", "--out", runs / "base", "--quiet")


def test_a_comparison_of_two_runs(runs, tmp_path):
    out = tmp_path / "report"

    said = call("scenario", "compare", runs / "base", runs / "slow", "--out", out, "--quiet")

    document = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    base, slow = document["scenarios"]
    assert slow["differences"]["travel_s"]["mean"] == pytest.approx(
        slow["figures"]["travel_s"]["mean"] - base["figures"]["travel_s"]["mean"]
    )
    assert slow["differences"]["travel_s"]["mean"] > 0
    rows = (out / "comparison.csv").read_text(encoding="utf-8").splitlines()
    assert any(row.startswith("slow,travel_s,3,") for row in rows)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert said == ""


def test_what_is_no_run_is_told_together(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as caught:
        call("scenario", "compare", tmp_path / "empty", tmp_path / "absent", "--out", tmp_path / "report")
    assert [fault.rule for fault in caught.value.faults] == ["run.missing", "run.missing"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--days", "0"], "scenario.days"),
        (["--seed", "-1"], "plan.seed"),
        (["--workers", "0"], "plan.workers"),
        (["--ray", "nowhere"], "ray.address"),
    ],
)
def test_calls_that_make_no_sense(file, tmp_path, words, code):
    with pytest.raises(UsageError) as caught:
        call("scenario", "run", file, "--out", tmp_path / "out", "--quiet", *words)
    assert caught.value.code == code


def one_line(text: str) -> bool:
    return len(text.splitlines()) == 1


@pytest.mark.parametrize("words", [["run", "FILE"], ["compare", "RUN"]])
def test_an_output_that_is_a_file(file, runs, tmp_path, callout, words):
    words = [{"FILE": file, "RUN": runs / "base"}.get(word, word) for word in words]
    (tmp_path / "out").write_text("taken", encoding="utf-8")
    ran = callout("scenario", *words, "--out", tmp_path / "out", "--quiet")
    assert ran.code == 4
    assert "[output.unwritable] can't write" in ran.err
    assert one_line(ran.err)
    assert (tmp_path / "out").read_text(encoding="utf-8") == "taken"


def test_a_disk_that_is_full_in_the_middle(file, tmp_path, callout, monkeypatch):
    """`run.json` and a day have place, the next day has not."""
    out, written = tmp_path / "out", []

    def fsync(handle):
        written.append(handle)
        if len(written) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("api.files.os.fsync", fsync)
    ran = callout("scenario", "run", file, "--out", out, "--workers", 1, "--quiet")
    assert ran.code == 4
    assert f"can't write {out / 'days' / '00001.json'}: No space left on device" in ran.err
    assert one_line(ran.err)
    left = [path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()]
    assert sorted(left) == ["days/00000.json", "run.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_reports_on_a_full_device(runs, tmp_path, callout):
    out = tmp_path / "report"
    out.mkdir()
    (out / "report.html").symlink_to("/dev/full")
    ran = callout("scenario", "compare", runs / "base", "--out", out, "--quiet")
    assert ran.code == 4
    assert f"can't write {out / 'report.html'}: No space left on device" in ran.err
    assert one_line(ran.err)
    assert [path.name for path in out.iterdir()] == ["report.html"]


@pytest.mark.reliability
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_by_a_signal_goes_on(file, tmp_path, number):
    out, whole, count = tmp_path / "out", tmp_path / "whole", 120
    code = "from api.cli import main; main()"
    words = ["scenario", "run", str(file), "--days", str(count), "--workers", "2", "--out"]
    command = [sys.executable, "-c", code, *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*command, str(out)], env=environment, stderr=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + 60
        while not list(out.glob("days/*.json")) and running.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        running.send_signal(number)
        _, said = running.communicate(timeout=60)
    kept = days(out)
    assert running.returncode == (-number if number is signal.SIGKILL else 0)
    assert ("stopped early on request" in said) == (number is not signal.SIGKILL)
    assert "Traceback" not in said
    assert 0 < len(kept) < count
    for folder in (out, whole):
        subprocess.run([*command, str(folder)], env=environment, check=True, capture_output=True, timeout=120)
    assert days(out) == days(whole)
    assert len(days(whole)) == count
