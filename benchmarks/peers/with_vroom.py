"""VROOM through ``pyvroom``: construction heuristics and local search, on all workers, without a seed."""

from __future__ import annotations

import time
from datetime import timedelta
from importlib import import_module
from typing import Any

from api.bench.case import Routes
from api.bench.vrptw import VrptwCase
from dispatch.ports import Limits

LEVELS = range(6)
"""Exploration levels: each starts from more heuristic solutions than the one before."""


def solve(case: VrptwCase, *, limits: Limits, seed: int, workers: int) -> Routes:
    """Best routes of the exploration levels that fit into the time, one after another.

    A level shares its time among its starts, so a high one alone would be cut short on a large instance and a low one
    would leave most of the time unused on a small one. A level begins only if the time left is at least what the one
    before took; VROOM looks at its limit now and then only, and may pass it. `limits.iterations` means levels; there is
    no chance in it, so the seed means nothing.
    """
    begun = last = time.monotonic()
    best: Routes = []
    for level in LEVELS[: limits.iterations]:
        now = time.monotonic()
        left = None if limits.seconds is None else limits.seconds - (now - begun)
        if left is not None and left < max(now - last, 0.001):
            break
        last = now
        found = _run(case, level=level, seconds=left, workers=workers)
        if not best or _rank(case, found) < _rank(case, best):
            best = found
    return best


def _rank(case: VrptwCase, routes: Routes) -> tuple[int, float]:
    score = case.score(routes)
    return score.unserved, score.cost


def _run(case: VrptwCase, *, level: int, seconds: float | None, workers: int) -> Routes:
    vroom: Any = import_module("vroom")
    problem, depot = vroom.Input(), case.nodes[0]
    problem.set_durations_matrix("car", case.legs)  # without another matrix the cost is the duration
    problem.add_vehicle(
        [
            vroom.Vehicle(
                number,
                start=0,
                end=0,
                capacity=[case.capacity],
                time_window=vroom.TimeWindow(depot.ready, depot.due),
            )
            for number in range(case.vehicles)
        ]
    )
    problem.add_job(
        [
            vroom.Job(
                number,
                location=number,
                default_service=node.service,
                delivery=vroom.Amount([node.demand]),
                time_windows=[vroom.TimeWindow(node.ready, node.due)],
            )
            for number, node in enumerate(case.nodes)
            if number
        ]
    )
    timeout = None if seconds is None else timedelta(seconds=seconds)
    steps = problem.solve(exploration_level=level, nb_threads=workers, timeout=timeout).routes
    jobs = steps[steps["type"] == "job"]
    return [[int(number) for number in route["id"]] for _, route in jobs.groupby("vehicle_id", sort=False)]
