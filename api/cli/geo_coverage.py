"""``callout geo coverage``: what the service centres of an input cover, and how wrong their circles are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.geo_options import (
    DEFAULT_PROFILE,
    GeoJson,
    Html,
    Profile,
    Roads,
    check_results,
    kilometres_m,
    minutes_s,
    open_roads,
    progress,
)
from api.cli.options import Input, Language, check_language

if TYPE_CHECKING:
    from geo.coverage.assignment import Capacity


def coverage(
    input_path: Input,
    roads: Roads,
    radius: Annotated[
        float | None, typer.Option("--radius", metavar="KM", help="Radius of every centre, in place of its own limits.")
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option("--minutes", metavar="M", help="Drive time of every centre, in place of its own limits."),
    ] = None,
    capacity: Annotated[
        list[str] | None,
        typer.Option(
            "--capacity",
            metavar="CENTRE=TICKETS",
            help="Most tickets that a centre can own; may be repeated. Default: the hours of its technicians.",
        ),
    ] = None,
    profile: Profile = DEFAULT_PROFILE,
    html: Html = None,
    geojson: GeoJson = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write all figures for other programs.")
    ] = None,
    language: Language = "en",
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no tables.")] = False,
) -> None:
    """Compare what circles promise with what roads allow: shares, gaps, overlaps, targets, and who should own what."""
    from rich.console import Console

    from api.coverage_json import coverage_document, coverage_geojson
    from api.coverage_study import study
    from api.files import write_atomically
    from api.inputs import read
    from api.maps.coverage_page import coverage_page
    from api.maps.coverage_tables import coverage_notes, coverage_tables
    from api.maps.text_tables import rich_table

    check_language(language)
    radius_m = None if radius is None else kilometres_m(radius)
    limit_s = None if minutes is None else minutes_s(minutes)
    check_results(input_path, html, geojson, json_out) if input_path.is_file() else check_results(
        html, geojson, json_out
    )
    problem = read(input_path)
    room = None if not capacity else _capacities(capacity)
    with progress() as bar:
        source = open_roads(roads, [profile], bar)
        task = bar.add_task("coverage", total=None)
        done = study(
            problem,
            source,
            profile=profile,
            radius_m=radius_m,
            limit_s=limit_s,
            capacities=room,
            draw=html is not None or geojson is not None,
            on_step=lambda step: bar.update(task, description=step),
        )
        if json_out is not None:
            write_atomically(json_out, json.dumps(coverage_document(done), ensure_ascii=False, indent=1) + "\n")
        if geojson is not None:
            write_atomically(geojson, json.dumps(coverage_geojson(done), ensure_ascii=False) + "\n")
        if html is not None:
            bar.update(task, description="map")
            title = input_path.resolve().name
            write_atomically(html, coverage_page(done, title=title, language=language))
    if quiet:
        return
    console = Console()
    for table in coverage_tables(done, language):
        console.print(rich_table(table))
    for note in coverage_notes(done, language):
        console.print(note, markup=False, highlight=False, soft_wrap=True)
    for path in (html, geojson, json_out):
        if path is not None:
            typer.echo(f"written: {path}", err=True)


def _capacities(settings: Sequence[str]) -> dict[str, Capacity]:
    """Read ``CENTRE=TICKETS``.

    Raises
    ------
    UsageError
        ``capacity.form``.
    """
    from dispatch.errors import UsageError
    from geo.coverage.assignment import Capacity

    room = {}
    for setting in settings:
        centre, equals, count = setting.rpartition("=")
        if not (centre and equals and count.isdecimal() and len(count) < 10):
            raise UsageError("capacity.form", f"{setting[:80]!r}: expected CENTRE=TICKETS with a whole number")
        room[centre] = Capacity(tickets=int(count))
    return room
