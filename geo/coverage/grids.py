"""Grids that divide the land into cells: H3 hexagons, or squares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import h3
import h3.api.basic_int as h3_int
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Polygon

from dispatch.errors import reject
from geo.coverage.plane import Plane

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Polygons = npt.NDArray[np.object_]

MAX_GRID_CELLS = 500_000
"""More than a map can show, and about 200 MB as GeoJSON."""


class Grid(Protocol):
    """Cells by number."""

    @property
    def name(self) -> str:
        """Kind and size of the cells."""
        ...

    @property
    def step_m(self) -> float:
        """Points along a road this far apart miss no cell that the road crosses for long."""
        ...

    def cells_of(self, lat: F64, lon: F64) -> I64:
        """Cell of each point."""
        ...

    def cells_in(self, area: Polygon) -> I64:
        """Cells whose centre lies in a polygon of (lon, lat) degrees."""
        ...

    def polygons(self, cells: I64) -> Polygons:
        """Outline of each cell in (lon, lat) degrees."""
        ...

    def ids(self, cells: I64) -> tuple[str, ...]:
        """Name of each cell."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class H3Grid:
    """Hexagons of H3 (https://h3geo.org/docs/core-library/restable): resolution 8 has edges of about 530 m.

    Raises
    ------
    InputError
        ``coverage.resolution`` unless in 0..12.
    """

    resolution: int = 8

    def __post_init__(self) -> None:
        if not 0 <= self.resolution <= 12:
            raise reject(
                "coverage.resolution", "the H3 resolution must be in 0..12", field="resolution", value=self.resolution
            )

    @property
    def name(self) -> str:
        return f"h3 {self.resolution}"

    @property
    def step_m(self) -> float:
        edge_m: float = h3.average_hexagon_edge_length(self.resolution, unit="m")
        return edge_m / 2

    def cells_of(self, lat: F64, lon: F64) -> I64:
        cell_of, resolution = h3_int.latlng_to_cell, self.resolution
        cells = (cell_of(a, b, resolution) for a, b in zip(lat.tolist(), lon.tolist(), strict=True))
        return np.fromiter(cells, dtype=np.int64, count=len(lat))

    def cells_in(self, area: Polygon) -> I64:
        plane = Plane(lat=area.centroid.y, lon=area.centroid.x)
        land_m2 = area.area * plane.east_m * plane.north_m
        _check_count(land_m2 / h3_int.average_hexagon_area(self.resolution, unit="m^2"))
        shape = h3_int.LatLngPoly([(lat, lon) for lon, lat in area.exterior.coords])
        return np.array(sorted(h3_int.polygon_to_cells(shape, self.resolution)), dtype=np.int64)

    def polygons(self, cells: I64) -> Polygons:
        outline = h3_int.cell_to_boundary
        return np.array([Polygon([(b, a) for a, b in outline(cell)]) for cell in cells.tolist()], dtype=np.object_)

    def ids(self, cells: I64) -> tuple[str, ...]:
        name = h3_int.int_to_str
        return tuple(name(cell) for cell in cells.tolist())


_ROW = 1 << 24  # a square's number is row * _ROW + column, both counted from the middle of the range
_MIDDLE = 1 << 23


@dataclass(frozen=True, slots=True, kw_only=True)
class SquareGrid:
    """Squares on a plane, counted from its middle: ``r-1c2`` is the row below it, the third column east of it.

    Parameters
    ----------
    plane : Plane
    cell_m : float
        10..100,000.

    Raises
    ------
    InputError
        ``coverage.cell``.
    """

    plane: Plane
    cell_m: float = 500.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.cell_m) and 10 <= self.cell_m <= 100_000):
            raise reject("coverage.cell", "squares must be 10..100,000 m wide", field="cell_m", value=self.cell_m)

    @property
    def name(self) -> str:
        return f"square {self.cell_m:g} m"

    @property
    def step_m(self) -> float:
        return self.cell_m / 2

    def cells_of(self, lat: F64, lon: F64) -> I64:
        x, y = self.plane.metres(lat, lon)
        row, column = np.floor(y / self.cell_m).astype(np.int64), np.floor(x / self.cell_m).astype(np.int64)
        return (row + _MIDDLE) * _ROW + column + _MIDDLE

    def cells_in(self, area: Polygon) -> I64:
        west, south, east, north = area.bounds
        x, y = self.plane.metres(np.array([south, north]), np.array([west, east]))
        columns = np.arange(math.floor(x[0] / self.cell_m), math.floor(x[1] / self.cell_m) + 1, dtype=np.int64)
        rows = np.arange(math.floor(y[0] / self.cell_m), math.floor(y[1] / self.cell_m) + 1, dtype=np.int64)
        _check_count(len(columns) * len(rows))
        row, column = (part.ravel() for part in np.meshgrid(rows, columns, indexing="ij"))
        lon = self.plane.lon + (column + 0.5) * self.cell_m / self.plane.east_m
        lat = self.plane.lat + (row + 0.5) * self.cell_m / self.plane.north_m
        inside = shapely.contains_xy(area, lon, lat)
        cells: I64 = (row[inside] + _MIDDLE) * _ROW + column[inside] + _MIDDLE
        return cells

    def polygons(self, cells: I64) -> Polygons:
        row, column = self._numbers(cells)
        size = self.cell_m
        boxes = shapely.box(column * size, row * size, (column + 1) * size, (row + 1) * size)
        return np.array([self.plane.degrees(box) for box in boxes.tolist()], dtype=np.object_)

    def ids(self, cells: I64) -> tuple[str, ...]:
        return tuple(
            f"r{row}c{column}" for row, column in zip(*(n.tolist() for n in self._numbers(cells)), strict=True)
        )

    @staticmethod
    def _numbers(cells: I64) -> tuple[I64, I64]:
        return cells // _ROW - _MIDDLE, cells % _ROW - _MIDDLE


def _check_count(cells: float) -> None:
    if cells > MAX_GRID_CELLS:
        raise reject(
            "coverage.cells",
            f"about {round(cells):,} cells, at most {MAX_GRID_CELLS:,} are drawn; choose larger ones",
            field="cells",
            value=round(cells),
        )
