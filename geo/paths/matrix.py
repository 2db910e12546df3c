"""Weights of shortest ways between many places: sweeps through the part of a hierarchy that the places can reach.

The search goes upwards from a few places at once, then downwards to all others, node by node in the order of rank,
without any queue: RPHAST (Delling, Goldberg & Werneck 2011, "Faster Batched Shortest Paths in Road Networks",
doi:10.4230/OASIcs.ATMOS.2011.52). What lies above the targets is collected once, in one small graph of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from geo.compiled import compiled
from geo.paths.hierarchy import Hierarchy
from geo.paths.links import FAR, I32, I64, Links, check_links, chosen, fixed

LANES = 16
"""Places searched from at once: numbers that lie side by side are handled by one vector instruction; measured."""


def many_to_many(
    hierarchy: Hierarchy,
    links: Links,
    *,
    sources: Sequence[int] | I64 | None = None,
    targets: Sequence[int] | I64 | None = None,
    workers: int = 2,
) -> I64:
    """Weights of the shortest ways from some places to some places.

    Parameters
    ----------
    hierarchy : Hierarchy
    links : Links
    sources, targets : sequence of int, optional
        Numbers of places, in any order, also more than once; all places where left out.
    workers : int
        Threads; the result is the same for any number.

    Returns
    -------
    int64, (sources, targets)
        Exact weights; -1 where there is no way, 0 from a place to itself.

    Raises
    ------
    InputError
        ``links.place`` for an unknown place, ``links.node`` and ``links.weight`` for links that do not fit the graph.
    """
    everyone = fixed(np.arange(len(links)), np.int64)
    rows = everyone if sources is None else chosen(links, sources)
    columns = everyone if targets is None else chosen(links, targets)
    check_links(links, hierarchy.node_count)
    h = hierarchy
    up, down = (h.up_first, h.up_head, h.up_weight), (h.down_first, h.down_tail, h.down_weight)
    out = (links.out_first, fixed(h.rank[links.out_node], np.int32), links.out_weight)
    into = (links.in_first, fixed(h.rank[links.in_node], np.int32), links.in_weight)
    if len(rows) <= len(columns):
        result = _batches(h, up, down, out, into, rows, columns, workers)
    else:  # the same on the graph turned round: fewer batches
        result = np.ascontiguousarray(_batches(h, down, up, into, out, columns, rows, workers).T)
    _finish(result, rows, columns, len(links), links.direct_from, links.direct_to, links.direct_weight)
    return result


def _batches(
    hierarchy: Hierarchy,
    climb: tuple[I64, I32, I64],
    descend: tuple[I64, I32, I64],
    start: tuple[I64, I32, I64],
    goal: tuple[I64, I32, I64],
    rows: I64,
    columns: I64,
    workers: int,
) -> I64:
    """Weights from `rows` by `start` links to `columns` by `goal` links, `FAR` without a way."""
    result = np.full((len(rows), len(columns)), FAR, dtype=np.int64)
    if not result.size:
        return result
    number, part_first, part_end, part_cost = _selection(*descend, *goal, columns)
    # Places near each other climb by the same nodes. Those without a link come last; they give nothing to do.
    first = start[0][rows]
    linked = first < start[0][rows + 1]
    key = np.full(len(rows), hierarchy.node_count, dtype=np.int64)
    key[linked] = hierarchy.family[start[1][first[linked]]]
    order = np.argsort(key, kind="stable")[: int(linked.sum())]
    batches = [order[at : at + LANES] for at in range(0, len(order), LANES)]
    threads = max(1, min(workers, len(batches)))

    def work(thread: int) -> None:
        for batch in batches[thread::threads]:
            _sweep(
                *climb, *start, number, part_first, part_end, part_cost, *goal, rows, columns, batch, result
            )  # fmt: skip

    if threads == 1:
        work(0)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))
    return result


@compiled
def _selection(
    first: I64, end: I32, cost: I64, link_first: I64, link_node: I32, link_cost: I64, places: I64
) -> tuple[I32, I64, I32, I64]:
    """The part of a hierarchy above some places: number of each node in it (-1 outside), and arcs from above.

    Numbers fall with the rank, so that arcs lead from lower numbers to higher ones.
    """
    number = np.full(len(first) - 1, -1, dtype=np.int32)
    found = np.empty(len(first) - 1, dtype=np.int32)
    count = 0
    for place in places:
        for link in range(link_first[place], link_first[place + 1]):
            if number[link_node[link]] < 0:
                number[link_node[link]] = 0
                found[count] = link_node[link]
                count += 1
    looked, arcs = 0, 0
    while looked < count:
        node = found[looked]
        looked += 1
        arcs += first[node + 1] - first[node]
        for at in range(first[node], first[node + 1]):
            if number[end[at]] < 0:
                number[end[at]] = 0
                found[count] = end[at]
                count += 1
    found = np.sort(found[:count])[::-1]
    part_first = np.empty(count + 1, dtype=np.int64)
    part_end, part_cost = np.empty(arcs, dtype=np.int32), np.empty(arcs, dtype=np.int64)
    part_first[0] = 0
    filled = 0
    for i in range(count):
        node = found[i]
        number[node] = i
        for at in range(first[node], first[node + 1]):
            part_end[filled], part_cost[filled] = number[end[at]], cost[at]
            filled += 1
        part_first[i + 1] = filled
    return number, part_first, part_end, part_cost


@compiled
def _sweep(
    up_first: I64, up_end: I32, up_cost: I64, out_first: I64, out_node: I32, out_cost: I64,
    number: I32, part_first: I64, part_end: I32, part_cost: I64, in_first: I64, in_node: I32, in_cost: I64,
    rows: I64, columns: I64, batch: I64, result: I64,
) -> None:  # fmt: skip
    """Fill the rows of a batch."""
    # What lies above the batch.
    seen = np.full(len(up_first) - 1, -1, dtype=np.int32)
    found = np.empty(64, dtype=np.int32)
    count = 0
    for row in batch:
        for link in range(out_first[rows[row]], out_first[rows[row] + 1]):
            if seen[out_node[link]] < 0:
                seen[out_node[link]] = 0
                if count == len(found):
                    found = np.concatenate((found, found))
                found[count] = out_node[link]
                count += 1
    looked = 0
    while looked < count:
        node = found[looked]
        looked += 1
        for at in range(up_first[node], up_first[node + 1]):
            if seen[up_end[at]] < 0:
                seen[up_end[at]] = 0
                if count == len(found):
                    found = np.concatenate((found, found))
                found[count] = up_end[at]
                count += 1
    found = np.sort(found[:count])
    for i in range(count):
        seen[found[i]] = i
    # Upwards.
    climbed = np.full((count, LANES), FAR, dtype=np.int64)
    for lane in range(len(batch)):
        for link in range(out_first[rows[batch[lane]]], out_first[rows[batch[lane]] + 1]):
            node = seen[out_node[link]]
            climbed[node, lane] = min(climbed[node, lane], out_cost[link])
    for i in range(count):
        for at in range(up_first[found[i]], up_first[found[i] + 1]):
            other, cost = seen[up_end[at]], up_cost[at]
            for lane in range(LANES):
                climbed[other, lane] = min(climbed[other, lane], climbed[i, lane] + cost)
    # Downwards.
    size = len(part_first) - 1
    best = np.full((size, LANES), FAR, dtype=np.int64)
    for i in range(count):
        if number[found[i]] >= 0:
            best[number[found[i]]] = climbed[i]
    for i in range(size):
        for at in range(part_first[i], part_first[i + 1]):
            other, cost = part_end[at], part_cost[at]
            for lane in range(LANES):
                best[i, lane] = min(best[i, lane], best[other, lane] + cost)
    # To the places.
    for column in range(len(columns)):
        for link in range(in_first[columns[column]], in_first[columns[column] + 1]):
            node, cost = number[in_node[link]], in_cost[link]
            for lane in range(len(batch)):
                new = best[node, lane] + cost
                if new < result[batch[lane], column]:
                    result[batch[lane], column] = new


@compiled
def _finish(
    result: I64, rows: I64, columns: I64, place_count: int, direct_from: I64, direct_to: I64, direct_weight: I64
) -> None:
    """Ways that touch no node, 0 from a place to itself, -1 for no way."""
    first_column = np.full(place_count, -1, dtype=np.int64)
    next_column = np.empty(len(columns), dtype=np.int64)
    for column in range(len(columns) - 1, -1, -1):
        next_column[column] = first_column[columns[column]]
        first_column[columns[column]] = column
    first_row = np.full(place_count, -1, dtype=np.int64)
    next_row = np.empty(len(rows), dtype=np.int64)
    for row in range(len(rows) - 1, -1, -1):
        next_row[row] = first_row[rows[row]]
        first_row[rows[row]] = row
        column = first_column[rows[row]]
        while column >= 0:
            result[row, column] = 0
            column = next_column[column]
    for entry in range(len(direct_from)):
        row = first_row[direct_from[entry]]
        while row >= 0:
            column = first_column[direct_to[entry]]
            while column >= 0:
                result[row, column] = min(result[row, column], direct_weight[entry])
                column = next_column[column]
            row = next_row[row]
    for row in range(len(rows)):
        for column in range(len(columns)):
            if result[row, column] >= FAR:
                result[row, column] = -1
