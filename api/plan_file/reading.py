"""A plan out of its file or plain form."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from api.plan_file.node import Node
from api.plan_file.parts import read_provenance, read_reason, read_route
from api.plan_file.writing import FORMAT
from dispatch.errors import InputError
from dispatch.feasibility import Violation
from dispatch.plan import LateReason, Obstacle, Plan, Remedy, Route, Unserved
from dispatch.problem import Problem

MAX_BYTES = 256 * 1024 * 1024
"""Largest plan file that is read."""


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
    root = Node(document, "", file, problem)
    if root.text("format") != FORMAT:
        raise root.bad("format", f"expected {FORMAT!r}")
    return Plan(
        routes=tuple(read_route(node) for node in root.nodes("routes")),
        unserved=tuple(
            Unserved(
                ticket_id=node.text("ticket"),
                deferred=node.flag("deferred"),
                reason=read_reason(node.node("reason")),
                obstacles=tuple(
                    Obstacle(technician_id=o.text("technician"), shift_id=o.text("shift"), reason=read_reason(o))
                    for o in node.nodes("obstacles")
                ),
                remedies=tuple(
                    Remedy(
                        technician_id=r.text("technician"),
                        shift_id=r.text("shift"),
                        cost_cents=r.integer("cost_cents"),
                        change=read_reason(r),
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
                reason=read_reason(node.node("reason")),
            )
            for node in root.nodes("late")
        ),
        cost={name: root.node("cost_cents").integer(name) for name in root.node("cost_cents").names()},
        kpis={name: root.node("kpis").number(name) for name in root.node("kpis").names()},
        provenance=read_provenance(root.node("provenance")),
    )


def routes_from_json(routes: object, problem: Problem, *, file: str = "plan.json") -> tuple[Route, ...]:
    """Build routes of their plain form alone; seconds count from the start of `problem`.

    Raises
    ------
    InputError
        ``plan.format`` naming the field that does not fit.
    """
    return tuple(read_route(node) for node in Node({"routes": routes}, "", file, problem).nodes("routes"))


def head_differences(document: object, problem: Problem, plan: Plan, *, file: str = "plan.json") -> list[Violation]:
    """What the head of a plan file says, and neither the plan nor the input: horizon and total.

    Raises
    ------
    InputError
        ``plan.format`` when one of these fields is missing or of the wrong kind.
    """
    root = Node(document, "", file, problem)
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
