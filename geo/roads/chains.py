"""Chains of segments between junctions become pieces of road, their geometry kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from geo.roads.segments import CLOSED, Segments
from geo.roads.ways import Roads


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """Lines of road between junctions; the arrays are of shape (pieces,) where nothing else is said.

    Parameters
    ----------
    start, end : int64
        Nodes (of `Segments.origin`) at the ends.
    first_point : int64, (pieces + 1,)
        Nodes along a piece are ``point[first_point[piece]:first_point[piece + 1]]``, both ends included.
    point : int64, (points,)
        Nodes of `Segments.origin`.
    road : int64
        Road whose class and street the piece has.
    first_road, last_road : int64
        Roads of its first and its last segment: turn restrictions name them.
    private : bool
        Open to trips that begin or end there only.
    length_m, forward_ms, backward_ms : float64
        Sums over the segments; `CLOSED` where a direction must not be driven.
    """

    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    first_point: npt.NDArray[np.int64]
    point: npt.NDArray[np.int64]
    road: npt.NDArray[np.int64]
    first_road: npt.NDArray[np.int64]
    last_road: npt.NDArray[np.int64]
    private: npt.NDArray[np.bool_]
    length_m: npt.NDArray[np.float64]
    forward_ms: npt.NDArray[np.float64]
    backward_ms: npt.NDArray[np.float64]


def pieces_of(segments: Segments, roads: Roads, *, ends: npt.NDArray[np.bool_]) -> Pieces:
    """Join segments at nodes where nothing but the line goes on.

    A chain ends where not exactly two segments meet, where class, street, right of way or directions change, where a
    roundabout begins, and at `ends`. A ring without any such node is cut at one of its nodes.

    Parameters
    ----------
    segments, roads
        Of one profile.
    ends : bool, (extract nodes,)
        Nodes that must stay: those that turn restrictions name.
    """
    order, turned, first = _chains(segments, _ends_of_chains(segments, roads, ends))
    start_of = np.where(turned, segments.head[order], segments.tail[order])
    end_of = np.where(turned, segments.tail[order], segments.head[order])
    forward = np.where(turned, segments.backward_ms[order], segments.forward_ms[order])
    backward = np.where(turned, segments.forward_ms[order], segments.backward_ms[order])
    begin, last = first[:-1], first[1:] - 1

    # Points: the start of each chain, then the end of each of its segments.
    chains = len(begin)
    first_point = first + np.arange(chains + 1)
    point = np.empty(len(order) + chains, dtype=np.int64)
    point[first_point[:-1]] = start_of[begin]
    point[np.arange(len(order)) + np.repeat(np.arange(1, chains + 1), np.diff(first))] = end_of
    return Pieces(
        start=start_of[begin],
        end=end_of[last],
        first_point=first_point,
        point=point,
        road=segments.road[order[begin]],
        first_road=segments.road[order[begin]],
        last_road=segments.road[order[last]],
        private=segments.private[order[begin]],
        length_m=np.add.reduceat(segments.length_m[order], begin),
        forward_ms=np.where(forward[begin] == CLOSED, CLOSED, np.add.reduceat(forward, begin)),
        backward_ms=np.where(backward[begin] == CLOSED, CLOSED, np.add.reduceat(backward, begin)),
    )


def _incidence(segments: Segments) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Segments at each node: ``incident[first[node]:first[node + 1]]``."""
    nodes = np.concatenate((segments.tail, segments.head))
    order = np.argsort(nodes, kind="stable")
    incident = np.concatenate((np.arange(len(segments.tail)),) * 2)[order]
    first = np.concatenate(([0], np.cumsum(np.bincount(nodes, minlength=len(segments.origin)))))
    return first.astype(np.int64), incident.astype(np.int64)


def _ends_of_chains(segments: Segments, roads: Roads, ends: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Nodes at which no chain goes on."""
    first, incident = _incidence(segments)
    degree = np.diff(first)
    stop: npt.NDArray[np.bool_] = (degree != 2) | ends[segments.origin]
    inner = np.nonzero(~stop)[0]
    one, two = incident[first[inner]], incident[first[inner] + 1]

    def way_in_and_out(segment: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Whether a segment leads to the inner node, and away from it."""
        along, against = segments.forward_ms[segment] != CLOSED, segments.backward_ms[segment] != CLOSED
        ends_here = segments.head[segment] == inner
        return np.where(ends_here, along, against), np.where(ends_here, against, along)

    one_in, one_out = way_in_and_out(one)
    two_in, two_out = way_in_and_out(two)
    road_one, road_two = segments.road[one], segments.road[two]
    differs = (
        (roads.road_class[road_one] != roads.road_class[road_two])
        | (roads.street[road_one] != roads.street[road_two])
        | (roads.roundabout[road_one] != roads.roundabout[road_two])
        | (segments.private[one] != segments.private[two])
        | (one_in != two_out)
        | (two_in != one_out)
    )
    stop[inner[differs]] = True
    return stop


def _chains(
    segments: Segments, stop: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Segments in the order of chains, whether each is passed against its way, and where chains begin."""
    first, incident = _incidence(segments)
    count = len(segments.tail)
    order = np.empty(count, dtype=np.int64)
    turned = np.empty(count, dtype=np.bool_)
    begins = np.empty(count + 1, dtype=np.int64)
    chains = walk_chains(segments.tail, segments.head, first, incident, stop, order, turned, begins)
    return order, turned, begins[: chains + 1].copy()


@compiled
def walk_chains(
    tail: npt.NDArray[np.int64],
    head: npt.NDArray[np.int64],
    first: npt.NDArray[np.int64],
    incident: npt.NDArray[np.int64],
    stop: npt.NDArray[np.bool_],
    order: npt.NDArray[np.int64],
    turned: npt.NDArray[np.bool_],
    begins: npt.NDArray[np.int64],
) -> int:
    """Walk every segment once; fills `order`, `turned` and `begins`, returns the number of chains."""
    seen = np.zeros(len(tail), dtype=np.bool_)
    filled = 0
    chains = 0
    # First from the nodes where chains end; what is left then are rings, cut at their first node.
    for ring in range(2):
        for begin in range(len(first) - 1):
            if stop[begin] == (ring == 1):
                continue
            for at in range(first[begin], first[begin + 1]):
                segment = incident[at]
                if seen[segment]:
                    continue
                begins[chains] = filled
                chains += 1
                node = begin
                while True:
                    seen[segment] = True
                    order[filled] = segment
                    turned[filled] = head[segment] == node
                    filled += 1
                    node = tail[segment] if head[segment] == node else head[segment]
                    if stop[node] or node == begin:
                        break
                    segment = incident[first[node]] + incident[first[node] + 1] - segment
    begins[chains] = filled
    return chains
