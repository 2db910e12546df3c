"""Roads for visitors only: a way may begin and end there, and not lead through.

Such roads (``destination``, ``private``, ``customers``, driveways, ...) are in the graph twice: in one layer they lead
out to the public roads, in the other in from them. No edge leads from the second layer back, so a shortest way uses
visitors' roads at its two ends only, and an algorithm needs to know nothing of it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.roads.components import components_of
from geo.roads.edges import Edges, by_tail


def public_and_visitors(
    edges: Edges, *, private: npt.NDArray[np.bool_], component: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Sort the edges of the main component: those that all traffic may use, and those for visitors only.

    A public road that can't be reached without a visitors' road counts as one, too: nobody passes there anyway, and
    its places would be cut off otherwise. Outside of the main component an edge is neither, and nothing is layered.

    Parameters
    ----------
    edges : Edges
        Of all roads.
    private : bool, (pieces,)
        Pieces for visitors only.
    component : int32, (nodes,)
        Of the network with visitors' roads.

    Returns
    -------
    public, visitors : bool, (edges,)
        Never both.
    """
    main = (component[edges.tail] == 0) & (component[edges.head] == 0)
    public = main & ~private[edges.piece]
    if not public.any():
        return public, np.zeros(len(edges.tail), dtype=np.bool_)
    reached = components_of(edges, used=public)
    public &= (reached[edges.tail] == 0) & (reached[edges.head] == 0)
    return public, main & ~public


def without_through_traffic(
    edges: Edges, *, public: npt.NDArray[np.bool_], visitors: npt.NDArray[np.bool_]
) -> tuple[Edges, npt.NDArray[np.int64]]:
    """Put visitors' roads into layers.

    Parameters
    ----------
    edges : Edges
        Of all roads.
    public, visitors : bool, (edges,)
        From :func:`public_and_visitors`.

    Returns
    -------
    Edges
        With a copy of each visitors' edge, and of the nodes where layers meet.
    int64, (nodes,)
        Node of `edges` that each node stands for.
    """
    if not visitors.any():
        return edges, np.arange(edges.nodes, dtype=np.int64)
    sites, site = np.unique(edges.site, return_inverse=True)
    open_site = np.zeros(len(sites), dtype=np.bool_)
    for ends in (edges.tail, edges.head):
        open_site[site[ends[public]]] = True
    is_open = open_site[site]

    tail, head = edges.tail[visitors], edges.head[visitors]
    # Where a visitors' road leaves a public junction on the way out, nobody can have arrived: a node without a way in.
    sources, source = np.unique(tail[is_open[tail]], return_inverse=True)
    out_tail = tail.copy()
    out_tail[is_open[tail]] = edges.nodes + source
    # On the way in, every node of a visitors' road is another one than on the way out, and none leads to the public.
    inner = np.unique(np.concatenate((head, tail[~is_open[tail]])))
    shift = edges.nodes + len(sources)
    in_head = shift + np.searchsorted(inner, head)
    in_tail = np.where(is_open[tail], tail, shift + np.minimum(np.searchsorted(inner, tail), len(inner) - 1))

    stands_for = np.concatenate((np.arange(edges.nodes, dtype=np.int64), sources, inner))
    layered = Edges(
        tail=np.concatenate((edges.tail[~visitors], out_tail, in_tail)),
        head=np.concatenate((edges.head[~visitors], head, in_head)),
        piece=np.concatenate((edges.piece[~visitors], edges.piece[visitors], edges.piece[visitors])),
        forward=np.concatenate((edges.forward[~visitors], edges.forward[visitors], edges.forward[visitors])),
        site=edges.site[stands_for],
    )
    return by_tail(layered), stands_for
