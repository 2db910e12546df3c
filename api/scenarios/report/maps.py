"""Small maps: where tickets are, where centres stand, and how far each ticket is from the nearest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

STEPS_KM = (2, 4, 6, 8)
"""Upper ends of the colours; the last colour has none."""
SIZE = 300
KM_PER_DEGREE = 111.2
"""Of latitude, from the mean radius of the Earth, https://doi.org/10.1007/s001900050278."""


class Frame:
    """The same cut of the land for all maps of a page."""

    def __init__(self, points: Sequence[Sequence[float]]) -> None:
        lat, lon = [point[0] for point in points], [point[1] for point in points]
        self.lat, self.lon = (min(lat) + max(lat)) / 2, (min(lon) + max(lon)) / 2
        self.east_km = KM_PER_DEGREE * math.cos(math.radians(self.lat))
        width, height = (max(lon) - min(lon)) * self.east_km, (max(lat) - min(lat)) * KM_PER_DEGREE
        self.scale = SIZE / (1.12 * max(width, height, 1.0))
        self.width = round(max(SIZE * 0.6, 1.12 * width * self.scale))
        self.height = round(max(SIZE * 0.6, 1.12 * height * self.scale))

    def km(self, point: Sequence[float]) -> tuple[float, float]:
        """East and north of the middle."""
        return (point[1] - self.lon) * self.east_km, (point[0] - self.lat) * KM_PER_DEGREE

    def at(self, point: Sequence[float]) -> tuple[float, float]:
        """Place in the picture."""
        east, north = self.km(point)
        return round(self.width / 2 + east * self.scale, 1), round(self.height / 2 - north * self.scale, 1)


def site_map(
    frame: Frame, centres: Sequence[dict[str, Any]], demand: Sequence[Sequence[float]], *, old: set[str], ring_km: float
) -> str:
    """One map; centres whose id is not in `old` are marked as new."""
    sites = [(one, frame.km((one["lat"], one["lon"]))) for one in centres if one["lat"] is not None]
    parts = [f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img">']
    for one, _ in sites:
        x, y = frame.at((one["lat"], one["lon"]))
        radius = (ring_km if one["coverage_m"] is None else one["coverage_m"] / 1000) * frame.scale
        parts.append(f'<circle class="ring" cx="{x}" cy="{y}" r="{radius:.1f}"/>')
    for point in demand:
        east, north = frame.km(point)
        nearest = min((math.hypot(east - to[0], north - to[1]) for _, to in sites), default=math.inf)
        step = sum(nearest > limit for limit in STEPS_KM)
        x, y = frame.at(point)
        parts.append(f'<circle class="near-{step}" cx="{x}" cy="{y}" r="1.6"/>')
    for one, _ in sites:
        x, y = frame.at((one["lat"], one["lon"]))
        kind = "site" if one["id"] in old else "site new"
        parts.append(f'<rect class="{kind}" x="{x - 5}" y="{y - 5}" width="10" height="10" rx="2"/>')
        side, anchor = (-8, "end") if x > frame.width * 0.62 else (8, "start")
        parts.append(f'<text class="halo" x="{x + side}" y="{y + 4}" text-anchor="{anchor}">{escape(one["id"])}</text>')
    return "".join([*parts, "</svg>"])


def legend() -> str:
    """What the colours mean."""
    lows = (0, *STEPS_KM)
    texts = [f"{low}–{high} km" for low, high in zip(lows, STEPS_KM, strict=False)] + [f"> {STEPS_KM[-1]} km"]
    marks = [
        f'<span><svg viewBox="0 0 12 12"><circle class="near-{step}" cx="6" cy="6" r="5"/></svg>{text}</span>'
        for step, text in enumerate(texts)
    ]
    return f'<div class="legend">{"".join(marks)}</div>'
