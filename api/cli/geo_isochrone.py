"""``callout geo isochrone``: the area within a drive time of a place."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from api.cli.geo_options import (
    DEFAULT_PROFILE,
    GeoJson,
    Html,
    Profile,
    Roads,
    check_results,
    minutes_s,
    open_roads,
    point,
    progress,
)
from api.cli.options import Language, check_language


def isochrone(
    start: Annotated[str, typer.Argument(metavar="LAT,LON", help="Where the drives begin.")],
    roads: Roads,
    minutes: Annotated[list[float], typer.Option("--minutes", metavar="M", help="Drive time; may be repeated.")],
    profile: Profile = DEFAULT_PROFILE,
    geojson: GeoJson = None,
    html: Html = None,
    language: Language = "en",
) -> None:
    """Show how far one gets by road within some minutes: area, length of roads, and junctions reached."""
    from rich.console import Console

    from api.files import write_atomically
    from api.maps.isochrone_page import isochrone_page, isochrone_table
    from api.maps.text_tables import rich_table
    from dispatch.technicians import ServiceCentre
    from geo.coverage.geojson import collection, isochrone_feature
    from geo.coverage.roads import CentresOnRoads

    check_language(language)
    place = point(start, name=start)
    limits_s = sorted({minutes_s(one) for one in minutes})
    check_results(geojson, html)
    centre = ServiceCentre(id=start, place=place)
    with progress() as bar:
        source = open_roads(roads, [profile], bar)
        bar.add_task("drive-time areas", total=None)
        on_roads = CentresOnRoads.from_travel(source, [centre], profile=profile)
        areas = on_roads.isochrones(0, limits_s)
        if html is not None:
            write_atomically(html, isochrone_page(on_roads, areas, source=source.source, language=language))
        if geojson is not None:
            features = [isochrone_feature(start, area) for area in areas]
            write_atomically(geojson, json.dumps(collection(features), ensure_ascii=False) + "\n")
    Console().print(rich_table(isochrone_table(areas, language)))
    for path in (geojson, html):
        if path is not None:
            typer.echo(f"written: {path}", err=True)
