"""Coverage of tickets by centres: shares, overlaps, gaps, and who is nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.tiers import Deadline
from geo.coverage.legs import BoolArray, CentreLegs, Counts, demand_of, share
from geo.coverage.limits import Limits, covers
from geo.coverage.targets import TargetCoverage, target_coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How much is covered, of all tickets and of their demand. A share of nothing is None."""

    tickets: int
    tickets_share: float | None
    demand_s: int
    demand_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreCoverage:
    """What one centre covers.

    Parameters
    ----------
    centre_id : str
    radius_m, limit_s : int or None
        Its limits.
    covered : Covered
        Within them, whoever else covers it too.
    alone : Covered
        Covered by no other centre.
    nearest_by_road, nearest_by_air : int
        Tickets of all for which it is the nearest.
    targets : tuple of TargetCoverage
        Of all tickets, when this centre alone serves.
    """

    centre_id: str
    radius_m: int | None
    limit_s: int | None
    covered: Covered
    alone: Covered
    nearest_by_road: int
    nearest_by_air: int
    targets: tuple[TargetCoverage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A ticket that no centre covers.

    Parameters
    ----------
    ticket_id : str
    reason : str
        ``beyond_limits``; ``no_way`` (on a road, but none leads there from any centre); ``off_road``,
        ``outside_roads``, ``swapped_place``, ``zero_place`` (on no road).
    centre_id : str
        Nearest centre by road, by air where there is no way.
    travel_s, distance_m : int or None
        From it by road; None where there is no way.
    air_m : int
        From it by air.
    """

    ticket_id: str
    reason: str
    centre_id: str
    travel_s: int | None
    distance_m: int | None
    air_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestDiffers:
    """A ticket whose nearest centre by road is not the nearest by air.

    `extra_s` is what the drive from the centre that looks nearest takes longer; None when no way leads from it.
    """

    ticket_id: str
    by_road: str
    by_air: str
    travel_s: int
    extra_s: int | None
    by_road_air_m: int
    by_air_air_m: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoverageReport:
    """Coverage of all tickets.

    Parameters
    ----------
    legs : CentreLegs
        What it was made from.
    limits : Limits
        Limits of the centres.
    covers : bool, (centres, tickets)
        Who covers what.
    tickets, demand_s : int
        In all.
    covered : Covered
        By at least one centre.
    centres : tuple of CentreCoverage
        In the order of the centres.
    overlaps : tuple of Covered
        Entry k: covered by exactly k centres, 0..centres.
    targets : tuple of TargetCoverage
        Of all tickets, by the fastest covering centre.
    gaps : tuple of Gap
        In the order of the tickets.
    differences : tuple of NearestDiffers
        In the order of the tickets.
    """

    legs: CentreLegs
    limits: Limits
    covers: BoolArray
    tickets: int
    demand_s: int
    covered: Covered
    centres: tuple[CentreCoverage, ...]
    overlaps: tuple[Covered, ...]
    targets: tuple[TargetCoverage, ...]
    gaps: tuple[Gap, ...]
    differences: tuple[NearestDiffers, ...]


def coverage(
    legs: CentreLegs,
    limits: Limits | None = None,
    *,
    deadlines: Mapping[str, Sequence[Deadline]] | None = None,
    demand_s: Mapping[str, int] | None = None,
) -> CoverageReport:
    """Who covers what, and what is left.

    Parameters
    ----------
    legs : CentreLegs
        From :func:`geo.coverage.legs.centre_legs`.
    limits : Limits, optional
        Without it those of the centres.
    deadlines : mapping of str to sequence of Deadline, optional
        Of each ticket, as ``Problem.deadlines``; without it no figures about targets.
    demand_s : mapping of str to int, optional
        Demand of each ticket, at least 0; without it service time times crew.

    Raises
    ------
    InputError
        ``coverage.demand`` or ``coverage.deadlines``.
    """
    limits = limits or Limits.of(legs.centres)
    demand = demand_of(legs, demand_s)
    within = covers(legs, limits)
    times = within.sum(axis=0)
    by_road, by_air = legs.nearest_by_road, legs.nearest_by_air
    centres = tuple(
        CentreCoverage(
            centre_id=centre.id,
            radius_m=limits.radius_m[row],
            limit_s=limits.limit_s[row],
            covered=_covered(within[row], demand),
            alone=_covered(within[row] & (times == 1), demand),
            nearest_by_road=int((by_road == row).sum()),
            nearest_by_air=int((by_air == row).sum()),
            targets=() if deadlines is None else target_coverage(legs, _only(within, row), deadlines),
        )
        for row, centre in enumerate(legs.centres)
    )
    return CoverageReport(
        legs=legs,
        limits=limits,
        covers=within,
        tickets=len(legs.tickets),
        demand_s=int(demand.sum()),
        covered=_covered(times > 0, demand),
        centres=centres,
        overlaps=tuple(_covered(times == count, demand) for count in range(len(legs.centres) + 1)),
        targets=() if deadlines is None else target_coverage(legs, within, deadlines),
        gaps=tuple(_gap(legs, column) for column in np.nonzero(times == 0)[0].tolist()),
        differences=tuple(
            _difference(legs, column, int(by_road[column]), int(by_air[column]))
            for column in np.nonzero((by_road >= 0) & (by_road != by_air))[0].tolist()
        ),
    )


def _covered(which: BoolArray, demand: Counts) -> Covered:
    tickets, demand_s = int(which.sum()), int(demand[which].sum())
    return Covered(
        tickets=tickets,
        tickets_share=share(tickets, len(which)),
        demand_s=demand_s,
        demand_share=share(demand_s, int(demand.sum())),
    )


def _only(within: BoolArray, row: int) -> BoolArray:
    alone = np.zeros_like(within)
    alone[row] = within[row]
    return alone


def _gap(legs: CentreLegs, column: int) -> Gap:
    ticket, row = legs.tickets[column], int(legs.nearest_by_road[column])
    on_way = row >= 0
    row = row if on_way else int(legs.nearest_by_air[column])
    return Gap(
        ticket_id=ticket.id,
        reason="beyond_limits" if on_way else legs.off_road.get(ticket.id, "no_way").removeprefix("travel."),
        centre_id=legs.centres[row].id,
        travel_s=int(legs.travel_s[row, column]) if on_way else None,
        distance_m=int(legs.distance_m[row, column]) if on_way else None,
        air_m=int(legs.air_m[row, column]),
    )


def _difference(legs: CentreLegs, column: int, by_road: int, by_air: int) -> NearestDiffers:
    travel_s, air_s = int(legs.travel_s[by_road, column]), int(legs.travel_s[by_air, column])
    return NearestDiffers(
        ticket_id=legs.tickets[column].id,
        by_road=legs.centres[by_road].id,
        by_air=legs.centres[by_air].id,
        travel_s=travel_s,
        extra_s=air_s - travel_s if air_s >= 0 else None,
        by_road_air_m=int(legs.air_m[by_road, column]),
        by_air_air_m=int(legs.air_m[by_air, column]),
    )
