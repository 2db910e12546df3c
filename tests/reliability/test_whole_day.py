"""A whole day over HTTP: forty phones, dispatchers who change the plan, and processes that are killed.

What phones and dispatchers were told is done is written into a ledger; in the evening the service must agree with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy
from argon2 import PasswordHasher

from api.inputs import to_json
from api.service.days.importing import import_document
from api.service.security import passwords
from api.service.security.accounts import add_user
from api.service.security.devices import add_device
from api.service.security.roles import Role
from api.service.store.audits import Author
from api.service.store.database import Store
from api.service.store.migrate import upgrade
from benchmarks.random_day import random_day
from tests.postgres import database, running
from tests.reliability.day_ledger import FAR, Ledger, at
from tests.reliability.desk import PASSWORD, Desk, Processes, wait_until
from tests.reliability.phones import Listener, Phone, World

pytestmark = pytest.mark.reliability
TECHNICIANS, TICKETS = 40, 240
ZONE = "+01:00"
SPAN = {"start": f"2026-03-02T00:00:00{ZONE}", "end": f"2026-03-03T00:00:00{ZONE}"}
STEP = timedelta(minutes=20)
ALL_DAY_MIN = 24 * 60
"""With this tolerance a visit counts as moved when somebody else gets it, or nobody."""
TIERS = {
    "basic": [{"name": "solve", "within_h": 12, "point": "finish"}],
    "advanced": [
        {"name": "respond", "within_h": 8, "point": "start"},
        {"name": "solve", "within_h": 10, "point": "finish"},
    ],
    "enterprise": [
        {"name": "respond", "within_h": 4, "point": "start"},
        {"name": "solve", "within_h": 6, "point": "finish"},
    ],
}


def clock(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-02T{text}:00{ZONE}")


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


class WholeDay:
    """The people, the processes, and the time."""

    def __init__(self, url: str, folder: Path, stack: contextlib.ExitStack) -> None:
        self.url, self.stack = url, stack
        self.now = clock("06:30")
        self.service = Processes(url, folder)
        stack.callback(self.service.stop)
        self.service.set_clock(self.now)
        document = _document()
        tokens = _make_users(url, document, self.now)
        self.service.start("api")
        self.service.start("worker")
        self.service.wait_for_api()
        self.desk = Desk(self.service.port, "dispatcher")
        stack.callback(self.desk.close)
        assert self.desk.ask("POST", "/v1/imports", document).json()["tickets"]["same"] == TICKETS
        tickets = {one["id"]: one for one in document["tickets"]}
        self.ledger = Ledger(
            tickets=tickets, tiers=TIERS, stock={one["id"]: Counter(one["stock"]) for one in document["technicians"]}
        )
        self.world = World(
            minutes={name: one["duration_min"] for name, one in tickets.items()},
            parts={name: one.get("parts", {}) for name, one in tickets.items()},
            nobody_in=set(random.Random(5).sample(sorted(tickets), 14)),
        )
        self.phones = _phones(tokens)
        self.unanswered = 0
        self.plan = ""
        self.pool = stack.enter_context(ThreadPoolExecutor(8))
        self.client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{self.service.port}", timeout=60))
        self.listener = Listener(self.service.port, self.phones.values())
        stack.callback(self.listener.stop)

    # time

    def until(self, end: datetime, *, killed: bool = False) -> None:
        """Let time go by in steps; with `killed` the API dies in the last one, while phones are uploading."""
        while self.now < end:
            self.now += STEP
            self.service.set_clock(self.now)
            for phone in self.phones.values():
                phone.advance(self.now, self.world)
            online = [phone for phone in self.phones.values() if phone.is_online(self.now)]
            self.listener.wanted = {phone.name for phone in online}
            talks = [(phone, self.pool.submit(phone.talk, self.client, self.now)) for phone in online]
            if killed and self.now >= end:
                talks[5][1].result()
                self.service.kill("api")
            served = self.ledger.served()
            for phone, future in talks:
                talk = future.result()
                self.unanswered += not talk.answered and self.service.is_up
                assert self.unanswered < 5, "the API stands, and does not answer"
                self.ledger.wrong += talk.wrong
                if talk.route is not None:
                    self.ledger.shown(phone.name, talk.route, served)
                for name, visit, digest in talk.photos:
                    self.ledger.photos[name] = visit, digest
            for phone, future in talks:  # what is acknowledged counts for the next polls
                for event, outcome in future.result().acknowledged:
                    self.ledger.acknowledge(phone.name, event, outcome)

    def restart_api(self) -> None:
        self.service.start("api")
        self.service.wait_for_api()

    # what dispatchers do

    def into_force(self, plan: str, begun: set[str]) -> set[str]:
        """Look at the plan that is in force now; tickets that it moves."""
        self.plan = plan
        return self.ledger.publish(self.desk.get(f"/v1/plans/{plan}")["plan"], begun=begun)

    def new_ticket(self, name: str, fields: dict[str, Any], minutes: int) -> None:
        fields = fields | {"opened": self.now.isoformat(), "duration_min": minutes}
        self.desk.ask("PUT", f"/v1/tickets/{name}", fields, expect=201)
        self.ledger.tickets[name] = {"id": name, **fields}
        self.world.minutes[name], self.world.parts[name] = minutes, {}

    def emergency(self, name: str) -> None:
        place = {"lat": 48.11, "lon": 11.62, "tier": "enterprise", "skills": {"lift": 2}}
        self.new_ticket(name, place, 40)
        price = self.desk.change(self.plan, kind="move", ticket=name)
        assert price["difference_cents"]["unserved"] < 0
        assert at(price["start"]) >= self.now
        done = self.desk.change(self.plan, kind="move", ticket=name, accept=True)
        assert done["violations"] == []
        self.into_force(done["plan"], self.ledger.begun())

    def appointment(self, name: str) -> None:
        self.new_ticket(name, {"lat": 48.13, "lon": 11.58, "tier": "basic", "skills": {"network": 1}}, 30)
        asked = {"ticket": name, "length_min": 120, "first": (self.now + timedelta(hours=1)).isoformat()}
        offers = self.desk.ask("POST", f"/v1/plans/{self.plan}/slots", asked).json()["offers"]
        assert [one["cost_cents"] for one in offers] == sorted(one["cost_cents"] for one in offers)
        taken = offers[0]
        fields = {k: v for k, v in self.ledger.tickets[name].items() if k != "id"}
        fields["windows"] = [{"start": taken["first"], "end": taken["last"]}]
        tag = self.desk.ask("GET", f"/v1/tickets/{name}").headers["ETag"]
        self.desk.ask("PUT", f"/v1/tickets/{name}", fields, headers={"If-Match": tag})
        self.ledger.tickets[name]["windows"] = fields["windows"]
        done = self.desk.change(self.plan, kind="move", ticket=name, accept=True)
        assert (done["technician"], done["start"]) == (taken["technician"], taken["start"])
        self.into_force(done["plan"], self.ledger.begun())

    def move_a_visit(self) -> None:
        """The first visit of the afternoon that somebody else can make too."""
        shifts = sorted(self.phones)
        free = set(self.ledger.assigned) - self.ledger.begun() - self.ledger.cancelled
        for ticket in sorted(free):
            for shift in shifts:
                tried = self.desk.change(self.plan, kind="move", ticket=ticket, shift=shift)
                if not tried["violations"] and tried["technician"] != self.ledger.assigned[ticket]:
                    done = self.desk.change(self.plan, kind="move", ticket=ticket, shift=shift, accept=True)
                    assert ticket in self.into_force(done["plan"], self.ledger.begun())
                    assert self.ledger.assigned[ticket] == tried["technician"]
                    return
        raise AssertionError("nobody can take over any visit")

    def cancel_a_ticket(self) -> None:
        ticket = sorted(set(self.ledger.assigned) - self.ledger.begun())[-1]
        self.desk.ask("PUT", f"/v1/tickets/{ticket}/state", {"state": "cancelled"})
        self.ledger.cancel(ticket)
        self.ledger.assigned.pop(ticket)

    def link_a_customer(self) -> None:
        """The phone shows whom to ask for."""
        online = [phone for phone in self.phones.values() if phone.is_online(self.now) and phone._next()]
        stop = online[0]._next()
        self.desk.ask("PUT", "/v1/customers/c1", {"name": "Chen Wei", "phone": "+49 89 000", "address": "Road 1"})
        self.desk.ask("PUT", f"/v1/tickets/{stop['ticket']}/customer", {"customer": "c1"})
        self.until(self.now + STEP)
        shown = {one["ticket"]: one["customer"] for one in online[0].route["stops"]}[stop["ticket"]]
        assert shown == {"name": "Chen Wei", "phone": "+49 89 000", "address": "Road 1"}

    def replan(self, most_moved: int, *, meanwhile: Callable[[str], None] | None = None, **budget: Any) -> set[str]:
        """Plan the rest of the day again while phones go on; check that the budget is kept, and publish."""
        begun = self.ledger.begun()
        asked = {"budget": {"most_moved": most_moved, "tolerance_min": ALL_DAY_MIN, **budget}, "iterations": 60}
        job = self.desk.ask("POST", f"/v1/plans/{self.plan}/replan", asked).json()["id"]
        if meanwhile is not None:
            meanwhile(job)
        self.until(self.now + STEP)
        plan = self.desk.plan_of(job)
        outcome = self.desk.get(f"/v1/plans/{plan}")["outcome"]
        self.desk.publish(plan)
        moved = self.into_force(plan, begun)
        assert {one["ticket"] for one in outcome["moves"]} == moved
        assert len([one for one in outcome["moves"] if not one["forced"]]) <= most_moved
        return {one["ticket"] for one in outcome["moves"] if one["forced"]}

    def kill_the_worker(self, job: str) -> None:
        """The job is taken over by the next worker, when the lease has run out."""
        wait_until(lambda: self.desk.get(f"/v1/jobs/{job}")["state"] == "running", "the job is taken")
        self.service.kill("worker")
        self.service.start("worker")


def _make_users(url: str, document: dict[str, Any], now: datetime) -> dict[str, str]:
    """The day's people; the token of each technician's phone."""
    store, tokens = Store(url), {}
    upgrade(store)
    with store.writing() as session:
        import_document(session, document, Author(user_id="", at=now))
        add_user(session, "dispatcher", PASSWORD, Role.DISPATCHER)
        for one in document["technicians"]:
            user = add_user(session, f"phone-{one['id']}", PASSWORD, Role.TECHNICIAN, technician_id=one["id"])
            _, tokens[one["id"]] = add_device(session, user, name="phone", now=now)
    store.close()
    return tokens


def _document() -> dict[str, Any]:
    document = to_json(random_day(TICKETS, TECHNICIANS, seed=3))
    levels = {"basic": (1, 1), "advanced": (2, 4), "enterprise": (3, 16)}
    document["tiers"] = [
        {"name": name, "level": levels[name][0], "weight": levels[name][1], "targets": targets}
        for name, targets in TIERS.items()
    ]
    return document


def _phones(tokens: dict[str, str]) -> dict[str, Phone]:
    phones = {name: Phone(name, token, SPAN, number) for number, (name, token) in enumerate(tokens.items())}
    spans = [("10:00", "13:00"), ("09:00", "14:00"), ("11:00", "16:00")] * 3
    for phone, (begin, end) in zip(list(phones.values())[::3], spans, strict=False):
        phone.offline = clock(begin), clock(end)
    return phones


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
