"""All figures of a comparison for other programs."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from api.scenarios.played import Study
from scenarios.study.intervals import Interval
from scenarios.study.recommendation import recommend

COLUMNS = (
    "scenario",
    "figure",
    "days",
    "mean",
    "low",
    "high",
    "difference",
    "difference_low",
    "difference_high",
    "difference_is_clear",
)


def comparison_csv(study: Study) -> str:
    """A row for each scenario and figure, with its difference from the first scenario."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for outcome in study.comparison.outcomes:
        for name, one in outcome.figures.items():
            gap = outcome.differences.get(name)
            row = [outcome.played.name, name, one.days, *_numbers(one)]
            writer.writerow(row + ([*_numbers(gap), int(gap.is_clear)] if gap is not None else [""] * 4))
    return text.getvalue()


def _numbers(one: Interval) -> list[str]:
    return ["" if value is None else f"{value:.6g}" for value in (one.mean, one.low, one.high)]


def comparison_json(study: Study) -> str:
    """Everything, with the recommendation."""
    advice = recommend(study.comparison)
    document = {
        "confidence": 0.95,
        "common_days": study.comparison.common_days,
        "scenarios": [
            {
                "name": outcome.played.name,
                "title": outcome.played.title,
                "figures": {name: _plain(one) for name, one in outcome.figures.items()},
                "differences": {name: _plain(one) for name, one in outcome.differences.items()},
                "year_parts_cents": dict(outcome.year_parts_cents),
                "changes": manifest["changes"],
                "promise": manifest["promise"],
            }
            for outcome, manifest in zip(study.comparison.outcomes, study.manifests, strict=True)
        ],
        "promises": [
            {
                "promise": one.promise,
                "figure": one.figure,
                "promised": dict(one.promised),
                "simulated": dict(one.simulated),
                "rank_correlation": one.correlation,
            }
            for one in study.comparison.truths
        ],
        "recommendation": {
            "best": advice.best,
            "total_cents_per_year": {name: _plain(one) for name, one in advice.total_cents.items()},
            "not_told_from_the_best": list(advice.rivals),
            "against_the_first": {
                one.name: {"verdict": str(one.verdict), **_plain(one.difference)} for one in advice.standings
            },
            "promised_best": advice.promised_best,
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(one: Interval) -> dict[str, Any]:
    return {"mean": one.mean, "low": one.low, "high": one.high, "days": one.days}
