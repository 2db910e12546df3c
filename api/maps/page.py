"""The map as one self-contained page: a template, styles, scripts and one block of data. It loads nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from api.maps.labels import labels
from api.report.page import script_safe_json

_SCRIPTS = ("core.js", "roads.js", "layers.js", "tables.js", "view.js")
_LANGUAGE_TAGS = {"en": "en", "zh": "zh-Hans"}


def map_page(
    data: dict[str, Any], *, title: str, subtitle: str, badges: Sequence[tuple[str, str, str]], language: str
) -> str:
    """Fill the template.

    Parameters
    ----------
    data : dict
        What the scripts draw, see :mod:`api.maps.coverage_page`; may hold any texts.
    title, subtitle : str
        Headline, any text.
    badges : sequence of (state, figure, words)
        Figures beside the headline; `state` is empty, ``good``, ``warn`` or ``alarm``.
    language : str
        ``en`` or ``zh``.

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
    words, script = labels(language), _script()
    marks = "".join(
        f'<li class="badge {state}"><b>{escape(figure)}</b> <span>{escape(text)}</span></li>'
        for state, figure, text in badges
    )
    values = {
        "language": _LANGUAGE_TAGS[language],
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "title": escape(title),
        "subtitle": escape(subtitle),
        "badges": marks,
        "style": _style(),
        "data": script_safe_json({"language": language, "labels": words, **data}),
        "script": script,
    }
    values |= {f"t.{key}": escape(text) for key, text in words.items()}
    return re.sub(r"\{\{([\w.]+)\}\}", lambda match: values[match[1]], asset("map.html"))


@cache
def asset(name: str) -> str:
    """Text of one file of the page."""
    return (files("api.maps") / "assets" / name).read_text(encoding="utf-8")


@cache
def _style() -> str:
    """Colours, panels, tables and badges are those of the report."""
    return (files("api.report") / "assets" / "report.css").read_text(encoding="utf-8") + asset("map.css")


@cache
def _script() -> str:
    return "\n(() => {\n'use strict';\n" + "\n".join(map(asset, _SCRIPTS)) + "})();\n"
