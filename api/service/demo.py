"""A service to look at: the demo day, four users with random passwords, all in a folder that goes with the process."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from api.inputs import read_day, to_json
from api.service.days.importing import import_document
from api.service.security.accounts import add_user
from api.service.security.roles import Role
from api.service.store.audits import Author
from api.service.store.database import Store

NAMES = {Role.ADMIN: "admin", Role.DISPATCHER: "dispatcher", Role.PLANNER: "planner", Role.TECHNICIAN: "technician"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What was made.

    Parameters
    ----------
    logins : dict
        Password of each login.
    morning : datetime
        An hour before the first shift: the time that a demo begins at.
    """

    logins: dict[str, str]
    morning: datetime


def fill(store: Store, folder: Path, *, now: datetime) -> Demo:
    """Import the input and make the users."""
    problem = read_day(folder).problem
    document = to_json(problem)
    logins = {}
    with store.writing() as session:
        import_document(session, document, Author(user_id="", at=now))
        first = document["technicians"][0]["id"]
        for role, login in NAMES.items():
            logins[login] = secrets.token_urlsafe(12)
            add_user(session, login, logins[login], role, technician_id=first if role is Role.TECHNICIAN else None)
    begin_s = min((shift.start_s for shift in problem.shifts), default=0)
    return Demo(logins=logins, morning=problem.instant(begin_s) - timedelta(hours=1))
