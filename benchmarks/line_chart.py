"""A line chart over a logarithmic time axis as a small SVG: light background, a label at the end of each line."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 760, 430
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 52, 54
LABEL_STEP = 17
"""Least distance between two labels' baselines."""

COLOURS = ("#0b5cad", "#b3400a", "#1b7a43", "#8a2f8f", "#806000", "#b0204a", "#00707a", "#4d4d4d")
"""Dark enough to be read as text on white: contrast 4.5 or more (WCAG 2.2, 1.4.3)."""

INK, QUIET, GRID = "#222222", "#555555", "#e2e2e2"

Line = Sequence[tuple[float, float]]
"""Points of a line: seconds above 0, and a share."""


def line_chart(lines: Mapping[str, Line], *, title: str, x_title: str, y_title: str) -> str:
    """Draw the lines, named by their keys.

    Parameters
    ----------
    lines : mapping of str to points
        At least one line with at least one point; the ticks of the time axis stand where points are.
    """
    times = sorted({seconds for line in lines.values() for seconds, _ in line})
    ticks = value_ticks([share for line in lines.values() for _, share in line])
    first, last = math.log(times[0]), math.log(times[-1])

    def x(seconds: float) -> float:
        along = (math.log(seconds) - first) / (last - first) if last > first else 0.5
        return round(LEFT + along * (WIDTH - LEFT - RIGHT), 1)

    def y(share: float) -> float:
        up = (share - ticks[0]) / (ticks[-1] - ticks[0])
        return round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1)

    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "role": "img",
            "font-family": "system-ui, sans-serif",
            "font-size": "13",
        },
    )
    ET.SubElement(svg, "title").text = title
    _draw(svg, "rect", width=WIDTH, height=HEIGHT, fill="#ffffff")
    _write(svg, title, LEFT, 26, INK, size=16, weight="600")
    percents = 100 * (ticks[1] - ticks[0])
    decimals = next(digits for digits in range(12) if math.isclose(round(percents, digits), percents))
    for share in ticks:
        strong = abs(share) < 1e-12
        stroke = QUIET if strong else GRID
        _draw(svg, "line", x1=LEFT, x2=WIDTH - RIGHT, y1=y(share), y2=y(share), stroke=stroke)
        _write(svg, f"{share + 0.0:.{decimals}%}", LEFT - 8, y(share) + 4, QUIET, anchor="end")
    for seconds in times:
        _draw(svg, "line", x1=x(seconds), x2=x(seconds), y1=HEIGHT - BOTTOM, y2=HEIGHT - BOTTOM + 5, stroke=QUIET)
        _write(svg, f"{seconds:g} s", x(seconds), HEIGHT - BOTTOM + 20, QUIET, anchor="middle")
    _write(svg, x_title, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, INK, anchor="middle")
    _write(svg, y_title, LEFT, TOP - 8, INK)

    colours = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(lines)}
    for name, line in lines.items():
        points = " ".join(f"{x(seconds)},{y(share)}" for seconds, share in line)
        _draw(
            svg, "polyline", points=points, fill="none", stroke=colours[name], stroke_width=2, stroke_linejoin="round"
        )
        for seconds, share in line:
            _draw(svg, "circle", cx=x(seconds), cy=y(share), r=3, fill=colours[name])
    ends = {name: y(line[-1][1]) for name, line in lines.items()}
    for name, baseline in zip(sorted(ends, key=ends.__getitem__), spread(sorted(ends.values())), strict=True):
        label_x = WIDTH - RIGHT + 16
        seconds, share = lines[name][-1]
        _draw(
            svg,
            "line",
            x1=x(seconds) + 4,
            x2=label_x - 3,
            y1=ends[name],
            y2=baseline,
            stroke=colours[name],
            opacity=0.5,
        )
        _write(svg, f"{name}: {share:.2%}", label_x, baseline + 4, colours[name], weight="600")
    ET.indent(svg, space=" ")
    return ET.tostring(svg, encoding="unicode") + "\n"


def value_ticks(values: Sequence[float]) -> list[float]:
    """Four to eight round steps (1, 2, 2.5 or 5 times a power of ten) that cover the values and zero."""
    low, high = min(0.0, *values), max(0.0, *values)
    reach = high - low or 0.01
    power = 10.0 ** math.floor(math.log10(reach / 4))
    step = max(power * nice for nice in (1, 2, 2.5, 5) if power * nice <= reach / 4)
    return [
        step * number for number in range(math.floor(low / step + 1e-9), math.ceil((low + reach) / step - 1e-9) + 1)
    ]


def spread(heights: Sequence[float]) -> list[float]:
    """Heights of labels, from the top down: as near to the ascending `heights` as they fit below one another."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + LABEL_STEP) if placed else height)
    lowest: float = HEIGHT - BOTTOM
    for place in range(len(placed) - 1, -1, -1):
        placed[place] = min(placed[place], lowest)
        lowest = placed[place] - LABEL_STEP
    return placed


def _draw(parent: ET.Element, tag: str, **attributes: float | str) -> None:
    ET.SubElement(parent, tag, {name.replace("_", "-"): str(value) for name, value in attributes.items()})


def _write(
    parent: ET.Element,
    words: str,
    x: float,
    y: float,
    colour: str,
    *,
    anchor: str = "start",
    size: int = 13,
    weight: str = "400",
) -> None:
    attributes = {"x": x, "y": y, "fill": colour, "text-anchor": anchor, "font-size": size, "font-weight": weight}
    ET.SubElement(parent, "text", {name: str(value) for name, value in attributes.items()}).text = words
