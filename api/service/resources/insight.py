"""Why a plan is as it is, and what the service centres cover: sentences and figures of the domain."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlmodel import Session

from api import plan_file
from api.inputs import from_json
from api.service.days.day import document_of
from api.service.http.context import Live, Reader
from api.service.http.described import problems
from api.service.http.errors import ConflictError
from api.service.http.readable import Instant
from api.service.resources.plans import plan_for
from api.service.store.tables import Plan
from dispatch.errors import reject
from dispatch.explain.text import text
from dispatch.plan import Reason
from dispatch.problem import Problem

router = APIRouter(tags=["insight"])


class Said(BaseModel):
    """A reason: its code and facts for programs, a sentence for people."""

    code: str
    facts: dict[str, int | str]
    text: str


class Help(Said):
    """A change of the input that makes the ticket serviceable, tried out."""

    technician: str
    shift: str
    cost_cents: int


class Left(BaseModel):
    """A ticket that nobody serves, and why."""

    ticket: str
    deferred: bool
    reason: Said
    remedies: list[Help]


class Delayed(BaseModel):
    """A target that a visit misses, and why."""

    ticket: str
    target: str
    late_s: int
    reason: Said


class Explanations(BaseModel):
    """Reasons of a plan, in the order of its tickets and routes."""

    unserved: list[Left]
    late: list[Delayed]


@router.get("/plans/{plan_id}/explanations")
def explain(plan_id: str, live: Live, caller: Reader, language: Literal["en", "zh"] = "en") -> Explanations:
    """Why tickets are late or unserved, and what would help."""
    with live.store.reading() as session:
        plan = plan_for(session, plan_id, caller)
        problem, made = _read(session, plan)
    return Explanations(
        unserved=[
            Left(
                ticket=one.ticket_id,
                deferred=one.deferred,
                reason=_said(one.reason, language, problem),
                remedies=[
                    Help(
                        **_said(remedy.change, language, problem).model_dump(),
                        technician=remedy.technician_id,
                        shift=remedy.shift_id,
                        cost_cents=remedy.cost_cents,
                    )
                    for remedy in one.remedies
                ],
            )
            for one in made.unserved
        ],
        late=[
            Delayed(
                ticket=one.ticket_id,
                target=one.target,
                late_s=one.late_s,
                reason=_said(one.reason, language, problem),
            )
            for one in made.late
        ],
    )


def _read(session: Session, plan: Plan) -> tuple[Problem, Any]:
    problem = from_json(plan.problem, name="plan").problem
    return problem, plan_file.from_json(plan.result, problem)


def _said(reason: Reason, language: str, problem: Problem) -> Said:
    return Said(code=reason.code, facts=dict(reason.facts), text=text(reason, language, problem))


@router.get("/coverage", responses=problems(409))
def coverage(
    live: Live,
    caller: Reader,
    start: Instant,
    end: Instant,
    *,
    profile: Annotated[str, Query(max_length=40)] = "car",
    radius_km: Annotated[float | None, Query(gt=0, le=1000)] = None,
    minutes: Annotated[float | None, Query(gt=0, le=1440)] = None,
) -> dict[str, Any]:
    """What circles promise against what roads allow, for the open tickets of a time (docs/coverage.md)."""
    if not timedelta() < end - start <= timedelta(days=366):
        raise reject("time.span", "give more than nothing and at most 366 days", field="end", value=end)
    if not live.settings.travel.startswith("roads:"):
        raise ConflictError(
            "coverage.no_roads", "the service's travel source knows no roads: CALLOUT_TRAVEL=roads:FILE"
        )
    from api.coverage_json import coverage_document
    from api.coverage_study import study

    with live.store.reading() as session:
        document = document_of(session, start, end, centres=caller.centres, to_plan=False)
    problem = from_json(document, name="coverage").problem
    roads: Any = live.lines.source()
    found = study(
        problem,
        roads,
        profile=profile,
        radius_m=None if radius_km is None else round(1000 * radius_km),
        limit_s=None if minutes is None else round(60 * minutes),
    )
    return coverage_document(found)
