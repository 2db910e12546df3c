"""From text to a document: JSON and TOML, parsed so that nothing odd gets past."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from api.inputs.report import Report


class _OddError(ValueError):
    """Something that Python's JSON reader would let pass."""


def parse_json(text: str, name: str, report: Report) -> dict[str, Any] | None:
    """The object that a JSON text holds; None, and a fault, when it does not."""
    twice: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            twice.extend(key for key in made if keys.count(key) > 1)
        return made

    def refuse(constant: str) -> None:
        raise _OddError(f"{constant} is no JSON number")

    try:
        document = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip())
        hint = "; the file seems to be cut" if cut else ""
        report.add("file.json", f"not JSON: {error.msg} in column {error.colno}{hint}", file=name, row=error.lineno)
        return None
    except RecursionError:
        report.add("file.json", "not a plan: nested too deeply", file=name)
        return None
    except ValueError as error:  # our own, or a number of thousands of digits
        report.add("file.json", f"not JSON: {str(error).partition(';')[0]}", file=name)
        return None
    for key in twice:
        report.add("key.duplicate", "the key stands twice in one object", file=name, field=key, value=key)
    if not isinstance(document, dict):
        report.add("file.json", "the document must be one object", file=name)
        return None
    return document


def parse_toml(text: str, name: str, report: Report) -> dict[str, Any] | None:
    """The table that a TOML text holds; None, and a fault, when it does not."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        report.add("file.toml", "nested too deeply", file=name)
    except ValueError as error:  # TOMLDecodeError, or a number of thousands of digits
        report.add("file.toml", f"not TOML: {str(error).partition(';')[0]}", file=name)
    return None
