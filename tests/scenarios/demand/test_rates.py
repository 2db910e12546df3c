"""Rates from past tickets: hand-checked numbers, and what many drawn days add up to."""

from __future__ import annotations

import dataclasses
import math
import pickle
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import fmean, stdev

import pytest

from dispatch.errors import InputError
from dispatch.places import Place
from dispatch.problem import Problem
from dispatch.tickets import Pin, Ticket, Window
from scenarios.demand import Growth, PastTicket, past_of, replayed
from scenarios.demand.durations import service_spread_of
from scenarios.demand.rates import demand_of, fit
from scenarios.streams import Streams

MONDAY = date(2026, 3, 2)
HERE, THERE = (23.10, 113.30), (22.60, 114.00)  # 90 km apart


def _past(
    number: int, *, day: int = 0, hour: int = 9, tier: str = "basic", skill: str = "lift", at=HERE, minutes: int = 60
) -> PastTicket:
    name = f"p{number}"
    ticket = Ticket(
        id=name,
        place=Place(id=name, lat=at[0], lon=at[1] + number * 1e-5),
        duration_s=minutes * 60,
        tier=tier,
        opened_s=hour * 3600 + 120,
        skills={skill: 1},
    )
    return PastTicket(opened_on=MONDAY + timedelta(days=day), ticket=ticket)


def test_rates_of_a_small_past_by_hand():
    """Two lift tickets at nine on Monday, one hvac ticket at 15 on Tuesday; Wednesday is watched and empty."""
    past = [_past(1), _past(2), _past(3, day=1, hour=15, skill="hvac", at=THERE)]
    demand = fit(past, dates=[MONDAY + timedelta(days=n) for n in range(3)], prior=1)

    hvac, lift = demand.kinds
    assert (hvac.name, lift.name) == ("basic/hvac", "basic/lift")
    assert lift.daily == pytest.approx(2 / 3)
    # Overall Monday: 2 seen, 1 expected, drawn towards 1 by one ticket: 3/2. Lift: (2 + 3/2) / (2/3 + 1) = 2.1.
    assert sum(lift.hours[0]) == pytest.approx(2.1)
    # Hours: all tickets at nine (2 + 1/24) / 4; lift (2 + that) / 3; lift on Monday (2 + that) / 3.
    everywhere = (2 + 1 / 24) / 4
    own = (2 + everywhere) / 3
    assert lift.hours[0][9] == pytest.approx(2.1 * (2 + own) / 3)
    assert lift.hours[2][9] == pytest.approx(sum(lift.hours[2]) * own), "nothing seen on Wednesday"
    # Saturday was not watched: as good as any day.
    assert sum(lift.hours[5]) == pytest.approx(1)
    # Cells: 2 of 3 tickets are here; lift (2 + 2/3) / 3.
    here = next(n for n, cell in enumerate(demand.cells) if len(cell.places) == 2)
    assert lift.cells[here] == pytest.approx((2 + 2 / 3) / 3)
    assert sum(lift.cells) == pytest.approx(1)
    assert demand.expected(0) == pytest.approx(2 / 3 * 2.1 + 1 / 3 * sum(hvac.hours[0]))


def test_with_much_data_rates_are_those_of_the_data():
    past = [
        _past(n, day=week * 7 + weekday, hour=8 + n % 3)
        for week in range(60)
        for weekday in range(5)
        for n in range(6 if weekday == 0 else 3)
    ]
    demand = fit(past, dates=[MONDAY + timedelta(days=n) for n in range(420)])

    assert demand.expected(0) == pytest.approx(6 * demand.months[2], rel=0.05)
    assert demand.expected(1) == pytest.approx(3 * demand.months[2], rel=0.05)
    assert demand.expected(5) < 0.2
    monday = demand.kinds[0].hours[0]
    assert sum(monday[8:11]) / sum(monday) > 0.97


def test_drawn_days_have_the_mean_and_the_spread_of_poisson():
    past = [_past(n, hour=n % 24, at=HERE if n % 3 else THERE, skill="lift" if n % 2 else "hvac") for n in range(30)]
    demand = fit(past)

    counts = [len(demand.day(0, Streams(seed=1, day=number))) for number in range(200)]

    assert fmean(counts) == pytest.approx(30, abs=4 * math.sqrt(30 / 200))
    assert stdev(counts) == pytest.approx(math.sqrt(30), rel=0.2)


def test_growth_adds_tickets_and_changes_none():
    past = [_past(n, tier="gold" if n % 2 else "basic", at=HERE if n % 3 else THERE) for n in range(40)]
    demand = fit(past)
    grown = demand.grown(Growth(tiers={"gold": 1.5}))

    for number in range(5):
        streams = Streams(seed=3, day=number)
        before, after = demand.day(0, streams), grown.day(0, streams)
        assert [ticket for ticket in before if ticket not in after] == []
        assert {ticket.tier for ticket in after if ticket not in before} <= {"gold"}
    assert grown.expected(0) == pytest.approx(50, rel=0.01)


def test_places_skills_and_windows_are_those_of_the_past():
    promised = Window(start_s=10 * 3600, end_s=12 * 3600)
    past = [
        dataclasses.replace(_past(n), ticket=dataclasses.replace(_past(n).ticket, windows=(promised,))) for n in (1, 2)
    ]
    tickets = [t for number in range(100) for t in fit(past).day(0, Streams(seed=1, day=number))]

    assert {ticket.place.id for ticket in tickets} == {"p1", "p2"}
    assert all(dict(ticket.skills) == {"lift": 1} for ticket in tickets)
    for ticket in tickets:
        (window,) = ticket.windows
        assert window.end_s - window.start_s == 7200
        assert window.start_s % 86_400 == 10 * 3600
        assert ticket.opened_s <= window.end_s < ticket.opened_s + 86_400, "the next such window behind the call"
    assert any(ticket.opened_s > 12 * 3600 for ticket in tickets), "the prior spreads hours over the day"


def test_the_evening_before_waits_in_the_morning():
    past = [_past(n, day=n % 7, hour=20) for n in range(700)]
    demand = fit(past, closes_h=18)
    tickets = demand.day(1, Streams(seed=1, day=1))

    assert len(tickets) > 60
    assert all(-6 * 3600 <= ticket.opened_s < 18 * 3600 for ticket in tickets)
    evening = [ticket for ticket in tickets if ticket.opened_s == pytest.approx(-3.5 * 3600, abs=1800)]
    assert len(evening) / len(tickets) > 0.95


def test_durations_follow_the_skill():
    past = [_past(n, minutes=40 + n % 5 * 10) for n in range(200)]
    past += [_past(n + 200, minutes=200, skill="hvac") for n in range(200)]
    demand = fit(past, prior=0.01)
    tickets = [t for number in range(4) for t in demand.day(0, Streams(seed=1, day=number))]
    lift = [math.log(t.duration_s) for t in tickets if "lift" in t.skills]
    hvac = {t.duration_s for t in tickets if "hvac" in t.skills}

    seen = [math.log(one.ticket.duration_s) for one in past if "lift" in one.ticket.skills]
    assert fmean(lift) == pytest.approx(fmean(seen), abs=0.02)
    assert stdev(lift) == pytest.approx(stdev(seen), rel=0.08)
    assert max(hvac) - min(hvac) <= 600, "all took the same"


def test_the_spread_of_real_services_is_fitted():
    exact = [dataclasses.replace(_past(n), worked_s=3600) for n in range(40)]
    twice = [dataclasses.replace(_past(n), worked_s=1800 if n % 2 else 7200) for n in range(40)]

    assert service_spread_of(exact) == 0
    # The logarithm is +-ln 2: variance ln(2)^2 * 40 / 39, spread sqrt(exp(variance) - 1).
    assert service_spread_of(twice) == pytest.approx(math.sqrt(math.expm1(math.log(2) ** 2 * 40 / 39)))
    assert service_spread_of(exact[:10]) is None


def test_past_of_a_problem_counts_from_the_midnight_of_each_call():
    window = Window(start_s=-3600, end_s=7200)
    ticket = Ticket(id="a", place=Place(id="a"), duration_s=60, tier="basic", opened_s=-5 * 3600, windows=(window,))
    problem = Problem(
        start=datetime(2026, 3, 2, 6, tzinfo=UTC), end_s=86_400, tickets=(ticket,), technicians=(), shifts=()
    )

    (past,) = past_of(problem)

    assert past.opened_on == date(2026, 3, 2)
    assert past.ticket.opened_s == 3600, "opened at one in the morning"
    assert past.ticket.windows == (Window(start_s=5 * 3600, end_s=8 * 3600),)


def test_a_day_like_this_one_has_as_many_tickets_whenever_they_were_opened():
    tickets = tuple(
        Ticket(id=f"t{n}", place=Place(id=f"t{n}", lat=23, lon=113), duration_s=600, tier="basic", opened_s=-n * 7000)
        for n in range(50)
    )
    problem = Problem(start=datetime(2026, 3, 2, tzinfo=UTC), end_s=86_400, tickets=tickets, technicians=(), shifts=())

    demand = demand_of(problem)

    assert [demand.expected(n) for n in range(7)] == pytest.approx([50] * 7)


def test_demand_can_be_pickled_and_gives_the_same_days():
    demand = fit([_past(n) for n in range(20)])
    again = pickle.loads(pickle.dumps(demand))

    assert again.day(3, Streams(seed=1, day=3)) == demand.day(3, Streams(seed=1, day=3))


def test_replayed_days_come_in_turn_without_pins():
    def problem(name):
        pinned = Ticket(id=name, place=Place(id=name), duration_s=60, tier="basic", pin=Pin(technician_ids=("T",)))
        return _Tickets((pinned,))

    demand = replayed([problem("a"), problem("b")])

    streams = Streams(seed=1, day=0)
    assert [demand.day(n, streams)[0].id for n in range(4)] == ["a", "b", "a", "b"]
    assert demand.day(0, streams)[0].pin is None


@dataclasses.dataclass
class _Tickets:
    tickets: tuple[Ticket, ...]


def test_bad_input_is_told_in_its_own_terms():
    nowhere = dataclasses.replace(_past(1), ticket=dataclasses.replace(_past(1).ticket, place=Place(id="x")))
    with pytest.raises(InputError) as caught:
        fit([nowhere, _past(2), nowhere])
    assert Counter(fault.rule for fault in caught.value.faults) == {"demand.no_coordinates": 2}
    with pytest.raises(InputError, match=r"demand\.empty"):
        fit([])
    with pytest.raises(InputError, match=r"demand\.prior"):
        fit([_past(1)], prior=0)
    with pytest.raises(InputError, match=r"demand\.closes"):
        fit([_past(1)], closes_h=0)
    with pytest.raises(InputError, match=r"tiers\.gold, skills\.hvac, cells\.x"):
        fit([_past(1)]).grown(Growth(tiers={"gold": 2}, skills={"hvac": 2, "lift": 1}, cells={"x": 1}))
    with pytest.raises(InputError, match=r"growth\.factor"):
        Growth(everything=-1)
    with pytest.raises(InputError, match=r"demand\.no_days"):
        replayed([])
