"""A whole day against real processes: the phones, the time, and what dispatchers do."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.reliability.day_ledger import Ledger, at
from tests.reliability.day_setup import TICKETS, TIERS, clock, make_document, make_phones, make_users
from tests.reliability.desk import Desk, Processes, wait_until
from tests.reliability.phones import Listener, World

STEP = timedelta(minutes=20)
ALL_DAY_MIN = 24 * 60
"""With this tolerance a visit counts as moved when somebody else gets it, or nobody."""


class WholeDay:
    """The people, the processes, and the time."""

    def __init__(self, url: str, folder: Path, stack: contextlib.ExitStack) -> None:
        self.url, self.stack = url, stack
        self.now = clock("06:30")
        self.service = Processes(url, folder)
        stack.callback(self.service.stop)
        self.service.set_clock(self.now)
        document = make_document()
        tokens = make_users(url, document, self.now)
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
        self.phones = make_phones(tokens)
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
