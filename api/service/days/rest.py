"""The rest of a day as plain data, so that a job's process, which has no database, can plan it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api import plan_file
from api.inputs import DayInput, from_json
from dispatch.plan import Route
from dispatch.problem import Problem
from dispatch.replan import Budget, Moved, Replanned, Report, State

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A day that is under way.

    Parameters
    ----------
    day : DayInput
        The whole day as it is known now, with the tickets that are done.
    in_force : tuple of Route
        Routes that technicians drive.
    reports : tuple of Report
        What is under way or over.
    now_s : int
        Second of the day's horizon.
    """

    day: DayInput
    in_force: tuple[Route, ...]
    reports: tuple[Report, ...]
    now_s: int


def rest_of(document: Mapping[str, Any], told: Mapping[str, Any], *, day: DayInput | None = None) -> Rest:
    """Read the plain form.

    Parameters
    ----------
    document : mapping
        Input document of the whole day.
    told : mapping
        ``now``, ``routes`` as in a plan file, and ``reports`` with ``ticket role shift state start finish again``.
    day : DayInput or None
        The document, when it has been read already.
    """
    read = day or from_json(document, name="day")
    problem = read.problem
    return Rest(
        day=read,
        in_force=plan_file.routes_from_json(told["routes"], problem),
        reports=tuple(_report(problem, one) for one in told["reports"]),
        now_s=now_of(read, told),
    )


def now_of(day: DayInput, told: Mapping[str, Any]) -> int:
    """Second of the day at which it is told, not before its begin."""
    return max(0, day.problem.second(datetime.fromisoformat(told["now"])))


def _report(problem: Problem, one: Mapping[str, Any]) -> Report:
    start_s, finish_s = (problem.second(datetime.fromisoformat(one[name])) for name in ("start", "finish"))
    return Report(
        ticket_id=one["ticket"],
        role=one["role"],
        shift_id=one["shift"],
        state=State(one["state"]),
        start_s=start_s,
        finish_s=max(start_s, finish_s),
        again=one.get("again", False),
    )


def budget_of(asked: Mapping[str, Any]) -> Budget:
    """A budget's plain form: ``most_moved keep_times tolerance_min``."""
    tolerance = asked.get("tolerance_min")
    return Budget(
        most_moved=asked.get("most_moved"),
        keep_times=bool(asked.get("keep_times")),
        tolerance_s=None if tolerance is None else round(60 * tolerance),
    )


def outcome_of(done: Replanned) -> Json:
    """What a plan of the rest of a day moves, and what that costs."""
    return {
        "moves": [{**moved_of(done.problem, one), "forced": one.key in done.forced} for one in done.moves],
        "options": [
            {"moved": one.moved, "unserved": one.unserved, "cost_cents": one.cost_cents} for one in done.options
        ],
        "price_cents": done.price_cents,
    }


def moved_of(problem: Problem, one: Moved) -> Json:
    """A visit that is moved: from whom and when, to whom and when; ``to`` is None where nobody serves it."""

    def at(second: int | None) -> str | None:
        return None if second is None else problem.instant(second).isoformat()

    gone = one.to_technician_id is None
    return {
        "ticket": one.ticket_id,
        "role": one.role,
        "from": {"technician": one.technician_id, "start": at(one.start_s)},
        "to": None if gone else {"technician": one.to_technician_id, "start": at(one.to_start_s)},
    }
