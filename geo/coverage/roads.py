"""Coverage on a road network of one's own: legs, isochrones, territories and surface out of one source of roads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dispatch.errors import InputError
from dispatch.technicians import DEFAULT_PROFILE, ServiceCentre
from dispatch.tickets import Ticket
from dispatch.travel import Legs
from geo.coverage.grids import Grid
from geo.coverage.isochrone import CELL_M, Isochrone, isochrones
from geo.coverage.legs import CentreLegs, assemble, check, refused_places
from geo.coverage.stretches import RoadPoints
from geo.coverage.surface import Surface, surface
from geo.coverage.territory import UNLIMITED_MS, Territory, nearest_owners, territories
from geo.paths.graph import Graph
from geo.paths.links import Links
from geo.paths.reach import reach
from geo.roads.hang import PieceEdges
from geo.roads.network import I32, RoadNetwork, seconds_and_metres
from geo.roads.places import check_on_road, coordinates
from geo.roads.snap import Snapped
from geo.roads.travel import RoadTravel


def road_legs(
    centres: Sequence[ServiceCentre], tickets: Sequence[Ticket], roads: RoadTravel, *, profile: str = DEFAULT_PROFILE
) -> CentreLegs:
    """The legs of :func:`geo.coverage.legs.centre_legs_from`, from the centres only: for many thousand tickets.

    Raises
    ------
    InputError
        As :func:`geo.coverage.legs.centre_legs_from`.
    """
    check(centres, tickets)
    router = roads.router(profile)
    places = [centre.place for centre in centres] + [ticket.place for ticket in tickets]
    snapped = router.index.snap(*coordinates(places))
    rules: dict[str, str] = {}
    try:
        check_on_road(places, snapped, router.network)
    except InputError as error:
        rules = refused_places(error, centres)
    off_road = {ticket.id: rules[ticket.place.id] for ticket in tickets if ticket.place.id in rules}
    near = snapped[~snapped.far]
    own, rest = near[: len(centres)], near[len(centres) :]
    _, first, column = np.unique(rest.position, return_index=True, return_inverse=True)
    _, origin, row = np.unique(own.position, return_index=True, return_inverse=True)
    spots = near[np.concatenate((first + len(centres), origin))]  # each position once; a centre may share a ticket's
    weight, _ = router.added_weights(spots, held=len(first))
    seconds, metres = seconds_and_metres(weight[np.ix_(row, column)])
    return assemble(
        centres,
        tickets,
        Legs(travel_s=seconds, distance_m=metres),
        off_road=off_road,
        source=roads.source,
        profile=profile,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CentresOnRoads:
    """Centres on a road network.

    Parameters
    ----------
    centres : tuple of ServiceCentre
    network : RoadNetwork
        With the times that hold.
    graph : Graph
        Of the network.
    links : Links
        Of the centres.
    starts : RoadPoints
        The centres on their pieces.
    """

    centres: tuple[ServiceCentre, ...]
    network: RoadNetwork
    graph: Graph
    links: Links
    starts: RoadPoints

    @classmethod
    def of(cls, network: RoadNetwork, snapped: Snapped, centres: Sequence[ServiceCentre]) -> CentresOnRoads:
        """Hang centres on a network.

        Parameters
        ----------
        network : RoadNetwork
            ``RoadTravel.network``, or :func:`with_times` of it.
        snapped : Snapped
            The centres, none of them far from the road: ``RoadTravel.snap`` refuses such.
        centres : sequence of ServiceCentre
        """
        return cls(
            centres=tuple(centres),
            network=network,
            graph=Graph(
                first_out=network.first_out.astype(np.int64), head=np.asarray(network.head), weight=network.weight
            ),
            links=PieceEdges(network, network.travel_ms).hang(snapped).links,
            starts=RoadPoints.of(network, snapped),
        )

    @classmethod
    def from_travel(
        cls, roads: RoadTravel, centres: Sequence[ServiceCentre], *, profile: str = DEFAULT_PROFILE
    ) -> CentresOnRoads:
        """Centres on the roads of a travel source, at free flow.

        Raises
        ------
        InputError
            ``travel.off_road`` naming the centres that are far from any road; ``travel.no_coordinates``.
        """
        snapped = roads.snap([centre.place for centre in centres], profile)
        return cls.of(roads.network(profile), snapped, centres)

    def isochrones(self, centre: int, limits_s: Sequence[int], *, cell_m: float = CELL_M) -> tuple[Isochrone, ...]:
        """Areas within drive times of the centre with this number: see :func:`geo.coverage.isochrone.isochrone`."""
        weight = reach(self.graph, self.links, [centre], limit_ms=max(limits_s, default=0) * 1000)
        own = RoadPoints(piece=self.starts.piece[[centre]], fraction=self.starts.fraction[[centre]])
        return isochrones(self.network, weight, own, limits_s=limits_s, cell_m=cell_m)

    def territories(self) -> tuple[Territory, ...]:
        """Land of the centres by the nearest centre of each junction; owners are numbers of centres."""
        owners = nearest_owners(self.graph, self.links, range(len(self.centres)))
        return territories(
            np.asarray(self.network.node_lat), np.asarray(self.network.node_lon), owners.owner, weight=owners.weight
        )

    def surface(self, grid: Grid) -> Surface:
        """Drive times from the nearest centre by cell: see :func:`geo.coverage.surface.surface`."""
        weight = reach(self.graph, self.links, range(len(self.centres)), limit_ms=UNLIMITED_MS)
        return surface(self.network, weight, self.starts, grid)


def with_times(network: RoadNetwork, travel_ms: I32) -> RoadNetwork:
    """The network with other times of its edges, for example ``HourSpeeds.travel_ms`` of an hour."""
    return replace(network, travel_ms=travel_ms)
