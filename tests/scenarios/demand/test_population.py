"""Demand where nothing has been seen: towns by people."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date

import numpy as np
import pytest

from dispatch.errors import InputError
from geo.ellipsoid import Points, between_m
from scenarios.demand.population import Town, Work, from_population, towns
from scenarios.streams import Streams

BIG = Town(id="1", name="Big", lat=50.0, lon=8.0, people=300_000)
SMALL = Town(id="2", name="Small", lat=51.0, lon=9.0, people=100_000)
WORK = (
    Work(tier="basic", share=3, duration_s=3600, skills={"lift": 1}),
    Work(tier="gold", share=1, duration_s=1800),
)


def test_towns_of_a_country_largest_first():
    found = towns(country="lu")

    assert found[0].name == "Luxembourg"
    assert [town.people for town in found] == sorted((town.people for town in found), reverse=True)
    assert towns(country="LU", box=(49.45, 5.9, 49.55, 6.0)) != found
    with pytest.raises(InputError, match=r"population\.none"):
        towns(country="LU", box=(0, 0, 1, 1))
    with pytest.raises(InputError, match=r"population\.size"):
        towns(country="LU", least_people=7)


def test_tickets_follow_people_and_work():
    demand = from_population([BIG, SMALL], WORK, tickets_a_day=40, first=date(2026, 3, 2))
    tickets = [t for day in range(30) for t in demand.day(day, Streams(seed=1, day=day))]

    total = len(tickets)
    assert total == pytest.approx(1200, abs=4 * math.sqrt(1200))
    towns_seen = Counter(ticket.place.id.partition("-")[0] for ticket in tickets)
    assert towns_seen["1"] / total == pytest.approx(0.75, abs=0.05)
    assert sum(ticket.tier == "gold" for ticket in tickets) / total == pytest.approx(0.25, abs=0.05)
    assert all(7 * 3600 <= ticket.opened_s < 19 * 3600 for ticket in tickets)
    gold = [ticket.duration_s for ticket in tickets if ticket.tier == "gold"]
    assert sum(gold) / len(gold) == pytest.approx(1800, rel=0.08)


def test_places_fill_the_round_town():
    demand = from_population([BIG], WORK, tickets_a_day=1, first=date(2026, 3, 2))
    places = demand.cells[0].places
    centre = Points.of(np.array([BIG.lat]), np.array([BIG.lon]))
    around = Points.of(np.array([p.lat for p in places]), np.array([p.lon for p in places]))

    away_m = between_m(centre[:, None], around[None, :]).ravel()

    radius_m = 1000 * math.sqrt(100 / math.pi)  # 300,000 people at 3,000 a square kilometre
    assert away_m.max() < radius_m * 1.01
    assert 0.5 < (away_m < radius_m / math.sqrt(2)).mean() + 0.2 < 0.9, "half of them within half of the area"


def test_all_faults_at_once():
    with pytest.raises(InputError) as caught:
        from_population([], [], tickets_a_day=0, first=date(2026, 3, 2), hours=(1.0,))

    assert [fault.field for fault in caught.value.faults] == ["places", "work", "tickets_a_day", "hours"]
