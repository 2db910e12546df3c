"""The table at the end: means by class and over all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import fmean

from rich import box
from rich.table import Table

from api.bench.result import Result

TIE = 1e-6
"""A cost that is less than this share above the best known meets it: published values have a few decimals."""


def table(results: Sequence[Result]) -> Table:
    """Table of means by class, classes in natural order, and over all results; it fits 80 columns.

    Columns: instances, requests left unserved, cost, gap, gap of travel + waiting (where the suite has it), instances
    better than and equal to the best known, seconds.
    """
    with_parts = any(result.score.travel_waiting is not None for result in results)
    view = Table(
        title="Means by class, gaps to the best known", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1)
    )
    view.add_column("class", no_wrap=True)
    titles = ["n", "unserved", "cost", "gap", *(["trav+wait"] if with_parts else []), "better", "equal", "s"]
    for title in titles:
        view.add_column(title, justify="right", no_wrap=True)
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.group, []).append(result)
    for name in sorted(groups, key=_natural):
        view.add_row(*_row(name, groups[name], with_parts=with_parts))
    view.add_section()
    view.add_row(*_row("all", results, with_parts=with_parts))
    if any(result.gap is None for result in results):
        view.caption = "* without the instances that have no best known value, or leave another number unserved than it"
        view.caption_justify = "left"
    return view


def _row(name: str, results: Sequence[Result], *, with_parts: bool) -> list[str]:
    gaps = [result.gap for result in results if result.gap is not None]
    parts = [result.gap_travel_waiting for result in results if result.gap_travel_waiting is not None]
    return [
        name,
        str(len(results)),
        str(sum(result.score.unserved for result in results)),
        f"{fmean(result.score.cost for result in results):,.1f}",
        _mean(gaps, len(results)),
        *([_mean(parts, len(results))] if with_parts else []),
        str(sum(_is_better(result) for result in results)),
        str(sum(abs(gap) <= TIE for gap in gaps)),
        f"{fmean(result.seconds for result in results):.1f}",
    ]


def _is_better(result: Result) -> bool:
    """Fewer unserved than the best known, or as many at less cost."""
    fewer = result.best is not None and result.score.unserved < result.best.unserved
    return fewer or (result.gap is not None and result.gap < -TIE)


def _mean(gaps: Sequence[float], count: int) -> str:
    """Mean in percent, with a star where it doesn't stand for all of the instances."""
    if not gaps:
        return "-"
    mean = fmean(gaps)
    shown = f"{mean:+.3%}" if abs(mean) < 0.1 else f"{mean:+.1%}"
    return shown if len(gaps) == count else f"{shown}*"


def _natural(name: str) -> list[tuple[int, int, str]]:
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name)]
