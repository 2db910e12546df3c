"""Junctions are split into nodes so that no way through the graph takes a forbidden turn.

A copy of a junction remembers what must not come next: who arrives on an edge that begins a forbidden sequence
arrives at the copy whose out edges lack the end of it. Nothing else changes, so any shortest-path algorithm keeps the
restrictions without knowing them. (D. Villeneuve & G. Desaulniers (2005), The shortest path problem with forbidden
paths, European J. Operational Research 165(1), 97-107, doi:10.1016/j.ejor.2004.01.032, do this with an automaton of
Aho and Corasick.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.roads.edges import Edges, by_tail, first_of

_Pending = frozenset[tuple[int, ...]]
"""What is left of the forbidden sequences that an arrival has begun."""


def split_junctions(edges: Edges, forbidden: Sequence[tuple[int, ...]]) -> Edges:
    """Edges of the graph with copies of junctions.

    Parameters
    ----------
    edges : Edges
        Sorted by tail, without copies. A junction itself stays what it was for who begins there, and for who arrives
        without a restriction.
    forbidden : sequence of tuple of int
        Sequences of at least two edges.
    """
    begun: dict[int, list[tuple[int, ...]]] = {}
    for sequence in forbidden:
        begun.setdefault(sequence[0], []).append(sequence[1:])
    if not begun:
        return edges
    first = first_of(edges.tail, nodes=edges.nodes)
    heads: list[int] = edges.head.tolist()
    copies: dict[tuple[int, _Pending], int] = {}
    work: list[tuple[int, int, _Pending]] = []

    def arrive(edge: int, pending: _Pending) -> int:
        """Node at which `edge` arrives when some sequences have been followed up to its tail."""
        after = {rest[1:] for rest in pending if rest[0] == edge} | set(begun.get(edge, ()))
        if not after:
            return heads[edge]
        # The key is what is left, not how it was begun: arrivals with the same future share a copy.
        key = (heads[edge], frozenset(after))
        if key not in copies:
            copies[key] = edges.nodes + len(copies)
            work.append((copies[key], *key))
        return copies[key]

    nothing: _Pending = frozenset()
    head = edges.head.copy()
    for edge in begun:
        head[edge] = arrive(edge, nothing)
    tails: list[int] = []
    new_heads: list[int] = []
    of_edge: list[int] = []
    while work:
        node, junction, pending = work.pop()
        closed = {rest[0] for rest in pending if len(rest) == 1}
        for edge in range(int(first[junction]), int(first[junction + 1])):
            if edge not in closed:
                tails.append(node)
                new_heads.append(arrive(edge, pending))
                of_edge.append(edge)
    at = np.array(of_edge, dtype=np.int64)
    junctions = np.array([junction for junction, _ in copies], dtype=np.int64)
    return by_tail(
        Edges(
            tail=np.concatenate((edges.tail, np.array(tails, dtype=np.int64))),
            head=np.concatenate((head, np.array(new_heads, dtype=np.int64))),
            piece=np.concatenate((edges.piece, edges.piece[at])),
            forward=np.concatenate((edges.forward, edges.forward[at])),
            site=np.concatenate((edges.site, edges.site[junctions])),
        )
    )
