"""What clients know: every write that was acknowledged to them, kept apart from the service."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.reliability.fleet import PATIENCE_S, Fleet

Json = dict[str, Any]
TRY_AGAIN = ("write.conflict",)
"""Codes of refusals that ask to try again."""


@dataclass(frozen=True)
class Told:
    """One event that was acknowledged."""

    technician: str
    visit: str
    kind: str
    at: str
    parts: dict[str, int]


@dataclass
class Ledger:
    """Acknowledged writes of all clients, and how often they had to ask again."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    keys: set[str] = field(default_factory=set)
    objects: Counter[str] = field(default_factory=Counter)
    jobs: set[str] = field(default_factory=set)
    published: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    events: dict[str, Told] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Answer:
    """A definite answer."""

    status: int
    body: Json
    etag: str


class Client:
    """Asks until it gets a definite answer; a write is repeated with the same key."""

    def __init__(self, name: str, fleet: Fleet, ledger: Ledger, seed: int) -> None:
        self.name, self.ledger, self.chance = name, ledger, Random(f"{seed}-{name}")
        self._fleet, self._written, self._token = fleet, 0, ""

    def sign_in(self, password: str) -> None:
        answer = self._ask("POST", "/v1/auth/login", {"login": self.name, "password": password}, {})
        self._token = answer.body["access_token"]

    def read(self, path: str) -> Answer:
        answer = self._ask("GET", path, None, {})
        assert answer.status == 200, answer
        return answer

    def write(self, method: str, path: str, body: Json | None = None, **headers: str) -> Answer:
        """One write with a new key."""
        self._written += 1
        key = f"{self.name}-{self._written:06d}"
        answer = self._ask(method, path, body, {"Idempotency-Key": key, **headers})
        with self.ledger.guard:
            if answer.status < 300:
                self.ledger.keys.add(key)
            else:
                self.ledger.refused[f"{answer.status} {answer.body['code']}"] += 1
        return answer

    def once(self, method: str, path: str, body: Json, key: str) -> Answer:
        """One try, whatever the answer."""
        return self._once(method, path, json.dumps(body), self._headers({"Idempotency-Key": key}))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", **more}

    def _ask(self, method: str, path: str, body: Json | None, headers: dict[str, str]) -> Answer:
        until_s = time.monotonic() + PATIENCE_S
        told = self._headers(headers)
        sent = None if body is None else json.dumps(body)
        while time.monotonic() < until_s:
            cause = "no connection"
            try:
                answer = self._once(method, path, sent, told)
                cause = f"{answer.status} {answer.body.get('code')}"
                if answer.status < 500 and answer.body.get("code") not in TRY_AGAIN:
                    return answer
            except (OSError, http.client.HTTPException, ValueError):
                pass  # it was killed: before it began, in the middle, or after all was done
            with self.ledger.guard:
                self.ledger.again[cause] += 1
            time.sleep(self.chance.uniform(0.05, 0.3))
        raise AssertionError(f"{method} {path} has no answer: {cause}")

    def _once(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        ports = list(self._fleet.apis)
        connection = http.client.HTTPConnection("127.0.0.1", self.chance.choice(ports), timeout=60)
        try:
            connection.request(method, path, body, headers)
            got = connection.getresponse()
            return Answer(got.status, json.loads(got.read() or b"{}"), got.headers.get("ETag", ""))
        finally:
            connection.close()
