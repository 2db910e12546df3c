"""``callout bench``: plan public instances and report the gap to their best-known values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from api.cli.plan import DEFAULT_ENGINE, DEFAULT_SECONDS

if TYPE_CHECKING:
    from rich.status import Status

    from api.bench.case import Case
    from api.bench.result import Result
    from api.bench.sources import Source
    from api.bench.suites import Suite
    from dispatch.errors import CalloutError
    from dispatch.ports import Progress

DEFAULT_SITE_SECONDS = 60.0
"""Most time for the proof of a location instance."""


def bench(
    suite: Annotated[str, typer.Argument(metavar="SUITE", help="trsp, vrptw, strsp or sites.")],
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Instance files, folders, zip files, or FILE.zip/MEMBER."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write one JSON line an instance.")],
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", help=f"Time an instance. Default {DEFAULT_SECONDS:g} without --iterations."),
    ] = None,
    iterations: Annotated[int | None, typer.Option("--iterations", help="Search steps an instance.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of all chance.")] = 1,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Threads to search with. Default: all cores.")
    ] = None,
    engine: Annotated[str, typer.Option("--engine", help="Engine to measure.")] = DEFAULT_ENGINE,
    only: Annotated[
        str, typer.Option("--only", metavar="PATTERN", help="Only instances of this name; * and ? stand for any.")
    ] = "*",
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no table.")] = False,
) -> None:
    """Plan benchmark instances, check every plan by the instance's own rules, and report the gaps.

    A broken instance is reported and left out; the exit code says so at the end. Ctrl-C keeps the finished lines.
    """
    from rich.console import Console

    from api.bench.result import solve
    from api.bench.suites import suite as suite_named
    from api.bench.summary import table
    from api.cli.app import report
    from api.cli.stopping import StopOnSignal
    from dispatch.errors import CalloutError, UsageError
    from dispatch.ports import Limits
    from solver.registry import engine as engine_named

    if suite == "sites":
        from api.cli.bench_sites import bench_sites

        if iterations is not None:
            raise UsageError("bench.iterations", "the suite sites stops on --seconds alone")
        bench_sites(
            paths, out, seconds=DEFAULT_SITE_SECONDS if seconds is None else seconds, seed=seed, only=only, quiet=quiet
        )
        return
    family, chosen = suite_named(suite), engine_named(engine)
    limits = Limits(
        seconds=DEFAULT_SECONDS if seconds is None and iterations is None else seconds, iterations=iterations
    )
    failed: list[CalloutError] = []
    results: list[Result] = []

    def fail(error: CalloutError) -> None:
        failed.append(error)
        report(error)

    console = Console(stderr=True)
    with StopOnSignal() as stop, _open(out) as lines, console.status("reading") as status:
        if quiet or not console.is_terminal:
            status.stop()
        for source, case in _cases(family, paths, only, fail):
            if stop.asked():
                break
            try:
                result = solve(
                    family.name,
                    case,
                    chosen,
                    best=family.best(source, case),
                    limits=limits,
                    seed=seed,
                    workers=workers or os.cpu_count() or 1,
                    on_progress=_ticker(status, case.name),
                    should_stop=stop.asked,
                )
            except UsageError:
                raise  # the call is wrong, so every instance would say the same
            except CalloutError as error:
                fail(error)
                continue
            if stop.asked():
                break  # it had less time than the others
            lines.write(result.line() + "\n")
            lines.flush()
            results.append(result)
            if not quiet:
                typer.echo(_progress(result), err=True)
    if results and not quiet:
        console.print(table(results))
    if stop.asked():
        typer.echo(f"stopped early on request: {len(results)} finished instance(s) are in {out}", err=True)
    if failed:
        typer.echo(f"{len(failed)} path(s) or instance(s) could not be measured, see above", err=True)
        raise typer.Exit(max(error.exit_code for error in failed))


def _open(path: Path) -> TextIO:
    from dispatch.errors import UnavailableError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UnavailableError("output.unwritable", f"can't write {path}: {error.strerror}") from None


def _cases(
    suite: Suite, paths: Sequence[Path], only: str, fail: Callable[[CalloutError], None]
) -> Iterator[tuple[Source, Case]]:
    """Every instance behind the paths, each file once; what can't be read goes to `fail`."""
    from api.bench.sources import expand
    from dispatch.errors import CalloutError

    seen: set[str] = set()
    for path in paths:
        try:
            sources = expand(path, suite.accepts, only)
        except CalloutError as error:
            fail(error)
            continue
        for source in sources:
            if source.label in seen:
                continue
            seen.add(source.label)
            try:
                cases = suite.read(source)
            except CalloutError as error:
                fail(error)
                continue
            for case in cases:
                yield source, case


def _ticker(status: Status, name: str) -> Callable[[Progress], None]:
    def show(progress: Progress) -> None:
        status.update(f"{name}: {progress.elapsed_s:.1f} s, step {progress.iterations:,}, served {progress.served}")

    return show


def _progress(result: Result) -> str:
    """One line about one instance, for people."""
    score, best = result.score, result.best
    known = "" if best is None else f", best known {best.cost:,.4f}"
    gap = "" if result.gap is None else f", gap {result.gap:+.3%}"
    parts = "" if result.gap_travel_waiting is None else f" ({result.gap_travel_waiting:+.3%} of travel + waiting)"
    left = f", unserved {score.unserved}" if score.unserved else ""
    return f"{result.instance}: {score.cost:,.4f}{known}{gap}{parts}{left}, {result.seconds:.1f} s"
