"""The area within a drive time: roads that are reached, and the land along them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.ndimage import maximum_filter, minimum_filter
from shapely.geometry.base import BaseGeometry

from dispatch.errors import reject
from geo.coverage.outline import outline
from geo.coverage.plane import Plane
from geo.coverage.stretches import RoadPoints, Stretches, points_along, reached
from geo.roads.network import METRE_BITS, RoadNetwork
from geo.roads.snap import piece_lengths_dm

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

CELL_M = 50.0
"""Cells of the raster: half a usual city block, so that a street is told from the next one."""

MAX_CELLS = 4_000_000
"""Above this the cells grow: a raster of 2,000 by 2,000 is as much detail as a map shows, and costs 4 MB."""

CLOSE_CELLS = 2
"""Land between reached roads less than about twice this many cells apart counts as reached: yards, not parks."""

SIMPLIFY_CELLS = 0.5
"""How far the outline may move when corners are left out, in cells; it was moved out by one cell before."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Isochrone:
    """The area within a drive time.

    Parameters
    ----------
    limit_s : int
        Drive time.
    area : shapely geometry
        Polygon or MultiPolygon of (lon, lat) WGS-84 degrees, valid, possibly with holes.
    nodes : int
        Junctions reached.
    road_m : int
        Length of the roads reached, each counted once.
    cell_m : float
        Cells used. Every reached point of a road lies in the area, and every point of the area within
        :func:`farthest_m` of one.
    """

    limit_s: int
    area: BaseGeometry
    nodes: int
    road_m: int
    cell_m: float


def farthest_m(cell_m: float) -> float:
    """How far a point of an isochrone can be from a reached road: closing, growing and simplifying together."""
    return cell_m * (math.sqrt(2) * (CLOSE_CELLS + 2) + SIMPLIFY_CELLS)


def isochrone(
    network: RoadNetwork, weight: I64, starts: RoadPoints, *, limit_s: int, cell_m: float = CELL_M
) -> Isochrone:
    """Draw the land along the roads that are reached within a time.

    Reached roads, partly reached ones up to the point where the time ends, are drawn into a raster; gaps between
    them are closed by `CLOSE_CELLS` (morphological closing: Serra 1982, Image Analysis and Mathematical Morphology),
    the result grows by one cell, is traced, and loses needless corners (Douglas & Peucker 1973,
    doi:10.3138/FM57-6770-U75U-7727, kept free of crossings). A raster costs the same for ten roads and for ten
    thousand, keeps holes, and gives two bounds that a hull does not: nothing reached is outside, and nothing inside
    is far from a reached road.

    Parameters
    ----------
    network : RoadNetwork
    weight : int64, (nodes,)
        :func:`geo.paths.reach.reach` from the start or starts, with this limit or a greater one.
    starts : RoadPoints
        Where the ways begin, at least one.
    limit_s : int
        At least 0.
    cell_m : float
        1 or more; grows where the raster would have more than `MAX_CELLS`.

    Raises
    ------
    InputError
        ``coverage.limit``, ``coverage.cell`` or ``coverage.no_start``.
    """
    if limit_s < 0:
        raise reject("coverage.limit", "a drive time must not be negative", field="limit_s", value=limit_s)
    if not (math.isfinite(cell_m) and cell_m >= 1):
        raise reject("coverage.cell", "cells must be 1 m or more", field="cell_m", value=cell_m)
    if not len(starts.piece):
        raise reject("coverage.no_start", "an isochrone needs a start on a road")
    stretches = reached(network, weight, limit_ms=limit_s * 1000, starts=starts)
    plane = Plane.of(network.point_lat, network.point_lon)
    x, y = plane.metres(network.point_lat, network.point_lon)
    samples = points_along(stretches, network.first_point, x, y, step_m=cell_m / 2)
    area, used_m = _area(samples[2], samples[3], cell_m)
    return Isochrone(
        limit_s=limit_s,
        area=plane.degrees(area),
        nodes=int(((weight >= 0) & (weight >> METRE_BITS <= limit_s * 1000)).sum()),
        road_m=_length_m(network, stretches),
        cell_m=used_m,
    )


def isochrones(
    network: RoadNetwork, weight: I64, starts: RoadPoints, *, limits_s: Sequence[int], cell_m: float = CELL_M
) -> tuple[Isochrone, ...]:
    """Several limits out of one search, in the order given: see :func:`isochrone`."""
    return tuple(isochrone(network, weight, starts, limit_s=limit_s, cell_m=cell_m) for limit_s in limits_s)


def _area(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], cell_m: float) -> tuple[BaseGeometry, float]:
    """Polygons around points, in their metres, and the size of the cells."""
    margin = CLOSE_CELLS + 2
    width_m, height_m = float(np.ptp(x)), float(np.ptp(y))
    cell_m = max(cell_m, math.sqrt(width_m * height_m / MAX_CELLS), max(width_m, height_m) / MAX_CELLS)
    # Multiples of the cell: areas of several limits lie on one raster, and the smaller one inside the larger.
    left, bottom = (math.floor(float(one.min()) / cell_m - margin) * cell_m for one in (x, y))
    columns, rows = ((x - left) / cell_m).astype(np.int64), ((y - bottom) / cell_m).astype(np.int64)
    raster = np.zeros((int(rows.max()) + margin + 1, int(columns.max()) + margin + 1), dtype=np.uint8)
    raster[rows, columns] = 1
    raster = maximum_filter(raster, size=2 * CLOSE_CELLS + 1, mode="constant")
    raster = minimum_filter(raster, size=2 * CLOSE_CELLS + 1, mode="constant")
    raster = maximum_filter(raster, size=3, mode="constant")
    traced = shapely.transform(outline(raster), lambda cells: cells * cell_m + (left, bottom))
    return shapely.simplify(traced, SIMPLIFY_CELLS * cell_m, preserve_topology=True), cell_m


def _length_m(network: RoadNetwork, stretches: Stretches) -> int:
    """Length of stretches, with overlaps of one piece counted once."""
    order = np.lexsort((stretches.begin, stretches.piece))
    piece, begin, end = stretches.piece[order], stretches.begin[order], stretches.end[order]
    # Piece numbers and shares on one line: stretch by stretch, what lies behind the farthest end so far is new.
    farthest = np.maximum.accumulate(piece + end)
    before = np.concatenate((np.zeros(min(1, len(piece))), farthest[:-1]))
    share = np.maximum(0.0, piece + end - np.maximum(piece + begin, before))
    return round(float((share * piece_lengths_dm(network)[piece]).sum()) / 10)
