"""Reader of the technician instances' text format, and of the routes that are published with best-known values."""

from __future__ import annotations

import re
from math import inf

import numpy as np

from api.bench.case import Routes, unreadable
from api.bench.modelling import FloatArray, euclidean
from api.bench.sources import Source
from api.bench.trsp import TrspCase
from api.bench.trsp_data import Node

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_ROW = re.compile(r"\s*(\d+)" + rf"\s+{_NUMBER}" * 5 + r"\s*\[([\d,\s]*)\]" * 3)
_TABLE, _LENGTHS, _TIMES = "DEPOT TECHNICIANS AND REQUESTS", "DISTANCES", "TRAVEL TIMES"


def read_trsp(source: Source, text: str) -> TrspCase:
    """Read an instance, with a travel matrix or without.

    Raises
    ------
    InputError
        ``bench.unreadable`` with the row.
    """
    lines = text.splitlines()
    marks = {line.strip(): row for row, line in enumerate(lines) if line.strip() in (_TABLE, _LENGTHS, _TIMES)}
    if _TABLE not in marks or (_LENGTHS in marks) != (_TIMES in marks):
        raise unreadable(source.label, f"expected a table {_TABLE!r}, then both {_LENGTHS!r} and {_TIMES!r} or neither")
    sizes = [line.split() for line in lines[: marks[_TABLE]] if re.fullmatch(r"\s*\d+(\s+\d+){3}\s*", line)]
    if len(sizes) != 1:
        raise unreadable(source.label, "expected one line with crew, skills, tools and spare parts")
    crew, _, _, kinds = (int(word) for word in sizes[0])
    last = marks.get(_LENGTHS, len(lines))
    nodes = _nodes(source, lines[marks[_TABLE] + 2 : last], marks[_TABLE] + 3, kinds)
    if crew < 1 or len(nodes) < crew + 2:
        raise unreadable(source.label, f"expected a depot, {crew} technicians and requests; found {len(nodes)} rows")
    if _TIMES in marks:
        size = len(nodes) + 2 * crew
        metres = _matrix(source, lines[last + 1 : marks[_TIMES]], last + 2, size) * 1000  # given in km
        times = _matrix(source, lines[marks[_TIMES] + 1 :], marks[_TIMES] + 2, size)
    else:
        times = metres = euclidean(np.array([(node.x, node.y) for node in nodes]))
    return TrspCase(
        name=source.stem,
        title=lines[0].strip(),
        crew=crew,
        nodes=tuple(nodes),
        times=times,
        metres=metres,
        given=_TIMES in marks,
    )


def published_routes(case: TrspCase, text: str) -> Routes:
    """Routes of a best-known file: ``<1,83,85,126|2,121,127>``, ends and depot visits numbered on their own.

    Raises
    ------
    InputError
        ``bench.unreadable`` when it holds something else.
    """
    ends = len(case.nodes)
    depots = ends + case.crew
    routes = []
    for one in text.strip().strip("<>").split("|"):
        if not one:
            continue
        if not re.fullmatch(r"\d+(,\d+)+", one):
            raise unreadable("best-known values", "expected numbers with commas", field="routes", value=one)
        numbers = [int(word) for word in one.split(",")]
        stops = [0 if number >= depots else number for number in numbers[1:-1]]
        if any(stops):
            routes.append([numbers[0], *stops])
    return routes


def _nodes(source: Source, lines: list[str], first_row: int, kinds: int) -> list[Node]:
    nodes: list[Node] = []
    for row, line in enumerate(lines, start=first_row):
        if not line.strip():
            continue
        match = _ROW.fullmatch(line.rstrip())
        if match is None or int(match[1]) != len(nodes):
            message = "expected id x y tws twe service [skills] [tools] [spare parts], ids from 0 in order"
            raise unreadable(source.label, message, row=row, value=line.strip()[:60])
        x, y, earliest, latest, service = (float(word) for word in match.groups()[1:6])
        groups = [group.split(",") for group in match.groups()[6:]]
        skills, tools, parts = (tuple(int(word) for word in words if word.strip()) for words in groups)
        if latest < earliest or min(earliest, service) < 0:
            raise unreadable(source.label, "a time is negative, or a window ends before it starts", row=row)
        if parts and len(parts) != kinds:
            raise unreadable(source.label, f"expected {kinds} quantities of spare parts", row=row)
        nodes.append(
            Node(
                x=x,
                y=y,
                earliest=earliest,
                latest=latest,
                service=service,
                skills=frozenset(skills),
                tools=frozenset(tools),
                parts=parts or (0,) * kinds,
            )
        )
    return nodes


def _matrix(source: Source, lines: list[str], first_row: int, size: int) -> FloatArray:
    """Rows ``i;d;d;…``."""
    rows: list[list[float]] = []
    for row, line in enumerate(lines, start=first_row):
        words = line.strip().rstrip(";").split(";")
        if words == [""]:
            continue
        try:
            values = [float(word) for word in words]
        except ValueError:
            raise unreadable(source.label, "expected numbers between semicolons", row=row) from None
        if len(values) != size + 1 or values[0] != len(rows) or not all(0 <= value < inf for value in values):
            message = f"expected row {len(rows)} and {size} values, none negative"
            raise unreadable(source.label, message, row=row)
        rows.append(values[1:])
    if len(rows) != size:
        raise unreadable(source.label, f"expected a matrix of {size} rows, found {len(rows)}", row=first_row)
    return np.array(rows)
