"""The driven way between two places: its line, and the roads that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.paths.ways import Path
from geo.polyline import encode
from geo.roads.hang import Hanging
from geo.roads.hours import HourSpeeds, arrival_ms
from geo.roads.network import F64, I32, METRE_BITS, RoadNetwork, seconds_and_metres
from geo.roads.snap import Snapped


@dataclass(frozen=True, slots=True, kw_only=True)
class WayPart:
    """What is driven of one piece of road.

    Parameters
    ----------
    street : str
        Its name, empty where it has none.
    road_class : str
        Value of ``highway``, or ``ferry``.
    travel_ms, length_dm : int
        Of this part; the parts of a way add up to its time and length.
    first_point, last_point : int
        Its points in the line of the way, both included: a part begins at the last point of the one before it.
    roundabout : bool
        It is a part of a roundabout.
    exits : int
        Edges by which the junction at its end can be left, but for those back along the same piece.
    """

    street: str
    road_class: str
    travel_ms: int
    length_dm: int
    first_point: int
    last_point: int
    roundabout: bool = False
    exits: int = 1

    @property
    def travel_s(self) -> int:
        """Seconds, rounded to the nearest."""
        return (self.travel_ms + 500) // 1000

    @property
    def distance_m(self) -> int:
        """Metres, rounded to the nearest."""
        return (self.length_dm + 5) // 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Way:
    """A shortest way from one place to another, from road to road.

    Parameters
    ----------
    travel_s, distance_m : int
        As in the matrix of the same source.
    lat, lon : float64, (points,)
        The line, WGS-84 degrees, cut at the points on the road where it begins and ends; at least two points.
    parts : tuple of WayPart
        In driven order; empty for a way of no length.
    access_m, egress_m : int
        Straight distances from the place to the begin of the line, and from its end to the other place. They are no
        part of `travel_s` and `distance_m`.
    """

    travel_s: int
    distance_m: int
    lat: F64
    lon: F64
    parts: tuple[WayPart, ...]
    access_m: int
    egress_m: int

    def arrival_s(self, departure_s: int, speeds: HourSpeeds) -> int:
        """When it ends if it is begun at some second of the local day, by speeds that change each hour (FIFO).

        The way's own times are taken as those of free flow, so it should be one of a source without an hour.
        """
        parts = ((part.road_class, part.travel_ms) for part in self.parts)
        return -(-arrival_ms(parts, departure_s * 1000, speeds) // 1000)

    def polyline(self, *, precision: int = 5) -> str:
        """The line in the encoded polyline algorithm format, see :mod:`geo.polyline`."""
        return encode(self.lat, self.lon, precision=precision)

    def geojson(self) -> dict[str, Any]:
        """A GeoJSON feature (RFC 7946: longitude first) with the line, time and length."""
        line = np.round(np.column_stack([self.lon, self.lat]), 7).tolist()  # 7 decimals: a centimetre
        return {
            "type": "Feature",
            "properties": {"travel_s": self.travel_s, "distance_m": self.distance_m},
            "geometry": {"type": "LineString", "coordinates": line},
        }


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of an edge, in decimetres from its tail."""

    edge: int
    begin_dm: int
    end_dm: int
    weight: int


def way_of(network: RoadNetwork, travel_ms: I32, hanging: Hanging, ends: Snapped, path: Path) -> Way:
    """The way that a path between two places stands for.

    Parameters
    ----------
    network : RoadNetwork
    travel_ms : int32, (edges,)
        Times of the edges that the path was found with.
    hanging : Hanging
        Of the two places.
    ends : Snapped
        The two places, the first the one from which the way leads.
    path : Path
        With a weight of 0 or more.
    """
    stretches = [one for one in _stretches(network, travel_ms, hanging, ends, path) if one.weight]
    lats, lons, parts, count = [ends.lat[:1]], [ends.lon[:1]], [], 1
    for stretch in stretches:
        lat, lon = _line(network, stretch)
        lats.append(lat[1:])
        lons.append(lon[1:])
        parts.append(_part(network, stretch, count - 1, count + len(lat) - 2))
        count += len(lat) - 1
    if count == 1:
        lats.append(ends.lat[1:])
        lons.append(ends.lon[1:])
    seconds, metres = seconds_and_metres(path.weight)
    access_m, egress_m = np.rint(ends.distance_m).astype(int).tolist()
    return Way(
        travel_s=int(seconds), distance_m=int(metres), lat=np.concatenate(lats), lon=np.concatenate(lons),
        parts=tuple(parts), access_m=access_m, egress_m=egress_m,
    )  # fmt: skip


def _stretches(network: RoadNetwork, travel_ms: I32, hanging: Hanging, ends: Snapped, path: Path) -> list[_Stretch]:
    links = hanging.links

    def along(place: int, edge: int) -> int:
        offset = int(ends.offset_dm[place])
        return offset if network.forward[edge] else int(network.length_dm[edge]) - offset

    if path.direct >= 0:
        edge = int(hanging.direct_edge[path.direct])
        return [_Stretch(edge, along(0, edge), along(1, edge), int(links.direct_weight[path.direct]))]
    if path.out_link < 0:
        return []
    first, last = int(hanging.out_edge[path.out_link]), int(hanging.in_edge[path.in_link])
    whole = [
        _Stretch(
            edge, 0, int(network.length_dm[edge]), int(travel_ms[edge]) << METRE_BITS | int(network.length_dm[edge])
        )
        for edge in path.edges.tolist()
    ]
    return [
        _Stretch(first, along(0, first), int(network.length_dm[first]), int(links.out_weight[path.out_link])),
        *whole,
        _Stretch(last, 0, along(1, last), int(links.in_weight[path.in_link])),
    ]


def _part(network: RoadNetwork, stretch: _Stretch, first_point: int, last_point: int) -> WayPart:
    piece, node = int(network.piece[stretch.edge]), int(network.head[stretch.edge])
    out = network.piece[network.first_out[node] : network.first_out[node + 1]]
    return WayPart(
        street=network.streets[network.street[piece]],
        road_class=network.classes[network.road_class[piece]],
        travel_ms=stretch.weight >> METRE_BITS,
        length_dm=stretch.weight & ((1 << METRE_BITS) - 1),
        first_point=first_point,
        last_point=last_point,
        roundabout=network.roundabout is not None and bool(network.roundabout[piece]),
        exits=len(np.unique(out[out != piece])),
    )


def _line(network: RoadNetwork, stretch: _Stretch) -> tuple[F64, F64]:
    """Points of a part of an edge, in driven order, the cut ends included."""
    piece = int(network.piece[stretch.edge])
    points = slice(int(network.first_point[piece]), int(network.first_point[piece + 1]))
    lat, lon = network.point_lat[points], network.point_lon[points]
    if not network.forward[stretch.edge]:
        lat, lon = lat[::-1], lon[::-1]
    length_dm = int(network.length_dm[stretch.edge])
    if (stretch.begin_dm, stretch.end_dm) == (0, length_dm) or not length_dm:
        return lat, lon
    # Along a piece of road a degree east is the cosine of the latitude of one north: shares of the length need no more.
    steps = np.hypot(np.diff(lat), np.diff(lon) * np.cos(np.radians(lat[0])))
    share = np.concatenate([[0.0], np.cumsum(steps)]) / max(steps.sum(), 1e-300)
    begin, end = stretch.begin_dm / length_dm, stretch.end_dm / length_dm
    at = np.concatenate([[begin], share[(share > begin) & (share < end)], [end]])
    return np.interp(at, share, lat), np.interp(at, share, lon)
