"""The picture of a plan: a self-contained page, GeoJSON for GIS, and tables for the terminal.

Nothing here computes a time, a cost or a figure: it shows what the plan holds.
"""

from __future__ import annotations

from api.report.driven import driven_lines
from api.report.feature_collection import geojson
from api.report.page import html
from api.report.roads import quiet_roads

__all__ = ["driven_lines", "geojson", "html", "quiet_roads"]
