"""How places on pieces of road hang on the network: which nodes they can leave to and be reached from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.paths.links import Links
from geo.roads.network import I32, I64, RoadNetwork, weights
from geo.roads.snap import Snapped


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hanging:
    """Links of places, and the edge that each link and each direct way runs along.

    Parameters
    ----------
    links : Links
    out_edge, in_edge, direct_edge : int64
        Parallel to ``links.out_node``, ``links.in_node`` and ``links.direct_from``.
    """

    links: Links
    out_edge: I64
    in_edge: I64
    direct_edge: I64


class PieceEdges:
    """Edges of each piece of a network, with the times of one hour of the day.

    Parameters
    ----------
    network : RoadNetwork
    travel_ms : int32, (edges,)
        Times of the edges.
    """

    def __init__(self, network: RoadNetwork, travel_ms: I32) -> None:
        self._network = network
        self._travel_ms = travel_ms
        self._edge: I64 = np.argsort(network.piece, kind="stable").astype(np.int64)
        self._first: I64 = np.searchsorted(network.piece[self._edge], np.arange(len(network.road_class) + 1)).astype(
            np.int64
        )
        # Copies of an edge, made where a turn restriction splits a junction, lead along one line: one stands for all.
        alike = np.lexsort((travel_ms, network.forward, network.piece))
        run = network.piece[alike].astype(np.int64) * 2 + network.forward[alike]
        first = starts_of(run)
        self._leader = np.empty(len(alike), dtype=np.int64)
        self._leader[alike] = np.repeat(alike[first], np.diff(first, append=len(alike)))

    def hang(self, snapped: Snapped) -> Hanging:
        """Links of places, which should have different positions: equal ones are reached from each other by weight 0.

        A place is left along each edge of its piece to the edge's head, and reached along each edge from its tail. So
        a place on a one-way street is left forward and reached from behind only. Between places on one piece there are
        direct ways, one for each direction that the piece has; a turn in the street is no such way.

        Parts of an edge take their share of its time by length; the two parts at a place always add up to the edge.
        """
        network = self._network
        place, edge = self._pairs(snapped.piece)
        ahead_dm = np.where(
            network.forward[edge] == 1, snapped.offset_dm[place], network.length_dm[edge] - snapped.offset_dm[place]
        )
        behind = self._part(edge, ahead_dm)
        whole = weights(self._travel_ms[edge], network.length_dm[edge])
        out = _least_of_each(place, network.head[edge], whole - behind)
        into = _least_of_each(place, network.tail[edge], behind)
        size = len(snapped)
        direct_from, direct_to, direct_weight, direct_edge = self._direct(place, edge, ahead_dm, behind)
        links = Links(
            out_first=np.searchsorted(place[out], np.arange(size + 1)).astype(np.int64),
            out_node=network.head[edge[out]],
            out_weight=(whole - behind)[out],
            in_first=np.searchsorted(place[into], np.arange(size + 1)).astype(np.int64),
            in_node=network.tail[edge[into]],
            in_weight=behind[into],
            direct_from=direct_from,
            direct_to=direct_to,
            direct_weight=direct_weight,
        )
        return Hanging(links=links, out_edge=edge[out], in_edge=edge[into], direct_edge=direct_edge)

    def _pairs(self, piece: I32) -> tuple[I64, I64]:
        """Each place with each edge of its piece, place by place."""
        on_road = np.flatnonzero(piece >= 0)
        first, last = self._first[piece[on_road]], self._first[piece[on_road] + 1]
        counts = last - first
        place = np.repeat(on_road, counts)
        at = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        return place.astype(np.int64), self._edge[at]

    def _part(self, edge: I64, along_dm: npt.NDArray[np.int64] | I32) -> I64:
        """Weight from the tail of an edge to a point of it."""
        length_dm = np.maximum(self._network.length_dm[edge].astype(np.int64), 1)
        travel_ms = (2 * self._travel_ms[edge].astype(np.int64) * along_dm + length_dm) // (2 * length_dm)
        return weights(travel_ms, along_dm)

    def _direct(self, place: I64, edge: I64, ahead_dm: I64 | I32, behind: I64) -> tuple[I64, I64, I64, I64]:
        """Pairs of places along one edge, in its direction."""
        chosen = np.flatnonzero(self._leader[edge] == edge)
        order = chosen[np.lexsort((place[chosen], ahead_dm[chosen], edge[chosen]))]
        edges = edge[order]
        first = starts_of(edges)
        size = np.repeat(np.diff(first, append=len(edges)), np.diff(first, append=len(edges)))
        # In a run of k places the i-th has k - 1 - i places ahead of it.
        rank = np.arange(len(edges)) - np.repeat(first, np.diff(first, append=len(edges)))
        ahead = size - 1 - rank
        one = np.repeat(np.arange(len(edges)), ahead)
        other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(ahead) - ahead, ahead)
        a, b = order[one], order[other]
        weight = behind[b] - behind[a]
        # At one point of the road both orders cost nothing.
        same = np.flatnonzero(ahead_dm[a] == ahead_dm[b])
        return (
            np.concatenate([place[a], place[b[same]]]),
            np.concatenate([place[b], place[a[same]]]),
            np.concatenate([weight, weight[same]]),
            np.concatenate([edges[one], edges[one[same]]]),
        )


def starts_of(values: npt.NDArray[np.integer]) -> I64:
    """Where each run of equal values begins."""
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]])).astype(np.int64)


def _least_of_each(place: I64, node: I32, weight: I64) -> I64:
    """Of links of one place with one node, the least; entries in the order of the places."""
    order = np.lexsort((weight, node, place))
    return order[starts_of(place[order] << 32 | node[order])].astype(np.int64)
