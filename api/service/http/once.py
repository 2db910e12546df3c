"""Writes that may be repeated: the answer to an ``Idempotency-Key`` is kept in the transaction of what it did.

A phone that lost the answer asks again and gets the same one; nothing is done twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from api.service.http.context import Service
from api.service.http.errors import ConflictError
from api.service.security.tokens import Caller
from api.service.store.audits import Author
from api.service.store.database import unavailable
from api.service.store.tables import Answered

ATTEMPTS = 3
"""Times that a write is begun when another transaction gets in its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a write answers; `shown_once` joins the body, and is neither kept nor given again."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    shown_once: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A request as its key sees it."""

    key: str | None
    digest: str

    def write(self, live: Service, caller: Caller, work: Callable[[Session, Author], Answer]) -> Response:
        """Do the work in a transaction, or give the answer of the first time.

        Raises
        ------
        ConflictError
            ``idempotency.reused`` when the key was used for another request; ``write.conflict`` when others wrote the
            same again and again.
        UnavailableError
            ``database.full`` or ``database.unreachable``.
        """
        for _ in range(ATTEMPTS):
            try:
                return self._write(live, caller, work)
            except IntegrityError:  # another transaction was quicker: look again
                continue
            except OperationalError as error:
                told = unavailable(error)
                lost = error.connection_invalidated and self.key is None  # perhaps it was done: nobody could know
                if lost or told.code == "database.full":
                    raise told from error
                live.store.ping()
        raise ConflictError("write.conflict", "others are changing the same: try again")

    def _write(self, live: Service, caller: Caller, work: Callable[[Session, Author], Answer]) -> Response:
        author = Author(user_id=caller.user_id, at=live.now())
        with live.store.writing() as session:
            held = session.get(Answered, (caller.user_id, self.key)) if self.key else None
            secret: Mapping[str, Any] = {}
            if held is None:
                answer = work(session, author)
                secret = answer.shown_once
                held = _answered(answer, caller.user_id, self, author)
                if self.key:
                    session.add(held)
            elif held.digest != self.digest:
                raise ConflictError("idempotency.reused", "this Idempotency-Key belongs to another request")
            body = json.dumps({**json.loads(held.body), **secret}, ensure_ascii=False) if secret else held.body
            return Response(
                body or None,
                held.status,
                headers=dict(held.headers),
                media_type="application/json" if held.body else None,
            )


def _answered(answer: Answer, user_id: str, once: Once, author: Author) -> Answered:
    return Answered(
        user_id=user_id,
        key=once.key or "",
        digest=once.digest,
        status=answer.status,
        headers=dict(answer.headers),
        body="" if answer.body is None else json.dumps(answer.body, ensure_ascii=False),
        at=author.at,
    )


async def once_of(
    request: Request,
    idempotency_key: Annotated[
        str | None, Header(min_length=8, max_length=200, description="repeated requests with one key are done once")
    ] = None,
) -> Once:
    """The request's key, and what it was used for."""
    told = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    told.update(await request.body())
    return Once(key=idempotency_key, digest=told.hexdigest())


OnceOnly = Annotated[Once, Depends(once_of)]
