"""A road network as arrays: what every part of `geo` reads, and nothing writes after it is built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]

METRE_BITS = 32
"""A weight is ``travel_ms << 32 | length_dm``: the sum of weights orders ways by time, equal times by length."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadNetwork:
    """Directed roads of one profile (car, van, ebike, walk) between junctions; chains of degree two are one edge.

    A *piece* is the line of a road between two junctions; one or two directions of it are edges, and where turn
    restrictions or roads for visitors only split a junction into several nodes, there may be several edges of one
    direction of a piece.

    Parameters
    ----------
    source : str
        Name and content hash of the extract, profile and settings; no folder of this machine.
    profile : str
        Profile whose roads and speeds these are.
    node_lat, node_lon : float64, (nodes,)
        WGS-84 degrees. Copies of one junction share position and component.
    node_osm : int64, (nodes,)
        Number of the junction in OpenStreetMap.
    tail, head : int32, (edges,)
        Nodes from which and to which an edge leads; sorted by tail.
    first_out : int32, (nodes + 1,)
        Edges of a node are ``first_out[node]:first_out[node + 1]``.
    travel_ms : int32, (edges,)
        Free-flow time, at least 1.
    length_dm : int32, (edges,)
        Tenths of a metre.
    piece : int32, (edges,)
        Piece that an edge runs along.
    forward : bool as uint8, (edges,)
        1 where the edge runs in the direction of the piece's points, 0 against it.
    road_class : uint8, (pieces,)
        Index into `classes`.
    street : int32, (pieces,)
        Index into `streets`; 0 is the empty name.
    first_point : int64, (pieces + 1,)
        Points of a piece are ``first_point[piece]:first_point[piece + 1]``, both ends included.
    point_lat, point_lon : float64, (points,)
        WGS-84 degrees.
    component : int32, (nodes,)
        0 for the main (largest) strongly connected component, other numbers for what is cut off from it. Connection is
        that of junctions: one copy of a junction may have no edge out (a way into a road for visitors) or no edge in,
        but a place on a piece of the main component can be reached, and left, by one of the edges of its piece.
    classes : tuple of str
        Names of road classes (values of ``highway``, and ``ferry``).
    streets : sequence of str
        Names of streets.
    roundabout : bool as uint8, (pieces,), optional
        1 where a piece is part of a roundabout; without it, directions name turns in place of exits.
    """

    source: str
    profile: str
    node_lat: F64
    node_lon: F64
    node_osm: I64
    tail: I32
    head: I32
    first_out: I32
    travel_ms: I32
    length_dm: I32
    piece: I32
    forward: U8
    road_class: U8
    street: I32
    first_point: I64
    point_lat: F64
    point_lon: F64
    component: I32
    classes: tuple[str, ...]
    streets: tuple[str, ...]
    roundabout: U8 | None = None

    @property
    def weight(self) -> I64:
        """Free-flow weights of the edges, see `METRE_BITS`."""
        return weights(self.travel_ms, self.length_dm)


def weights(travel_ms: npt.ArrayLike, length_dm: npt.ArrayLike) -> I64:
    """Times and lengths as one number an edge, ordered by time, then by length."""
    return np.asarray(travel_ms, dtype=np.int64) << METRE_BITS | np.asarray(length_dm, dtype=np.int64)


def seconds_and_metres(weight: npt.ArrayLike) -> tuple[I32, I32]:
    """Rounded seconds and metres of sums of weights; a negative weight (no way) gives -1 in both."""
    total = np.asarray(weight, dtype=np.int64)
    travel_ms, length_dm = total >> METRE_BITS, total & ((1 << METRE_BITS) - 1)
    seconds = np.where(total < 0, -1, (travel_ms + 500) // 1000)
    metres = np.where(total < 0, -1, (length_dm + 5) // 10)
    return seconds.astype(np.int32), metres.astype(np.int32)
