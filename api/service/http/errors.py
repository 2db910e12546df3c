"""Errors that only make sense over HTTP, beside those of :mod:`dispatch.errors`.

::

    CalloutError
    └── RefusedError                status and code
        ├── UnauthorizedError       401  no valid token
        ├── ForbiddenError          403  the role or the centre does not allow it
        ├── MissingError            404  no such thing, or none that the caller may know of
        ├── ConflictError           409  the state of things does not allow it
        ├── StaleError              412  somebody else changed it meanwhile
        ├── NeedsVersionError       428  a change needs If-Match
        └── TooManyError            429  wait, then try again
"""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.errors import CalloutError


class RefusedError(CalloutError):
    """A request that is refused; `facts` stand in the answer."""

    status = 400
    exit_code = 3
    """Of a command that meets it: the input is at fault, not Callout."""

    def __init__(self, code: str, message: str, *, facts: Mapping[str, object] | None = None) -> None:
        super().__init__(code, message)
        self.facts = dict(facts or {})
        self.headers: dict[str, str] = {}


class UnauthorizedError(RefusedError):
    """Nobody is known to be asking."""

    status = 401

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.headers = {"WWW-Authenticate": "Bearer"}


class ForbiddenError(RefusedError):
    """The caller may not do this."""

    status = 403


class MissingError(RefusedError):
    """There is no such thing for this caller."""

    status = 404


class ConflictError(RefusedError):
    """The state of things does not allow it."""

    status = 409


class StaleError(RefusedError):
    """Somebody else has changed the object since the caller read it."""

    status = 412


class NeedsVersionError(RefusedError):
    """A change must name the version that it changes."""

    status = 428


class TooManyError(RefusedError):
    """Too many attempts."""

    status = 429

    def __init__(self, code: str, message: str, *, retry_after_s: int) -> None:
        super().__init__(code, message)
        self.headers = {"Retry-After": str(retry_after_s)}
