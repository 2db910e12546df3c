"""A worker: takes a job, lets a process of its own make the plan, and keeps what comes of it."""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any
from uuid import uuid4

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from api.service.jobs.nightly import order
from api.service.jobs.queue import claim, finish, give_back, renew
from api.service.jobs.tidying import tidy
from api.service.settings import Settings
from api.service.store.database import Store
from api.service.store.tables import Job, Plan

Json = dict[str, Any]
_LOG = logging.getLogger("callout.worker")
POLL_S = 0.5
"""How often an idle worker looks for a job."""
RENEW_S = 0.5
"""How often progress is written and the lease renewed, at most."""
NIGHTLY_S = 20.0
"""How often a worker looks whether the night's plan is due."""
TIDY_S = 3600.0
PREPARE_S = 600.0
"""Time for a process to begin: on a new machine it compiles the search first, which `callout warm` does ahead."""
COMPLAIN_S = 60.0
"""How often a worker says that the database is away."""
GRACE_S = 60.0
"""Time after the search's own limit in which reading, checking and explaining must end."""


class Worker:
    """Takes jobs until it is told to stop.

    Parameters
    ----------
    store, settings : Store, Settings
        Where jobs are, and their limits.
    now : callable
        The clock, aware; leases go by it, time limits by the process's own.
    threads : int
        Threads of each search.
    """

    def __init__(self, store: Store, settings: Settings, now: Callable[[], datetime], *, threads: int) -> None:
        self._store, self._settings, self._now, self._threads = store, settings, now, threads
        self.stopped = threading.Event()
        self._nightly_again_s = self._tidy_again_s = self._complain_again_s = 0.0

    def run(self) -> None:
        """Work until `stopped` is set; a job under way is given back then."""
        while not self.stopped.is_set():
            try:
                self.look_at_the_clock()
                idle = not self.step()
            except SQLAlchemyError as error:  # the lease runs out, and the job is taken again
                self._complain(error)
                idle = True
            except Exception:  # one job that can't be handled must not end the worker
                _LOG.exception("a job could not be handled")
                idle = True
            if idle:
                self.stopped.wait(POLL_S)

    def _complain(self, error: SQLAlchemyError) -> None:
        """Say what is wrong with the database, now and then."""
        now_s = time.monotonic()
        if now_s >= self._complain_again_s:
            self._complain_again_s = now_s + COMPLAIN_S
            why = str(getattr(error, "orig", error)).strip().partition("\n")[0]
            _LOG.warning("the database is away or has no tables yet; trying again: %s", why)

    def look_at_the_clock(self) -> None:
        """Order the night's plan when it is due, and tidy up; each at most so often."""
        now_s = time.monotonic()
        if now_s >= self._nightly_again_s and self._settings.nightly_at is not None:
            self._nightly_again_s = now_s + NIGHTLY_S
            with contextlib.suppress(IntegrityError), self._store.writing() as session:  # another worker was quicker
                job = order(session, self._settings, self._now())
                if job is not None:
                    _LOG.info("job %s: the night's plan", job.id)
        if now_s >= self._tidy_again_s:
            self._tidy_again_s = now_s + TIDY_S
            with self._store.writing() as session:
                tidy(session, self._now())

    def step(self) -> bool:
        """Take one job and end it; False: there was none."""
        with self._store.writing() as session:
            job = claim(session, now=self._now(), lease_s=self._settings.lease_seconds)
        if job is None:
            return False
        _LOG.info("job %s: attempt %d", job.id, job.attempts)
        outcome = self._watch(job)
        if outcome is None:  # the lease is lost, or the worker stops: somebody else goes on
            if self.stopped.is_set():
                with self._store.writing() as session:
                    give_back(session, job)
                _LOG.info("job %s: given back", job.id)
            return True
        error = outcome.get("error")
        plan = _plan_of(job, outcome["plan"], self._now()) if "plan" in outcome else None
        with self._store.writing() as session:
            kept = finish(session, job, plan, error=error, cancelled="cancelled" in outcome)
        _LOG.info("job %s: %s", job.id, "lease lost" if not kept else error["code"] if error else "done")
        return True

    def _order(self, job: Job) -> Json:
        """What the job's process is told."""
        return {
            "problem": job.problem,
            "request": job.request,
            "travel": self._settings.travel,
            "workers": self._threads,
            "memory_mb": self._settings.job_memory_mb,
        }

    def _watch(self, job: Job) -> Json | None:
        """Run the job's process, and renew the lease meanwhile."""
        limit_s = (job.request.get("seconds") or self._settings.job_seconds) + GRACE_S
        until_s = time.monotonic() + PREPARE_S
        process = subprocess.Popen(
            [sys.executable, "-m", "api.service.jobs.run"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the worker, which gives the job back
        )
        lines: queue.Queue[Json | None] = queue.Queue()
        reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
        reader.start()
        progress: Json = {}
        told, renewed_s = False, 0.0
        try:
            _say(process, json.dumps(self._order(job)))
            while True:
                line = _next(lines, RENEW_S)
                if line is None:
                    return {"error": {"code": "job.died", "message": "the planning process died", "faults": []}}
                if "plan" in line or "error" in line:
                    return line
                progress = line.get("progress", progress)
                now_s = time.monotonic()
                if "began" in line:
                    until_s = now_s + limit_s
                if now_s - renewed_s < RENEW_S:
                    continue
                renewed_s = now_s
                with self._store.writing() as session:
                    cancel = renew(
                        session, job, now=self._now(), lease_s=self._settings.lease_seconds, progress=progress
                    )
                if cancel is None or self.stopped.is_set():
                    return None
                if cancel and not told:
                    _say(process, "stop")
                    told = True
                if now_s > until_s:
                    return {"error": {"code": "job.time", "message": "it was not done in time", "faults": []}}
        finally:
            process.kill()
            reader.join()
            with contextlib.suppress(BrokenPipeError), process:  # closes the pipes and waits
                pass


def _say(process: subprocess.Popen[str], text: str) -> None:
    stdin: IO[str] | None = process.stdin
    if stdin is not None:
        try:
            stdin.write(text + "\n")
            stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; its last line says how


def _read(process: subprocess.Popen[str], lines: queue.Queue[Json | None]) -> None:
    for line in process.stdout or ():
        try:
            lines.put(json.loads(line))
        except ValueError:
            continue  # a library that prints
    lines.put(None)


def _next(lines: queue.Queue[Json | None], wait_s: float) -> Json | None:
    try:
        return lines.get(timeout=wait_s)
    except queue.Empty:
        return {}


def _plan_of(job: Job, result: Json, now: datetime) -> Plan:
    """The draft that a job's answer becomes; that of the rest of a day goes on from the plan in force."""
    rest = job.request.get("rest")
    made = {name: value for name, value in result.items() if name not in ("problem", "outcome")}
    return Plan(
        id=uuid4().hex,
        starts_at=datetime.fromisoformat(result["start"]),
        ends_at=datetime.fromisoformat(result["end"]),
        centre_id=job.request.get("centre"),
        problem=result.get("problem", job.problem),
        result=made,
        total_cents=result["total_cents"],
        created_at=now,
        created_by=job.created_by,
        from_at=datetime.fromisoformat(rest["now"]) if rest else None,
        follows_id=rest["follows"] if rest else None,
        outcome=result.get("outcome"),
    )
