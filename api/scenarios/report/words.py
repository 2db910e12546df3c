"""Words of the report, and its advice in sentences."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from api.scenarios.played import Study
from dispatch.errors import UsageError
from scenarios.study.intervals import Interval
from scenarios.study.recommendation import Recommendation, Verdict, recommend


@cache
def labels(language: str) -> dict[str, str]:
    """All words in one language, by key.

    Raises
    ------
    UsageError
        ``report.language`` when the language is not spoken.
    """
    text = (files("api.scenarios.report") / "assets" / "labels.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, str]] = json.loads(text)
    if any(language not in words for words in table.values()):
        raise UsageError("report.language", f"the report does not speak {language!r}")
    return {key: words[language] for key, words in table.items()}


def money(cents: float, currency: str) -> str:
    """An amount for people, without cents from a hundred on; a true minus sign."""
    amount = abs(cents) / 100
    if not amount:
        return f"0 {currency}".strip()
    sign = "−" if cents < 0 else ""
    return f"{sign}{amount:,.0f} {currency}".strip() if amount >= 100 else f"{sign}{amount:.2f} {currency}".strip()


def difference(one: Interval, currency: str) -> str:
    """A signed amount with its interval."""
    shown = ("+" if one.mean > 0 else "") + money(one.mean, currency)
    if one.low is None or one.high is None:
        return shown
    return f"{shown} [{money(one.low, '')} … {money(one.high, '')}]"


def advice(study: Study, language: str) -> list[str]:
    """What the days say, in sentences: what is clear, what is open, and what location models would have said."""
    words, found = labels(language), recommend(study.comparison)
    outcomes = study.comparison.outcomes
    titles = {one.played.name: one.played.title for one in outcomes}
    currency = outcomes[0].played.prices.currency
    first = outcomes[0].played.name
    total = found.total_cents[found.best]
    sentences = [words["advice.best"].format(titles[found.best], money(total.mean, currency))]
    if found.rivals and found.best != first:  # else the list of what is open says it
        sentences.append(words["advice.rivals"].format(", ".join(titles[name] for name in found.rivals)))
    elif not found.rivals and len(outcomes) > 1:
        sentences.append(words["advice.alone"])
    for verdict in Verdict:
        these = [
            f"{titles[one.name]} ({difference(one.difference, currency)})"
            for one in found.standings
            if one.verdict is verdict
        ]
        if these:
            sentences.append(words[f"advice.{verdict}"].format("; ".join(these), titles[first]))
    return sentences + [
        _against_model(found, promise, name, titles, words, currency) for promise, name in found.promised_best.items()
    ]


def _against_model(
    found: Recommendation, promise: str, name: str, titles: dict[str, str], words: dict[str, str], currency: str
) -> str:
    model = words[f"promise.{promise}"]
    if name == found.best:
        return words["advice.confirms"].format(model, titles[name])
    gap = found.total_cents[name].mean - found.total_cents[found.best].mean
    key = "advice.differs_open" if name in found.rivals else "advice.differs"
    return words[key].format(model, titles[name], money(gap, currency), titles[found.best])
