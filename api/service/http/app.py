"""The application: routes, errors, and what holds for every answer. Nothing opens before it is made."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from fastapi import Depends, FastAPI

from api.service.days.desks import Desks
from api.service.http import status
from api.service.http.context import Service
from api.service.http.described import Described
from api.service.http.limits import Limits
from api.service.http.metrics import Metrics
from api.service.http.problems import install
from api.service.http.readable import readable
from api.service.phone.lines import Lines
from api.service.phone.newest import Newest
from api.service.phone.polls import Polls, Routes
from api.service.phone.stream import Stream
from api.service.resources import ROUTERS
from api.service.settings import Settings
from api.service.store.database import Store
from api.service.store.quick import Quick
from dispatch.version import VERSION


def create_app(
    settings: Settings, store: Store, *, key: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> FastAPI:
    """The application on a database that has all its tables.

    Parameters
    ----------
    settings, store : Settings, Store
        See there.
    key : str
        Signs access tokens.
    now : callable
        The clock, aware.
    """
    app = routes_only()
    app.state.service = service_of_parts(settings, store, key=key, now=now)
    return app


def service_of_parts(settings: Settings, store: Store, *, key: str, now: Callable[[], datetime]) -> Service:
    """All that the routes are given; see :class:`Service`."""
    quick = Quick(store.url)
    return Service(
        settings=settings,
        store=store,
        now=now,
        key=key,
        stream=Stream(store),
        desks=Desks(settings.travel),
        lines=Lines(settings.travel),
        routes=Routes(),
        quick=quick,
        newest=Newest(quick),
        metrics=Metrics(),
    )


def routes_only() -> FastAPI:
    """The application before it is given a service: ``app.state.service``."""
    app = Described(
        lifespan=_running,
        title="Callout",
        version=VERSION,
        description="One live day for dispatchers, planners and technicians. Errors are problem details (RFC 9457).",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    install(app)
    for router in ROUTERS:
        app.include_router(router, prefix="/v1", dependencies=[Depends(readable)])
    app.include_router(status.router)
    app.add_middleware(Polls)
    app.add_middleware(Limits)
    return app


@contextlib.asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    service.stream.start()
    yield
    service.stream.stop()
    service.quick.close()
