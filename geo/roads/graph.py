"""The road network as a graph of networkx, for whoever wants to look into it or compute something of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.extras import need
from geo.roads.network import RoadNetwork

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(network: RoadNetwork) -> nx.MultiDiGraph[int]:
    """The same nodes and edges as a directed multigraph.

    Shortest paths by ``weight="travel_s"`` keep one-ways, turn restrictions and visitors' roads: what a vehicle must
    not do has no edges. Time and memory grow with the network: about 100,000 edges a second, 2 KB an edge.

    Parameters
    ----------
    network : RoadNetwork
        From :func:`geo.roads.build.build_network`.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes 0, 1, … with ``lat``, ``lon``, ``osm`` (number in OpenStreetMap) and ``component``. The key of an edge is
        its number in `network`; its attributes are ``travel_s`` (float), ``length_m`` (float), ``street``,
        ``road_class`` and ``geometry``, a shapely LineString of (lon, lat) in the direction of the edge.

    Raises
    ------
    UnavailableError
        ``extra.missing`` when networkx or shapely is not installed.
    """
    networkx, shapely = need("networkx"), need("shapely")
    graph: nx.MultiDiGraph[int] = networkx.MultiDiGraph(source=network.source, profile=network.profile)
    nodes = zip(
        network.node_lat.tolist(),
        network.node_lon.tolist(),
        network.node_osm.tolist(),
        network.component.tolist(),
        strict=True,
    )
    graph.add_nodes_from(
        (node, {"lat": lat, "lon": lon, "osm": osm, "component": component})
        for node, (lat, lon, osm, component) in enumerate(nodes)
    )
    lines = _lines(network, shapely)
    edges = zip(
        network.tail.tolist(),
        network.head.tolist(),
        network.travel_ms.tolist(),
        network.length_dm.tolist(),
        network.piece.tolist(),
        network.forward.tolist(),
        strict=True,
    )
    for edge, (tail, head, travel_ms, length_dm, piece, forward) in enumerate(edges):
        graph.add_edge(
            tail, head, key=edge, travel_s=travel_ms / 1000, length_m=length_dm / 10,
            street=network.streets[network.street[piece]], road_class=network.classes[network.road_class[piece]],
            geometry=lines[piece] if forward else lines[piece].reverse(),
        )  # fmt: skip
    return graph


def _lines(network: RoadNetwork, shapely: Any) -> list[Any]:
    """Line of each piece."""
    piece = np.repeat(np.arange(len(network.road_class)), np.diff(network.first_point))
    points = np.column_stack((network.point_lon, network.point_lat))
    made: list[Any] = shapely.linestrings(points, indices=piece).tolist()
    return made
