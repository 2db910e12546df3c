"""Two scenarios meet the same days: what belongs to one technician or ticket does not depend on another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.simulation import Chances, Kind, play_day
from scenarios.streams import Streams

ROOT = Path(__file__).parents[3]
BAD = Chances(ill_share=0.3, falls_ill_share=0.3, absent_share=0.2)


def _world(days, owners, chances=BAD):
    tickets = [
        days.ticket(f"t{n:02}", 5 + 11 * n % 60, opened=0 if n % 3 else 500 + 10 * n, tier="gold" if n % 2 else "plain")
        for n in range(20)
    ]
    return days.world(tickets, [days.shift(owner) for owner in owners], chances=chances, replan_iterations=10)


def _facts(ledger, *kinds):
    return {(e.kind, e.ticket_id or e.facts.get("technician")): e.at_s for e in ledger.events if e.kind in kinds}


@pytest.mark.parametrize("day", range(3))
def test_another_technician_changes_no_draw_of_others(days, day):
    few, more = (play_day(_world(days, owners), day=day, seed=4) for owners in ("ABC", "ABCD"))

    assert _facts(few, Kind.OPENED) == _facts(more, Kind.OPENED)
    ill = {key: at_s for key, at_s in _facts(more, Kind.ILL).items() if key[1] != "D"}
    assert ill == _facts(few, Kind.ILL)
    lengths = [_lengths(ledger) for ledger in (few, more)]
    both = lengths[0].keys() & lengths[1].keys()
    assert both
    assert all(lengths[0][name] == lengths[1][name] for name in both)
    assert few.to_json() != more.to_json()


def _lengths(ledger):
    begun = _facts(ledger, Kind.START)
    return {name: at_s - begun[Kind.START, name] for (_, name), at_s in _facts(ledger, Kind.FINISH).items()}


def test_days_and_seeds_differ(days):
    told = {play_day(_world(days, "AB"), day=day, seed=seed).to_json() for day in (0, 1) for seed in (1, 2)}

    assert len(told) == 4


def test_other_processes_give_the_same_bytes():
    """Sets and dictionaries have another order there."""
    code = (
        "import sys; sys.path.insert(0, 'tests/scenarios/simulation')\n"
        "from conftest import Days\nfrom test_common_numbers import _world\nfrom scenarios.simulation import play_day\n"
        "sys.stdout.buffer.write(play_day(_world(Days, 'ABC'), day=0, seed=4).to_json())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        ).stdout
        for hash_seed in ("1", "2")
    }

    assert len(told) == 1
    assert len(told.pop()) > 1000


def test_factors_have_mean_one_and_their_spread():
    factors = [Streams(seed=1, day=day).factor(0.5, "service", "x") for day in range(20_000)]

    mean = sum(factors) / len(factors)
    deviation = (sum((one - mean) ** 2 for one in factors) / len(factors)) ** 0.5
    assert abs(mean - 1) < 0.02  # five standard errors
    assert abs(deviation - 0.5) < 0.03


def test_streams_are_named_by_all_of_their_words():
    streams = Streams(seed=1, day=2)
    draws = [
        streams.uniform("a", "b", "c"),
        streams.uniform("a", "bc"),
        streams.uniform("ab", "c"),
        Streams(seed=12, day=2).uniform("a", "b", "c"),
        Streams(seed=1, day=3).uniform("a", "b", "c"),
    ]

    assert len(set(draws)) == len(draws)
    assert streams.uniform("a", "b", "c") == draws[0]
