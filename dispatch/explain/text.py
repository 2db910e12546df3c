"""Reasons in words: the last step, from a code and its facts to a sentence."""

from __future__ import annotations

from dispatch.explain import texts_en, texts_zh
from dispatch.plan import Reason
from dispatch.problem import Problem

LANGUAGES = {"en": texts_en.TEXTS, "zh": texts_zh.TEXTS}
"""Language code to the sentence of every reason code."""


def text(reason: Reason, language: str, problem: Problem) -> str:
    """One sentence for people.

    Facts are shown by their unit: ``*_s`` named as an instant (``start_s``, ``due_s`` ...) as local time, other
    ``*_s`` as hours and minutes, ``*_m`` in kilometres, ``*_cents`` with two decimals.

    Raises
    ------
    KeyError
        When the language or the code has no sentence (a test watches completeness).
    """
    template = LANGUAGES[language][reason.code]
    return template.format_map({name: _shown(name, value, problem) for name, value in reason.facts.items()})


INSTANTS = frozenset(
    {
        "due_s",
        "start_s",
        "end_s",
        "until_s",
        "from_s",
        "window_start_s",
        "latest_start_s",
        "earliest_start_s",
        "other_start_s",
        "possible_from_s",
        "possible_to_s",
    }
)
"""Facts that are seconds of the horizon, not lengths."""


def _shown(name: str, value: int | str, problem: Problem) -> str:
    if isinstance(value, str):
        return value
    if name in INSTANTS:
        return problem.instant(value).strftime("%m-%d %H:%M")
    if name.endswith("_s"):
        return duration(value)
    if name.endswith("_m"):
        return f"{value / 1000:.1f} km"
    if name.endswith("_cents"):
        return f"{value / 100:,.2f}"
    return str(value)


def duration(seconds: int) -> str:
    """Hours and minutes, minutes rounded up: ``1 h 05 min``."""
    minutes = -(-seconds // 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
