"""Which suites there are. A new one is a reader and one line here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from api.bench import best_known
from api.bench.case import Case, Score
from api.bench.solomon import read_solomon
from api.bench.sources import Source
from api.bench.strsp_text import read_strsp
from api.bench.trsp import TrspCase
from api.bench.trsp_text import published_routes, read_trsp
from api.bench.vrplib import is_vrplib, read_vrplib
from dispatch.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A family of instances.

    Parameters
    ----------
    name : str
        On the command line.
    accepts : callable
        Whether a file found in a folder or zip file may be an instance.
    read : callable
        Reads the instances of one file.
    best_known : callable
        Best-known value of an instance, out of its row in a best-known file; None when the row holds none.
    """

    name: str
    accepts: Callable[[Source], bool]
    read: Callable[[Source], Sequence[Case]]
    best_known: Callable[[Case, Mapping[str, str]], Score | None]

    def best(self, source: Source, case: Case) -> Score | None:
        """Best-known value of an instance, looked up beside it and above; None when there is none."""
        return self.best_known(case, best_known.find(source.path.parent, case.aliases))


def _may_be_trsp(source: Source) -> bool:
    return source.file_name.lower().endswith(".txt") and source.folder_name != "release_dates"


def _may_be_strsp(source: Source) -> bool:
    """The folders of technicians stand beside those of tasks."""
    return re.fullmatch(r"(?!technicians_).*team\.txt", source.file_name, flags=re.IGNORECASE) is not None


def _read_vrptw(source: Source) -> Sequence[Case]:
    text = source.text()
    return [read_vrplib(source, text) if is_vrplib(text) else read_solomon(source, text)]


def _best_length(case: Case, row: Mapping[str, str]) -> Score | None:
    cost = best_known.number(row, ("dimacs_distance_1dp", "best_cost_sum_of_durations"))
    return None if cost is None else Score(cost=cost, unserved=0)


def _best_working_time(case: Case, row: Mapping[str, str]) -> Score | None:
    cost = best_known.number(row, ("bks_total_working_time", "working_time_min"))
    if cost is None or not isinstance(case, TrspCase):
        return None
    unserved = int(best_known.number(row, ("unserved",)) or 0)
    routes = published_routes(case, row.get("routes", ""))
    served = [number for route in routes for number in route[1:] if number in case.requests]
    if len(served) != len(case.requests) - unserved:
        return Score(cost=cost, unserved=unserved)
    return Score(
        cost=cost, unserved=unserved, travel_waiting=cost - sum(case.nodes[number].service for number in served)
    )


SUITES: Mapping[str, Suite] = MappingProxyType(
    {
        suite.name: suite
        for suite in (
            Suite(
                name="trsp",
                accepts=_may_be_trsp,
                read=lambda source: [read_trsp(source, source.text())],
                best_known=_best_working_time,
            ),
            Suite(
                name="vrptw",
                accepts=lambda source: source.file_name.lower().endswith((".txt", ".vrp")),
                read=_read_vrptw,
                best_known=_best_length,
            ),
            Suite(
                name="strsp",
                accepts=_may_be_strsp,
                read=lambda source: read_strsp(source, source.text()),
                best_known=lambda case, row: None,
            ),
        )
    }
)
"""Suite by name."""


def suite(name: str) -> Suite:
    """Suite called `name`.

    Raises
    ------
    UsageError
        ``bench.suite`` when there is none.
    """
    if name not in SUITES:
        raise UsageError("bench.suite", f"no suite {name!r}; there are: {', '.join(SUITES)}")
    return SUITES[name]
