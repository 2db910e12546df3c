"""``callout warm``: compile the search engine ahead of the first plan."""

from __future__ import annotations

import time

import typer


def warm() -> None:
    """Compile the search engine now, so that the first plan starts at once. Does nothing the second time."""
    from solver.search.warm import warm as compile_all

    begun = time.monotonic()
    compile_all(everything=True)
    typer.echo(f"the search engine is ready ({time.monotonic() - begun:.1f} s)", err=True)
