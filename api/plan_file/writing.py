"""A plan in plain form and as text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from dispatch.plan import Plan, Reason, Rest, Restock, Route, Stop, Visit
from dispatch.problem import Problem

FORMAT = "callout-plan/1"

Time = Callable[[int], str]


def to_json(problem: Problem, plan: Plan) -> dict[str, Any]:
    """Plain form of a plan; times in the zone of the horizon's start."""

    def at(second: int) -> str:
        return problem.instant(second).isoformat()

    provenance = plan.provenance
    return {
        "format": FORMAT,
        "start": at(0),
        "end": at(problem.end_s),
        "total_cents": plan.total_cents,
        "cost_cents": dict(plan.cost),
        "kpis": dict(plan.kpis),
        "routes": [_route(route, at) for route in plan.routes],
        "unserved": [
            {
                "ticket": entry.ticket_id,
                "deferred": entry.deferred,
                "reason": _reason(entry.reason),
                "obstacles": [
                    {"technician": o.technician_id, "shift": o.shift_id, **_reason(o.reason)} for o in entry.obstacles
                ],
                "remedies": [
                    {
                        "technician": r.technician_id,
                        "shift": r.shift_id,
                        "cost_cents": r.cost_cents,
                        **_reason(r.change),
                    }
                    for r in entry.remedies
                ],
            }
            for entry in plan.unserved
        ],
        "late": [
            {"ticket": entry.ticket_id, "target": entry.target, "late_s": entry.late_s, "reason": _reason(entry.reason)}
            for entry in plan.late
        ],
        "provenance": {name: getattr(provenance, name) for name in _PROVENANCE}
        | {
            "weights": dict(provenance.weights),
            "parameters": dict(provenance.parameters),
            "warnings": [_reason(warning) for warning in provenance.warnings],
        },
    }


_PROVENANCE = (
    "problem_hash",
    "engine",
    "engine_version",
    "callout_version",
    "travel_source",
    "seed",
    "workers",
    "seconds",
    "iterations",
    "iterations_done",
)


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "facts": dict(reason.facts)}


def _route(route: Route, at: Time) -> dict[str, Any]:
    return {
        "shift": route.shift_id,
        "technician": route.technician_id,
        "departure": at(route.departure_s),
        "return": at(route.return_s),
        "end_travel_s": route.end_travel_s,
        "end_distance_m": route.end_distance_m,
        "stops": [_stop(stop, at) for stop in route.stops],
    }


def _stop(stop: Stop, at: Time) -> dict[str, Any]:
    times = {"start": at(stop.start_s), "finish": at(stop.finish_s)}
    match stop:
        case Rest():
            return {"kind": "rest", "index": stop.index, **times}
        case Restock():
            return {
                "kind": "restock",
                "centre": stop.centre_id,
                "travel_s": stop.travel_s,
                "distance_m": stop.distance_m,
                "arrival": at(stop.arrival_s),
                **times,
            }
        case Visit():
            late = [{"target": missed.target, "due": at(missed.due_s), "late_s": missed.late_s} for missed in stop.late]
            return {
                "kind": "visit",
                "ticket": stop.ticket_id,
                "role": stop.role,
                "travel_s": stop.travel_s,
                "distance_m": stop.distance_m,
                "arrival": at(stop.arrival_s),
                **times,
                "late": late,
            }


def dumps(problem: Problem, plan: Plan) -> str:
    """Text of ``plan.json``: the same plan gives the same bytes."""
    return json.dumps(to_json(problem, plan), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
