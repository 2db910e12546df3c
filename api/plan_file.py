"""``plan.json``: a plan as people and programs exchange it, with RFC 3339 times.

The form is described in ``docs/plan.md``. Reading checks every field; what does not fit is a fault, never a crash.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from dispatch.errors import Fault, InputError
from dispatch.feasibility import Violation
from dispatch.plan import (
    Lateness,
    LateReason,
    Obstacle,
    Plan,
    Provenance,
    Reason,
    Remedy,
    Rest,
    Restock,
    Route,
    Stop,
    Unserved,
    Visit,
)
from dispatch.problem import MAX_HORIZON_S, Problem
from dispatch.weights import Weights

FORMAT = "callout-plan/1"
MAX_BYTES = 256 * 1024 * 1024
"""Largest plan file that is read."""

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


def read(path: Path, problem: Problem) -> Plan:
    """Read a plan file; seconds count from the start of `problem`.

    Raises
    ------
    InputError
        ``plan.unreadable``, ``plan.too_large``, ``plan.json`` or ``plan.format``.
    """
    return from_json(read_document(path), problem, file=path.name)


def read_document(path: Path) -> object:
    """Read the JSON value of a plan file.

    Raises
    ------
    InputError
        ``plan.unreadable``, ``plan.too_large`` or ``plan.json``.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise InputError("plan.unreadable", f"can't read {path}: it is no file")
        if facts.st_size > MAX_BYTES:
            raise InputError("plan.too_large", f"{path} is larger than the limit of {MAX_BYTES // 2**20} MiB")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("plan.json", f"{path} is not UTF-8 text") from None
    except OSError as error:
        raise InputError("plan.unreadable", f"can't read {path}: {error.strerror}") from None
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("plan.json", f"{path} is not complete JSON: {error}") from None
    return document


def from_json(document: object, problem: Problem, *, file: str = "plan.json") -> Plan:
    """Build a plan from its plain form.

    Raises
    ------
    InputError
        ``plan.format`` naming the field that does not fit.
    """
    root = _Node(document, "", file, problem)
    if root.text("format") != FORMAT:
        raise root.bad("format", f"expected {FORMAT!r}")
    return Plan(
        routes=tuple(_read_route(node) for node in root.nodes("routes")),
        unserved=tuple(
            Unserved(
                ticket_id=node.text("ticket"),
                deferred=node.flag("deferred"),
                reason=_read_reason(node.node("reason")),
                obstacles=tuple(
                    Obstacle(technician_id=o.text("technician"), shift_id=o.text("shift"), reason=_read_reason(o))
                    for o in node.nodes("obstacles")
                ),
                remedies=tuple(
                    Remedy(
                        technician_id=r.text("technician"),
                        shift_id=r.text("shift"),
                        cost_cents=r.integer("cost_cents"),
                        change=_read_reason(r),
                    )
                    for r in node.nodes("remedies")
                ),
            )
            for node in root.nodes("unserved")
        ),
        late=tuple(
            LateReason(
                ticket_id=node.text("ticket"),
                target=node.text("target"),
                late_s=node.integer("late_s"),
                reason=_read_reason(node.node("reason")),
            )
            for node in root.nodes("late")
        ),
        cost={name: root.node("cost_cents").integer(name) for name in root.node("cost_cents").names()},
        kpis={name: root.node("kpis").number(name) for name in root.node("kpis").names()},
        provenance=_read_provenance(root.node("provenance")),
    )


def routes_from_json(routes: object, problem: Problem, *, file: str = "plan.json") -> tuple[Route, ...]:
    """Build routes of their plain form alone; seconds count from the start of `problem`.

    Raises
    ------
    InputError
        ``plan.format`` naming the field that does not fit.
    """
    return tuple(_read_route(node) for node in _Node({"routes": routes}, "", file, problem).nodes("routes"))


def head_differences(document: object, problem: Problem, plan: Plan, *, file: str = "plan.json") -> list[Violation]:
    """What the head of a plan file says, and neither the plan nor the input: horizon and total.

    Raises
    ------
    InputError
        ``plan.format`` when one of these fields is missing or of the wrong kind.
    """
    root = _Node(document, "", file, problem)
    found = [
        Violation(
            code="problem_differs",
            facts={"name": name, "plan": root.text(name), "input": problem.instant(second).isoformat()},
        )
        for name, second in (("start", 0), ("end", problem.end_s))
        if root.second(name) != second
    ]
    total_cents = root.integer("total_cents")
    if total_cents != plan.total_cents:
        facts = {"name": "total_cents", "plan": str(total_cents), "real": str(plan.total_cents)}
        found.append(Violation(code="cost_differs", facts=facts))
    return found


def _read_route(node: _Node) -> Route:
    return Route(
        shift_id=node.text("shift"),
        technician_id=node.text("technician"),
        departure_s=node.second("departure"),
        return_s=node.second("return"),
        end_travel_s=node.integer("end_travel_s"),
        end_distance_m=node.integer("end_distance_m"),
        stops=tuple(_read_stop(stop) for stop in node.nodes("stops")),
    )


def _read_stop(node: _Node) -> Stop:
    start_s, finish_s = node.second("start"), node.second("finish")
    kind = node.text("kind")
    if kind == "rest":
        return Rest(index=node.integer("index"), start_s=start_s, finish_s=finish_s)
    travel_s, distance_m, arrival_s = node.integer("travel_s"), node.integer("distance_m"), node.second("arrival")
    if kind == "restock":
        return Restock(
            centre_id=node.text("centre"),
            travel_s=travel_s,
            distance_m=distance_m,
            arrival_s=arrival_s,
            start_s=start_s,
            finish_s=finish_s,
        )
    if kind == "visit":
        late = tuple(
            Lateness(target=item.text("target"), due_s=item.second("due"), late_s=item.integer("late_s"))
            for item in node.nodes("late")
        )
        return Visit(
            ticket_id=node.text("ticket"),
            role=node.integer("role"),
            travel_s=travel_s,
            distance_m=distance_m,
            arrival_s=arrival_s,
            start_s=start_s,
            finish_s=finish_s,
            late=late,
        )
    raise node.bad("kind", "expected visit, restock or rest")


def _read_reason(node: _Node) -> Reason:
    facts = node.node("facts")
    return Reason(code=node.text("code"), facts={name: facts.fact(name) for name in facts.names()})


def _read_provenance(node: _Node) -> Provenance:
    parameters = node.node("parameters")
    return Provenance(
        problem_hash=node.text("problem_hash"),
        engine=node.text("engine"),
        engine_version=node.text("engine_version"),
        callout_version=node.text("callout_version"),
        travel_source=node.text("travel_source"),
        seed=node.integer("seed"),
        workers=node.integer("workers"),
        seconds=None if node.value("seconds") is None else node.number("seconds"),
        iterations=None if node.value("iterations") is None else node.integer("iterations"),
        iterations_done=node.integer("iterations_done"),
        weights=_read_weights(node.node("weights")),
        parameters={name: parameters.scalar(name) for name in parameters.names()},
        warnings=tuple(_read_reason(warning) for warning in node.nodes("warnings")),
    )


def _read_weights(node: _Node) -> dict[str, int]:
    known = [item.name for item in fields(Weights)]
    for name in node.names():
        if name not in known:
            raise node.bad(name, "is no weight")
    weights = {name: node.integer(name) for name in known}
    try:
        Weights(**weights)
    except InputError as error:
        raise node.bad(error.faults[0].field, error.faults[0].message) from None
    return weights


class _Node:
    """One JSON object with typed getters that raise ``plan.format`` with the path of what does not fit."""

    def __init__(self, value: object, path: str, file: str, problem: Problem) -> None:
        self.path, self.file, self.problem = path, file, problem
        if not isinstance(value, Mapping):
            raise self.bad("", "expected an object")
        self.values = value

    def bad(self, name: str, message: str) -> InputError:
        where = ".".join(part for part in (self.path, name) if part)
        value = str(self.values.get(name, "")) if name and hasattr(self, "values") else ""
        return InputError(
            "plan.format",
            f"{self.file}: {where or 'document'}: {message}",
            [Fault(rule="plan.format", message=message, file=self.file, field=where, value=value[:80])],
        )

    def names(self) -> list[str]:
        return [str(key) for key in self.values]

    def value(self, name: str) -> object:
        if name not in self.values:
            raise self.bad(name, "is missing")
        return self.values[name]

    def text(self, name: str) -> str:
        value = self.value(name)
        if not isinstance(value, str):
            raise self.bad(name, "expected text")
        return value

    def integer(self, name: str) -> int:
        value = self.value(name)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**62:
            raise self.bad(name, "expected a whole number")
        return value

    def number(self, name: str) -> int | float:
        value = self.value(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or value != value or abs(value) > 2**62:
            raise self.bad(name, "expected a number")
        return value

    def flag(self, name: str) -> bool:
        value = self.value(name)
        if not isinstance(value, bool):
            raise self.bad(name, "expected true or false")
        return value

    def fact(self, name: str) -> int | str:
        return self.text(name) if isinstance(self.value(name), str) else self.integer(name)

    def scalar(self, name: str) -> int | float | str | bool:
        value = self.value(name)
        if not isinstance(value, int | float | str):
            raise self.bad(name, "expected text, a number, true or false")
        return value

    def second(self, name: str) -> int:
        text = self.text(name)
        try:
            moment = datetime.fromisoformat(text)
            second = self.problem.second(moment) if moment.tzinfo is not None else None
        except (ValueError, OverflowError):
            second = None
        if second is None:
            raise self.bad(name, "expected an RFC 3339 time with an offset")
        if moment.microsecond:
            raise self.bad(name, "expected whole seconds")
        if abs(second) > 3 * MAX_HORIZON_S:
            raise self.bad(name, "is years away from the start of the input")
        return second

    def node(self, name: str) -> _Node:
        return _Node(self.value(name), f"{self.path}.{name}".lstrip("."), self.file, self.problem)

    def nodes(self, name: str) -> list[_Node]:
        value = self.value(name)
        if not isinstance(value, list):
            raise self.bad(name, "expected a list")
        return [
            _Node(item, f"{self.path}.{name}[{number}]".lstrip("."), self.file, self.problem)
            for number, item in enumerate(value)
        ]
