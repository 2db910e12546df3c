"""A dispatcher's change to a plan: tried, then perhaps accepted."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session

from api import plan_file
from api.inputs import to_json
from api.service.days.desks import Desk, Desks
from api.service.days.live import live_day
from api.service.days.publishing import publish
from api.service.days.rest import moved_of
from api.service.http.errors import ConflictError
from api.service.store.audits import Author, record
from api.service.store.tables import Plan, Ticket
from dispatch.adjust import Change, Considered, KeepVisit, MoveVisit, ReleaseVisit, consider
from dispatch.feasibility import check_plan
from dispatch.fingerprint import problem_hash
from dispatch.plan import Provenance
from dispatch.service import assemble, refuse
from dispatch.slots import slots
from dispatch.tickets import Window
from dispatch.version import VERSION

Json = dict[str, Any]
BY_HAND = "dispatcher"
"""Stands as engine in a plan that a dispatcher has changed."""


def desk_of(session: Session, desks: Desks, plan: Plan, now: datetime, *, fresh: bool = False) -> Desk:
    """The plan as it can still be changed; `fresh` for what is going to be kept.

    Raises
    ------
    ConflictError
        ``plan.state`` when it is superseded.
    """
    if plan.state == "draft":
        return desks.draft(plan.id, plan.problem, plan.result)
    live = live_day(session, plan, now)
    return desks.under_way(plan.id, live.document, live.told, fresh=fresh)


def anywhere(desk: Desk, ticket_id: str) -> MoveVisit:
    """The cheapest place for a ticket without a visit.

    Raises
    ------
    ConflictError
        ``change.no_place`` when no route takes it without breaking a hard constraint.
    """
    ticket = desk.problem.ticket_by_id.get(ticket_id)
    windows = (
        ticket.windows
        if ticket is not None and ticket.windows
        else (Window(start_s=desk.now_s, end_s=desk.problem.end_s),)
    )
    found = slots(desk.problem, desk.travel, desk.routes, ticket_id, windows)
    if not found:
        raise ConflictError("change.no_place", "no route takes it without breaking a hard constraint")
    return MoveVisit(ticket_id=ticket_id, shift_id=found[0].shift_id, position=found[0].position)


def tried(desk: Desk, change: Change) -> Considered:
    """What a change would do.

    Raises
    ------
    ConflictError
        ``visit.fixed`` when the visit is under way or done.
    """
    if change.ticket_id in desk.fixed:
        raise ConflictError("visit.fixed", "the visit is under way or done")
    return consider(desk.problem, desk.travel, desk.routes, change)


def accept(session: Session, plan: Plan, desk: Desk, done: Considered, change: Change, author: Author) -> Json:
    """Keep a change: a pin with its ticket, all else as a plan, which is put into force if the old one was.

    Raises
    ------
    ConflictError
        ``change.infeasible`` with what it would break.
    """
    if isinstance(change, KeepVisit | ReleaseVisit):
        _pin(session, done, change.ticket_id, author)
        return {"plan": plan.id, "published": None}
    if done.violations:
        raise ConflictError(
            "change.infeasible",
            "the change breaks hard constraints",
            facts={"violations": [violation_of(one) for one in done.violations]},
        )
    made = plan_of(desk, done)
    if plan.state == "draft":
        before = {"total_cents": plan.total_cents}
        plan.result, plan.total_cents, plan.version = made, made["total_cents"], plan.version + 1
        record(session, author, "change", Plan, plan.id, before=before, after={"total_cents": plan.total_cents})
        session.flush()
        return {"plan": plan.id, "published": None}
    after = Plan(
        id=uuid4().hex,
        starts_at=done.problem.start,
        ends_at=done.problem.instant(done.problem.end_s),
        centre_id=plan.centre_id,
        problem=to_json(done.problem),
        result=made,
        total_cents=made["total_cents"],
        created_at=author.at,
        created_by=author.user_id,
        from_at=author.at,
        follows_id=plan.id,
        outcome={"change": type(change).__name__, **difference_of(done)},
    )
    session.add(after)
    session.flush()
    return {"plan": after.id, "published": publish(session, after, author, "dispatcher")}


def plan_of(desk: Desk, done: Considered) -> Json:
    """The changed plan, checked like every other, in the form of a plan file."""
    provenance = Provenance(
        problem_hash=problem_hash(done.problem),
        engine=BY_HAND,
        engine_version="1",
        callout_version=VERSION,
        travel_source=desk.travel.source,
        seed=0,
        workers=1,
        seconds=None,
        iterations=None,
        iterations_done=0,
        weights=dataclasses.asdict(done.problem.weights),
        warnings=desk.travel.warnings,
    )
    plan = assemble(done.problem, desk.travel, done.routes, provenance)
    refuse(check_plan(done.problem, desk.travel, plan), "a change by hand")
    return plan_file.to_json(done.problem, plan)


def difference_of(done: Considered) -> Json:
    """A change's price, what it breaks and whom it moves, as plain data."""
    return {
        "difference_cents": dict(done.difference_cents),
        "total_cents": done.total_cents,
        "violations": [violation_of(one) for one in done.violations],
        "moves": [moved_of(done.problem, one) for one in done.moves],
    }


def violation_of(one: Any) -> Json:
    """A broken rule as plain data."""
    return {"code": one.code, "shift": one.shift_id, "ticket": one.ticket_id, "facts": dict(one.facts)}


def _pin(session: Session, done: Considered, ticket_id: str, author: Author) -> None:
    """Keep the pin with the ticket, for this plan and all later ones."""
    held = session.get(Ticket, ticket_id, with_for_update=True)
    if held is None:
        return
    pin = done.problem.ticket_by_id[ticket_id].pin
    fields = {name: value for name, value in held.fields.items() if name not in ("pin_technicians", "pin_start")}
    if pin is not None:
        fields["pin_technicians"] = list(pin.technician_ids)
        if pin.start_s is not None:
            fields["pin_start"] = done.problem.instant(pin.start_s).isoformat()
    record(session, author, "pin" if pin else "release", Ticket, ticket_id, before=held.fields, after=fields)
    held.fields, held.version = fields, held.version + 1
    session.flush()
