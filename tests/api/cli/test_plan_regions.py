"""``callout plan --by-region`` and ``--ray``: the same file, whatever machines there are."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.regions.engine import RegionEngine

ROOT = Path(__file__).parents[3]
SMALL = 20
"""Tickets of a region: few, so that a small input has several."""
CODE = f"""
import functools
from scenarios.regions import engine
engine.RegionEngine = functools.partial(engine.RegionEngine, most={SMALL})
from api.cli import main
main()
"""
WORDS = ["plan", ROOT / "examples" / "heidelberg", "--iterations", 100, "--engine", "greedy", "--quiet"]


@pytest.fixture
def plan(callout, monkeypatch, tmp_path):
    """Bytes of the plan file of so many processes."""
    monkeypatch.setattr("scenarios.regions.engine.RegionEngine", functools.partial(RegionEngine, most=SMALL))

    def make(workers: int) -> bytes:
        out = tmp_path / f"{workers}.json"
        ran = callout(*WORDS, "--by-region", "--workers", workers, "--out", out)
        assert (ran.code, ran.err) == (0, "")
        return out.read_bytes()

    return make


def test_one_process_and_two_write_the_same_bytes(plan):
    one = plan(1)
    assert json.loads(one)["provenance"]["parameters"]["regions"] > 3
    assert one == plan(2)


@pytest.mark.reliability
def test_a_ray_cluster_writes_the_same_bytes(plan, tmp_path):
    pytest.importorskip("ray")
    out = tmp_path / "ray.json"
    words = [*WORDS, "--ray", "local", "--workers", 2, "--out", out]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", CODE, *map(str, words)], env=environment, check=True, timeout=120)
    assert out.read_bytes() == plan(1)
