"""Reader of VRPLIB files with time windows and a full matrix (http://vrp.galgos.inf.puc-rio.br, type VRPTW).

The matrix holds seconds from row to column; the cost is their sum. Node 1 of the file is the depot; customers are
numbered from 1, as in VRPLIB's solution files: customer k is node k + 1.
"""

from __future__ import annotations

import numpy as np

from api.bench.case import unreadable
from api.bench.modelling import IntArray
from api.bench.sources import Source
from api.bench.vrptw import Node, VrptwCase


def is_vrplib(text: str) -> bool:
    """Whether a text has the format's header."""
    return "EDGE_WEIGHT_TYPE" in text[:2000]


def read_vrplib(source: Source, text: str) -> VrptwCase:
    """Read an instance.

    Raises
    ------
    InputError
        ``bench.unreadable`` with the row or section.
    """
    head, sections = _split(source, text)
    if (head.get("EDGE_WEIGHT_TYPE"), head.get("EDGE_WEIGHT_FORMAT")) != ("EXPLICIT", "FULL_MATRIX"):
        raise unreadable(source.label, "only a full explicit matrix is read", field="EDGE_WEIGHT_TYPE")
    size, vehicles, capacity = (_head(source, head, name) for name in ("DIMENSION", "VEHICLES", "CAPACITY"))
    legs = _numbers(source, sections, "EDGE_WEIGHT_SECTION", size * size).reshape(size, size)
    demand = _column(source, sections, "DEMAND_SECTION", size, 2)[:, 1]
    service = _column(source, sections, "SERVICE_TIME_SECTION", size, 2)[:, 1]
    window = _column(source, sections, "TIME_WINDOW_SECTION", size, 3)[:, 1:]
    if _numbers(source, sections, "DEPOT_SECTION", 2).tolist() != [1, -1]:
        raise unreadable(source.label, "the depot must be node 1, and the only one", field="DEPOT_SECTION")
    if size < 2:
        raise unreadable(source.label, "there is no customer", field="DIMENSION", value=str(size))
    if min(legs.min(), demand.min(), service.min(), window.min()) < 0 or (window[:, 1] < window[:, 0]).any():
        raise unreadable(source.label, "a value is negative, or a window ends before it starts")
    return VrptwCase(
        name=source.stem,
        group="road",
        vehicles=vehicles,
        capacity=capacity,
        nodes=tuple(
            Node(
                x=0.0,
                y=0.0,
                demand=int(demand[k]),
                ready=int(window[k, 0]),
                due=int(window[k, 1]),
                service=int(service[k]),
            )
            for k in range(size)
        ),
        legs=legs,
        unit=1,
        truncated=False,
    )


def _split(source: Source, text: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Lines ``KEY : value``, and the words of each section."""
    head: dict[str, str] = {}
    sections: dict[str, list[str]] = {}
    words: list[str] | None = None
    for row, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped == "EOF":
            break
        if stripped.endswith("_SECTION"):
            words = sections.setdefault(stripped, [])
        elif words is not None:
            words.extend(stripped.split())
        elif ":" in stripped:
            key, _, value = stripped.partition(":")
            head[key.strip()] = value.strip()
        elif stripped:
            raise unreadable(source.label, "expected KEY : value", row=row, value=stripped[:40])
    return head, sections


def _head(source: Source, head: dict[str, str], name: str) -> int:
    value = head.get(name, "")
    if not value.isdecimal() or int(value) < 1:
        raise unreadable(source.label, "expected a whole number above 0", field=name, value=value)
    return int(value)


def _numbers(source: Source, sections: dict[str, list[str]], name: str, count: int) -> IntArray:
    words = sections.get(name, [])
    if len(words) != count:
        raise unreadable(source.label, f"expected {count} numbers, found {len(words)}", field=name)
    try:
        return np.array(words, dtype=np.int64)
    except (ValueError, OverflowError):
        raise unreadable(source.label, "expected whole numbers", field=name) from None


def _column(source: Source, sections: dict[str, list[str]], name: str, size: int, wide: int) -> IntArray:
    """Table of a section whose first column numbers the nodes from 1."""
    table = _numbers(source, sections, name, size * wide).reshape(size, wide)
    if not np.array_equal(table[:, 0], np.arange(1, size + 1)):
        raise unreadable(source.label, "nodes are numbered from 1 in order", field=name)
    return table
