"""Tickets that are visited twice, reports that come late or again, and plans that are published while work goes on."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from api.service.days.live import routes_driven
from api.service.phone.events import Report
from api.service.phone.intake import take
from api.service.security.roles import Role
from api.service.store.audits import Author
from api.service.store.tables import Plan, Ticket, VanStock, Visit

DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"access_minutes": 60})


@pytest.fixture
def phones(client, boss, sign_in, town, make_plan, publish, clock):
    """Ann and Bo with a plan in force, at eight in the town."""
    clock.at = datetime(2026, 3, 2, 0, tzinfo=UTC)
    town["technicians"][0]["stock"] = {"fuse": 3}
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    clock.plan = make_plan()
    assert publish(clock.plan).status_code == 200
    return {name: sign_in(Role.TECHNICIAN, technician=name) for name in ("Ann", "Bo")}


@pytest.fixture
def report(client, phones):
    """Send one event; ids are made of visit and kind."""

    def send(who, visit, kind, hour, minute=0, **payload):
        at = f"2026-03-02T{hour:02d}:{minute:02d}:00+08:00"
        event = {"id": f"{visit[:20]}-{kind}", "visit": visit, "kind": kind, "at": at, "payload": payload}
        answer = client.post("/v1/me/events", json={"events": [event]}, headers=phones[who])
        assert answer.status_code == 200, answer.text
        return next(iter(answer.json()["outcomes"].values()))

    return send


@pytest.fixture
def stops(client, phones):
    def read(who):
        found = client.get("/v1/me/route", params=DAY, headers=phones[who]).json()["stops"]
        found.sort(key=lambda stop: stop["state"] != "failed")  # of two visits the one that is still to come
        return {stop["ticket"]: stop for stop in found}

    return read


@pytest.fixture
def replan(client, boss, work_off):
    def make(plan, **budget):
        order = {"engine": "greedy", "iterations": 10, "budget": budget}
        job = client.post(f"/v1/plans/{plan}/replan", json=order, headers=boss)
        assert job.status_code == 202, job.text
        work_off()
        state = client.get(job.headers["Location"], headers=boss).json()
        assert state["state"] == "done", state
        return state["plan"]

    return make


def _cancel(client, boss, ticket):
    assert client.put(f"/v1/tickets/{ticket}/state", json={"state": "cancelled"}, headers=boss).status_code == 200


@pytest.mark.parametrize("kind", ["en_route", "note"])
def test_what_is_told_again_brings_no_cancelled_visit_back(client, boss, report, stops, kind):
    visit = stops("Ann")["T1"]["visit"]
    report("Ann", visit, "en_route", 8)
    _cancel(client, boss, "T1")
    report("Ann", visit, kind, 8)
    assert "T1" not in stops("Ann")


def test_who_goes_on_with_a_cancelled_visit_has_made_it(client, boss, report, stops):
    visit = stops("Ann")["T1"]["visit"]
    report("Ann", visit, "en_route", 8)
    _cancel(client, boss, "T1")
    assert report("Ann", visit, "finished", 9) == "late_news"
    assert stops("Ann")["T1"]["state"] == "done"


def test_a_ticket_stays_done_whatever_its_other_visits_say(store, clock, report, stops):
    """Two visits to one ticket: the one fails, the other is done, and then news of the first come late."""
    visit = stops("Ann")["T1"]["visit"]
    with store.writing() as session:
        values = session.get(Visit, visit).model_dump() | {"id": "second", "technician_id": "Bo", "shift_id": "Bo-mon"}
        session.add(Visit(**values))
    report("Bo", "second", "finished", 9)
    with store.reading() as session:
        assert session.get(Ticket, "T1").state == "done"
        assert session.get(Visit, visit).state == "removed", "nobody has to go there any more"
    assert "T1" not in stops("Ann")
    report("Ann", visit, "arrived", 8)
    with store.reading() as session:
        assert session.get(Ticket, "T1").state == "done"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_crews_ticket_is_done_when_all_of_it_are(store, clock, phones, stops, order):
    visit = stops("Ann")["T1"]["visit"]
    with store.writing() as session:
        session.add(Visit(**session.get(Visit, visit).model_dump() | {"id": "mate", "role": 1, "technician_id": "Bo"}))
    states = []
    at = clock()
    for number in order:
        who, name = (("Ann", visit), ("Bo", "mate"))[number]
        told = Report(id=f"done-{number}-00", visit_id=name, kind="finished", happened_at=at, payload={})
        with store.writing() as session:
            take(session, who, [told], Author(user_id="", at=at))
        with store.reading() as session:
            states.append(session.get(Ticket, "T1").state)
    assert states == ["open", "done"]


def test_parts_are_taken_from_what_was_in_the_van(store, report, stops):
    report("Ann", stops("Ann")["T1"]["visit"], "parts_used", 9, parts={"fuse": 2, "rope": 1})
    with store.reading() as session:
        found = {(one.technician_id, one.part): one.count for one in session.exec(select(VanStock)).all()}
    assert found == {("Ann", "fuse"): 1, ("Ann", "rope"): -1}


def test_a_plan_is_published_although_work_went_on_meanwhile(clock, publish, report, stops, replan):
    mine = stops("Ann")
    plan = replan(clock.plan)
    report("Ann", mine["T1"]["visit"], "started", 8)
    report("Ann", mine["T1"]["visit"], "finished", 9)
    answer = publish(plan)
    assert answer.status_code == 200, answer.text
    assert stops("Ann")["T1"] == mine["T1"] | {"state": "done"}


def test_the_second_visit_after_a_failed_one_is_a_promise_too(client, boss, clock, publish, report, stops, replan):
    """It is planned again, stays in the plan when others are changed, and moving it counts."""
    first = stops("Ann")["T1"]["visit"]
    report("Ann", first, "failed", 8, 10)
    clock.forward(minutes=20)
    plan = replan(clock.plan)
    assert publish(plan).status_code == 200
    second = stops("Ann")["T1"]["visit"]
    assert second != first
    tag = client.get(f"/v1/plans/{plan}", headers=boss).headers["ETag"]
    body = {"kind": "remove", "ticket": "T5", "accept": True}
    done = client.post(f"/v1/plans/{plan}/changes", json=body, headers=boss | {"If-Match": tag}).json()
    assert done["published"]["removed"] == 1
    assert stops("Ann")["T1"]["visit"] == second
    absence = {"technician": "Ann", "start": clock().isoformat(), "end": DAY["end"]}
    assert client.put("/v1/absences/ill", json=absence, headers=boss).status_code == 201
    outcome = client.get(f"/v1/plans/{replan(done['plan'])}", headers=boss).json()["outcome"]
    assert "T1" in {move["ticket"] for move in outcome["moves"]}
    report("Ann", second, "finished", 8, 40)
    clock.forward(minutes=30)
    after = client.get(f"/v1/plans/{replan(done['plan'])}", headers=boss).json()["plan"]
    planned = {stop.get("ticket") for route in after["routes"] for stop in route["stops"]}
    assert "T1" not in planned, "it is done, although an earlier visit failed"


def _plan(routes, from_at=None):
    stops = lambda names: [{"ticket": n, "role": 0, "start": f"2026-03-02T{h:02d}:00:00Z"} for n, h in names]  # noqa: E731
    made = [{"shift": shift, "departure": "d", "stops": stops(names)} for shift, names in routes.items()]
    return Plan(id="p", result={"routes": made}, from_at=from_at, starts_at=None, ends_at=None, problem={})


def test_a_visit_that_was_due_and_not_begun_is_on_one_route():
    old = _plan({"a": [("done", 8), ("late", 9), ("dropped", 9)], "b": []})
    new = _plan({"b": [("late", 11)]}, from_at=datetime(2026, 3, 2, 10, tzinfo=UTC))
    routes = {
        one["shift"]: [s["ticket"] for s in one["stops"]] for one in routes_driven([old, new], begun={("done", 0)})
    }
    assert routes == {"a": ["done"], "b": ["late"]}


@pytest.mark.parametrize(("way", "more"), [("phone.polls", {}), ("resources.me", {"nobody_reads_this": "1"})])
def test_a_route_is_never_older_than_its_number(client, store, clock, phones, monkeypatch, way, more):
    """A change that comes while a route is read is in it, or the next poll gets it."""
    client.get("/v1/me/route", headers=phones["Ann"])  # the first one opens the travel source
    module = importlib.import_module(f"api.service.{way}")
    real = module.route_of

    def after_something_happened(*words, **more):
        with store.writing() as other:
            visit = other.exec(select(Visit).where(Visit.technician_id == "Ann", Visit.ticket_id == "T1")).one()
            told = Report(id="event-00001", visit_id=visit.id, kind="finished", happened_at=clock(), payload={})
            take(other, "Ann", [told], Author(user_id="", at=clock()))
        return real(*words, **more)

    def poll(**headers):
        return client.get("/v1/me/route", params=DAY | more, headers=phones["Ann"] | headers)

    with monkeypatch.context() as patch:
        patch.setattr(module, "route_of", after_something_happened)
        first = poll()
    assert first.status_code == 200
    second = poll(**{"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert {stop["ticket"]: stop["state"] for stop in second.json()["stops"]}["T1"] == "done"


@pytest.mark.parametrize("parts", [["fuse"], {"fuse": "many"}, {"fuse": 1.5}, {"fuse": 10**30}, "fuse"])
def test_parts_that_can_not_be_counted_are_refused(client, phones, stops, parts):
    visit = stops("Ann")["T1"]["visit"]
    event = {"id": "event-00001", "visit": visit, "kind": "parts_used", "at": DAY["start"], "payload": {"parts": parts}}
    answer = client.post("/v1/me/events", json={"events": [event]}, headers=phones["Ann"])
    assert answer.status_code == 422
    assert answer.json()["code"] in ("request.invalid", "input.invalid")  # a number too large for any column
