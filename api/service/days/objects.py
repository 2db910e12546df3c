"""One object at a time: checked like an input that holds it and what it refers to, then kept with the next version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from api.inputs import from_json, to_json
from api.inputs.tables import TABLES
from api.inputs.times import YEARS
from api.service.days.day import skills_of
from api.service.days.importing import KINDS, Json, take
from api.service.http.errors import ConflictError
from api.service.store.audits import Author, record
from api.service.store.changes import tell
from api.service.store.tables import DaySetting, Shift, Technician, Ticket, Visit
from dispatch.errors import Fault, InputError

FIRST, LAST = datetime.fromisoformat("2000-01-01T00:00:00+00:00"), timedelta(days=366)
STANDING = ("planned", "en_route", "arrived", "started")
"""States of visits that a technician still has to do with."""


def put(session: Session, kind: str, item: Mapping[str, Any], author: Author) -> None:
    """Keep one object of a list (`tickets`, `technicians`, ...), new or changed.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults at once.
    """
    document = _around(session, kind, item)
    plain = to_json(from_json(document, name=kind).problem)
    wanted = [one for one in plain[kind] if one["id"] == item.get("id")]
    take(session, kind, wanted, author)
    if kind == "tickets":
        tell_visitors(session, str(item["id"]), author)


def remove(session: Session, kind: str, object_id: str, author: Author) -> None:
    """Delete one object that nothing refers to any more.

    Raises
    ------
    ConflictError
        ``object.in_use`` when something does.
    """
    found: Any = session.get(KINDS[kind].table, object_id)
    users = _users(session, kind, object_id)
    if users:
        raise ConflictError("object.in_use", f"{users[0]} still needs it", facts={"users": users[:100]})
    record(session, author, "delete", KINDS[kind].table, object_id, before=found.fields, after=None)
    session.delete(found)
    session.flush()


def _around(session: Session, kind: str, item: Mapping[str, Any]) -> Json:
    """A document of the object, of all that it refers to, and of the time that they need."""
    lists: dict[str, dict[str, Mapping[str, Any]]] = {name: {} for name in KINDS}
    waiting = [(kind, item)]
    while waiting:
        name, one = waiting.pop()
        lists[name][str(one.get("id"))] = one
        for other, object_id in _references(name, one):
            if object_id not in lists[other] and (held := session.get(KINDS[other].table, object_id)) is not None:
                waiting.append((other, {"id": object_id, **held.fields}))
    document: Json = {one.id: one.fields["value"] for one in session.exec(select(DaySetting)).all()}
    document |= {name: list(objects.values()) for name, objects in lists.items()}
    moments = sorted(_moments([*lists["shifts"].values(), *lists["tickets"].values()]))
    start = moments[0] if moments else FIRST
    end = moments[-1] + timedelta(days=1) if moments else FIRST + timedelta(days=1)
    if end - start > LAST:
        far = Fault(rule="time.span", message="its times lie more than a year apart", file=kind, field="id")
        raise InputError.from_faults([far])
    skills = sorted({skill for ticket in lists["tickets"].values() for skill in skills_of(ticket)})
    return document | {"plan": {"start": start.isoformat(), "end": end.isoformat(), "skills": skills}}


def _references(kind: str, item: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List and id of each object that this one names; what has another form is left to the reader's faults."""
    found = []
    for column in TABLES[kind].columns:
        value = item.get(column.name)
        if column.refers not in KINDS or value is None:
            continue
        for one in value if isinstance(value, list) else [value]:
            name = one.get("ticket") if isinstance(one, dict) else one
            if isinstance(name, str):
                found.append((column.refers, name))
    return found


def _moments(value: Any) -> list[datetime]:
    """All instants inside plain data, in the years that inputs may have."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value) if len(value) > 10 else None
        except ValueError:
            return []
        known = moment is not None and moment.tzinfo is not None and moment.year in YEARS
        return [moment] if moment is not None and known else []
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [moment for one in inside for moment in _moments(one)]


def _users(session: Session, kind: str, object_id: str) -> list[str]:
    """What refers to an object, as ``kind/id``."""
    asked: dict[str, list[tuple[str, Any]]] = {
        "centres": [("technicians", select(Technician.id).where(Technician.centre_id == object_id))],
        "technicians": [
            ("shifts", select(Shift.id).where(Shift.technician_id == object_id)),
            ("visits", select(Visit.id).where(Visit.technician_id == object_id)),
        ],
        "shifts": [
            ("visits", select(Visit.id).where(Visit.shift_id == object_id, col(Visit.state).in_(STANDING))),
        ],
        "tickets": [("visits", select(Visit.id).where(Visit.ticket_id == object_id))],
    }
    return [f"{name}/{user}" for name, question in asked[kind] for user in session.exec(question.limit(100)).all()]


def tell_visitors(session: Session, ticket_id: str, author: Author) -> None:
    """A phone shows parts, tools and the place of a ticket: its route has changed."""
    session.flush()
    if session.get(Ticket, ticket_id) is None:
        return
    question = select(Visit).where(Visit.ticket_id == ticket_id, col(Visit.state).in_(STANDING))
    for visit in session.exec(question).all():
        tell(session, visit.technician_id, "ticket", "changed", author.at, {"visit": visit.id})
