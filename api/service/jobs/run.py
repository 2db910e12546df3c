"""One job in a process of its own: reads the order from stdin, writes lines of JSON to stdout.

``{"began": true}`` when all is ready, ``{"progress": {...}}`` while it searches, at last ``{"plan": {...}}`` or
``{"error": {...}}``. A line on stdin asks it to stop with the best plan so far. Whatever happens here, the worker lives
on.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import sys
import threading
from typing import Any

from dispatch.errors import CalloutError, InputError


def main() -> None:
    """Run the job that stands on stdin."""
    for number in (signal.SIGINT, signal.SIGTERM):  # who asks all processes to end means the worker, which ends this
        signal.signal(number, signal.SIG_IGN)
    order = json.loads(sys.stdin.readline())
    memory = int(order["memory_mb"]) * 1024 * 1024
    with contextlib.suppress(ValueError, OSError):  # a lower limit of the system stays
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    stop = threading.Event()
    threading.Thread(target=_listen, args=(stop,), daemon=True).start()
    try:
        say({"plan": solve(order, stop)})
    except CalloutError as error:
        faults = [str(fault) for fault in error.faults] if isinstance(error, InputError) else []
        say({"error": {"code": error.code, "message": error.message, "faults": faults[:100]}})
    except MemoryError:
        say({"error": {"code": "job.memory", "message": f"it needs more than {order['memory_mb']} MB", "faults": []}})


def _listen(stop: threading.Event) -> None:
    sys.stdin.readline()
    stop.set()


def say(line: dict[str, Any]) -> None:
    """Write one line to the worker."""
    print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201  (stdout is the worker's)


def solve(order: dict[str, Any], stop: threading.Event) -> dict[str, Any]:
    """Plan the order's problem; the plan file's form, and of the rest of a day also its `problem` and `outcome`."""
    from api import plan_file
    from api.inputs import from_json, to_json
    from api.service.days.rest import budget_of, outcome_of, rest_of
    from dispatch.ports import Limits, Progress
    from dispatch.replan import replan_day
    from dispatch.service import plan_day, travel_of
    from geo.registry import travel_source
    from solver.registry import engine

    asked = order["request"]
    told = asked.get("rest")
    rest = rest_of(order["problem"], told) if told else None
    day = rest.day if rest else from_json(order["problem"], name="day")
    travel = travel_of(day.problem, travel_source(order["travel"], settings=day.travel))
    if asked["engine"] == "search":
        from solver.search.warm import warm

        warm()
    say({"began": True})
    limits = Limits(seconds=asked.get("seconds"), iterations=asked.get("iterations"))

    def show(progress: Progress) -> None:
        seen = {"iterations": progress.iterations, "cost_cents": progress.cost_cents, "served": progress.served}
        say({"progress": {"elapsed_s": round(progress.elapsed_s, 3), **seen}})

    if rest is None:
        plan = plan_day(
            day.problem,
            travel,
            engine(asked["engine"]),
            limits=limits,
            seed=asked["seed"],
            workers=order["workers"],
            on_progress=show,
            should_stop=stop.is_set,
        )
        return plan_file.to_json(day.problem, plan)
    done = replan_day(
        day.problem,
        travel,
        engine(asked["engine"]),
        in_force=rest.in_force,
        reports=rest.reports,
        now_s=rest.now_s,
        budget=budget_of(told["budget"]),
        limits=limits,
        seed=asked["seed"],
        workers=order["workers"],
        on_progress=show,
        should_stop=stop.is_set,
    )
    made = plan_file.to_json(done.problem, done.plan)
    return {**made, "problem": to_json(done.problem), "outcome": outcome_of(done)}


if __name__ == "__main__":
    main()
