"""Candidate sites of a CSV file: ``id, lat, lon``, and what each costs and holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from api.inputs.files import read_text
from api.inputs.report import Report
from dispatch.errors import InputError
from dispatch.places import Place
from scenarios.location.problem import Site, Status

MONEY = {
    "rent": "rent_cents",
    "wages": "wages_cents",
    "tax": "tax_cents",
    "closing": "closing_cents",
    "price_per_hour": "price_cents_per_hour",
}
"""Columns of money, in whole currency units with up to two decimals, and the fields that hold them in cents."""

COLUMNS = ("id", "lat", "lon", "status", "capacity_h", *MONEY)


def read_sites(path: Path) -> tuple[Site, ...]:
    """Read sites; empty cells mean the default.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults at once.
    """
    report = Report()
    sites = [
        site
        for number, row in rows_of(path, COLUMNS, ("id", "lat", "lon"), report)
        if (site := _site(row, path.name, number, report)) is not None
    ]
    if report.faults:
        raise InputError.from_faults(report.faults)
    return tuple(sites)


def rows_of(
    path: Path, columns: Sequence[str], needed: Sequence[str], report: Report
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Numbered rows of a CSV file, cells without blanks at their ends; none where the header is wrong."""
    text = read_text(path, path.name, report)
    if text is None:
        return
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = [name.strip() for name in reader.fieldnames or ()]
    reader.fieldnames = header
    for column in needed:
        if column not in header:
            report.add("column.missing", f"the column {column} is missing", file=path.name, row=1, field=column)
    for column in header:
        if column not in columns:
            message = f"unknown column; there are: {', '.join(columns)}"
            report.add("column.unknown", message, file=path.name, row=1, field=column)
    if not report.faults:
        for number, row in enumerate(reader, start=2):
            yield number, {name: (value or "").strip() for name, value in row.items() if name}


def _site(row: Mapping[str, str], file: str, number: int, report: Report) -> Site | None:
    values: dict[str, float] = {}
    before = len(report.faults)
    for column in ("lat", "lon", "capacity_h", *MONEY):
        cell = row.get(column, "")
        if not cell and column not in ("lat", "lon"):
            continue
        try:
            values[column] = float(cell)
            if not abs(values[column]) < 1e12:
                raise ValueError(cell)
        except ValueError:
            report.add("number.format", "a number is needed", file=file, row=number, field=column, value=cell)
    status = row.get("status", "") or Status.CANDIDATE.value
    if status not in set(Status):
        message = f"there are: {', '.join(Status)}"
        report.add("site.status", message, file=file, row=number, field="status", value=status)
    if not row.get("id"):
        report.add("place.id", "a site needs an id", file=file, row=number, field="id")
    if len(report.faults) > before:
        return None
    try:
        return Site(
            id=row["id"],
            place=Place(id=f"site {row['id']}", lat=values["lat"], lon=values["lon"]),
            status=Status(status),
            capacity_s=round(values["capacity_h"] * 3600) if "capacity_h" in values else None,
            **{field: round(values.get(column, 0.0) * 100) for column, field in MONEY.items()},
        )
    except InputError as error:
        for fault in error.faults:
            report.add(fault.rule, fault.message, file=file, row=number, field=fault.field, value=fault.value)
        return None
