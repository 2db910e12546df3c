"""A service to look at: the demo day, four users with random passwords, all in a folder that goes with the process."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from api.inputs import read_day, to_json
from api.service.days.importing import import_document
from api.service.security.accounts import add_user
from api.service.security.roles import Role
from api.service.store.audits import Author
from api.service.store.database import Store

NAMES = {Role.ADMIN: "admin", Role.DISPATCHER: "dispatcher", Role.PLANNER: "planner", Role.TECHNICIAN: "technician"}


def fill(store: Store, folder: Path, *, now: datetime) -> dict[str, str]:
    """Import the input and make the users; returns login and password of each."""
    document = to_json(read_day(folder).problem)
    logins = {}
    with store.writing() as session:
        import_document(session, document, Author(user_id="", at=now))
        first = document["technicians"][0]["id"]
        for role, login in NAMES.items():
            logins[login] = secrets.token_urlsafe(12)
            add_user(session, login, logins[login], role, technician_id=first if role is Role.TECHNICIAN else None)
    return logins
