"""Words of maps and directions, in every language of the report."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from api.report.labels import labels as report_labels


@cache
def _table() -> dict[str, dict[str, str]]:
    text = (files("api.maps") / "assets" / "labels.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, str]] = json.loads(text)
    return table


def labels(language: str) -> dict[str, str]:
    """All labels in one language, by key: those of the report too, for what both speak of.

    Raises
    ------
    UsageError
        ``report.language`` when the language is not spoken.
    """
    return report_labels(language) | {key: words[language] for key, words in _table().items()}
