"""What a matrix file holds, and how its faults are gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from dispatch.errors import Fault, InputError
from dispatch.travel import UNREACHABLE, Legs
from geo.ellipsoid import FloatArray

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Largest matrix file, and largest content of a packed one, that is read."""

MAX_FAULTS = 10_000
"""Reading stops after so many faults."""

MAX_PLACES = 8_000
"""Most places of a matrix file: reading takes about 30 bytes a pair."""

DIAGONAL = "the way from a place to itself must be 0 or blank"

MAX_VALUE = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GivenMatrix:
    """Content of a matrix file: ids in matrix order, and the matrices of each profile."""

    ids: tuple[str, ...]
    profiles: Mapping[str, Legs]


@dataclass(slots=True)
class FileFaults:
    """Faults of one file, in its order; they end in one InputError with the code ``travel.matrix_file``."""

    file: str
    found: list[Fault] = field(default_factory=list)

    def add(self, rule: str, message: str, *, row: int = 0, field: str = "", value: object = "") -> None:
        """Note one fault, and raise when there are too many to go on."""
        shown = str(value)[:80]
        self.found.append(Fault(rule=rule, message=message, file=self.file, row=row, field=field, value=shown))
        if len(self.found) >= MAX_FAULTS:
            self.stop("travel.too_many_faults", f"reading stopped after {MAX_FAULTS:,} faults", row=row)

    def stop(self, rule: str, message: str, *, row: int = 0, field: str = "", value: object = "") -> NoReturn:
        """Note a fault after which nothing more can be read, and raise all."""
        shown = str(value)[:80]
        self.found.append(Fault(rule=rule, message=message, file=self.file, row=row, field=field, value=shown))
        raise self.error()

    def check(self) -> None:
        """Raise all that was found, if anything."""
        if self.found:
            raise self.error()

    def error(self) -> InputError:
        """All faults as one error."""
        self.found.sort(key=lambda fault: fault.row)
        more = f" (and {len(self.found) - 1} more)" if len(self.found) > 1 else ""
        return InputError("travel.matrix_file", f"{self.found[0]}{more}", self.found)


def legs_of(travel_s: FloatArray, distance_m: FloatArray | None) -> Legs:
    """Round to whole seconds and metres; what is negative or no number in either matrix is unreachable in both.

    A place is always reachable from itself, in no time. Without `distance_m` all distances are zero.
    """
    metres = np.zeros_like(travel_s) if distance_m is None else distance_m
    way = (travel_s >= 0) & (metres >= 0) & np.isfinite(travel_s) & np.isfinite(metres)
    np.fill_diagonal(way, val=False)
    whole = []
    for values in (travel_s, metres):
        rounded = np.full(values.shape, UNREACHABLE, np.int32)
        np.rint(values, out=rounded, where=way, casting="unsafe")
        np.fill_diagonal(rounded, 0)
        whole.append(rounded)
    return Legs(travel_s=whole[0], distance_m=whole[1])


def check_size(count: int, faults: FileFaults, *, row: int = 0) -> None:
    """Stop when there are more places than a matrix may have."""
    if count > MAX_PLACES:
        faults.stop("travel.too_many_places", f"there are more places than the limit of {MAX_PLACES:,}", row=row)


def check_values(values: npt.NDArray[np.float64], name: str, ids: tuple[str, ...], faults: FileFaults) -> None:
    """Note every value of a matrix that is too large, and every way from a place to itself that is longer than zero."""
    for i, j in zip(*(axis.tolist() for axis in np.nonzero(np.isfinite(values) & (values > MAX_VALUE))), strict=True):
        faults.add("travel.range", f"{ids[i]} to {ids[j]}: more than {MAX_VALUE:,}", field=name, value=values[i, j])
    for i in np.nonzero(np.diagonal(values) > 0)[0].tolist():
        faults.add(
            "travel.diagonal",
            f"{ids[i]}: {DIAGONAL}",
            field=name,
            value=values[i, i],
        )
