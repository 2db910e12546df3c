"""What really happened: figures by day, tier, centre or technician, from visits and what phones reported of them.

Every figure names its base: a share without a count says nothing. Times are those that phones told; a visit that was
never reported counts as planned, and not as kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal

from sqlmodel import Session, col, select

from api.inputs import from_json
from api.service.days.day import document_of
from api.service.store.tables import Complaint, Event, Plan, Technician, Ticket, Visit
from dispatch.problem import Problem
from dispatch.tiers import Point

Json = dict[str, Any]
By = Literal["day", "tier", "centre", "technician"]


@dataclass(slots=True)
class _Sum:
    """Counts of one group."""

    visits: int = 0
    done: int = 0
    failed: int = 0
    tickets: set[str] = field(default_factory=set)
    first_time: set[str] = field(default_factory=set)
    solved: set[str] = field(default_factory=set)
    response_s: list[int] = field(default_factory=list)
    solve_s: list[int] = field(default_factory=list)
    due: int = 0
    kept: int = 0
    complaints: int = 0
    stars: list[float] = field(default_factory=list)
    service_s: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def figures(
    session: Session,
    start: datetime,
    end: datetime,
    by: By,
    *,
    zone: tzinfo,
    centres: frozenset[str] | None = None,
) -> list[Json]:
    """Figures of the visits that were planned to start in a time.

    Parameters
    ----------
    session : Session
        Of any transaction.
    start, end : datetime
        Aware.
    by : str
        What a group is.
    zone : tzinfo
        Where a day begins and ends.
    centres : frozenset of str or None
        Only technicians of these; None: all.

    Returns
    -------
    list of dict
        For each group, in the order of its name: counts (``visits done failed tickets solved due kept complaints
        ratings``), shares with four digits, None without a base (``done_share``; ``deadline_share`` = kept / due;
        ``first_time_share`` = tickets solved by their first visit / solved), means (``response_s`` opening to first
        start, ``solve_s`` opening to last finish, ``satisfaction`` in stars), ``service_s``, and ``balance``: the
        smallest technician's service time as a share of the largest's.
    """
    rows = _visits(session, start, end, centres)
    tries = _tries(session, sorted({ticket.id for _, ticket, _ in rows}), end)
    times = _times(session, [visit.id for some in tries.values() for visit in some])
    deadlines = _Deadlines(session, rows)
    groups: dict[str, _Sum] = defaultdict(_Sum)
    for visit, ticket, centre in rows:
        name = {
            "day": visit.starts_at.astimezone(zone).date().isoformat(),
            "tier": ticket.tier,
            "centre": centre or "",
            "technician": visit.technician_id,
        }[by]
        _count(groups[name], visit, ticket, times, deadlines, tries[visit.ticket_id])
    for name, ticket_id in _complaints(session, rows, by, zone):
        groups[name].complaints += ticket_id is not None
    return [{by: name, **_shown(groups[name])} for name in sorted(groups)]


def _visits(
    session: Session, start: datetime, end: datetime, centres: frozenset[str] | None
) -> list[tuple[Visit, Ticket, str | None]]:
    question = (
        select(Visit, Ticket, Technician.centre_id)
        .join(Ticket, col(Ticket.id) == col(Visit.ticket_id))
        .join(Technician, col(Technician.id) == col(Visit.technician_id))
        .where(Visit.starts_at >= start, Visit.starts_at < end, Visit.state != "removed")
        .order_by(col(Visit.starts_at), col(Visit.id))
    )
    if centres is not None:
        question = question.where(col(Technician.centre_id).in_(sorted(centres)))
    return [(visit, ticket, centre) for visit, ticket, centre in session.exec(question).all()]


def _tries(session: Session, tickets: Sequence[str], end: datetime) -> dict[str, list[Visit]]:
    """All visits of these tickets until then, by whom and when ever: also those before the time asked for."""
    found: dict[str, list[Visit]] = defaultdict(list)
    for first in range(0, len(tickets), 500):
        some = select(Visit).where(
            col(Visit.ticket_id).in_(tickets[first : first + 500]), Visit.starts_at < end, Visit.state != "removed"
        )
        for visit in session.exec(some).all():
            found[visit.ticket_id].append(visit)
    return found


def _times(session: Session, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What phones told of each visit: latest moment by kind, and the last rating."""
    told: dict[str, dict[str, Any]] = defaultdict(dict)
    for first in range(0, len(names), 500):
        some = (
            select(Event.visit_id, Event.kind, Event.happened_at, Event.payload)
            .where(col(Event.visit_id).in_(names[first : first + 500]))
            .order_by(col(Event.happened_at), col(Event.id))
        )
        for visit_id, kind, at, payload in session.exec(some).all():
            told[visit_id][kind] = at
            if kind == "rating" and isinstance(payload.get("stars"), int | float):
                told[visit_id]["stars"] = float(payload["stars"])
    return told


class _Deadlines:
    """When each ticket's targets were due, on the clocks of its tier."""

    def __init__(self, session: Session, rows: Sequence[tuple[Visit, Ticket, str | None]]) -> None:
        self._problem: Problem | None = None
        tickets = {ticket.id: ticket for _, ticket, _ in rows}
        if not tickets:
            return
        first = min(ticket.opened_at for ticket in tickets.values())
        document = document_of(session, first, first + timedelta(days=1), centres=frozenset(), to_plan=False)
        kept = ("id", "lat", "lon", "tier", "opened", "duration_min")
        items = [{"id": one.id, **{k: v for k, v in one.fields.items() if k in kept}} for one in tickets.values()]
        self._problem = from_json(
            {**document, "technicians": [], "shifts": [], "centres": [], "tickets": items}, name="figures"
        ).problem

    def of(self, ticket_id: str) -> Iterable[tuple[datetime, Point]]:
        """When each target was due, and what had to be done by then."""
        if self._problem is not None:
            for deadline in self._problem.deadlines[ticket_id]:
                yield self._problem.instant(deadline.due_s), deadline.point


def _count(
    into: _Sum,
    visit: Visit,
    ticket: Ticket,
    times: dict[str, dict[str, Any]],
    deadlines: _Deadlines,
    tries: Sequence[Visit],
) -> None:
    told = times[visit.id]
    into.visits += 1
    into.done += visit.state == "done"
    into.failed += visit.state == "failed"
    if "stars" in told:
        into.stars.append(told["stars"])
    if visit.state == "done":
        finished = told.get("finished", visit.finishes_at)
        started = min(told.get("started", visit.starts_at), finished)
        into.service_s[visit.technician_id] += int((finished - started).total_seconds())
    if ticket.id in into.tickets:
        return
    into.tickets.add(ticket.id)
    done = [one for one in tries if one.state == "done"]
    begun = [one for one in tries if one.state in ("started", "done")]
    start = min((times[one.id].get("started", one.starts_at) for one in begun), default=None)
    finish = max((times[one.id].get("finished", one.finishes_at) for one in done), default=None)
    if start is not None:
        into.response_s.append(int((start - ticket.opened_at).total_seconds()))
    if finish is not None and ticket.state == "done":
        into.solved.add(ticket.id)
        into.solve_s.append(int((finish - ticket.opened_at).total_seconds()))
        if not any(one.state == "failed" for one in tries):
            into.first_time.add(ticket.id)
    for due, point in deadlines.of(ticket.id):
        into.due += 1
        met = start if point is Point.START else finish
        into.kept += met is not None and met <= due


def _complaints(
    session: Session, rows: Sequence[tuple[Visit, Ticket, str | None]], by: By, zone: tzinfo
) -> Iterable[tuple[str, str]]:
    """Group and ticket of each complaint; it belongs to the ticket's last visit."""
    last = {ticket.id: (visit, ticket, centre) for visit, ticket, centre in rows}
    names = sorted(last)
    for first in range(0, len(names), 500):
        some = select(Complaint.ticket_id).where(col(Complaint.ticket_id).in_(names[first : first + 500]))
        for ticket_id in session.exec(some).all():
            visit, ticket, centre = last[ticket_id]
            yield (
                {
                    "day": visit.starts_at.astimezone(zone).date().isoformat(),
                    "tier": ticket.tier,
                    "centre": centre or "",
                    "technician": visit.technician_id,
                }[by],
                ticket_id,
            )


def _shown(one: _Sum) -> Json:
    work = list(one.service_s.values())
    return {
        "visits": one.visits,
        "done": one.done,
        "failed": one.failed,
        "tickets": len(one.tickets),
        "solved": len(one.solved),
        "due": one.due,
        "kept": one.kept,
        "complaints": one.complaints,
        "ratings": len(one.stars),
        "done_share": _share(one.done, one.visits),
        "deadline_share": _share(one.kept, one.due),
        "first_time_share": _share(len(one.first_time), len(one.solved)),
        "response_s": _mean(one.response_s),
        "solve_s": _mean(one.solve_s),
        "satisfaction": round(sum(one.stars) / len(one.stars), 2) if one.stars else None,
        "service_s": sum(work),
        "balance": _share(min(work), max(work)) if work else None,
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _mean(values: Sequence[int]) -> int | None:
    return sum(values) // len(values) if values else None


def planned_cents(session: Session, start: datetime, end: datetime, centres: frozenset[str] | None) -> list[Json]:
    """What the plans in force of this time cost, as they were planned."""
    question = select(Plan).where(Plan.state == "published", Plan.starts_at < end, Plan.ends_at > start)
    if centres is not None:
        question = question.where(col(Plan.centre_id).in_(sorted(centres)))
    return [
        {"plan": one.id, "total_cents": one.total_cents, "cost_cents": one.result["cost_cents"]}
        for one in session.exec(question.order_by(col(Plan.starts_at), col(Plan.id))).all()
    ]
