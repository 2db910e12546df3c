"""Contraction of a graph, node by node: the compiled part of building a hierarchy.

What remains of the graph is held as two lists of arcs for each node, out and in. Between two nodes there is at most
one arc of each direction: the lightest. When a node is contracted, its lists hold exactly its arcs to and from nodes
of higher rank; they stay as they are from then on, and are its part of the hierarchy.

Arcs have numbers: an edge has its own, shortcuts follow. ``first`` and ``second`` are the two arcs of a shortcut.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo.compiled import compiled
from geo.paths.heap import pop, push, with_room
from geo.paths.links import FAR, I32, I64

SETTLED = 30
"""Nodes a witness search looks at before it gives up; 60 need a tenth more time for 3 % fewer shortcuts (Porto)."""


class Side(NamedTuple):
    """Lists of arcs in one pool: ``start[node]`` and the ``size[node]`` entries behind it, with ``room`` for more."""

    start: I64
    size: I32
    room: I32
    used: I64
    end: I32
    cost: I64
    arc: I32


class Scratch(NamedTuple):
    """Memory of witness searches: `best` is `FAR` everywhere between two searches; `into_at`, `out_at` hold pairs."""

    best: I64
    touched: I32
    keys: I64
    items: I32
    into_at: I64
    out_at: I64


class Shortcuts(NamedTuple):
    """Edges and shortcuts by number: edges that an arc stands for, and the two arcs of a shortcut."""

    hops: I32
    first: I32
    second: I32


@compiled
def side(node_count: int, tail: I32, head: I32, weight: I64) -> Side:
    """Lists by `tail`, without loops, the lightest of parallel edges; with the ends exchanged the lists of arcs in."""
    room = np.full(node_count, 4, dtype=np.int32)  # some shortcuts fit in without a move
    for edge in range(len(tail)):
        room[tail[edge]] += 1
    start = np.zeros(node_count, dtype=np.int64)
    used = np.zeros(1, dtype=np.int64)
    for node in range(node_count):
        start[node] = used[0]
        used[0] += room[node]
    size = np.zeros(node_count, dtype=np.int32)
    end = np.empty(2 * used[0], dtype=np.int32)
    cost = np.empty(2 * used[0], dtype=np.int64)
    arc = np.empty(2 * used[0], dtype=np.int32)
    lists = Side(start, size, room, used, end, cost, arc)
    for edge in range(len(tail)):
        if tail[edge] == head[edge]:
            continue
        at = find(lists, tail[edge], head[edge])
        if at < 0 or weight[edge] < cost[at]:
            lists = put(lists, tail[edge], head[edge], weight[edge], edge)
    return lists


@compiled
def find(lists: Side, node: int, other: int) -> int:
    """Entry of the arc of `node` to `other`, -1 if there is none."""
    for at in range(lists.start[node], lists.start[node] + lists.size[node]):
        if lists.end[at] == other:
            return at
    return -1


@compiled
def put(lists: Side, node: int, other: int, weight: int, number: int) -> Side:
    """Add an arc to the list of `node`, or replace the one to `other`; the pool may be replaced by a larger one."""
    at = find(lists, node, other)
    if at < 0:
        if lists.size[node] == lists.room[node]:
            room, used = 2 * lists.room[node], lists.used[0]
            if used + room > len(lists.end):
                length = 2 * len(lists.end) + room
                end, cost = np.empty(length, dtype=np.int32), np.empty(length, dtype=np.int64)
                arc = np.empty(length, dtype=np.int32)
                end[:used], cost[:used], arc[:used] = lists.end[:used], lists.cost[:used], lists.arc[:used]
                lists = Side(lists.start, lists.size, lists.room, lists.used, end, cost, arc)
            for i in range(lists.size[node]):
                old = lists.start[node] + i
                lists.end[used + i] = lists.end[old]
                lists.cost[used + i] = lists.cost[old]
                lists.arc[used + i] = lists.arc[old]
            lists.start[node] = used
            lists.room[node] = room
            lists.used[0] = used + room
        at = lists.start[node] + lists.size[node]
        lists.size[node] += 1
        lists.end[at] = other
    lists.cost[at] = weight
    lists.arc[at] = number
    return lists


@compiled
def remove(lists: Side, node: int, other: int) -> None:
    """Take the arc to `other` out of the list of `node`."""
    at = find(lists, node, other)
    last = lists.start[node] + lists.size[node] - 1
    lists.end[at], lists.cost[at], lists.arc[at] = lists.end[last], lists.cost[last], lists.arc[last]
    lists.size[node] -= 1


@compiled
def scratch(node_count: int) -> Scratch:
    """Memory for witness searches on so many nodes."""
    return Scratch(
        np.full(node_count, FAR, dtype=np.int64),
        np.empty(node_count, dtype=np.int32),
        np.empty(64, dtype=np.int64),
        np.empty(64, dtype=np.int32),
        np.empty(64, dtype=np.int64),
        np.empty(64, dtype=np.int64),
    )


@compiled
def witnesses(out: Side, source: int, without: int, bound: int, memory: Scratch) -> tuple[int, Scratch]:
    """Search ways from `source` round the node `without`, no longer than `bound`; gives back how many were touched.

    What is in ``best`` is always the weight of a way, if not of the shortest one: a search that gives up too early
    only leads to a shortcut that nobody needs.
    """
    # Arrays out of tuples in local names: their reference counts are not touched in the loops.
    start, size, end, cost = out.start, out.size, out.end, out.cost
    best, touched, keys, items = memory.best, memory.touched, memory.keys, memory.items
    best[source] = 0
    touched[0] = source
    count, settled = 1, 0
    heaped = push(keys, items, 0, 0, source)
    while heaped > 0 and settled < SETTLED:
        key, node, heaped = pop(keys, items, heaped)
        if key > best[node]:
            continue
        settled += 1
        if heaped + size[node] > len(keys):
            keys, items = with_room(keys, items, heaped, size[node])
        for at in range(start[node], start[node] + size[node]):
            other = end[at]
            new = key + cost[at]
            if other != without and new <= bound and new < best[other]:
                if best[other] == FAR:
                    touched[count] = other
                    count += 1
                best[other] = new
                heaped = push(keys, items, heaped, new, other)
    return count, Scratch(best, touched, keys, items, memory.into_at, memory.out_at)


@compiled
def needed(out: Side, into: Side, node: int, memory: Scratch) -> tuple[int, Scratch]:
    """Find the pairs of an arc into `node` and one out of it that need a shortcut; gives back how many there are."""
    first_in, first_out = into.start[node], out.start[node]
    most = into.size[node] * out.size[node]
    if most > len(memory.into_at):
        memory = Scratch(
            memory.best, memory.touched, memory.keys, memory.items,
            np.empty(2 * most, dtype=np.int64), np.empty(2 * most, dtype=np.int64),
        )  # fmt: skip
    longest = 0
    for at in range(first_out, first_out + out.size[node]):
        longest = max(longest, out.cost[at])
    pairs = 0
    for entry in range(first_in, first_in + into.size[node]):
        source = into.end[entry]
        if out.size[node] == 0 or (out.size[node] == 1 and out.end[first_out] == source):
            continue
        bound = min(into.cost[entry] + longest, FAR - 1)
        count, memory = witnesses(out, source, node, bound, memory)
        for at in range(first_out, first_out + out.size[node]):
            new = into.cost[entry] + out.cost[at]
            if out.end[at] != source and new <= bound and new < memory.best[out.end[at]]:
                memory.into_at[pairs], memory.out_at[pairs] = entry, at
                pairs += 1
        for i in range(count):
            memory.best[memory.touched[i]] = FAR
    return pairs, memory


@compiled
def importance(out: Side, into: Side, hops: I32, level: int, node: int, pairs: int, memory: Scratch) -> int:
    """How late a node should be contracted: its level, and how many arcs and edges come for one that goes.

    The terms are those of RoutingKit (https://github.com/RoutingKit/RoutingKit, ``contraction_hierarchy.cpp``).
    """
    added_hops, removed_hops = 0, 0
    for i in range(pairs):
        added_hops += hops[into.arc[memory.into_at[i]]] + hops[out.arc[memory.out_at[i]]]
    for at in range(out.start[node], out.start[node] + out.size[node]):
        removed_hops += hops[out.arc[at]]
    for at in range(into.start[node], into.start[node] + into.size[node]):
        removed_hops += hops[into.arc[at]]
    removed = out.size[node] + into.size[node]
    if removed == 0:
        return 1000 * level
    return int(1000 * level + 1000 * pairs // removed + 1000 * added_hops // removed_hops)


@compiled
def first_importance(out: Side, into: Side, hops: I32, nodes: I32, value: I64) -> None:
    """Importance of some nodes before the first contraction, filled into `value`."""
    memory = scratch(len(out.start))
    for node in nodes:
        pairs, memory = needed(out, into, node, memory)
        value[node] = importance(out, into, hops, 0, node, pairs, memory)


@compiled
def contract(out: Side, into: Side, arcs: int, value: I64) -> tuple[I32, Side, Side, Shortcuts, int]:
    """Contract all nodes, the least important one first; `arcs` is the number of edges, `value` the importance so far.

    Importance is brought up to date when a node's turn comes: it hardly ever falls, so what was found before is a
    lower bound in most cases.

    Returns
    -------
    tuple
        Nodes in the order of contraction, their arcs out and in to nodes of higher rank, shortcuts, and the number of
        edges and shortcuts.
    """
    node_count = len(value)
    length = 2 * arcs + 64
    parts = Shortcuts(np.ones(length, np.int32), np.empty(length, np.int32), np.empty(length, np.int32))
    level = np.zeros(node_count, dtype=np.int32)
    order = np.empty(node_count, dtype=np.int32)
    memory = scratch(node_count)
    keys, items = np.empty(node_count + 1, dtype=np.int64), np.empty(node_count + 1, dtype=np.int32)
    heaped = 0
    for node in range(node_count):
        heaped = push(keys, items, heaped, value[node], node)
    contracted = 0
    while heaped > 0:
        _, node, heaped = pop(keys, items, heaped)
        pairs, memory = needed(out, into, node, memory)
        now = importance(out, into, parts.hops, level[node], node, pairs, memory)
        if heaped > 0 and now > keys[0]:
            heaped = push(keys, items, heaped, now, node)
            continue
        # Shortcuts.
        if arcs + pairs > len(parts.first):
            length = 2 * len(parts.first) + pairs
            longer = Shortcuts(np.ones(length, np.int32), np.empty(length, np.int32), np.empty(length, np.int32))
            longer.hops[:arcs] = parts.hops[:arcs]
            longer.first[:arcs], longer.second[:arcs] = parts.first[:arcs], parts.second[:arcs]
            parts = longer
        for i in range(pairs):
            entry, at = memory.into_at[i], memory.out_at[i]
            source, target = into.end[entry], out.end[at]
            new = into.cost[entry] + out.cost[at]
            # A search that gave up early may have missed that there is a lighter arc.
            old = find(out, source, target)
            if old >= 0 and out.cost[old] <= new:
                continue
            parts.first[arcs], parts.second[arcs] = into.arc[entry], out.arc[at]
            parts.hops[arcs] = parts.hops[into.arc[entry]] + parts.hops[out.arc[at]]
            out = put(out, source, target, new, arcs)
            into = put(into, target, source, new, arcs)
            arcs += 1
        # The node goes; its neighbours have become more important.
        order[contracted] = node
        contracted += 1
        for at in range(out.start[node], out.start[node] + out.size[node]):
            remove(into, out.end[at], node)
            level[out.end[at]] = max(level[out.end[at]], level[node] + 1)
        for at in range(into.start[node], into.start[node] + into.size[node]):
            remove(out, into.end[at], node)
            level[into.end[at]] = max(level[into.end[at]], level[node] + 1)
    return order, out, into, parts, arcs


@compiled
def ranked(order: I32, rank: I32, lists: Side) -> tuple[I64, I32, I64, I32]:
    """Lists of the nodes in the order of rank, one behind the other; ends are ranks, too."""
    first = np.zeros(len(order) + 1, dtype=np.int64)
    for at in range(len(order)):
        first[at + 1] = first[at] + lists.size[order[at]]
    end, cost = np.empty(first[-1], dtype=np.int32), np.empty(first[-1], dtype=np.int64)
    arc = np.empty(first[-1], dtype=np.int32)
    for at in range(len(order)):
        start, filled = lists.start[order[at]], first[at]
        for entry in range(start, start + lists.size[order[at]]):
            end[filled], cost[filled], arc[filled] = rank[lists.end[entry]], lists.cost[entry], lists.arc[entry]
            filled += 1
    return first, end, cost, arc
