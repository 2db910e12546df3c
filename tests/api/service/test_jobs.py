"""Jobs: one worker at a time has one, a silent worker loses it, and nothing is written twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from api.service.jobs.queue import MOST_ATTEMPTS, claim, enqueue, finish, renew
from api.service.jobs.worker import Worker
from api.service.store.audits import Author
from api.service.store.tables import Job, Plan

LEASE_S = 15


@pytest.fixture
def order(store, clock, town):
    """Put a job into the queue."""

    def put(problem=None, **request):
        asked = {"engine": "greedy", "seconds": None, "iterations": 10, "seed": 1} | request
        with store.writing() as session:
            return enqueue(session, problem or town, asked, Author(user_id="boss", at=clock())).id

    return put


def _claim(store, clock):
    with store.writing() as session:
        return claim(session, now=clock(), lease_s=LEASE_S)


def _job(store, name):
    with store.reading() as session:
        return session.get(Job, name)


def _plan(job, clock):
    return Plan(id=f"plan-{job.fence}", starts_at=clock(), ends_at=clock(), problem={}, result={}, created_at=clock())


def _finish(store, job, plan, **more):
    with store.writing() as session:
        return finish(session, job, plan, **more)


def test_jobs_are_taken_in_their_order_and_once(store, clock, order):
    first = order()
    clock.forward(seconds=1)
    second = order()
    assert _claim(store, clock).id == first
    assert _claim(store, clock).id == second
    assert _claim(store, clock) is None


def test_a_silent_workers_job_is_taken_over_and_its_late_answer_is_nothing(store, clock, order):
    name = order()
    slow = _claim(store, clock)
    clock.forward(seconds=LEASE_S + 1)
    quick = _claim(store, clock)
    assert quick.id == name
    with store.writing() as session:
        assert renew(session, slow, now=clock(), lease_s=LEASE_S, progress={}) is None
    assert _finish(store, quick, _plan(quick, clock))
    assert not _finish(store, slow, _plan(slow, clock))
    with store.reading() as session:
        assert session.exec(select(Plan.id)).all() == ["plan-2"]
    assert (_job(store, name).state, _job(store, name).plan_id) == ("done", "plan-2")


def test_renewing_keeps_a_job(store, clock, order):
    order()
    job = _claim(store, clock)
    for _ in range(3):
        clock.forward(seconds=LEASE_S - 1)
        with store.writing() as session:
            assert renew(session, job, now=clock(), lease_s=LEASE_S, progress={"served": 3}) is False
        assert _claim(store, clock) is None
    assert _job(store, job.id).progress == {"served": 3}


def test_a_job_that_kills_its_workers_fails(store, clock, order):
    name = order()
    for _ in range(MOST_ATTEMPTS):
        assert _claim(store, clock) is not None
        clock.forward(seconds=LEASE_S + 1)
    assert _claim(store, clock) is None
    assert _job(store, name).state == "failed"
    assert _job(store, name).error["code"] == "job.attempts"


def test_a_worker_makes_the_plan(store, clock, settings, order):
    name = order()
    assert Worker(store, settings, clock, threads=1).step()
    job = _job(store, name)
    assert (job.state, job.error) == ("done", None)
    with store.reading() as session:
        plan = session.get(Plan, job.plan_id)
    assert plan.state == "draft"
    assert plan.total_cents == plan.result["total_cents"]
    visits = [stop["ticket"] for route in plan.result["routes"] for stop in route["stops"]]
    assert sorted(visits) == ["T1", "T2", "T3", "T4", "T5"]
    assert not Worker(store, settings, clock, threads=1).step()


def test_a_worker_survives_a_job_that_can_not_be_planned(store, clock, settings, order, town):
    town["tickets"][0]["tier"] = "platinum"
    name = order(town)
    assert Worker(store, settings, clock, threads=1).step()
    assert _job(store, name).state == "failed"
    assert _job(store, name).error["code"] == "input.invalid"


def test_a_cancelled_job_ends_with_the_best_so_far(store, clock, settings, order, monkeypatch):
    name = order(engine="search", seconds=50.0, iterations=None)
    worker = Worker(store, settings, clock, threads=1)
    seen = []

    def watch(session, job, **more):
        seen.append(more["progress"])
        renew(session, job, **more)
        return bool(more["progress"])  # ask for the end as soon as there is a plan

    monkeypatch.setattr("api.service.jobs.worker.renew", watch)
    assert worker.step()
    assert _job(store, name).state == "done"
    with store.reading() as session:
        plan = session.get(Plan, _job(store, name).plan_id)
    assert plan.result["provenance"]["seconds"] == 50.0
    assert seen[-1]["served"] == 5


def test_a_job_cancelled_in_the_queue_is_never_begun(store, clock, order):
    name = order()
    with store.writing() as session:
        session.get(Job, name).cancel = True
    clock.forward(seconds=timedelta(minutes=1).total_seconds())
    assert _claim(store, clock) is None
    assert _job(store, name).state == "cancelled"
