"""Areas for a page: rings of polygons, rounded to a metre, in the encoded polyline format."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from api.maps.background import PRECISION
from geo.polyline import encode

STEP_DEGREES = 5e-4
"""About one cell of an isochrone's raster, :data:`geo.coverage.isochrone.CELL_M`."""

SMOOTH_DEGREES = 1e-4
"""Outlines of territories may move by about 10 m: they are drawn between junctions, where nothing is exact."""


def rings(area: BaseGeometry) -> list[str]:
    """All rings of a polygon or of several; drawn together by the even-odd rule, inner ones become holes."""
    every = shapely.get_rings(shapely.get_parts(area)).tolist()
    return [encode(ring[:, 1], ring[:, 0], precision=PRECISION) for ring in map(shapely.get_coordinates, every)]


def calm(area: BaseGeometry) -> BaseGeometry:
    """The area of an isochrone without the steps of its raster: for the eye, GeoJSON has the area itself.

    Douglas & Peucker (1973), doi:10.3138/FM57-6770-U75U-7727.
    """
    return shapely.simplify(area, STEP_DEGREES, preserve_topology=True)


def smooth(areas: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Areas that touch with fewer corners; they still touch.

    Visvalingam & Whyatt (1993), doi:10.1179/000870493786962263, on shared edges: ``shapely.coverage_simplify``.
    """
    return list(shapely.coverage_simplify(list(areas), SMOOTH_DEGREES)) if areas else []
