"""Bulk import: one document, everything or nothing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from api.service.days.importing import import_document
from api.service.http.context import Live, Writer
from api.service.http.once import Answer, OnceOnly

router = APIRouter(prefix="/imports", tags=["imports"])


@router.post("", status_code=200)
def take(
    document: Annotated[dict[str, Any], Body(description="an input document, see docs/input.md")],
    live: Live,
    caller: Writer,
    once: OnceOnly,
) -> Response:
    """Take up tickets, technicians, shifts and centres; 422 lists all faults, and nothing is changed then."""
    return once.write(
        live, caller, lambda session, author: Answer(status=200, body=import_document(session, document, author))
    )
