"""Five customers on a road, four sites: every answer checked by hand.

Minutes on the road: A 0, T1 5, T2 10, B 20, T3 25, C 40, T4 45, D 70, T5 80.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dispatch.errors import InputError, UsageError
from dispatch.places import Place
from scenarios.location.answer import Ask
from scenarios.location.models.staffed_cover import staffed_cover
from scenarios.location.options import alternatives, curve_of_budget, curve_of_count
from scenarios.location.problem import DemandPoint, LocationProblem, Site, Status
from scenarios.location.registry import MODELS, model
from scenarios.location.staffing import Staffing, Trade

WHERE = {"A": 0, "B": 20, "C": 40, "D": 70}
POINTS = {"T1": 5, "T2": 10, "T3": 25, "T4": 45, "T5": 80}


def road(points=POINTS, work_s=3600, visits=1, **changes):
    sites = tuple(Site(id=name, place=Place(id=name), **changes.get(name, {})) for name in WHERE)
    demand = tuple(DemandPoint(id=name, place=Place(id=name), work_s=work_s, visits=visits) for name in points)
    travel = np.array([[abs(at - to) * 60 for to in points.values()] for at in WHERE.values()], dtype=np.int32)
    return LocationProblem(sites=sites, points=demand, travel_s=travel, travel_cents_per_hour=6000)


def test_two_medians():
    found = model("p-median").solve(road(), Ask(count=2))

    # A or B in the west (5+10+25 = 40, or 15+10+5 = 30 with T4 at 25), C or D in the east.
    assert found.opened == ("A", "C") or found.objective < (5 + 10 + 15 + 5 + 40) * 60
    assert (
        found.objective
        == min(sum(min(abs(WHERE[a] - to), abs(WHERE[b] - to)) for to in POINTS.values()) for a in WHERE for b in WHERE)
        * 60
    )
    assert found.proved


def test_set_cover_and_its_backup():
    once = model("set-cover").solve(road(), Ask(limit_s=20 * 60))
    twice = model("backup-cover").solve(road(), Ask(limit_s=40 * 60))

    # T5 needs D (10), T4 then C (5), T1 and T2 A or B, T3 B (5) or C (15).
    assert once.objective == 3
    assert {"C", "D"} < set(once.opened)
    assert twice.objective == 3  # B and C for the west, C and D for the east
    assert twice.proved


def test_what_no_site_reaches_is_told_with_the_minutes_that_would_do():
    found = model("set-cover").solve(road(), Ask(limit_s=9 * 60))

    assert not found.feasible
    assert [dict(one.facts) for one in found.reliefs] == [
        {"point": "T2", "minutes": 10},
        {"point": "T5", "minutes": 10},
    ]
    assert "10 minutes would do" in found.reliefs[0].message


def test_most_visits_and_the_sites_that_cover_all():
    found = model("max-cover").solve(road(), Ask(count=1, limit_s=20 * 60))

    assert found.objective == 3  # B: T1, T2, T3
    assert found.opened == ("B",)
    assert found.figures["covered_share"] == pytest.approx(0.6)
    assert found.reliefs[0].facts == {"p": 3, "share": 1.0}


def test_nearest_farthest():
    # C and A: T5 at 40; D and A: T4 at 25 and T3 at 25; D and B: T4 at 25, T1 at 15.
    found = model("p-center").solve(road(), Ask(count=2))

    assert found.objective == 25 * 60
    assert "D" in found.opened
    assert found.proved


def test_capacity_moves_work_to_another_site():
    free = model("capacitated-median").solve(road(), Ask(count=2))
    tight = model("capacitated-median").solve(
        road(B={"capacity_s": 2 * 3600}, A={"capacity_s": 2 * 3600}), Ask(count=2)
    )

    assert free.objective < tight.objective
    load = {site: sum(row.get(site, 0) for row in tight.served_by.values()) for site in tight.opened}
    assert all(load.get(site, 0) <= 2 + 1e-6 for site in ("A", "B"))


def test_yearly_charges_against_every_choice():
    rents = {"A": 9000, "B": 7000, "C": 2000, "D": 5000}
    problem = road(**{name: {"rent_cents": rent} for name, rent in rents.items()})
    choices = [[s for n, s in enumerate(WHERE) if bits >> n & 1] for bits in range(1, 16)]
    cost = {
        tuple(chosen): sum(rents[s] for s in chosen)
        + sum(min(abs(WHERE[s] - to) for s in chosen) * 100 for to in POINTS.values())
        for chosen in choices
    }

    found = model("fixed-charge").solve(problem, Ask())

    assert found.objective == pytest.approx(min(cost.values()))
    assert cost[found.opened] == min(cost.values())


def test_closing_a_site_of_today_costs_once():
    problem = road(A={"status": Status.EXISTING, "rent_cents": 10_000, "closing_cents": 9_999_999})
    kept = model("fixed-charge").solve(problem, Ask())
    cheap = road(A={"status": Status.EXISTING, "rent_cents": 9_000_000, "closing_cents": 50})
    closed = model("fixed-charge").solve(cheap, Ask())

    assert "A" in kept.opened
    assert kept.closed == ()
    assert closed.closed == ("A",)
    # B, C, D are free: 15 + 10 + 5 + 5 + 10 minutes at 100 cents, and the closing.
    assert closed.objective == pytest.approx(4500 + 50)


def test_a_budget_too_small_is_told_with_the_one_that_would_do():
    problem = road(**{name: {"rent_cents": 1000, "capacity_s": 2 * 3600} for name in WHERE})

    found = model("fixed-charge").solve(problem, Ask(budget_cents=2500))

    assert not found.feasible
    facts = {one.code: dict(one.facts) for one in found.reliefs}
    assert facts["location.budget"] == {"budget_cents": 3000}  # five hours of work need three sites of two
    assert model("fixed-charge").solve(problem, Ask(budget_cents=3000)).feasible
    assert facts["location.capacity"] == {"short_s": 3600}  # two sites hold four hours


def test_capacity_too_small_is_told_in_hours_and_sites():
    problem = road(**{name: {"capacity_s": 3600} for name in WHERE})

    found = model("capacitated-median").solve(problem, Ask(count=4))

    assert not found.feasible
    assert found.reliefs[0].facts == {"short_s": 3600}
    assert "short by 1.0 h" in found.reliefs[0].message


def test_fixed_sites_stay_and_forbidden_ones_do_not_open():
    problem = road(A={"status": Status.FIXED}, C={"status": Status.FORBIDDEN})

    for name, ask in (
        ("p-median", Ask(count=2)),
        ("max-cover", Ask(count=2, limit_s=1200)),
        ("p-center", Ask(count=2)),
    ):
        found = MODELS[name].solve(problem, ask)
        assert "A" in found.opened, name
        assert "C" not in found.opened, name


@pytest.mark.parametrize(("count", "told"), [(9, "p = 4 would do"), (0, "p = 1 would do"), (None, "--p")])
def test_p_out_of_range_says_what_would_do(count, told):
    with pytest.raises(UsageError, match=told):
        model("p-median").solve(road(), Ask(count=count))


def test_bad_problems_tell_all_faults_at_once():
    good = road()
    travel = good.travel_s.copy()
    travel[1], travel[2] = -1, -1

    with pytest.raises(InputError) as caught:
        dataclasses.replace(good, travel_s=travel, points=(*good.points[:4], good.points[0]))

    rules = [fault.rule for fault in caught.value.faults]
    assert rules == ["demand.duplicate", "location.site_off_roads", "location.site_off_roads"]


def test_without_a_candidate_there_is_nothing_to_choose():
    with pytest.raises(InputError, match="no site that may be open"):
        road(**{name: {"status": Status.FORBIDDEN} for name in WHERE})


def test_the_first_alternative_is_the_second_best_of_all():
    chosen = model("p-median")
    best = chosen.solve(road(), Ask(count=2))
    values = sorted(
        {
            frozenset((a, b)): sum(min(abs(WHERE[a] - to), abs(WHERE[b] - to)) for to in POINTS.values()) * 60
            for a in WHERE
            for b in WHERE
            if a != b
        }.values()
    )

    others = alternatives(road(), Ask(count=2), chosen, best=best)

    assert best.objective == values[0]
    assert others[0].objective == values[1]
    assert len({best.opened, *(one.opened for one in others)}) == 1 + len(others)


def test_curves_never_get_worse():
    counts = [one.objective for _, one in curve_of_count(road(), Ask(), model("p-median"), most=9)]
    problem = road(**{name: {"rent_cents": 1000} for name in WHERE})
    money = curve_of_budget(problem, Ask(), model("fixed-charge"), budgets_cents=[500, 1000, 2000, 4000])

    assert len(counts) == 4
    assert counts == sorted(counts, reverse=True)
    assert [one.feasible for _, one in money] == [False, True, True, True]


def test_technicians_hours_and_skills_bound_what_is_covered():
    problem = road()
    points = tuple(
        dataclasses.replace(point, skill="lift" if point.id in ("T4", "T5") else "heat") for point in problem.points
    )
    problem = dataclasses.replace(problem, points=points, travel_cents_per_hour=0)
    heat = Trade(name="heat", skills=frozenset({"heat"}), hours_s=4 * 3600, wage_cents=100)
    lift = Trade(name="lift", skills=frozenset({"lift"}), hours_s=4 * 3600, wage_cents=150)
    ask, both = Ask(limit_s=45 * 60, budget_cents=100), Staffing(trades=(heat, lift))

    poor = staffed_cover(problem, dataclasses.replace(ask, staffing=both))
    rich = staffed_cover(problem, dataclasses.replace(ask, budget_cents=1000, staffing=both))
    cheapest = staffed_cover(problem, Ask(limit_s=45 * 60, staffing=dataclasses.replace(both, share=1.0)))

    assert poor.objective == pytest.approx(3)  # one heat technician: three hours of work, half an hour of driving
    assert sum(sum(row.values()) for row in poor.staff.values()) == 1
    assert rich.objective == pytest.approx(5)
    assert cheapest.objective == pytest.approx(250)  # one of each: nobody else may do the other's work


def test_staff_that_cannot_cover_the_share_is_told_what_it_can():
    short = Trade(name="any", skills=frozenset(), hours_s=3600, wage_cents=100)

    found = staffed_cover(road(), Ask(limit_s=60, count=1, staffing=Staffing(trades=(short,), share=0.5)))

    assert not found.feasible
    assert found.reliefs[-1].code == "location.share"
    assert found.reliefs[-1].facts["share"] == pytest.approx(0.0, abs=1e-9)


def test_every_model_is_documented():
    from pathlib import Path

    text = (Path(__file__).parents[3] / "docs" / "sites.md").read_text(encoding="utf-8")
    for name in MODELS:
        assert f"`{name}`" in text
