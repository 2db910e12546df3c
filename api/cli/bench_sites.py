"""``callout bench sites``: location instances against their optima."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import typer


def bench_sites(paths: Sequence[Path], out: Path, *, seconds: float, seed: int, only: str, quiet: bool) -> None:
    """Solve every instance behind the paths; one line of JSON each."""
    from api.bench.sites import SiteResult, solve_case
    from api.bench.sites_text import may_be_sites, read_sites_cases
    from api.bench.sources import expand
    from api.cli.app import report
    from api.cli.stopping import StopOnSignal
    from api.files import require_writable
    from dispatch.errors import CalloutError, InputError

    require_writable(out)
    failed: list[CalloutError] = []
    results: list[SiteResult] = []
    with StopOnSignal() as stop, out.open("w", encoding="utf-8", newline="\n") as lines:
        for path in paths:
            try:
                found = [case for source in expand(path, may_be_sites) for case in read_sites_cases(source)]
                cases = [case for case in found if fnmatchcase(case.name.lower(), only.lower())]
                if not cases:
                    which = f" called {only!r}" if found else ""
                    raise InputError("bench.no_instance", f"{path}: there is no instance{which} of this suite here")
            except CalloutError as error:
                failed.append(error)
                report(error)
                continue
            for case in cases:
                if stop.asked():
                    break
                result = solve_case(case, seconds=seconds, seed=seed)
                results.append(result)
                lines.write(result.line() + "\n")
                lines.flush()
                if not quiet:
                    typer.echo(str(result), err=True)
    for group in dict.fromkeys(result.case.group for result in results):
        members = [result for result in results if result.case.group == group]
        proved = sum(result.outcome.proved for result in members)
        worst = max((result.gap for result in members if result.gap is not None), default=0.0)
        if not quiet:
            total = sum(result.seconds for result in members)
            typer.echo(
                f"{group}: {len(members)} instances, {proved} proved, worst gap {worst:.4%}, {total:.1f} s", err=True
            )
    if failed:
        raise typer.Exit(max(error.exit_code for error in failed))
