"""Quality over time: the mean gap of ``search`` to the best known after 1, 5, 30, 60 seconds, as a picture.

``python -m benchmarks.curve INSTANCE... --seconds 60 --out docs/images/quality.svg [--csv FILE]``, or
``--from results.jsonl...`` with files of ``callout bench`` that differ in ``--seconds``.

Each limit is a run of its own: the temperature falls over the whole limit, so the first seconds of a long run say
nothing about a short one.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from api.bench.case import unreadable
from api.bench.modelling import solomon_class
from api.bench.result import solve
from api.cli.app import report
from api.cli.warm import warm
from benchmarks.instances import SUITE, instances, sources
from benchmarks.line_chart import Line, line_chart
from dispatch.errors import CalloutError, InputError
from dispatch.ports import Limits
from solver.registry import engine

ENGINE = "search"
LIMITS_S = (1.0, 5.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One run: the limit, and the gap as a share; None when there is none, as with customers left unserved."""

    group: str
    instance: str
    seconds: float
    gap: float | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the mean gap of `search` over its time limit; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.curve", description=main.__doc__)
    parser.add_argument("paths", nargs="*", type=Path, metavar="INSTANCE", help="as for callout bench vrptw")
    parser.add_argument("--from", dest="files", nargs="+", type=Path, metavar="FILE", help="read these results instead")
    parser.add_argument("--seconds", type=float, default=60.0, help="longest limit; 60")
    parser.add_argument("--workers", type=int, default=2, help="threads; 2")
    parser.add_argument("--seed", type=int, default=1, help="seed of all chance; 1")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.svg", help="the picture")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="every single gap")
    chosen = parser.parse_args(arguments)
    if bool(chosen.paths) == bool(chosen.files):
        parser.error("give either instances or --from")
    if chosen.seconds <= 0:
        parser.error("--seconds must be above 0")
    try:
        if chosen.files:
            points = [point for file in chosen.files for point in read(file)]
        else:
            points = measure(chosen.paths, seconds=chosen.seconds, workers=chosen.workers, seed=chosen.seed)
        if chosen.csv:
            write_csv(points, chosen.csv)
        lines = means(points)
        if not lines:
            raise InputError("curve.empty", "no instance has a gap to the best known at every limit")
    except CalloutError as error:
        report(error)
        return error.exit_code
    print(table(lines))
    picture = line_chart(
        lines,
        title="Mean gap to the best known value by search time",
        x_title="time limit (logarithmic)",
        y_title="mean gap",
    )
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(picture, encoding="utf-8")
    return 0


def limits_to(seconds: float) -> list[float]:
    """Limits below the longest, and the longest."""
    return [*(limit for limit in LIMITS_S if limit < seconds), seconds]


def measure(paths: Sequence[Path], *, seconds: float, workers: int, seed: int) -> list[Point]:
    """Run `search` on every instance once for each limit up to `seconds`."""
    found, points = sources(paths), []
    warm()
    for case, best in instances(found):
        for limit_s in limits_to(seconds):
            limits = Limits(seconds=limit_s)
            result = solve(SUITE, case, engine(ENGINE), best=best, limits=limits, seed=seed, workers=workers)
            points.append(Point(group=case.group, instance=case.name, seconds=limit_s, gap=result.gap))
            shown = "no gap" if result.gap is None else f"gap {result.gap:+.3%}"
            print(f"{case.name}, {limit_s:g} s: {result.score.cost:,.1f}, {shown}", file=sys.stderr, flush=True)
    return points


def read(path: Path) -> list[Point]:
    """Runs of `search` in a file of ``callout bench`` or ``benchmarks.peers``, without those that had no time limit.

    Raises
    ------
    InputError
        ``bench.unreadable`` when it isn't one.
    """
    try:
        texts = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(str(path), f"can't be read: {error}") from None
    points = []
    for row, text in enumerate(texts, start=1):
        try:
            line = json.loads(text)
            point = Point(group=_group(line), instance=line["instance"], seconds=line["limit_s"], gap=line["gap"])
            if line["engine"] == ENGINE and point.seconds is not None:
                points.append(point)
        except (ValueError, KeyError, TypeError):
            raise unreadable(str(path), "expected a line of results.jsonl", row=row) from None
    return points


def _group(line: dict[str, object]) -> str:
    """Class of an instance: as the line says, or by its name and, for routing instances, its customers."""
    if "class" in line:
        return str(line["class"])
    name, routes, unserved = solomon_class(str(line["instance"])), line["routes"], line["unserved"]
    if name == "other":
        return str(line["suite"])
    if line["suite"] != SUITE or not isinstance(routes, list) or not isinstance(unserved, int):
        return f"{name} {line['suite']}"
    return f"{name} {sum(map(len, routes)) + unserved}"


def means(points: Sequence[Point]) -> dict[str, Line]:
    """Mean gap by class and limit, over the instances of the class that have a gap at each of its limits.

    An instance that misses one would pull the mean at the others only, and bend the line. Two runs of an instance
    with the same limit both count.
    """
    lines: dict[str, Line] = {}
    for group in dict.fromkeys(point.group for point in points):
        runs = [point for point in points if point.group == group]
        limits = sorted({point.seconds for point in runs})
        known: dict[tuple[str, float], list[float]] = {(point.instance, point.seconds): [] for point in runs}
        for point in runs:
            if point.gap is not None:
                known[point.instance, point.seconds].append(point.gap)
        whole = [one for one in dict.fromkeys(p.instance for p in runs) if all(known.get((one, s)) for s in limits)]
        if whole:
            lines[group] = [(s, fmean(gap for one in whole for gap in known[one, s])) for s in limits]
        left_out = len({point.instance for point in runs}) - len(whole)
        if left_out:
            print(f"{group}: {left_out} instance(s) without a gap at every limit are left out", file=sys.stderr)
    return lines


def table(lines: dict[str, Line]) -> str:
    """The means in Markdown, a row a class."""
    limits = sorted({seconds for line in lines.values() for seconds, _ in line})
    rows = [f"| class | {' | '.join(f'{seconds:g} s' for seconds in limits)} |", "|---" * (len(limits) + 1) + "|"]
    for group, line in lines.items():
        at = dict(line)
        rows.append(f"| {group} | {' | '.join(f'{at[s]:+.2%}' if s in at else '–' for s in limits)} |")
    return "\n".join(rows)


def write_csv(points: Sequence[Point], path: Path) -> None:
    """Every run as a row ``class, instance, seconds, gap``; an empty gap is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("class", "instance", "seconds", "gap"))
        writer.writerows((p.group, p.instance, p.seconds, p.gap) for p in points)


if __name__ == "__main__":
    sys.exit(main())
