"""Answers of location models as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.location.answer import Answer


def answer_document(
    answer: Answer, *, alternatives: Sequence[Answer] = (), curve: Sequence[tuple[str, float, Answer]] = ()
) -> dict[str, object]:
    """Document of an answer with its alternatives and its curve: name, value and answer of each point."""
    return {
        **_one(answer),
        "served_by": {point: dict(row) for point, row in answer.served_by.items()},
        "alternatives": [_one(other) for other in alternatives],
        "curve": [{name: value, **_one(other)} for name, value, other in curve],
    }


def _one(answer: Answer) -> dict[str, object]:
    return {
        "model": answer.model,
        "feasible": answer.feasible,
        "opened": list(answer.opened),
        "closed": list(answer.closed),
        "objective": answer.objective,
        "unit": answer.unit,
        "bound": answer.bound,
        "gap": answer.gap,
        "proved": answer.proved,
        "figures": dict(answer.figures),
        "staff": {site: dict(row) for site, row in answer.staff.items()},
        "reliefs": [{"code": one.code, "message": one.message, **one.facts} for one in answer.reliefs],
    }
