"""Opening an input: settings and records of a folder or of a JSON document."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.inputs.columns import Bad
from api.inputs.composites import items_of, mapping_of
from api.inputs.csvtable import MAX_ROWS, read_table
from api.inputs.documents import parse_json, parse_toml
from api.inputs.files import read_text
from api.inputs.report import Record, Report
from api.inputs.settings import STAND_IN, Settings, read_settings
from api.inputs.tables import TABLES
from api.inputs.times import Times

PLAN_FILE = "plan.toml"


@dataclass(slots=True)
class Source:
    """Records of an input, and which tables are complete."""

    settings: Settings
    settings_file: str
    records: dict[str, list[Record]]
    complete: set[str]


def open_source(path: Path, report: Report) -> Source | None:
    """What a folder or a JSON file holds; None, and a fault, when it is neither."""
    try:
        is_folder = path.is_dir()
    except (OSError, ValueError):
        is_folder = False
    if is_folder:
        return _from_folder(path, report)
    if path.suffix.lower() in (".csv", ".toml"):
        report.add("file.kind", "give the folder that holds this file", file=path.name)
        return None
    text = read_text(path, path.name, report)
    document = parse_json(text, path.name, report) if text is not None else None
    return from_document(document, path.name, path.parent, report) if document is not None else None


def _from_folder(folder: Path, report: Report) -> Source:
    try:
        present = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        report.add("file.unreadable", f"the folder can't be read: {error.strerror}", file=folder.name)
        present = []
    text = _text_of(folder, PLAN_FILE, present, report)
    document = parse_toml(text, PLAN_FILE, report) if text is not None else None
    settings = (
        read_settings(document, PLAN_FILE, folder, report, tables=False)
        if document is not None
        else Settings(times=Times(STAND_IN))
    )
    source = Source(settings, PLAN_FILE, {}, set())
    for name, table in TABLES.items():
        source.records[name] = []
        if table.optional and table.file not in present:
            source.complete.add(name)
            continue
        text = _text_of(folder, table.file, present, report)
        if text is not None:
            source.records[name], complete = read_table(text, table, table.file, report)
            if complete:
                source.complete.add(name)
    return source


def _text_of(folder: Path, name: str, present: list[str], report: Report) -> str | None:
    """Text of a file of the folder; a fault names the file that may have been meant."""
    if present and name not in present:
        near = difflib.get_close_matches(name, present, n=1, cutoff=0.8) or [
            one for one in present if one.lower() == name
        ]
        hint = f"; rename {near[0]}?" if near else ""
        report.add("file.missing", f"there is no such file in the folder{hint}", file=name)
        return None
    return read_text(folder / name, name, report)


def from_document(document: Mapping[str, Any], name: str, base: Path, report: Report) -> Source:
    """What a JSON document holds; `base` is the folder of relative files in it."""
    source = Source(read_settings(document, name, base, report, tables=True), name, {}, set(TABLES))
    for table in TABLES.values():
        source.records[table.name] = []
        if table.name not in document and not table.optional:
            report.add("value.missing", "a list is needed", file=name, field=table.name)
            source.complete.discard(table.name)
            continue
        try:
            items = items_of(document.get(table.name, []))
            if len(items) > MAX_ROWS:
                report.add(
                    "file.rows", f"the list is longer than the limit of {MAX_ROWS:,}", file=name, field=table.name
                )
                raise Bad(())
        except Bad as error:
            for wrong in error.wrongs:
                report.add(wrong.rule, wrong.message, file=name, field=table.name, value=wrong.value)
            source.complete.discard(table.name)
            continue
        for number, item in enumerate(items):
            try:
                source.records[table.name].append(Record(table, name, 0, f"{table.name}[{number}]", mapping_of(item)))
            except Bad as error:
                wrong = error.wrongs[0]
                report.add(wrong.rule, wrong.message, file=name, field=f"{table.name}[{number}]", value=wrong.value)
                source.complete.discard(table.name)
    return source
