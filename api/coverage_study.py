"""Coverage of one input on roads: everything that ``callout geo coverage`` shows, computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dispatch.problem import Problem
from dispatch.technicians import ServiceCentre
from geo.coverage.assignment import Capacity, Ownership, assign
from geo.coverage.grids import H3Grid
from geo.coverage.isochrone import Isochrone
from geo.coverage.legs import CentreLegs
from geo.coverage.limits import Limits
from geo.coverage.radius import Misclassification, misclassification
from geo.coverage.report import CoverageReport, coverage
from geo.coverage.roads import CentresOnRoads, road_legs
from geo.coverage.surface import Surface
from geo.coverage.territory import Territory
from geo.roads.network import RoadNetwork
from geo.roads.travel import RoadTravel

FINEST, COARSEST = 8, 4
MAX_CELLS = 6_000
"""Cells of a response-time surface beyond which the next coarser hexagons are taken: about 0.3 MB of page."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Areas:
    """What is drawn, beside the tickets.

    Parameters
    ----------
    network : RoadNetwork
    isochrones : tuple of (centre, Isochrone)
        Centres by number; those with a drive time to draw.
    territories : tuple of Territory
        Owners are numbers of centres.
    surface : Surface
    """

    network: RoadNetwork
    isochrones: tuple[tuple[int, Isochrone], ...]
    territories: tuple[Territory, ...]
    surface: Surface


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoverageStudy:
    """Coverage of one input.

    Parameters
    ----------
    legs : CentreLegs
    report : CoverageReport
        By the limits that hold.
    judged : Limits
        Circles and drive times that are compared: what was asked for, filled up with what the centres have.
    circles : Misclassification or None
        None when some centre has no drive time to judge its circle by.
    ownership : Ownership
    areas : Areas or None
        None where no picture was asked for.
    """

    legs: CentreLegs
    report: CoverageReport
    judged: Limits
    circles: Misclassification | None
    ownership: Ownership
    areas: Areas | None

    @property
    def centres(self) -> tuple[ServiceCentre, ...]:
        """Centres in their order."""
        return self.legs.centres


def study(
    problem: Problem,
    roads: RoadTravel,
    *,
    profile: str,
    radius_m: int | None = None,
    limit_s: int | None = None,
    capacities: Mapping[str, Capacity] | None = None,
    draw: bool = False,
    on_step: Callable[[str], None] = lambda step: None,
) -> CoverageStudy:
    """Compute coverage, misclassification, ownership and, where asked for, areas.

    Parameters
    ----------
    problem : Problem
    roads : RoadTravel
    profile : str
    radius_m, limit_s : int, optional
        Limits of every centre, in place of its own.
    capacities : mapping of str to Capacity, optional
        Room by centre; without it `shift_capacities`.
    draw : bool
        Whether areas are needed too.
    on_step : callable
        Told what comes next.

    Raises
    ------
    InputError
        See :mod:`geo.coverage`; ``travel.off_road`` for a centre on no road.
    """
    on_step("ways")
    legs = road_legs(problem.centres, problem.tickets, roads, profile=profile)
    own, limits = Limits.of(problem.centres), Limits.of(problem.centres, radius_m=radius_m, limit_s=limit_s)
    judged = Limits(
        radius_m=tuple(
            one if one is not None else other for one, other in zip(limits.radius_m, own.radius_m, strict=True)
        ),
        limit_s=tuple(
            one if one is not None else other for one, other in zip(limits.limit_s, own.limit_s, strict=True)
        ),
    )
    on_step("coverage")
    report = coverage(legs, limits, deadlines=problem.deadlines)
    circles = None if None in judged.limit_s else misclassification(legs, judged)
    ownership = assign(legs, shift_capacities(problem) if capacities is None else capacities)
    return CoverageStudy(
        legs=legs,
        report=report,
        judged=judged,
        circles=circles,
        ownership=ownership,
        areas=_areas(roads, legs, judged, on_step) if draw else None,
    )


def shift_capacities(problem: Problem) -> dict[str, Capacity]:
    """Room of each centre: regular hours of the shifts of its technicians; no limits where nobody has a centre.

    Driving is not part of the work that fills this room, so it is the most that a centre could take.
    """
    if all(technician.centre_id is None for technician in problem.technicians):
        return {}
    room_s = {centre.id: 0 for centre in problem.centres}
    for shift in problem.shifts:
        centre_id = problem.technician_of(shift).centre_id
        if centre_id is not None:
            room_s[centre_id] += shift.regular_end_s - shift.start_s
    return {centre_id: Capacity(work_s=seconds) for centre_id, seconds in room_s.items()}


def _areas(roads: RoadTravel, legs: CentreLegs, limits: Limits, on_step: Callable[[str], None]) -> Areas:
    on_roads = CentresOnRoads.from_travel(roads, legs.centres, profile=legs.profile)
    on_step("drive-time areas")
    areas = [
        (number, on_roads.isochrones(number, [limit_s])[0])
        for number, limit_s in enumerate(limits.limit_s)
        if limit_s is not None
    ]
    on_step("territories")
    territories = on_roads.territories()
    on_step("response times")
    return Areas(
        network=on_roads.network,
        isochrones=tuple(areas),
        territories=territories,
        surface=_surface(on_roads),
    )


def _surface(on_roads: CentresOnRoads) -> Surface:
    """The finest one that is not too much to draw."""
    lat, lon = on_roads.network.point_lat, on_roads.network.point_lon
    for resolution in range(FINEST, COARSEST, -1):
        # Hexagons of resolution 8 have 0.74 km²; each coarser step 7 times that: https://h3geo.org/docs/core-library/restable
        box_km2 = float((lat.max() - lat.min()) * (lon.max() - lon.min())) * 111.2**2
        if box_km2 / (0.74 * 7 ** (FINEST - resolution)) <= 4 * MAX_CELLS:
            surface = on_roads.surface(H3Grid(resolution=resolution))
            if len(surface.cells) <= MAX_CELLS:
                return surface
    return on_roads.surface(H3Grid(resolution=COARSEST))
