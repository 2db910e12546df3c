"""What holds for every request: its number, the size of its body, safe headers, a line in the log, a count."""

from __future__ import annotations

import contextlib
import logging
import time
from uuid import uuid4

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service.http.problems import problem

_LOG = logging.getLogger("callout.access")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
"""For every answer that does not say otherwise; OWASP REST Security Cheat Sheet."""
_V1 = "/v1"
_IMPORTS = "/v1/imports"
_DIGITS = 18
"""Of a Content-Length that is a number at all: exabytes."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Limits:
    """Around the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        service = scope["app"].state.service
        settings = service.settings
        begun_s = time.perf_counter()
        number = uuid4().hex
        most = settings.most_import_bytes if scope["path"].startswith(_IMPORTS) else settings.most_body_bytes
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
                message["headers"] = [
                    *message["headers"],
                    *(one for one in _HEADERS if one[0] not in given),
                    (b"x-request-id", number.encode()),
                ]
            await send(message)

        headers = Request(scope).headers
        told, coding = headers.get("content-length") or "0", headers.get("content-encoding") or "identity"
        if not (told.isascii() and told.isdigit()):
            await problem(400, "request.length", "Content-Length is no number")(scope, receive, guarded)
        elif coding.strip().lower() != "identity":  # a small body may unpack to a very large one
            answer = problem(415, "request.coding", "send the body as it is, without Content-Encoding")
            await answer(scope, receive, guarded)
        else:
            length = int(told[-_DIGITS:]) if len(told.lstrip("0")) <= _DIGITS else most + 1
            read = length if length > most else 0
            if read <= most:
                with contextlib.suppress(_TooLong):
                    await self._app(scope, limited, unless_too_long)
            if read > most and not status:
                answer = problem(413, "request.too_large", f"a body has at most {most:,} bytes here")
                await answer(scope, receive, guarded)
        took_s = time.perf_counter() - begun_s
        route = getattr(scope.get("route"), "path", "-")
        if scope["path"].startswith(_V1) and not route.startswith(_V1) and route != "-":
            route = _V1 + route  # a route knows its path inside its router only
        method = scope["method"] if scope["method"] in _METHODS else "other"
        service.metrics.count(method, route, status, took_s)
        _LOG.log(
            logging.DEBUG if status == 304 else logging.INFO,  # phones ask all day whether anything has changed
            "request",
            extra={
                "request": number,
                "method": method,
                "route": route,
                "status": status,
                "ms": round(1000 * took_s, 1),
            },
        )


class _TooLong(Exception):  # noqa: N818 - a signal, never seen outside
    """The body is longer than allowed."""
