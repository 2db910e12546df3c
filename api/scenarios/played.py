"""From folders of runs to what is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.scenarios.folder import RunFolder, manifest
from dispatch.errors import Fault, InputError
from dispatch.weights import Weights
from scenarios.study.comparison import Comparison, Played, compare
from scenarios.study.promise import SitePromise
from scenarios.study.setup import Prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A comparison, and the manifests of its runs in the same order."""

    comparison: Comparison
    manifests: tuple[dict[str, Any], ...]


def read_study(folders: Sequence[Path]) -> Study:
    """Read the runs and compare them with the first.

    Raises
    ------
    InputError
        ``input.invalid`` with every folder that holds no run or no finished day; runs of different seeds.
    """
    faults, manifests, played = [], [], []
    for folder in folders:
        try:
            manifests.append(manifest(folder))
        except InputError as error:
            faults.append(Fault(rule=error.code, message=error.message, file=str(folder)))
            continue
        days = {day: ledger.kpis for day, ledger in RunFolder(folder).finished().items()}
        if not days:
            faults.append(Fault(rule="run.empty", message="no day is finished", file=str(folder)))
            continue
        played.append(_played(folder, manifests[-1], days))
    seeds = sorted({one["parts"]["seed"] for one in manifests})
    if len(seeds) > 1:
        message = f"runs of different seeds ({', '.join(seeds)}) did not meet the same days"
        faults.append(Fault(rule="run.seeds", message=message))
    if faults:
        raise InputError.from_faults(faults)
    return Study(comparison=compare(played), manifests=tuple(manifests))


def _played(folder: Path, document: dict[str, Any], days: dict[int, Any]) -> Played:
    promised = document["promise"]
    return Played(
        name=folder.resolve().name,
        title=document["title"],
        prices=Prices(**document["prices"]),
        weights=Weights(**document["weights"]),
        paid_s_per_day=document["paid_s_per_day"],
        promise=None if promised is None else SitePromise(**promised),
        days=days,
    )
