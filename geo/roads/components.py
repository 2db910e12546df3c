"""What belongs together: parts of a network in which every junction can be reached from every other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.extras import need
from geo.roads.edges import Edges


def components_of(edges: Edges, *, used: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """Number of the strongly connected component of each node, by size: 0 is the largest.

    SciPy's algorithm: D. J. Pearce (2005), An improved algorithm for finding the strongly connected components of a
    directed graph, technical report, Victoria University of Wellington. Copies of a junction count as one junction and
    share the largest component of them: who is bound to one of the copies does not come back by another way.

    Parameters
    ----------
    edges : Edges
        Of one network.
    used : bool, (edges,)
        Edges that connect.
    """
    nodes = edges.nodes
    if not nodes:
        return np.zeros(0, dtype=np.int32)
    sparse, csgraph = need("scipy.sparse"), need("scipy.sparse.csgraph")
    tail, head = edges.tail[used], edges.head[used]
    graph = sparse.csr_matrix((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(nodes, nodes))
    count, label = csgraph.connected_components(graph, directed=True, connection="strong")
    by_node = _by_size(label, count)
    sites, site = np.unique(edges.site, return_inverse=True)
    best = np.full(len(sites), count, dtype=np.int32)
    np.minimum.at(best, site, by_node)
    return best[site]


def _by_size(label: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int32]:
    """Labels in the order of size; of components of one size, the one with the first node comes first."""
    first_node = np.full(count, len(label))
    np.minimum.at(first_node, label, np.arange(len(label)))
    order = np.lexsort((first_node, -np.bincount(label, minlength=count)))
    rank = np.empty(count, dtype=np.int32)
    rank[order] = np.arange(count, dtype=np.int32)
    return rank[label]
