"""``callout warm``: compile the search engine, the location models, and the road code where its libraries are."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import typer


def warm() -> None:
    """Compile all compiled code now, so that the first plan starts at once. Does nothing the second time."""
    from geo.extras import installed

    begun = time.monotonic()
    kinds = {_search: "the search engine is", _location: "the location models are"}
    if installed("roads"):
        kinds[_roads] = "the road code is"
    # The engine takes as long as all the rest, so two processes are as good as more.
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        works = {pool.submit(kind): name for kind, name in kinds.items()}
        for work in as_completed(works):
            work.result()
            typer.echo(f"{works[work]} ready ({time.monotonic() - begun:.1f} s)", err=True)


def _search() -> None:
    from solver.search.warm import warm as warm_search

    warm_search(everything=True)


def _location() -> None:
    from scenarios.location.exact.warm import warm as warm_location

    warm_location()


def _roads() -> None:
    from geo.coverage.warm import warm as warm_coverage
    from geo.paths.warm import warm as warm_paths

    warm_paths()
    warm_coverage()
