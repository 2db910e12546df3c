"""Ways on the network of one profile at one time of the day: between many places, or one with its line."""

from __future__ import annotations

import numpy as np

from geo.paths.hierarchy import Hierarchy
from geo.paths.matrix import many_to_many
from geo.paths.ways import way
from geo.roads.hang import PieceEdges
from geo.roads.network import I32, I64, RoadNetwork
from geo.roads.snap import RoadIndex, Snapped
from geo.roads.way import Way, way_of


class RoadRouter:
    """Shortest ways by time, of equally fast ones the shortest.

    Parameters
    ----------
    network : RoadNetwork
    hierarchy : Hierarchy
        Of the network with `travel_ms`.
    travel_ms : int32, (edges,), optional
        Times of the edges; those of free flow where left out.
    index : RoadIndex, optional
        Of the network, where there is one already.
    workers : int
        Threads.
    """

    def __init__(
        self,
        network: RoadNetwork,
        hierarchy: Hierarchy,
        *,
        travel_ms: I32 | None = None,
        index: RoadIndex | None = None,
        workers: int = 2,
    ) -> None:
        self.network = network
        self.index = RoadIndex(network) if index is None else index
        self._hierarchy = hierarchy
        self._travel_ms = network.travel_ms if travel_ms is None else travel_ms
        self._edges = PieceEdges(network, self._travel_ms)
        self._workers = workers

    def weights(self, places: Snapped) -> I64:
        """Weights of ways (see :mod:`geo.roads.network`) between places of different positions, -1 without a way."""
        return self.added_weights(places, held=0)[0]

    def added_weights(self, places: Snapped, *, held: int) -> tuple[I64, I64]:
        """Weights of ways from the places behind the first `held` ones to all, and from the first ones to those.

        Returns
        -------
        int64, (places - held, places) and (held, places - held)
            As in :meth:`weights`.
        """
        links = self._edges.hang(places).links
        old, new = np.arange(held), np.arange(held, len(places))
        rows = many_to_many(self._hierarchy, links, sources=new, workers=self._workers)
        return rows, many_to_many(self._hierarchy, links, sources=old, targets=new, workers=self._workers)

    def way(self, ends: Snapped) -> Way | None:
        """The way from the first to the second of two places; None where there is none."""
        hanging = self._edges.hang(ends)
        same = ends.position[0] == ends.position[1]
        path = way(self._hierarchy, hanging.links, 0, 0 if same else 1)
        if path.weight < 0:
            return None
        return way_of(self.network, self._travel_ms, hanging, ends, path)
