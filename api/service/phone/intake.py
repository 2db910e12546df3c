"""Take up a batch of events: each once, whatever the order, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from api.service.phone.events import Outcome, Report, outcome_of, parts_of, state_of
from api.service.store.audits import Author
from api.service.store.changes import tell
from api.service.store.tables import Event, Ticket, VanStock, Visit

TICKET_STATE = {"done": "done"}
"""What the end of a visit means for its ticket; a failed visit leaves it open for another plan."""


def take(session: Session, technician_id: str, reports: Sequence[Report], author: Author) -> dict[str, Outcome]:
    """Keep what is new, and bring visits, tickets and van stock to what all events together say.

    Returns
    -------
    dict
        Outcome of each event by its id; that of the first time for one that was known already.
    """
    wanted = {report.id: report for report in reversed(reports)}  # the first of two with one id counts
    visits = _locked(session, {report.visit_id for report in wanted.values()})  # batches of one visit take turns
    known: dict[str, Event] = {
        event.id: event for event in session.exec(select(Event).where(col(Event.id).in_(sorted(wanted)))).all()
    }
    outcomes: dict[str, Outcome] = {}
    new = []
    for name, report in sorted(wanted.items()):  # two batches with the same news add it in the same order
        held = known.get(name)
        if held is not None:
            mine = held.technician_id == technician_id
            outcomes[name] = held.outcome if mine else "not_yours"  # type: ignore[assignment]
            continue
        visit = visits.get(report.visit_id)
        outcomes[name] = outcome_of(
            report.kind,
            known=visit is not None,
            own=visit is not None and visit.technician_id == technician_id,
            removed=visit is not None and visit.state == "removed",
        )
        new.append(report)
        session.add(
            Event(
                id=name,
                technician_id=technician_id,
                visit_id=report.visit_id,
                kind=report.kind,
                happened_at=report.happened_at,
                received_at=author.at,
                payload=report.payload,
                outcome=outcomes[name],
            )
        )
    session.flush()
    _count_parts(session, technician_id, new)
    _settle(session, visits.values(), author)
    return {report.id: outcomes[report.id] for report in reports}


def _locked(session: Session, names: Iterable[str]) -> dict[str, Visit]:
    question = select(Visit).where(col(Visit.id).in_(sorted(names))).order_by(col(Visit.id)).with_for_update()
    return {visit.id: visit for visit in session.exec(question).all()}


def _settle(session: Session, visits: Iterable[Visit], author: Author) -> None:
    """Give visits the states that their events add up to."""
    changed = [(visit, state) for visit in visits if (state := _state(session, visit)) != visit.state]
    names = sorted({visit.ticket_id for visit, _ in changed})
    question = select(Ticket).where(col(Ticket.id).in_(names)).order_by(col(Ticket.id)).with_for_update()
    tickets = {ticket.id: ticket for ticket in session.exec(question).all()}  # before the feed's turn, as editors do
    for visit, state in changed:
        before, visit.state, visit.version = visit.state, state, visit.version + 1
        facts = {"visit": visit.id, "from": before, "to": state}
        tell(session, visit.technician_id, "state", "reported", author.at, facts)
        ticket = tickets.get(visit.ticket_id)
        wanted = TICKET_STATE.get(state, "open")
        if ticket is not None and ticket.state in ("open", "done") and ticket.state != wanted:
            ticket.state, ticket.version = wanted, ticket.version + 1


def _state(session: Session, visit: Visit) -> str:
    events = session.exec(select(Event).where(Event.visit_id == visit.id)).all()
    standing = "removed" if visit.state == "removed" else "planned"
    return state_of(((event.kind, event.happened_at, event.id) for event in events), standing)


def _count_parts(session: Session, technician_id: str, reports: Sequence[Report]) -> None:
    for part, count in sorted(parts_of(reports).items()):
        held = session.get(VanStock, (technician_id, part), with_for_update=True)
        if held is None:
            held = VanStock(technician_id=technician_id, part=part, count=0)
            session.add(held)
        held.count -= count
