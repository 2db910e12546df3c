"""What routes are given: settings, database, clock, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.service.days.desks import Desks
from api.service.http.errors import ForbiddenError, UnauthorizedError
from api.service.http.metrics import Metrics
from api.service.phone.lines import Lines
from api.service.phone.newest import Newest
from api.service.phone.polls import Routes
from api.service.phone.stream import Stream
from api.service.security.devices import caller_of_device
from api.service.security.roles import Right
from api.service.security.tokens import DEVICE_PREFIX, Caller, read_access_token
from api.service.settings import Settings
from api.service.store.database import Store
from api.service.store.quick import Quick


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The running service.

    Parameters
    ----------
    settings, store : Settings, Store
        How it is set up, and its database.
    now : callable
        The clock, aware.
    key : str
        Signs access tokens.
    stream : Stream
        Hands changes to phones.
    desks : Desks
        Days that dispatchers try changes on.
    lines : Lines
        Driven lines of routes.
    routes : Routes
        Answers of the last polls.
    quick : Quick
        Small questions to the database, for the event loop.
    newest : Newest
        Numbers of the last changes, asked for together.
    metrics : Metrics
        What this process has seen.
    """

    settings: Settings
    store: Store
    now: Callable[[], datetime]
    key: str
    stream: Stream
    desks: Desks
    lines: Lines
    routes: Routes
    quick: Quick
    newest: Newest
    metrics: Metrics


def service_of(request: Request) -> Service:
    """The service that a request reached."""
    found: Service = request.app.state.service
    return found


Live = Annotated[Service, Depends(service_of)]
_BEARER = HTTPBearer(auto_error=False, description="access token, or a device's token")


def caller_of(live: Live, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> Caller:
    """Who is asking.

    Raises
    ------
    UnauthorizedError
        ``auth.missing``, ``auth.token``, ``auth.expired`` or ``auth.device``.
    """
    if given is None:
        raise UnauthorizedError("auth.missing", "send a token: Authorization: Bearer ...")
    if given.credentials.startswith(DEVICE_PREFIX):
        with live.store.reading() as session:
            return caller_of_device(session, given.credentials)
    return read_access_token(given.credentials, live.key, now=live.now())


def needs(right: Right) -> Callable[[Caller], Caller]:
    """Dependency that lets only callers with this right through."""

    def check(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        if not caller.may(right):
            raise ForbiddenError(
                "auth.forbidden", f"a {caller.role.value} may not do this", facts={"right": right.value}
            )
        return caller

    return check


Reader = Annotated[Caller, Depends(needs(Right.READ))]
Writer = Annotated[Caller, Depends(needs(Right.WRITE))]
Planner = Annotated[Caller, Depends(needs(Right.PLAN))]
Publisher = Annotated[Caller, Depends(needs(Right.PUBLISH))]
Phone = Annotated[Caller, Depends(needs(Right.OWN_ROUTE))]
Desk = Annotated[Caller, Depends(needs(Right.CUSTOMERS))]
Eraser = Annotated[Caller, Depends(needs(Right.ERASE))]
UserAdmin = Annotated[Caller, Depends(needs(Right.USERS))]
Auditor = Annotated[Caller, Depends(needs(Right.AUDIT))]
