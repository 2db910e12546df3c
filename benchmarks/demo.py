"""The demo day planned by every engine in one run: cost, service and the ratio to the cheapest.

``python -m benchmarks.demo [SECONDS]``
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from api import inputs
from dispatch.ports import Limits
from dispatch.service import plan_day, travel_of
from geo.registry import travel_source
from solver.registry import ENGINES, engine


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    day = inputs.read_day(Path("examples/pearl_river_delta"))
    travel = travel_of(day.problem, travel_source(day.travel.source, settings=day.travel))
    rows = []
    for name in ENGINES:
        begun = time.perf_counter()
        plan = plan_day(day.problem, travel, engine(name), limits=Limits(seconds=seconds), seed=1, workers=2)
        rows.append((plan.total_cents, name, plan, time.perf_counter() - begun))
    best = min(total for total, *_ in rows)
    for total, name, plan, took_s in sorted(rows, key=lambda row: row[0]):
        print(
            f"{name:8} cost {total / 100:>12,.2f} ({total / best:.3f}), served {plan.kpis['served']} of "
            f"{plan.kpis['tickets']}, missed targets {plan.kpis['breaches']}, enterprise kept "
            f"{plan.kpis['kept_share.enterprise']:.1%}, {took_s:.1f} s"
        )


if __name__ == "__main__":
    main()
