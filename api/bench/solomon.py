"""Reader of Solomon's text format (Solomon 1987; Gehring & Homberger 1999).

Distances and times are truncated to one decimal, as in the 12th DIMACS implementation challenge
(http://dimacs.rutgers.edu/programs/challenge/vrp/vrptw/): everything counts in tenths.
"""

from __future__ import annotations

import math

import numpy as np

from api.bench.case import unreadable
from api.bench.modelling import euclidean, solomon_class
from api.bench.sources import Source
from api.bench.vrptw import Node, VrptwCase

TENTHS = 10
COLUMNS = 7


def read_solomon(source: Source, text: str) -> VrptwCase:
    """Read an instance.

    Raises
    ------
    InputError
        ``bench.unreadable`` with the row.
    """
    rows = [(row, line.split()) for row, line in enumerate(text.splitlines(), start=1) if line.strip()]
    tables = [(row, words) for row, words in rows if all(_is_number(word) for word in words)]
    if not tables or len(tables[0][1]) != 2 or rows.index(tables[0]) == 0:
        raise unreadable(source.label, "expected a table VEHICLE with number and capacity, then a table CUSTOMER")
    vehicles, capacity = (_whole(source, tables[0][0], word, 1) for word in tables[0][1])
    for row, words in rows[rows.index(tables[0]) + 1 :]:
        if len(words) != COLUMNS and any(_is_number(word) for word in words):
            raise unreadable(source.label, f"expected {COLUMNS} numbers: number x y demand ready due service", row=row)
    nodes = []
    for expected, (row, words) in enumerate(tables[1:]):
        if _whole(source, row, words[0], 1) != expected:
            raise unreadable(source.label, f"customers are numbered from 0 in order: expected {expected}", row=row)
        ready, due, service = (_whole(source, row, word, TENTHS) for word in words[4:])
        if due < ready:
            raise unreadable(source.label, "the due time is before the ready time", row=row)
        demand = _whole(source, row, words[3], 1)
        nodes.append(Node(x=float(words[1]), y=float(words[2]), demand=demand, ready=ready, due=due, service=service))
    if len(nodes) < 2:
        raise unreadable(source.label, "there is no customer")
    if vehicles < 1:
        raise unreadable(source.label, "there is no vehicle", row=tables[0][0])
    distances = euclidean(np.array([(node.x, node.y) for node in nodes]))
    return VrptwCase(
        name=source.stem,
        group=f"{solomon_class(source.stem)} {len(nodes) - 1}",
        vehicles=vehicles,
        capacity=capacity,
        nodes=tuple(nodes),
        legs=np.floor(distances * TENTHS).astype(np.int64),
        unit=TENTHS,
        truncated=True,
    )


def _is_number(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False


def _whole(source: Source, row: int, word: str, unit: int) -> int:
    """Number of whole units; refuses negative values and finer ones."""
    value = float(word) * unit
    if value < 0 or value != round(value):
        raise unreadable(source.label, f"expected a number with steps of 1/{unit}, at least 0", row=row, value=word)
    return round(value)
