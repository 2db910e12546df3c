"""The roads under the map of a plan: around its places, and quiet enough for a page of some hundred kilobytes."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from api.report.driven import DrivenLines
from dispatch.problem import Problem

if TYPE_CHECKING:
    from geo.roads.network import RoadNetwork

MAX_TEXT = 400_000
"""Characters of lines; above it the least roads are left out. A page of a city stays below half a megabyte so, and is
moved and zoomed without a pause."""


def quiet_roads(network: RoadNetwork, problem: Problem, driven: DrivenLines | None = None) -> dict[str, Any] | None:
    """The roads around all places and driven lines, as :func:`api.maps.background.road_background` gives them.

    From the least roads on, levels are left out until the lines have at most `MAX_TEXT` characters; the widest roads
    always stay. None when no place has coordinates.
    """
    from api.maps.background import Bounds, road_background

    places = [*problem.places, *(centre.place for centre in problem.centres)]
    spots = [(place.lat, place.lon) for place in places if place.lat is not None and place.lon is not None]
    for line in chain.from_iterable(driven.values() if driven is not None else ()):
        spots += [(lat, lon) for lon, lat in line or ()]
    if not spots:
        return None
    background = road_background(network, Bounds.around(spots))
    kept: list[dict[str, Any]] = []
    size = 0
    for level in background["levels"]:  # widest first
        size += len(level["line"])
        if kept and size > MAX_TEXT:
            break
        kept.append(level)
    return background | {"levels": kept}
