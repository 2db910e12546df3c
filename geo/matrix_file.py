"""Travel times given in a file: ``matrix:FILE``."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dispatch.errors import Fault, InputError
from dispatch.places import Place
from dispatch.travel import IntArray, Legs, TravelMatrix
from geo.matrix_csv import read_csv
from geo.matrix_faults import MAX_FILE_BYTES, FileFaults
from geo.matrix_npz import read_npz
from geo.refusals import shown_ids, unknown_profile

_ZIP_MARK = b"PK"  # an NPZ file is a ZIP archive


class MatrixFile:
    """Travel source that knows the places of one file, by their ids.

    The file is read once, here. Its form (:mod:`geo.matrix_csv`, :mod:`geo.matrix_npz`) is seen from its content.
    Blank, negative and non-finite values mean that there is no way. A file without distances has distances of
    zero, so that only limits and prices of driving time bind.

    Parameters
    ----------
    path : Path
        CSV or NPZ file.

    Raises
    ------
    InputError
        ``travel.file_missing``, or ``travel.matrix_file`` with all faults of the file.
    """

    def __init__(self, path: Path) -> None:
        faults = FileFaults(path.name)
        data = _read(path, faults)
        self._given = read_npz(data, faults) if data.startswith(_ZIP_MARK) else read_csv(data, faults)
        self._index = {name: number for number, name in enumerate(self._given.ids)}
        self.source = f"matrix {path.name} sha256:{hashlib.sha256(data).hexdigest()[:16]}"
        """Name and content, as plans store them; not the folder, which differs between machines."""

    def matrix(self, places: Sequence[Place], profiles: Sequence[str]) -> TravelMatrix:
        """Travel between all `places`, whatever their coordinates.

        Raises
        ------
        InputError
            ``travel.unknown_place`` naming the places that the file lacks, or ``travel.profile``.
        """
        unknown = [place.id for place in places if place.id not in self._index]
        if unknown:
            faults = [
                Fault(
                    rule="travel.unknown_place", message=f"{name}: not in the travel matrix", field="place", value=name
                )
                for name in unknown
            ]
            raise InputError("travel.unknown_place", f"the travel matrix lacks: {shown_ids(unknown)}", faults)
        at = np.array([self._index[place.id] for place in places], dtype=np.intp)
        legs = {name: self._legs(name) for name in profiles}
        return TravelMatrix(
            places=tuple(places),
            source=self.source,
            profiles={
                name: Legs(travel_s=_part(pair.travel_s, at), distance_m=_part(pair.distance_m, at))
                for name, pair in legs.items()
            },
        )

    def _legs(self, profile: str) -> Legs:
        try:
            return self._given.profiles[profile]
        except KeyError:
            raise unknown_profile(profile, self._given.profiles) from None


def _part(whole: IntArray, at: np.ndarray[tuple[int], np.dtype[np.intp]]) -> IntArray:
    return np.ascontiguousarray(whole[np.ix_(at, at)])


def _read(path: Path, faults: FileFaults) -> bytes:
    limit = f"the limit of {MAX_FILE_BYTES // 1024**2} MiB"
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            faults.stop("file.kind", "a file is needed here, not a directory or a device")
        if facts.st_size > MAX_FILE_BYTES:
            faults.stop("file.size", f"the file is larger than {limit}", value=f"{facts.st_size} bytes")
        return path.read_bytes()
    except FileNotFoundError:
        fault = Fault(rule="file.missing", message="there is no such file", file=faults.file, value=str(path))
        raise InputError("travel.file_missing", f"there is no travel matrix {path}", [fault]) from None
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        faults.stop("file.unreadable", f"the file can't be read: {error}")
