"""Import and export as tables: CSV files, a zip of them, or a workbook with a sheet for each.

What is uploaded becomes a folder as ``callout plan`` reads it (docs/input.md), so faults name file, row and field.
"""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

import openpyxl
from openpyxl.cell import WriteOnlyCell
from sqlmodel import Session

from api.inputs import from_json, read_day, to_json, write_folder
from api.inputs.sources import PLAN_FILE
from api.inputs.tables import TABLES
from api.service.days.day import document_of
from dispatch.errors import InputError, reject

Json = dict[str, Any]
Kind = Literal["csv", "zip", "xlsx"]
MOST_BYTES = 256 * 1024 * 1024
"""Uploaded tables, unpacked: a small zip file may hold a very large one."""
MOST_COLUMNS = 200
"""Of a sheet; what stands behind them is passed over."""
FILES = {table.file: name for name, table in TABLES.items() if name != "baseline"}


def read_tables(
    session: Session,
    kind: Kind,
    data: bytes,
    start: datetime,
    end: datetime,
    *,
    zone: str,
    table: str | None,
    centres: frozenset[str] | None = None,
) -> Json:
    """Uploaded tables as an input document; what they don't hold, but name, is taken from the database.

    Parameters
    ----------
    session : Session
        Of any transaction.
    kind : str
        ``csv`` (one table), ``zip`` or ``xlsx``.
    data : bytes
        What was uploaded.
    start, end : datetime
        Span of the shifts in it, when it has no ``plan.toml``.
    zone : str
        Zone of times without one.
    table : str or None
        Which table a CSV file is.
    centres : frozenset of str or None
        Whose technicians are taken from the database; None: all.

    Raises
    ------
    InputError
        ``import.unreadable``, ``import.too_large``, ``import.table``, or ``input.invalid`` with all faults at once.
    """
    texts = _texts(kind, data, table)
    with tempfile.TemporaryDirectory(prefix="callout-import-") as made:
        folder = Path(made)
        held = document_of(session, start, end, zone=zone, centres=centres, to_plan=False) | {"tickets": []}
        held.pop("baseline", None)
        write_folder(from_json(held, name="database").problem, folder)
        for name, text in texts.items():
            (folder / name).write_bytes(text)
        return to_json(read_day(folder).problem)


def _texts(kind: Kind, data: bytes, table: str | None) -> dict[str, bytes]:
    """Files by name."""
    if kind == "csv":
        names = {name: file for file, name in FILES.items()}
        if table not in names:
            raise reject("import.table", f"say which table it is: {', '.join(names)}", field="table", value=table or "")
        return {names[table]: data}
    try:
        found = _unzipped(data) if kind == "zip" else _sheets(data)
    except InputError:
        raise
    except Exception as error:  # whatever the libraries make of a file that somebody has spoilt
        raise InputError("import.unreadable", f"the {kind} file can't be read: {type(error).__name__}") from error
    if not found:
        raise reject("import.table", f"no table in it: name one of {', '.join(FILES)}", field="file")
    return found


def _unzipped(data: bytes) -> dict[str, bytes]:
    """Files that are tables, whatever folder they lie in; nothing is written where the file says."""
    texts: dict[str, bytes] = {}
    left = MOST_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for member in file.infolist():
            name = Path(member.filename).name
            if member.is_dir() or name not in {*FILES, PLAN_FILE}:
                continue
            with file.open(member) as opened:
                texts[name] = opened.read(left + 1)
            left -= len(texts[name])
            if left < 0:
                raise InputError("import.too_large", f"unpacked it has more than {MOST_BYTES:,} bytes")
    return texts


def _sheets(data: bytes) -> dict[str, bytes]:
    """Sheets that are called like a table, as CSV."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        if sum(member.file_size for member in file.infolist()) > MOST_BYTES:
            raise InputError("import.too_large", f"unpacked it has more than {MOST_BYTES:,} bytes")
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    texts = {}
    for name, table in TABLES.items():
        if name in book.sheetnames and table.file in FILES:
            out = io.StringIO()
            writer = csv.writer(out, lineterminator="\n")
            for row in book[name].iter_rows(values_only=True, max_col=MOST_COLUMNS):
                if row.count(None) == len(row):  # one cell in the last row of a sheet makes a million empty ones
                    continue
                cells = [_cell(value) for value in row]
                if any(cells):
                    writer.writerow(cells)
            texts[table.file] = out.getvalue().encode()
    book.close()
    return texts


def _cell(value: object) -> str:
    """A cell's value as the CSV file would have it; whole numbers without a point, times without zero seconds."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.isoformat(timespec="minutes" if value.second == 0 else "seconds")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def written(document: Mapping[str, Any], kind: Kind) -> bytes:
    """An input document as a zip of CSV files, or as a workbook.

    Raises
    ------
    UsageError
        ``input.unwritable`` when a name holds a character that separates values in CSV cells.
    """
    with tempfile.TemporaryDirectory(prefix="callout-export-") as made:
        folder = Path(made)
        write_folder(from_json(document, name="export").problem, folder)
        files = sorted(folder.iterdir())
        return _zipped(files) if kind == "zip" else _workbook(files)


def _zipped(files: Iterable[Path]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for path in files:
            file.write(path, path.name)
    return out.getvalue()


def _workbook(files: Iterable[Path]) -> bytes:
    """A sheet a table; every cell is text, so that nothing in it is ever taken for a formula."""
    book = openpyxl.Workbook(write_only=True)
    for path in files:
        if path.suffix != ".csv":
            continue
        sheet = book.create_sheet(path.stem)
        with path.open(encoding="utf-8-sig", newline="") as opened:
            for row in csv.reader(opened):
                cells = []
                for value in row:
                    cell = WriteOnlyCell(sheet, value=value)
                    cell.data_type = "s"
                    cells.append(cell)
                sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
