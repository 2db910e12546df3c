"""Sub-problems: shifts and absent tickets dealt out by place, or by time where the shifts lie on several days.

Each cut is made anew and in another direction, so what lies at the border of two parts lies inside one soon after.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.search.arrays import I64, Instance

BY_TIME = 0.3
"""Chance of cutting by time where the shifts begin on several days."""
DAY_S = 86_400

F64 = npt.NDArray[np.float64]
Reach = Callable[[int], F64]
"""Seconds from a place to all places."""


class Part(NamedTuple):
    """Shifts of one sub-problem, with the absent tickets that it may serve; the tickets of its routes are its own."""

    rows: I64
    absents: I64


class _Items(NamedTuple):
    """Routes, unused shifts and absent tickets side by side."""

    rows: I64  # -1 for a ticket
    tickets: I64  # absent ticket, -1 for a shift
    weights: I64  # number of tickets

    def take(self, chosen: npt.NDArray[np.bool_]) -> _Items:
        return _Items(self.rows[chosen], self.tickets[chosen], self.weights[chosen])


def deal(
    d: Instance, reach: Reach, seq: I64, lengths: I64, absents: I64, parts: int, chance: np.random.Generator
) -> list[Part]:
    """Cut the routes into `parts` parts with about as many tickets each; every shift and absent ticket is in one.

    Unused shifts that nothing tells apart are spread evenly, whatever their place.
    """
    m = len(lengths)
    unused = np.flatnonzero(lengths == 0)
    counts = np.bincount(d.twin[unused], minlength=m)
    spare = unused[counts[d.twin[unused]] >= parts]
    spare = spare[np.argsort(d.twin[spare], kind="stable")]
    rows = np.setdiff1d(np.arange(m), spare)
    items = _Items(
        rows=np.concatenate([rows, np.full(len(absents), -1, dtype=np.int64)]),
        tickets=np.concatenate([np.full(len(rows), -1, dtype=np.int64), absents]),
        weights=np.concatenate([lengths[rows], np.ones(len(absents), dtype=np.int64)]),
    )
    found: list[Part] = []
    queue = [(items, parts)]
    while queue:
        items, share = queue.pop()
        if share == 1:
            found.append(Part(rows=items.rows[items.rows >= 0], absents=items.tickets[items.tickets >= 0]))
            continue
        keys = _keys(d, reach, seq, lengths, items, chance)
        order = np.argsort(keys, kind="stable")
        filled = np.cumsum(items.weights[order])
        first = share // 2
        cut = int(np.searchsorted(filled, filled[-1] * first / share, side="left")) + 1 if len(filled) else 0
        low = np.zeros(len(order), dtype=np.bool_)
        low[order[:cut]] = True
        queue += [(items.take(low), first), (items.take(~low), share - first)]
    return [
        part._replace(rows=np.sort(np.concatenate([part.rows, spare[number::parts]])))
        for number, part in enumerate(found)
    ]


def _keys(d: Instance, reach: Reach, seq: I64, lengths: I64, items: _Items, chance: np.random.Generator) -> F64:
    """Place of each item on the axis of a cut."""
    is_row = items.rows >= 0
    rows, tickets = items.rows[is_row], items.tickets[~is_row]
    keys = np.empty(len(is_row))
    starts = d.shift_start_s[rows]
    if len(rows) and starts.max() - starts.min() >= DAY_S and chance.random() < BY_TIME:
        keys[is_row] = starts
        keys[~is_row] = chance.uniform(starts.min(), starts.max(), len(tickets))
        return keys
    stops = np.arange(seq.shape[1]) < lengths[rows][:, None]
    visited = d.place_of[seq[rows]]
    there = np.concatenate([visited[stops], d.place_of[tickets]])
    if len(there) == 0:
        return chance.random(len(keys))
    from_one = reach(int(chance.choice(there)))
    axis = from_one - reach(int(there[np.argmax(from_one[there])]))
    home = np.where(d.start_place[rows] >= 0, d.start_place[rows], d.end_place[rows])
    keys[is_row] = np.where(
        lengths[rows] > 0,
        np.where(stops, axis[visited], 0.0).sum(axis=1) / np.maximum(1, lengths[rows]),
        np.where(home >= 0, axis[home], axis[there].mean()),
    )
    keys[~is_row] = axis[d.place_of[tickets]]
    return keys
