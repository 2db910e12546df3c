"""Days of one size planned by engines and time limits, in one run.

    python -m benchmarks.planning TICKETS TECHNICIANS --seconds 1,60 [--engines search,ortools] [--minutes 20,60]
                                  [--workers 2] [--seed 1]

The day is `random_day`: soft targets, windows, skills, breaks, parts. Everything is compiled before the first run. Each
limit is a run of its own; the checker must accept every plan. Prints Markdown: seconds until the first plan and in all,
cost, and the ratio to the cheapest.
"""

from __future__ import annotations

import argparse
import resource
import time

from benchmarks.random_day import random_day
from dispatch.feasibility import check_plan
from dispatch.ports import Limits, Progress
from dispatch.service import plan_day, travel_of
from geo.geodesic import GeodesicTravel
from solver.registry import engine
from solver.search.warm import warm


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning", description=__doc__)
    parser.add_argument("tickets", type=int)
    parser.add_argument("technicians", type=int)
    parser.add_argument("--seconds", default="10", help="limits, with commas between")
    parser.add_argument("--engines", default="search")
    parser.add_argument("--minutes", default="20,60", help="shortest and longest service")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    least, most = (int(word) for word in asked.minutes.split(","))
    problem = random_day(asked.tickets, asked.technicians, seed=1, minutes=(least, most))
    warm(everything=True)
    rows = []
    for name in asked.engines.split(","):
        for seconds in (float(word) for word in asked.seconds.split(",")):
            travel = travel_of(problem, GeodesicTravel())
            first: list[Progress] = []

            def note(progress: Progress, first: list[Progress] = first) -> None:
                if not first and progress.cost_cents is not None:
                    first.append(progress)

            begun = time.perf_counter()
            plan = plan_day(
                problem, travel, engine(name), limits=Limits(seconds=seconds), seed=asked.seed, workers=asked.workers,
                on_progress=note,
            )  # fmt: skip
            took_s = time.perf_counter() - begun
            if check_plan(problem, travel, plan):
                raise SystemExit(f"{name}, {seconds:g} s: the plan is wrong")
            peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rows.append((name, seconds, first[0] if first else None, took_s, plan, peak_mib))
    best = min(plan.total_cents for *_, plan, _ in rows)
    print(f"{asked.tickets:,} tickets, {asked.technicians:,} technicians, services of {least} to {most} minutes\n")
    print("| engine | limit | first plan | served in it | served | cost | ratio | whole `plan_day` | peak so far |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, seconds, start, took_s, plan, peak_mib in rows:
        served, cost = plan.kpis["served"], plan.total_cents
        begin = (f"{start.elapsed_s:.2f} s", f"{start.served:,}") if start else ("-", "-")
        print(
            f"| `{name}` | {seconds:g} s | {begin[0]} | {begin[1]} | {served:,} | {cost / 100:,.2f} "
            f"| {cost / best:.3f} | {took_s:.1f} s | {peak_mib:,.0f} MiB |"
        )


if __name__ == "__main__":
    main()
