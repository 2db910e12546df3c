"""Legs, temperatures and the end of a search that counts iterations."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dispatch.ports import Limits
from solver.search.pace import COLD, CYCLE_STEPS, HOT, IDLE_CYCLES, REHEAT, RELAY, RELAY_STEPS, Pace

TICKETS = 10


def pace(iterations: int, *, shared: bool = False) -> Pace:
    request: Any = SimpleNamespace(
        problem=SimpleNamespace(tickets=range(TICKETS)), limits=Limits(iterations=iterations), should_stop=lambda: False
    )
    return Pace(request, 0.0, shared=shared)


def run(one: Pace, cents: Any = lambda steps: -steps) -> list[tuple[int, float, Any, bool]]:
    """Steps before, temperature, leg begun and selection of each round; `cents` of the steps made."""
    seen, lowest = [], float("inf")
    while (most := one.next_round()[1]) > 0:
        temperature, before = one.temperature(), one.iterations
        selects = one.selects()
        now = cents(before + most)
        one.done(most, current_cents=now, improved=now < lowest)
        lowest = min(lowest, now)
        seen.append((before, temperature, one.next_leg(), selects))
    return seen


def test_a_relay_cools_in_each_leg_and_ends_with_the_limit() -> None:
    limit = 15 * RELAY_STEPS * TICKETS
    one = pace(limit)
    rounds = run(one)
    assert one.iterations == limit
    begun = [leg for _, _, leg, _ in rounds if leg]
    assert begun == list(RELAY[1:])
    starts = [0] + [k + 1 for k, (_, _, leg, _) in enumerate(rounds) if leg]
    for start, leg in zip(starts, RELAY, strict=True):
        assert rounds[start][1] == pytest.approx(leg.hot, rel=0.05)
    for last in [start - 1 for start in starts[1:]] + [-1]:
        assert rounds[last][1] == pytest.approx(COLD, rel=0.15)


def test_a_relay_selects_when_its_fresh_legs_are_over_and_after_each_further_one() -> None:
    rounds = run(pace(2 * RELAY_STEPS * TICKETS))
    begun = [leg for _, _, leg, _ in rounds if leg]
    chosen = [k for k, (*_, selects) in enumerate(rounds) if selects]
    first = next(k for k, (_, _, leg, _) in enumerate(rounds) if leg and not leg.fresh)
    assert len(chosen) == 1 + sum(not leg.fresh for leg in begun)
    assert abs(chosen[0] - first) <= 1


@pytest.mark.parametrize(
    ("iterations", "shared"), [(RELAY_STEPS * TICKETS - 1, False), (2 * RELAY_STEPS * TICKETS, True)]
)
def test_short_and_shared_searches_cool_once(iterations: int, shared: bool) -> None:
    rounds = run(pace(iterations, shared=shared))
    temperatures = [temperature for _, temperature, _, _ in rounds]
    assert temperatures == sorted(temperatures, reverse=True)
    assert temperatures[0] == HOT
    assert not any(leg for _, _, leg, _ in rounds)


def test_frozen_chains_are_heated_again() -> None:
    rounds = run(pace(2 * RELAY_STEPS * TICKETS, shared=True), cents=lambda steps: 0)
    again = [leg for _, _, leg, _ in rounds if leg]
    assert again
    assert {(leg.hot, leg.fresh) for leg in again} == {(REHEAT, False)}


def test_cycles_without_gain_end_the_search() -> None:
    cycle = CYCLE_STEPS * TICKETS
    one = pace(10 * cycle)
    run(one, cents=lambda steps: 0)
    assert one.iterations == (1 + IDLE_CYCLES) * cycle


def test_no_steps_are_lost_between_cycles() -> None:
    cycle = CYCLE_STEPS * TICKETS
    one = pace(2 * cycle + 1234)
    run(one)
    assert one.iterations == 2 * cycle + 1234
