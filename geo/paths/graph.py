"""A directed graph as arrays, and the same graph with all edges turned round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dispatch.errors import reject
from geo.compiled import compiled
from geo.paths.links import FAR, I32, I64, fix, fixed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graph:
    """Directed edges with weights; parallel edges, loops and edges of weight 0 are allowed.

    Parameters
    ----------
    first_out : int64, (nodes + 1,)
        Edges from a node are ``first_out[node]:first_out[node + 1]``.
    head : int32, (edges,)
        Node to which an edge leads.
    weight : int64, (edges,)
        0 or more.
    """

    first_out: I64
    head: I32
    weight: I64

    def __post_init__(self) -> None:
        fix(self)

    @classmethod
    def of(cls, node_count: int, tail: npt.ArrayLike, head: npt.ArrayLike, weight: npt.ArrayLike) -> Graph:
        """Build a graph out of edges in any order; edges of a node keep their order.

        Raises
        ------
        InputError
            ``graph.shape`` for arrays of different lengths, ``graph.node`` for an end outside the nodes,
            ``graph.weight`` for a weight that is negative, or `FAR` or more.
        """
        tails, heads, weights = fixed(tail, np.int32), fixed(head, np.int32), fixed(weight, np.int64)
        check(node_count, tails, heads, weights)
        first, order = by_node(node_count, tails)
        return cls(first_out=first, head=heads[order], weight=weights[order])

    @property
    def node_count(self) -> int:
        """Nodes, with and without edges."""
        return len(self.first_out) - 1

    def reversed(self) -> Graph:
        """The graph with each edge in the other direction."""
        tail = np.repeat(np.arange(self.node_count, dtype=np.int32), np.diff(self.first_out))
        first, order = by_node(self.node_count, self.head)
        return Graph(first_out=first, head=tail[order], weight=self.weight[order])


def check(node_count: int, tail: I32, head: I32, weight: I64) -> None:
    """See `Graph.of`."""
    if not (tail.ndim == 1 and tail.shape == head.shape == weight.shape):
        raise reject("graph.shape", f"tail {tail.shape}, head {head.shape}, weight {weight.shape} differ")
    if not len(tail):
        return
    for name, nodes in (("tail", tail), ("head", head)):
        if nodes.min() < 0 or nodes.max() >= node_count:
            raise reject("graph.node", f"{name} outside 0..{node_count - 1}", field=name)
    if weight.min() < 0 or weight.max() >= FAR:
        worst = weight.min() if weight.min() < 0 else weight.max()
        raise reject("graph.weight", "a weight is negative or 2^62 or more", field="weight", value=worst)


@compiled
def by_node(node_count: int, nodes: I32) -> tuple[I64, I64]:
    """Sort by a node, stably, by counting: first entry of each node (nodes + 1), and the order."""
    first = np.zeros(node_count + 1, dtype=np.int64)
    for i in range(len(nodes)):
        first[nodes[i] + 1] += 1
    for node in range(node_count):
        first[node + 1] += first[node]
    order = np.empty(len(nodes), dtype=np.int64)
    filled = first.copy()
    for i in range(len(nodes)):
        order[filled[nodes[i]]] = i
        filled[nodes[i]] += 1
    return first, order
