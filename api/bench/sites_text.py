"""Location instances as they are published: OR-Library, SJC and the cities, San Francisco's stores."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from api.bench.case import unreadable
from api.bench.sources import Source
from scenarios.location.exact.cover import solve_cover
from scenarios.location.exact.median import solve_median
from scenarios.location.exact.outcome import Budget, Floats, Outcome
from scenarios.location.exact.reach import Reach
from scenarios.location.exact.warehouse import Warehouses, solve_warehouses

EARTH_M = 6_378_100.0
"""Radius that the optima of the cities were computed with."""

CITY_FILES = {"Manhattan": "NewYork"}
"""Names of files, without the number of points, that the list of optima calls otherwise."""

CAPACITIES = {"capa": (8000, 10000, 12000, 14000), "capb": (5000, 6000, 7000, 8000), "capc": (5000, 5750, 6500, 7250)}
"""Four capacities stand for the word ``capacity`` in these files of OR-Library."""

STORES_FILE = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
SCALE = 10_000
"""Distances of the stores are given in fractions of a metre, their optima to four decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCase:
    """One instance: how to solve it, and its published optimum.

    Parameters
    ----------
    name, group : str
    solve : callable
        From time and seed to outcome.
    best : float or None
    """

    name: str
    group: str
    solve: Callable[[Budget, int], Outcome]
    best: float | None


def may_be_sites(source: Source) -> bool:
    """Whether a file found in a folder may be an instance."""
    return (source.file_name.startswith(("pmed", "cap", "SJC", STORES_FILE)) and "optima" not in source.stem) or bool(
        re.fullmatch(r"[A-Z][A-Za-z]+\d+\.txt", source.file_name)
    )


def read_sites_cases(source: Source) -> Sequence[SiteCase]:
    """Read the instances of a file: a coverage file holds one for each listed optimum.

    Raises
    ------
    InputError
        ``bench.unreadable``.
    """
    text = source.text()
    try:
        if source.stem.startswith("pmed"):
            return [_p_median(source, text)]
        if source.stem.startswith("cap"):
            return _capacitated(source, text)
        if source.file_name == STORES_FILE:
            return _stores(source, text)
        return _coverage(source, text)
    except (ValueError, IndexError, KeyError) as error:
        raise unreadable(source.label, f"this is no location instance: {error}") from None


def _beside(source: Source, name: str) -> str:
    path: Path = source.path.parent / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def shortest_paths(size: int, edges: Sequence[tuple[int, int, int]]) -> Floats:
    """All distances; of a repeated edge the last counts."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    last = {(min(i, j) - 1, max(i, j) - 1): cost for i, j, cost in edges}
    rows, columns = zip(*last, strict=True)
    graph = csr_matrix((list(last.values()), (rows, columns)), shape=(size, size))
    table: Floats = dijkstra(graph, directed=False)
    return table


def _p_median(source: Source, text: str) -> SiteCase:
    numbers = [int(word) for word in text.split()]
    size, count, p = numbers[:3]
    rest = numbers[3 : 3 + 3 * count]
    cost = shortest_paths(size, list(zip(rest[::3], rest[1::3], rest[2::3], strict=True)))
    found = re.search(rf"^{source.stem}\s+(\d+)\s*$", _beside(source, "p_median_optima.txt"), flags=re.MULTILINE)
    no = np.zeros(size, dtype=np.bool_)
    return SiteCase(
        name=source.stem,
        group="p_median",
        solve=lambda budget, seed: solve_median(
            cost, count=p, pinned=no, banned=no, budget=budget, whole=True, seed=seed
        ),
        best=float(found[1]) if found else None,
    )


def _capacitated(source: Source, text: str) -> list[SiteCase]:
    optima = _beside(source, "capacitated_optima.txt")
    cases = []
    for capacity in CAPACITIES.get(source.stem, (None,)):
        words = text.replace("capacity", str(capacity)).split()
        sites, points = int(words[0]), int(words[1])
        values = np.array(words[2:], dtype=np.float64)
        rooms, charge = values[: 2 * sites].reshape(sites, 2).T.copy()
        rows = values[2 * sites : 2 * sites + points * (sites + 1)].reshape(points, sites + 1)
        given = Warehouses(
            cost=rows[:, 1:].T.copy(),
            charge=charge,
            capacity=rooms,
            demand=rows[:, 0].copy(),
            pinned=np.zeros(sites, dtype=np.bool_),
            banned=np.zeros(sites, dtype=np.bool_),
        )
        pattern = rf"^{source.stem}\s+([\d.]+)\s*$"
        if capacity is not None:
            block = re.search(rf"^{source.stem}\s(.*?)(?=^\S|\Z)", optima, flags=re.MULTILINE | re.DOTALL)
            optima_here, pattern = block[1] if block else "", rf"([\d.]+) \(capacity {capacity}\)"
        else:
            optima_here = optima
        found = re.search(pattern, optima_here, flags=re.MULTILINE)
        cases.append(
            SiteCase(
                name=source.stem if capacity is None else f"{source.stem}_{capacity}",
                group="capacitated",
                solve=lambda budget, _, given=given: solve_warehouses(given, budget=budget),  # type: ignore[misc]
                best=float(found[1]) if found else None,
            )
        )
    return cases


def within(source: Source, text: str, radius_m: float) -> tuple[Reach, Floats]:
    """Who covers whom in a coverage file, and the demand: plane metres for SJC, great circles for cities."""
    from scipy.spatial import cKDTree

    lines = text.splitlines()
    table = np.array([line.split()[:3] for line in lines[1:] if line.split()], dtype=np.float64)[
        : int(lines[0].split()[0])
    ]
    if source.stem.startswith("SJC"):
        where, chord = table[:, :2], radius_m
    else:
        lat, lon = np.radians(table[:, 0]), np.radians(table[:, 1])
        where = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        chord = 2 * np.sin(radius_m / EARTH_M / 2)
    tree = cKDTree(where)
    pairs = tree.query_pairs(chord, output_type="ndarray")
    own = np.arange(len(table))
    rows = np.concatenate([pairs[:, 0], pairs[:, 1], own])
    columns = np.concatenate([pairs[:, 1], pairs[:, 0], own])
    order = np.lexsort((columns, rows))
    return Reach.of_pairs(rows[order], columns[order], sites=len(table), size=len(table)), table[:, 2].copy()


def _coverage(source: Source, text: str) -> list[SiteCase]:
    if source.stem.startswith("SJC"):
        rows = csv.DictReader(io.StringIO(_beside(source, "sjc_optima_radius800.csv")))
        wanted = [
            (float(row["radius"]), int(row["p"]), float(row["optimal_covered_demand"]))
            for row in rows
            if row["instance"] == source.stem
        ]
    else:
        city = source.stem.rstrip("0123456789")
        city = CITY_FILES.get(city, city)
        rows = csv.DictReader(io.StringIO(_beside(source, "city_optima.csv")))
        wanted = [
            (float(row["radius_m"]), int(row["p"]), float(row["optimal_value_in_file"]))
            for row in rows
            if row["instance"] == city
        ]
    reaches = {radius: within(source, text, radius) for radius, _, _ in wanted}
    cases = []
    for radius, p, best in sorted(wanted):
        reach, weight = reaches[radius]
        no = np.zeros(reach.size, dtype=np.bool_)
        cases.append(
            SiteCase(
                name=f"{source.stem}_p{p}_r{radius:g}",
                group="SJC" if source.stem.startswith("SJC") else "cities",
                solve=lambda budget, seed, reach=reach, weight=weight, p=p, no=no: solve_cover(  # type: ignore[misc]
                    reach, weight, count=p, pinned=no, banned=no, budget=budget, whole=True, seed=seed
                ),
                best=best,
            )
        )
    return cases


def _stores(source: Source, text: str) -> list[SiteCase]:
    rows = list(csv.DictReader(io.StringIO(text)))
    stores = list(dict.fromkeys(row["name"] for row in rows))
    tracts = {row["DestinationName"]: float(row["demand"]) for row in rows}
    at = {name: number for number, name in enumerate(tracts)}
    metres = np.zeros((len(stores), len(tracts)))
    for row in rows:
        metres[stores.index(row["name"]), at[row["DestinationName"]]] = float(row["distance"])
    weight = np.array(list(tracts.values()))
    no = np.zeros(len(stores), dtype=np.bool_)
    cases = []
    for row in csv.DictReader(io.StringIO(_beside(source, "optima_highs.csv"))):
        if not row["optimal_objective"]:
            continue
        if row["model"].startswith("p-median"):
            p = int(row["p"])
            cases.append(
                SiteCase(
                    name=f"stores_p_median_p{p}",
                    group="stores",
                    solve=lambda budget, seed, p=p: solve_median(  # type: ignore[misc]
                        metres * weight, count=p, pinned=no, banned=no, budget=budget, seed=seed
                    ),
                    best=float(row["optimal_objective"]),
                )
            )
        elif row["model"].startswith("MCLP"):
            p, radius = int(row["p"]), float(row["service_distance"])
            cases.append(
                SiteCase(
                    name=f"stores_cover_p{p}_r{radius:g}",
                    group="stores",
                    solve=lambda budget, seed, p=p, radius=radius: solve_cover(  # type: ignore[misc]
                        Reach.of(metres <= radius),
                        weight,
                        count=p,
                        pinned=no,
                        banned=no,
                        budget=budget,
                        whole=True,
                        seed=seed,
                    ),
                    best=float(row["optimal_objective"]),
                )
            )
    return cases
