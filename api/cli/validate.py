"""``callout validate``: everything that is wrong with an input, at once."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from api.cli.options import Input


def validate(
    input_path: Input,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")] = False,
) -> None:
    """List all faults of an input with file, row, field, value and rule. Exit 3 when there are any."""
    from dataclasses import asdict

    from api.inputs import faults

    found = faults(input_path)
    for fault in found:
        typer.echo(json.dumps(asdict(fault), ensure_ascii=False) if as_json else str(fault))
    if found:
        typer.echo(f"{len(found)} fault(s)", err=True)
        raise typer.Exit(3)
    typer.echo("the input is valid", err=True)
