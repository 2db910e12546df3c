"""Figures for Prometheus: requests by route and status, jobs by state, phones that listen. No ids, no persons."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlmodel import col, func, select

from api.service.http.errors import MissingError, UnauthorizedError
from api.service.settings import Settings
from api.service.store.database import Store
from api.service.store.tables import Job

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What one process has seen."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "callout_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "callout_request_seconds", "Time to answer.", ("route",), buckets=BUCKETS_S, registry=self.registry
        )
        self.jobs = Gauge("callout_jobs", "Plan jobs in the database.", ("state",), registry=self.registry)
        self.streams = Gauge("callout_streams", "Phones that listen to changes.", registry=self.registry)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request; `route` is the route's pattern, never the path that was asked for."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


def metrics_router(settings: Settings, store: Store, metrics: Metrics, listeners: Callable[[], int]) -> APIRouter:
    """The route that Prometheus reads."""
    router = APIRouter(tags=["running"])

    @router.get("/metrics", include_in_schema=False)
    def show(request: Request) -> Response:
        """Figures as text."""
        if settings.metrics_token is None:
            raise MissingError("http.404", "Not Found")
        given = request.headers.get("authorization", "")
        wanted = f"Bearer {settings.metrics_token.get_secret_value()}"
        if not secrets.compare_digest(given.encode(), wanted.encode()):
            raise UnauthorizedError("auth.token", "the token is not valid")
        with store.reading() as session:
            states = session.exec(select(Job.state, func.count(col(Job.id))).group_by(Job.state)).all()
        for state in ("queued", "running", "done", "failed", "cancelled"):
            metrics.jobs.labels(state).set(dict(states).get(state, 0))
        metrics.streams.set(listeners())
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
