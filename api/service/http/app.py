"""The application: routes, errors, and what holds for every answer. Nothing opens before it is made."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service.days.desks import Desks
from api.service.http.context import Service
from api.service.http.metrics import Metrics, metrics_router
from api.service.http.problems import install, problem
from api.service.phone.lines import Lines
from api.service.phone.polls import Polls, Routes
from api.service.phone.stream import Stream
from api.service.resources import ROUTERS
from api.service.settings import Settings
from api.service.store.database import Store
from api.service.store.migrate import is_current
from api.service.store.quick import Quick
from dispatch.errors import UnavailableError
from dispatch.version import VERSION

_LOG = logging.getLogger("callout.access")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""For every answer; OWASP REST Security Cheat Sheet."""
_IMPORTS = "/v1/imports"


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
    stream, routes, quick = Stream(store), Routes(), Quick(store.url)

    @contextlib.asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        stream.start()
        yield
        stream.stop()
        quick.close()

    app = FastAPI(
        lifespan=running,
        title="Callout",
        version=VERSION,
        description="One live day for dispatchers, planners and technicians. Errors are problem details (RFC 9457).",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = Service(
        settings=settings,
        store=store,
        now=now,
        key=key,
        stream=stream,
        desks=Desks(settings.travel),
        lines=Lines(settings.travel),
        routes=routes,
    )
    install(app)
    v1 = APIRouter(prefix="/v1")
    for router in ROUTERS:
        v1.include_router(router)
    app.include_router(v1)
    _add_health(app, store)
    metrics = Metrics()
    app.include_router(metrics_router(settings, store, metrics, stream.listeners))
    app.add_middleware(Polls, routes=routes, quick=quick, key=key, now=now)
    app.add_middleware(Limits, most=settings.most_body_bytes, most_import=settings.most_import_bytes, metrics=metrics)
    return app


def _add_health(app: FastAPI, store: Store) -> None:
    @app.get("/health", tags=["running"])
    def health() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok", "version": VERSION}

    @app.get("/ready", tags=["running"], responses={503: {"description": "the database is away or not migrated"}})
    def ready() -> JSONResponse:
        """Whether requests can be served."""
        store.ping()
        if not is_current(store):
            raise UnavailableError("database.migration", "the database has not all its tables yet")
        return JSONResponse({"status": "ready"})


class Limits:
    """Around every request: its number, the size of its body, safe headers, one line in the log without any data."""

    def __init__(self, app: ASGIApp, *, most: int, most_import: int, metrics: Metrics) -> None:
        self._app, self._most, self._most_import, self._metrics = app, most, most_import, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun_s = time.perf_counter()
        number = uuid4().hex
        most = self._most_import if scope["path"].startswith(_IMPORTS) else self._most
        status, read = 0, 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise _TooLong
            return message

        async def unless_too_long(message: Message) -> None:
            if read <= most:  # the framework turns any trouble with a body into an answer of its own
                await guarded(message)

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name.lower() for name, _ in message["headers"]}
                extra: dict[str, Any] = {**_HEADERS, "X-Request-Id": number}
                message["headers"] = [
                    *message["headers"],
                    *((n.lower().encode(), v.encode()) for n, v in extra.items() if n.lower().encode() not in given),
                ]
            await send(message)

        told = Request(scope).headers.get("content-length") or "0"
        if not told.isdecimal():
            await problem(400, "request.length", "Content-Length is no number")(scope, receive, guarded)
        else:
            read = int(told) if int(told) > most else 0
            if read <= most:
                with contextlib.suppress(_TooLong):
                    await self._app(scope, limited, unless_too_long)
            if read > most and not status:
                answer = problem(413, "request.too_large", f"a body has at most {most:,} bytes here")
                await answer(scope, receive, guarded)
        took_s = time.perf_counter() - begun_s
        route = getattr(scope.get("route"), "path", "-")
        self._metrics.count(scope["method"], route, status, took_s)
        _LOG.log(
            logging.DEBUG if status == 304 else logging.INFO,  # phones ask all day whether anything has changed
            "request",
            extra={
                "request": number,
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round(1000 * took_s, 1),
            },
        )


class _TooLong(Exception):  # noqa: N818 - a signal, never seen outside
    """The body is longer than allowed."""
