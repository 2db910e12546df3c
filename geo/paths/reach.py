"""How far one gets: a shortest-path search from some places that stops at a time limit (Dijkstra 1959)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.compiled import compiled
from geo.paths.graph import Graph
from geo.paths.heap import pop, push, with_room
from geo.paths.links import FAR, I32, I64, Links, check_links, chosen, starts
from geo.roads.network import METRE_BITS


def reach(graph: Graph, links: Links, sources: Sequence[int] | I64, *, limit_ms: int, towards: bool = False) -> I64:
    """Weight of the shortest way between each node and the nearest of some places, up to a limit of time.

    Parameters
    ----------
    graph : Graph
    links : Links
    sources : sequence of int
        Numbers of places; from each node the nearest one counts.
    limit_ms : int
        Greatest travel time; a way that takes exactly as long is inside.
    towards : bool
        Ways from the nodes to the places, instead of ways from the places to the nodes.

    Returns
    -------
    int64, (nodes,)
        Weight of the way from (or to) the nearest place, -1 beyond the limit.

    Raises
    ------
    InputError
        ``links.place``, ``links.node``, ``links.weight``: see `geo.paths.matrix.many_to_many`.

    Notes
    -----
    Dijkstra 1959, doi:10.1007/BF01386390, with a lazy heap: it touches only what lies inside the limit.
    """
    check_links(links, graph.node_count)
    if towards:
        graph = graph.reversed()
        first, node, weight = links.in_first, links.in_node, links.in_weight
    else:
        first, node, weight = links.out_first, links.out_node, links.out_weight
    at = starts(first, chosen(links, sources))
    limit = min((int(limit_ms) + 1) << METRE_BITS, FAR)
    return _bounded(graph.first_out, graph.head, graph.weight, node[at], weight[at], limit)


@compiled
def _bounded(first_out: I64, head: I32, weight: I64, start_node: I32, start_weight: I64, limit: int) -> I64:
    """Weights below `limit`, from several starts."""
    best = np.full(len(first_out) - 1, limit, dtype=np.int64)
    keys, items, size = np.empty(64, dtype=np.int64), np.empty(64, dtype=np.int32), 0
    keys, items = with_room(keys, items, 0, len(start_node))
    for i in range(len(start_node)):
        if start_weight[i] < best[start_node[i]]:
            best[start_node[i]] = start_weight[i]
            size = push(keys, items, size, start_weight[i], start_node[i])
    while size > 0:
        key, node, size = pop(keys, items, size)
        if key > best[node]:  # an older, longer way to a node that is done
            continue
        if size + first_out[node + 1] - first_out[node] > len(keys):
            keys, items = with_room(keys, items, size, first_out[node + 1] - first_out[node])
        for edge in range(first_out[node], first_out[node + 1]):
            new = key + weight[edge]
            if new < best[head[edge]]:
                best[head[edge]] = new
                size = push(keys, items, size, new, head[edge])
    for node in range(len(best)):
        if best[node] == limit:
            best[node] = -1
    return best
