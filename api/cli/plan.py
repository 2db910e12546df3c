"""``callout plan``: make a plan and write it."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import Input, Language, Ray, Travel, Weight, check_language, load_with_source
from api.cli.stopping import StopOnSignal

if TYPE_CHECKING:
    from dispatch.ports import Progress, RoutingEngine, TravelTimes
    from dispatch.problem import Problem

DEFAULT_ENGINE = "search"
DEFAULT_SECONDS = 10.0


def plan(
    input_path: Input,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the plan (JSON).")],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write a report page.")] = None,
    geojson: Annotated[
        Path | None, typer.Option("--geojson", metavar="FILE", help="Also write the routes for GIS.")
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", help=f"Time to search. Default {DEFAULT_SECONDS:g} without --iterations."),
    ] = None,
    iterations: Annotated[
        int | None, typer.Option("--iterations", help="Search steps; alone, the same bytes every time.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of all chance.")] = 1,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Threads or processes to search with. Default: all cores.")
    ] = None,
    engine: Annotated[str, typer.Option("--engine", help="search, ortools or greedy.")] = DEFAULT_ENGINE,
    travel: Travel = None,
    warm_start: Annotated[
        Path | None, typer.Option("--warm-start", metavar="PLAN", help="Start from an earlier plan of this input.")
    ] = None,
    weight: Weight = None,
    language: Language = "en",
    ray: Ray = None,
    *,
    by_region: Annotated[
        bool,
        typer.Option("--by-region", help="Plan regions on their own, each with the whole limit; --ray does so too."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no tables.")] = False,
) -> None:
    """Plan the day: who takes which ticket, in which order, at what time."""
    from rich.console import Console

    from api import plan_file
    from api.cli.waiting import waiting
    from api.files import require_writable, write_atomically
    from api.report.pictures import Pictures
    from dispatch.explain import text
    from dispatch.ports import Limits
    from dispatch.service import plan_day
    from solver.registry import engine as engine_named

    outputs = [path for path in (out, html, geojson) if path is not None]
    check_language(language)
    _check_outputs(input_path, outputs)
    chosen = engine_named(engine)
    problem, legs, source = load_with_source(input_path, travel, weight, progress=not quiet)
    _check_engine(problem, chosen)
    for path in outputs:
        require_writable(path)
    cores = (os.cpu_count() or 1) if workers is None else workers
    if by_region or ray is not None:
        chosen, cores = (
            _region_engine(engine, source, cores, ray, warm_start),
            1,
        )  # the plan is the same on all machines
    start = tuple(route.steps for route in plan_file.read(warm_start, problem).routes) if warm_start else ()
    limits = Limits(
        seconds=DEFAULT_SECONDS if seconds is None and iterations is None else seconds, iterations=iterations
    )
    stop = StopOnSignal()
    with stop, _Ticker(enabled=not quiet, engine=chosen.name) as ticker:
        made = plan_day(
            problem,
            legs,
            chosen,
            limits=limits,
            seed=seed,
            workers=cores,
            warm_start=start,
            on_progress=ticker.show,
            should_stop=stop.asked,
        )
    write_atomically(out, plan_file.dumps(problem, made))
    if html is not None or geojson is not None:
        with waiting("pictures", shown=not quiet) as show:
            pictures = Pictures.of(problem, made, source, on_map=html is not None, show=show)
        title = input_path.resolve().name
        if html is not None:
            write_atomically(html, pictures.html(title=title, language=language))
        if geojson is not None:
            write_atomically(geojson, pictures.geojson())
    if not quiet:
        from api.report.console import print_plan

        print_plan(Console(stderr=True), problem, made, language)
        for path in outputs:
            typer.echo(f"written: {path}", err=True)
    for warning in made.provenance.warnings:
        typer.echo(f"warning [{warning.code}] {text(warning, language, problem)}", err=True)
    if stop.asked():
        typer.echo("stopped early on request: this is the best plan found so far", err=True)


def _region_engine(
    name: str, source: TravelTimes, workers: int, ray: str | None, warm_start: Path | None
) -> RoutingEngine:
    """The engine `name` for each region, on processes of this machine or a cluster."""
    from dispatch.errors import UsageError
    from scenarios.regions.engine import RegionEngine
    from scenarios.tasks.pools import Machines

    if warm_start is not None:
        raise UsageError("region.warm_start", "regions start from nothing: leave out --warm-start")
    return RegionEngine(inner=name, source=source, machines=Machines(workers=workers, ray=ray))


def _check_outputs(input_path: Path, outputs: Sequence[Path]) -> None:
    """Raise ``output.same`` when two results, or a result and the input, would be one file."""
    from dispatch.errors import UsageError

    taken = {input_path.resolve()}
    for path in outputs:
        if path.resolve() in taken:
            raise UsageError("output.same", f"{path} is named twice: give each result a file of its own")
        taken.add(path.resolve())


def _check_engine(problem: Problem, chosen: RoutingEngine) -> None:
    """Refuse an engine that can't keep a constraint of the problem, and name those that can."""
    from dispatch.errors import UnsupportedError
    from dispatch.features import require_support
    from solver.registry import ENGINES

    def able(name: str) -> bool:
        try:
            require_support(problem, ENGINES[name]())
        except UnsupportedError:
            return False
        return True

    try:
        require_support(problem, chosen)
    except UnsupportedError as error:
        others = [name for name in ENGINES if able(name)]
        hint = f"; use --engine {' or '.join(others)}" if others else ""
        raise UnsupportedError(error.code, error.message + hint, error.faults) from None


class _Ticker:
    """Progress on stderr: a live line on a terminal, a line every few seconds elsewhere."""

    EVERY_S = 5.0

    def __init__(self, *, enabled: bool, engine: str) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)
        self._enabled, self._engine = enabled, engine
        self._status = self._console.status(f"{engine}: starting") if enabled and self._console.is_terminal else None
        self._last = -math.inf

    def __enter__(self) -> _Ticker:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._status is not None:
            self._status.stop()

    def show(self, progress: Progress) -> None:
        if not self._enabled:
            return
        step, served = progress.iterations, progress.served
        cost = "-" if progress.cost_cents is None else f"{progress.cost_cents / 100:,.2f}"
        line = f"{self._engine}: {progress.elapsed_s:.1f} s, step {step:,}, served {served}, cost {cost}"
        if self._status is not None:
            self._status.update(line)
        elif time.monotonic() - self._last > self.EVERY_S:
            self._last = time.monotonic()
            typer.echo(line, err=True)
