"""A service to look at: the demo day, four users with random passwords, all in a folder that goes with the process."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
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
        The full hour before most shifts of the first day begin: the time that a demo begins at.
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
    return Demo(logins=logins, morning=_morning([problem.instant(shift.start_s) for shift in problem.shifts], now))


def _morning(begins: Sequence[datetime], now: datetime) -> datetime:
    """A full hour, at least one hour before most shifts of the first day; a night shift does not make a morning."""
    if not begins:
        return now
    first = min(begins).date()
    usual, _ = Counter(sorted(at for at in begins if at.date() == first)).most_common(1)[0]
    return (usual - timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
