"""The area inside a radius."""

from __future__ import annotations

from geopy.distance import geodesic
from shapely.geometry import Polygon

from dispatch.errors import reject
from dispatch.places import Place

CORNERS = 360
"""The polygon's corners lie on the circle; its sides run inside by at most ``1 - cos(pi / 360)`` of it, 0.004 %."""

MAX_RADIUS_M = 2_000_000
"""Longer circles than any service area; beyond, a polygon of degrees stops looking like a circle."""


def circle(place: Place, radius_m: int) -> Polygon:
    """Geodesic circle on the WGS-84 ellipsoid as a polygon of (lon, lat) degrees.

    geopy's geodesic: Karney (2013), Algorithms for geodesics, doi:10.1007/s00190-012-0578-z. Across the 180th
    meridian the longitudes run on beyond it; `geo.coverage.geojson` cuts them.

    Raises
    ------
    InputError
        ``coverage.radius`` unless the radius is in 1..2,000,000 m; ``travel.no_coordinates``; ``coverage.pole``
        when the circle holds a pole.
    """
    if not 1 <= radius_m <= MAX_RADIUS_M:
        raise reject(
            "coverage.radius",
            f"a radius must be in 1..{MAX_RADIUS_M} m",
            field="radius_m",
            value=radius_m,
            owner=place.id,
        )
    if place.lat is None or place.lon is None:
        raise reject("travel.no_coordinates", "a circle needs lat and lon", field="place", owner=place.id)
    pole = 90 if place.lat >= 0 else -90
    if geodesic((place.lat, place.lon), (pole, place.lon)).meters <= radius_m:
        raise reject(
            "coverage.pole", "a circle around a pole is no polygon", field="lat", value=place.lat, owner=place.id
        )
    line, centre = geodesic(meters=radius_m), (place.lat, place.lon)
    corners = []
    for corner in range(CORNERS):
        point = line.destination(centre, -360 * corner / CORNERS)  # against the clock, as GeoJSON wants it
        turns = round((place.lon - point.longitude) / 360)
        corners.append((point.longitude + 360 * turns, point.latitude))
    return Polygon(corners)
