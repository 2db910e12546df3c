"""``callout warm``: compile the search engine, the location models, and the road code where its libraries are."""

from __future__ import annotations

import time

import typer


def warm() -> None:
    """Compile all compiled code now, so that the first plan starts at once. Does nothing the second time."""
    from geo.extras import installed
    from scenarios.location.exact.warm import warm as warm_location
    from solver.search.warm import warm as warm_search

    begun = time.monotonic()
    warm_search(everything=True)
    typer.echo(f"the search engine is ready ({time.monotonic() - begun:.1f} s)", err=True)
    begun = time.monotonic()
    warm_location()
    typer.echo(f"the location models are ready ({time.monotonic() - begun:.1f} s)", err=True)
    if installed("roads"):
        from geo.coverage.warm import warm as warm_coverage
        from geo.paths.warm import warm as warm_paths

        begun = time.monotonic()
        warm_paths()
        warm_coverage()
        typer.echo(f"the road code is ready ({time.monotonic() - begun:.1f} s)", err=True)
