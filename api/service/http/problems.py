"""Problem details (RFC 9457) for every error; a client never sees a stack trace."""

from __future__ import annotations

import logging
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from api.service.http.errors import RefusedError
from api.service.store.database import TROUBLE, unavailable
from dispatch.errors import CalloutError, Fault, InputError, UnavailableError, UsageError

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("callout.http")

_STATUS: tuple[tuple[type[CalloutError], int], ...] = (
    (InputError, 422),
    (UsageError, 400),
    (UnavailableError, 503),
)
_TITLES = {
    400: "The request can't be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "No such method here",
    409: "Not possible now",
    412: "Changed by somebody else",
    413: "Too large",
    415: "Unknown kind of content",
    422: "The input is not valid",
    428: "The version is missing",
    429: "Too many attempts",
    500: "A fault of Callout",
    503: "Something needed is out of reach",
}


def problem(status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """Answer with problem details; `code` is stable, the texts may change."""
    body = {"type": f"urn:callout:error:{code}", "title": _TITLES.get(status, "Error"), "status": status, "code": code}
    return JSONResponse(body | {"detail": detail} | more, status, media_type=MEDIA_TYPE)


def _fault(fault: Fault) -> dict[str, object]:
    values = {"file": fault.file, "row": fault.row, "field": fault.field, "value": fault.value}
    return {"rule": fault.rule, "message": fault.message} | {name: value for name, value in values.items() if value}


def answer(error: CalloutError) -> JSONResponse:
    """Problem details of an error raised on purpose."""
    if isinstance(error, RefusedError):
        made = problem(error.status, error.code, error.message, **error.facts)
        made.headers.update(error.headers)
        return made
    for kind, status in _STATUS:
        if isinstance(error, kind):
            faults = [_fault(fault) for fault in error.faults] if isinstance(error, InputError) else []
            return problem(status, error.code, error.message, **({"faults": faults} if faults else {}))
    _LOG.error("internal error %s", error.code, exc_info=error)
    return problem(500, error.code, "Callout broke its own rules; the log knows more")


def install(app: FastAPI) -> None:
    """Make every error of an application a problem."""

    @app.exception_handler(CalloutError)
    async def on_purpose(_: Request, error: CalloutError) -> JSONResponse:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        faults = [
            {
                "rule": f"request.{one['type']}",
                "message": one["msg"],
                "field": ".".join(str(part) for part in one["loc"]),
            }
            for one in error.errors()
        ]
        return problem(422, "request.invalid", faults[0]["message"] if faults else "not valid", faults=faults)

    @app.exception_handler(HTTPException)
    async def of_the_framework(_: Request, error: HTTPException) -> JSONResponse:
        made = problem(error.status_code, f"http.{error.status_code}", str(error.detail))
        made.headers.update(error.headers or {})
        return made

    async def trouble(_: Request, error: Exception) -> JSONResponse:
        _LOG.warning("the database is away or full", exc_info=error)
        return answer(unavailable(cast(SQLAlchemyError, error)))

    for kind in TROUBLE:
        app.add_exception_handler(kind, trouble)

    @app.exception_handler(Exception)
    async def unexpected(_: Request, error: Exception) -> JSONResponse:
        _LOG.error("unexpected error", exc_info=error)
        return problem(500, "internal.unexpected", "Callout broke its own rules; the log knows more")
