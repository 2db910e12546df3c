"""Figures as text: durations, distances, money, shares, and the rows of the KPI and cost tables."""

from __future__ import annotations

from collections.abc import Mapping

from api.report.labels import labels
from dispatch.plan import Plan


def duration_text(seconds: int, language: str) -> str:
    """``61`` -> ``2 min``, ``5400`` -> ``1 h 30 min``; minutes are rounded up, so a second late is not 0 min."""
    words = labels(language)
    hours, minutes = divmod(-(-seconds // 60), 60)
    if not hours:
        return f"{minutes} {words['unit.minute']}"
    return f"{hours:,} {words['unit.hour']} {minutes:02d} {words['unit.minute']}"


def distance_text(metres: int, language: str) -> str:
    """``12345`` -> ``12.3 km``."""
    return f"{metres / 1000:,.1f} {labels(language)['unit.km']}"


def money_text(cents: int) -> str:
    """``123456`` -> ``1,234.56``, in whatever currency the weights are given."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def share_text(share: float) -> str:
    """``0.9876`` -> ``98.8 %``."""
    return f"{share * 100:.1f} %"


def figure_text(name: str, value: int | float, language: str) -> str:
    """A KPI in the unit that its name carries."""
    stem = name.partition(".")[0]
    if stem.endswith("_s"):
        return duration_text(round(value), language)
    if stem.endswith("_m"):
        return distance_text(round(value), language)
    if stem.endswith("_share") or stem == "utilisation":
        return share_text(value)
    return f"{value:,}"


def kpi_rows(plan: Plan, language: str) -> list[tuple[str, str]]:
    """(label, value) of every KPI of the plan, in its order."""
    return [(_name("kpi", name, language), figure_text(name, value, language)) for name, value in plan.kpis.items()]


def cost_rows(cost: Mapping[str, int], language: str) -> list[tuple[str, int]]:
    """(label, cents) of every term of the objective, in its order."""
    return [(_name("cost", name, language), cents) for name, cents in cost.items()]


def _name(kind: str, name: str, language: str) -> str:
    """Label of ``kept_share.enterprise`` and the like: the stem's words, then the name behind the dot."""
    stem, _, detail = name.partition(".")
    words = labels(language).get(f"{kind}.{stem}", stem)
    return f"{words}: {detail}" if detail else words
