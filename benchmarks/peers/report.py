"""The rows for people: a line each, and a table of means in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from benchmarks.peers.measure import Row

SHOWN = 3
"""Broken rules that a line names; the output file holds all."""


def text(row: Row) -> str:
    """One line about one engine on one instance."""
    head = f"{row.instance:12} {row.engine:8}"
    threads = f"{row.threads} thread{'s' if row.threads > 1 else ''}"
    used = f"{row.seconds:.1f} s ({row.cpu_s:.1f} s of CPU, {threads})"
    if row.score is None:
        return f"{head} no answer ({row.error}), {used}"
    facts = [f"{head} {row.score.cost:>12,.1f}"]
    if row.violations:
        more = f" and {len(row.violations) - SHOWN} more" if len(row.violations) > SHOWN else ""
        facts.append(f"INFEASIBLE ({'; '.join(row.violations[:SHOWN])}{more})")
    if row.score.unserved:
        facts.append(f"{row.score.unserved} UNSERVED")
    if row.gap is not None:
        facts.append(f"gap {row.gap:+.3%}")
    if row.ratio is not None:
        facts.append(f"ratio {row.ratio:.4f}")
    return ", ".join([*facts, used, f"{len(row.routes)} routes"])


def table(rows: Sequence[Row]) -> str:
    """Means by class and engine, and by engine over all, in the order of the rows.

    Gap and ratio are means of the valid answers; a star says that there are fewer of them than instances.
    """
    groups = list(dict.fromkeys(row.group for row in rows))
    engines = list(dict.fromkeys(row.engine for row in rows))
    lines = [
        "| class | engine | instances | valid | mean gap | mean ratio to `search` | mean s | mean CPU s | threads |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for group in [*groups, *(["all"] if len(groups) > 1 else [])]:
        for engine in engines:
            chosen = [row for row in rows if row.engine == engine and group in (row.group, "all")]
            if chosen:
                lines.append(_line(group, engine, chosen))
    return "\n".join(lines)


def _line(group: str, engine: str, rows: Sequence[Row]) -> str:
    gaps = [row.gap for row in rows if row.gap is not None]
    ratios = [row.ratio for row in rows if row.ratio is not None]
    cells = (
        group,
        f"`{engine}`",
        str(len(rows)),
        str(sum(row.valid_cost is not None for row in rows)),
        f"{fmean(gaps):+.2%}{_star(gaps, rows)}" if gaps else "–",
        f"{fmean(ratios):.4f}{_star(ratios, rows)}" if ratios else "–",
        f"{fmean(row.seconds for row in rows):.1f}",
        f"{fmean(row.cpu_s for row in rows):.1f}",
        str(max(row.threads for row in rows)),
    )
    return f"| {' | '.join(cells)} |"


def _star(values: Sequence[float], rows: Sequence[Row]) -> str:
    return "" if len(values) == len(rows) else "*"
