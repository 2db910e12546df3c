"""A day of a dispatcher, an editor and four phones, all at once, as quickly as they can."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from api.service.security.accounts import add_user
from api.service.security.roles import Role
from api.service.store.database import Store
from api.service.store.migrate import upgrade
from api.service.store.tables import Technician
from tests.reliability.fleet import PATIENCE_S, Fleet
from tests.reliability.ledger import Client, Json, Ledger, Told

PASSWORD = "a password of tests"
TECHNICIANS = ("Ann", "Bo", "Cai", "Dee")
STEPS = {"planned": "en_route", "en_route": "arrived", "arrived": "started", "started": "finished"}


class Day:
    """The time that is planned: the real hours around now, as processes have real clocks."""

    def __init__(self) -> None:
        self.start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self.end = self.start + timedelta(hours=24)
        self.span = {"start": self.start.isoformat(), "end": self.end.isoformat()}

    def ticket(self, number: int) -> Json:
        where = {"lat": round(31.2 + number % 17 / 100, 2), "lon": round(121.4 + number % 13 / 100, 2)}
        return {
            **where,
            "tier": "enterprise",
            "opened": self.start.isoformat(),
            "duration_min": 15,
            "skills": {"network": 1},
        }

    def document(self) -> Json:
        shift = {"start": self.start.isoformat(), "end": (self.start + timedelta(hours=20)).isoformat()}
        return {
            "plan": self.span,
            "centres": [{"id": "C", "lat": 31.22, "lon": 121.42}],
            "technicians": [
                {"id": name, "skills": {"network": 3}, "home_lat": 31.2, "home_lon": 121.4, "centre": "C"}
                for name in TECHNICIANS
            ],
            "shifts": [{"id": f"{name}-1", "technician": name, **shift} for name in TECHNICIANS],
            "tickets": [{"id": f"first-{k}", **self.ticket(k)} for k in range(12)],
        }


def set_up(url: str) -> None:
    """Tables and users; technicians are filled in by the import."""
    store = Store(url)
    upgrade(store)
    with store.writing() as session:
        session.add_all([Technician(id=name) for name in TECHNICIANS])
        session.flush()
        for name in ("dispatcher", "editor"):
            add_user(session, name, PASSWORD, Role.DISPATCHER)
        for name in TECHNICIANS:
            add_user(session, name, PASSWORD, Role.TECHNICIAN, technician_id=name)
    store.close()


@contextlib.contextmanager
def under_load(fleet: Fleet, ledger: Ledger, day: Day, seed: int) -> Iterator[None]:
    """Clients write while the block runs, and afterwards until all they have sent is acknowledged."""
    clients = {name: Client(name, fleet, ledger, seed) for name in ("dispatcher", "editor", *TECHNICIANS)}
    for client in clients.values():
        client.sign_in(PASSWORD)
    dispatcher = clients["dispatcher"]
    assert dispatcher.write("POST", "/v1/imports", day.document()).status == 200
    _plan(dispatcher, day)
    assert ledger.published, "the first plan is in force"
    stop, failed = threading.Event(), list[BaseException]()
    work: list[tuple[Callable[..., None], Client]] = [(_dispatch, dispatcher), (_edit, clients["editor"])]
    work += [(_drive, clients[name]) for name in TECHNICIANS]

    def run(doing: Callable[..., None], client: Client) -> None:
        try:
            doing(client, day, stop)
        except BaseException as error:  # told to the test, which is another thread
            failed.append(error)
            stop.set()

    threads = [threading.Thread(target=run, args=one, name=one[1].name) for one in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]


def _plan(client: Client, day: Day) -> str | None:
    """Order a plan, wait, publish it; the plan if it is in force now."""
    ledger = client.ledger
    answer = client.write("POST", "/v1/plans", {**day.span, "engine": "greedy", "iterations": 10})
    assert answer.status == 202, answer
    job = answer.body["id"]
    ledger.jobs.add(job)
    until_s = time.monotonic() + PATIENCE_S
    while (state := client.read(f"/v1/jobs/{job}").body)["state"] in ("queued", "running"):
        assert time.monotonic() < until_s, "the job does not end"
        time.sleep(0.1)
    if state["state"] == "failed":  # three workers were killed while they had it: told, not lost
        assert state["error"]["code"] == "job.attempts", state
        return None
    plan = str(state["plan"])
    seen = client.read(f"/v1/plans/{plan}")
    done = client.write("POST", f"/v1/plans/{plan}/publish", **{"If-Match": seen.etag})
    if done.status != 200:
        assert done.body["code"] == "plan.outdated", done
        return None
    ledger.published.append(plan)
    return plan


def _dispatch(client: Client, day: Day, stop: threading.Event) -> None:
    """New tickets, a plan, and some visits moved by hand."""
    ledger, number = client.ledger, 100
    while not stop.is_set():
        tickets = []
        for _ in range(4):
            number += 1
            name = f"ticket-{number}"
            assert client.write("PUT", f"/v1/tickets/{name}", day.ticket(number)).status == 201
            ledger.objects[f"tickets/{name}"] += 1
            tickets.append(name)
        plan = _plan(client, day)
        for ticket in tickets[:2] if plan else ():
            tag = client.read(f"/v1/plans/{plan}").etag
            shift = f"{client.chance.choice(TECHNICIANS)}-1"
            body = {"kind": "move", "ticket": ticket, "shift": shift, "accept": True}
            done = client.write("POST", f"/v1/plans/{plan}/changes", body, **{"If-Match": tag})
            if done.status == 200:
                plan = str(done.body["plan"])
                ledger.changed.append(plan)
            else:  # a phone was quicker, or there is no room any more
                assert done.body["code"] in ("visit.fixed", "change.infeasible", "input.invalid"), done


def _edit(client: Client, day: Day, stop: threading.Event) -> None:
    """One object changed again and again: each version is somebody's acknowledged write."""
    tag = ""
    for number in range(100_000):
        if stop.wait(0.05):
            return
        fields = {"lat": 31.0, "lon": round(120 + number / 100_000, 5)}
        done = client.write("PUT", "/v1/centres/edited", fields, **({"If-Match": tag} if tag else {}))
        assert done.status == (200 if tag else 201), done
        tag = done.etag
        client.ledger.objects["centres/edited"] += 1


def _drive(client: Client, day: Day, stop: threading.Event) -> None:
    """A technician's day in seconds: each visit goes through its steps, and parts are used."""
    ledger, number, newest, last = client.ledger, 0, 0, list[Json]()
    path = f"/v1/me/route?{urlencode(day.span)}"
    while not stop.wait(client.chance.uniform(0.02, 0.2)):
        route = client.read(path).body
        assert route["last_change"] >= newest, "the feed runs backwards"
        newest = route["last_change"]
        standing = [one for one in route["stops"] if one["state"] not in ("done", "failed")]
        visit = min(standing or route["stops"], key=lambda one: one["state"] == "planned", default=None)
        if visit is None:
            continue
        batch = []
        kinds = ["parts_used", "note"]
        if visit["state"] in STEPS and client.chance.random() < 0.12:
            kinds.append(STEPS[visit["state"]])
        for kind in kinds:
            number += 1
            if kind == "finished" and client.chance.random() < 0.2:
                kind = "failed"
            payload: dict[str, Any] = {}
            if kind == "parts_used":
                payload = {"parts": {client.chance.choice(["fuse", "cable"]): client.chance.randint(1, 3)}}
            told = {"visit": visit["visit"], "kind": kind, "at": datetime.now(UTC).isoformat(), "payload": payload}
            batch.append({"id": f"{client.name}-event-{number:06d}", **told})
        client.chance.shuffle(batch)
        sent = batch + (last if client.chance.random() < 0.3 else [])  # the phone isn't sure: once more, with a new key
        answer = client.write("POST", "/v1/me/events", {"events": sent})
        assert answer.status == 200, answer
        last = batch
        with ledger.guard:
            for one in batch:
                parts = one["payload"].get("parts", {})
                ledger.events[one["id"]] = Told(client.name, one["visit"], one["kind"], one["at"], parts)
            ledger.late |= {one["visit"] for one in batch if answer.body["outcomes"][one["id"]] == "late_news"}


def report(ledger: Ledger, **more: int) -> None:
    """Figures for who reads the output: ``-rP`` shows them."""
    print(  # noqa: T201
        {
            **more,
            "acknowledged writes": len(ledger.keys),
            "events": len(ledger.events),
            "jobs": len(ledger.jobs),
            "published": len(ledger.published),
            "changed by hand": len(ledger.changed),
            "asked again": dict(ledger.again),
            "refused": dict(ledger.refused),
        }
    )
