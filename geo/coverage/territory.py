"""Territories: the land that belongs to each centre, cut along the nearest junction or ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPoint
from shapely.geometry.base import BaseGeometry

from dispatch.errors import reject
from geo.coverage.plane import Plane
from geo.paths.graph import Graph
from geo.paths.links import Links
from geo.paths.reach import reach

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

MARGIN_M = 500.0
"""Territories end this far outside the convex hull of their points: a yard beyond the last junction still belongs."""

UNLIMITED_MS = 2**31 - 1
"""24.8 days: farther than any road leads."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Owners:
    """The nearest of some places for each node.

    Parameters
    ----------
    owner : int64, (nodes,)
        Position in `sources`; the first of equals; -1 where no way leads from any.
    weight : int64, (nodes,)
        Weight of the way from it, -1 where there is none.
    """

    owner: I64
    weight: I64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Territory:
    """Land of one owner.

    Parameters
    ----------
    owner : int
        Position of the owner, -1 for land that belongs to nobody.
    points : int
        Different positions that it holds.
    area : shapely geometry
        Polygon or MultiPolygon of (lon, lat) WGS-84 degrees.
    """

    owner: int
    points: int
    area: BaseGeometry


def nearest_owners(graph: Graph, links: Links, sources: Sequence[int]) -> Owners:
    """The Voronoi diagram of a road network (Erwig 2000, The graph Voronoi diagram with applications, Networks 36(3),
    156-163, doi:10.1002/1097-0037(200010)36:3<156::AID-NET2>3.0.CO;2-L): who is nearest to each node by road.

    Parameters
    ----------
    graph : Graph
    links : Links
    sources : sequence of int
        Numbers of the places in `links`, at least one.

    Raises
    ------
    InputError
        ``coverage.no_centre`` without a source.
    """
    if not len(sources):
        raise reject("coverage.no_centre", "territories need at least one centre")
    far = np.iinfo(np.int64).max
    owner = np.full(graph.node_count, -1, dtype=np.int64)
    best = np.full(graph.node_count, far, dtype=np.int64)
    for position, source in enumerate(sources):
        weight = reach(graph, links, [source], limit_ms=UNLIMITED_MS)
        nearer = (weight >= 0) & (weight < best)
        owner[nearer], best[nearer] = position, weight[nearer]
    return Owners(owner=owner, weight=np.where(owner >= 0, best, -1))


def territories(lat: F64, lon: F64, owner: I64, *, weight: I64 | None = None) -> tuple[Territory, ...]:
    """Divide the land among the owners of points: each spot goes to the owner of the point that is nearest by air.

    Voronoi cells of the points, those of one owner united. The areas fill the convex hull of the points with
    `MARGIN_M` around it, and do not overlap.

    Parameters
    ----------
    lat, lon : float64, (points,)
        WGS-84 degrees, at least one point: junctions (`RoadNetwork.node_lat`) or tickets.
    owner : int64, (points,)
        Owner of each point, -1 for none.
    weight : int64, (points,), optional
        Where several points share a position, the one with the least weight decides; without it the first one.

    Returns
    -------
    tuple of Territory
        One for each owner that has a point, by number; land of nobody first.

    Raises
    ------
    InputError
        ``coverage.no_point`` without points.
    """
    if not len(lat):
        raise reject("coverage.no_point", "territories need at least one point")
    plane = Plane.of(lat, lon)
    x, y = plane.metres(lat, lon)
    rank = (
        np.zeros(len(lat), dtype=np.int64) if weight is None else np.where(weight < 0, np.iinfo(np.int64).max, weight)
    )
    order = np.lexsort((np.arange(len(lat)), rank, y, x))
    x, y, owner = x[order], y[order], owner[order]
    first = np.concatenate(([True], (np.diff(x) != 0) | (np.diff(y) != 0)))
    x, y, owner = x[first], y[first], owner[first]
    points = MultiPoint(np.column_stack((x, y)))
    frame = points.convex_hull.buffer(MARGIN_M)
    cells = _cells(points, frame)
    found = []
    for one in np.unique(owner).tolist():
        own = cells[owner == one]
        area = shapely.intersection(shapely.coverage_union_all(own), frame)
        found.append(Territory(owner=one, points=len(own), area=plane.degrees(area)))
    return tuple(found)


def _cells(points: MultiPoint, frame: BaseGeometry) -> npt.NDArray[np.object_]:
    """Voronoi cell of each point, in their order."""
    if len(points.geoms) == 1:
        return np.array([frame], dtype=np.object_)
    return np.asarray(shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame, ordered=True)))
