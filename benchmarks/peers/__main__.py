"""``python -m benchmarks.peers INSTANCE... --seconds S --workers W --seed N [--engines A,B] [--out FILE]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from api.cli.app import report as report_error
from api.cli.warm import warm
from benchmarks.instances import instances, sources
from benchmarks.peers.engines import CONTENDERS, REFERENCE, Contender
from benchmarks.peers.measure import Row, measure
from benchmarks.peers.report import table, text
from dispatch.errors import CalloutError, UnavailableError, UsageError
from dispatch.ports import Limits


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every engine on every instance, one after another; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=main.__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="INSTANCE", help="as for callout bench vrptw")
    parser.add_argument("--seconds", type=float, help="time of each engine on each instance")
    parser.add_argument("--iterations", type=int, help="steps instead, which every engine counts in its own way")
    parser.add_argument("--workers", type=int, default=2, help="threads, for the engines that have several; 2")
    parser.add_argument("--seed", type=int, default=1, help="seed of all chance; 1")
    parser.add_argument("--engines", default=",".join(CONTENDERS), help=f"{','.join(CONTENDERS)} or some of them")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write one JSON line a result")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.seconds is None and chosen.iterations is None:
            raise UsageError("peers.no_limit", "give --seconds or --iterations")
        rows = run(
            chosen.paths,
            present(chosen.engines.split(",")),
            limits=Limits(seconds=chosen.seconds, iterations=chosen.iterations),
            seed=chosen.seed,
            workers=chosen.workers,
            out=chosen.out,
        )
    except CalloutError as error:
        report_error(error)
        return error.exit_code
    print(f"\n{table(rows)}")
    return 0


def present(names: Sequence[str]) -> list[Contender]:
    """Those of the named engines that are installed, the reference first; says which are left out.

    Raises
    ------
    UsageError
        ``engine.unknown``.
    UnavailableError
        ``peers.missing`` when none is left.
    """
    for name in names:
        if name not in CONTENDERS:
            raise UsageError("engine.unknown", f"unknown engine {name!r}; there are: {', '.join(CONTENDERS)}")
    found = []
    for contender in CONTENDERS.values():
        if contender.name in names:
            try:
                contender.check()
            except UnavailableError as error:
                report_error(error)
                continue
            found.append(contender)
    if not found:
        raise UnavailableError("peers.missing", "none of the engines is installed")
    return found


def run(
    paths: Sequence[Path],
    contenders: Sequence[Contender],
    *,
    limits: Limits,
    seed: int,
    workers: int,
    out: Path | None = None,
) -> list[Row]:
    """Measure all engines on all instances; prints each result, and writes it to `out`, as soon as it is there."""
    found = sources(paths)
    if any(contender.name == REFERENCE for contender in contenders):
        warm()  # compilation is no search time
    rows: list[Row] = []
    with ExitStack() as stack:
        if out:
            out.parent.mkdir(parents=True, exist_ok=True)
        lines = stack.enter_context(out.open("w", encoding="utf-8", newline="\n")) if out else None
        for case, best in instances(found):
            reference_cost = None
            for contender in contenders:
                row = measure(
                    case,
                    contender,
                    best=best,
                    reference_cost=reference_cost,
                    limits=limits,
                    seed=seed,
                    workers=workers,
                )
                if row.engine == REFERENCE:
                    reference_cost = row.valid_cost
                rows.append(row)
                print(text(row), flush=True)
                if lines:
                    lines.write(row.line() + "\n")
                    lines.flush()
    return rows


if __name__ == "__main__":
    sys.exit(main())
