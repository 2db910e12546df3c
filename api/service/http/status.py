"""Whether the process lives, whether it can serve, and figures for Prometheus."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import JSONResponse
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlmodel import col, func, select

from api.service.http.context import Live
from api.service.http.errors import MissingError, UnauthorizedError
from api.service.store.migrate import is_current
from api.service.store.tables import Job
from dispatch.errors import UnavailableError
from dispatch.version import VERSION

router = APIRouter(tags=["running"])
JOB_STATES = ("queued", "running", "done", "failed", "cancelled")


@router.get("/health")
def health() -> dict[str, str]:
    """Whether the process answers."""
    return {"status": "ok", "version": VERSION}


@router.get("/ready", responses={503: {"description": "the database is away or not migrated"}})
def ready(live: Live) -> JSONResponse:
    """Whether requests can be served."""
    live.store.ping()
    if not is_current(live.store):
        raise UnavailableError("database.migration", "the database has not all its tables yet")
    return JSONResponse({"status": "ready"})


@router.get("/metrics", include_in_schema=False)
def metrics(live: Live, authorization: Annotated[str, Header()] = "") -> Response:
    """Figures as text, for who has the token."""
    if live.settings.metrics_token is None:
        raise MissingError("http.404", "Not Found")
    wanted = f"Bearer {live.settings.metrics_token.get_secret_value()}"
    if not secrets.compare_digest(authorization.encode(), wanted.encode()):
        raise UnauthorizedError("auth.token", "the token is not valid")
    with live.store.reading() as session:
        seen = dict(session.exec(select(Job.state, func.count(col(Job.id))).group_by(Job.state)).all())
    for state in JOB_STATES:
        live.metrics.jobs.labels(state).set(seen.get(state, 0))
    live.metrics.streams.set(live.stream.listeners())
    return Response(generate_latest(live.metrics.registry), media_type=CONTENT_TYPE_LATEST)
