"""``callout geo find``, ``locate`` and ``forget``: from addresses to places."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dispatch.ports import Candidate, Geocoder

GeocoderName = Annotated[
    str,
    typer.Option(
        "--geocoder",
        metavar="NAME",
        help="gazetteer (cities, offline), nominatim:URL or photon:URL (a server is asked).",
    ),
]
Countries = Annotated[
    list[str] | None, typer.Option("--country", metavar="CODE", help="Look only here, for example CN; may be repeated.")
]
AnswerLanguage = Annotated[
    str, typer.Option("--language", metavar="CODE", help="Language that a server answers in, for example zh.")
]
UserAgent = Annotated[
    str,
    typer.Option(
        "--user-agent",
        metavar="TEXT",
        envvar="CALLOUT_USER_AGENT",
        help="Who asks, and how to reach you; a server needs it.",
    ),
]
Keep = Annotated[bool, typer.Option("--keep/--no-keep", help="Keep answers of a server on disk for 30 days.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``callout geo``."""
    app.command("find")(find)
    app.command("locate")(locate)
    app.command("forget")(forget)


def find(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="What to look for.")],
    *,
    geocoder: GeocoderName = "gazetteer",
    country: Countries = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Most candidates, 1..40.")] = 5,
    language: AnswerLanguage = "",
    user_agent: UserAgent = "",
    keep: Keep = True,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")] = False,
) -> None:
    """Show where an address may be, best first, with confidence. Nothing found is no error."""
    found = _geocoder(geocoder, country, limit, language, user_agent, keep=keep).find(address)
    if as_json:
        for candidate in found:
            typer.echo(json.dumps(_facts(candidate), ensure_ascii=False))
    elif found:
        _show(found)
    if not found:
        typer.echo("nothing found", err=True)


def locate(
    input_path: Annotated[Path, typer.Argument(metavar="INPUT", help="Folder with tickets.csv.")],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write tickets.csv with coordinates.")],
    geocoder: GeocoderName = "gazetteer",
    country: Countries = None,
    language: AnswerLanguage = "",
    user_agent: UserAgent = "",
    keep: Keep = True,
    least: Annotated[
        float, typer.Option("--min-confidence", metavar="SHARE", help="Take no candidate below this, 0..1.")
    ] = 0.8,
    coarsest: Annotated[
        str, typer.Option("--precision", metavar="LEVEL", help="Coarsest to take: house, street, city or region.")
    ] = "street",
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Also write one JSON object a line for each address."),
    ] = None,
) -> None:
    """Fill in missing coordinates of tickets from their addresses. Exit 1 when some were not found."""
    from rich.console import Console
    from rich.progress import Progress

    from api.files import require_writable, write_atomically
    from api.locating import located, read_tickets, tickets_text

    require_writable(out)
    if report is not None:
        require_writable(report)
    asker = _geocoder(geocoder, country, 5, language, user_agent, keep=keep)
    tickets = read_tickets(input_path)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("addresses", total=None)
        findings = located(
            tickets,
            asker,
            least=least,
            coarsest=coarsest,
            on_progress=lambda done, every: bar.update(task, completed=done, total=every),
        )
    write_atomically(out, tickets_text(tickets))
    if report is not None:
        lines = (json.dumps(finding.facts(), ensure_ascii=False) for finding in findings)
        write_atomically(report, "".join(f"{line}\n" for line in lines))
    missing = [finding for finding in findings if not finding.taken]
    for finding in missing:
        typer.echo(f"tickets.csv:{finding.row} {finding.ticket}: {finding.why}", err=True)
    typer.echo(f"{len(findings) - len(missing)} of {len(findings)} address(es) located", err=True)
    if missing:
        raise typer.Exit(1)


def forget() -> None:
    """Erase all answers of servers that were kept on disk."""
    import time

    from geo.geocoding.kept import Answers, answers_file

    erased = Answers(answers_file(), keep_s=0, clock=time.time).erase()
    typer.echo("kept answers are erased" if erased else "no answers were kept", err=True)


def _geocoder(
    spec: str, countries: list[str] | None, limit: int, language: str, user_agent: str, *, keep: bool
) -> Geocoder:
    from geo.geocoding.options import GeocodingOptions
    from geo.geocoding.registry import DEFAULT, geocoder

    cache = None
    if keep and spec != DEFAULT:
        from geo.geocoding.kept import answers_file

        cache = answers_file()
    options = GeocodingOptions(
        countries=tuple(countries or ()), limit=limit, language=language, user_agent=user_agent, cache=cache
    )
    return geocoder(spec, options=options)


def _facts(candidate: Candidate) -> dict[str, object]:
    return {
        "lat": candidate.place.lat,
        "lon": candidate.place.lon,
        "name": candidate.name,
        "confidence": candidate.confidence,
        "precision": str(candidate.precision),
        "source": candidate.source,
        "id": candidate.place.id,
    }


def _show(found: Sequence[Candidate]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for title in ("confidence", "precision", "lat", "lon"):
        table.add_column(title, justify="left" if title == "precision" else "right")
    table.add_column("name", overflow="fold")
    for one in found:
        table.add_row(
            f"{one.confidence:.2f}", str(one.precision), f"{one.place.lat:.6f}", f"{one.place.lon:.6f}", Text(one.name)
        )
    Console().print(table)
