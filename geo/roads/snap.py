"""The point of the road network nearest to a place: on a piece of road, not only at its ends."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.ellipsoid import SEMI_MAJOR_M, FloatArray, distance_m
from geo.extras import need
from geo.roads.network import F64, I32, I64, RoadNetwork

MAX_SNAP_M = 2_000.0
"""Farthest distance between a place and its road. A judgement: a farm stands hundreds of metres from the next mapped
road; at two kilometres the coordinates, the extract or the profile are wrong, and a time would mislead."""

MAIN_FACTOR, MAIN_SLACK_M = 3.0, 200.0
"""A place whose nearest road is cut off from the main network takes the nearest road of the main network up to
``MAIN_FACTOR * distance + MAIN_SLACK_M``. A judgement: a car park behind a gate is passed over, an island is not."""

_POLE_DEG = 89.9  # a Mercator map has no poles


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapped:
    """Places on the road network, as arrays of shape (places,).

    Parameters
    ----------
    piece : int32
        Piece of the network; -1 where the network is empty.
    offset_dm : int32
        Decimetres along the piece, in the direction of its points.
    lat, lon : float64
        The point on the road, WGS-84 degrees.
    distance_m : float64
        Straight from the place to that point, on the ellipsoid. It is reported, and not part of any travel time.
    cut_off : bool
        The road is not part of the main component: most ways to or from it don't exist.
    """

    piece: I32
    offset_dm: I32
    lat: F64
    lon: F64
    distance_m: F64
    cut_off: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.piece)

    def __getitem__(self, at: Any) -> Snapped:
        """Some of the places; `at` as for arrays."""
        return Snapped(
            piece=self.piece[at], offset_dm=self.offset_dm[at], lat=self.lat[at], lon=self.lon[at],
            distance_m=self.distance_m[at], cut_off=self.cut_off[at],
        )  # fmt: skip

    @property
    def far(self) -> npt.NDArray[np.bool_]:
        """Places too far from any road to be driven to; see `MAX_SNAP_M`."""
        return (self.piece < 0) | (self.distance_m > MAX_SNAP_M)

    @property
    def position(self) -> I64:
        """A number of the point on the road: places with one number are driven to alike."""
        return self.piece.astype(np.int64) << 32 | self.offset_dm


class RoadIndex:
    """Finds the nearest road.

    Roads and places are compared on a Mercator map, which keeps shapes, so that what is nearest on the map is nearest
    on the ground: Snyder (1987), Map Projections, USGS Professional Paper 1395, doi:10.3133/pp1395, chapter 7. The
    tree is shapely's STRtree (Leutenegger, Lopez & Edgington 1997, doi:10.1109/ICDE.1997.582015).

    Parameters
    ----------
    network : RoadNetwork
    """

    def __init__(self, network: RoadNetwork) -> None:
        shapely = need("shapely")
        count = len(network.road_class)
        x, y = _mercator(network.point_lat, network.point_lon)
        of_point = np.repeat(np.arange(count), np.diff(network.first_point))
        self._lines = shapely.linestrings(np.column_stack([x, y]), indices=of_point) if count else np.empty(0, object)
        self.length_dm = piece_lengths_dm(network)
        main_edge = (network.component[network.tail] == 0) & (network.component[network.head] == 0)
        self._main = np.zeros(count, dtype=np.bool_)
        self._main[network.piece[main_edge]] = True
        # A place at a junction has several nearest pieces: one that can be left both ways comes first.
        directions = np.zeros(count, dtype=np.int64)
        np.bitwise_or.at(directions, network.piece, np.where(network.forward, 1, 2))
        self._rank = np.where(directions == 3, 0, 1)

    @functools.cached_property
    def _all(self) -> tuple[Any, I64]:
        return self._tree(np.arange(len(self._lines)))

    @functools.cached_property
    def _main_only(self) -> tuple[Any, I64]:
        return self._tree(np.flatnonzero(self._main))

    def _tree(self, pieces: I64) -> tuple[Any, I64]:
        return need("shapely").STRtree(self._lines[pieces]), pieces

    def snap(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> Snapped:
        """Nearest points on roads; roads of the main component are preferred, see `MAIN_FACTOR`.

        Parameters
        ----------
        lat, lon : float, (places,)
            WGS-84 degrees.

        Returns
        -------
        Snapped
            Also for places that are far from any road: look at `Snapped.far`.
        """
        lats, lons = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
        # Many tickets at one address are one question.
        unique, back = np.unique(np.column_stack([lats, lons]), axis=0, return_inverse=True)
        return self._snap(unique[:, 0], unique[:, 1])[back.ravel()]

    def _snap(self, lat: F64, lon: F64) -> Snapped:
        if not len(self._lines) or not len(lat):
            none = np.full(len(lat), -1, dtype=np.int32)
            nowhere = np.full(len(lat), np.nan)
            return Snapped(
                piece=none, offset_dm=none + 1, lat=nowhere, lon=nowhere, distance_m=np.full(len(lat), np.inf),
                cut_off=np.ones(len(lat), dtype=np.bool_),
            )  # fmt: skip
        found = self._nearest(lat, lon, *self._all)
        aside = np.flatnonzero(found.cut_off)
        if len(aside) and self._main.any():
            main = self._nearest(lat[aside], lon[aside], *self._main_only)
            near = main.distance_m <= MAIN_FACTOR * found.distance_m[aside] + MAIN_SLACK_M
            for name in ("piece", "offset_dm", "lat", "lon", "distance_m", "cut_off"):
                getattr(found, name)[aside[near]] = getattr(main, name)[near]
        return found

    def _nearest(self, lat: F64, lon: F64, tree: Any, pieces: I64) -> Snapped:
        shapely = need("shapely")
        points = shapely.points(*_mercator(lat, lon))
        place, entry = tree.query_nearest(points, all_matches=True)
        piece = pieces[entry]
        order = np.lexsort((piece, self._rank[piece], place))
        first = order[np.searchsorted(place[order], np.arange(len(lat)))]
        piece = piece[first].astype(np.int32)
        lines, length_dm = self._lines[piece], self.length_dm[piece]
        share = shapely.line_locate_point(lines, points, normalized=True)
        offset_dm = np.rint(share * length_dm).astype(np.int32)
        point = shapely.line_interpolate_point(lines, offset_dm / np.maximum(length_dm, 1), normalized=True)
        road_lat, road_lon = _degrees(shapely.get_x(point), shapely.get_y(point))
        return Snapped(
            piece=piece, offset_dm=offset_dm, lat=road_lat, lon=road_lon,
            distance_m=distance_m(lat, lon, road_lat, road_lon), cut_off=~self._main[piece],
        )  # fmt: skip


def piece_lengths_dm(network: RoadNetwork) -> I32:
    """Length of each piece; all its edges have it."""
    lengths = np.zeros(len(network.road_class), dtype=np.int32)
    lengths[network.piece] = network.length_dm
    return lengths


def _mercator(lat: FloatArray, lon: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Metres at the equator, on the sphere: Snyder 1987, equations 7-1 and 7-2."""
    north = np.arcsinh(np.tan(np.radians(np.clip(lat, -_POLE_DEG, _POLE_DEG))))
    return SEMI_MAJOR_M * np.radians(lon), SEMI_MAJOR_M * north


def _degrees(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Latitude and longitude of a point of the map: Snyder 1987, equations 7-4 and 7-5."""
    return np.degrees(np.arctan(np.sinh(y / SEMI_MAJOR_M))), np.degrees(x / SEMI_MAJOR_M)
