"""What a road network holds, and what is cut off in it: numbers for people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.roads.network import RoadNetwork
from geo.roads.snap import piece_lengths_dm


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkCounts:
    """Counts of a network.

    Parameters
    ----------
    junctions, nodes : int
        Different junctions of the map, and nodes of the graph, where some junctions are split into copies.
    edges, pieces, streets : int
        Directed edges, lines of road between junctions, names of streets.
    length_m, cut_off_m : int
        Length of all pieces, and of those that the main component does not hold.
    cut_off_parts : int
        Components besides the main one.
    """

    junctions: int
    nodes: int
    edges: int
    pieces: int
    streets: int
    length_m: int
    cut_off_m: int
    cut_off_parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCounts:
    """Pieces of one road class."""

    road_class: str
    pieces: int
    length_m: int
    cut_off_m: int


def network_counts(network: RoadNetwork) -> NetworkCounts:
    """Counts over all classes."""
    rows = class_rows(network)
    return NetworkCounts(
        junctions=len(np.unique(network.node_osm)),
        nodes=len(network.node_osm),
        edges=len(network.tail),
        pieces=len(network.road_class),
        streets=sum(1 for name in network.streets if name),
        length_m=sum(row.length_m for row in rows),
        cut_off_m=sum(row.cut_off_m for row in rows),
        cut_off_parts=len(np.unique(network.component[network.component > 0])),
    )


def class_rows(network: RoadNetwork) -> tuple[ClassCounts, ...]:
    """Counts by class, the longest class first."""
    main = (network.component[network.tail] == 0) & (network.component[network.head] == 0)
    cut_off = np.ones(len(network.road_class), dtype=np.bool_)
    cut_off[network.piece[main]] = False
    length_m = piece_lengths_dm(network) / 10
    rows = [
        ClassCounts(
            road_class=name,
            pieces=int((network.road_class == number).sum()),
            length_m=round(float(length_m[network.road_class == number].sum())),
            cut_off_m=round(float(length_m[(network.road_class == number) & cut_off].sum())),
        )
        for number, name in enumerate(network.classes)
    ]
    return tuple(sorted((row for row in rows if row.pieces), key=lambda row: (-row.length_m, row.road_class)))
