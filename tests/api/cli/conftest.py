"""The command line as a user meets it: arguments in; exit code, stdout and stderr out."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli import main

ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-c", "from api.cli import main; main()")


@dataclasses.dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def callout(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run one command in this process. Whatever it does, no traceback may be seen."""

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["callout", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return Ran(int(end.value.code or 0), out, err)

    return run


@pytest.fixture
def start_process() -> Callable[..., subprocess.Popen[str]]:
    """Start one command in a process of its own; whatever is left running is killed."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: object, **environment: str) -> subprocess.Popen[str]:
        running.append(
            subprocess.Popen(
                [*COMMAND, *map(str, words)],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
        )
        return running[-1]

    yield start  # type: ignore[misc]
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def run_process(start_process: Callable[..., subprocess.Popen[str]]) -> Callable[..., Ran]:
    """Run one command in a process of its own."""

    def run(*words: object, **environment: str) -> Ran:
        process = start_process(*words, **environment)
        out, err = process.communicate()
        assert "Traceback" not in out + err
        return Ran(process.returncode, out, err)

    return run


@pytest.fixture
def six(tmp_path: Path) -> Path:
    """A copy of the example of six tickets, free to be spoiled."""
    return Path(shutil.copytree(ROOT / "examples" / "six_tickets", tmp_path / "six"))


@pytest.fixture
def planned(six: Path, callout: Callable[..., Ran], tmp_path: Path) -> Path:
    """A plan of the six tickets."""
    path = tmp_path / "plan.json"
    ran = callout("plan", six, "--out", path, "--engine", "greedy", "--iterations", 20, "--quiet")
    assert ran == Ran(0, "", "")
    return path


@pytest.fixture
def repository() -> Path:
    """The project's root."""
    return ROOT
