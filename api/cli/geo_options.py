"""Options and steps that the commands of ``callout geo`` share."""

from __future__ import annotations

import contextlib
import math
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

    from dispatch.places import Place
    from geo.roads.travel import RoadTravel

Roads = Annotated[
    Path, typer.Option("--roads", metavar="FILE", help="Extract of OpenStreetMap: .osm.pbf, .osm, .osm.gz, .osm.bz2.")
]
Profile = Annotated[str, typer.Option("--profile", metavar="NAME", help="Vehicle: car, van, ebike or walk.")]
GeoJson = Annotated[Path | None, typer.Option("--geojson", metavar="FILE", help="Also write it for GIS.")]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Also write a map: one page, opens without a network.")
]
DEFAULT_PROFILE = "car"


def point(text: str, *, name: str) -> Place:
    """Read a place that is written as ``LAT,LON``.

    Raises
    ------
    UsageError
        ``point.form`` when it is written in another way, ``point.range`` when there is no such place.
    """
    from dispatch.errors import UsageError
    from dispatch.places import Place

    parts = text.split(",")
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        raise UsageError("point.form", f"{text[:80]!r}: expected LAT,LON in degrees, such as 47.141,9.521") from None
    if not (math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180):
        hint = "; are they swapped?" if abs(lat) <= 180 and abs(lon) <= 90 else ""
        raise UsageError("point.range", f"{text[:80]!r}: LAT must be in -90..90 and LON in -180..180{hint}")
    return Place(id=name, lat=lat, lon=lon)


def check_results(*paths: Path | None) -> None:
    """Find out before long work whether all results can be written, each into a file of its own.

    Raises
    ------
    UsageError
        ``output.same`` when two of them are one file.
    UnavailableError
        ``output.unwritable``.
    """
    from api.files import require_writable
    from dispatch.errors import UsageError

    taken: set[Path] = set()
    for path in paths:
        if path is None:
            continue
        if path.resolve() in taken:
            raise UsageError("output.same", f"{path} is named twice: give each result a file of its own")
        taken.add(path.resolve())
        require_writable(path)


@contextlib.contextmanager
def progress() -> Iterator[Progress]:
    """A progress display on stderr, drawn on terminals only; what roads warn of becomes a line there."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with Progress(
                *columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
            ) as bar:
                yield bar
        finally:
            for text in dict.fromkeys(str(one.message) for one in caught):
                typer.echo(f"warning: {text}", err=True)


def open_roads(
    path: Path, profiles: Sequence[str], bar: Progress, *, cache: Path | None = None, hour: int | None = None
) -> RoadTravel:
    """Open the roads of some profiles, built where that has not been done yet.

    Raises
    ------
    InputError
        ``roads.*`` when the file is no extract, ``travel.profile``, ``hours.hour``.
    UnavailableError
        ``extra.missing`` when a library is not installed.
    """
    import os

    from geo.roads.travel import RoadTravel

    roads = RoadTravel(path, cache=cache, hour=hour, workers=os.cpu_count() or 1)
    task = bar.add_task("roads", total=2 * len(profiles))
    for profile in profiles:
        bar.update(task, description=f"roads: {profile}, network")
        roads.network(profile)
        bar.update(task, advance=1, description=f"roads: {profile}, shortcuts")
        roads.router(profile)
        bar.update(task, advance=1)
    bar.remove_task(task)
    return roads


MAX_MINUTES, MAX_KM = 24 * 60, 2_000
"""A drive of a day, and the longest radius that is drawn as a circle: :mod:`geo.coverage.circle`."""


def minutes_s(minutes: float) -> int:
    """Seconds of ``--minutes``.

    Raises
    ------
    UsageError
        ``limit.minutes`` when they are not in 0..1440.
    """
    from dispatch.errors import UsageError

    if not 0 <= minutes <= MAX_MINUTES:
        raise UsageError("limit.minutes", f"--minutes {minutes:g}: a drive time is in 0..{MAX_MINUTES:,} minutes")
    return round(minutes * 60)


def kilometres_m(kilometres: float) -> int:
    """Metres of ``--radius``.

    Raises
    ------
    UsageError
        ``limit.radius`` when it is not in 0.001..2000.
    """
    from dispatch.errors import UsageError

    if not 0.001 <= kilometres <= MAX_KM:
        raise UsageError("limit.radius", f"--radius {kilometres:g}: a radius is in 0.001..{MAX_KM:,} km")
    return round(kilometres * 1000)
