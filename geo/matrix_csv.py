"""Travel matrices in CSV files.

Two forms, told apart by the header::

    from,to,travel_s,distance_m,profile        one pair a row; the last two columns may be missing
    depot,T1,600,7200,car

    id,depot,T1                                 a square of seconds, without distances
    depot,0,600
    T1,580,0
"""

from __future__ import annotations

import csv
import io
import math
from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from dispatch.technicians import DEFAULT_PROFILE
from dispatch.travel import Legs
from geo.ellipsoid import FloatArray
from geo.matrix_faults import DIAGONAL, MAX_VALUE, FileFaults, GivenMatrix, check_size, legs_of

REQUIRED = ("from", "to", "travel_s")
COLUMNS = (*REQUIRED, "distance_m", "profile")

Rows = Iterator[tuple[int, list[str]]]


def read_csv(data: bytes, faults: FileFaults) -> GivenMatrix:
    """Read either form; raise an InputError with all faults."""
    rows = _rows(_text(data, faults), faults)
    _, header = next(rows, (0, []))
    names = [name.strip().lower() for name in header]
    if {"from", "to"} & set(names):
        given = _read_pairs(names, rows, faults)
    else:
        given = _read_square([name.strip() for name in header], rows, faults)
    faults.check()
    return given


def _text(data: bytes, faults: FileFaults) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        faults.stop("file.encoding", "neither UTF-8 nor GB18030: save the file as UTF-8")


def _rows(text: str, faults: FileFaults) -> Rows:
    """Rows with something in them, numbered as a spreadsheet shows them."""
    if not text.strip():
        faults.stop("file.empty", "the file is empty")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            if any(cells):
                yield number, cells
    except csv.Error as error:
        faults.stop("file.csv", f"broken CSV: {error}; is a quote left open, or the file cut?", row=number + 1)


def _number(cell: str, name: str, row: int, faults: FileFaults) -> float:
    """Value of a cell; NaN where it is blank or no number (and then noted)."""
    try:
        value = float(cell)
    except ValueError:
        if cell.strip():
            rule = "not a number; leave it blank where there is no way"
            faults.add("number.format", rule, row=row, field=name, value=cell)
        return math.nan
    if value <= MAX_VALUE or not math.isfinite(value):
        return value
    faults.add("travel.range", f"more than {MAX_VALUE:,}", row=row, field=name, value=cell)
    return math.nan


def _read_pairs(names: list[str], rows: Rows, faults: FileFaults) -> GivenMatrix:
    """Read the form with one pair a row; pairs that are not there are unreachable."""
    for name in REQUIRED:
        if name not in names:
            faults.add("column.missing", f"the column {name} is missing", row=1, field=name)
    for name in sorted(set(names)):
        if name not in COLUMNS:
            faults.add(
                "column.unknown", f"no such column; there are: {', '.join(COLUMNS)}", row=1, field=name, value=name
            )
        elif names.count(name) > 1:
            faults.add("column.duplicate", "the column stands twice", row=1, field=name, value=name)
    faults.check()
    at = {name: names.index(name) for name in names}
    distance_at, profile_at = at.get("distance_m"), at.get("profile")

    index: dict[str, int] = {}
    pairs: defaultdict[str, _Pairs] = defaultdict(_Pairs)
    for row, cells in rows:
        if len(cells) != len(names):
            faults.add(
                "row.cells", f"the row has {len(cells)} cells, the header has {len(names)}; is the file cut?", row=row
            )
            continue
        origin, target = cells[at["from"]].strip(), cells[at["to"]].strip()
        if not origin or not target:
            faults.add("travel.place_id", "a place needs an id", row=row, field="to" if origin else "from")
            continue
        travel_s = _number(cells[at["travel_s"]], "travel_s", row, faults)
        distance_m = 0.0 if distance_at is None else _number(cells[distance_at], "distance_m", row, faults)
        profile = "" if profile_at is None else cells[profile_at].strip()
        if origin == target and (travel_s > 0 or distance_m > 0):
            faults.add("travel.diagonal", DIAGONAL, row=row, field="to", value=target)
        for name in (origin, target):
            if name not in index:
                index[name] = len(index)
                check_size(len(index), faults, row=row)
        pairs[profile or DEFAULT_PROFILE].add(row, index[origin], index[target], travel_s, distance_m)
    if not pairs:
        faults.stop("file.empty", "there is no complete row below the header")

    ids = tuple(index)
    return GivenMatrix(ids=ids, profiles={profile: known.legs(ids, faults) for profile, known in pairs.items()})


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Rows of one profile, column by column: millions of tuples would take gigabytes."""

    rows: array[int] = field(default_factory=lambda: array("q"))
    origins: array[int] = field(default_factory=lambda: array("q"))
    targets: array[int] = field(default_factory=lambda: array("q"))
    travel_s: array[float] = field(default_factory=lambda: array("d"))
    distance_m: array[float] = field(default_factory=lambda: array("d"))

    def add(self, row: int, origin: int, target: int, travel_s: float, distance_m: float) -> None:
        self.rows.append(row)
        self.origins.append(origin)
        self.targets.append(target)
        self.travel_s.append(travel_s)
        self.distance_m.append(distance_m)

    def legs(self, ids: tuple[str, ...], faults: FileFaults) -> Legs:
        """Matrices of this profile; pairs that stand twice are noted."""
        origins, targets = (np.frombuffer(column, np.int64) for column in (self.origins, self.targets))
        codes = origins * len(ids) + targets
        order = np.argsort(codes, kind="stable")
        for at in np.sort(order[1:][codes[order][1:] == codes[order][:-1]]).tolist():
            origin, target = ids[origins[at]], ids[targets[at]]
            message = f"the pair {origin} to {target} stands twice"
            faults.add("travel.pair_twice", message, row=self.rows[at], field="from", value=origin)
        travel_s, distance_m = (np.full((len(ids), len(ids)), np.nan) for _ in range(2))
        travel_s[origins, targets] = np.frombuffer(self.travel_s, np.float64)
        distance_m[origins, targets] = np.frombuffer(self.distance_m, np.float64)
        return legs_of(travel_s, distance_m)


def _read_square(header: list[str], rows: Rows, faults: FileFaults) -> GivenMatrix:
    """Read the square of seconds; its rows may stand in another order than its columns."""
    ids = header[1:]
    if not ids:
        faults.stop(
            "column.missing", f"write the columns {', '.join(REQUIRED)}, or a square with the ids as header", row=1
        )
    check_size(len(ids), faults, row=1)
    _note_twice(ids, faults)
    faults.check()
    index = {name: number for number, name in enumerate(ids)}
    travel: FloatArray = np.full((len(ids), len(ids)), np.nan)
    seen: set[str] = set()
    for row, cells in rows:
        name = cells[0].strip()
        if len(cells) != len(header):
            faults.add(
                "row.cells", f"the row has {len(cells)} cells, the header has {len(header)}; is the file cut?", row=row
            )
        elif name not in index:
            faults.add("travel.not_square", "the row's id is not in the header", row=row, field=header[0], value=name)
        elif name in seen:
            faults.add("travel.place_twice", "the id stands twice", row=row, field=header[0], value=name)
        else:
            values = [_number(cell, ids[at], row, faults) for at, cell in enumerate(cells[1:])]
            if values[index[name]] > 0:
                faults.add(
                    "travel.diagonal",
                    DIAGONAL,
                    row=row,
                    field=name,
                    value=cells[1 + index[name]],
                )
            travel[index[name]] = values
        seen.add(name)
    for name in ids:
        if name not in seen:
            faults.add("travel.not_square", f"the id {name} has a column and no row; is the file cut?", field=name)
    return GivenMatrix(ids=tuple(ids), profiles={DEFAULT_PROFILE: legs_of(travel, None)})


def _note_twice(ids: list[str], faults: FileFaults) -> None:
    """Note blank ids and ids that stand twice in the header."""
    seen: set[str] = set()
    for name in ids:
        if not name:
            faults.add("travel.place_id", "a place needs an id", row=1)
        elif name in seen:
            faults.add("travel.place_twice", "the id stands twice", row=1, field=name, value=name)
        seen.add(name)
