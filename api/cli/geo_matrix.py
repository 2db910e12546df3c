"""``callout geo matrix``: all travel times and distances between places, as a file for ``--travel matrix:FILE``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from api.cli.geo_options import Roads, check_results, open_roads, progress


def matrix(
    input_path: Annotated[
        Path, typer.Argument(metavar="INPUT", help="An input as of plan, or a CSV file with id, lat and lon.")
    ],
    roads: Roads,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it: .npz or .csv.")],
    profile: Annotated[
        list[str] | None,
        typer.Option(
            "--profile", metavar="NAME", help="car, van, ebike or walk; may be repeated. Default: what the input needs."
        ),
    ] = None,
    hour: Annotated[
        int | None,
        typer.Option("--hour", metavar="H", help="Speeds of this hour of the day, 0..23. Default: free flow."),
    ] = None,
) -> None:
    """Measure every way between the places of an input by road, in both directions."""
    from api.files import write_atomically
    from api.matrices import matrix_bytes
    from api.places_file import places_of
    from dispatch.errors import UsageError

    if out.suffix.lower() not in (".npz", ".csv"):
        raise UsageError("output.ending", f"{out.name}: a matrix is written to a file that ends in .npz or .csv")
    check_results(out)
    places, own = places_of(input_path)
    profiles = list(dict.fromkeys(profile or own))
    begin = time.perf_counter()
    with progress() as bar:
        source = open_roads(roads, profiles, bar, hour=hour)
        task = bar.add_task(f"{len(places):,} x {len(places):,} ways", total=None)
        travel = source.matrix(places, profiles)
        bar.update(task, description="writing")
        write_atomically(out, matrix_bytes(travel, npz=out.suffix.lower() == ".npz"))
    seconds = time.perf_counter() - begin
    for name in profiles:
        missing = len(travel.unreachable_pairs(name))
        none = f"; no way for {missing:,} of the pairs" if missing else ""
        typer.echo(f"{name}: {len(places):,} places, {len(places) ** 2:,} ways{none}", err=True)
    typer.echo(f"written: {out} ({travel.source}), {seconds:.1f} s", err=True)
