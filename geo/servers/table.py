"""Many questions to a routing server, one matrix: what all protocols have in common."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from dispatch.errors import Fault, InputError
from dispatch.places import Place
from dispatch.travel import UNREACHABLE, IntArray, Legs, TravelMatrix
from geo.refusals import require_coordinates, shown_ids, unknown_profile
from geo.servers.client import PARALLEL, JsonClient
from geo.servers.split import Block, blocks

MAX_SNAP_M = 2_000
"""Farthest road that a place may hang on. A judgement, as for road files: beyond, a wrong coordinate is likelier."""

_COORDINATE_DIGITS = 6
"""Decimals that are sent, 0.1 m; places that are equal so far are one place for a server."""

_MOST = 2_000_000_000
"""Seconds or metres of a leg; more does not fit, and stands for nothing on this planet."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """Points as they are sent: degrees, rounded to `_COORDINATE_DIGITS`; arrays of shape (points,)."""

    lat: Floats
    lon: Floats

    def __getitem__(self, part: slice) -> Coordinates:
        return Coordinates(lat=self.lat[part], lon=self.lon[part])

    def __len__(self) -> int:
        return len(self.lat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Legs from each origin to each target.

    Parameters
    ----------
    travel_s, distance_m : float64, (origins, targets)
        NaN where there is no way.
    """

    travel_s: Floats
    distance_m: Floats


class TooLargeError(Exception):
    """The server wants a smaller table."""


class OffRoadError(Exception):
    """Points (by number) that the server can't put on a road, and the distance of the nearest in metres (NaN: none)."""

    def __init__(self, points: Mapping[int, float]) -> None:
        super().__init__(points)
        self.points = points


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A connection to a server and the profile that is asked for; `stop` is set when an answer has no use any more."""

    client: JsonClient
    profile: str
    stop: threading.Event


class Dialect(Protocol):
    """How one kind of server is asked."""

    @property
    def name(self) -> str:
        """First word of the travel source."""
        ...

    @property
    def profiles(self) -> Mapping[str, str]:
        """Profiles of technicians, and what the server gets for them, in words for the travel source."""
        ...

    def prepare(self, ask: Ask, points: Coordinates) -> str:
        """Look at all points before the first table; returns the version of the server's data, empty if untold.

        Raises
        ------
        OffRoadError
            When the server tells so before any table.
        """
        ...

    def table(self, ask: Ask, points: Coordinates, block: Block) -> Table:
        """Legs of a block of the table of all points.

        Raises
        ------
        TooLargeError
            When a smaller block may be answered.
        OffRoadError
            When points are on no road.
        """
        ...


class ServerTravel:
    """Travel source that asks a routing server for all legs.

    Parameters
    ----------
    dialect : Dialect
        Kind of server.
    clients : mapping of str to JsonClient
        Connection of each profile that may be asked for; profiles of one server share it.
    side : int
        Largest block, ``side x side``; halved when the server calls it too large.
    """

    def __init__(self, dialect: Dialect, clients: Mapping[str, JsonClient], *, side: int) -> None:
        self._dialect = dialect
        self._clients = clients
        self._side = side

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()

    def matrix(self, places: Sequence[Place], profiles: Sequence[str]) -> TravelMatrix:
        """Travel between all `places`; equal coordinates are asked for once, and are no distance apart.

        Raises
        ------
        InputError
            ``travel.no_coordinates`` or ``travel.off_road`` naming the places, or ``travel.profile``.
        UnavailableError
            ``travel.unreachable``, ``travel.server_refused``, ``travel.server_answer``, ``travel.server_profile``.
        """
        wanted = list(dict.fromkeys(profiles))
        for profile in wanted:
            if profile not in self._clients:
                raise unknown_profile(profile, self._clients)
        points, at = _points(places)
        legs: dict[str, Legs] = {}
        names: list[str] = []
        for profile in wanted:
            legs[profile], version = self._profile(profile, places, points, at)
            data = f" data={version}" if version else ""
            names.append(f"{profile}: {self._clients[profile].url} {self._dialect.profiles[profile]}{data}")
        return TravelMatrix(
            places=tuple(places), profiles=legs, source=f"{self._dialect.name} {'; '.join(sorted(names))}"
        )

    def _profile(
        self, profile: str, places: Sequence[Place], points: Coordinates, at: npt.NDArray[np.intp]
    ) -> tuple[Legs, str]:
        if not len(points):
            none = np.zeros((0, 0), np.int32)
            return Legs(travel_s=none, distance_m=none), ""
        ask = Ask(client=self._clients[profile], profile=profile, stop=threading.Event())
        try:
            version = self._dialect.prepare(ask, points)
            table = self._table(ask, points)
        except OffRoadError as error:
            raise _off_road(places, at, error.points) from None
        return Legs(travel_s=_spread(table.travel_s, at), distance_m=_spread(table.distance_m, at)), version

    def _table(self, ask: Ask, points: Coordinates) -> Table:
        """All legs, in blocks as large as the server takes."""
        while True:
            try:
                return self._in_blocks(ask, points)
            except TooLargeError as error:
                if self._side < 2:
                    ask.client.refused(str(error))
                self._side = max(1, min(self._side, len(points)) // 2)

    def _in_blocks(self, ask: Ask, points: Coordinates) -> Table:
        count = len(points)
        whole = Table(travel_s=np.zeros((count, count)), distance_m=np.zeros((count, count)))
        off_road: dict[int, float] = {}

        def fill(block: Block) -> None:
            try:
                part = self._dialect.table(ask, points, block)
            except OffRoadError as error:
                off_road.update(error.points)  # every place stands in some block: go on, and name them all
                return
            whole.travel_s[block.rows, block.columns] = part.travel_s
            whole.distance_m[block.rows, block.columns] = part.distance_m

        first, *rest = blocks(count, self._side)
        fill(first)  # alone: a server that is out of reach is asked once
        _each(fill, rest, ask.stop)
        if off_road:
            raise OffRoadError(off_road)
        np.fill_diagonal(whole.travel_s, 0.0)
        np.fill_diagonal(whole.distance_m, 0.0)
        return whole


def _each(work: Callable[[Block], None], parts: Sequence[Block], stop: threading.Event) -> None:
    """Work on all parts, some at once; the first error ends the rest."""
    pool = ThreadPoolExecutor(max_workers=PARALLEL)
    try:
        done, _ = wait([pool.submit(work, part) for part in parts], return_when=FIRST_EXCEPTION)
        failed = [error for future in done if not future.cancelled() and (error := future.exception()) is not None]
    except BaseException:  # Ctrl-C
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    if failed:
        stop.set()
    pool.shutdown(cancel_futures=True)
    if failed:
        raise failed[0]


def numbers(rows: Any, shape: tuple[int, int]) -> Floats | None:
    """An array of the rows of an answer, NaN for ``null``; None unless they are numbers of 0 or more of that shape."""
    if not (isinstance(rows, list) and len(rows) == shape[0]):
        return None
    for row in rows:
        if not (isinstance(row, list) and len(row) == shape[1]):
            return None
        if not all(value is None or (type(value) in (int, float) and 0 <= value <= _MOST) for value in row):
            return None
    return np.array(rows, dtype=np.float64).reshape(shape)


def _points(places: Sequence[Place]) -> tuple[Coordinates, npt.NDArray[np.intp]]:
    """Distinct coordinates in order of appearance, and the number of each place among them."""
    require_coordinates(places, needed_by="a routing server")
    number: dict[tuple[float, float], int] = {}
    at = [
        number.setdefault((round(place.lat, _COORDINATE_DIGITS), round(place.lon, _COORDINATE_DIGITS)), len(number))
        for place in places
        if place.lat is not None and place.lon is not None
    ]
    degrees = np.array(list(number), dtype=np.float64).reshape(-1, 2)
    return Coordinates(lat=degrees[:, 0], lon=degrees[:, 1]), np.array(at, dtype=np.intp)


def _off_road(places: Sequence[Place], at: npt.NDArray[np.intp], points: Mapping[int, float]) -> InputError:
    faults = [
        Fault(
            rule="travel.off_road",
            message=f"{place.id}: {_how_far(points[point])}; check its coordinates, lat comes first",
            field="place",
            value=place.id,
        )
        for place, point in zip(places, at.tolist(), strict=True)
        if point in points
    ]
    return InputError("travel.off_road", f"places on no road: {shown_ids(fault.value for fault in faults)}", faults)


def _how_far(metres: float) -> str:
    if np.isnan(metres):
        return f"the routing server knows no road within {MAX_SNAP_M} m"
    return f"the nearest road that the routing server knows is {metres:,.0f} m away, more than {MAX_SNAP_M} m"


def _spread(table: Floats, at: npt.NDArray[np.intp]) -> IntArray:
    """Table of distinct points as one of places, in whole numbers."""
    whole = np.where(np.isnan(table), UNREACHABLE, np.rint(np.nan_to_num(table))).astype(np.int32)
    return np.ascontiguousarray(whole[np.ix_(at, at)])
