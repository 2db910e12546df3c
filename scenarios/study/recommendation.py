"""Which scenario the days speak for, and how clearly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scenarios.study.comparison import (
    COST,
    PROMISE_COST,
    PROMISES,
    WORK_COST,
    Comparison,
    Outcome,
    Played,
    day_figures,
)
from scenarios.study.intervals import Interval, interval


class Verdict(StrEnum):
    """How a scenario stands against the first one, by yearly total."""

    BETTER = "better"
    WORSE = "worse"
    OPEN = "open"
    """The interval of the difference holds zero: these days can't tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A scenario against the first.

    Parameters
    ----------
    name : str
    verdict : Verdict
    difference : Interval
        Of the yearly total in cents, this minus the first.
    """

    name: str
    verdict: Verdict
    difference: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """What to do.

    Parameters
    ----------
    best : str
        Scenario with the least yearly total.
    total_cents : mapping of str to Interval
        Money of a year (by the weights where there are no prices), plus what the weights charge for broken promises.
    standings : tuple of Standing
        Every scenario but the first.
    rivals : tuple of str
        Scenarios that the days can't tell from the best.
    promised_best : mapping of str to str
        By promise of a location model, the scenario that it would choose.
    """

    best: str
    total_cents: dict[str, Interval]
    standings: tuple[Standing, ...]
    rivals: tuple[str, ...]
    promised_best: dict[str, str]


def year_total_cents(played: Played, day: dict[str, float]) -> float:
    """Money of a year, and what the weights charge for broken promises in a year of such days."""
    return day[PROMISE_COST] * played.prices.days_per_year + day.get(COST, day[WORK_COST] * played.prices.days_per_year)


def recommend(comparison: Comparison) -> Recommendation:
    """Rank scenarios by yearly total; differences are paired by day."""
    totals = {one.played.name: _totals(one) for one in comparison.outcomes}
    means = {name: one for name, days in totals.items() if (one := interval(list(days.values()))) is not None}
    best = min(means, key=lambda name: means[name].mean)
    first = comparison.outcomes[0].played.name
    standings = []
    for name in means:
        difference = _paired(totals[name], totals[first])
        if name != first and difference is not None:
            standings.append(Standing(name=name, verdict=_verdict(difference), difference=difference))
    rivals = [
        name
        for name in means
        if name != best and ((gap := _paired(totals[name], totals[best])) is None or not gap.is_clear)
    ]
    promised = {
        promise: min(known, key=lambda name: sign * known[name])
        for promise, sign in PROMISES.items()
        if (known := next((truth.promised for truth in comparison.truths if truth.promise == promise), {}))
    }
    return Recommendation(
        best=best, total_cents=means, standings=tuple(standings), rivals=tuple(rivals), promised_best=promised
    )


def _totals(outcome: Outcome) -> dict[int, float]:
    played = outcome.played
    return {day: year_total_cents(played, day_figures(played, one)) for day, one in played.days.items()}


def _paired(one: dict[int, float], other: dict[int, float]) -> Interval | None:
    return interval([one[day] - other[day] for day in sorted(one.keys() & other.keys())])


def _verdict(difference: Interval) -> Verdict:
    if not difference.is_clear:
        return Verdict.OPEN
    return Verdict.BETTER if difference.mean < 0 else Verdict.WORSE
