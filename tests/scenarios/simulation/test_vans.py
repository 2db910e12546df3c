"""Parts and centres on a day that is planned again and again."""

from __future__ import annotations

import dataclasses

import pytest

from dispatch.technicians import ServiceCentre, Technician
from scenarios.simulation import CERTAIN, Kind, play_day


def _world(days, chances=CERTAIN, *, technicians=("A",), engine="greedy"):
    tickets = [
        days.ticket(f"t{n}", 12 + 3 * n, 20, parts={"relay": 1}, opened=0 if n < 3 else 450 + 60 * n) for n in range(6)
    ]
    people = [Technician(id=name, stock={"relay": 2}) for name in technicians]
    world = days.world(
        tickets, [days.shift(name) for name in technicians], technicians=people, chances=chances, engine=engine,
        replan_iterations=20, replan_s=1200,
    )  # fmt: skip
    centre = ServiceCentre(id="C", place=days.at(20), restock_s=300)
    return dataclasses.replace(world, template=world.template.replace(centres=(centre,)))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("engine", ["greedy", "search"])
def test_no_van_uses_more_than_it_holds(days, engine, seed):
    chances = dataclasses.replace(CERTAIN, service_spread=1.0, leg_spread=0.5, absent_share=0.2)
    ledger = play_day(_world(days, chances, technicians="AB", engine=engine), day=0, seed=seed)

    for name in "AB":
        left = 2
        for event in [one for one in ledger.events if one.shift_id == f"{name}-day"]:
            if event.kind is Kind.RESTOCK:
                left = 10**6  # the centre holds any quantity; how much is loaded is the plan's list
            elif event.kind is Kind.FINISH:
                left -= 1
                assert left >= 0


def test_a_centre_on_the_way_is_refills_the_van(days):
    ledger = play_day(_world(days), day=0, seed=1)

    restocks = [event for event in ledger.events if event.kind is Kind.RESTOCK]
    assert ledger.kpis["served"] == 6
    assert len(restocks) == 3, "three relays for the morning, then two and two for what comes in"
    assert all(event.facts["finish_s"] == event.at_s + 300 for event in restocks)
    assert ledger.kpis["replans"] >= 2
