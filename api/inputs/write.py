"""Writing the folder format, and files that are never half written."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from api.inputs.columns import Bad, Column, Table
from api.inputs.document import to_json
from api.inputs.settings import TravelSettings
from api.inputs.sources import PLAN_FILE
from api.inputs.tables import TABLES
from dispatch.errors import UsageError
from dispatch.problem import Problem

__all__ = ["to_json", "write_folder"]


def write_folder(problem: Problem, folder: Path, *, travel: TravelSettings | None = None) -> None:
    """Write a problem as a folder that reads back as an equal problem.

    Parameters
    ----------
    problem : Problem
        What to write.
    folder : Path
        Made when it is not there; files of an earlier input in it are replaced, or removed where now empty.
    travel : TravelSettings or None
        Table ``[travel]`` of ``plan.toml``.

    Raises
    ------
    UsageError
        ``input.unwritable`` when a name holds a character that separates values in CSV cells; such a problem
        can be written as JSON only.
    """
    document = to_json(problem, travel=travel)
    tables = {name: document.pop(name, []) for name in TABLES}
    texts = {
        table.file: _csv_text(table, tables[name])
        for name, table in TABLES.items()
        if tables[name] or not table.optional
    }
    texts[PLAN_FILE] = toml_text(document)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_text(folder / name, text)
    for table in TABLES.values():
        if table.file not in texts:
            (folder / table.file).unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file under a temporary name and rename it: an interrupted run leaves the old file."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _csv_text(table: Table, items: list[dict[str, Any]]) -> str:
    """CSV with the columns that are used or required."""
    used = {name for item in items for name in item}
    columns = [
        column
        for column in table.columns
        if column.required or column.name in used or (not items and column.name in ("lat", "lon"))
    ]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    for item in items:
        writer.writerow([_cell(column, item[column.name]) if column.name in item else "" for column in columns])
    return stream.getvalue()


def _cell(column: Column, value: Any) -> str:
    """Text of a cell, checked to read back as it was."""
    text = column.kind.pack(value)
    try:
        same = column.kind.unpack(text.strip()) == value
    except Bad:
        same = False
    if not same:
        raise UsageError(
            "input.unwritable", f"{column.name} {text!r} would read back as something else: write JSON instead"
        )
    return text


def toml_text(document: dict[str, Any], path: tuple[str, ...] = ()) -> str:
    """TOML of nested objects: plain values, then tables, then lists of tables."""
    plain = {key: value for key, value in document.items() if not isinstance(value, dict) and not _is_tables(value)}
    lines = [f"{_key(key)} = {_toml_value(value)}" for key, value in plain.items()]
    text = "".join(f"{line}\n" for line in lines)
    for key, value in document.items():
        if key in plain:
            continue
        inner = (*path, key)
        name = ".".join(map(_key, inner))
        if isinstance(value, dict):
            text += f"\n[{name}]\n{toml_text(value, inner)}"
        else:
            text += "".join(f"\n[[{name}]]\n{toml_text(item, inner)}" for item in value)
    return text.lstrip("\n")


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _toml_value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    return json.dumps(value, ensure_ascii=False)  # TOML writes strings and numbers as JSON does


def _key(key: str) -> str:
    return (
        key
        if key.isascii() and key.replace("_", "a").replace("-", "a").isalnum()
        else json.dumps(key, ensure_ascii=False)
    )
