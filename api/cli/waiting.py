"""What the terminal shows while something takes long."""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Callable, Iterator

import typer

LONG_S = 5.0
"""Work as long as this is mentioned in a log, too."""


@contextlib.contextmanager
def waiting(text: str, *, shown: bool) -> Iterator[Callable[[str], None]]:
    """Show `text` and the time on a terminal while a block runs; elsewhere a line at its end if it took long.

    The block may call what it is given with other texts. What libraries warn of becomes one line each, with `shown`
    or without.
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console, begun = Console(stderr=True), time.monotonic()
    live = shown and console.is_terminal
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        try:
            with Progress(*columns, console=console, transient=True, disable=not live) as bar:
                task = bar.add_task(text, total=None)
                yield lambda now: bar.update(task, description=now)
        finally:
            for message in dict.fromkeys(str(one.message) for one in caught):
                typer.echo(f"warning: {message}", err=True)
    took_s = time.monotonic() - begun
    if shown and not live and took_s >= LONG_S:
        typer.echo(f"{text}: {took_s:.1f} s", err=True)
