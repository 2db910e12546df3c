"""Places to measure travel between: those of an input, or of a CSV file with ``id``, ``lat`` and ``lon``."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from api.inputs import read
from api.inputs.aliases import folded
from api.inputs.csvtable import DELIMITERS, MAX_ROWS, column_names
from api.inputs.files import read_text
from api.inputs.report import Report
from api.inputs.tables import TABLES
from dispatch.errors import Fault, InputError
from dispatch.places import Place
from dispatch.technicians import DEFAULT_PROFILE

COLUMNS = ("id", "lat", "lon")


def places_of(path: Path) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Places of an input or a CSV file, each id once, and the travel profiles that they are travelled between by.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults at once.
    """
    if path.suffix.lower() == ".csv":
        return read_places_csv(path), (DEFAULT_PROFILE,)
    problem = read(path)
    profiles = dict.fromkeys(technician.profile for technician in problem.technicians)
    return problem.places, tuple(profiles) or (DEFAULT_PROFILE,)


def read_places_csv(path: Path) -> tuple[Place, ...]:
    """Places of a CSV file; other columns mean nothing here. The headers may be those of ``tickets.csv``.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults: of the file, of the header, of ids and coordinates.
    """
    report = Report()
    text = read_text(path, path.name, report)
    places = _places(text, path.name, report) if text is not None else {}
    if text is not None and not places and not report.faults:
        report.add("file.empty", "there is no place in this file", file=path.name)
    if report.faults:
        raise InputError.from_faults(report.faults)
    return tuple(places.values())


def _places(text: str, name: str, report: Report) -> dict[str, Place]:
    known = column_names(TABLES["tickets"])
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    places: dict[str, Place] = {}
    at: dict[str, int] | None = None
    try:
        for row, cells in enumerate(reader, start=1):
            if not any(cell.strip() for cell in cells):
                continue
            if at is None:
                at = {known.get(folded(cell), ""): column for column, cell in reversed(list(enumerate(cells)))}
                for column in (column for column in COLUMNS if column not in at):
                    report.add("column.missing", f"the column {column} is missing", file=name, row=row, field=column)
                if report.faults:
                    return {}
            elif row > MAX_ROWS + 1:
                report.add("file.rows", f"there are more rows than the limit of {MAX_ROWS:,}", file=name, row=row)
                return {}
            else:
                given = {column: cells[at[column]].strip() if at[column] < len(cells) else "" for column in COLUMNS}
                place = _place(given, name, row, report)
                if place is not None and places.setdefault(place.id, place) is not place:
                    report.add("place.duplicate", "the id stands more than once", file=name, row=row, field="id",
                               value=place.id)  # fmt: skip
    except csv.Error as error:
        report.add("file.csv", f"broken CSV: {error}; is a quote left open, or the file cut?", file=name)
    return places


def _place(given: dict[str, str], name: str, row: int, report: Report) -> Place | None:
    if not given["id"]:
        report.add("place.id", "a place needs an id", file=name, row=row, field="id")
        return None
    numbers = {}
    for column in ("lat", "lon"):
        try:
            numbers[column] = float(given[column])
            if not math.isfinite(numbers[column]):
                raise ValueError(given[column])
        except ValueError:
            report.add("number.format", "degrees are needed, such as 47.141", file=name, row=row, field=column,
                       value=given[column])  # fmt: skip
    if len(numbers) < 2:
        return None
    try:
        return Place(id=given["id"], **numbers)
    except InputError as error:
        report.faults += [
            Fault(rule=fault.rule, message=fault.message, file=name, row=row, field=fault.field, value=fault.value)
            for fault in error.faults
        ]
        return None
