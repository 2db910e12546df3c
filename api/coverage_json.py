"""A coverage study for other programs: all figures as JSON, all areas and points as GeoJSON."""

from __future__ import annotations

from typing import Any

from api.coverage_study import CoverageStudy
from geo.coverage.geojson import (
    centre_features,
    circle_features,
    collection,
    isochrone_feature,
    surface_features,
    territory_features,
    ticket_features,
)
from geo.coverage.tables import (
    centre_rows,
    circle_facts,
    circle_rows,
    difference_rows,
    gap_rows,
    moved_rows,
    overlap_rows,
    owner_rows,
    target_rows,
)

FORMAT = "callout-coverage/1"


def coverage_document(study: CoverageStudy) -> dict[str, Any]:
    """All figures: the rows of :mod:`geo.coverage.tables` by the name of their table."""
    report, ownership = study.report, study.ownership
    wrong = None if study.circles is None else study.circles.together
    return {
        "format": FORMAT,
        "travel_source": study.legs.source,
        "profile": study.legs.profile,
        "tickets": report.tickets,
        "demand_s": report.demand_s,
        "centres": centre_rows(report),
        "overlaps": overlap_rows(report),
        "targets": target_rows(report),
        "gaps": gap_rows(report),
        "differences": difference_rows(report),
        "circles": [] if study.circles is None else circle_rows(study.circles),
        "circle_facts": []
        if study.circles is None
        else [{"code": fact.code, "facts": dict(fact.facts)} for fact in circle_facts(study.circles)],
        "false_in": [] if wrong is None else list(wrong.false_in_ids),
        "false_out": [] if wrong is None else list(wrong.false_out_ids),
        "owners": owner_rows(ownership),
        "ownership": {
            "owned": ownership.owned,
            "travel_s": ownership.travel_s,
            "nearest_travel_s": ownership.nearest_travel_s,
            "gap_s": ownership.gap_s,
        },
        "moved": moved_rows(ownership),
    }


def coverage_geojson(study: CoverageStudy) -> dict[str, Any]:
    """Points and areas, told apart by the property ``kind``."""
    features = centre_features(study.report) + ticket_features(study.report, study.ownership)
    features += circle_features(study.centres, [radius_m or None for radius_m in study.judged.radius_m])
    if study.areas is not None:
        owners = [centre.id for centre in study.centres]
        features += [isochrone_feature(owners[number], area) for number, area in study.areas.isochrones]
        features += territory_features(study.areas.territories, owners)
        features += surface_features(study.areas.surface)
    return collection(features)
