"""``callout geo build``: read an extract once, so that later commands open it at once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.geo_options import DEFAULT_PROFILE, open_roads, progress

if TYPE_CHECKING:
    from rich.console import Console

    from geo.roads.network import RoadNetwork

CACHE = "cache"


def build(
    extract: Annotated[Path, typer.Argument(metavar="FILE", help="Extract of OpenStreetMap, such as city.osm.pbf.")],
    profile: Annotated[
        list[str] | None, typer.Option("--profile", metavar="NAME", help="car, van, ebike or walk; may be repeated.")
    ] = None,
    out: Annotated[
        str, typer.Option("--out", metavar="FOLDER", help="Where to keep it; used again where CALLOUT_CACHE names it.")
    ] = CACHE,
) -> None:
    """Build the road network of an extract and keep it on disk; say what is in it and what is cut off."""
    from rich.console import Console

    from api.files import require_writable
    from geo.roads.keeping import cache_folder

    folder = cache_folder() if out == CACHE else Path(out) / "roads"
    if out != CACHE:
        require_writable(folder / "roads")
    profiles = list(dict.fromkeys(profile or [DEFAULT_PROFILE]))
    console = Console()
    for name in profiles:
        begin = time.perf_counter()
        with progress() as bar:
            network = open_roads(extract, [name], bar, cache=folder).network(name)
        _show(console, network, time.perf_counter() - begin)
    typer.echo(f"kept in {folder}", err=True)


def _show(console: Console, network: RoadNetwork, seconds: float) -> None:
    """Print what a network holds."""
    from rich.table import Table

    from api.maps.counts import class_rows, network_counts

    counts = network_counts(network)
    table = Table(title=f"{network.source}\n", title_justify="left")
    for column in ("roads", "pieces", "km", "cut off, km"):
        table.add_column(column, justify="left" if column == "roads" else "right")
    for row in class_rows(network):
        table.add_row(row.road_class, f"{row.pieces:,}", f"{row.length_m / 1000:,.1f}", f"{row.cut_off_m / 1000:,.1f}")
    table.add_section()
    table.add_row(
        "all", f"{counts.pieces:,}", f"{counts.length_m / 1000:,.1f}", f"{counts.cut_off_m / 1000:,.1f}", style="bold"
    )
    console.print(table)
    console.print(
        f"{counts.junctions:,} junctions ({counts.nodes:,} nodes: turn restrictions and roads for visitors only split "
        f"some), {counts.edges:,} directed edges, {counts.streets:,} street names; "
        f"{counts.cut_off_parts:,} parts are cut off from the main network; {seconds:.1f} s",
        soft_wrap=True,
        highlight=False,
    )
