"""``callout geo route``: the driven way over some places, with its turns."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.geo_options import DEFAULT_PROFILE, GeoJson, Profile, Roads, check_results, open_roads, point, progress
from api.cli.options import Language, check_language

if TYPE_CHECKING:
    from rich.console import Console

    from geo.roads.way import Way


def route(
    points: Annotated[list[str], typer.Argument(metavar="LAT,LON...", help="Two places or more, in driven order.")],
    roads: Roads,
    profile: Profile = DEFAULT_PROFILE,
    hour: Annotated[
        int | None,
        typer.Option("--hour", metavar="H", help="Speeds of this hour of the day, 0..23. Default: free flow."),
    ] = None,
    geojson: GeoJson = None,
    language: Language = "en",
    *,
    polyline: Annotated[
        bool, typer.Option("--polyline", help="Write nothing but the line, encoded, a line for each leg.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each leg on stdout.")] = False,
) -> None:
    """Show the fastest way from place to place: time, distance and turns with street names. Exit 1 without a way."""
    from rich.console import Console

    from api.files import write_atomically
    from api.maps.directions import leg_facts
    from dispatch.errors import UsageError

    check_language(language)
    if len(points) < 2:
        raise UsageError("point.count", "a way needs two places or more")
    places = [point(text, name=f"point {number}") for number, text in enumerate(points, start=1)]
    check_results(geojson)
    with progress() as bar:
        source = open_roads(roads, [profile], bar, hour=hour)
        ways = [source.way(one, other, profile) for one, other in pairwise(places)]
    found = [way for way in ways if way is not None]
    if geojson is not None:
        features = [way.geojson() for way in found]
        text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
        write_atomically(geojson, text + "\n")
    console = Console()
    for number, way in enumerate(ways, start=1):
        if way is None:
            typer.echo(f"no way leads from {points[number - 1]} to {points[number]}", err=True)
        elif polyline:
            typer.echo(way.polyline())
        elif as_json:
            typer.echo(json.dumps(leg_facts(way), ensure_ascii=False))
        else:
            _show(console, way, f"{points[number - 1]} → {points[number]}", language)
    if len(found) > 1 and not (polyline or as_json):
        from api.maps.labels import labels
        from api.report.figures import distance_text, duration_text

        total = sum(way.travel_s for way in found), sum(way.distance_m for way in found)
        words = labels(language)["way.total"]
        console.print(f"{words}: {duration_text(total[0], language)}, {distance_text(total[1], language)}")
    if len(found) < len(ways):
        raise typer.Exit(1)


def _show(console: Console, way: Way, title: str, language: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from api.maps.directions import drive_text, metres_text, turn_text
    from api.maps.labels import labels
    from api.report.figures import distance_text, duration_text
    from geo.roads.directions import turns

    words = labels(language)
    head = f"{title}: {duration_text(way.travel_s, language)}, {distance_text(way.distance_m, language)}"
    if max(way.access_m, way.egress_m) >= 1:
        head += "; " + words["way.access"].format(way.access_m, way.egress_m)
    table = Table(title=Text(head), title_justify="left")
    table.add_column(words["turn"], overflow="fold")
    table.add_column(words["distance"], justify="right")
    table.add_column(words["drive"], justify="right")
    for turn in turns(way):
        last = turn.manoeuvre == "arrive"
        table.add_row(
            Text(turn_text(turn, language)),
            "" if last else metres_text(turn.distance_m, language),
            "" if last else drive_text(turn.travel_s, language),
        )
    console.print(table)
