"""Routes, reasons and provenance out of their plain form."""

from __future__ import annotations

from dataclasses import fields

from api.plan_file.node import Node
from dispatch.errors import InputError
from dispatch.plan import Lateness, Provenance, Reason, Rest, Restock, Route, Stop, Visit
from dispatch.weights import Weights


def read_route(node: Node) -> Route:
    """Build a route."""
    return Route(
        shift_id=node.text("shift"),
        technician_id=node.text("technician"),
        departure_s=node.second("departure"),
        return_s=node.second("return"),
        end_travel_s=node.integer("end_travel_s"),
        end_distance_m=node.integer("end_distance_m"),
        stops=tuple(_read_stop(stop) for stop in node.nodes("stops")),
    )


def _read_stop(node: Node) -> Stop:
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


def read_reason(node: Node) -> Reason:
    """Build a reason of its code and facts."""
    facts = node.node("facts")
    return Reason(code=node.text("code"), facts={name: facts.fact(name) for name in facts.names()})


def read_provenance(node: Node) -> Provenance:
    """Build what says how a plan was made; its weights must be weights."""
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
        warnings=tuple(read_reason(warning) for warning in node.nodes("warnings")),
    )


def _read_weights(node: Node) -> dict[str, int]:
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
