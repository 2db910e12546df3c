"""The response-time surface: how long the nearest centre drives to each cell of a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry import MultiPoint, Polygon

from dispatch.errors import reject
from geo.coverage.grids import Grid
from geo.coverage.plane import Plane
from geo.coverage.stretches import RoadPoints, every_piece, piece_travel_ms, points_along
from geo.roads.network import METRE_BITS, RoadNetwork

F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

NO_ROAD = -1
"""Stands in `Surface.seconds` for a cell without a road."""
NO_WAY = -2
"""Stands there for a cell with roads, to none of which a way leads from any centre within the search's limit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """Seconds from the nearest centre, by cell.

    Parameters
    ----------
    grid : Grid
    cells : int64, (cells,)
        Numbers of the cells, ascending.
    seconds : int32, (cells,)
        Median over the reached points along the cell's roads (the lower of two middles); `NO_ROAD` or `NO_WAY`.
    worst_s : int32, (cells,)
        The farthest of them, with the same marks.
    """

    grid: Grid
    cells: I64
    seconds: I32
    worst_s: I32


def surface(network: RoadNetwork, weight: I64, starts: RoadPoints, grid: Grid) -> Surface:
    """Drive times of the points along all roads, gathered by cell.

    Points are taken at both ends of each piece, at its bends, and at most ``grid.step_m`` apart. Cells: all in the
    convex hull of the junctions, and those beyond it that hold a road.

    Parameters
    ----------
    network : RoadNetwork
    weight : int64, (nodes,)
        :func:`geo.paths.reach.reach` from all centres together; -1 where no way leads.
    starts : RoadPoints
        Where the ways begin, at least one.
    grid : Grid

    Raises
    ------
    InputError
        ``coverage.no_start``, or ``coverage.cells`` when the grid is too fine for the area.
    """
    if not len(starts.piece):
        raise reject("coverage.no_start", "a surface needs a start on a road")
    plane = Plane.of(network.point_lat, network.point_lon)
    x, y = plane.metres(network.point_lat, network.point_lon)
    stretches = every_piece(network)
    row, fraction, east, north = points_along(stretches, network.first_point, x, y, step_m=grid.step_m)
    travel_ms = travel_to(network, weight, starts, stretches.piece[row], fraction)

    # Bends lie close together: one point for each piece and cell-sized step is enough for a median of a cell.
    keep = _thinned(stretches.piece[row], fraction, east, north, grid.step_m)
    cell = grid.cells_of(plane.lat + north[keep] / plane.north_m, plane.lon + east[keep] / plane.east_m)
    road_cells, median, worst = _by_cell(cell, travel_ms[keep])
    land = MultiPoint(np.column_stack((network.node_lon, network.node_lat))).convex_hull
    inside = grid.cells_in(land) if isinstance(land, Polygon) else road_cells
    cells = np.union1d(road_cells, inside)
    seconds, worst_s = (np.full(len(cells), NO_ROAD, dtype=np.int32) for _ in range(2))
    at = np.searchsorted(cells, road_cells)
    seconds[at], worst_s[at] = median, worst
    return Surface(grid=grid, cells=cells, seconds=seconds, worst_s=worst_s)


def travel_to(network: RoadNetwork, weight: I64, starts: RoadPoints, piece: I32, fraction: F64) -> F64:
    """Milliseconds from the nearest start to points on pieces; infinite where no way leads.

    A point is reached over the first or the last node of its piece, as far as edges lead there, or straight from a
    start on the same piece.
    """
    pieces = len(network.first_point) - 1
    since = np.where(weight >= 0, weight >> METRE_BITS, np.inf)
    best = np.full(len(piece), np.inf)
    for direction in (1, 0):
        edges = np.nonzero(network.forward == direction)[0]
        entered, whole, at_end = np.full(pieces, np.inf), np.zeros(pieces), np.full(pieces, np.inf)
        np.minimum.at(entered, network.piece[edges], since[network.tail[edges]])
        np.minimum.at(at_end, network.piece[edges], since[network.head[edges]])
        whole[network.piece[edges]] = network.travel_ms[edges]
        driven = fraction if direction else 1 - fraction
        best = np.minimum(best, entered[piece] + driven * whole[piece])
        # The end of a one-way street is a junction, to which other streets may lead sooner.
        best = np.where(driven >= 1, np.minimum(best, at_end[piece]), best)
        lasts = piece_travel_ms(network, starts.piece, direction=direction)
        for own, begin, last in zip(starts.piece.tolist(), starts.fraction.tolist(), lasts.tolist(), strict=True):
            ahead = fraction - begin if direction else begin - fraction
            here = np.nonzero((piece == own) & (ahead >= 0))[0] if np.isfinite(last) else []
            best[here] = np.minimum(best[here], ahead[here] * last)
    return best


def _thinned(piece: I32, fraction: F64, x: F64, y: F64, step_m: float) -> I64:
    """One point for each piece and square of `step_m`."""
    column, row = np.floor(x / step_m).astype(np.int64), np.floor(y / step_m).astype(np.int64)
    order = np.lexsort((fraction, row, column, piece))
    key = np.column_stack((piece[order], column[order], row[order]))
    first = np.concatenate(([True], (np.diff(key, axis=0) != 0).any(axis=1)))
    return np.sort(order[first])


def _by_cell(cell: I64, travel_ms: F64) -> tuple[I64, I32, I32]:
    """Cells that occur, ascending, with the lower median and the maximum of their finite times in seconds."""
    order = np.lexsort((travel_ms, cell))
    cell, travel_ms = cell[order], travel_ms[order]
    cells, first = np.unique(cell, return_index=True)
    finite = np.add.reduceat(np.isfinite(travel_ms).astype(np.int64), first)
    reached = finite > 0
    seconds = np.where(np.isfinite(travel_ms), np.rint(travel_ms / 1000), 0).astype(np.int32)
    median = np.where(reached, seconds[first + np.maximum(finite - 1, 0) // 2], NO_WAY).astype(np.int32)
    worst = np.where(reached, seconds[first + np.maximum(finite - 1, 0)], NO_WAY).astype(np.int32)
    return cells, median, worst
