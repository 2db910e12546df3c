"""Straight lines between neighbouring nodes of a way, with time and length in each direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.ellipsoid import distance_m
from geo.roads.extract import Extract
from geo.roads.nodes import NodeRules
from geo.roads.profiles import Profile
from geo.roads.ways import Roads

CLOSED = -1.0
"""Stands in `forward_ms` and `backward_ms` where a direction is closed."""

_JUNCTION = 3  # roads that meet there


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segments:
    """Segments of all usable ways, arrays of shape (segments,).

    Parameters
    ----------
    road : int64
        Index into :class:`geo.roads.ways.Roads`.
    tail, head : int64
        Nodes in the order of the way: indices into `origin`.
    length_m : float64
        Metres on the WGS-84 ellipsoid (Vincenty): :mod:`geo.ellipsoid`.
    forward_ms, backward_ms : float64
        Milliseconds with the delay at the node where the direction ends; `CLOSED` where it must not be driven.
    private : bool
        Open to trips that begin or end there only.
    origin : int64, (nodes,)
        Node of the extract of each node. The first ones are the extract's own; the ends of roads at a barrier are
        nodes of their own, so that no way leads through it.
    """

    road: npt.NDArray[np.int64]
    tail: npt.NDArray[np.int64]
    head: npt.NDArray[np.int64]
    length_m: npt.NDArray[np.float64]
    forward_ms: npt.NDArray[np.float64]
    backward_ms: npt.NDArray[np.float64]
    private: npt.NDArray[np.bool_]
    origin: npt.NDArray[np.int64]


def segments_of(extract: Extract, roads: Roads, rules: NodeRules, *, profile: Profile, speed: float) -> Segments:
    """Cut the usable ways into segments.

    Where the extract ends before a way does, the missing part is left out; a way that stays twice at one node loses the
    empty segment.

    Parameters
    ----------
    extract, roads, rules
        Of one extract and `profile`.
    profile : Profile
        For the delay of junctions.
    speed : float
        Factor on all speeds of roads, above 0; ferries keep to their timetable.
    """
    road, tail, head = _pairs(extract, roads)
    lat, lon = extract.node_lat, extract.node_lon
    length_m = distance_m(lat[tail], lon[tail], lat[head], lon[head])

    whole_m = np.bincount(road, weights=length_m, minlength=len(roads.way)).astype(np.float64)
    timed = (roads.duration_s > 0) & (whole_m > 0)
    timetable_kmh = np.divide(3.6 * whole_m, roads.duration_s, out=np.zeros_like(whole_m), where=timed)
    ferry = np.isin(roads.road_class, [at for at, name in enumerate(roads.classes) if name == "ferry"])
    scale = np.where(ferry, 1.0, speed)
    crossing_ms = np.where(
        np.bincount(np.concatenate((tail, head)), minlength=len(lat)) >= _JUNCTION, profile.turn_s * 1000.0, 0.0
    )

    def travel_ms(kmh: npt.NDArray[np.float64], delay_ms: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """One direction of all segments, in floating point: it is rounded once, for a whole edge."""
        driven = np.where(timed & (kmh > 0), timetable_kmh, kmh * scale)[road]
        spent = np.divide(3600.0 * length_m, driven, out=np.zeros_like(length_m), where=driven > 0)
        return np.where(driven > 0, spent + delay_ms, CLOSED)

    forward_ms = travel_ms(roads.forward_kmh, np.maximum(rules.along_ms, crossing_ms)[head])
    backward_ms = travel_ms(roads.backward_kmh, np.maximum(rules.against_ms, crossing_ms)[tail])
    private = roads.private[road] | rules.private[tail] | rules.private[head]

    # Each end of a road at a barrier becomes a node of its own.
    origin = np.arange(len(lat), dtype=np.int64)
    for ends in (tail, head):
        stopped = np.nonzero(rules.blocked[ends])[0]
        own = len(origin) + np.arange(len(stopped), dtype=np.int64)
        origin = np.concatenate((origin, ends[stopped]))
        ends[stopped] = own
    return Segments(
        road=road, tail=tail, head=head, length_m=length_m, forward_ms=forward_ms, backward_ms=backward_ms,
        private=private, origin=origin,
    )  # fmt: skip


def _pairs(
    extract: Extract, roads: Roads
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Road, first and second node of each segment."""
    refs = extract.first_ref[roads.way + 1] - extract.first_ref[roads.way]
    count = np.maximum(refs - 1, 0)
    road = np.repeat(np.arange(len(roads.way), dtype=np.int64), count)
    within = np.arange(len(road), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
    at = extract.first_ref[roads.way][road] + within
    tail, head = extract.ref[at].astype(np.int64), extract.ref[at + 1].astype(np.int64)
    kept = (tail >= 0) & (head >= 0) & (tail != head)
    return road[kept], tail[kept], head[kept]
