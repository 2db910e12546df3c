"""Simulated days of the demo, on several processes: time, and how well promises were kept.

``python -m benchmarks.simulation [--days N] [--processes W] [--replan-minutes M] [--iterations I] [--morning I]``
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean

from api import inputs
from geo.registry import travel_source
from scenarios.demand.rates import demand_of
from scenarios.simulation import DayLedger, Play, World, play_day

DEMO = Path(__file__).parents[1] / "examples/pearl_river_delta"
SHOWN = ("served", "breaches", "unserved", "deferred", "kept_share.enterprise", "kept_share.advanced")


def demo_world(play: Play) -> World:
    """The demo's technicians and days like its own: about 220 tickets, of which a fifth come during the day."""
    day = inputs.read_day(DEMO)
    travel = travel_source(day.travel.source, settings=day.travel)
    return World(template=day.problem, demand=demand_of(day.problem), travel=travel, play=play)


def timed(world: World, seed: int, day: int) -> tuple[DayLedger, float]:
    """A day, and the seconds of processor time that it took."""
    begun_s = time.process_time()
    return play_day(world, day=day, seed=seed), time.process_time() - begun_s


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Play days of the demo.")
    usual = Play()
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default=usual.engine)
    parser.add_argument("--replan-minutes", type=int, default=usual.replan_s // 60)
    parser.add_argument("--iterations", type=int, default=usual.replan_iterations)
    parser.add_argument("--morning", type=int, default=usual.morning_iterations)
    options = parser.parse_args(arguments)
    play = Play(
        engine=options.engine,
        morning_iterations=options.morning,
        replan_iterations=options.iterations,
        replan_s=60 * options.replan_minutes,
    )
    world = demo_world(play)
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(partial(timed, world, options.seed), range(options.processes)))  # compiled code is loaded
        begun_s = time.perf_counter()
        played = list(pool.map(partial(timed, world, options.seed), range(options.days)))
        took_s = time.perf_counter() - begun_s
    figures = [ledger.kpis for ledger, _ in played]
    print(f"{play}")
    print(
        f"{options.days} days on {options.processes} processes: {took_s:.1f} s, "
        f"{fmean(seconds for _, seconds in played):.2f} s of one core a day"
    )
    for name in (*SHOWN, "kept_share.basic", "replans", "moved_visits", "overtime_s", "cost_cents"):
        print(f"  {name:24} {fmean(one[name] for one in figures):12,.3f}")


if __name__ == "__main__":
    main()
