"""What no request may hold, whatever its route: each of it breaks a database, an answer, or a reader further on.

PostgreSQL keeps no NUL in texts; half of a surrogate pair is no character and can't be written as UTF-8; JSON has no
NaN; deep nesting ends the stack of whoever walks through it; years beyond those of inputs leave the range of dates as
soon as a zone is applied.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import Request
from pydantic import AfterValidator, AwareDatetime, Field

from api.inputs.times import YEARS
from dispatch.errors import reject

MOST_DEPTH = 40
"""Levels of a JSON body: an input document has six."""
MOST_NUMBER = 2**63
"""Numbers beyond a signed word are no count, price or time of anybody."""
MOST_SERIAL = 2**31 - 1
"""Largest number that PostgreSQL gives a row; it compares with no larger one."""
MOST_ID = 200
"""Characters of an id, as the tables have it."""
_ODD = re.compile("[\x00\ud800-\udfff]")


def _in_range(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise ValueError(f"the year must be {YEARS[0]}..{YEARS[-1]}")
    return value


Instant = Annotated[AwareDatetime, AfterValidator(_in_range)]
"""A time with its zone, in the years that inputs may have."""

ObjectId = Annotated[str, Field(min_length=1, max_length=MOST_ID)]
"""Id of something that a request makes."""


async def readable(request: Request) -> None:
    """Refuse what can't be kept or given back; a body that is no JSON is left to its route.

    Raises
    ------
    InputError
        ``request.text``, ``request.number`` or ``request.depth``.
    """
    for where, texts in (
        ("path", request.path_params.values()),
        ("query", (part for pair in request.query_params.multi_items() for part in pair)),
        ("header", request.headers.values()),
    ):
        if any(_ODD.search(str(text)) for text in texts):
            raise _text(where)
    if hasattr(request, "_json"):  # the framework has read it already, and keeps it there
        check(await request.json())


def check(document: Any) -> None:
    """Refuse parsed JSON that holds what nobody can keep; errors as :func:`readable`."""
    level: list[Any] = [document]
    for _ in range(MOST_DEPTH):
        below: list[Any] = []
        for value in level:
            match value:
                case str():
                    if _ODD.search(value):
                        raise _text("body")
                case float() if not math.isfinite(value):
                    raise reject("request.number", "numbers must be finite", field="body")
                case int() if abs(value) > MOST_NUMBER:
                    raise reject("request.number", "a number is too large", field="body")
                case list():
                    below += value
                case dict():
                    below += value
                    below += value.values()
        if not below:
            return
        level = below
    raise reject("request.depth", f"a body has at most {MOST_DEPTH} levels", field="body")


def _text(where: str) -> Exception:
    return reject("request.text", "a text holds NUL or half of a character", field=where)
