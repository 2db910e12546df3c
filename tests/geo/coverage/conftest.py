"""River Town: five columns and four rows of streets, a kilometre and a minute each; one bridge, far in the west.

::

    row 3   B--4--.--.--.        B, A: centres    T1..T5: tickets
            |  |  |  |  |
    row 2   .--.--.--.--2        Between rows 1 and 2 runs a river;
            |                    only column 0 has a bridge.
    row 1   5--.--.--3--A
            |  |  |  |  |
    row 0   .--.--.--.--1
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from dispatch.places import Place
from dispatch.technicians import ServiceCentre
from dispatch.tickets import Ticket
from dispatch.travel import TravelMatrix, from_arrays
from geo.coverage.legs import CentreLegs, centre_legs
from geo.coverage.plane import Plane
from geo.coverage.stretches import RoadPoints
from geo.paths.graph import Graph
from geo.paths.links import Links
from geo.paths.reach import reach
from geo.roads.hang import PieceEdges
from geo.roads.network import I64, RoadNetwork
from geo.roads.snap import RoadIndex

BLOCK_M, BLOCK_MS = 1000, 60_000
MIDDLE = Plane(lat=47.0, lon=9.5)
Corner = tuple[float, float]


def place_at(name: str, column: float, row: float) -> Place:
    return Place(
        id=name,
        lat=MIDDLE.lat + row * BLOCK_M / MIDDLE.north_m,
        lon=MIDDLE.lon + column * BLOCK_M / MIDDLE.east_m,
    )


def street_grid(
    columns: int,
    rows: int,
    *,
    closed: Collection[tuple[Corner, Corner]] = (),
    one_way: Collection[tuple[Corner, Corner]] = (),
    ferry: Collection[tuple[Corner, Corner]] = (),
    block_ms: Callable[[int], int] = lambda piece: BLOCK_MS,
) -> RoadNetwork:
    """A grid of streets between neighbouring corners, named from the western or southern one to the other."""
    corners = [(column, row) for row in range(rows) for column in range(columns)]
    number = {corner: at for at, corner in enumerate(corners)}
    streets = [
        (a, b) for a in corners for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1)) if b in number and (a, b) not in closed
    ]
    edges = []
    for piece, (a, b) in enumerate(streets):
        edges.append((number[a], number[b], piece, 1))
        if (a, b) not in one_way:
            edges.append((number[b], number[a], piece, 0))
    edges.sort()
    tail, head, piece, forward = (np.array(column) for column in zip(*edges, strict=True))
    lat = np.array([place_at("", *corner).lat for corner in corners], dtype=np.float64)
    lon = np.array([place_at("", *corner).lon for corner in corners], dtype=np.float64)
    ends = np.array([[number[a], number[b]] for a, b in streets]).ravel()
    return RoadNetwork(
        source="grid",
        profile="car",
        node_lat=lat,
        node_lon=lon,
        node_osm=np.arange(len(corners), dtype=np.int64),
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        first_out=np.searchsorted(tail, np.arange(len(corners) + 1)).astype(np.int32),
        travel_ms=np.array([block_ms(int(one)) for one in piece], dtype=np.int32),
        length_dm=np.full(len(edges), BLOCK_M * 10, dtype=np.int32),
        piece=piece.astype(np.int32),
        forward=forward.astype(np.uint8),
        road_class=np.array([int(street in ferry) for street in streets], dtype=np.uint8),
        street=np.zeros(len(streets), dtype=np.int32),
        first_point=np.arange(0, 2 * len(streets) + 1, 2, dtype=np.int64),
        point_lat=lat[ends],
        point_lon=lon[ends],
        component=np.zeros(len(corners), dtype=np.int32),
        classes=("residential", "ferry"),
        streets=("",),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """A network with some places on it."""

    network: RoadNetwork
    graph: Graph
    links: Links
    starts: RoadPoints

    def reach(self, *, limit_ms: int) -> I64:
        return reach(self.graph, self.links, range(len(self.links)), limit_ms=limit_ms)


def hang(network: RoadNetwork, places: Sequence[Place]) -> Hung:
    snapped = RoadIndex(network).snap([place.lat for place in places], [place.lon for place in places])
    return Hung(
        network=network,
        graph=Graph(first_out=network.first_out.astype(np.int64), head=network.head, weight=network.weight),
        links=PieceEdges(network, network.travel_ms).hang(snapped).links,
        starts=RoadPoints.of(network, snapped),
    )


RIVER = [((column, 1), (column, 2)) for column in range(1, 5)]
CENTRES = (
    ServiceCentre(id="A", place=place_at("A", 4, 1), coverage_m=1500, coverage_s=300),
    ServiceCentre(id="B", place=place_at("B", 0, 3), coverage_m=2500, coverage_s=180),
)
TICKETS = tuple(
    Ticket(id=name, place=place_at(name, *corner), duration_s=duration_s, tier=tier)
    for name, corner, duration_s, tier in (
        ("T1", (4, 0), 600, "enterprise"),
        ("T2", (4, 2), 1200, "enterprise"),
        ("T3", (3, 1), 600, "basic"),
        ("T4", (1, 3), 1800, "basic"),
        ("T5", (0, 1), 3000, "basic"),
    )
)
# Blocks to drive, from the map above. A: east bank; to T2 four west, one over the bridge, four east.
BLOCKS = {"A": (1, 9, 1, 7, 4), "B": (7, 5, 5, 1, 2)}


def river_travel() -> TravelMatrix:
    """The legs from the centres to the tickets; all others are not there."""
    places = [*(centre.place for centre in CENTRES), *(ticket.place for ticket in TICKETS)]
    blocks = np.full((len(places), len(places)), -1)
    for row, centre in enumerate(CENTRES):
        blocks[row, len(CENTRES) :] = BLOCKS[centre.id]
    return from_arrays(
        places, np.where(blocks < 0, -1, blocks * 60), np.where(blocks < 0, -1, blocks * 1000), source="map"
    )


@pytest.fixture(scope="session")
def town() -> RoadNetwork:
    return street_grid(5, 4, closed=RIVER)


@pytest.fixture(scope="session")
def grid() -> Callable[..., RoadNetwork]:
    return street_grid


@pytest.fixture(scope="session")
def at() -> Callable[..., Place]:
    return place_at


@pytest.fixture(scope="session")
def hung() -> Callable[..., Hung]:
    return hang


@pytest.fixture(scope="session")
def travel() -> TravelMatrix:
    return river_travel()


@pytest.fixture(scope="session")
def centres() -> tuple[ServiceCentre, ...]:
    return CENTRES


@pytest.fixture(scope="session")
def tickets() -> tuple[Ticket, ...]:
    return TICKETS


@pytest.fixture(scope="session")
def legs() -> CentreLegs:
    return centre_legs(CENTRES, TICKETS, river_travel())


@pytest.fixture(scope="session")
def made_up() -> Callable[..., CentreLegs]:
    """Legs with chosen numbers: seconds and air metres by centre and ticket, demand by ticket."""

    def make(seconds: Sequence[Sequence[int]], air: Sequence[Sequence[int]], demand: Sequence[int]) -> CentreLegs:
        travel_s = np.array(seconds, dtype=np.int32)
        return CentreLegs(
            centres=tuple(
                ServiceCentre(id=f"C{row}", place=place_at(f"C{row}", row, 0)) for row in range(len(travel_s))
            ),
            tickets=tuple(
                Ticket(id=f"T{column}", place=place_at(f"T{column}", 0, column), duration_s=one, tier="basic")
                for column, one in enumerate(demand)
            ),
            travel_s=travel_s,
            distance_m=travel_s,
            air_m=np.array(air, dtype=np.int32),
            off_road={},
            source="made up",
            profile="car",
        )

    return make


@pytest.fixture(scope="session")
def liechtenstein() -> Path:
    extract = Path(__file__).parents[3].parent / "shared" / "bench" / "roads" / "liechtenstein.osm.pbf"
    if not extract.exists():
        pytest.skip("the public extracts are not here")
    return extract
