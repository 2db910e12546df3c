"""Plans: list, read, compare, publish."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlmodel import Session, and_, col, or_, select
from starlette.background import BackgroundTask

from api.service.days.changing import desk_of
from api.service.days.publishing import PUBLISHERS, publish
from api.service.http.context import Live, Planner, Publisher, Reader, Service
from api.service.http.described import problems
from api.service.http.errors import MissingError
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import Instant
from api.service.http.versions import Version, check_version, etag, matches
from api.service.security.tokens import Caller
from api.service.store.audits import Author
from api.service.store.changes import take_turn
from api.service.store.database import TROUBLE
from api.service.store.tables import Plan
from dispatch.errors import CalloutError

router = APIRouter(prefix="/plans", tags=["plans"])


class PlanHead(BaseModel):
    """A plan without its routes."""

    id: str
    state: Literal["draft", "published", "superseded"]
    start: datetime
    end: datetime
    total_cents: int
    created_at: datetime
    published_at: datetime | None
    from_at: datetime | None
    follows: str | None


class PlanPage(BaseModel):
    """Some plans, newest first; `next` asks for the older ones."""

    items: list[PlanHead]
    next: str | None


class Comparison(BaseModel):
    """Two plans side by side: what the second has more than the first."""

    cost_cents: dict[str, int]
    kpis: dict[str, float]
    moved: list[dict[str, Any]]


@router.get("", responses=problems(404))
def pages(
    live: Live,
    caller: Reader,
    *,
    state: Literal["draft", "published", "superseded"] | None = None,
    start: Annotated[Instant | None, Query(description="only plans that end after")] = None,
    end: Annotated[Instant | None, Query(description="only plans that start before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=40, description="only plans made before this one")] = None,
) -> PlanPage:
    """Plans, newest first."""
    question = _visible(caller).order_by(col(Plan.created_at).desc(), col(Plan.id).desc()).limit(limit + 1)
    if state is not None:
        question = question.where(Plan.state == state)
    if start is not None:
        question = question.where(Plan.ends_at > start)
    if end is not None:
        question = question.where(Plan.starts_at < end)
    with live.store.reading() as session:
        if before is not None:
            last = plan_for(session, before, caller)
            same = and_(col(Plan.created_at) == last.created_at, col(Plan.id) < last.id)
            question = question.where(or_(col(Plan.created_at) < last.created_at, same))
        found = session.exec(question).all()
    items = [_head(plan) for plan in found[:limit]]
    return PlanPage(items=items, next=items[-1].id if len(found) > limit else None)


@router.get("/{plan_id}")
def read(plan_id: str, live: Live, caller: Reader, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """One plan, as ``callout plan`` writes it (docs/plan.md)."""
    with live.store.reading() as session:
        plan = plan_for(session, plan_id, caller)
        tag = etag(plan.id, plan.version)
        if matches(if_none_match, tag):
            return Response(status_code=304, headers={"ETag": tag})
        body = {**_head(plan).model_dump(mode="json"), "plan": plan.result, "outcome": plan.outcome}
    return JSONResponse(body, headers={"ETag": tag})


@router.get("/{plan_id}/compare/{other_id}")
def compare(plan_id: str, other_id: str, live: Live, caller: Planner) -> Comparison:
    """What a second plan costs more than the first, and which tickets it gives to somebody else."""
    with live.store.reading() as session:
        one, other = (plan_for(session, each, caller).result for each in (plan_id, other_id))
    owners = [_owners(result) for result in (one, other)]
    return Comparison(
        cost_cents=_more(one["cost_cents"], other["cost_cents"]),
        kpis=_more(one["kpis"], other["kpis"]),
        moved=[
            {"ticket": key[0], "role": key[1], "from": owners[0].get(key), "to": owners[1].get(key)}
            for key in sorted(owners[0].keys() | owners[1].keys())
            if owners[0].get(key) != owners[1].get(key)
        ],
    )


@router.post("/{plan_id}/publish")
def into_force(plan_id: str, live: Live, caller: Publisher, once: OnceOnly, version: Version) -> Response:
    """Put a draft into force; phones are told what changes for them."""

    def work(session: Session, author: Author) -> Answer:
        plan = plan_for(session, plan_id, caller, lock=True)
        check_version(version, etag(plan.id, plan.version))
        counts = publish(session, plan, author, "published")
        return Answer(status=200, body=counts, headers={"ETag": etag(plan.id, plan.version)})

    answer = once.write(live, caller, work)
    answer.background = BackgroundTask(_look_at, live, plan_id)
    return answer


def _look_at(live: Service, plan_id: str) -> None:
    """Read the day once before somebody asks what an emergency costs in it."""
    with contextlib.suppress(CalloutError, *TROUBLE), live.store.reading() as session:
        plan = session.get(Plan, plan_id)
        if plan is not None:
            desk_of(session, live.desks, plan, live.now())


def _visible(caller: Caller) -> Any:
    question = select(Plan)
    return question if caller.centres is None else question.where(col(Plan.centre_id).in_(sorted(caller.centres)))


def plan_for(session: Session, plan_id: str, caller: Caller, *, lock: bool = False) -> Plan:
    """A plan that the caller may see.

    Raises
    ------
    MissingError
        ``plan.unknown``.
    """
    if lock:
        take_turn(session, PUBLISHERS)  # before the row, so that nobody waits in a circle
    question = _visible(caller).where(Plan.id == plan_id)
    plan: Plan | None = session.exec(question.with_for_update() if lock else question).first()
    if plan is None:
        raise MissingError("plan.unknown", "there is no such plan")
    return plan


def _head(plan: Plan) -> PlanHead:
    return PlanHead.model_validate(
        {
            "id": plan.id,
            "state": plan.state,
            "start": plan.starts_at,
            "end": plan.ends_at,
            "total_cents": plan.total_cents,
            "created_at": plan.created_at,
            "published_at": plan.published_at,
            "from_at": plan.from_at,
            "follows": plan.follows_id,
        }
    )


def _owners(result: dict[str, Any]) -> dict[tuple[str, int], str]:
    return {
        (stop["ticket"], stop["role"]): route["technician"]
        for route in result["routes"]
        for stop in route["stops"]
        if stop["kind"] == "visit"
    }


def _more(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Numbers of `other` less those of `one`; what is no number is left out."""
    return {
        name: other[name] - one[name]
        for name in one.keys() & other.keys()
        if isinstance(one[name], int | float) and isinstance(other[name], int | float)
    }
