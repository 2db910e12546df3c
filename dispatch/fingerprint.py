"""A problem's fingerprint: equal problems, and only they, have the same one."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from dispatch.problem import Problem


def plain(value: object) -> object:
    """Turn domain objects into JSON types: fields by name, sets sorted, times as ISO 8601."""
    if value is None or isinstance(value, str | int | float):
        return value
    if dataclasses.is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value) if item.init}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(plain(item)) for item in value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"no plain form of {type(value).__name__}")


def problem_hash(problem: Problem) -> str:
    """SHA-256 of the problem's canonical JSON, as 64 hex digits."""
    text = json.dumps(plain(problem), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
