"""``callout scenario compare``: what the days of several runs say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Language, check_language


def compare(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Folders of runs; the first is what others are held against.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of report.html, comparison.csv and comparison.json.")
    ],
    language: Language = "en",
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No words on the terminal.")] = False,
) -> None:
    """Compare runs: figures with intervals, differences day by day, and which scenario the days speak for."""
    from api.files import require_writable, write_atomically
    from api.scenarios.played import read_study
    from api.scenarios.report.page import report_page
    from api.scenarios.report.tables import comparison_csv, comparison_json
    from api.scenarios.report.words import advice

    check_language(language)
    page, table, document = (out / name for name in ("report.html", "comparison.csv", "comparison.json"))
    for path in (page, table, document):
        require_writable(path)
    study = read_study(folders)
    contents = {
        page: report_page(study, language=language),
        table: comparison_csv(study),
        document: comparison_json(study),
    }
    for path, content in contents.items():
        write_atomically(path, content)
    if not quiet:
        for sentence in advice(study, language):
            typer.echo(sentence)
        typer.echo(f"written: {page}, {table}, {document}", err=True)
