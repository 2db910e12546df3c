"""The road network as the background of a map: simplified, rounded to a metre, and small enough for a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from geo.coverage.plane import Plane
from geo.extras import need
from geo.polyline import encode
from geo.roads.network import RoadNetwork

ATTRIBUTION = "© OpenStreetMap contributors"
"""What the licence of the data asks for: https://www.openstreetmap.org/copyright."""

PRECISION = 5
"""Decimals of degrees that are kept: a metre."""

LEVELS: tuple[tuple[str, ...], ...] = (
    ("motorway", "motorway_link", "trunk", "trunk_link"),
    ("primary", "primary_link"),
    ("secondary", "secondary_link"),
    ("tertiary", "tertiary_link"),
    ("unclassified", "residential", "living_street", "road", "busway", "pedestrian"),
    ("service", "track", "cycleway", "path", "footway", "bridleway", "steps", "corridor", "platform"),
    ("ferry",),
)
"""Classes that are drawn alike, widest first; a class that stands nowhere is drawn like a small street."""
SMALL, LEAST, FERRY = 4, 5, 6

DETAIL = 12_000
"""Lines are simplified by a part in so many of the map's width: less than a dot when a tenth of it is shown."""

MAX_POINTS = 450_000
"""Above this lines are simplified more, then the least roads left out: about 2.5 MB of page. A judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A box of WGS-84 degrees that does not cross the 180th meridian."""

    south: float
    west: float
    north: float
    east: float

    @classmethod
    def around(cls, points: Iterable[tuple[float, float]], *, margin: float = 0.1) -> Self:
        """The box of (lat, lon) points, wider by a share of its own size on each side, and by 1 km at least."""
        lat, lon = np.array(list(points), dtype=np.float64).T
        plane = Plane.of(lat, lon)
        north_m, east_m = float(np.ptp(lat)) * plane.north_m, float(np.ptp(lon)) * plane.east_m
        wider_m = max(margin * max(north_m, east_m), 1_000.0)
        return cls(
            south=float(lat.min()) - wider_m / plane.north_m,
            north=float(lat.max()) + wider_m / plane.north_m,
            west=float(lon.min()) - wider_m / plane.east_m,
            east=float(lon.max()) + wider_m / plane.east_m,
        )

    @classmethod
    def of_network(cls, network: RoadNetwork) -> Self:
        """The box of all roads."""
        lat, lon = network.point_lat, network.point_lon
        return cls(south=float(lat.min()), north=float(lat.max()), west=float(lon.min()), east=float(lon.max()))


def road_background(network: RoadNetwork, bounds: Bounds | None = None) -> dict[str, Any]:
    """Roads to draw under a map; the script ``roads.js`` of :mod:`api.maps` draws them.

    Parameters
    ----------
    network : RoadNetwork
    bounds : Bounds, optional
        Roads that lie wholly outside are left out; all roads where it is left out.

    Returns
    -------
    dict
        ``attribution``; ``precision``; ``levels``: from the widest roads to the least, each with ``level`` (an index
        into `LEVELS`), ``counts`` (points of each line) and ``line`` (all points of all lines one after the other, in
        the encoded polyline format, see :mod:`geo.polyline`).
    """
    shapely = need("shapely")
    x, y, plane = _plane(network)
    pieces = np.arange(len(network.road_class)) if bounds is None else _inside(network, bounds)
    if not len(pieces):
        return {"attribution": ATTRIBUTION, "precision": PRECISION, "levels": []}
    points = _points_of(network, pieces)
    lines = shapely.linestrings(
        np.column_stack((x[points], y[points])),
        indices=np.repeat(np.arange(len(pieces)), np.diff(network.first_point)[pieces]),
    )
    level = _levels(network)[pieces]
    merged = {
        number: shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines[level == number].tolist())))
        for number in np.unique(level).tolist()
    }
    west, south, east, north = shapely.total_bounds(lines)
    tolerance_m = max(float(east - west) / DETAIL, float(north - south) / DETAIL, 1.0)
    # First with fewer corners, then without the least roads; ferries are few, and stay.
    for factor, least in ((1, LEAST), (2, LEAST), (4, LEAST), (4, SMALL), (4, SMALL - 1), (16, SMALL - 1)):
        drawn = {
            number: shapely.simplify(parts, tolerance_m * factor)
            for number, parts in merged.items()
            if number <= least or number == FERRY
        }
        if sum(int(shapely.get_num_coordinates(parts).sum()) for parts in drawn.values()) <= MAX_POINTS:
            break
    return {
        "attribution": ATTRIBUTION,
        "precision": PRECISION,
        "levels": [{"level": number, **_encoded(shapely, parts, plane)} for number, parts in drawn.items()],
    }


def _plane(network: RoadNetwork) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Plane]:
    lat, lon = np.asarray(network.point_lat), np.asarray(network.point_lon)
    plane = Plane.of(lat, lon) if len(lat) else Plane(lat=0.0, lon=0.0)
    return *plane.metres(lat, lon), plane


def _levels(network: RoadNetwork) -> npt.NDArray[np.int64]:
    """Level of each piece."""
    of_class = {name: number for number, names in enumerate(LEVELS) for name in names}
    table = np.array([of_class.get(name, SMALL) for name in network.classes], dtype=np.int64)
    return np.asarray(table[network.road_class])


def _inside(network: RoadNetwork, bounds: Bounds) -> npt.NDArray[np.int64]:
    """Pieces whose box touches the bounds."""
    first = network.first_point[:-1]
    lat, lon = np.asarray(network.point_lat), np.asarray(network.point_lon)
    if not len(first):
        return np.zeros(0, dtype=np.int64)
    touches = (
        (np.maximum.reduceat(lat, first) >= bounds.south)
        & (np.minimum.reduceat(lat, first) <= bounds.north)
        & (np.maximum.reduceat(lon, first) >= bounds.west)
        & (np.minimum.reduceat(lon, first) <= bounds.east)
    )
    return np.flatnonzero(touches)


def _points_of(network: RoadNetwork, pieces: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Numbers of all points of some pieces, piece by piece."""
    counts = np.diff(network.first_point)[pieces]
    before = np.cumsum(counts) - counts
    return np.repeat(network.first_point[pieces] - before, counts) + np.arange(int(counts.sum()))


def _encoded(shapely: Any, lines: npt.NDArray[np.object_], plane: Plane) -> dict[str, Any]:
    """Lines written one after the other."""
    corners = shapely.get_coordinates(lines)
    lat, lon = plane.lat + corners[:, 1] / plane.north_m, plane.lon + corners[:, 0] / plane.east_m
    return {
        "counts": shapely.get_num_coordinates(lines).tolist(),
        "line": encode(lat, lon, precision=PRECISION),
    }
