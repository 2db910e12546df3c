"""Running scenarios: every missing day of every scenario is one task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.scenarios.file import ScenarioFile
from api.scenarios.folder import RunFolder
from api.scenarios.worlds import described, fingerprints, world_of
from scenarios.simulation.world import World
from scenarios.study.days import DayKey, play
from scenarios.tasks.driver import Failure, run_tasks
from scenarios.tasks.pools import Machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One scenario that is about to be played.

    Parameters
    ----------
    name : str
        Different for each of a call.
    scenario : ScenarioFile
    world : World
    folder : RunFolder
    missing : tuple of int
        Days to play.
    """

    name: str
    scenario: ScenarioFile
    world: World
    folder: RunFolder
    missing: tuple[int, ...]


def prepare(scenario: ScenarioFile, out: Path, *, name: str) -> Run:
    """Build the world and open the folder.

    Raises
    ------
    InputError
        ``run.differs``, or what is wrong with the input.
    UnavailableError
        ``output.unwritable``.
    """
    world, folder = world_of(scenario), RunFolder(out)
    folder.open(fingerprints(scenario, world), described(scenario, world))
    missing = tuple(day for day in range(scenario.days) if folder.read(day) is None)
    return Run(name=name, scenario=scenario, world=world, folder=folder, missing=missing)


def play_missing(
    runs: Sequence[Run],
    machines: Machines,
    *,
    on_day: Callable[[], None] = lambda: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[Failure[DayKey], ...]:
    """Play and keep all missing days; the same day of all scenarios one after the other.

    Returns
    -------
    tuple of Failure
        Days that were given up.
    """
    keys = sorted(((day, run) for run in runs for day in run.missing), key=lambda pair: pair[0])
    if not keys:
        return ()
    folders = {run.name: run.folder for run in runs}

    def keep(key: DayKey, ledger: bytes) -> None:
        folders[key[0]].keep(key[1], ledger)
        on_day()

    with machines.pool(play, {run.name: run.world for run in runs}) as pool:
        return run_tasks(
            pool,
            [(run.name, day, run.scenario.seed) for day, run in keys],
            on_done=keep,
            should_stop=should_stop,
        )
