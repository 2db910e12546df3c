"""The circle against the road: River Town by hand, and the best radius against all radii."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InputError
from dispatch.plan import Reason
from geo.coverage.legs import CentreLegs
from geo.coverage.limits import Limits
from geo.coverage.radius import Judgement, best_radius, judge, misclassification
from geo.coverage.tables import circle_facts, circle_rows


def test_the_circle_of_a_centre_at_a_river(legs: CentreLegs) -> None:
    """A, 1.5 km against five minutes. Inside: T1, T2, T3 (1 km each). In time: T1, T3, T5 (4 km west, 4 minutes)."""
    against = misclassification(legs).centres[0]

    assert against.judgement == Judgement(
        right_in=2, false_in=1, false_out=1, right_out=1,
        right_in_s=1200, false_in_s=1200, false_out_s=3000, right_out_s=1800,
        precision=0.6667, recall=0.6667,
    )  # fmt: skip
    assert against.false_in_ids == ("T2",)
    assert against.false_out_ids == ("T5",)


def test_the_best_radius_by_demand_and_by_tickets(legs: CentreLegs) -> None:
    """A: 1 km leaves T2 and T5 wrong (4,200 s of work); 4 km leaves T2 and T4 (3,000 s) and is better.

    With one second of demand each both leave two wrong, and the smaller one is named: any up to T4's 3.6 km does.
    """
    by_work = misclassification(legs).centres[0].best
    by_count = misclassification(legs, demand_s=dict.fromkeys(("T1", "T2", "T3", "T4", "T5"), 1)).centres[0].best

    assert by_work.radius_m == pytest.approx(4000, abs=3)
    assert by_work.up_to_m is None
    assert (by_work.judgement.wrong, by_work.judgement.wrong_s) == (2, 3000)
    assert by_count.radius_m == pytest.approx(1000, abs=2)
    assert by_count.up_to_m == pytest.approx(1000 * 13**0.5, abs=3)  # T4: 3 west, 2 north
    assert by_count.judgement.wrong == 2


def test_all_circles_together(legs: CentreLegs) -> None:
    """B covers T4 (1 km, 1 minute) and T5 (2 km, 2 minutes) rightly, so T5 is no longer outside; T2 stays false in."""
    together = misclassification(legs).together

    assert together.false_in_ids == ("T2",)
    assert together.false_out_ids == ()
    assert together.judgement is not None
    assert (together.judgement.right_in, together.judgement.precision, together.judgement.recall) == (4, 0.8, 1.0)
    assert together.limit_s is None  # A has five minutes, B three
    # One radius for both: 1 km holds T1..T4, 2 km also T5; T2 is wrong in either.
    assert together.best.radius_m == pytest.approx(2000, abs=2)
    assert together.best.judgement.wrong == 1


def test_facts_and_rows(legs: CentreLegs) -> None:
    found = misclassification(legs)
    best_m = found.centres[0].best.radius_m

    assert circle_facts(found)[:3] == (
        Reason(code="circle_false_in", facts={"radius_m": 1500, "limit_s": 300, "centre": "A", "tickets": 1, "of": 3}),
        Reason(code="circle_false_out", facts={"radius_m": 1500, "limit_s": 300, "centre": "A", "tickets": 1, "of": 3}),
        Reason(
            code="circle_best",
            facts={
                "radius_m": 1500,
                "limit_s": 300,
                "centre": "A",
                "wrong": 2,
                "wrong_s": 4200,
                "best_radius_m": best_m,
                "best_wrong": 2,
                "best_wrong_s": 3000,
            },
        ),
    )
    assert [fact.facts["centre"] for fact in circle_facts(found)[3:]] == [""]  # B's circle is right
    rows = circle_rows(found)
    assert [row["centre"] for row in rows] == ["A", "B", ""]
    assert (rows[0]["false_in"], rows[0]["best_false_in"], rows[1]["wrong_s"]) == (1, 2, 0)


def test_no_radius_given(legs: CentreLegs) -> None:
    found = misclassification(legs, Limits.of(legs.centres, limit_s=300))

    assert found.centres[0].judgement is None
    assert circle_rows(found)[0]["false_in"] is None
    assert circle_facts(found) == ()
    assert found.centres[0].best.radius_m == pytest.approx(4000, abs=3)
    assert found.centres[0].false_in_ids == ("T2", "T4")


def test_a_drive_time_is_needed(legs: CentreLegs) -> None:
    with pytest.raises(InputError) as caught:
        misclassification(legs, Limits.of(legs.centres, radius_m=1000))
    assert caught.value.faults[0].rule == "coverage.no_limit"


def test_inside_without_a_way_is_false_in(legs: CentreLegs) -> None:
    cut = replace(legs, travel_s=np.where(legs.travel_s == 60, -1, legs.travel_s))

    assert misclassification(cut).centres[0].false_in_ids == ("T1", "T2", "T3")


def test_empty_circle_and_nothing_in_time(legs: CentreLegs) -> None:
    judged = misclassification(legs, Limits(radius_m=(0, 0), limit_s=(0, 0))).centres[0]

    assert judged.judgement is not None
    assert (judged.judgement.precision, judged.judgement.recall, judged.judgement.wrong) == (None, None, 0)
    assert judged.best.radius_m == 0


rows = st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.integers(0, 4)), min_size=1, max_size=12)


@given(rows=rows)
def test_no_radius_is_better(made_up: Callable[..., CentreLegs], rows: list[tuple[int, bool, int]]) -> None:
    air_m, road, demand = (np.array(column) for column in zip(*rows, strict=True))

    best = best_radius(air_m.astype(np.int32), road, demand)

    tried = {radius: judge(air_m <= radius, road, demand) for radius in range(14)}
    wrong = {radius: (one.wrong_s, one.wrong, radius) for radius, one in tried.items()}
    assert (best.judgement.wrong_s, best.judgement.wrong, best.radius_m) == min(wrong.values())
    alike = [radius for radius in tried if tried[radius] == best.judgement and radius >= best.radius_m]
    last = 13 if best.up_to_m is None else best.up_to_m
    assert set(range(best.radius_m, last + 1)) <= set(alike)
    if best.up_to_m is not None:
        assert (air_m == best.up_to_m + 1).any()
    counted = best.judgement
    assert counted.right_in + counted.false_in + counted.false_out + counted.right_out == len(rows)
