"""The plan that is there in the morning: one job a night, whichever worker looks at the clock first."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from api.inputs import from_json
from api.service.days.day import document_of
from api.service.jobs.queue import enqueue
from api.service.settings import Settings
from api.service.store.audits import Author
from api.service.store.tables import Job
from dispatch.errors import InputError

NOBODY = "nightly"
"""Stands as author."""


def due(settings: Settings, now: datetime) -> tuple[str, datetime, datetime] | None:
    """Key, start and end of the plan that should have been ordered by now; None when no night is set.

    The plan is of the next calendar day in the zone of the settings. A service that was down at the hour makes up for
    it until midnight.
    """
    if settings.nightly_at is None:
        return None
    zone = ZoneInfo(settings.nightly_zone)
    here = now.astimezone(zone)
    if here.time() < settings.nightly_at:
        return None
    day = here.date() + timedelta(days=1)
    start = datetime.combine(day, time(), zone)
    return f"nightly-{day.isoformat()}", start, datetime.combine(day + timedelta(days=1), time(), zone)


def order(session: Session, settings: Settings, now: datetime) -> Job | None:
    """Order the plan that is due and not ordered yet, as a draft; None: nothing is due.

    The key is unique: of two workers that order at the same moment one fails, and has nothing to do.
    """
    wanted = due(settings, now)
    if wanted is None or session.exec(select(Job.id).where(Job.key == wanted[0])).first() is not None:
        return None
    key, start, end = wanted
    document = document_of(session, start, end, zone=settings.nightly_zone, now=now)
    request = {"engine": "search", "seconds": settings.job_seconds, "iterations": None, "seed": 1, "centre": None}
    job = enqueue(session, document, request, Author(user_id=NOBODY, at=now))
    job.key = key
    try:
        from_json(document, name="night")
    except InputError as error:  # kept, so that somebody sees in the morning why there is no plan
        job.state = "failed"
        job.error = {"code": error.code, "message": error.message, "faults": [str(one) for one in error.faults][:100]}
    session.flush()
    return job
