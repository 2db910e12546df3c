"""Technicians with phones: they follow their routes, record what happens, and upload it late, twice and shuffled."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

Json = dict[str, Any]
MINUTE = timedelta(minutes=1)
PIECE = 1000


@dataclass
class World:
    """What is true at the doors, whatever anybody knows."""

    minutes: dict[str, int]
    parts: dict[str, dict[str, int]]
    served: set[str] = field(default_factory=set)
    nobody_in: set[str] = field(default_factory=set)
    """Tickets whose first visit fails, and is still to come."""


@dataclass
class Talk:
    """What one exchange with the service brought."""

    acknowledged: list[tuple[Json, str]] = field(default_factory=list)
    route: Json | None = None
    photos: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    answered: bool = False
    """All that was asked."""


class Phone:
    """One technician and the phone."""

    def __init__(self, name: str, token: str, span: Json, seed: int) -> None:
        self.name, self.token, self.span = name, token, span
        self.rng = random.Random(seed)
        self.offline: tuple[datetime, datetime] | None = None
        self.ill_from: datetime | None = None
        self.slow = 1
        self.route: Json = {"last_change": 0, "stops": []}
        self.tag = ""
        self.unchanged = self.polls = 0
        self._free_at: datetime | None = None
        self._current: Json | None = None
        self._ahead: list[tuple[datetime, str, Json]] = []
        self._over: set[str] = set()
        self._outbox: list[Json] = []
        self._sent: list[Json] = []
        self._waiting: tuple[str, list[Json]] | None = None
        self._photos: dict[str, tuple[str, bytes]] = {}
        self._number = 0

    def is_online(self, now: datetime) -> bool:
        return self.offline is None or not self.offline[0] <= now < self.offline[1]

    @property
    def is_idle(self) -> bool:
        """Nothing is left to do or to upload."""
        return not (self._ahead or self._outbox or self._waiting or self._photos or self._next())

    # what happens at the doors

    def advance(self, until: datetime, world: World) -> None:
        """Live until then."""
        while True:
            if not self._ahead and not self._set_out(until, world):
                return
            moment, kind, payload = self._ahead[0]
            if moment > until:
                return
            assert self._current is not None
            visit, ticket = self._current["visit"], self._current["ticket"]
            if kind in ("started", "failed") and ticket in world.served:  # a colleague was here; they are not needed
                self._leave(moment)
                continue
            del self._ahead[0]
            if kind == "started":
                world.served.add(ticket)
                self._current["is_at_work"] = True
            self._note(visit, kind, moment, payload)
            if kind == "finished" and self.rng.random() < 0.15:
                data = b"\xff\xd8\xff\xe0" + self.rng.randbytes(self.rng.randrange(500, 3500))
                self._photos[f"photo-{self.name}-{self._number}"] = visit, data
            if kind == "failed":
                world.nobody_in.discard(ticket)
            if not self._ahead:
                self._leave(moment)

    def _next(self) -> Json | None:
        standing = ("planned", "en_route", "arrived", "started")
        return next((s for s in self.route["stops"] if s["visit"] not in self._over and s["state"] in standing), None)

    def _set_out(self, until: datetime, world: World) -> bool:
        stop = self._next()
        if stop is None:
            return False
        arrives, begins = (datetime.fromisoformat(stop[name]) for name in ("arrives_at", "starts_at"))
        leaves = max(arrives - 15 * MINUTE, self._free_at or arrives - 15 * MINUTE)
        if leaves > until or (self.ill_from is not None and leaves >= self.ill_from):
            return False
        self._current = dict(stop)
        there = leaves + self.rng.randrange(8, 22) * MINUTE
        start = max(there + 2 * MINUTE, begins - 5 * MINUTE)
        self._ahead = [(leaves, "en_route", {}), (there, "arrived", {})]
        ticket = stop["ticket"]
        if ticket in world.nobody_in:
            self._ahead += [(there + 10 * MINUTE, "failed", {"reason": "nobody in"})]
            return True
        took = world.minutes[ticket] * self.rng.uniform(0.6, 1.3) * self.slow
        end = start + timedelta(seconds=int(60 * took))
        parts = world.parts[ticket] | ({"cable": 1} if self.rng.random() < 0.1 else {})
        self._ahead += [(start, "started", {})]
        self._ahead += [(end - MINUTE, "parts_used", {"parts": parts})] if parts else []
        self._ahead += [(end - MINUTE, "note", {"text": f"seen to {ticket}"})] if self.rng.random() < 0.2 else []
        self._ahead += [(end, "rating", {"stars": self.rng.randrange(1, 6)})] if self.rng.random() < 0.5 else []
        self._ahead += [(end, "finished", {})]
        return True

    def _leave(self, moment: datetime) -> None:
        assert self._current is not None
        self._over.add(self._current["visit"])
        self._free_at, self._ahead, self._current = moment, [], None

    def _note(self, visit: str, kind: str, moment: datetime, payload: Json) -> None:
        self._number += 1
        self._outbox.append(
            {
                "id": f"{self.name}-{self._number:05d}",
                "visit": visit,
                "kind": kind,
                "at": moment.isoformat(),
                "payload": payload,
            }
        )

    # what the phone says and hears

    def talk(self, client: httpx.Client, now: datetime) -> Talk:
        """Upload what was recorded and poll; without an answer everything is tried again the next time."""
        talk = Talk()
        with contextlib.suppress(httpx.TransportError):
            if self._waiting is None and self._outbox:
                again = self.rng.sample(self._sent, min(2, len(self._sent)))
                batch = [*self._outbox, *again]
                self.rng.shuffle(batch)
                self._number += 1
                self._waiting = f"batch-{self.name}-{self._number}", batch
            if self._waiting is not None:
                self._upload(client, talk)
            for name in list(self._photos):
                self._upload_photo(client, name, talk)
            self._poll(client, now, talk)
            talk.answered = True
        return talk

    def _ask(self, client: httpx.Client, method: str, path: str, talk: Talk, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        answer = client.request(method, path, headers=headers, **more)
        if answer.status_code not in (200, 201, 304):
            talk.wrong.append(f"{self.name}: {method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer

    def _upload(self, client: httpx.Client, talk: Talk) -> None:
        assert self._waiting is not None
        key, batch = self._waiting
        body = {"events": batch}
        answer = self._ask(client, "POST", "/v1/me/events", talk, json=body, headers={"Idempotency-Key": key})
        if answer.status_code != 200:
            return
        outcomes = answer.json()["outcomes"]
        talk.acknowledged = [(event, outcomes[event["id"]]) for event in batch]
        known = {event["id"] for event in batch}
        self._sent += [event for event in self._outbox if event["id"] in known]
        self._outbox = [event for event in self._outbox if event["id"] not in known]
        self._waiting = None

    def _upload_photo(self, client: httpx.Client, name: str, talk: Talk) -> None:
        visit, data = self._photos[name]
        digest = hashlib.sha256(data).hexdigest()
        body = {"id": name, "visit": visit, "size": len(data), "sha256": digest}
        state = self._ask(client, "POST", "/v1/me/photos", talk, json=body).json()
        there = {offset for begin, end in state["arrived"] for offset in range(begin, end, PIECE)}
        missing = [offset for offset in range(0, len(data), PIECE) if offset not in there]
        self.rng.shuffle(missing)
        for offset in [*missing, *missing[:1]]:
            path = f"/v1/me/photos/{name}/pieces/{offset}"
            kind = {"Content-Type": "application/octet-stream"}
            piece = data[offset : offset + PIECE]
            state = self._ask(client, "PUT", path, talk, content=piece, headers=kind).json()
        if state["state"] == "stored":
            del self._photos[name]
            talk.photos.append((name, visit, digest))

    def _poll(self, client: httpx.Client, now: datetime, talk: Talk) -> None:
        headers = {"If-None-Match": self.tag} if self.tag else {}
        answer = self._ask(client, "GET", "/v1/me/route", talk, params=self.span, headers=headers)
        self.polls += 1
        if answer.status_code == 304:
            self.unchanged += 1
            return
        if answer.status_code != 200:
            return
        route = answer.json()
        if route["last_change"] < self.route["last_change"]:
            talk.wrong.append(f"{self.name}: the number of the route runs backwards")
        self.route, self.tag, talk.route = route, answer.headers["ETag"], route
        if self._current is not None and not self._current.get("is_at_work"):
            state = {stop["visit"]: stop["state"] for stop in route["stops"]}.get(self._current["visit"], "removed")
            if state in ("removed", "done", "failed"):
                self._ahead, self._current = [], None
                self._free_at = now


class Listener:
    """All phones' streams, in one thread; each comes back with the last number that it has seen."""

    def __init__(self, port: int, phones: Iterable[Phone]) -> None:
        self._port = port
        self.heard: dict[str, list[int]] = {phone.name: [] for phone in phones}
        self.connections = 0
        self.wanted = set(self.heard)
        self._tokens = {phone.name: phone.token for phone in phones}
        self._stopped = False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self._thread.join(20)

    async def _all(self) -> None:
        tasks = [asyncio.create_task(self._one(name)) for name in self.heard]
        while not self._stopped:
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, name: str) -> None:
        while True:
            if name in self.wanted:
                with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                    await self._listen(name)
            await asyncio.sleep(0.1)

    async def _listen(self, name: str) -> None:
        heard = self.heard[name]
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        last = heard[-1] if heard else 0
        lines = [
            "GET /v1/me/stream HTTP/1.1",
            "Host: service",
            f"Authorization: Bearer {self._tokens[name]}",
            f"Last-Event-ID: {last}",
        ]
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                return
            self.connections += 1
            while name in self.wanted:
                with contextlib.suppress(TimeoutError):
                    line = await asyncio.wait_for(reader.readuntil(b"\n"), 0.5)
                    if line.startswith(b"id: "):
                        heard.append(int(line[4:]))
        finally:
            writer.close()
