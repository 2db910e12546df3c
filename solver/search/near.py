"""Who is near whom: the lists that keep ruin and insertion local."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.search.arrays import FAR_S, I32, I64, Instance

NEIGHBOURS = 40
"""Tickets next to which an insertion is tried."""
RUIN_NEIGHBOURS = 100
"""Tickets among which the strings of a ruin are looked for."""
ROWS = 24
"""Shifts, by distance of their start, in which an insertion is tried besides those of the neighbours."""
BLOCK = 64
"""Tickets that are looked at together: what a thousand tickets need beside them stays in the cache."""


class Near(NamedTuple):
    """Neighbour lists and sort keys of one problem."""

    near: I64  # (n, k) tickets that go well before or behind each ticket, best first
    near_legs: I32  # (profiles, n, k, 4) seconds and cents to each of them, seconds and cents from it
    least_cents: I64  # (profiles, n, 2) cheapest leg away from each ticket, and to it
    around: I64  # (n, k2) tickets by distance
    near_rows: I64  # (n, r) shifts by distance of their start, -1 = none
    group_start: I64  # (g+1,) equal shifts lie together in group_rows
    group_rows: I64  # (m,)
    group_of: I64  # (m,) group of each shift
    order_keys: npt.NDArray[np.float64]  # (kinds, n) insertion orders; row 0 is not used (random)
    order_of: I64  # kinds, each as often as it is drawn


def build(d: Instance, *, neighbours: int = NEIGHBOURS) -> Near:
    """Compute the lists; O(n² log n) time, in blocks of rows."""
    n, m = d.need.shape[0], len(d.class_of)
    k, k2 = min(neighbours, max(0, n - 1)), min(RUIN_NEIGHBOURS, max(0, n - 1))
    near = np.zeros((n, k), dtype=np.int64)
    around = np.zeros((n, k2), dtype=np.int64)
    place = d.place_of[:n]
    opens, closes = d.opens_s[:n].min(axis=1), d.closes_s[:n].max(axis=1)
    service = d.service_of[:, :n].min(axis=0).astype(np.float64) if len(d.service_of) else np.zeros(n)
    big = float(FAR_S) * 4
    for begin in range(0, n, BLOCK):
        rows = slice(begin, min(begin + BLOCK, n))
        there = d.legs[0][place[rows][:, None], place[None, :], 0].astype(np.float64)
        back = d.legs[0][place[None, :], place[rows][:, None], 0].astype(np.float64)
        there, back = np.where(there < 0, big, there), np.where(back < 0, big, back)
        near[rows] = _smallest(
            np.minimum(
                _proximity(there, opens, closes, service, rows, forward=True),
                _proximity(back, opens, closes, service, rows, forward=False),
            ),
            k,
            rows,
        )
        around[rows] = _smallest(np.minimum(there, back), k2, rows)
    near_legs, least_cents = _near_legs(d, near, n)
    groups: dict[int, list[int]] = {}
    for row, twin in enumerate(d.twin.tolist()):
        groups.setdefault(twin, []).append(row)
    starts = np.cumsum([0, *(len(rows) for rows in groups.values())])
    return Near(
        near=near,
        near_legs=near_legs,
        least_cents=least_cents,
        around=around,
        near_rows=_rows(d, n, m),
        group_start=starts.astype(np.int64),
        group_rows=np.array([row for rows in groups.values() for row in rows], dtype=np.int64),
        group_of=np.unique(d.twin, return_inverse=True)[1].astype(np.int64),
        order_keys=_keys(d, n),
        order_of=np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7], dtype=np.int64),
    )


def _near_legs(d: Instance, near: I64, n: int) -> tuple[I32, I64]:
    """Legs to and from the neighbours side by side (plain problems; elsewhere nothing reads them)."""
    profiles = d.out_legs.shape[0]
    if d.out_legs.shape[1] < d.legs.shape[1] or n == 0:
        return np.zeros((profiles, n, near.shape[1], 4), dtype=np.int32), np.zeros((profiles, n, 2), dtype=np.int64)
    place = d.place_of[:n]
    others = place[near]
    legs = np.concatenate([d.out_legs[:, place[:, None], others], d.in_legs[:, place[:, None], others]], axis=3)
    cents = d.out_legs[..., 1].astype(np.int64)
    cents[:, np.arange(cents.shape[1]), np.arange(cents.shape[1])] = 2**31
    ends = np.concatenate([d.start_place, d.end_place])
    stands = np.bincount(place, minlength=cents.shape[1])  # two tickets, or a ticket and the end of a shift, at one
    stands[np.unique(ends[ends >= 0])] += 1  # place: the leg between them may be the cheapest
    least = np.stack([cents.min(axis=2)[:, place], cents.min(axis=1)[:, place]], axis=2)
    return np.ascontiguousarray(legs), np.ascontiguousarray(least * (stands[place] == 1)[:, None])


def _proximity(
    leg: npt.NDArray[np.float64],
    opens: npt.NDArray[np.int64],
    closes: npt.NDArray[np.int64],
    service: npt.NDArray[np.float64],
    rows: slice,
    *,
    forward: bool,
) -> npt.NDArray[np.float64]:
    """Leg plus the waiting that windows force (a fifth) and the lateness that they forbid (whole).

    After Vidal et al. 2013, doi:10.1016/j.cor.2012.07.018, equation 4, with its weights 0.2 and 1.
    """
    if forward:
        first = opens[rows][:, None] + service[rows][:, None] + leg
        wait = opens[None, :] - (closes[rows][:, None] + service[rows][:, None] + leg)
        late = first - closes[None, :]
    else:
        first = opens[None, :] + service[None, :] + leg
        wait = opens[rows][:, None] - (closes[None, :] + service[None, :] + leg)
        late = first - closes[rows][:, None]
    return np.where(late > 0, np.inf, leg + 0.2 * np.maximum(0, wait))


def _smallest(values: npt.NDArray[np.float64], count: int, rows: slice) -> I64:
    """Column numbers of the `count` smallest of each row, itself left out, best first."""
    values[np.arange(len(values)), np.arange(rows.start, rows.stop)] = np.inf
    if count == 0:
        return np.zeros((len(values), 0), dtype=np.int64)
    part = np.argpartition(values, count - 1, axis=1)[:, :count]
    order = np.argsort(np.take_along_axis(values, part, axis=1), axis=1, kind="stable")
    return np.take_along_axis(part, order, axis=1).astype(np.int64)


def _rows(d: Instance, n: int, m: int) -> I64:
    """Shifts that may serve each ticket, by the leg from their start (end if they have none); ties by number."""
    count = min(ROWS, m)
    rows = np.full((n, count), -1, dtype=np.int64)
    starts = np.where(d.start_place >= 0, d.start_place, d.end_place)
    never = 2**31
    for begin in range(0, n if count else 0, BLOCK):
        nodes = slice(begin, min(begin + BLOCK, n))
        leg = d.legs[0][starts[None, :], d.place_of[nodes][:, None], 0].astype(np.int64)
        leg[:, starts < 0] = 0
        leg[(leg < 0) | (d.allowed[:, nodes].T[:, d.class_of] == 0)] = never
        keys = np.partition(leg * m + np.arange(m), count - 1, axis=1)[:, :count]
        keys.sort(axis=1)
        rows[nodes] = np.where(keys < never * m, keys % m, -1)
    return rows


def _keys(d: Instance, n: int) -> npt.NDArray[np.float64]:
    """Insertion orders: 1 demand, 2 far, 3 close, 4 narrow, 5 early start, 6 late end, 7 dear and hard to place."""
    keys = np.zeros((8, n))
    service = d.service_of[:, :n].mean(axis=0) if len(d.service_of) else np.zeros(n)
    keys[1] = -(d.need.sum(axis=1) if d.need.any() else service)
    starts = d.start_place[d.start_place >= 0]
    if len(starts):
        leg = d.legs[0][starts[:64][:, None], d.place_of[:n][None, :], 0].min(axis=0).astype(np.float64)
        keys[2], keys[3] = -leg, leg
    due = np.minimum(d.closes_s[:n].max(axis=1), d.dues_s.min(axis=1) if d.dues_s.size else FAR_S)
    keys[4] = np.minimum(due, FAR_S) - d.opens_s[:n].min(axis=1)
    keys[5] = d.opens_s[:n].min(axis=1)
    keys[6] = -due
    keys[7] = -d.drop_cents / np.maximum(1, d.allowed.sum(axis=0))
    return keys
