"""Public instances for measurements, read as ``callout bench vrptw`` reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

from api.bench.case import Score
from api.bench.sources import Source, expand
from api.bench.suites import suite
from api.bench.vrptw import VrptwCase

SUITE = "vrptw"


def sources(paths: Sequence[Path]) -> list[Source]:
    """All instance files behind the paths, each once; all are read, so that a broken one doesn't end a long run.

    Raises
    ------
    InputError
        ``bench.unreadable`` or ``bench.no_instance``.
    """
    family = suite(SUITE)
    found = {source.label: source for path in paths for source in expand(path, family.accepts)}
    for source in found.values():
        family.read(source)
    return list(found.values())


def instances(found: Sequence[Source]) -> Iterator[tuple[VrptwCase, Score | None]]:
    """Each instance with its best-known value; one is in memory at a time."""
    family = suite(SUITE)
    for source in found:
        for case in family.read(source):
            yield cast(VrptwCase, case), family.best(source, case)
