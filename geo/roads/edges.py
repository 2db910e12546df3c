"""Directed edges while a network is being built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.roads.chains import Pieces
from geo.roads.segments import CLOSED


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edges:
    """Directions of pieces between nodes.

    Parameters
    ----------
    tail, head : int64, (edges,)
        Nodes: indices into `site`.
    piece : int64, (edges,)
        Piece that an edge runs along.
    forward : bool, (edges,)
        Whether it runs in the direction of the piece's points.
    site : int64, (nodes,)
        Junction (node of ``Segments.origin``) at which a node stands; copies of a junction share it.
    """

    tail: npt.NDArray[np.int64]
    head: npt.NDArray[np.int64]
    piece: npt.NDArray[np.int64]
    forward: npt.NDArray[np.bool_]
    site: npt.NDArray[np.int64]

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.site)


def edges_of(pieces: Pieces) -> Edges:
    """One edge for each direction of a piece that may be driven, sorted by tail."""
    along, against = np.nonzero(pieces.forward_ms != CLOSED)[0], np.nonzero(pieces.backward_ms != CLOSED)[0]
    tail = np.concatenate((pieces.start[along], pieces.end[against]))
    head = np.concatenate((pieces.end[along], pieces.start[against]))
    site, ends = np.unique(np.concatenate((tail, head)), return_inverse=True)
    forward = np.arange(len(tail)) < len(along)
    return by_tail(
        Edges(
            tail=ends[: len(tail)], head=ends[len(tail) :], piece=np.concatenate((along, against)), forward=forward,
            site=site,
        )
    )  # fmt: skip


def by_tail(edges: Edges) -> Edges:
    """The same edges sorted by tail, then head, then piece and direction."""
    order = np.lexsort((~edges.forward, edges.piece, edges.head, edges.tail))
    return Edges(
        tail=edges.tail[order], head=edges.head[order], piece=edges.piece[order], forward=edges.forward[order],
        site=edges.site,
    )  # fmt: skip


def first_of(node: npt.NDArray[np.int64], *, nodes: int) -> npt.NDArray[np.int64]:
    """Where the edges of each node begin, of shape (nodes + 1,), in edges sorted by `node`."""
    return np.concatenate(([0], np.cumsum(np.bincount(node, minlength=nodes)))).astype(np.int64)
