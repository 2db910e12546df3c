"""Figures for Prometheus: requests by route and status, jobs by state, phones that listen. No ids, no persons."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

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
