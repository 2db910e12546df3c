"""Coverage as GeoJSON (RFC 7946): [lon, lat], outer rings against the clock, cut at the 180th meridian."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from dispatch.errors import InternalError
from dispatch.places import Place
from dispatch.technicians import ServiceCentre
from geo.coverage.assignment import Ownership
from geo.coverage.circle import circle
from geo.coverage.isochrone import Isochrone
from geo.coverage.report import CoverageReport
from geo.coverage.surface import NO_ROAD, NO_WAY, Surface
from geo.coverage.territory import Territory

Feature = dict[str, Any]
Value = str | int | float | None

GRID_DEGREES = 1e-6
"""Coordinates have six decimals, 11 cm, as RFC 7946 section 11.2 advises."""


def collection(features: Iterable[Feature]) -> dict[str, Any]:
    """A FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}


def feature(geometry: BaseGeometry, properties: Mapping[str, Value]) -> Feature:
    """One Feature; a polygon that crosses the 180th meridian becomes several (RFC 7946 section 3.1.9)."""
    clean = shapely.set_precision(_cut(geometry), GRID_DEGREES)
    if shapely.get_dimensions(clean) == 2:
        clean = shapely.orient_polygons(clean)
    return {"type": "Feature", "geometry": _rounded(clean.__geo_interface__), "properties": dict(properties)}


def circle_features(centres: Sequence[ServiceCentre], radii_m: Sequence[int | None]) -> list[Feature]:
    """The circle of each centre that has a radius."""
    return [
        feature(circle(centre.place, radius_m), {"kind": "circle", "centre": centre.id, "radius_m": radius_m})
        for centre, radius_m in zip(centres, radii_m, strict=True)
        if radius_m is not None
    ]


def isochrone_feature(centre_id: str, isochrone: Isochrone) -> Feature:
    """The area within a drive time."""
    return feature(
        isochrone.area,
        {
            "kind": "isochrone",
            "centre": centre_id,
            "limit_s": isochrone.limit_s,
            "nodes": isochrone.nodes,
            "road_m": isochrone.road_m,
        },
    )


def territory_features(territories: Sequence[Territory], owners: Sequence[str]) -> list[Feature]:
    """Territories with the names of their owners; ``null`` is nobody's land."""
    return [
        feature(
            one.area,
            {"kind": "territory", "centre": owners[one.owner] if one.owner >= 0 else None, "points": one.points},
        )
        for one in territories
    ]


def surface_features(surface: Surface) -> list[Feature]:
    """Cells with minutes from the nearest centre, to a tenth; ``null`` and a state where there are none."""
    states = {NO_ROAD: "no_road", NO_WAY: "no_way"}
    rows = zip(
        surface.grid.ids(surface.cells),
        surface.grid.polygons(surface.cells).tolist(),
        surface.seconds.tolist(),
        surface.worst_s.tolist(),
        strict=True,
    )
    return [
        feature(
            polygon,
            {
                "kind": "cell",
                "cell": cell,
                "state": states.get(seconds, "reached"),
                "minutes": round(seconds / 60, 1) if seconds >= 0 else None,
                "worst_minutes": round(worst_s / 60, 1) if worst_s >= 0 else None,
            },
        )
        for cell, polygon, seconds, worst_s in rows
    ]


def centre_features(report: CoverageReport) -> list[Feature]:
    """Each centre as a point with its figures."""
    return [
        feature(
            _point(centre.place),
            {
                "kind": "centre",
                "centre": centre.id,
                "radius_m": row.radius_m,
                "limit_s": row.limit_s,
                "tickets": row.covered.tickets,
                "tickets_share": row.covered.tickets_share,
                "demand_share": row.covered.demand_share,
            },
        )
        for centre, row in zip(report.legs.centres, report.centres, strict=True)
    ]


def ticket_features(report: CoverageReport, ownership: Ownership | None = None) -> list[Feature]:
    """Each ticket as a point: how many centres cover it, who is nearest, why it is a gap, who owns it."""
    reasons = {gap.ticket_id: gap.reason for gap in report.gaps}
    owners = {one.ticket_id: one.centre_id for one in ownership.tickets} if ownership else {}
    legs = report.legs
    by_road, by_air = legs.nearest_by_road.tolist(), legs.nearest_by_air.tolist()
    features = []
    for column, ticket in enumerate(legs.tickets):
        road = by_road[column]
        properties: dict[str, Value] = {
            "kind": "ticket",
            "ticket": ticket.id,
            "tier": ticket.tier,
            "covered_by": int(report.covers[:, column].sum()),
            "gap": reasons.get(ticket.id),
            "nearest_by_road": legs.centres[road].id if road >= 0 else None,
            "nearest_by_air": legs.centres[by_air[column]].id,
            "travel_s": int(legs.travel_s[road, column]) if road >= 0 else None,
        }
        if ownership:
            properties["owner"] = owners.get(ticket.id)
        features.append(feature(_point(ticket.place), properties))
    return features


def _point(place: Place) -> Point:
    if place.lat is None or place.lon is None:
        raise InternalError("travel.no_coordinates", f"{place.id}: legs hold only places with coordinates")
    return Point(place.lon, place.lat)


def _cut(geometry: BaseGeometry) -> BaseGeometry:
    """Parts east and west of the 180th meridian, each with longitudes in -180..180."""
    west, _, east, _ = geometry.bounds
    if west >= -180 and east <= 180:
        return geometry
    parts = []
    for turn in (-360, 0, 360):
        part = shapely.intersection(geometry, shapely.box(turn - 180, -90, turn + 180, 90))
        if not part.is_empty:
            parts.append(translate(part, xoff=-turn))
    return shapely.union_all(np.array(parts, dtype=np.object_))


def _rounded(value: Any) -> Any:
    """Lists in place of tuples, numbers without the dust of binary fractions."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return value
