"""The map of a coverage study.

Data of the page, beside labels: ``background`` (see :mod:`api.maps.background`), ``precision``, ``bounds`` (south,
west, north, east), ``layers`` (key, label, whether shown, ``legend``), ``areas`` (layer, centre, rings, hover),
``cells`` of the response-time surface (step, rings, hover), ``centres`` and ``tickets`` (position, state, hover),
``tables``, ``notes``. Texts are written here, in one language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapely.geometry.base import BaseGeometry

from api.coverage_study import Areas, CoverageStudy
from api.maps.background import PRECISION, Bounds, road_background
from api.maps.coverage_tables import coverage_notes, coverage_tables, limit_text
from api.maps.directions import metres_text
from api.maps.labels import labels
from api.maps.outlines import calm, rings, smooth
from api.maps.page import map_page
from api.report.figures import duration_text, share_text
from dispatch.errors import InternalError
from dispatch.places import Place
from geo.coverage.circle import circle
from geo.coverage.surface import NO_ROAD

STATES = ("covered", "false_in", "false_out", "gap")
STEPS_MIN = (5, 10, 15, 20, 30, 45)
"""Upper ends of the colour steps of the response-time surface, in minutes; the last step has none."""


def coverage_page(study: CoverageStudy, *, title: str, language: str) -> str:
    """Draw a study that has areas as one HTML page that opens without a network.

    Parameters
    ----------
    study : CoverageStudy
        With `areas`.
    title : str
        Headline, any text.
    language : str
        ``en`` or ``zh``.
    """
    if study.areas is None:
        raise InternalError("coverage.no_areas", "a map needs a study with areas")
    words = labels(language)
    states = ticket_states(study)
    data = {
        **_ground(study, study.areas),
        "layers": _layers(study, states, language),
        "areas": _areas(study, study.areas, language),
        "cells": _cells(study.areas, language),
        "centres": [
            {
                "id": centre.id,
                "at": position(centre.place),
                "hover": [[words["col.limits"], limit_text(study, row, language)]],
            }
            for row, centre in enumerate(study.centres)
        ],
        "tickets": _tickets(study, states, language),
        "tables": [table.json() for table in coverage_tables(study, language)],
        "notes": coverage_notes(study, language),
    }
    subtitle = f"{words['map.profile']}: {words[f'profile.{study.legs.profile}']} · {study.legs.source}"
    return map_page(data, title=title, subtitle=subtitle, badges=_badges(study, language), language=language)


def ticket_states(study: CoverageStudy) -> dict[str, str]:
    """One of `STATES` for each ticket: what the circles get wrong first, then whether any centre covers it."""
    gaps = {gap.ticket_id for gap in study.report.gaps}
    states = {ticket.id: "gap" if ticket.id in gaps else "covered" for ticket in study.legs.tickets}
    if study.circles is not None and study.circles.together.judgement is not None:
        states |= dict.fromkeys(study.circles.together.false_in_ids, "false_in")
        states |= dict.fromkeys(study.circles.together.false_out_ids, "false_out")
    return states


def _ground(study: CoverageStudy, areas: Areas) -> dict[str, Any]:
    """Background and bounds: everything that is on the map, without tickets far away from all roads."""
    box = Bounds.of_network(areas.network)
    spots = [position(centre.place) for centre in study.centres]
    for ticket in study.legs.tickets:
        lat, lon = position(ticket.place)
        if box.south <= lat <= box.north and box.west <= lon <= box.east:
            spots.append([lat, lon])
    drawn = [one.area for _, one in areas.isochrones] + [area for _, _, area in _circles(study)]
    for area in drawn:
        west, south, east, north = area.bounds
        spots += [[south, west], [north, east]]
    bounds = Bounds.around([(lat, lon) for lat, lon in spots], margin=0.05)
    return {
        "background": road_background(areas.network, Bounds.around([(lat, lon) for lat, lon in spots], margin=0.5)),
        "precision": PRECISION,
        "bounds": [bounds.south, bounds.west, bounds.north, bounds.east],
    }


def _circles(study: CoverageStudy) -> list[tuple[int, int, BaseGeometry]]:
    """Number, radius and circle of each centre that has one."""
    return [
        (number, radius_m, circle(centre.place, radius_m))
        for number, (centre, radius_m) in enumerate(zip(study.centres, study.judged.radius_m, strict=True))
        if radius_m
    ]


def position(place: Place) -> list[float]:
    """``[lat, lon]``."""
    if place.lat is None or place.lon is None:
        raise InternalError("travel.no_coordinates", f"{place.id}: a map holds only places with coordinates")
    return [place.lat, place.lon]


def _badges(study: CoverageStudy, language: str) -> list[tuple[str, str, str]]:
    words, report = labels(language), study.report
    covered = report.covered
    good = "good" if covered.tickets == report.tickets else "warn"
    badges = [
        (good, f"{covered.tickets:,}", words["badge.tickets"].format(f"{report.tickets:,}")),
        ("", share_text(covered.demand_share or 0.0), words["badge.demand"]),
    ]
    if study.circles is None:
        return badges
    together = study.circles.together
    if together.judgement is not None:
        judged = together.judgement
        badges += [
            ("alarm" if judged.false_in else "good", f"{judged.false_in:,}", words["badge.false_in"]),
            ("warn" if judged.false_out else "good", f"{judged.false_out:,}", words["badge.false_out"]),
        ]
    badges.append(("", metres_text(together.best.radius_m, language), words["badge.best"]))
    return badges


def _layers(study: CoverageStudy, states: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    words = labels(language)
    counts = {state: sum(one == state for one in states.values()) for state in STATES}
    judged = study.circles is not None and study.circles.together.judgement is not None
    marks = [
        {"mark": state, "label": f"{words[f'state.{state}']} ({counts[state]:,})"}
        for state in STATES
        if judged or not state.startswith("false")
    ]
    ends = zip((0, *STEPS_MIN), (*STEPS_MIN, None), strict=True)
    steps: list[dict[str, Any]] = [
        {"step": step, "label": f"{low}–{high} {words['unit.minute']}" if high else f"> {low} {words['unit.minute']}"}
        for step, (low, high) in enumerate(ends)
    ]
    steps.append({"step": None, "label": words["surface.no_way"]})
    shown = ("roads", "isochrones", "circles", "tickets", "centres")
    legends: dict[str, list[dict[str, Any]]] = {"tickets": marks, "surface": steps}
    kinds = ["tickets", "centres", "isochrones", "circles", "territories", "surface", "roads"]
    if not any(study.judged.radius_m):
        kinds.remove("circles")
    if study.areas is None or not study.areas.isochrones:
        kinds.remove("isochrones")
    return [
        {"key": key, "label": words[f"layer.{key}"], "shown": key in shown, "legend": legends.get(key, [])}
        for key in kinds
    ]


def _areas(study: CoverageStudy, areas: Areas, language: str) -> list[dict[str, Any]]:
    """Territories first: what is drawn later lies on top."""
    words = labels(language)
    names = [centre.id for centre in study.centres]
    owned = [one for one in areas.territories if one.owner >= 0]
    drawn = [
        {
            "layer": "territories",
            "centre": one.owner,
            "rings": rings(area),
            "hover": [[words["layer.territories"], names[one.owner]]],
        }
        for one, area in zip(owned, smooth([one.area for one in owned]), strict=True)
    ]
    drawn += [
        {
            "layer": "isochrones",
            "centre": number,
            "rings": rings(calm(one.area)),
            "hover": [[names[number], duration_text(one.limit_s, language)]],
        }
        for number, one in areas.isochrones
    ]
    drawn += [
        {
            "layer": "circles",
            "centre": number,
            "rings": rings(area),
            "hover": [[names[number], metres_text(radius_m, language)]],
        }
        for number, radius_m, area in _circles(study)
    ]
    return drawn


def _cells(areas: Areas, language: str) -> list[dict[str, Any]]:
    """Cells with a road; land without one stays empty."""
    words, surface = labels(language), areas.surface
    cells = []
    polygons = surface.grid.polygons(surface.cells).tolist()
    for polygon, seconds, worst_s in zip(polygons, surface.seconds.tolist(), surface.worst_s.tolist(), strict=True):
        if seconds == NO_ROAD:
            continue
        step, text = None, words["surface.no_way"]
        if seconds >= 0:
            step = sum(seconds > 60 * limit for limit in STEPS_MIN)
            text = words["surface.title"].format(round(seconds / 60), round(worst_s / 60))
        cells.append({"step": step, "rings": rings(polygon), "hover": [[words["layer.surface"], text]]})
    return cells


def _tickets(study: CoverageStudy, states: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    words, legs, report = labels(language), study.legs, study.report
    owners = {one.ticket_id: one.centre_id for one in study.ownership.tickets}
    reasons = {gap.ticket_id: gap.reason for gap in report.gaps}
    names = [centre.id for centre in study.centres]
    by_road, by_air = legs.nearest_by_road.tolist(), legs.nearest_by_air.tolist()
    rows = []
    for column, ticket in enumerate(legs.tickets):
        road, air, state = by_road[column], by_air[column], states[ticket.id]
        covering = [names[row] for row in range(len(names)) if report.covers[row, column]]
        hover = [["", words[f"state.{state}"]], [words["hover.tier"], ticket.tier]]
        if ticket.id in reasons:
            hover.append([words["table.gaps"], words[f"gap.{reasons[ticket.id]}"]])
        else:
            hover.append([words["hover.covered_by"], ", ".join(covering)])
        if road >= 0:
            drive = duration_text(int(legs.travel_s[road, column]), language)
            length = metres_text(int(legs.distance_m[road, column]), language)
            hover.append([words["hover.nearest_road"], f"{names[road]}, {drive}, {length}"])
        hover.append(
            [words["hover.nearest_air"], f"{names[air]}, {metres_text(int(legs.air_m[air, column]), language)}"]
        )
        hover.append([words["hover.owner"], owners[ticket.id] or words["nobody"]])
        rows.append({"id": ticket.id, "at": position(ticket.place), "state": state, "hover": hover})
    return rows
