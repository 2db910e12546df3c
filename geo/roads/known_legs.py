"""Legs that were computed before are not computed again: a new place adds one row and one column."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np

from dispatch.travel import Indices, IntArray, Legs
from geo.extras import need
from geo.roads.array_file import DamagedError, read_arrays
from geo.roads.keeping import keep
from geo.roads.network import F64, seconds_and_metres
from geo.roads.router import RoadRouter
from geo.roads.snap import Snapped

MAX_HELD = 4_000
"""Positions whose legs are held: 128 MB. Beyond, what the present question does not ask for is forgotten."""

_WRITE_SHARE = 0.1  # of the positions must be new before the file is written again: one new place should cost nothing
_SNAPPED = tuple(entry.name for entry in fields(Snapped))


def _no_places() -> Snapped:
    none, nowhere = np.empty(0, np.int32), np.empty(0, np.float64)
    return Snapped(
        piece=none, offset_dm=none, lat=nowhere, lon=nowhere, distance_m=nowhere, cut_off=np.empty(0, np.bool_)
    )


def _joined(one: Snapped, other: Snapped) -> Snapped:
    return Snapped(**{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in _SNAPPED})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Square:
    """Legs between all of some points of the road."""

    at: Snapped = field(default_factory=_no_places)
    travel_s: IntArray = field(default_factory=lambda: np.empty((0, 0), np.int32))
    distance_m: IntArray = field(default_factory=lambda: np.empty((0, 0), np.int32))
    row: dict[int, int] = field(init=False)
    """Row of each position."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "row", {position: row for row, position in enumerate(self.at.position.tolist())})

    def part(self, rows: Indices) -> Legs:
        """Legs between some of the points, in any order; rows first, then columns: that is four times as fast."""
        return Legs(
            travel_s=self.travel_s.take(rows, 0).take(rows, 1), distance_m=self.distance_m.take(rows, 0).take(rows, 1)
        )

    def only(self, rows: Indices) -> _Square:
        """What is left when the other points are forgotten."""
        legs = self.part(rows)
        return _Square(at=self.at[rows], travel_s=legs.travel_s, distance_m=legs.distance_m)

    def grown(self, new: Snapped, router: RoadRouter) -> _Square:
        """With more points: only their rows and columns are computed."""
        held, size = len(self.at), len(self.at) + len(new)
        at = _joined(self.at, new)
        rows, columns = router.added_weights(at, held=held)
        travel_s, distance_m = np.empty((size, size), np.int32), np.empty((size, size), np.int32)
        travel_s[:held, :held], distance_m[:held, :held] = self.travel_s, self.distance_m
        travel_s[held:], distance_m[held:] = seconds_and_metres(rows)
        travel_s[:held, held:], distance_m[:held, held:] = seconds_and_metres(columns)
        return _Square(at=at, travel_s=travel_s, distance_m=distance_m)


class KnownLegs:
    """Legs between places of one network at one time of the day, kept in memory and in a file.

    Places are told apart by their coordinates, legs by the points on the road that the places are snapped to.

    Parameters
    ----------
    router : callable
        Gives the router; called only when something new is asked for.
    path : Path
        File of the cache, whose name holds all that the legs depend on but for the places.
    """

    def __init__(self, router: Callable[[], RoadRouter], path: Path) -> None:
        self._router = router
        self._path = path
        self._lock = threading.RLock()
        self._place: dict[tuple[float, float], int] = {}
        self._snapped = _no_places()
        self._square = _Square()
        self._written = 0
        self._read()

    def snap(self, lat: F64, lon: F64) -> Snapped:
        """Places on the road, also those that are too far from one."""
        with self._lock:
            numbers = self._numbers(lat, lon)
            return self._snapped[numbers]

    def legs(self, places: Snapped) -> Legs:
        """Legs between snapped places, of shape (places, places); places at one point of the road are 0 apart."""
        unique, first, back = np.unique(places.position, return_index=True, return_inverse=True)
        with self._lock:
            rows = self._rows(unique.tolist(), places[first])
            return self._square.part(rows[back])

    def _numbers(self, lat: F64, lon: F64) -> Indices:
        asked = list(zip(lat.tolist(), lon.tolist(), strict=True))
        if len(self._place) > 4 * MAX_HELD:
            self._place, self._snapped = {}, _no_places()
        new = list(dict.fromkeys(key for key in asked if key not in self._place))
        if new:
            found = self._router().index.snap([key[0] for key in new], [key[1] for key in new])
            self._place.update((key, at) for at, key in enumerate(new, len(self._snapped)))
            self._snapped = _joined(self._snapped, found)
        return np.array([self._place[key] for key in asked], dtype=np.int64)

    def _rows(self, positions: list[int], places: Snapped) -> Indices:
        """Rows of different positions in the held square, which grows where they are new."""
        held = self._square.row
        new = np.array([at for at, position in enumerate(positions) if position not in held], dtype=np.int64)
        if len(new):
            if len(held) + len(new) > MAX_HELD:
                rows = [held[position] for position in positions if position in held]
                self._square = self._square.only(np.array(rows, dtype=np.int64))
                self._written = 0
            self._square = self._square.grown(places[new], self._router())
            size = len(self._square.at)
            if size - self._written > _WRITE_SHARE * size:
                self._write()
        return np.array([self._square.row[position] for position in positions], dtype=np.int64)

    def _read(self) -> None:
        try:
            arrays, _ = read_arrays(self._path)
        except (OSError, DamagedError):
            return  # never written, or not readable: it is computed and written anew
        keys = zip(arrays["lat"].tolist(), arrays["lon"].tolist(), strict=True)
        self._place = {key: at for at, key in enumerate(keys)}
        self._snapped = Snapped(**{name: arrays[f"place_{name}"] for name in _SNAPPED})
        self._square = _Square(
            at=Snapped(**{name: arrays[f"row_{name}"] for name in _SNAPPED}),
            travel_s=arrays["travel_s"],
            distance_m=arrays["distance_m"],
        )
        self._written = len(self._square.at)

    def _write(self) -> None:
        """Keep all in the file. Two processes that write have each their own truth, and both are right."""
        filelock, square = need("filelock"), self._square
        keys = np.array(list(self._place), dtype=np.float64).reshape(-1, 2)
        arrays = {
            **{f"place_{name}": getattr(self._snapped, name) for name in _SNAPPED},
            **{f"row_{name}": getattr(square.at, name) for name in _SNAPPED},
            "lat": keys[:, 0], "lon": keys[:, 1], "travel_s": square.travel_s, "distance_m": square.distance_m,
        }  # fmt: skip
        try:
            with filelock.FileLock(self._path.with_name(f"{self._path.name}.lock"), timeout=0):
                keep(self._path, arrays, {})
                self._written = len(square.at)
        except (OSError, NotImplementedError):  # another process writes just now, or nothing can be written here
            return
