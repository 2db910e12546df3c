"""A real Ray cluster of two nodes, one of which is killed in the middle."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

pytest.importorskip("ray")
pytestmark = pytest.mark.reliability
ROOT = Path(__file__).parents[2]
PATIENCE_S = 240
"""How long anything is waited for before the test gives up: far more than any machine needs."""
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "RAY_USAGE_STATS_ENABLED": "0",
    # The nodes of this cluster and the run share a token that is made up here.
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
}
DAYS = 300
"""Of some hundredths of a second each: the run is long enough to be in the middle when two days are there."""
SCENARIO = f"""
input = "{ROOT / "examples" / "six_tickets"}"
days = {DAYS}
[demand]
kind = "replayed"
[play]
engine = "greedy"
morning_iterations = 1
replan_iterations = 0
"""


def callout(*words: object) -> list[str]:
    return [sys.executable, "-c", "from api.cli import main; main()", *map(str, words)]


def ray_start(log: Path, *words: str) -> subprocess.Popen[bytes]:
    """A node in the foreground, in a process group of its own, so that all of it can be killed."""
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus=1", *words]
    with log.open("ab") as out:
        return subprocess.Popen(command, env=ENVIRONMENT, start_new_session=True, stdout=out, stderr=out)


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has just ended
        children = []
    return [pid, *(one for child in children for one in family(int(child)))]


def days(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("days/*.json"))}


@pytest.fixture
def short():
    """A folder for sockets, whose paths may have 107 characters."""
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        yield folder


def test_a_node_killed_in_the_middle_costs_no_day_and_changes_no_byte(tmp_path, short):
    file, there, here = tmp_path / "many.toml", tmp_path / "cluster", tmp_path / "processes"
    file.write_text(SCENARIO, encoding="utf-8")
    port, log = free_port(), tmp_path / "nodes.log"
    address = f"127.0.0.1:{port}"
    shared = ("--node-ip-address=127.0.0.1", "--object-store-memory=200000000", f"--temp-dir={short}")
    running = [ray_start(log, "--head", f"--port={port}", "--include-dashboard=false", *shared)]
    try:
        wait_for(lambda: listens(port), log, otherwise=pytest.skip)
        running.append(ray_start(log, f"--address={address}", *shared[:2]))
        wait_for(lambda: nodes_alive(address, log) == 2, log, otherwise=pytest.skip)
        run = subprocess.Popen(
            callout("scenario", "run", file, "--out", there, "--ray", address, "--quiet"), env=ENVIRONMENT
        )
        running.append(run)
        wait_for(lambda: len(days(there)) >= 2 or run.poll() is not None, log)
        end(running[1])
        before = len(days(there))
        assert run.wait(timeout=PATIENCE_S) == 0
    finally:
        for process in reversed(running):
            end(process)
    assert 2 <= before < DAYS, "the node was killed in the middle"
    command = callout("scenario", "run", file, "--out", here, "--workers", 2, "--quiet")
    subprocess.run(command, env=ENVIRONMENT, check=True, timeout=PATIENCE_S)
    assert len(days(there)) == DAYS
    assert days(there) == days(here)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started, if it still runs."""
    if process.poll() is None:
        for pid in reversed(family(process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def nodes_alive(address: str, log: Path) -> int:
    code = (
        f"import ray; ray.init(address={address!r}, log_to_driver=False, logging_level=50); "
        "print(sum(node['Alive'] for node in ray.nodes()))"
    )
    command = [sys.executable, "-c", code]
    with log.open("ab") as errors, contextlib.suppress(subprocess.TimeoutExpired):
        done = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=errors, timeout=60, check=False)
        return int(done.stdout.split()[-1]) if done.returncode == 0 and done.stdout.split() else 0
    return 0


def wait_for(condition, log: Path, *, otherwise=pytest.fail) -> None:
    """Skipped where Ray's own nodes don't come up; what comes after them is ours, and fails."""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        if condition():
            return
        time.sleep(0.2)
    otherwise(f"waited {PATIENCE_S} s in vain:\n{log.read_text(errors='replace')[-4000:]}")
