"""Figures, differences and advice of hand-made days."""

from __future__ import annotations

import dataclasses
import math

import pytest

from dispatch.weights import Weights
from scenarios.study.comparison import COST, PROMISE_COST, TRAVEL_MEAN, Played, compare, day_figures
from scenarios.study.intervals import interval, rank_correlation
from scenarios.study.promise import SitePromise
from scenarios.study.recommendation import Verdict, recommend
from scenarios.study.setup import Prices

PRICES = Prices(
    wage_cents_per_h=4_000,
    overtime_cents_per_h=6_000,
    km_cents=50,
    days_per_year=200,
    rent_cents_per_year={"a": 1_000_000},
)
WEIGHTS = Weights(
    work_time_cents_per_h=3_000,
    overtime_cents_per_h=4_500,
    travel_time_cents_per_h=1_200,
    travel_distance_cents_per_km=30,
    waiting_cents_per_h=600,
)
DAY = {
    "served": 10,
    "travel_s": 7_200,
    "distance_m": 40_000,
    "work_s": 36_000,
    "overtime_s": 1_800,
    "waiting_s": 3_600,
    "cost_cents": 90_000,
}


def played(name: str, costs: list[int], *, minutes: float = 10, rent: int = 1_000_000) -> Played:
    days = {number: {**DAY, "cost_cents": cost} for number, cost in enumerate(costs)}
    return Played(
        name=name,
        title=name.upper(),
        prices=dataclasses.replace(PRICES, rent_cents_per_year={"a": rent}),
        weights=WEIGHTS,
        paid_s_per_day=28_800,
        promise=SitePromise(mean_travel_s=60 * minutes, covered_share=1 / minutes, radius_m=5_000),
        days=days,
    )


def test_the_interval_of_a_textbook_sample():
    """1.2, 1.5, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09: Law (2015), example 4.27, 90 %: 1.34 ± 0.24."""
    one = interval([1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09])
    assert one.mean == pytest.approx(1.343)
    variance = 0.17  # rounded in the book
    assert one.high - one.mean == pytest.approx(2.262 * math.sqrt(variance / 10), rel=0.02)  # t(0.975; 9)
    assert one.is_clear


def test_one_day_has_no_interval_and_shows_no_difference():
    one = interval([5.0])
    assert (one.low, one.high, one.is_clear) == (None, None, False)
    assert interval([]) is None


def test_ranks():
    assert rank_correlation([1, 2, 3, 4], [10, 20, 30, 40]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3, 4], [2, 1, 4, 3]) == pytest.approx(0.6)  # 1 - 6 * 4 / (4 * 15)
    assert rank_correlation([1, 2], [1, 2]) is None
    assert rank_correlation([1, 1, 1], [1, 2, 3]) is None


def test_money_and_promises_of_a_day_by_hand():
    figures = day_figures(played("a", [90_000]), DAY)
    # 10 h work, 0.5 h overtime, 2 h and 40 km driving, 1 h waiting
    assert figures["work_cost_cents"] == 30_000 + 2_250 + 2_400 + 1_200 + 600
    assert figures[PROMISE_COST] == 90_000 - 36_450
    # 8 h wages, 0.5 h overtime, 40 km on 200 days; rent
    assert figures[COST] == (32_000 + 3_000 + 2_000) * 200 + 1_000_000
    assert figures[TRAVEL_MEAN] == 720


def test_differences_are_paired_by_day():
    """Days differ by far more than scenarios do; only the pairing shows the difference of 100 a day."""
    wild = [100_000, 900_000, 300_000, 700_000]
    done = compare([played("a", wild), played("b", [cost - 100 for cost in wild])])
    gap = done.outcomes[1].differences["cost_cents"]
    assert (gap.mean, gap.low, gap.high) == pytest.approx((-100, -100, -100))
    assert gap.is_clear
    assert done.outcomes[0].differences == {}


def test_days_that_only_one_has_played_do_not_count_for_a_difference():
    done = compare([played("a", [100, 200]), played("b", [110, 210, 999_999])])
    assert done.outcomes[1].differences["cost_cents"].mean == 10
    assert done.outcomes[1].differences["cost_cents"].days == 2
    assert done.common_days == 2


def test_advice():
    """b saves 1,000 a day for sure; c costs now more, now less than a; d saves nothing and costs rent."""
    base = [100_000, 120_000, 90_000, 110_000]
    a = played("a", base, minutes=10)
    b = played("b", [cost - 1_000 for cost in base], minutes=9)
    c = played("c", [99_000, 125_000, 80_000, 118_000], minutes=8)
    d = played("d", base, minutes=7, rent=1_500_000)

    found = recommend(compare([a, b, c, d]))

    assert found.best == "b"
    assert {one.name: one.verdict for one in found.standings} == {
        "b": Verdict.BETTER,
        "c": Verdict.OPEN,
        "d": Verdict.WORSE,
    }
    assert found.rivals == ("c",)
    assert found.promised_best == {"mean_travel_s": "d", "covered_share": "d"}
    gaps = {one.name: one.difference.mean for one in found.standings}
    assert gaps == pytest.approx({"b": -200_000, "c": 100_000, "d": 500_000})


def test_how_far_the_model_was_from_the_truth():
    """The model ranks a, b, c, d from worst to best; by cost they are b < a < d < c."""
    runs = [played("a", [20]), played("b", [10], minutes=9), played("c", [40], minutes=8), played("d", [30], minutes=7)]
    truth = {(one.promise, one.figure): one for one in compare(runs).truths}
    by_cost = truth["mean_travel_s", "cost_cents"]
    assert by_cost.promised == {"a": 600, "b": 540, "c": 480, "d": 420}
    assert by_cost.correlation == pytest.approx(-0.6)  # ranks 4 3 2 1 against 2 1 4 3
    assert truth["covered_share", "cost_cents"].correlation == pytest.approx(-0.6)
