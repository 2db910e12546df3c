"""``callout scenario run``: play the days of scenarios."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Ray
from api.cli.stopping import StopOnSignal


def run(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files (TOML).")],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder of the run; of several files: a folder in it for each."),
    ],
    days: Annotated[int | None, typer.Option("--days", help="Simulated days, in place of what the files say.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of all chance, in place of the files'.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Processes. Default: all cores.")] = None,
    ray: Ray = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Simulate the days of each scenario. What is finished is kept: the same call goes on where one was stopped."""
    import dataclasses

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from api.cli.waiting import waiting
    from api.scenarios.file import read_scenarios
    from api.scenarios.forms import MAX_DAYS
    from api.scenarios.runs import play_missing, prepare
    from dispatch.errors import UnavailableError, UsageError
    from dispatch.service import MAX_SEED
    from scenarios.tasks.pools import Machines

    if days is not None and not 1 <= days <= MAX_DAYS:
        raise UsageError("scenario.days", f"--days must be in 1..{MAX_DAYS:,}")
    if seed is not None and not 0 <= seed <= MAX_SEED:
        raise UsageError("plan.seed", f"the seed must be in 0..{MAX_SEED}")
    machines = Machines(workers=(os.cpu_count() or 1) if workers is None else workers, ray=ray)
    names = [path.stem for path in files]
    if len(set(names)) < len(names):
        raise UsageError("scenario.names", "two scenario files have the same name: they would share a folder")
    scenarios = [
        dataclasses.replace(one, days=one.days if days is None else days, seed=one.seed if seed is None else seed)
        for one in read_scenarios(files)
    ]
    with waiting("scenarios", shown=not quiet) as show:
        runs = []
        for name, one in zip(names, scenarios, strict=True):
            show(one.title)
            runs.append(prepare(one, out if len(files) == 1 else out / name, name=name))
    total, missing = sum(one.days for one in scenarios), sum(len(one.missing) for one in runs)
    console, stop = Console(stderr=True), StopOnSignal()
    columns = (TextColumn("simulated days"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with stop, Progress(*columns, console=console, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("", total=total, completed=total - missing)
        done = _Count(total=total, done=total - missing, told=not quiet and not console.is_terminal)

        def one_more() -> None:
            bar.advance(task)
            done.advance()

        failures = play_missing(runs, machines, on_day=one_more, should_stop=stop.asked)
    for failure in failures:
        typer.echo(f"{failure.key[0]}, day {failure.key[1]}: {failure.error} ({failure.attempts} attempts)", err=True)
    if not quiet:
        typer.echo(f"{done.done} of {total} days are in {out}", err=True)
    if failures:
        raise UnavailableError("scenario.days_failed", f"{len(failures)} day(s) failed; the others are kept")
    if stop.asked() and done.done < total:
        typer.echo("stopped early on request: the same command goes on with the days that are missing", err=True)


class _Count:
    """Days so far; where there is no terminal a line at every tenth part."""

    def __init__(self, *, total: int, done: int, told: bool) -> None:
        self.total, self.done, self._told = total, done, told

    def advance(self) -> None:
        self.done += 1
        if self._told and self.done * 10 // self.total > (self.done - 1) * 10 // self.total:
            typer.echo(f"simulated days: {self.done} of {self.total}", err=True)
