"""From CSV text to records: delimiter, header, and rows of the right width."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection

from api.inputs.aliases import ALIASES, folded
from api.inputs.columns import LOCATE_HINT, Table
from api.inputs.report import Record, Report

MAX_ROWS = 200_000
"""Most rows of a table."""

DELIMITERS = ",;\t"


def column_names(table: Table) -> dict[str, str]:
    """Folded header to column, for names and aliases."""
    names = {folded(alias): name for name, aliases in ALIASES[table.name].items() for alias in aliases}
    return names | {folded(column.name): column.name for column in table.columns}


def read_table(text: str, table: Table, name: str, report: Report) -> tuple[list[Record], bool]:
    """Records of a CSV file, and whether that is all of them (no row was cut, no id column is missing).

    Rows without any value are left out; a row's number is the one that a spreadsheet shows.
    """
    known = column_names(table)
    head = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(DELIMITERS, key=lambda mark: sum(folded(cell) in known for cell in _cells(head, mark)))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[Record] = []
    columns: list[str | None] | None = None
    absent: frozenset[str] = frozenset()
    complete = True
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            if columns is None:
                if any(cells):
                    columns = _header(cells, known, table, name, number, report)
                    absent = frozenset(needed_columns(table, columns)) - set(columns)
                    complete = not absent
                continue
            if number > MAX_ROWS + 1:
                report.add(
                    "file.rows", f"the table has more rows than the limit of {MAX_ROWS:,}", file=name, row=number
                )
                return records, False
            if len(cells) != len(columns) and not _fits(cells, len(columns)):
                if any(cell.strip() for cell in cells):
                    report.add(
                        "row.cells",
                        f"the row has {len(cells)} cells, the header has {len(columns)}",
                        file=name,
                        row=number,
                        value=delimiter.join(cells),
                    )
                    complete = False
                continue
            raw = {
                column: cell
                for column, cell in zip(columns, map(str.strip, cells), strict=False)
                if cell and column is not None
            }
            if raw:
                records.append(Record(table, name, number, "", raw, absent))
    except csv.Error as error:
        report.add(
            "file.csv", f"broken CSV: {error}; is a quote left open, or the file cut?", file=name, row=number + 1
        )
        complete = False
    return records, complete


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip('" ') for cell in line.split(delimiter)]


def _fits(cells: list[str], width: int) -> bool:
    """Whether a longer row has nothing behind the last column (spreadsheets add empty cells)."""
    return len(cells) > width and not any(cell.strip() for cell in cells[width:])


def _header(
    cells: list[str], known: dict[str, str], table: Table, name: str, row: int, report: Report
) -> list[str | None]:
    """Column of each header cell; None where it is not known."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    columns: list[str | None] = []
    for cell in cells:
        column = known.get(folded(cell))
        if column is None:
            report.add(
                "column.unknown",
                "no such column",
                file=name,
                row=row,
                field=cell.strip(),
                value=cell.strip(),
                known=table.by_name,
            )
        elif column in columns:
            report.add(
                "column.duplicate", f"the column {column} stands twice", file=name, row=row, field=column, value=cell
            )
            column = None
        columns.append(column)
    for needed in needed_columns(table, columns):
        if needed not in columns:
            hint = f"; {LOCATE_HINT}" if needed in ("lat", "lon") and "address" in columns else ""
            report.add("column.missing", f"the column {needed} is needed{hint}", file=name, row=row, field=needed)
    return columns


def needed_columns(table: Table, columns: Collection[str | None]) -> list[str]:
    """Required columns; coordinates too, unless places are named."""
    needed = [column.name for column in table.columns if column.required]
    return needed + [name for name in ("lat", "lon") if name in table.by_name and "place" not in columns]
