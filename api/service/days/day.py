"""The day to plan, as an input document made of what the database holds now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from api.service.days.ties import tied
from api.service.store.tables import Absence, Centre, DaySetting, Plan, Shift, Technician, Ticket, Visit

Json = dict[str, Any]
Span = tuple[datetime, datetime]


def document_of(
    session: Session,
    start: datetime,
    end: datetime,
    *,
    zone: str | None = None,
    centres: frozenset[str] | None = None,
    also: frozenset[str] = frozenset(),
    now: datetime | None = None,
    to_plan: bool = True,
) -> Json:
    """Input document of the time from `start` to `end`.

    Parameters
    ----------
    session : Session
        Of any transaction.
    start, end : datetime
        Horizon, aware.
    zone : str or None
        Time zone of the texts of the plan; None: the offset of `start`.
    centres : frozenset of str or None
        Only the technicians of these centres; None: all.
    also : frozenset of str
        Tickets that are in it although they are not open any more.
    now : datetime or None
        Tickets that a plan in force visits from now on, before `start` or after `end`, are not in it; None: they are.
    to_plan : bool
        Whether ties to tickets outside become windows, see :mod:`api.service.days.ties`; else they are left out.
    """
    plan: Json = {"start": start.isoformat(), "end": end.isoformat()} | ({"zone": zone} if zone else {})
    document: Json = {"plan": plan}
    document |= {one.id: one.fields["value"] for one in session.exec(select(DaySetting)).all()}
    centres_held = select(col(Centre.id), col(Centre.fields)).order_by(col(Centre.id))
    document["centres"] = [_item(*row) for row in session.exec(centres_held).all()]
    wanted = select(col(Technician.id), col(Technician.fields)).order_by(col(Technician.id))
    if centres is not None:
        wanted = wanted.where(col(Technician.centre_id).in_(sorted(centres)))
    document["technicians"] = [_item(*row) for row in session.exec(wanted).all()]
    names = {item["id"] for item in document["technicians"]}
    document["shifts"] = [item for item in _shifts(session, start, end) if item["technician"] in names]
    elsewhere = set() if centres is None else _visited_by_others(session, start, end, names)
    elsewhere |= set() if now is None else _visited_at_other_times(session, start, end, now)
    held = select(col(Ticket.id), col(Ticket.fields))
    open_ones = held.where(Ticket.state == "open", Ticket.opened_at < end)
    found = {name: _item(name, fields) for name, fields in session.exec(open_ones).all() if name not in elsewhere}
    closed = sorted(also - found.keys())
    for first in range(0, len(closed), 500):
        some = held.where(col(Ticket.id).in_(closed[first : first + 500]))
        found |= {name: _item(name, fields) for name, fields in session.exec(some).all()}
    theirs = [item for item in (among(found[name], names) for name in sorted(found)) if item is not None]
    document["tickets"] = tied(session, theirs, start) if to_plan else _untied(theirs)
    plan["skills"] = sorted({skill for item in document["tickets"] for skill in skills_of(item)})
    baseline = _baseline(session, start, end, {item["id"] for item in document["tickets"]}, names)
    return document | ({"baseline": baseline} if baseline else {})


def _item(name: str, fields: Json) -> Json:
    return {"id": name, **fields}


def _shifts(session: Session, start: datetime, end: datetime) -> list[Json]:
    """Shifts inside the horizon, without the absences."""
    away: dict[str, list[Span]] = {}
    for absence in session.exec(select(Absence).where(Absence.ends_at > start, Absence.starts_at < end)).all():
        away.setdefault(absence.technician_id, []).append((absence.starts_at, absence.ends_at))
    found = []
    inside = (
        select(col(Shift.id), col(Shift.fields), col(Shift.starts_at), col(Shift.ends_at))
        .where(Shift.starts_at >= start, Shift.ends_at <= end)
        .order_by(col(Shift.id))
    )
    for name, fields, starts_at, ends_at in session.exec(inside).all():
        item: Json | None = _item(name, fields)
        if fields["technician"] in away:
            item = without(item or {}, (starts_at, ends_at), away[fields["technician"]])
        if item is not None:
            found.append(item)
    return found


def without(item: Json, span: Span, absences: Iterable[Span]) -> Json | None:
    """A shift's longest part outside the absences; None: nothing is left of it."""
    parts = [span]
    for begins, ends in sorted(absences):
        cut = []
        for first, last in parts:
            cut += [(first, min(last, begins)), (max(first, ends), last)]
        parts = [(first, last) for first, last in cut if last > first]
    if not parts:
        return None
    first, last = max(parts, key=lambda part: part[1] - part[0])
    made = item | {"start": first.isoformat(), "end": last.isoformat()}
    if "regular_end" in made:
        regular = min(max(datetime.fromisoformat(made["regular_end"]), first), last)
        made["regular_end"] = regular.isoformat()
    inside = [
        rest
        for rest in made.get("breaks", ())
        if first <= datetime.fromisoformat(rest["earliest"]) and datetime.fromisoformat(rest["latest"]) <= last
    ]
    return {name: value for name, value in made.items() if name != "breaks"} | ({"breaks": inside} if inside else {})


def skills_of(ticket: Mapping[str, Any]) -> list[str]:
    """Skills that a ticket asks for; the plan lists them, as nobody in it may have them."""
    crew = ticket.get("crew")
    parts = [ticket.get("skills"), *(crew if isinstance(crew, list) else ())]
    return [name for part in parts if isinstance(part, dict) for name in part if isinstance(name, str)]


def among(item: Json, technicians: set[str]) -> Json | None:
    """A ticket as these technicians can serve it; None: only others may. Wishes that name others go."""
    made = dict(item)
    for name in ("required", "pin_technicians"):
        if name in made and not set(made[name]) <= technicians:
            left = [one for one in made[name] if one in technicians]
            if name == "pin_technicians" or not left:
                return None
            made[name] = left
    for name in ("preferred", "excluded"):
        if name in made:
            made[name] = [one for one in made[name] if one in technicians]
    return made


def _untied(items: list[Json]) -> list[Json]:
    """Tickets without their order behind those that are not among them."""
    known = {item["id"] for item in items}
    return [
        {**item, "after": [tie for tie in item["after"] if tie["ticket"] in known]} if "after" in item else item
        for item in items
    ]


def _in_force(question: Any, start: datetime, end: datetime) -> Any:
    """Ask this of the visits of published plans that start in this time."""
    return question.join(Plan).where(Plan.state == "published", Visit.starts_at >= start, Visit.starts_at < end)


def _visited_by_others(session: Session, start: datetime, end: datetime, technicians: set[str]) -> set[str]:
    """Tickets that technicians outside the plan have."""
    question = _in_force(select(Visit.ticket_id, Visit.technician_id), start, end).where(Visit.state != "removed")
    return {ticket_id for ticket_id, technician_id in session.exec(question).all() if technician_id not in technicians}


def _visited_at_other_times(session: Session, start: datetime, end: datetime, now: datetime) -> set[str]:
    """Tickets whose visit is still to come, and not in this time; one that nobody reported in time is planned again."""
    question = (
        select(Visit.ticket_id)
        .join(Plan)
        .where(Plan.state == "published", col(Visit.state).in_(("planned", "en_route", "arrived", "started")))
        .where(Visit.finishes_at >= now, or_(col(Visit.starts_at) < start, col(Visit.starts_at) >= end))
    )
    return set(session.exec(question).all())


def _baseline(session: Session, start: datetime, end: datetime, tickets: set[str], technicians: set[str]) -> list[Json]:
    """What the published plan promises now."""
    question = _in_force(select(Visit.ticket_id, Visit.role, Visit.technician_id, Visit.starts_at), start, end)
    visits = session.exec(
        question.where(or_(Visit.state == "planned", Visit.state == "en_route")).order_by(
            col(Visit.ticket_id), col(Visit.role)
        )
    ).all()
    return [
        {"ticket": ticket_id, "role": role, "technician": technician_id, "start": starts_at.isoformat()}
        for ticket_id, role, technician_id, starts_at in visits
        if ticket_id in tickets and technician_id in technicians
    ]
