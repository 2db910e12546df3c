"""Valhalla's matrix service: ``valhalla:URL``. Protocol: https://valhalla.github.io/valhalla/api/matrix/api-reference/."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from geo.servers.client import Reply
from geo.servers.split import Block
from geo.servers.table import MAX_SNAP_M, Ask, Coordinates, OffRoadError, Table, TooLargeError, numbers

PROFILES: Mapping[str, tuple[str, Mapping[str, str | float]]] = {
    "car": ("auto", {}),
    # 70 mph, the limit of vans on motorways in the United Kingdom, https://www.gov.uk/speed-limits
    "van": ("auto", {"top_speed": 112}),
    # On smooth and level roads, as in geo.roads; Valhalla's own default of this type is 18.
    "ebike": ("bicycle", {"bicycle_type": "Hybrid", "cycling_speed": 20}),
    "walk": ("pedestrian", {"walking_speed": 5}),
}
"""Costing and its options by profile; what is not said is the server's default."""

DEFAULT_SIDE = 50
"""``max_matrix_location_pairs`` is 2,500 unless set (valhalla_build_config)."""

LARGEST_SIDE = 1_000

_LOCATED = 200
"""Places in one question about roads."""

# Codes of src/exceptions.h: https://github.com/valhalla/valhalla/blob/master/valhalla/exceptions.h
_TOO_MANY = 150
_NO_WAY = frozenset({170, 171, 442})  # unconnected regions, no edges near a place, no path


class Valhalla:
    """Valhalla 3.5 or later (with answers that are not verbose)."""

    name = "valhalla"
    profiles: Mapping[str, str] = {
        profile: " ".join([costing, *(f"{name}={value}" for name, value in options.items())])
        for profile, (costing, options) in PROFILES.items()
    }

    def prepare(self, ask: Ask, points: Coordinates) -> str:
        """Where are places without a road; program and date of the tiles."""
        status = ask.client.get("/status", ask.stop)
        tiles = self._data(ask, status)
        if not isinstance(tiles, dict) or "version" not in tiles:
            ask.client.wrong("'version' is missing in its status: this is no server of Valhalla")
        off_road: dict[int, float] = {}
        for first in range(0, len(points), _LOCATED):
            some = points[first : first + _LOCATED]
            found = self._data(ask, ask.client.post("/locate", self._question(ask, locations=some), ask.stop))
            if not isinstance(found, list) or len(found) != len(some):
                ask.client.wrong(f"'locate' must tell of {len(some)} places")
            for at, place in enumerate(found):
                if not isinstance(place, dict):
                    ask.client.wrong("'locate' must tell of each place in an object")
                if not place.get("edges") and not place.get("nodes"):
                    off_road[first + at] = float("nan")
        if off_road:
            raise OffRoadError(off_road)
        return f"{tiles['version']}-{tiles.get('tileset_last_modified', '')}"[:40]

    def table(self, ask: Ask, points: Coordinates, block: Block) -> Table:
        """Legs of one block; by parts where some of its places are on roads of their own, such as islands."""
        return self._part(ask, points[block.rows], points[block.columns])

    def _part(self, ask: Ask, origins: Coordinates, targets: Coordinates) -> Table:
        question = self._question(ask, sources=origins, targets=targets) | {"verbose": False, "units": "kilometers"}
        reply = ask.client.post("/sources_to_targets", question, ask.stop)
        if _error(reply) in _NO_WAY:
            # The whole question fails when one of its places is cut off: find out which.
            return self._halves(ask, origins, targets)
        data = self._data(ask, reply)
        table = data.get("sources_to_targets") if isinstance(data, dict) else None
        if not isinstance(table, dict):
            ask.client.wrong("'sources_to_targets' with 'durations' and 'distances' is missing")
        shape = (len(origins), len(targets))
        travel_s, kilometres = numbers(table.get("durations"), shape), numbers(table.get("distances"), shape)
        if travel_s is None or kilometres is None:
            field = "durations" if travel_s is None else "distances"
            ask.client.wrong(f"{field!r} must be {shape[0]} x {shape[1]} numbers or nulls")
        lost = np.isnan(travel_s) | np.isnan(kilometres)
        return Table(travel_s=np.where(lost, np.nan, travel_s), distance_m=np.where(lost, np.nan, kilometres * 1000))

    def _halves(self, ask: Ask, origins: Coordinates, targets: Coordinates) -> Table:
        rows, columns = len(origins), len(targets)
        if rows == columns == 1:
            return Table(travel_s=np.full((1, 1), np.nan), distance_m=np.full((1, 1), np.nan))
        if rows >= columns:
            parts = [self._part(ask, some, targets) for some in (origins[: rows // 2], origins[rows // 2 :])]
            axis = 0
        else:
            parts = [self._part(ask, origins, some) for some in (targets[: columns // 2], targets[columns // 2 :])]
            axis = 1
        return Table(
            travel_s=np.concatenate([part.travel_s for part in parts], axis),
            distance_m=np.concatenate([part.distance_m for part in parts], axis),
        )

    def _question(self, ask: Ask, **points: Coordinates) -> dict[str, Any]:
        costing, options = PROFILES[ask.profile]
        question: dict[str, Any] = {
            name: [
                {"lat": lat, "lon": lon, "search_cutoff": MAX_SNAP_M}
                for lat, lon in zip(some.lat.tolist(), some.lon.tolist(), strict=True)
            ]
            for name, some in points.items()
        }
        question["costing"] = costing
        if options:
            question["costing_options"] = {costing: dict(options)}
        return question

    def _data(self, ask: Ask, reply: Reply) -> Any:
        """The answer, if it is one."""
        if reply.status == 413 or _error(reply) == _TOO_MANY:
            raise TooLargeError(_message(reply))
        if reply.status >= 400:
            ask.client.refused(_message(reply))
        return reply.data


def _error(reply: Reply) -> int:
    """Valhalla's own code of an error; 0 without one."""
    code = reply.data.get("error_code") if reply.status >= 400 and isinstance(reply.data, dict) else None
    return code if isinstance(code, int) else 0


def _message(reply: Reply) -> str:
    if isinstance(reply.data, dict) and isinstance(reply.data.get("error"), str):
        return f"error {_error(reply)}, {reply.data['error']}"
    return reply.reason
