"""The day under way, as the database knows it: the plan in force, and what phones have reported of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from api.service.days.day import document_of
from api.service.days.publishing import FIXED
from api.service.http.errors import ConflictError
from api.service.store.tables import Event, Plan, Visit

Json = dict[str, Any]
STATES = {"en_route": "under_way", "arrived": "under_way", "started": "under_way", "done": "done", "failed": "failed"}
"""States of visits as :class:`dispatch.replan.State` has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDay:
    """Plain data of a day under way; :func:`api.service.days.rest.rest_of` reads it.

    Parameters
    ----------
    document : dict
        Input document of the whole day as it is known now.
    told : dict
        ``now routes reports``.
    """

    document: Json
    told: Json


def live_day(session: Session, plan: Plan, now: datetime) -> LiveDay:
    """The day of a plan in force.

    Raises
    ------
    ConflictError
        ``plan.state`` when it is not in force.
    """
    if plan.state != "published":
        raise ConflictError("plan.state", f"the plan is {plan.state}; only one in force can go on")
    technicians = sorted({one["id"] for one in plan.problem["technicians"]})
    visits = session.exec(
        select(Visit)
        .join(Plan)
        .where(
            Plan.state == "published",
            col(Visit.technician_id).in_(technicians),
            col(Visit.state).in_(FIXED),
            Visit.starts_at >= plan.starts_at,
            Visit.starts_at < plan.ends_at,
        )
        .order_by(col(Visit.id))
    ).all()
    chain = _chain(session, plan)
    own = select(Visit.ticket_id).where(
        col(Visit.plan_id).in_([one.id for one in chain]), col(Visit.technician_id).in_(technicians)
    )
    planned = session.exec(own.where(Visit.state != "removed")).all()
    end, taken = _given_to_others(session, plan, [one.id for one in chain], set(technicians))
    document = document_of(
        session,
        datetime.fromisoformat(plan.problem["plan"]["start"]),
        end.astimezone(datetime.fromisoformat(plan.problem["plan"]["end"]).tzinfo),
        zone=plan.problem["plan"].get("zone"),
        centres=None if plan.centre_id is None else frozenset({plan.centre_id}),
        also=frozenset(planned).union(visit.ticket_id for visit in visits),
    )
    document.pop("baseline", None)
    document["tickets"] = [_without(item, taken) for item in document["tickets"] if item["id"] not in taken]
    routes = routes_driven(chain, begun={(visit.ticket_id, visit.role) for visit in visits})
    return LiveDay(
        document=document,
        told={"now": now.isoformat(), "routes": routes, "reports": list(reports_of(session, visits, now))},
    )


def _given_to_others(
    session: Session, plan: Plan, chain: list[str], technicians: set[str]
) -> tuple[datetime, set[str]]:
    """When the next plan of these technicians begins, and tickets that plans besides this one visit."""
    overlapping = select(Plan).where(
        Plan.state == "published", Plan.starts_at < plan.ends_at, Plan.ends_at > plan.starts_at, Plan.id != plan.id
    )
    end, others = plan.ends_at, []
    for other in session.exec(overlapping).all():
        if not technicians.isdisjoint(one["id"] for one in other.problem["technicians"]):
            others.append(other.id)
            if other.starts_at > plan.starts_at:
                end = min(end, other.starts_at)
    visits = select(Visit.ticket_id).where(col(Visit.plan_id).in_(others), Visit.state != "removed")
    return end, set(session.exec(visits).all()) if others else set()


def _without(item: Json, tickets: set[str]) -> Json:
    """A ticket without its order behind some others."""
    if "after" not in item:
        return item
    return {**item, "after": [tie for tie in item["after"] if tie["ticket"] not in tickets]}


def _chain(session: Session, plan: Plan) -> list[Plan]:
    """The plan and those that it goes on from, oldest first."""
    found = [plan]
    while (before := found[-1].follows_id) is not None:
        older = session.get(Plan, before)
        if older is None:
            break
        found.append(older)
    return found[::-1]


def routes_driven(plans: Sequence[Plan], *, begun: Set[tuple[str, int]]) -> list[Json]:
    """Routes as they were driven until each plan began, and are to be driven since the last one did.

    Of a visit that was due and had not `begun` when a later plan was made, that plan says what becomes of it.
    """
    routes: dict[str, Json] = {}
    for plan in plans:
        new = {route["shift"]: route for route in plan.result["routes"]}
        if plan.from_at is not None:
            again = {(s["ticket"], s["role"]) for route in new.values() for s in route["stops"] if "ticket" in s}
            for shift, old in routes.items():
                past = [
                    stop
                    for stop in old["stops"]
                    if datetime.fromisoformat(stop["start"]) < plan.from_at
                    and ("ticket" not in stop or (stop["ticket"], stop["role"]) in begun - again)
                ]
                if not past:
                    continue
                ahead = new.get(shift, {**old, "stops": []})
                new[shift] = {**ahead, "departure": old["departure"], "stops": [*past, *ahead["stops"]]}
        routes = new
    return list(routes.values())


def reports_of(session: Session, visits: Iterable[Visit], now: datetime) -> Iterable[Json]:
    """What is known of visits that are under way or over, with real times where phones have told them.

    After a failed visit its ticket may have had another: one report stands for a ticket and role.
    """
    wanted = list(visits)
    moments: dict[tuple[str, str], datetime] = {}
    names = [visit.id for visit in wanted]
    for first in range(0, len(names), 500):
        some = select(Event.visit_id, Event.kind, Event.happened_at).where(
            col(Event.visit_id).in_(names[first : first + 500])
        )
        for visit_id, kind, at in session.exec(some).all():
            moments[visit_id, kind] = max(at, moments.get((visit_id, kind), at))
    again = _visited_again(session, [visit for visit in wanted if visit.state == "failed"])
    for visit in _one_each(wanted, moments):
        state = STATES[visit.state]
        length = visit.finishes_at - visit.starts_at
        started = moments.get((visit.id, "started"))
        if state == "under_way":
            start = started or max(visit.starts_at, now)
            finish = max(start + length, now)
        else:
            end = moments.get((visit.id, "finished" if state == "done" else "failed"))
            finish = min(end or visit.finishes_at, now)
            start = min(started or finish - length, finish)
        yield {
            "ticket": visit.ticket_id,
            "role": visit.role,
            "shift": visit.shift_id,
            "state": state,
            "start": start.isoformat(),
            "finish": finish.isoformat(),
            "again": state == "failed" and (visit.ticket_id, visit.role) in again,
        }


def _one_each(visits: Iterable[Visit], moments: Mapping[tuple[str, str], datetime]) -> list[Visit]:
    """Of the visits to one ticket in one role the one that did not fail, else the one that failed last."""
    kept: dict[tuple[str, int], tuple[bool, datetime, Visit]] = {}
    for visit in visits:
        key, failed = (visit.ticket_id, visit.role), visit.state == "failed"
        rank = not failed, moments.get((visit.id, "failed"), visit.finishes_at) if failed else visit.starts_at
        if key not in kept or rank > kept[key][:2]:
            kept[key] = *rank, visit
    return [visit for _, _, visit in kept.values()]


def _visited_again(session: Session, failed: Sequence[Visit]) -> set[tuple[str, int]]:
    """Ticket and role of failed visits after which another one is planned."""
    names = sorted({visit.ticket_id for visit in failed})
    found: set[tuple[str, int]] = set()
    for first in range(0, len(names), 500):
        planned = (
            select(Visit.ticket_id, Visit.role)
            .join(Plan)
            .where(
                Plan.state == "published",
                Visit.state == "planned",
                col(Visit.ticket_id).in_(names[first : first + 500]),
            )
        )
        found.update(session.exec(planned).all())
    return found
