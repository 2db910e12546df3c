"""What the simulated days of several scenarios say, each against the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatch.weights import Weights
from scenarios.study.intervals import Interval, interval, rank_correlation
from scenarios.study.promise import SitePromise
from scenarios.study.setup import Prices

type Figures = Mapping[str, int | float]

COST = "year_cost_cents"
BURDEN = "cost_cents"
"""The objective of a day: broken promises, overtime, driving, as the weights price them."""
TRAVEL_MEAN = "travel_s_per_ticket"
WORK_COST = "work_cost_cents"
"""The part of the objective for hours, overtime, driving and waiting: what prices, if there are any, charge better."""
PROMISE_COST = "promise_cost_cents"
"""The rest of it: tickets left, promises broken, and the small terms of preference, qualification and balance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A scenario and its days.

    Parameters
    ----------
    name, title : str
    prices : Prices
    weights : Weights
        Of the objective that `cost_cents` is.
    paid_s_per_day : int
        Regular hours of all shifts.
    promise : SitePromise or None
        Of the location models.
    days : mapping of int to Figures
        KPIs of each finished day.
    """

    name: str
    title: str
    prices: Prices
    weights: Weights
    paid_s_per_day: int
    promise: SitePromise | None
    days: Mapping[int, Figures]

    @property
    def has_prices(self) -> bool:
        """Whether a yearly cost in money can be told."""
        prices = self.prices
        rents = any(prices.rent_cents_per_year.values())
        return bool(prices.wage_cents_per_h or prices.overtime_cents_per_h or prices.km_cents or rents)


def year_parts_cents(played: Played, day: Figures) -> dict[str, float]:
    """What a year of days like this one costs, by what is paid for."""
    prices, days = played.prices, played.prices.days_per_year
    return {
        "wages": played.paid_s_per_day / 3600 * prices.wage_cents_per_h * days,
        "overtime": day["overtime_s"] / 3600 * prices.overtime_cents_per_h * days,
        "driving": day["distance_m"] / 1000 * prices.km_cents * days,
        "rent": float(sum(prices.rent_cents_per_year.values())),
    }


def day_figures(played: Played, day: Figures) -> dict[str, float]:
    """KPIs of a day and what is derived from them."""
    figures = {name: float(value) for name, value in day.items()}
    figures[TRAVEL_MEAN] = figures["travel_s"] / max(1.0, figures["served"])
    weights = played.weights
    figures[WORK_COST] = (
        figures["work_s"] / 3600 * weights.work_time_cents_per_h
        + figures["overtime_s"] / 3600 * weights.overtime_cents_per_h
        + figures["travel_s"] / 3600 * weights.travel_time_cents_per_h
        + figures["distance_m"] / 1000 * weights.travel_distance_cents_per_km
        + figures["waiting_s"] / 3600 * weights.waiting_cents_per_h
    )
    figures[PROMISE_COST] = figures[BURDEN] - figures[WORK_COST]
    if played.has_prices:
        figures[COST] = sum(year_parts_cents(played, day).values())
    return figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One scenario of a comparison.

    Parameters
    ----------
    played : Played
    figures : mapping of str to Interval
        Means over its own days.
    differences : mapping of str to Interval
        This minus the first scenario, over the days that both played; empty for the first.
    year_parts_cents : mapping of str to float
        Mean yearly cost by what is paid for; empty without prices.
    """

    played: Played
    figures: Mapping[str, Interval]
    differences: Mapping[str, Interval]
    year_parts_cents: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """How far a location model's promise was from what was simulated.

    Parameters
    ----------
    promise : str
        Field of :class:`SitePromise`.
    promised : mapping of str to float
        By scenario.
    simulated : mapping of str to float
        Mean of `figure` by scenario.
    figure : str
        What it is held against: less is better.
    correlation : float or None
        Spearman's, of ranks from best to worst: 1 says that the model ranks as the days do.
    """

    promise: str
    promised: Mapping[str, float]
    simulated: Mapping[str, float]
    figure: str
    correlation: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Several scenarios, the first being what the others are held against."""

    outcomes: tuple[Outcome, ...]
    truths: tuple[Truth, ...]
    common_days: int


PROMISES = {"mean_travel_s": 1, "covered_share": -1}
"""Promises, and whether less (1) or more (-1) of them is better."""


def compare(scenarios: Sequence[Played]) -> Comparison:
    """Compare scenarios with the first.

    Differences rest on the days that both have played with the same seed (common random numbers).
    """
    figures = {played.name: {day: day_figures(played, one) for day, one in played.days.items()} for played in scenarios}
    base = figures[scenarios[0].name]
    outcomes = []
    for number, played in enumerate(scenarios):
        own = figures[played.name]
        common = sorted(own.keys() & base.keys()) if number else []
        differences = {
            name: [own[day][name] - base[day][name] for day in common if name in own[day] and name in base[day]]
            for name in _names(own)
        }
        parts = [year_parts_cents(played, day) for day in played.days.values()] if played.has_prices else []
        outcomes.append(
            Outcome(
                played=played,
                figures=_intervals({name: [day[name] for day in own.values() if name in day] for name in _names(own)}),
                differences=_intervals(differences),
                year_parts_cents={name: sum(one[name] for one in parts) / len(parts) for name in (parts or [{}])[0]},
            )
        )
    shared = set.intersection(*(set(played.days) for played in scenarios))
    return Comparison(outcomes=tuple(outcomes), truths=_truths(outcomes), common_days=len(shared))


def _names(days: Mapping[int, Mapping[str, float]]) -> list[str]:
    return list(dict.fromkeys(name for day in days.values() for name in day))


def _intervals(values: Mapping[str, Sequence[float]]) -> dict[str, Interval]:
    made = {name: interval(each) for name, each in values.items()}
    return {name: one for name, one in made.items() if one is not None}


def _truths(outcomes: Sequence[Outcome]) -> tuple[Truth, ...]:
    """Each promise against what it is about (driving), and against what decides (cost)."""
    known = [one for one in outcomes if one.played.promise is not None]
    truths = []
    for promise, sign in PROMISES.items():
        for figure in (TRAVEL_MEAN, BURDEN):
            pairs = [one for one in known if figure in one.figures]
            promised = {one.played.name: float(getattr(one.played.promise, promise)) for one in pairs}
            simulated = {one.played.name: one.figures[figure].mean for one in pairs}
            ranks = [sign * value for value in promised.values()], list(simulated.values())
            truths.append(
                Truth(
                    promise=promise,
                    promised=promised,
                    simulated=simulated,
                    figure=figure,
                    correlation=rank_correlation(*ranks),
                )
            )
    return tuple(truths)
