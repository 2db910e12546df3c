"""The queue: jobs are rows, a worker holds one by a lease, and whoever lost the lease can't write any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlmodel import Session, and_, col, or_, select, update

from api.service.store.audits import Author
from api.service.store.tables import Job, Plan

Json = dict[str, Any]
MOST_ATTEMPTS = 3
"""Leases of a job: one that has killed so many workers isn't tried again."""


def enqueue(session: Session, problem: Json, request: Json, author: Author) -> Job:
    """A new job."""
    job = Job(id=uuid4().hex, problem=problem, request=request, created_at=author.at, created_by=author.user_id)
    session.add(job)
    session.flush()
    return job


def claim(session: Session, *, now: datetime, lease_s: float) -> Job | None:
    """Lease the oldest job that is free: queued, or left by a worker that has fallen silent.

    A lease that ends later than any can was given before the clock was set back; clocks of machines may differ by
    `lease_s`.

    A job that was cancelled in the meantime, or has used up its attempts, is ended instead.
    """
    free = or_(
        Job.state == "queued",
        and_(
            Job.state == "running",
            or_(col(Job.lease_until) < now, col(Job.lease_until) > now + timedelta(seconds=2 * lease_s)),
        ),
    )
    while True:
        question = select(Job).where(free).order_by(col(Job.created_at), col(Job.id)).limit(1)
        job = session.exec(question.with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        if job.cancel and job.state == "queued":
            job.state = "cancelled"
        elif job.attempts >= MOST_ATTEMPTS:
            job.state = "failed"
            job.error = {"code": "job.attempts", "message": f"{MOST_ATTEMPTS} workers died of it"}
        else:
            job.state, job.fence, job.attempts = "running", job.fence + 1, job.attempts + 1
            job.lease_until = now + timedelta(seconds=lease_s)
            session.flush()
            return job
        session.flush()


def renew(session: Session, job: Job, *, now: datetime, lease_s: float, progress: Json) -> bool | None:
    """Keep the lease; returns whether the job is to be cancelled, None when the lease is lost."""
    values = {"lease_until": now + timedelta(seconds=lease_s), "progress": progress}
    if session.exec(_mine(job).values(**values)).rowcount == 0:
        return None
    return session.exec(select(Job.cancel).where(Job.id == job.id)).one()


def finish(
    session: Session, job: Job, plan: Plan | None, *, error: Json | None = None, cancelled: bool = False
) -> bool:
    """End a job with its plan or an error, in one transaction; False: the lease is lost and nothing was written."""
    state = "failed" if error is not None else "cancelled" if cancelled and plan is None else "done"
    values = {"state": state, "lease_until": None, "error": error, "plan_id": None}
    if session.exec(_mine(job).values(**values)).rowcount == 0:
        return False
    if plan is not None:
        session.add(plan)
        session.flush()
        session.exec(_mine(job, state=state).values(plan_id=plan.id))
    return True


def _mine(job: Job, *, state: str = "running") -> Any:
    return update(Job).where(col(Job.id) == job.id, col(Job.fence) == job.fence, col(Job.state) == state)
