"""Words of the report, in every language that it speaks."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from dispatch.errors import UsageError

LANGUAGES = ("en", "zh")
"""English and Simplified Chinese."""


@cache
def _table() -> dict[str, dict[str, str]]:
    text = (files("api.report") / "assets" / "labels.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, str]] = json.loads(text)
    return table


def labels(language: str) -> dict[str, str]:
    """All labels in one language, by key.

    Raises
    ------
    UsageError
        ``report.language`` when the language is not spoken.
    """
    if language not in LANGUAGES:
        raise UsageError("report.language", f"unknown language {language!r}; known: {', '.join(LANGUAGES)}")
    return {key: words[language] for key, words in _table().items()}
