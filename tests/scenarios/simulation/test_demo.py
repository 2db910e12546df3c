"""The demo's days, with the engine and the settings that are used by default."""

from __future__ import annotations

import re
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from benchmarks.simulation import demo_world
from scenarios.simulation import Play, play_day

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_the_python_of_the_page_runs(capsys, monkeypatch):
    (code,) = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs/simulation.md").read_text("utf-8"), re.DOTALL | re.M)
    monkeypatch.chdir(ROOT)

    exec(compile(code, "docs/simulation.md", "exec"), {})

    served, kept = capsys.readouterr().out.split()
    assert int(served) > 100
    assert 0 < float(kept) <= 1


@pytest.mark.slow
def test_days_are_the_same_on_one_process_and_on_two():
    world = demo_world(Play(morning_iterations=300, replan_iterations=50, replan_s=7200))
    play = partial(_bytes, world)

    alone = [play(day) for day in range(2)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        shared = list(pool.map(play, range(2)))

    assert alone == shared


def _bytes(world, day):
    return play_day(world, day=day, seed=1).to_json()
