"""Filling in coordinates of ``tickets.csv`` from addresses. Everything else in the file stays as it is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from api.inputs.aliases import folded
from api.inputs.columns import Bad
from api.inputs.csvtable import DELIMITERS, column_names
from api.inputs.documents import parse_toml
from api.inputs.files import read_text
from api.inputs.report import Report
from api.inputs.settings import Coordinates
from api.inputs.sources import PLAN_FILE
from api.inputs.tables import TICKETS
from api.inputs.times import Times
from dispatch.errors import InputError, UsageError
from dispatch.ports import Candidate, Geocoder, Precision
from geo.datum import Datum, from_wgs84

_DECIMALS = 7  # 1 cm
_FINEST_FIRST = tuple(Precision)


@dataclass(slots=True)
class TicketRows:
    """``tickets.csv`` cell by cell; a row's number is the one that a spreadsheet shows.

    Parameters
    ----------
    rows : list of list of str
        All rows, the header too.
    head : int
        Index of the header.
    columns : dict of str to int
        Position of the columns that are known.
    delimiter : str
        What separates cells.
    datum : Datum
        What the input's coordinates are written in.
    """

    rows: list[list[str]]
    head: int
    columns: dict[str, int]
    delimiter: str
    datum: Datum

    def cell(self, number: int, column: str) -> str:
        """Text of a cell; empty where there is none."""
        at = self.columns.get(column)
        row = self.rows[number]
        return row[at].strip() if at is not None and at < len(row) else ""

    def write(self, number: int, column: str, text: str) -> None:
        """Put text into a cell."""
        row = self.rows[number]
        row += [""] * (self.columns[column] + 1 - len(row))
        row[self.columns[column]] = text

    def without_point(self) -> Iterator[int]:
        """Indices of the tickets that have neither coordinates nor, without an address, a place of a travel matrix."""
        for number in range(self.head + 1, len(self.rows)):
            has_point = self.cell(number, "lat") or self.cell(number, "lon")
            is_named = self.cell(number, "place") and not self.cell(number, "address")
            if any(self.rows[number]) and not has_point and not is_named:
                yield number


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of one ticket without coordinates.

    Parameters
    ----------
    row : int
        In ``tickets.csv``, 1 = the first line.
    ticket : str
        Its id.
    best : Candidate or None
        The best candidate; None when there is none.
    why : str
        Why it was not taken; empty when it was.
    """

    row: int
    ticket: str
    best: Candidate | None
    why: str

    @property
    def taken(self) -> bool:
        """Whether its coordinates were filled in."""
        return not self.why

    def facts(self) -> dict[str, object]:
        """One line of a report; it holds no address but the one that was found."""
        best = self.best
        return {
            "row": self.row,
            "ticket": self.ticket,
            "taken": self.taken,
            "why": self.why,
            "name": best.name if best else None,
            "confidence": best.confidence if best else None,
            "precision": str(best.precision) if best else None,
            "lat": best.place.lat if best else None,
            "lon": best.place.lon if best else None,
            "source": best.source if best else None,
        }


def read_tickets(folder: Path) -> TicketRows:
    """Read the tickets of an input folder; columns ``lat`` and ``lon`` are added behind the others where they lack.

    Raises
    ------
    UsageError
        ``geocoding.folder`` when there is no such folder.
    InputError
        When ``tickets.csv`` can't be read or has no column ``address``, or ``plan.toml`` is wrong.
    """
    if not folder.is_dir():
        raise UsageError("geocoding.folder", f"{folder} is no folder with {TICKETS.file}")
    report = Report()
    text = read_text(folder / TICKETS.file, TICKETS.file, report)
    if text is None:
        raise InputError.from_faults(report.faults)
    known = column_names(TICKETS)
    first = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(DELIMITERS, key=lambda mark: sum(folded(cell.strip('" ')) in known for cell in first.split(mark)))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        report.add("file.csv", f"broken CSV: {error}", file=TICKETS.file)
        raise InputError.from_faults(report.faults) from None
    head = next(number for number, row in enumerate(rows) if any(row))
    columns: dict[str, int] = {}
    for at, cell in enumerate(rows[head]):
        if folded(cell) in known:
            columns.setdefault(known[folded(cell)], at)
    if "address" not in columns:
        report.add("column.missing", "the column address is needed", file=TICKETS.file, row=head + 1, field="address")
        raise InputError.from_faults(report.faults)
    tickets = TicketRows(rows, head, columns, delimiter, _datum(folder, report))
    width = max(map(len, rows))
    for name in ("lat", "lon"):
        if name not in columns:
            columns[name] = width
            tickets.write(head, name, name)
            width += 1
    return tickets


def located(
    tickets: TicketRows,
    geocoder: Geocoder,
    *,
    least: float,
    coarsest: str,
    on_progress: Callable[[int, int], None] = lambda done, every: None,
) -> list[Finding]:
    """Fill in coordinates, and say what became of each ticket that had none.

    Parameters
    ----------
    tickets : TicketRows
        Changed in place.
    geocoder : Geocoder
        Asked once for each different address.
    least : float
        Candidates with less confidence are not taken.
    coarsest : str
        Candidates with a coarser precision are not taken.
    on_progress : callable
        Called with the number of tickets done, and of all.

    Raises
    ------
    UsageError
        ``geocoding.option`` when `least` or `coarsest` make no sense.
    UnavailableError
        When the geocoder is out of reach.
    """
    if not 0 <= least <= 1:
        raise UsageError("geocoding.option", "the least confidence must be 0..1")
    if coarsest not in _FINEST_FIRST:
        raise UsageError("geocoding.option", f"precision must be one of: {', '.join(_FINEST_FIRST)}")
    wanted = _FINEST_FIRST[: _FINEST_FIRST.index(Precision(coarsest)) + 1]
    answers: dict[str, tuple[Candidate | None, str]] = {}
    findings: list[Finding] = []
    numbers = list(tickets.without_point())
    for done, number in enumerate(numbers):
        on_progress(done, len(numbers))
        address = tickets.cell(number, "address")
        if address not in answers:
            answers[address] = _best(geocoder, address, least, wanted)
        best, why = answers[address]
        if best is not None and not why:
            lat, lon = from_wgs84(best.place.lat or 0.0, best.place.lon or 0.0, tickets.datum)
            tickets.write(number, "lat", repr(round(float(lat), _DECIMALS)))
            tickets.write(number, "lon", repr(round(float(lon), _DECIMALS)))
        findings.append(Finding(row=number + 1, ticket=tickets.cell(number, "id"), best=best, why=why))
    on_progress(len(numbers), len(numbers))
    return findings


def tickets_text(tickets: TicketRows) -> str:
    """CSV text of all rows."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=tickets.delimiter, lineterminator="\n").writerows(tickets.rows)
    return stream.getvalue()


def _best(
    geocoder: Geocoder, address: str, least: float, wanted: tuple[Precision, ...]
) -> tuple[Candidate | None, str]:
    """The best candidate, and why it is not taken."""
    if not address:
        return None, "it has no address"
    try:
        found = geocoder.find(address)
    except InputError as error:
        return None, error.faults[0].message if error.faults else error.message
    if not found:
        return None, "nothing found"
    best = found[0]
    if best.precision not in wanted:
        return best, f"only its {best.precision} was found (confidence {best.confidence:.2f})"
    if best.confidence < least:
        return best, f"the confidence {best.confidence:.2f} is too low"
    return best, ""


def _datum(folder: Path, report: Report) -> Datum:
    """What the coordinates of the folder are written in."""
    path = folder / PLAN_FILE
    if not path.exists():
        return Datum.WGS84
    text = read_text(path, PLAN_FILE, report)
    document = parse_toml(text, PLAN_FILE, report) if text is not None else None
    plan = document.get("plan", {}) if document is not None else {}
    datum = Datum.WGS84
    if isinstance(plan, dict) and "coordinates" in plan:
        try:
            datum = Coordinates().convert(plan["coordinates"], Times())
        except Bad as error:
            for wrong in error.wrongs:
                report.add(wrong.rule, wrong.message, file=PLAN_FILE, field="plan.coordinates", value=wrong.value)
    if report.faults:
        raise InputError.from_faults(report.faults)
    return datum
