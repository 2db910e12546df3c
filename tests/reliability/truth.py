"""What the database holds, compared with what was acknowledged; it asks the tables and none of the service's rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from sqlmodel import col, select

from api.service.store.database import Store
from api.service.store.tables import Answered, Audit, Centre, Event, Job, Plan, Ticket, VanStock, Visit
from tests.reliability.ledger import Ledger, Told

FURTHEST = ("en_route", "arrived", "started", "finished", "failed")
STATE = {"finished": "done"}


def check(url: str, ledger: Ledger) -> None:
    """Everything acknowledged is there, and it is there once."""
    store = Store(url)
    try:
        _answers_and_objects(store, ledger)
        _jobs_and_plans(store, ledger)
        _events_and_stock(store, ledger)
        _visits(store, ledger)
    finally:
        store.close()


def _answers_and_objects(store: Store, ledger: Ledger) -> None:
    with store.reading() as session:
        assert set(session.exec(select(Answered.key)).all()) == ledger.keys
        edits = session.exec(
            select(Audit.kind, Audit.object_id).where(col(Audit.kind).in_(("ticket", "centre")), Audit.user_id != "")
        ).all()
        written = Counter(f"{kind}s/{name}" for kind, name in edits)
        assert {name: written[name] for name in ledger.objects} == dict(ledger.objects)
        centre = session.get(Centre, "edited")
        assert (centre.version if centre else 0) == ledger.objects["centres/edited"]
        tickets = set(session.exec(select(Ticket.id)).all())
        assert {name.partition("/")[2] for name in ledger.objects if name.startswith("tickets/")} <= tickets


def _jobs_and_plans(store: Store, ledger: Ledger) -> None:
    with store.reading() as session:
        jobs = session.exec(select(Job)).all()
        assert {job.id for job in jobs} == ledger.jobs
        assert {job.state for job in jobs} <= {"done", "failed"}
        assert {job.attempts for job in jobs if job.state == "failed"} <= {3}
        made = [job.plan_id for job in jobs if job.state == "done"]
        plans = session.exec(select(Plan)).all()
        assert Counter(plan.id for plan in plans) == Counter(made) + Counter(ledger.changed)
        into_force = session.exec(select(Audit.object_id).where(Audit.action == "publish")).all()
        assert Counter(into_force) == Counter(ledger.published) + Counter(ledger.changed)
        newest = max((plan for plan in plans if plan.published_at), key=lambda plan: plan.published_at)
        assert [plan.id for plan in plans if plan.state == "published"] == [newest.id]


def _events_and_stock(store: Store, ledger: Ledger) -> None:
    with store.reading() as session:
        held = {
            event.id: Told(
                event.technician_id,
                event.visit_id,
                event.kind,
                event.happened_at.isoformat(),
                event.payload.get("parts", {}),
            )
            for event in session.exec(select(Event)).all()
        }
        assert held == ledger.events
        used: Counter[tuple[str, str]] = Counter()
        for told in ledger.events.values():
            for part, count in told.parts.items():
                used[told.technician, part] += count
        stock = {(one.technician_id, one.part): -one.count for one in session.exec(select(VanStock)).all()}
        assert stock == dict(used)


def _visits(store: Store, ledger: Ledger) -> None:
    steps: dict[str, list[tuple[int, datetime, str]]] = defaultdict(list)
    for told in ledger.events.values():
        if told.kind in FURTHEST:
            rank = min(FURTHEST.index(told.kind), FURTHEST.index("finished"))
            steps[told.visit].append((rank, datetime.fromisoformat(told.at), told.kind))
    with store.reading() as session:
        visits = session.exec(select(Visit)).all()
    wrong = {
        visit.id: (visit.state, steps[visit.id])
        for visit in visits
        if (visit.state not in ("planned", "removed")) != bool(steps[visit.id])
        or (steps[visit.id] and visit.state != STATE.get(kind := max(steps[visit.id])[2], kind))
    }
    assert not wrong
    standing = Counter(
        (visit.ticket_id, visit.role)
        for visit in visits
        if visit.state not in ("removed", "failed") and visit.id not in ledger.late
    )
    assert {key: count for key, count in standing.items() if count > 1} == {}
