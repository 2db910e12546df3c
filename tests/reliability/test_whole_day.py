"""A whole day over HTTP: forty phones, dispatchers who change the plan, and processes that are killed.

What phones and dispatchers were told is done is written into a ledger; in the evening the service must agree with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from argon2 import PasswordHasher

from api.service.security import passwords
from tests.postgres import database, running
from tests.reliability.day_ledger import FAR
from tests.reliability.day_setup import SPAN, TECHNICIANS, clock
from tests.reliability.desk import wait_until
from tests.reliability.whole_day import STEP, WholeDay

pytestmark = pytest.mark.reliability


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="callout-postgres-") as folder, running(Path(folder)) as server:
        yield server.url


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not `tmp_path`: other runs of pytest tidy that up while this one lasts."""
    with tempfile.TemporaryDirectory(prefix="callout-day-") as made:
        yield Path(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder}/callout.sqlite"
        return
    with database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture
def day(database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WholeDay]:
    """A service with a day in it, and its people; their passwords are quick to check."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with contextlib.ExitStack() as stack:
        yield WholeDay(database_url, folder, stack)


def test_the_service_agrees_with_the_ledger_in_the_evening(day: WholeDay) -> None:
    order = {**SPAN, "engine": "search", "iterations": 100}
    plan = day.desk.plan_of(day.desk.ask("POST", "/v1/plans", order).json()["id"])
    assert day.desk.publish(plan)["added"] > 230
    day.into_force(plan, set())
    day.phones["K7"].slow = 4  # an overrun: all takes four times as long

    day.until(clock("09:50"))
    day.emergency("E1")
    day.until(clock("10:50"), killed=True)
    day.until(clock("11:10"))  # the phones find nobody
    day.restart_api()
    day.until(clock("11:30"))

    day.phones["K8"].ill_from = day.now
    absence = {"technician": "K8", "start": day.now.isoformat(), "end": SPAN["end"]}
    day.desk.ask("PUT", "/v1/absences/ill", absence)
    own = {t for t, who in day.ledger.assigned.items() if who == "K8"} - day.ledger.begun()
    forced = day.replan(6, meanwhile=day.kill_the_worker)
    assert own
    assert own <= forced
    assert "K8" not in {day.ledger.assigned[ticket] for ticket in own & day.ledger.assigned.keys()}

    day.move_a_visit()
    day.cancel_a_ticket()
    day.until(clock("12:30"))
    assert day.desk.get(f"/v1/plans/{day.plan}/warnings", least=0.3)["warnings"]
    day.replan(4)
    day.link_a_customer()
    day.appointment("A1")
    day.until(clock("13:50"), killed=True)
    day.restart_api()
    day.emergency("E2")
    day.until(clock("15:10"))
    day.replan(10)  # also those where nobody was in
    served = sorted(ticket for ticket in day.ledger.tickets if day.ledger.is_done(ticket))
    for ticket, kind in ((served[0], "late"), (served[0], "quality"), (served[-1], "price")):
        day.desk.ask("POST", f"/v1/tickets/{ticket}/complaints", {"kind": kind})
        day.ledger.complaints[ticket] += 1
    while not all(phone.is_idle or phone.ill_from for phone in day.phones.values()) and day.now < clock("23:20"):
        day.until(day.now + STEP)

    _compare(day)


def _compare(day: WholeDay) -> None:
    ledger = day.ledger
    assert ledger.wrong == []
    kinds = Counter(event["kind"] for _, event in ledger.events.values())
    assert min(kinds[kind] for kind in (*FAR, "parts_used", "note", "rating")) >= 10
    assert ledger.repeated > 100
    assert ledger.outcomes["late_news"] > 0
    assert set(ledger.outcomes) == {"accepted", "late_news"}

    final = _final_routes(day)
    for visit, stop in final.items():
        assert stop["state"] == ledger.state(visit), (visit, stop)
    for visit in ledger.ticket_of.keys() - final.keys():  # taken off a phone: cancelled, not begun, or not needed
        assert ledger.state(visit) in ("removed", "planned") or ledger.ticket_of[visit] in ledger.served()
    served = Counter(stop["ticket"] for stop in final.values() if stop["state"] == "done")
    assert set(served.values()) == {1}
    for state, tickets in ledger.ticket_states().items():
        page = day.desk.get("/v1/tickets", state=state, limit=1000)
        assert {one["id"] for one in page["items"]} == tickets, state
    assert len(ledger.ticket_states()["done"]) > 230

    _compare_feeds_and_stock(day)
    for name, (visit, digest) in ledger.photos.items():
        assert name in {one["id"] for one in day.desk.get(f"/v1/visits/{visit}/photos")}
        assert hashlib.sha256(day.desk.ask("GET", f"/v1/photos/{name}").content).hexdigest() == digest
    for by in ("day", "tier", "technician"):
        shown = day.desk.get("/v1/kpis", **SPAN, by=by, zone="Europe/Berlin")["groups"]
        assert shown == ledger.figures(by, final)


def _final_routes(day: WholeDay) -> dict[str, dict[str, Any]]:
    """Every visit that stands; what a phone has kept through 304s is what a fresh poll says."""
    final: dict[str, dict[str, Any]] = {}
    for phone in day.phones.values():
        headers = {"Authorization": f"Bearer {phone.token}"}
        fresh = day.client.get("/v1/me/route", params=SPAN, headers=headers).json()
        kept = day.client.get("/v1/me/route", params=SPAN, headers=headers | {"If-None-Match": phone.tag})
        assert kept.status_code == (304 if fresh == phone.route else 200), phone.name
        assert not final.keys() & {stop["visit"] for stop in fresh["stops"]}
        for stop in fresh["stops"]:
            start = datetime.fromisoformat(stop["starts_at"]).astimezone(day.now.tzinfo)
            final[stop["visit"]] = {**stop, "technician": phone.name, "starts_at": start.isoformat()}
    assert sum(phone.unchanged for phone in day.phones.values()) > 100
    return final


def _compare_feeds_and_stock(day: WholeDay) -> None:
    day.listener.wanted = set(day.phones)
    engine = sqlalchemy.create_engine(day.url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT technician_id, id FROM change ORDER BY id").all()
        stock = connection.exec_driver_sql("SELECT technician_id, part, count FROM vanstock").all()
    engine.dispose()
    feed = {name: [number for who, number in rows if who == name] for name in day.phones}
    wait_until(lambda: all(day.listener.heard[name][-1:] == feed[name][-1:] for name in feed), "all is heard")
    assert day.listener.heard == feed, "in order, nothing twice, nothing missed"
    assert day.listener.connections > TECHNICIANS + 2 * 30  # and through two outages
    used = {
        (event_of, part)
        for event_of, event in day.ledger.events.values()
        if event["kind"] == "parts_used"
        for part in event["payload"]["parts"]
    }
    assert {(who, part): count for who, part, count in stock} == {
        (who, part): day.ledger.stock[who][part] for who, part in used
    }
