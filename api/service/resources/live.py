"""The day under way: change a plan by hand, offer appointments, see breaches coming, plan the rest again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field, model_validator
from sqlmodel import Session

from api.service.days.changing import accept, anywhere, desk_of, difference_of, tried
from api.service.days.live import live_day
from api.service.days.rest import budget_of
from api.service.days.spread import spread_of
from api.service.http.context import Live, Planner, Publisher, Reader
from api.service.http.described import problems, sample
from api.service.http.errors import NeedsVersionError
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import Instant
from api.service.http.versions import check_version, etag
from api.service.jobs.queue import enqueue
from api.service.resources.jobs import JobState, limited, state_of
from api.service.resources.plans import plan_for
from api.service.store.audits import Author
from dispatch.adjust import Change, KeepVisit, MoveVisit, ReleaseVisit, RemoveVisit
from dispatch.errors import reject
from dispatch.risk import risks
from dispatch.service import MAX_SEED
from dispatch.slots import Slot, slots, windows_of

router = APIRouter(prefix="/plans/{plan_id}", tags=["live day"])
Name = Annotated[str, Field(min_length=1, max_length=200)]
MOST_SLOTS = 100


class ChangeOrder(BaseModel):
    """One change to one ticket's visit.

    ``move`` gives it to a shift (none: wherever it costs least) at a position (none: the best one); ``remove`` leaves
    the ticket out; ``lock`` keeps its technician, ``pin`` its technician and start, ``release`` neither.
    """

    model_config = sample(kind="move", ticket="T-001", shift="GZ-T01-mon", position=2)

    kind: Literal["move", "remove", "lock", "pin", "release"]
    ticket: Name
    shift: Name | None = None
    position: Annotated[int | None, Field(ge=0, le=10_000)] = None
    role: Annotated[int, Field(ge=0, le=50)] = 0
    accept: Annotated[bool, Field(description="false: only say what it would do")] = False


class ChangeAnswer(BaseModel):
    """What a change does: costs afterwards less before, rules it breaks, other visits it moves by more than the
    tolerance; `plan` is the plan that holds it when it was accepted.
    """

    difference_cents: dict[str, int]
    total_cents: int
    violations: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    technician: str | None = None
    start: Instant | None = None
    plan: str | None = None
    published: dict[str, int] | None = None


class SlotOrder(BaseModel):
    """Which appointments may be offered for a ticket that has no visit."""

    model_config = sample(ticket="T-001", length_min=120, last="2026-03-02T20:00:00+08:00")

    ticket: Name
    first: Annotated[Instant | None, Field(description="none: now")] = None
    last: Annotated[Instant | None, Field(description="none: the end of the plan")] = None
    length_min: Annotated[int, Field(ge=15, le=24 * 60)] = 120
    step_min: Annotated[int | None, Field(ge=15, le=24 * 60, description="none: one after another")] = None


class Offer(BaseModel):
    """One appointment: promised is a start between `first` and `last`."""

    first: Instant
    last: Instant
    technician: str
    shift: str
    start: Instant
    cost_cents: int
    late: list[str]
    moved: int


class Offers(BaseModel):
    """Appointments, cheapest first."""

    offers: list[Offer]


class Warned(BaseModel):
    """A promise that may be missed; `target` is one of the tier, `window` (the appointment) or `shift_end`."""

    ticket: str
    shift: str
    target: str
    due: Instant
    planned: Instant
    probability: float
    mean_late_s: int


class Warnings(BaseModel):
    """Promises that may be missed, most likely first; `service_spread` is what services vary by, of their length."""

    service_spread: float
    warnings: list[Warned]


class BudgetOrder(BaseModel):
    """How much of the plan in force may move; visits that nobody can keep where they are don't count."""

    most_moved: Annotated[int | None, Field(ge=0, le=100_000)] = None
    keep_times: bool = False
    tolerance_min: Annotated[float | None, Field(ge=0, le=24 * 60)] = None


class ReplanOrder(BaseModel):
    """How to plan the rest of the day."""

    model_config = sample(budget={"most_moved": 5}, seconds=5)

    budget: BudgetOrder = BudgetOrder()
    engine: Literal["search", "ortools", "greedy"] = "search"
    seconds: Annotated[float | None, Field(gt=0, le=86_400)] = None
    iterations: Annotated[int | None, Field(ge=1, le=10**12)] = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 1

    @model_validator(mode="after")
    def _limited(self) -> ReplanOrder:
        if self.seconds is None and self.iterations is None:
            self.seconds = 5.0
        return self


@router.post("/changes", responses={200: {"model": ChangeAnswer}})
def change(
    plan_id: str,
    body: ChangeOrder,
    live: Live,
    caller: Publisher,
    once: OnceOnly,
    if_match: Annotated[str | None, Header(description="version that is changed, to accept")] = None,
) -> Response:
    """Say what a change would cost, break and move, or accept it."""
    if body.accept and if_match is None:
        raise NeedsVersionError("version.missing", "name the version that you change: If-Match")

    def work(session: Session, author: Author) -> Answer:
        plan = plan_for(session, plan_id, caller, lock=body.accept)
        if body.accept:
            check_version(if_match or "", etag(plan.id, plan.version))
        desk = desk_of(session, live.desks, plan, author.at, fresh=body.accept)
        wanted: Change
        match body.kind:
            case "move":
                wanted = (
                    anywhere(desk, body.ticket)
                    if body.shift is None
                    else MoveVisit(ticket_id=body.ticket, shift_id=body.shift, position=body.position, role=body.role)
                )
            case "remove":
                wanted = RemoveVisit(ticket_id=body.ticket)
            case "release":
                wanted = ReleaseVisit(ticket_id=body.ticket)
            case _:
                wanted = KeepVisit(ticket_id=body.ticket, start=body.kind == "pin")
        done = tried(desk, wanted)
        answer: dict[str, Any] = difference_of(done)
        for route in done.routes:
            for visit in route.visits:
                if (visit.ticket_id, visit.role) == (body.ticket, body.role):
                    answer["technician"] = route.technician_id
                    answer["start"] = done.problem.instant(visit.start_s).isoformat()
        if body.accept:
            answer |= accept(session, plan, desk, done, wanted, author)
        return Answer(status=200, body=answer)

    if body.accept:
        return once.write(live, caller, work)
    with live.store.reading() as session:
        made = work(session, Author(user_id=caller.user_id, at=live.now()))
    return Response(ChangeAnswer.model_validate(made.body).model_dump_json(), media_type="application/json")


@router.post("/slots", responses=problems(409))
def offer(plan_id: str, body: SlotOrder, live: Live, caller: Publisher) -> Offers:
    """Appointments for a new ticket, each with what it would cost."""
    with live.store.reading() as session:
        desk = desk_of(session, live.desks, plan_for(session, plan_id, caller), live.now())
    problem = desk.problem
    first_s = desk.now_s if body.first is None else max(desk.now_s, problem.second(body.first))
    last_s = problem.end_s if body.last is None else min(problem.end_s, problem.second(body.last))
    windows = windows_of(
        first_s, last_s, length_s=60 * body.length_min, step_s=None if body.step_min is None else 60 * body.step_min
    )
    if len(windows) > MOST_SLOTS:
        raise reject("slots.many", f"at most {MOST_SLOTS} windows are tried", field="step_min", value=len(windows))
    found = slots(problem, desk.travel, desk.routes, body.ticket, windows)
    return Offers(offers=[_offer(desk.problem.instant, one) for one in found])


def _offer(at: Any, one: Slot) -> Offer:
    return Offer(
        first=at(one.window.start_s),
        last=at(one.window.end_s),
        technician=one.technician_id,
        shift=one.shift_id,
        start=at(one.start_s),
        cost_cents=one.cost_cents,
        late=list(one.late),
        moved=one.moved,
    )


@router.get("/warnings", responses=problems(409))
def warnings(
    plan_id: str,
    live: Live,
    caller: Reader,
    least: Annotated[float, Query(ge=0, le=1, description="least probability")] = 0.2,
) -> Warnings:
    """Promises that may be missed, from the spread of durations."""
    with live.store.reading() as session:
        desk = desk_of(session, live.desks, plan_for(session, plan_id, caller), live.now())
        spread = spread_of(session)
    at = desk.problem.instant
    return Warnings(
        service_spread=round(spread.service, 3),
        warnings=[
            Warned(
                ticket=one.ticket_id,
                shift=one.shift_id,
                target=one.target,
                due=at(one.due_s),
                planned=at(one.planned_s),
                probability=one.probability,
                mean_late_s=one.mean_late_s,
            )
            for one in risks(desk.problem, desk.routes, spread=spread, least=least)
        ],
    )


@router.post("/replan", status_code=202, responses={202: {"model": JobState}})
def replan(plan_id: str, body: ReplanOrder, live: Live, caller: Planner, once: OnceOnly) -> Response:
    """Plan the rest of the day again: what is done or under way stays, and at most the budget moves."""

    def work(session: Session, author: Author) -> Answer:
        limited(body.seconds, live.settings)
        plan = plan_for(session, plan_id, caller)
        day = live_day(session, plan, author.at)
        asked = body.model_dump(mode="json", include={"engine", "seconds", "iterations", "seed"})
        budget = body.budget.model_dump(mode="json")
        budget_of(budget)
        request = {
            **asked,
            "centre": plan.centre_id,
            "rest": {**day.told, "budget": budget, "follows": plan.id},
        }
        job = enqueue(session, day.document, request, author)
        return Answer(
            status=202, body=state_of(job).model_dump(mode="json"), headers={"Location": f"/v1/jobs/{job.id}"}
        )

    return once.write(live, caller, work)
