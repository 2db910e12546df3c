"""The map of drive-time areas around one place."""

from __future__ import annotations

from collections.abc import Sequence

from api.maps.background import PRECISION, Bounds, road_background
from api.maps.coverage_page import position
from api.maps.directions import metres_text
from api.maps.labels import labels
from api.maps.outlines import calm, rings
from api.maps.page import map_page
from api.maps.text_tables import TextRow, TextTable
from api.report.figures import duration_text
from geo.coverage.isochrone import Isochrone
from geo.coverage.plane import Plane
from geo.coverage.roads import CentresOnRoads


def isochrone_table(areas: Sequence[Isochrone], language: str) -> TextTable:
    """Area, roads and junctions of each drive time."""
    words = labels(language)
    return TextTable(
        key="isochrones",
        title=words["table.isochrones"],
        columns=tuple(words[f"col.{name}"] for name in ("minutes", "area", "roads", "junctions")),
        texts=0,
        rows=tuple(
            TextRow(
                cells=(
                    duration_text(one.limit_s, language),
                    f"{square_km(one):,.1f} {words['unit.km2']}",
                    metres_text(one.road_m, language),
                    f"{one.nodes:,}",
                )
            )
            for one in areas
        ),
    )


def square_km(area: Isochrone) -> float:
    """Area on the plane that touches the ellipsoid at its middle."""
    west, south, east, north = area.area.bounds
    plane = Plane(lat=(south + north) / 2, lon=(west + east) / 2)
    return float(area.area.area) * plane.east_m * plane.north_m / 1e6


def isochrone_page(on_roads: CentresOnRoads, areas: Sequence[Isochrone], *, source: str, language: str) -> str:
    """Draw the areas, the longest drive below, as one HTML page that opens without a network.

    Parameters
    ----------
    on_roads : CentresOnRoads
        One centre.
    areas : sequence of Isochrone
        At least one.
    source : str
        Of the roads.
    language : str
        ``en`` or ``zh``.
    """
    words = labels(language)
    centre, network = on_roads.centres[0], on_roads.network
    largest = max(areas, key=lambda one: one.limit_s)
    west, south, east, north = largest.area.bounds
    corners = [(south, west), (north, east), (centre.place.lat or 0.0, centre.place.lon or 0.0)]
    bounds = Bounds.around(corners, margin=0.05)
    data = {
        "background": road_background(network, Bounds.around(corners, margin=0.5)),
        "precision": PRECISION,
        "bounds": [bounds.south, bounds.west, bounds.north, bounds.east],
        "layers": [
            {"key": key, "label": words[f"layer.{key}"], "shown": True, "legend": []}
            for key in ("centres", "isochrones", "roads")
        ],
        "areas": [
            {
                "layer": "isochrones",
                "centre": 0,
                "rings": rings(calm(one.area)),
                "hover": [[words["drive"], duration_text(one.limit_s, language)]],
            }
            for one in sorted(areas, key=lambda one: -one.limit_s)
        ],
        "cells": [],
        "centres": [{"id": centre.id, "at": position(centre.place), "hover": []}],
        "tickets": [],
        "tables": [isochrone_table(areas, language).json()],
        "notes": [],
    }
    badges = [
        ("", metres_text(one.road_m, language), words["badge.roads"].format(duration_text(one.limit_s, language)))
        for one in areas
    ]
    subtitle = f"{words['map.profile']}: {words[f'profile.{network.profile}']} · {source}"
    title = f"{words['table.isochrones']}: {centre.id}"
    return map_page(data, title=title, subtitle=subtitle, badges=badges, language=language)
