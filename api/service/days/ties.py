"""Tickets that come `after` one that is not part of the same plan: the gap stays, as a window.

The other ticket is done: the gap counts from when it really started or ended. It is open and a plan in force visits it,
another day or by somebody else: the gap counts from when that is planned. It is open and nobody visits it yet: nobody
can say when the gap begins, and the ticket waits, outside the plan. It was cancelled, or closed without a visit:
nothing is left to wait for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from api.service.store.tables import Event, Plan, Ticket, Visit

Json = dict[str, Any]
_AHEAD = ("planned", "en_route", "arrived", "started")


def tied(session: Session, items: Sequence[Json], start: datetime) -> list[Json]:
    """Tickets of a plan, each after others of this plan alone; those that must wait are left out.

    Parameters
    ----------
    session : Session
        Of any transaction.
    items : sequence of dict
        Tickets as an input document has them.
    start : datetime
        Begin of the plan.
    """
    found = list(items)
    while True:
        known = {item["id"] for item in found}
        outside = {tie["ticket"] for item in found for tie in item.get("after", ())} - known
        marks = _marks(session, outside)
        if all(_can_begin(item, known, marks) for item in found):
            return [_cut(item, known, marks, start) for item in found]
        found = [item for item in found if _can_begin(item, known, marks)]


def _can_begin(item: Json, known: set[str], marks: Mapping[str, object]) -> bool:
    return all(tie["ticket"] in known or tie["ticket"] in marks for tie in item.get("after", ()))


def _marks(session: Session, names: Collection[str]) -> dict[str, tuple[datetime, datetime] | None]:
    """When each of these starts and ends, None: there is nothing to wait for; one that nobody visits is not in it."""
    found: dict[str, tuple[datetime, datetime] | None] = {}
    for name in sorted(names):
        ticket = session.get(Ticket, name)
        is_open = ticket is not None and ticket.state == "open"
        times = _times(session, name, _AHEAD if is_open else ("done",))
        if times is not None or not is_open:
            found[name] = times if ticket is not None and ticket.state in ("open", "done") else None
    return found


def _times(session: Session, ticket_id: str, states: Collection[str]) -> tuple[datetime, datetime] | None:
    """Start and end of the last of a ticket's visits in these states, by what phones told or else as planned."""
    question = select(Visit).where(Visit.ticket_id == ticket_id, col(Visit.state).in_(states))
    if "done" not in states:
        question = question.join(Plan).where(Plan.state == "published")
    starts, ends = [], []
    for visit in session.exec(question).all():
        told = select(Event.kind, Event.happened_at).where(Event.visit_id == visit.id).order_by(col(Event.happened_at))
        moments = dict(session.exec(told).all())
        starts.append(moments.get("started", visit.starts_at))
        ends.append(moments.get("finished", visit.finishes_at))
    return (max(starts), max(ends)) if ends else None


def _cut(item: Json, known: set[str], marks: Mapping[str, tuple[datetime, datetime] | None], start: datetime) -> Json:
    """The ticket with windows in place of its ties to what is outside."""
    if all(tie["ticket"] in known for tie in item.get("after", ())):
        return item
    made = item | {"after": [tie for tie in item["after"] if tie["ticket"] in known]}
    for tie in item["after"]:
        mark = marks.get(tie["ticket"]) if tie["ticket"] not in known else None
        if mark is None:
            continue
        at = mark[0] if tie.get("point") == "start" else mark[1]
        first = at + timedelta(minutes=tie.get("min_gap_min") or 0)
        most = tie.get("max_gap_min")
        last = None if most is None else at + timedelta(minutes=most)
        made["windows"] = _both(made.get("windows", ()), first, last) or [_over(start)]
    return made


def _both(windows: Sequence[Json], first: datetime, last: datetime | None) -> list[Json]:
    """Windows cut to ``first .. last``; none where nothing is left of any."""
    if not windows:
        return [_window(first, last or first + timedelta(days=366))]
    cut = []
    for window in windows:
        begins, ends = max(datetime.fromisoformat(window["start"]), first), datetime.fromisoformat(window["end"])
        ends = ends if last is None else min(ends, last)
        if begins <= ends:
            cut.append(_window(begins, ends))
    return cut


def _over(start: datetime) -> Json:
    """A window that passes before the plan begins: the ticket can't be served, and the reason says so."""
    return _window(start - timedelta(minutes=1), start - timedelta(minutes=1))


def _window(first: datetime, last: datetime) -> Json:
    return {"start": first.isoformat(), "end": last.isoformat()}
