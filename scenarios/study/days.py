"""Simulated days as tasks: which, and how one is played."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.simulation.day import play_day
from scenarios.simulation.world import World

type DayKey = tuple[str, int, int]
"""Name of a scenario, day, seed."""


def play(worlds: Mapping[str, World], key: DayKey) -> bytes:
    """Ledger of one day of one scenario, as canonical JSON; a task for any machine."""
    name, day, seed = key
    return play_day(worlds[name], day=day, seed=seed).to_json()
