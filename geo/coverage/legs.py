"""Legs from centres to tickets, by road and by air: what every figure of coverage is made from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dispatch.errors import Fault, InputError
from dispatch.places import Place
from dispatch.ports import TravelTimes
from dispatch.problem import unique_faults
from dispatch.technicians import DEFAULT_PROFILE, ServiceCentre
from dispatch.tickets import Ticket
from dispatch.travel import UNREACHABLE, IntArray, Legs, Travel
from geo.ellipsoid import Points, between_m
from geo.refusals import shown_ids
from geo.roads.places import OFF_ROAD

BoolArray = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CentreLegs:
    """Legs from each centre (row) to each ticket (column).

    Parameters
    ----------
    centres, tickets : tuple
        At least one of each, unique ids, all with coordinates.
    travel_s, distance_m : int32, (centres, tickets)
        From the centre to the ticket; `UNREACHABLE` in both where there is no way.
    air_m : int32, (centres, tickets)
        Shortest line on the WGS-84 ellipsoid, rounded to the metre: a ticket is inside a circle when ``air_m`` is at
        most the radius.
    off_road : mapping of str to str
        Tickets to which no way leads since they lie on no road, each with the rule that says so: ``travel.off_road``,
        ``travel.outside_roads``, ``travel.swapped_place``, ``travel.zero_place``.
    source : str
        Travel source and its settings.
    profile : str
        Travel profile.
    """

    centres: tuple[ServiceCentre, ...]
    tickets: tuple[Ticket, ...]
    travel_s: IntArray
    distance_m: IntArray
    air_m: IntArray
    off_road: Mapping[str, str]
    source: str
    profile: str

    @property
    def reachable(self) -> BoolArray:
        """Where there is a way, (centres, tickets)."""
        return np.asarray(self.travel_s >= 0)

    @property
    def nearest_by_road(self) -> Counts:
        """Row of the centre with the least travel time for each ticket; -1 without any way.

        Of equals the one nearer by air, then the first.
        """
        far = np.where(self.travel_s < 0, np.iinfo(np.int32).max, self.travel_s)
        return np.where(self.reachable.any(axis=0), _both(far, self.air_m).argmin(axis=0), -1)

    @property
    def nearest_by_air(self) -> Counts:
        """Row of the centre with the shortest straight line for each ticket; of equals by road, then the first."""
        far = np.where(self.travel_s < 0, np.iinfo(np.int32).max, self.travel_s)
        return np.asarray(_both(self.air_m, far).argmin(axis=0), dtype=np.int64)


def centre_legs(
    centres: Sequence[ServiceCentre], tickets: Sequence[Ticket], travel: Travel, *, profile: str = DEFAULT_PROFILE
) -> CentreLegs:
    """Legs out of travel that is already there; a ticket whose place `travel` does not hold is off the road.

    Raises
    ------
    InputError
        With all faults: ``coverage.no_centre``, ``coverage.no_ticket``, ``centre.duplicate``, ``ticket.duplicate``,
        ``travel.no_coordinates``, or ``travel.off_road`` for a centre that `travel` does not hold.
    """
    check(centres, tickets)
    faults = [
        _off_road(f"centre {centre.id}: its place {centre.place.id} is on no road of the travel source", centre.place)
        for centre in centres
        if centre.place.id not in travel.index
    ]
    if faults:
        raise InputError.from_faults(faults)
    found = [ticket for ticket in tickets if ticket.place.id in travel.index]
    rows = np.array([travel.index[centre.place.id] for centre in centres], dtype=np.int64)
    columns = np.array([travel.index[ticket.place.id] for ticket in found], dtype=np.int64)
    return assemble(
        centres,
        tickets,
        travel.block(profile, rows, columns),
        off_road={ticket.id: OFF_ROAD for ticket in tickets if ticket.place.id not in travel.index},
        source=travel.source,
        profile=profile,
    )


def assemble(
    centres: Sequence[ServiceCentre],
    tickets: Sequence[Ticket],
    legs: Legs,
    *,
    off_road: Mapping[str, str],
    source: str,
    profile: str,
) -> CentreLegs:
    """Put legs to the tickets on roads, (centres, such tickets), beside straight lines to all of them."""
    on_road = np.array([ticket.id not in off_road for ticket in tickets], dtype=np.bool_)
    shape = (len(centres), len(tickets))
    travel_s, distance_m = np.full(shape, UNREACHABLE, np.int32), np.full(shape, UNREACHABLE, np.int32)
    travel_s[:, on_road], distance_m[:, on_road] = legs.travel_s, legs.distance_m
    from_points, to_points = _points(c.place for c in centres), _points(t.place for t in tickets)
    return CentreLegs(
        centres=tuple(centres),
        tickets=tuple(tickets),
        travel_s=travel_s,
        distance_m=distance_m,
        air_m=np.rint(between_m(from_points[:, None], to_points[None, :])).astype(np.int32),
        off_road=dict(off_road),
        source=source,
        profile=profile,
    )


def centre_legs_from(
    centres: Sequence[ServiceCentre], tickets: Sequence[Ticket], source: TravelTimes, *, profile: str = DEFAULT_PROFILE
) -> CentreLegs:
    """Legs by asking a travel source, which may refuse places that are on no road.

    Tickets that the source refuses so are asked for no more and stand in ``off_road``; a refused centre is an error.
    For many tickets on own roads :func:`geo.coverage.roads.road_legs` does less work.

    Raises
    ------
    InputError
        As :func:`centre_legs`, and whatever else the source refuses.
    UnavailableError
        When the source is out of reach.
    """
    check(centres, tickets)
    places = {place.id: place for place in (*(c.place for c in centres), *(t.place for t in tickets))}
    try:
        travel = source.matrix(tuple(places.values()), [profile])
        rules: dict[str, str] = {}
    except InputError as error:
        rules = refused_places(error, centres)
        travel = source.matrix([place for place in places.values() if place.id not in rules], [profile])
    legs = centre_legs(centres, tickets, travel, profile=profile)
    return replace(legs, off_road={t.id: rules.get(t.place.id, OFF_ROAD) for t in tickets if t.id in legs.off_road})


def refused_places(error: InputError, centres: Sequence[ServiceCentre]) -> dict[str, str]:
    """Places that a road source refused, each with the rule; any other error, or one of a centre, is raised again."""
    if error.code != OFF_ROAD or not error.faults:
        raise error
    own = {centre.place.id for centre in centres}
    faults = [fault for fault in error.faults if fault.value in own]
    if faults:
        raise InputError.from_faults(faults) from error
    return {fault.value: fault.rule for fault in error.faults}


def demand_of(legs: CentreLegs, demand_s: Mapping[str, int] | None = None) -> Counts:
    """Demand of each ticket: the given one, else its service time times its crew (as ``Problem.demand_s``).

    Raises
    ------
    InputError
        ``coverage.demand`` naming the tickets without a value, or with a negative one.
    """
    if demand_s is None:
        return np.array([ticket.duration_s * ticket.crew_size for ticket in legs.tickets], dtype=np.int64)
    wrong = [ticket.id for ticket in legs.tickets if demand_s.get(ticket.id, -1) < 0]
    if wrong:
        message = f"demand must be given and not be negative: {shown_ids(wrong)}"
        raise InputError.from_faults(
            [Fault(rule="coverage.demand", message=message, field="demand_s", value=str(demand_s.get(wrong[0], "")))]
        )
    return np.array([demand_s[ticket.id] for ticket in legs.tickets], dtype=np.int64)


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, four digits; None when there is nothing to share."""
    return round(int(part) / int(whole), 4) if whole else None


def check(centres: Collection[ServiceCentre], tickets: Collection[Ticket]) -> None:
    """Refuse what no coverage can be made from; for the errors see :func:`centre_legs`."""
    faults = []
    if not centres:
        faults.append(Fault(rule="coverage.no_centre", message="coverage needs at least one service centre"))
    if not tickets:
        faults.append(Fault(rule="coverage.no_ticket", message="coverage needs at least one ticket"))
    faults += unique_faults((centre.id for centre in centres), "centre")
    faults += unique_faults((ticket.id for ticket in tickets), "ticket")
    faults += [
        Fault(
            rule="travel.no_coordinates",
            message=f"{owner}: coverage compares roads with straight lines and needs lat and lon",
            field="place",
            value=place.id,
        )
        for owner, place in (*((c.id, c.place) for c in centres), *((t.id, t.place) for t in tickets))
        if place.lat is None
    ]
    if faults:
        raise InputError.from_faults(faults)


def _both(first: IntArray, then: IntArray) -> Counts:
    """Numbers in the order of `first`, equal ones in that of `then`."""
    return first.astype(np.int64) << 32 | then


def _off_road(message: str, place: Place) -> Fault:
    return Fault(rule=OFF_ROAD, message=message, field="place", value=place.id)


def _points(places: Iterable[Place]) -> Points:
    coordinates = np.array([(place.lat, place.lon) for place in places], dtype=np.float64)
    return Points.of(coordinates[:, 0], coordinates[:, 1])
