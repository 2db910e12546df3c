"""Pictures of intervals, as SVG in the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from scenarios.study.intervals import Interval

WIDTH, LABEL, RIGHT, ROW = 1000, 190, 190, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chart: `state` is ``better``, ``worse``, ``one`` or empty."""

    label: str
    value: Interval
    state: str = ""
    text: str = ""


def interval_chart(
    lines: Sequence[Line],
    *,
    show: Callable[[float], str],
    zero: bool = False,
    bounds: tuple[float, float] | None = None,
) -> str:
    """A dot and its interval for each line, over one axis.

    Parameters
    ----------
    lines : sequence of Line
        At least one.
    show : callable
        Text of a value at the axis.
    zero : bool
        Whether zero belongs on the axis, with a line.
    bounds : (float, float), optional
        What values can't leave.
    """
    ends = [end for line in lines for end in (line.value.mean, line.value.low, line.value.high) if end is not None]
    ticks = axis_ticks(min([*ends, 0] if zero else ends), max([*ends, 0] if zero else ends), bounds)
    low, high = ticks[0], ticks[-1]
    scale = (WIDTH - LABEL - RIGHT) / ((high - low) or 1)

    def x(value: float) -> float:
        return round(LABEL + (min(max(value, low), high) - low) * scale, 1)

    height = ROW * len(lines) + 30
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img">']
    for tick in ticks:
        kind = "zero" if zero and tick == 0 else "tick"
        parts.append(f'<line class="{kind}" x1="{x(tick)}" x2="{x(tick)}" y1="4" y2="{height - 24}"/>')
        parts.append(
            f'<text class="axis" x="{x(tick)}" y="{height - 8}" text-anchor="middle">{escape(show(tick))}</text>'
        )
    for number, line in enumerate(lines):
        y = 4 + ROW * number + ROW // 2
        value = line.value
        parts.append(
            f'<g class="{line.state}"><text x="{LABEL - 12}" y="{y + 4}" text-anchor="end">{escape(line.label)}</text>'
        )
        if value.low is not None and value.high is not None:
            parts.append(f'<line class="span" x1="{x(value.low)}" x2="{x(value.high)}" y1="{y}" y2="{y}"/>')
        parts.append(f'<circle class="dot" cx="{x(value.mean)}" cy="{y}" r="5"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 14}" y="{y + 4}">{escape(line.text)}</text></g>')
    return "".join([*parts, "</svg>"])


def axis_ticks(low: float, high: float, bounds: tuple[float, float] | None = None) -> list[float]:
    """Round numbers around a range: steps of 1, 2 or 5 times a power of ten."""
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    span = (high - low) or abs(high) or 1.0
    power = 10 ** math.floor(math.log10(span / 4))
    step = next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= 5)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if last <= first:  # one value: the axis leads up to it, as bounds may lie above
        first = last - 1
    return [number * step for number in range(first, last + 1)]
