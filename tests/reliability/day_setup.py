"""The whole day's input, its people and their phones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.inputs import to_json
from api.service.days.importing import import_document
from api.service.security.accounts import add_user
from api.service.security.devices import add_device
from api.service.security.roles import Role
from api.service.store.audits import Author
from api.service.store.database import Store
from api.service.store.migrate import upgrade
from benchmarks.random_day import random_day
from tests.reliability.desk import PASSWORD
from tests.reliability.phones import Phone

TECHNICIANS, TICKETS = 40, 240
ZONE = "+01:00"
SPAN = {"start": f"2026-03-02T00:00:00{ZONE}", "end": f"2026-03-03T00:00:00{ZONE}"}
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


def make_document() -> dict[str, Any]:
    document = to_json(random_day(TICKETS, TECHNICIANS, seed=3))
    levels = {"basic": (1, 1), "advanced": (2, 4), "enterprise": (3, 16)}
    document["tiers"] = [
        {"name": name, "level": levels[name][0], "weight": levels[name][1], "targets": targets}
        for name, targets in TIERS.items()
    ]
    return document


def make_users(url: str, document: dict[str, Any], now: datetime) -> dict[str, str]:
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


def make_phones(tokens: dict[str, str]) -> dict[str, Phone]:
    phones = {name: Phone(name, token, SPAN, number) for number, (name, token) in enumerate(tokens.items())}
    spans = [("10:00", "13:00"), ("09:00", "14:00"), ("11:00", "16:00")] * 3
    for phone, (begin, end) in zip(list(phones.values())[::3], spans, strict=False):
        phone.offline = clock(begin), clock(end)
    return phones
