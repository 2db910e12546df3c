"""The server's clock is set back an hour: time runs backwards once, and nothing that people see does."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from api.service.jobs.queue import claim, finish, renew
from api.service.security.roles import Role
from api.service.store.tables import Change, Job, VanStock, Visit
from tests.reliability.load import PASSWORD

pytestmark = pytest.mark.reliability
DAY = {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-03T00:00:00+08:00"}
LEASE_S = 15


@pytest.fixture
def in_force(client, boss, town, make_plan, publish, clock):
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    clock.forward(hours=-5)
    plan = make_plan()
    assert publish(plan).status_code == 200
    return plan


def test_tokens_last_and_end(client, boss, clock, sign_in):
    """A token of before is good, one of after too; none becomes good again that had been used."""
    body = {"login": "dispatcher-", "password": PASSWORD}
    first = client.post("/v1/auth/login", json=body).json()
    second = client.post("/v1/auth/refresh", json={"refresh_token": first["refresh_token"]}).json()
    clock.forward(hours=-1)
    for token in (first, second):
        told = {"Authorization": f"Bearer {token['access_token']}"}
        assert client.get("/v1/tickets", headers=told).status_code == 200
    third = client.post("/v1/auth/refresh", json={"refresh_token": second["refresh_token"]})
    assert third.status_code == 200
    again = client.post("/v1/auth/refresh", json={"refresh_token": second["refresh_token"]})
    assert (again.status_code, again.json()["code"]) == (401, "auth.refresh")
    clock.forward(minutes=61 + 15)
    late = client.get("/v1/tickets", headers={"Authorization": f"Bearer {third.json()['access_token']}"})
    assert (late.status_code, late.json()["code"]) == (401, "auth.expired")


def test_an_account_that_waits_does_not_wait_an_hour_longer(client, boss, clock):
    wrong = {"login": "dispatcher-", "password": "a wrong password"}
    for _ in range(6):
        client.post("/v1/auth/login", json=wrong)
    right = wrong | {"password": PASSWORD}
    assert client.post("/v1/auth/login", json=right).status_code == 429
    clock.forward(hours=-1)
    clock.forward(minutes=16)  # more than the longest wait
    assert client.post("/v1/auth/login", json=right).status_code == 200


def _queued(store, clock):
    with store.writing() as session:
        session.add(Job(id="job", request={}, problem={}, created_at=clock.at))


def _claim(store, clock):
    with store.writing() as session:
        return claim(session, now=clock.at, lease_s=LEASE_S)


def test_a_silent_worker_is_followed_within_two_leases(store, clock):
    """Its lease lies an hour ahead now."""
    _queued(store, clock)
    assert _claim(store, clock).fence == 1
    clock.forward(hours=-1)
    clock.forward(seconds=LEASE_S + 1)
    second = _claim(store, clock)
    assert second is not None
    assert second.fence == 2


def test_a_worker_that_lives_keeps_its_job(store, clock):
    _queued(store, clock)
    first = _claim(store, clock)
    clock.forward(seconds=-LEASE_S)  # as far as the clocks of two machines may differ
    assert _claim(store, clock) is None
    clock.forward(hours=-1)
    with store.writing() as session:
        assert renew(session, first, now=clock.at, lease_s=LEASE_S, progress={}) is False
    assert _claim(store, clock) is None
    with store.writing() as session:
        assert finish(session, first, None, error={"code": "x", "message": "x"})
    clock.forward(hours=2)
    assert _claim(store, clock) is None


def _signed(client, login):
    token = client.post("/v1/auth/login", json={"login": login, "password": PASSWORD}).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def _report(client, phone, visit, *events, key):
    body = {
        "events": [
            {"id": name, "visit": visit, "kind": kind, "at": at, "payload": {"parts": {"fuse": 1}}}
            for name, kind, at in events
        ]
    }
    return client.post("/v1/me/events", json=body, headers=phone | {"Idempotency-Key": key})


def test_events_the_feed_and_repeated_requests(client, boss, in_force, sign_in, clock, store):
    """Events go by the phone's clock, the feed by its numbers, and a repeated request by its key."""
    ann = sign_in(Role.TECHNICIAN, technician="Ann")
    get = lambda: client.get("/v1/me/route", params=DAY, headers=ann).json()  # noqa: E731
    visit = get()["stops"][0]["visit"]
    clock.forward(hours=4)
    ann = _signed(client, "technician-Ann")
    started = ("event-0001", "started", "2026-03-02T10:00:00+08:00"), ("event-0002", "parts_used", DAY["start"])
    first = _report(client, ann, visit, *started, key="report-1")
    assert first.status_code == 200
    before = get()
    clock.forward(hours=-1)
    assert _report(client, ann, visit, *started, key="report-1").content == first.content
    assert _report(client, ann, visit, ("event-0003", "finished", DAY["end"]), key="report-1").status_code == 409
    failed = ("event-0004", "failed", "2026-03-02T09:40:00+08:00")  # happened first, told last
    finished = ("event-0003", "finished", "2026-03-02T09:50:00+08:00")
    assert _report(client, ann, visit, finished, key="report-2").status_code == 200
    assert _report(client, ann, visit, failed, key="report-3").status_code == 200
    after = get()
    assert after["last_change"] > before["last_change"]
    assert after["stops"][0]["state"] == "done"
    with store.reading() as session:
        changes = session.exec(select(Change).where(Change.technician_id == "Ann").order_by(col(Change.id))).all()
        assert [one.facts["to"] for one in changes if one.kind == "state"] == ["started", "done"]
        assert changes[-1].at < changes[-2].at, "the clock did run backwards"
        assert session.get(VanStock, ("Ann", "fuse")).count == -1


def test_the_rest_of_a_day_that_began_in_the_future(client, boss, in_force, sign_in, clock, publish, work_off, store):
    """What phones have reported lies ahead of the clock: the day can be changed, and planned again."""
    ann = sign_in(Role.TECHNICIAN, technician="Ann")
    stop = client.get("/v1/me/route", params=DAY, headers=ann).json()["stops"][0]
    clock.forward(hours=2)
    ann, boss = _signed(client, "technician-Ann"), _signed(client, "dispatcher-")
    started = ("event-0001", "started", clock.at.isoformat())
    assert _report(client, ann, stop["visit"], started, key="report-1").status_code == 200
    clock.forward(hours=-1)
    tag = client.get(f"/v1/plans/{in_force}", headers=boss).headers["ETag"]
    ticket = "T5" if stop["ticket"] != "T5" else "T4"
    body = {"kind": "move", "ticket": ticket, "shift": "Bo-mon", "accept": True}
    changed = client.post(f"/v1/plans/{in_force}/changes", json=body, headers=boss | {"If-Match": tag})
    assert changed.status_code == 200, changed.text
    plan = changed.json()["plan"]
    job = client.post(f"/v1/plans/{plan}/replan", json={"engine": "greedy", "iterations": 10}, headers=boss)
    assert job.status_code == 202, job.text
    work_off()
    state = client.get(job.headers["Location"], headers=boss).json()
    assert state["state"] == "done", state
    assert publish(state["plan"]).status_code == 200
    with store.reading() as session:
        visits = session.exec(select(Visit).where(Visit.state != "removed")).all()
    assert sorted(visit.ticket_id for visit in visits) == ["T1", "T2", "T3", "T4", "T5"]
    assert [visit.state for visit in visits if visit.id == stop["visit"]] == ["started"]
