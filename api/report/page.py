"""The self-contained page: a template, a style, a script and one block of data. It loads nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from api.report.data import date_range_text, page_data
from api.report.driven import DrivenLines
from api.report.figures import money_text
from api.report.labels import labels
from dispatch.plan import Plan
from dispatch.problem import Problem

_SCRIPTS = ("core.js", "map.js", "bars.js", "lists.js", "main.js")
_LANGUAGE_TAGS = {"en": "en", "zh": "zh-Hans"}


def html(
    problem: Problem,
    plan: Plan,
    *,
    title: str,
    language: str = "en",
    driven: DrivenLines | None = None,
    roads: Mapping[str, Any] | None = None,
) -> str:
    """Draw a plan as one HTML page that opens without a network.

    Parameters
    ----------
    problem, plan
        What was planned, and the answer.
    title : str
        Headline, any text.
    language : str
        ``en`` or ``zh``.
    driven : DrivenLines, optional
        Lines over the roads (:func:`api.report.driven.driven_lines`); without them routes go straight.
    roads : mapping, optional
        Background of the map (:func:`api.report.roads.quiet_roads`).

    Returns
    -------
    str
        The page. A content security policy in it forbids every load and every script but its own; texts of the
        input only ever stand in escaped HTML or in the JSON block.

    Raises
    ------
    UsageError
        ``report.language`` when the language is not spoken.
    """
    words = labels(language)
    script = _script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    made = plan.provenance
    values = {
        "language": _LANGUAGE_TAGS[language],
        "script_hash": digest,
        "title": escape(title),
        "dates": escape(date_range_text(problem)),
        "engine": escape(f"{made.engine} {made.engine_version}"),
        "cost": escape(money_text(plan.total_cents)),
        "tickets": f"{plan.kpis['tickets']:,}",
        "style": _asset("report.css"),
        "data": script_safe_json(page_data(problem, plan, language=language, driven=driven, roads=roads)),
        "script": script,
    }
    for name, state in (("served", "good"), ("unserved", "alarm"), ("late", "warn")):
        count = plan.kpis["late_tickets" if name == "late" else name]
        values |= {name: f"{count:,}", f"{name}_state": state if count else "good"}
    values |= {f"t.{key}": escape(text) for key, text in words.items()}
    return re.sub(r"\{\{([\w.]+)\}\}", lambda match: values[match[1]], _asset("report.html"))


def script_safe_json(data: object) -> str:
    """JSON that may stand inside ``<script>``: nothing in it can end the element or open a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _asset(name: str) -> str:
    return (files("api.report") / "assets" / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    return "\n(() => {\n'use strict';\n" + "\n".join(map(_asset, _SCRIPTS)) + "})();\n"
