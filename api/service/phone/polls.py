"""The answer to most polls, without the web framework: nothing has changed, or the route.

A phone polls for hours while its route stands still. What was answered is kept with the number of the technician's
last change; as long as the database says that this is still the last one, it is the answer. Else the route is made
anew with one plain question more. Whatever is not plain goes the usual way: an odd request, a line that has to be
searched on roads first, a database that is away.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from api.service.http.errors import UnauthorizedError
from api.service.http.versions import matches
from api.service.phone.lines import Lines
from api.service.phone.newest import Newest
from api.service.phone.route import PhoneRoute, route_of
from api.service.phone.spans import Span, span_asked, tag_of
from api.service.security.roles import RIGHTS, Right, Role
from api.service.security.tokens import DEVICE_PREFIX, Caller, digest, read_until
from api.service.store.quick import AwayError, Quick

PATH = "/v1/me/route"
KEPT = 5_000
"""Routes, and callers, remembered: a route has some kilobytes."""
Key = tuple[str, bytes, int]
_DEVICE = (
    "SELECT account.role, account.technician_id FROM device JOIN account ON account.id = device.user_id "
    "WHERE device.digest = ? AND device.revoked_at IS NULL AND account.active"
)
_ROUTE = SimpleNamespace(path=PATH)
"""What the log and the figures are told was asked for."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer; `last` is the number of the change that it holds."""

    last: int
    tag: str
    body: bytes

    @classmethod
    def of(cls, route: PhoneRoute, span: Span) -> Kept:
        """The answer that holds this route."""
        return cls(route.last_change, tag_of(span, route.last_change), route.model_dump_json().encode())


class Routes:
    """Answers of the last polls."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._guard = threading.Lock()

    @staticmethod
    def key(technician_id: str, query: bytes, now: datetime) -> Key:
        """What an answer depends on besides the changes: what was asked for, and by default the hour."""
        return technician_id, query, 0 if query else int(now.timestamp()) // 3600

    def keep(self, key: Key, kept: Kept) -> None:
        """Remember an answer."""
        with self._guard:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def get(self, key: Key) -> Kept | None:
        """The answer, if there is one."""
        with self._guard:
            return self._kept.get(key)


class _Parts(Protocol):
    """What is used of the service."""

    @property
    def routes(self) -> Routes: ...

    @property
    def quick(self) -> Quick: ...

    @property
    def newest(self) -> Newest: ...

    @property
    def lines(self) -> Lines: ...

    @property
    def key(self) -> str: ...

    @property
    def now(self) -> Callable[[], datetime]: ...


class Polls:
    """Around the application: answers what it can and hands on the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._callers: OrderedDict[tuple[str, str], tuple[Caller, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        service = scope["app"].state.service
        asked = headers.get(b"if-none-match")
        try:
            found = await self._found(
                service,
                headers.get(b"authorization", b""),
                scope.get("query_string", b""),
                None if asked is None else asked.decode("latin-1"),
            )
        except (AwayError, LookupError):
            found = None
        if found is None:
            await self._app(scope, receive, send)
            return
        tag, body = found
        scope["route"] = _ROUTE
        told: list[tuple[bytes, bytes]] = [(b"etag", tag.encode()), (b"cache-control", b"private, no-cache")]
        if body is not None:
            told += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 304 if body is None else 200, "headers": told})
        await send({"type": "http.response.body", "body": body or b""})

    async def _found(
        self, service: _Parts, authorization: bytes, query: bytes, asked: str | None
    ) -> tuple[str, bytes | None] | None:
        """ETag and body of the answer, no body when nothing has changed; None: the usual way finds out.

        Raises
        ------
        AwayError
            When the database does not answer.
        LookupError
            When a line has to be searched for.
        """
        now = service.now()
        technician = self._technician(service, authorization, now)
        span = None if technician is None else span_asked(query, now)
        if technician is None or span is None:
            return None
        key = Routes.key(technician, query, now)
        kept = service.routes.get(key)
        number = await service.newest.of(technician)
        tag = tag_of(span, number)
        if matches(asked, tag):
            return tag, None
        if kept is None or kept.last != number:
            kept = Kept.of(route_of(service.quick, technician, span, service.lines.known, number=number), span)
            service.routes.keep(key, kept)
        return kept.tag, kept.body

    def _technician(self, service: _Parts, authorization: bytes, now: datetime) -> str | None:
        """Whose phone asks; None: the usual way finds out."""
        scheme, _, raw = authorization.partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = raw.decode("latin-1").strip()
        if token.startswith(DEVICE_PREFIX):
            found = service.quick.rows(_DEVICE, digest(token))
            return found[0][1] if found and Right.OWN_ROUTE in RIGHTS[Role(found[0][0])] else None
        held = self._callers.get((service.key, token))
        if held is None:
            try:
                held = read_until(token, service.key, now=now)
            except UnauthorizedError:
                return None
            self._callers[service.key, token] = held
            if len(self._callers) > KEPT:
                self._callers.popitem(last=False)
        caller, until = held
        if now.timestamp() >= until or not caller.may(Right.OWN_ROUTE):
            return None
        return caller.technician_id
