"""Put a plan into force: its visits become those of the phones, and each is told what changed for it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, select

from api.service.http.errors import ConflictError
from api.service.store.audits import Author, record
from api.service.store.changes import take_turn, tell
from api.service.store.tables import Plan, Ticket, Visit

Json = dict[str, Any]
PUBLISHERS = 0x43A11009
"""Number of the lock at which plans queue to come into force: each must see what the one before left."""
FIXED = ("en_route", "arrived", "started", "done", "failed")
"""States in which a visit is under way or over: a new plan leaves it as it is; after a failed one comes another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A visit as the new plan has it."""

    technician_id: str
    shift_id: str
    position: int
    arrives_at: datetime
    starts_at: datetime
    finishes_at: datetime


def publish(session: Session, plan: Plan, author: Author, reason: str) -> dict[str, int]:
    """Make this plan the one in force for its time.

    A plan of some technicians, or of a part of the time of one in force, leaves all other visits alone.
    Visits keep their id when their ticket is visited by another technician or at another time, so what a phone has
    recorded offline still finds them.

    Returns
    -------
    dict
        How many visits were `added`, `moved` (another technician), `retimed`, `removed` and left as they were (`same`).

    Raises
    ------
    ConflictError
        ``plan.state`` when the plan isn't a draft; ``plan.outdated`` when one of its tickets isn't open any more, or
        the plan that it goes on from isn't in force any more.
    """
    take_turn(session, PUBLISHERS)
    if plan.state != "draft":
        raise ConflictError("plan.state", f"the plan is {plan.state}; only a draft can be published")
    if plan.follows_id is not None:
        base = session.get(Plan, plan.follows_id, with_for_update=True)
        if base is None or base.state != "published":
            raise ConflictError("plan.outdated", "another plan has come into force since this one was made")
    wanted = _wanted(plan.result)
    scope = {technician["id"] for technician in plan.problem["technicians"]}
    in_force = session.exec(
        select(Plan).where(Plan.state == "published", Plan.starts_at < plan.ends_at, Plan.ends_at > plan.starts_at)
    ).all()
    visits = session.exec(
        select(Visit)
        .where(
            col(Visit.plan_id).in_([old.id for old in in_force]),
            Visit.state != "removed",
            Visit.starts_at >= plan.starts_at,
            Visit.starts_at < plan.ends_at,
        )
        # As phones' reports lock them, before the turn at the feed: so nobody waits in a circle.
        .order_by(col(Visit.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    elsewhere = {visit.ticket_id for visit in visits if visit.technician_id not in scope}
    _require_free(session, {ticket for ticket, _ in wanted}, elsewhere)
    own = [visit for visit in visits if visit.technician_id in scope]
    standing = {(visit.ticket_id, visit.role): visit for visit in own if visit.state != "failed"}
    counts = dict.fromkeys(("added", "moved", "retimed", "removed", "same"), 0)
    for old in in_force:
        covered = old.id == plan.follows_id or (plan.starts_at <= old.starts_at and old.ends_at <= plan.ends_at)
        if covered and {technician["id"] for technician in old.problem["technicians"]} <= scope:
            old.state, old.version = "superseded", old.version + 1
    for visit in own:
        if visit.state == "failed":
            visit.plan_id = plan.id
    for key, visit in standing.items():
        if visit.state in FIXED:
            visit.plan_id = plan.id
            wanted.pop(key, None)
            counts["same"] += 1
        elif key not in wanted:
            visit.state, visit.version = "removed", visit.version + 1
            tell(session, visit.technician_id, "removed", reason, author.at, {"visit": visit.id})
            counts["removed"] += 1
    for key, new in wanted.items():
        counts[_put(session, plan, key, new, standing.get(key), author, reason)] += 1
    plan.state, plan.published_at, plan.version = "published", author.at, plan.version + 1
    record(session, author, "publish", Plan, plan.id, before={"state": "draft"}, after={"state": "published", **counts})
    session.flush()
    return counts


def _put(
    session: Session,
    plan: Plan,
    key: tuple[str, int],
    new: _Wanted,
    old: Visit | None,
    author: Author,
    reason: str,
) -> str:
    """Add a visit, or change the one that stands; what was done."""
    values = {name: getattr(new, name) for name in _Wanted.__slots__}
    if old is None:
        visit = Visit(id=uuid4().hex, plan_id=plan.id, ticket_id=key[0], role=key[1], **values)
        session.add(visit)
        tell(session, new.technician_id, "added", reason, author.at, {"visit": visit.id})
        return "added"
    moved = old.technician_id != new.technician_id
    same = all(getattr(old, name) == value for name, value in values.items())
    if moved:
        tell(session, old.technician_id, "removed", reason, author.at, {"visit": old.id})
        tell(session, new.technician_id, "added", reason, author.at, {"visit": old.id})
    elif not same:
        facts = {"visit": old.id, "from": old.starts_at.isoformat(), "to": new.starts_at.isoformat()}
        tell(session, old.technician_id, "retimed", reason, author.at, facts)
    old.plan_id = plan.id
    if not same:
        old.sqlmodel_update(values)
        old.version += 1
    return "moved" if moved else "same" if same else "retimed"


def _wanted(result: Json) -> dict[tuple[str, int], _Wanted]:
    """Visits of a plan file, by ticket and role."""
    return {
        (stop["ticket"], stop["role"]): _Wanted(
            technician_id=route["technician"],
            shift_id=route["shift"],
            position=position,
            arrives_at=datetime.fromisoformat(stop["arrival"]),
            starts_at=datetime.fromisoformat(stop["start"]),
            finishes_at=datetime.fromisoformat(stop["finish"]),
        )
        for route in result["routes"]
        for position, stop in enumerate(route["stops"])
        if stop["kind"] == "visit"
    }


def _require_free(session: Session, tickets: set[str], elsewhere: set[str]) -> None:
    """Refuse a plan with tickets that are closed, or that technicians outside the plan visit by now."""
    open_ones = set(session.exec(select(Ticket.id).where(Ticket.state == "open")).all())
    gone = sorted(tickets - (open_ones - elsewhere))
    if gone:
        message = f"{len(gone)} ticket(s) of the plan were closed or given to others meanwhile"
        raise ConflictError("plan.outdated", message, facts={"tickets": gone[:100]})
