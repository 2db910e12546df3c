"""A problem's fingerprint: equal problems, and only they, have the same one."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from dispatch.problem import Problem


def plain(value: object) -> object:
    """Turn what JSON does not know into what it does: fields by name, sets sorted, times as ISO 8601."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: getattr(value, name) for name in _field_names(type(value))}
    if isinstance(value, frozenset | set):
        return sorted(str(item) for item in value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no plain form of {type(value).__name__}")


@functools.cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in dataclasses.fields(kind) if item.init)


def problem_hash(problem: Problem) -> str:
    """SHA-256 of the problem's canonical JSON, as 64 hex digits."""
    text = json.dumps(problem, default=plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
