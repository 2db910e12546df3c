"""Processes die at any moment: what was acknowledged is there afterwards, and nothing is there twice."""

from __future__ import annotations

import time
from random import Random

import pytest
from sqlmodel import select

from api.service.store.database import Store
from api.service.store.tables import Job
from tests.reliability.fleet import PATIENCE_S, Fleet
from tests.reliability.ledger import Ledger
from tests.reliability.load import Day, report, set_up, under_load
from tests.reliability.truth import check

pytestmark = pytest.mark.reliability
KILLS = 25
"""On each database; a little more than half of them hit an API process."""


def test_killed_processes_lose_nothing_and_do_nothing_twice(url, tmp_path):
    chance, ledger, day = Random(20260302), Ledger(), Day()
    set_up(url)
    fleet = Fleet(url, tmp_path, apis=2, workers=2)
    targets = ["api"] * 13 + ["worker"] * 12
    chance.shuffle(targets)
    try:
        with under_load(fleet, ledger, day, seed=1):
            for target in targets:
                time.sleep(chance.uniform(0.1, 1.5))
                if target == "api":
                    fleet.kill_api(chance)
                else:
                    wait_for_a_running_job(url)
                    time.sleep(chance.uniform(0, 1.5))
                    fleet.kill_worker(chance)
        fleet.ready_api(chance)
    finally:
        fleet.close()
    report(ledger, kills=len(targets))
    check(url, ledger)
    assert ledger.again["no connection"] > 0, "no kill hit a request: the load is too light"
    assert set(ledger.again) - {"no connection"} <= {"409 write.conflict"}


def wait_for_a_running_job(url: str) -> None:
    """So that some worker is at work when one is killed."""
    store, until_s = Store(url), time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        with store.reading() as session:
            if session.exec(select(Job.id).where(Job.state == "running")).first() is not None:
                break
        time.sleep(0.05)
    store.close()
