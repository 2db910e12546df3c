"""Many at the same moment: two dispatchers at one visit, twenty phones with the same news."""

from __future__ import annotations

import threading
from random import Random

import pytest
from sqlmodel import col, select

from api.service.security.roles import Role
from api.service.store.tables import Change, Event, Plan, Ticket, VanStock, Visit

pytestmark = pytest.mark.reliability
DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}
ROUNDS, PHONES = 12, 20


@pytest.fixture
def in_force(client, boss, town, make_plan, publish, clock):
    town["tickets"] = [one | {"skills": {"network": 1}} for one in town["tickets"]]
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    clock.forward(hours=-5)
    plan = make_plan()
    assert publish(plan).status_code == 200
    return plan


def _together(works):
    """Results of these functions, begun at one moment."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        barrier.wait()
        results[number] = work()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_dispatchers_exactly_one_moves_the_visit(client, boss, in_force, store):
    plan = in_force
    for number in range(ROUNDS):
        ticket = f"T{number % 5 + 1}"
        tag = client.get(f"/v1/plans/{plan}", headers=boss).headers["ETag"]

        def move(shift, ticket=ticket, plan=plan, tag=tag):
            body = {"kind": "move", "ticket": ticket, "shift": shift, "accept": True}
            return client.post(f"/v1/plans/{plan}/changes", json=body, headers=boss | {"If-Match": tag})

        answers = _together([lambda: move("Ann-mon"), lambda: move("Bo-mon")])
        won = [(answer, who) for answer, who in zip(answers, ("Ann", "Bo"), strict=True) if answer.status_code == 200]
        assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412]), [
            answer.text for answer in answers
        ]
        ((answer, winner),) = won
        plan = answer.json()["plan"]
        with store.reading() as session:
            standing = session.exec(select(Visit).where(Visit.ticket_id == ticket, Visit.state != "removed")).all()
            assert [visit.technician_id for visit in standing] == [winner]
            assert session.exec(select(Plan.id).where(Plan.state == "published")).all() == [plan]


def _news(visits):
    """What Ann's phone has recorded, unknown visits among it."""
    events = []
    for number, visit in enumerate([*sorted(visits), "unknown-1", "unknown-2"]):
        for minute, kind in enumerate(("en_route", "arrived", "started", "parts_used", "finished", "failed", "note")):
            told = {"visit": visit, "kind": kind, "at": f"2026-03-02T1{number}:{minute:02}:00+08:00"}
            payload = {"parts": {"fuse": number + 1, "cable": 2}} if kind == "parts_used" else {}
            events.append({"id": f"event-{number}-{kind}", **told, "payload": payload})
    return events


def test_twenty_phones_with_the_same_news_in_any_order(client, in_force, sign_in, store):
    """A phone's news sent by its copies too, in orders and parts of their own: as if it had been told once."""
    ann = sign_in(Role.TECHNICIAN, technician="Ann")
    with store.reading() as session:
        own = session.exec(select(Visit).where(Visit.technician_id == "Ann")).all()
        told_before = max(session.exec(select(Change.id)).all())
    assert own
    news = _news(visit.id for visit in own)

    def upload(number):
        mine = list(news)
        Random(number).shuffle(mine)
        size, codes = 5 + number % 7, []
        for first in range(0, len(mine), size):
            headers = ann | {"Idempotency-Key": f"phone-{number:02}-{first:03}"}
            body = {"events": mine[first : first + size]}
            while (answer := client.post("/v1/me/events", json=body, headers=headers)).status_code != 200:
                assert answer.json()["code"] == "write.conflict", answer.text
                codes.append(answer.status_code)
        return codes

    _together([lambda number=number: upload(number) for number in range(PHONES)])
    with store.reading() as session:
        events = {event.id: event for event in session.exec(select(Event)).all()}
        assert set(events) == {one["id"] for one in news}
        assert {event.visit_id for event in events.values() if event.outcome == "unknown_visit"} == {
            "unknown-1",
            "unknown-2",
        }
        stock = {one.part: one.count for one in session.exec(select(VanStock)).all()}
        count = len(own) + 2
        assert stock == {"fuse": -count * (count + 1) // 2, "cable": -2 * count}
        visits = session.exec(select(Visit).where(Visit.technician_id == "Ann")).all()
        assert {visit.state for visit in visits} == {"failed"}  # it happened after the end
        tickets = session.exec(select(Ticket).where(col(Ticket.id).in_([visit.ticket_id for visit in visits]))).all()
        assert {ticket.state for ticket in tickets} == {"open"}
        changes = session.exec(select(Change).where(col(Change.id) > told_before).order_by(col(Change.id))).all()
        for visit in visits:  # each step of the feed begins where the one before ended
            path = [(one.facts["from"], one.facts["to"]) for one in changes if one.facts["visit"] == visit.id]
            assert path[0][0] == "planned"
            assert path[-1][1] == "failed"
            assert [new for _, new in path[:-1]] == [old for old, _ in path[1:]]
            assert visit.version == 1 + len(path)
