"""The answer to most polls: nothing has changed, or the route that was made for the last poll.

A phone polls for hours while its route stands still. What was answered is kept with the number of the technician's
last change; as long as the database says that this is still the last one, it is the answer.
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
from api.service.security.roles import RIGHTS, Right, Role
from api.service.security.tokens import DEVICE_PREFIX, Caller, digest, read_until
from api.service.store.quick import Quick

PATH = "/v1/me/route"
KEPT = 5_000
"""Routes, and callers, remembered: a route has some kilobytes."""
Key = tuple[str, bytes, int]
_ROUTE = SimpleNamespace(path=PATH)
"""What the log and the figures are told was asked for."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer; `last` is the number of the change that it holds."""

    last: int
    tag: str
    body: bytes


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
        kept = self._known(service, headers.get(b"authorization", b""), scope.get("query_string", b""))
        if kept is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTE
        asked = headers.get(b"if-none-match")
        same = asked is not None and matches(asked.decode("latin-1"), kept.tag)
        told: list[tuple[bytes, bytes]] = [
            (b"etag", kept.tag.encode()),
            (b"cache-control", b"private, no-cache"),
        ]
        if not same:
            told += [(b"content-type", b"application/json"), (b"content-length", str(len(kept.body)).encode())]
        await send({"type": "http.response.start", "status": 304 if same else 200, "headers": told})
        await send({"type": "http.response.body", "body": b"" if same else kept.body})

    def _known(self, service: _Parts, authorization: bytes, query: bytes) -> Kept | None:
        """The answer to this caller, if it is still right."""
        now = service.now()
        technician = self._technician(service, authorization, now)
        if technician is None:
            return None
        kept = service.routes.get(Routes.key(technician, query, now))
        if kept is None or service.quick.last_change(technician) != kept.last:
            return None
        return kept

    def _technician(self, service: _Parts, authorization: bytes, now: datetime) -> str | None:
        """Whose phone asks; None: the usual way finds out."""
        scheme, _, raw = authorization.partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = raw.decode("latin-1").strip()
        if token.startswith(DEVICE_PREFIX):
            found = service.quick.device_user(digest(token))
            return found[1] if found is not None and Right.OWN_ROUTE in RIGHTS[Role(found[0])] else None
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
