"""What the roads of this project take: to build, to open, and to answer."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.roads.timing import median_s, peak_mib, seconds_of
from dispatch.places import Place
from dispatch.technicians import ServiceCentre
from geo.coverage.roads import CentresOnRoads
from geo.roads.travel import RoadTravel

PROFILE = "car"
ISOCHRONE_S = 1200
NEW_PLACES = 5
"""Single places that are added one after the other; their median counts."""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Figures of one extract.

    Parameters
    ----------
    nodes, edges : int
        Of the contracted network.
    build_s, open_s : float
        From the extract to everything that answers; from the files kept on disk to the same.
    matrix_s : dict of int to float
        By places: with snapping and keeping on disk, nothing known before.
    new_place_s : float
        A matrix with one place more than the largest that was measured up to `new_place_base` places.
    isochrone_s : float
        From a centre on the road to its polygon of 20 minutes.
    peak_mib : float
        Of the whole process, extract included.
    """

    nodes: int
    edges: int
    build_s: float
    open_s: float
    matrix_s: dict[int, float]
    new_place_base: int
    new_place_s: float
    isochrone_s: float
    peak_mib: float


def measure(extract: Path, points: Points, sizes: Sequence[int], *, runs: int, workers: int) -> Own:
    """Measure everything in a cache of its own; compiled code is ready before.

    Parameters
    ----------
    extract : Path
    points : sequence of (lat, lon)
        At least `NEW_PLACES` more than the largest size.
    sizes : sequence of int
        Places of the matrices.
    runs : int
        Each figure is the median of so many, building but once.
    workers : int
        Threads.
    """
    places = [Place(id=str(number), lat=lat, lon=lon) for number, (lat, lon) in enumerate(points)]
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)

        def opened() -> RoadTravel:
            travel = RoadTravel(extract, cache=cache, workers=workers)
            travel.router(PROFILE)
            return travel

        def fresh() -> RoadTravel:
            for file in cache.glob("*.legs-*"):
                file.unlink()
            return opened()

        _warm(extract, places[:20], workers)
        build_s = seconds_of(opened)
        open_s = median_s(opened, runs)
        matrix_s = {
            size: statistics.median(matrix_seconds(fresh(), places[:size]) for _ in range(runs)) for size in sizes
        }
        base = min(max(sizes), 1_100)
        travel = fresh()
        travel.matrix(places[:base], [PROFILE])
        added = [matrix_seconds(travel, [*places[:base], new]) for new in places[-NEW_PLACES:]]
        centres = CentresOnRoads.from_travel(travel, [ServiceCentre(id="centre", place=places[0])])
        network = travel.network(PROFILE)
        return Own(
            nodes=len(network.node_lat),
            edges=len(network.tail),
            build_s=build_s,
            open_s=open_s,
            matrix_s=matrix_s,
            new_place_base=base,
            new_place_s=statistics.median(added),
            isochrone_s=median_s(lambda: centres.isochrones(0, [ISOCHRONE_S]), runs),
            peak_mib=peak_mib(),
        )


def matrix_seconds(travel: RoadTravel, places: Sequence[Place]) -> float:
    """Seconds of one matrix."""
    return seconds_of(lambda: travel.matrix(places, [PROFILE]))


def _warm(extract: Path, places: Sequence[Place], workers: int) -> None:
    """Compile everything once, or load what was compiled."""
    with tempfile.TemporaryDirectory() as folder:
        travel = RoadTravel(extract, cache=Path(folder), workers=workers)
        travel.matrix(places[1:], [PROFILE])
        travel.matrix(places, [PROFILE])
        centres = CentresOnRoads.from_travel(travel, [ServiceCentre(id="centre", place=places[0])])
        centres.isochrones(0, [60])
