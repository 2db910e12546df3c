"""Compile everything once: on a fresh machine that takes some seconds, later it is read from the cache."""

from __future__ import annotations

import numpy as np

from geo.paths.graph import Graph
from geo.paths.hierarchy import Hierarchy
from geo.paths.links import Links
from geo.paths.matrix import many_to_many
from geo.paths.reach import reach
from geo.paths.ways import way


def warm() -> None:
    """Find all ways on a graph of three nodes."""
    tail, head = np.array([0, 1, 1, 2], dtype=np.int32), np.array([1, 0, 2, 1], dtype=np.int32)
    weight, first = np.ones(4, dtype=np.int64), np.arange(4, dtype=np.int64)
    node, zero, none = np.arange(3, dtype=np.int32), np.zeros(3, dtype=np.int64), np.empty(0, dtype=np.int64)
    links = Links(
        out_first=first, out_node=node, out_weight=zero, in_first=first, in_node=node, in_weight=zero,
        direct_from=none, direct_to=none, direct_weight=none,
    )  # fmt: skip
    hierarchy = Hierarchy.build(3, tail, head, weight)
    many_to_many(hierarchy, links)
    way(hierarchy, links, 0, 2)
    reach(Graph.of(3, tail, head, weight), links, [0], limit_ms=1, towards=True)
