"""Contraction hierarchies: a graph prepared so that shortest ways are found by looking at some hundred nodes."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from geo.paths.contraction import contract, first_importance, ranked, side
from geo.paths.graph import check
from geo.paths.links import I32, I64, fix, fixed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hierarchy:
    """Nodes in an order of importance, with shortcuts so that some shortest way first only climbs, then only descends.

    Arrays only, so that it can be kept on disk and mapped into memory: see `arrays`. A node is meant by its *rank*
    everywhere but in `rank`.

    Parameters
    ----------
    rank : int32, (nodes,)
        Place of each node in the order, 0 = the least important.
    family : int32, (nodes,)
        Number by which nodes that climb by the same nodes are near each other; by rank.
    up_first, up_head, up_weight, up_arc : int64 (nodes + 1,), int32, int64, int32 (arcs up,)
        Arcs to nodes of higher rank, by rank of the tail.
    down_first, down_tail, down_weight, down_arc : as above
        Arcs from nodes of higher rank, by rank of the head.
    edge_count : int64, (1,)
        Arcs of a number below this are the edges of the graph; the others are shortcuts.
    first_part, second_part : int32, (shortcuts,)
        The two arcs that a shortcut stands for.

    Notes
    -----
    Geisberger, Sanders, Schultes & Vetter 2012, doi:10.1287/trsc.1110.0401.
    """

    rank: I32
    family: I32
    up_first: I64
    up_head: I32
    up_weight: I64
    up_arc: I32
    down_first: I64
    down_tail: I32
    down_weight: I64
    down_arc: I32
    edge_count: I64
    first_part: I32
    second_part: I32

    def __post_init__(self) -> None:
        fix(self)

    @classmethod
    def build(
        cls, node_count: int, tail: npt.ArrayLike, head: npt.ArrayLike, weight: npt.ArrayLike, *, workers: int = 1
    ) -> Hierarchy:
        """Contract a graph of directed edges; parallel edges, loops and edges of weight 0 are allowed.

        Parameters
        ----------
        node_count : int
        tail, head : int32, (edges,)
            In any order.
        weight : int64, (edges,)
            0 or more, less than `geo.paths.graph.FAR`.
        workers : int
            Threads for the first look at all nodes, a sixth of the work; the result is the same for any number.

        Raises
        ------
        InputError
            ``graph.shape``, ``graph.node``, ``graph.weight``: see `geo.paths.graph.Graph.of`.
        """
        tails, heads, weights = fixed(tail, np.int32), fixed(head, np.int32), fixed(weight, np.int64)
        check(node_count, tails, heads, weights)
        out, into = side(node_count, tails, heads, weights), side(node_count, heads, tails, weights)
        value, hops = np.empty(node_count, dtype=np.int64), np.ones(len(tails), dtype=np.int32)
        shares = np.array_split(np.arange(node_count, dtype=np.int32), max(1, workers))
        with ThreadPoolExecutor(len(shares)) as pool:
            list(pool.map(lambda nodes: first_importance(out, into, hops, nodes, value), shares))
        order, out, into, parts, arcs = contract(out, into, len(tails), value)
        rank = np.empty(node_count, dtype=np.int32)
        rank[order] = np.arange(node_count, dtype=np.int32)
        up_first, up_head, up_weight, up_arc = ranked(order, rank, out)
        down_first, down_tail, down_weight, down_arc = ranked(order, rank, into)
        return cls(
            rank=rank, family=families(up_first, up_head, down_first, down_tail),
            up_first=up_first, up_head=up_head, up_weight=up_weight, up_arc=up_arc,
            down_first=down_first, down_tail=down_tail, down_weight=down_weight, down_arc=down_arc,
            edge_count=np.array([len(tails)], dtype=np.int64),
            first_part=parts.first[len(tails):arcs].copy(), second_part=parts.second[len(tails):arcs].copy(),
        )  # fmt: skip

    @property
    def node_count(self) -> int:
        """Nodes of the graph."""
        return len(self.rank)

    def arrays(self) -> dict[str, npt.NDArray[np.int32] | npt.NDArray[np.int64]]:
        """All that the hierarchy is made of, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.int32] | npt.NDArray[np.int64]]) -> Hierarchy:
        """The hierarchy that gave these `arrays`; they are used as they are, mapped into memory or not."""
        return cls(**arrays)  # type: ignore[arg-type]


@compiled
def families(up_first: I64, up_head: I32, down_first: I64, down_tail: I32) -> I32:
    """Number the nodes from above, subtree by subtree: the parent of a node is its lowest neighbour of higher rank."""
    count = len(up_first) - 1
    parent = np.full(count, count, dtype=np.int64)
    below = np.ones(count + 1, dtype=np.int64)
    for node in range(count):
        for at in range(up_first[node], up_first[node + 1]):
            parent[node] = min(parent[node], up_head[at])
        for at in range(down_first[node], down_first[node + 1]):
            parent[node] = min(parent[node], down_tail[at])
        below[parent[node]] += below[node]
    number = np.empty(count, dtype=np.int32)
    free = np.zeros(count + 1, dtype=np.int64)
    for node in range(count - 1, -1, -1):
        number[node] = free[parent[node]]
        free[parent[node]] += below[node]
        free[node] = number[node] + 1
    return number
