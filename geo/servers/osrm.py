"""OSRM's table service: ``osrm:URL``. Protocol: https://project-osrm.org/docs/v5.24.0/api/#table-service."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from dispatch.errors import UnavailableError
from geo.ellipsoid import distance_m
from geo.servers.client import Reply
from geo.servers.split import Block
from geo.servers.table import MAX_SNAP_M, Ask, Coordinates, OffRoadError, Table, TooLargeError, numbers

PROFILES: Mapping[str, str] = {"car": "driving", "van": "driving", "ebike": "cycling", "walk": "walking"}
"""Names in the path. A server that holds one profile takes any name, and answers with the one that it holds."""

DEFAULT_SIDE = 100
"""``osrm-routed --max-table-size`` is 100 unless set: it takes up to 100 x 100 legs (src/engine/plugins/table.cpp)."""

LARGEST_SIDE = 150
"""300 coordinates of at most 22 characters keep the address below 8 kB, where web servers begin to refuse."""

_DRIVING = "driving"
_PROBED = 10
"""Points of the table that is compared with that of cars."""

_TOO_LONG = frozenset({413, 414, 431})
_NO_SEGMENT = re.compile(r"coordinate (\d+)")

Numbers = npt.NDArray[np.int_]


class Osrm:
    """OSRM 5.22 or later: distances in tables, https://github.com/Project-OSRM/osrm-backend/pull/5377."""

    name = "osrm"
    profiles = PROFILES

    def __init__(self, own_servers: Collection[str] = ()) -> None:
        self._own_servers = frozenset(own_servers)

    def prepare(self, ask: Ask, points: Coordinates) -> str:
        """Compare a small table with that of cars; the version of the data, where ``osrm-extract`` was given one."""
        some = points[:_PROBED]
        whole = Block(first_row=0, end_row=len(some), first_column=0, end_column=len(some))
        name = PROFILES[ask.profile]
        answer = self._ask(ask, some, whole, name)
        if name != _DRIVING and ask.profile not in self._own_servers:
            driving = self._ask(ask, some, whole, _DRIVING)
            legs = np.nan_to_num(self._table(ask, answer, whole).travel_s)
            if legs.any() and (legs == np.nan_to_num(self._table(ask, driving, whole).travel_s)).all():
                raise UnavailableError(
                    "travel.server_profile",
                    f"{ask.client.label} answers {name} with the times of {_DRIVING}: it holds one profile; say which "
                    f"server is meant for {ask.profile} by the option {ask.profile}=URL",
                )
        version = answer.get("data_version", "")
        return version[:40] if isinstance(version, str) and version.isprintable() else ""

    def table(self, ask: Ask, points: Coordinates, block: Block) -> Table:
        """Legs of one block, by one question."""
        answer = self._ask(ask, points, block, PROFILES[ask.profile])
        self._check_snap(ask, answer.get("sources"), points[block.rows], block.first_row)
        return self._table(ask, answer, block)

    def _ask(self, ask: Ask, points: Coordinates, block: Block, name: str) -> dict[str, Any]:
        rows, columns = range(block.first_row, block.end_row), range(block.first_column, block.end_column)
        sent = np.array([*rows] if rows == columns else [*rows, *columns])
        sources = ";".join(map(str, range(len(rows))))
        destinations = ";".join(map(str, range(len(sent) - len(columns), len(sent))))
        question = f"annotations=duration,distance&generate_hints=false&sources={sources}&destinations={destinations}"
        reply = ask.client.get(f"/table/v1/{name}/{_text(points, sent)}?{question}", ask.stop)
        return self._data(ask, reply, sent)

    def _table(self, ask: Ask, answer: dict[str, Any], block: Block) -> Table:
        shape = (block.end_row - block.first_row, block.end_column - block.first_column)
        travel_s, metres = numbers(answer.get("durations"), shape), numbers(answer.get("distances"), shape)
        if travel_s is None or metres is None:
            field = "durations" if travel_s is None else "distances"
            ask.client.wrong(f"{field!r} must be {shape[0]} x {shape[1]} numbers or nulls")
        lost = np.isnan(travel_s) | np.isnan(metres)
        return Table(travel_s=np.where(lost, np.nan, travel_s), distance_m=np.where(lost, np.nan, metres))

    def _data(self, ask: Ask, reply: Reply, sent: Numbers) -> dict[str, Any]:
        """The answer, if it is one."""
        data = reply.data if isinstance(reply.data, dict) else {}
        code, message = data.get("code"), str(data.get("message", ""))
        if reply.status in _TOO_LONG or code == "TooBig":
            raise TooLargeError(f"{code or reply.reason} {message}".strip())
        if code == "NoSegment":
            found = _NO_SEGMENT.search(message)
            if found and int(found[1]) < len(sent):
                raise OffRoadError({int(sent[int(found[1])]): float("nan")})
        if reply.status >= 400 or (isinstance(code, str) and code != "Ok"):
            ask.client.refused(f"{code} {message}".strip() if isinstance(code, str) else reply.reason)
        if code != "Ok":
            ask.client.wrong("the field 'code' is missing: this is no server of OSRM")
        return data

    def _check_snap(self, ask: Ask, waypoints: Any, points: Coordinates, first: int) -> None:
        """Raise `OffRoadError` for points that were moved far: the server takes the nearest road, wherever it is."""
        try:
            places = [waypoint["location"] for waypoint in waypoints]
            lon, lat = np.array(places, dtype=np.float64).reshape(len(points), 2).T
        except (TypeError, KeyError, ValueError):
            ask.client.wrong("'sources' must hold a 'location' for each origin")
        if not (np.isfinite(lat) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)).all():
            ask.client.wrong("a 'location' is not on earth")
        moved_m = distance_m(points.lat, points.lon, lat, lon)
        if (moved_m > MAX_SNAP_M).any():
            raise OffRoadError({first + int(at): float(moved_m[at]) for at in np.flatnonzero(moved_m > MAX_SNAP_M)})


def _text(points: Coordinates, at: Numbers) -> str:
    return ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in zip(points.lon[at], points.lat[at], strict=True))
