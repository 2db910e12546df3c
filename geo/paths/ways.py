"""One shortest way: two searches that only climb, from both ends, and the shortcuts of what they find unpacked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.compiled import compiled
from geo.paths.heap import pop, push, with_room
from geo.paths.hierarchy import Hierarchy
from geo.paths.links import FAR, I32, I64, Links, check_links, chosen, starts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Path:
    """A shortest way between two places.

    Parameters
    ----------
    weight : int
        Weight of the whole way, links included; -1 where there is none, 0 from a place to itself.
    edges : int32, (edges of the way,)
        Numbers of the graph's edges, in the order of the way; may be empty.
    out_link, in_link : int
        Links of `Links` by which the way begins and ends (entries of ``out_node`` and ``in_node``); -1 without.
    direct : int
        Entry of ``direct_from`` where the way touches no node; else -1.
    """

    weight: int
    edges: I32
    out_link: int = -1
    in_link: int = -1
    direct: int = -1


def way(hierarchy: Hierarchy, links: Links, source: int, target: int) -> Path:
    """Find the shortest way from one place to another; of several shortest ones always the same.

    Parameters
    ----------
    hierarchy : Hierarchy
    links : Links
    source, target : int
        Numbers of places.

    Returns
    -------
    Path
        Its weight is that of `geo.paths.matrix.many_to_many`.

    Notes
    -----
    Geisberger, Sanders, Schultes & Vetter 2012, doi:10.1287/trsc.1110.0401.
    """
    none = np.empty(0, dtype=np.int32)
    ends = chosen(links, (source, target))
    check_links(links, hierarchy.node_count)
    if source == target:
        return Path(weight=0, edges=none)
    direct, direct_weight = -1, FAR
    for entry in np.flatnonzero((links.direct_from == source) & (links.direct_to == target)).tolist():
        if links.direct_weight[entry] < direct_weight:
            direct, direct_weight = entry, int(links.direct_weight[entry])
    outs = starts(links.out_first, ends[:1])
    ins = starts(links.in_first, ends[1:])
    h = hierarchy
    over, out_link, in_link, arcs = _meet(
        h.up_first, h.up_head, h.up_weight, h.up_arc, h.down_first, h.down_tail, h.down_weight, h.down_arc,
        h.rank[links.out_node[outs]], links.out_weight[outs], h.rank[links.in_node[ins]], links.in_weight[ins],
    )  # fmt: skip
    if direct >= 0 and direct_weight <= over:
        return Path(weight=direct_weight, edges=none, direct=direct)
    if over >= FAR:
        return Path(weight=-1, edges=none)
    edges = _unpack(arcs, int(h.edge_count[0]), h.first_part, h.second_part)
    return Path(weight=int(over), edges=edges, out_link=int(outs[out_link]), in_link=int(ins[in_link]))


@compiled
def _climb(first: I64, end: I32, cost: I64, start: I32, start_cost: I64) -> tuple[I64, I32, I32, I32]:
    """Weights from the starts to all nodes above; the entry by which a node was reached, or -1 - number of a start."""
    best = np.full(len(first) - 1, FAR, dtype=np.int64)
    by = np.empty(len(first) - 1, dtype=np.int32)
    before = np.empty(len(first) - 1, dtype=np.int32)
    reached = np.empty(64, dtype=np.int32)
    count = 0
    keys, items, size = np.empty(64, dtype=np.int64), np.empty(64, dtype=np.int32), 0
    keys, items = with_room(keys, items, 0, len(start))
    for i in range(len(start)):
        if start_cost[i] < best[start[i]]:
            best[start[i]] = start_cost[i]
            by[start[i]] = -1 - i
            size = push(keys, items, size, start_cost[i], start[i])
    while size > 0:
        key, node, size = pop(keys, items, size)
        if key > best[node]:
            continue
        if count == len(reached):
            longer = np.empty(2 * count, dtype=np.int32)
            longer[:count] = reached
            reached = longer
        reached[count] = node
        count += 1
        if size + first[node + 1] - first[node] > len(keys):
            keys, items = with_room(keys, items, size, first[node + 1] - first[node])
        for at in range(first[node], first[node + 1]):
            new = key + cost[at]
            if new < best[end[at]]:
                best[end[at]] = new
                by[end[at]] = at
                before[end[at]] = node
                size = push(keys, items, size, new, end[at])
    return best, by, before, reached[:count]


@compiled
def _meet(
    up_first: I64, up_head: I32, up_weight: I64, up_arc: I32,
    down_first: I64, down_tail: I32, down_weight: I64, down_arc: I32,
    start: I32, start_cost: I64, goal: I32, goal_cost: I64,
) -> tuple[int, int, int, I32]:  # fmt: skip
    """Weight over the best meeting node, first and last link (numbers within `start` and `goal`), arcs in order."""
    there, there_by, there_before, reached = _climb(up_first, up_head, up_weight, start, start_cost)
    back, back_by, back_before, _ = _climb(down_first, down_tail, down_weight, goal, goal_cost)
    best, top = FAR, -1
    for node in reached:
        if back[node] < FAR and there[node] + back[node] < best:
            best, top = there[node] + back[node], node
    if top < 0:
        return FAR, -1, -1, np.empty(0, dtype=np.int32)
    count, node = 0, top
    while there_by[node] >= 0:
        count += 1
        node = there_before[node]
    out_link, climbed = -1 - there_by[node], count
    node = top
    while back_by[node] >= 0:
        count += 1
        node = back_before[node]
    in_link = -1 - back_by[node]
    arcs = np.empty(count, dtype=np.int32)
    at, node = climbed, top
    while there_by[node] >= 0:
        at -= 1
        arcs[at] = up_arc[there_by[node]]
        node = there_before[node]
    at, node = climbed, top
    while back_by[node] >= 0:
        arcs[at] = down_arc[back_by[node]]
        at += 1
        node = back_before[node]
    return best, out_link, in_link, arcs


@compiled
def _unpack(arcs: I32, edge_count: int, first_part: I32, second_part: I32) -> I32:
    """Edges that arcs stand for, in order."""
    edges, filled = np.empty(64, dtype=np.int32), 0
    stack, size = np.empty(len(arcs) + 64, dtype=np.int32), len(arcs)
    for i in range(size):
        stack[i] = arcs[size - 1 - i]
    while size > 0:
        size -= 1
        arc = stack[size]
        if arc >= edge_count:
            if size + 2 > len(stack):
                deeper = np.empty(2 * len(stack), dtype=np.int32)
                deeper[:size] = stack[:size]
                stack = deeper
            stack[size], stack[size + 1] = second_part[arc - edge_count], first_part[arc - edge_count]
            size += 2
            continue
        if filled == len(edges):
            longer = np.empty(2 * filled, dtype=np.int32)
            longer[:filled] = edges
            edges = longer
        edges[filled] = arc
        filled += 1
    return edges[:filled].copy()
