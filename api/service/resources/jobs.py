"""Planning jobs: order a plan, look how far it is, stop it with the best so far."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, model_validator
from sqlmodel import Session, col, select

from api.inputs import from_json
from api.service.days.day import document_of
from api.service.http.context import Live, Planner
from api.service.http.described import sample
from api.service.http.errors import ForbiddenError, MissingError
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import Instant
from api.service.jobs.queue import enqueue
from api.service.security.tokens import Caller
from api.service.settings import Settings
from api.service.store.audits import Author
from api.service.store.tables import Job
from dispatch.errors import reject
from dispatch.service import MAX_SEED

router = APIRouter(tags=["plans"])


class PlanOrder(BaseModel):
    """What to plan, and for how long to search."""

    model_config = sample(
        start="2026-03-02T00:00:00+08:00", end="2026-03-03T00:00:00+08:00", zone="Asia/Shanghai", seconds=10
    )

    start: Annotated[Instant, Field(examples=["2026-03-02T00:00:00+08:00"])]
    end: Annotated[Instant, Field(examples=["2026-03-03T00:00:00+08:00"])]
    zone: Annotated[str | None, Field(max_length=64, examples=["Asia/Shanghai"])] = None
    centre: Annotated[str | None, Field(max_length=200, description="only its technicians; none: all")] = None
    engine: Literal["search", "ortools", "greedy"] = "search"
    seconds: Annotated[float | None, Field(gt=0, le=86_400)] = None
    iterations: Annotated[int | None, Field(ge=1, le=10**12)] = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 1

    @model_validator(mode="after")
    def _limited(self) -> PlanOrder:
        if self.seconds is None and self.iterations is None:
            self.seconds = 10.0
        return self


class JobState(BaseModel):
    """How far a job is."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    created_at: datetime
    progress: dict[str, Any]
    plan: str | None
    error: dict[str, Any] | None


@router.post("/plans", status_code=202, responses={202: {"model": JobState}})
def order(body: PlanOrder, live: Live, caller: Planner, once: OnceOnly) -> Response:
    """Plan a time; the answer names the job that does it."""

    def work(session: Session, author: Author) -> Answer:
        limited(body.seconds, live.settings)
        if caller.centres is not None and body.centre not in caller.centres:
            raise ForbiddenError(
                "auth.centre", "name a centre that is yours", facts={"centres": sorted(caller.centres)}
            )
        centres = None if body.centre is None else frozenset({body.centre})
        document = document_of(session, body.start, body.end, zone=body.zone, centres=centres, now=author.at)
        from_json(document, name="day")
        request = body.model_dump(mode="json", include={"centre", "engine", "seconds", "iterations", "seed"})
        job = enqueue(session, document, request, author)
        return Answer(
            status=202, body=state_of(job).model_dump(mode="json"), headers={"Location": f"/v1/jobs/{job.id}"}
        )

    return once.write(live, caller, work)


class JobPage(BaseModel):
    """Some jobs, newest first."""

    items: list[JobState]


@router.get("/jobs")
def pages(
    live: Live,
    caller: Planner,
    state: Literal["queued", "running", "done", "failed", "cancelled"] | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JobPage:
    """Jobs, newest first; the night's among them, with the reason where it failed."""
    question = select(Job).order_by(col(Job.created_at).desc(), col(Job.id))
    if state is not None:
        question = question.where(Job.state == state)
    with live.store.reading() as session:
        found = (job for job in session.exec(question.limit(10 * limit)).all() if _visible(job, caller))
        return JobPage(items=[state_of(job) for _, job in zip(range(limit), found, strict=False)])


@router.get("/jobs/{job_id}")
def look(job_id: str, live: Live, caller: Planner) -> JobState:
    """How far a job is."""
    with live.store.reading() as session:
        return state_of(_job(session, job_id, caller))


@router.post("/jobs/{job_id}/cancel", responses={200: {"model": JobState}})
def cancel(job_id: str, live: Live, caller: Planner, once: OnceOnly) -> Response:
    """Stop a job; if it has a plan already, that is its result."""

    def work(session: Session, _: Author) -> Answer:
        job = _job(session, job_id, caller)
        job.cancel = True
        if job.state == "queued":
            job.state = "cancelled"
        return Answer(status=200, body=state_of(job).model_dump(mode="json"))

    return once.write(live, caller, work)


def limited(seconds: float | None, settings: Settings) -> None:
    """Refuse a longer search than this service allows.

    Raises
    ------
    InputError
        ``plan.limits``.
    """
    if seconds is not None and seconds > settings.job_seconds:
        raise reject("plan.limits", f"at most {settings.job_seconds:g} s here", field="seconds", value=seconds)


def state_of(job: Job) -> JobState:
    """What a client sees of a job."""
    return JobState.model_validate(
        {
            "id": job.id,
            "state": job.state,
            "created_at": job.created_at,
            "progress": job.progress,
            "plan": job.plan_id,
            "error": job.error,
        }
    )


def _job(session: Session, job_id: str, caller: Caller) -> Job:
    job = session.get(Job, job_id)
    if job is None or not _visible(job, caller):
        raise MissingError("job.unknown", "there is no such job")
    return job


def _visible(job: Job, caller: Caller) -> bool:
    return caller.centres is None or job.request.get("centre") in caller.centres
