"""Writers that meet: on PostgreSQL transactions run side by side, and none may act on what another is changing."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlmodel import select

from api.service.days.publishing import publish as publish_now
from api.service.http.once import Answer, Once
from api.service.phone.events import Report
from api.service.phone.intake import take
from api.service.security.roles import Role
from api.service.security.tokens import Caller
from api.service.store.audits import Author
from api.service.store.tables import Plan, Ticket, Visit
from dispatch.errors import UnavailableError


def test_two_drafts_of_one_day_put_into_force_at_once(client, boss, town, make_plan, store):
    """The second is told, or follows the first: no ticket is visited twice."""
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    for _ in range(5):
        drafts = [make_plan(), make_plan()]
        tags = {plan: client.get(f"/v1/plans/{plan}", headers=boss).headers["ETag"] for plan in drafts}
        together, codes = threading.Barrier(2), []

        def put(plan, tags=tags, together=together, codes=codes):
            together.wait()
            answer = client.post(f"/v1/plans/{plan}/publish", headers=boss | {"If-Match": tags[plan]})
            codes.append(answer.status_code)

        threads = [threading.Thread(target=put, args=(plan,)) for plan in drafts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(codes) <= {200, 409, 412}
        assert 200 in codes
        with store.reading() as session:
            standing = Counter(session.exec(select(Visit.ticket_id).where(Visit.state != "removed")).all())
            assert standing == dict.fromkeys(standing, 1)
            assert len(session.exec(select(Plan).where(Plan.state == "published")).all()) == 1


def test_a_visit_that_begins_while_a_plan_takes_it_out_is_not_lost(client, boss, town, make_plan, publish, store):
    """Nothing that was done is refused, or forgotten."""
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    assert publish(make_plan()).status_code == 200
    with store.reading() as session:
        visit = session.exec(select(Visit)).first()
    draft = make_plan()
    with store.writing() as session:  # the draft doesn't want the visit any more
        plan = session.get(Plan, draft)
        routes = [
            {**route, "stops": [stop for stop in route["stops"] if stop.get("ticket") != visit.ticket_id]}
            for route in plan.result["routes"]
        ]
        plan.result = {**plan.result, "routes": routes}
    author = Author(user_id="", at=visit.starts_at)
    report = Report(id="event-0001", visit_id=visit.id, kind="started", happened_at=visit.starts_at, payload={})
    reported, go_on = threading.Event(), threading.Event()

    def phone():
        with store.writing() as session:
            take(session, visit.technician_id, [report], author)
            session.flush()
            reported.set()
            go_on.wait(1)  # long enough for a publisher that does not wait its turn to read the visit as it was

    def dispatcher():
        reported.wait()
        with store.writing() as session:
            plan = session.get(Plan, draft)
            publish_now(session, plan, author, "published")

    threads = [threading.Thread(target=one) for one in (phone, dispatcher)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as session:
        assert session.get(Visit, visit.id).state == "started"


def test_a_ticket_that_is_edited_while_its_visit_ends_has_a_version_for_each(
    client, boss, town, make_plan, publish, sign_in, store
):
    """An ETag stands for one state of the ticket, whoever changed it."""
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    assert publish(make_plan()).status_code == 200
    phones = {name: sign_in(Role.TECHNICIAN, technician=name) for name in ("Ann", "Bo")}
    with store.reading() as session:
        visits = session.exec(select(Visit)).all()
    fields = {ticket["id"]: {k: v for k, v in ticket.items() if k != "id"} for ticket in town["tickets"]}
    codes = []

    def report(visit, together):
        event = {"id": f"event-{visit.ticket_id}", "visit": visit.id, "kind": "finished"}
        body = {"events": [{**event, "at": visit.starts_at.isoformat()}]}
        together.wait()
        codes.append(client.post("/v1/me/events", json=body, headers=phones[visit.technician_id]).status_code)

    def edit(visit, together):
        body = {**fields[visit.ticket_id], "duration_min": 45}
        together.wait()
        path = f"/v1/tickets/{visit.ticket_id}"
        codes.append(client.put(path, json=body, headers=boss | {"If-Match": "*"}).status_code)

    for visit in visits:
        together = threading.Barrier(2)
        threads = [threading.Thread(target=one, args=(visit, together)) for one in (report, edit)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(codes) == {200}
    with store.reading() as session:
        tickets = session.exec(select(Ticket)).all()
    assert {ticket.state for ticket in tickets} == {"done"}
    assert {ticket.version for ticket in tickets} == {3}


def test_without_a_key_nothing_is_begun_again_when_the_connection_is_lost(client, store):
    """The database may have done it: only a key could tell."""
    if store.is_sqlite:
        pytest.skip("SQLite has no connection to lose")
    service, caller = client.app.state.service, Caller(user_id="boss", role=Role.DISPATCHER)
    begun = []

    def work(session, author):
        begun.append(author)
        if len(begun) == 1:
            session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return Answer(status=200, body={})

    with pytest.raises(UnavailableError) as error:
        Once(key=None, digest="").write(service, caller, work)
    assert error.value.code == "database.unreachable"
    assert len(begun) == 1
    begun.clear()
    assert Once(key="key-0001", digest="").write(service, caller, work).status_code == 200
    assert len(begun) == 2
