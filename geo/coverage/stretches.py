"""Reached roads: which part of each piece lies within a time, and points along such parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from geo.roads.network import METRE_BITS, RoadNetwork
from geo.roads.snap import Snapped, piece_lengths_dm

F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

FERRY = "ferry"
"""Class of pieces that nobody leaves on the way: they lead on, but are no covered road themselves."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadPoints:
    """Points on roads: the piece, and the share of its length (0..1) that lies before the point."""

    piece: I32
    fraction: F64

    @classmethod
    def of(cls, network: RoadNetwork, snapped: Snapped) -> RoadPoints:
        """Places on the network, without those that are far from any road."""
        near = snapped[~snapped.far]
        length_dm = piece_lengths_dm(network)[near.piece]
        return cls(piece=near.piece, fraction=near.offset_dm / np.maximum(length_dm, 1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretches:
    """Parts of pieces, ``begin..end`` as shares of the piece's length, in the direction of its points."""

    piece: I32
    begin: F64
    end: F64


def reached(network: RoadNetwork, weight: I64, *, limit_ms: int, starts: RoadPoints) -> Stretches:
    """Roads that a driver is on at some moment of the first `limit_ms`.

    On an edge the driver moves evenly, so an edge of 60 s that is entered 20 s before the limit is reached to a third
    of its length. Ferries carry on, but are left out themselves.

    Parameters
    ----------
    network : RoadNetwork
    weight : int64, (nodes,)
        Weight of the way from the nearest start to each node, -1 beyond the limit: :func:`geo.paths.reach.reach`.
    limit_ms : int
        At least 0.
    starts : RoadPoints
        Where the ways begin.
    """
    pieces = len(network.first_point) - 1
    ahead, back = np.zeros(pieces), np.zeros(pieces)  # share reached from the first point, and from the last one
    left_ms = np.where(weight >= 0, limit_ms - (weight >> METRE_BITS), -1)[network.tail]
    part = np.minimum(1.0, left_ms / network.travel_ms)
    for direction, shares in ((1, ahead), (0, back)):
        edges = np.nonzero((network.forward == direction) & (left_ms >= 0))[0]
        np.maximum.at(shares, network.piece[edges], part[edges])

    whole = ahead + back >= 1
    ahead[whole], back[whole] = 1, 0
    first, last = np.nonzero(ahead > 0)[0], np.nonzero(back > 0)[0]
    begin, end = _around(network, starts, limit_ms)
    piece = np.concatenate((first, last, starts.piece)).astype(np.int32)
    begins = np.concatenate((np.zeros(len(first)), 1 - back[last], begin))
    ends = np.concatenate((ahead[first], np.ones(len(last)), end))
    on_land = np.array([name != FERRY for name in network.classes], dtype=np.bool_)[network.road_class[piece]]
    on_land[len(first) + len(last) :] = True  # a start counts wherever it is
    return Stretches(piece=piece[on_land], begin=begins[on_land], end=ends[on_land])


def _around(network: RoadNetwork, starts: RoadPoints, limit_ms: int) -> tuple[F64, F64]:
    """How far the piece of each start is reached from the start itself, to both sides."""
    back, ahead = (limit_ms / piece_travel_ms(network, starts.piece, direction=direction) for direction in (0, 1))
    return np.maximum(0.0, starts.fraction - back), np.minimum(1.0, starts.fraction + ahead)


def piece_travel_ms(network: RoadNetwork, piece: I32, *, direction: int) -> F64:
    """Least time along some pieces, with their points (1) or against them (0); infinite where no edge leads so."""
    edges = np.nonzero((network.forward == direction) & np.isin(network.piece, piece))[0]
    least = np.full(len(network.first_point) - 1, np.inf)
    np.minimum.at(least, network.piece[edges], network.travel_ms[edges])
    return least[piece]


def every_piece(network: RoadNetwork) -> Stretches:
    """All roads of a network from end to end, ferries left out."""
    on_land = np.array([name != FERRY for name in network.classes], dtype=np.bool_)[network.road_class]
    piece = np.nonzero(on_land)[0].astype(np.int32)
    return Stretches(piece=piece, begin=np.zeros(len(piece)), end=np.ones(len(piece)))


def points_along(stretches: Stretches, first_point: I64, x: F64, y: F64, *, step_m: float) -> tuple[I64, F64, F64, F64]:
    """Points along stretches: both ends, every bend, and between them no two farther apart than `step_m`.

    Parameters
    ----------
    stretches : Stretches
    first_point : int64, (pieces + 1,)
        As in `RoadNetwork`.
    x, y : float64, (points,)
        Points of the pieces in metres.
    step_m : float
        More than 0.

    Returns
    -------
    row : int64, (samples,)
        Stretch of each sample.
    fraction : float64, (samples,)
        Share of the piece's length before it.
    x, y : float64, (samples,)
        Metres.
    """
    first = np.array(first_point, dtype=np.int64)  # a mapped file is read-only: for numba another type, compiled again
    row, fraction, east, north = _along(stretches.piece, stretches.begin, stretches.end, first, x, y, float(step_m))
    return row, fraction, east, north


@compiled
def _along(
    piece: I32, begin: F64, end: F64, first_point: I64, x: F64, y: F64, step_m: float
) -> tuple[I64, F64, F64, F64]:
    """Two rounds over the same loops: the first counts, the second fills."""
    row, fraction = np.empty(0, dtype=np.int64), np.empty(0)
    east, north = np.empty(0), np.empty(0)
    for fill in range(2):
        size = 0
        for r in range(len(piece)):
            lo, hi = first_point[piece[r]], first_point[piece[r] + 1]
            length = 0.0
            for i in range(lo, hi - 1):
                length += np.hypot(x[i + 1] - x[i], y[i + 1] - y[i])
            a, b = begin[r] * length, end[r] * length
            at, some = 0.0, False
            for i in range(lo, hi - 1):
                segment = np.hypot(x[i + 1] - x[i], y[i + 1] - y[i])
                s, e = max(a - at, 0.0), min(b - at, segment)
                if segment > 0.0 and e >= s:
                    steps = max(1, int(np.ceil((e - s) / step_m)))
                    for k in range(steps + 1):
                        if fill == 1:
                            d = s + (e - s) * k / steps
                            row[size], fraction[size] = r, (at + d) / length
                            east[size] = x[i] + (x[i + 1] - x[i]) * d / segment
                            north[size] = y[i] + (y[i + 1] - y[i]) * d / segment
                        size += 1
                    some = True
                at += segment
            if not some:  # a piece without length, or rounding at its very end
                if fill == 1:
                    at_point = lo if begin[r] < 0.5 else hi - 1
                    row[size], fraction[size], east[size], north[size] = r, begin[r], x[at_point], y[at_point]
                size += 1
        if fill == 0:
            row, fraction, east, north = (
                np.empty(size, dtype=np.int64),
                np.empty(size),
                np.empty(size),
                np.empty(size),
            )
    return row, fraction, east, north
