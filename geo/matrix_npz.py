"""Travel matrices in NumPy's NPZ files.

Arrays: ``ids`` (n,), ``travel_s`` (n, n) and ``distance_m`` (n, n); with ``profiles`` (p,) the matrices are
(p, n, n). ``distance_m`` may be missing. Objects (pickles) are refused.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from dispatch.technicians import DEFAULT_PROFILE
from geo.ellipsoid import FloatArray
from geo.matrix_faults import MAX_FILE_BYTES, FileFaults, GivenMatrix, check_size, check_values, legs_of

NAMES = ("ids", "travel_s", "distance_m", "profiles")
REQUIRED = ("ids", "travel_s")


def read_npz(data: bytes, faults: FileFaults) -> GivenMatrix:
    """Read the file; raise an InputError with all faults."""
    arrays = _arrays(data, faults)
    for name in REQUIRED:
        if name not in arrays:
            faults.add("column.missing", f"the array {name} is missing", field=name)
    faults.check()

    ids = _names(arrays["ids"], "ids", faults)
    check_size(len(ids), faults)
    profiles = _names(arrays["profiles"], "profiles", faults) if "profiles" in arrays else (DEFAULT_PROFILE,)
    shape = (len(profiles), len(ids), len(ids)) if "profiles" in arrays else (len(ids), len(ids))
    cubes = {
        name: _cube(arrays[name], name, shape, faults).reshape(len(profiles), len(ids), len(ids))
        for name in ("travel_s", "distance_m")
        if name in arrays
    }
    for name, cube in cubes.items():
        for square in cube:
            check_values(square, name, ids, faults)
    faults.check()
    distances = cubes.get("distance_m")
    return GivenMatrix(
        ids=ids,
        profiles={
            profile: legs_of(cubes["travel_s"][at], None if distances is None else distances[at])
            for at, profile in enumerate(profiles)
        },
    )


def _arrays(data: bytes, faults: FileFaults) -> dict[str, npt.NDArray[Any]]:
    """Known arrays of the file, none of them unpacked before its size is known."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > MAX_FILE_BYTES:
            faults.stop(
                "file.size",
                f"unpacked it is larger than the limit of {MAX_FILE_BYTES // 1024**2} MiB",
                value=f"{unpacked} bytes",
            )
        with np.load(io.BytesIO(data), allow_pickle=False) as npz:
            return {name: npz[name] for name in NAMES if name in npz}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, MemoryError, NotImplementedError) as error:
        reason = "it holds Python objects" if "pickle" in str(error) else str(error)
        faults.stop("file.npz", f"not a readable NPZ file: {reason}; is the file cut?")


def _names(array: npt.NDArray[Any], name: str, faults: FileFaults) -> tuple[str, ...]:
    """Ids or profile names: one axis of different texts (or whole numbers)."""
    if array.ndim != 1 or array.dtype.kind not in "USiu":
        faults.stop("travel.names", "one axis of texts is needed", field=name, value=f"{array.dtype} {array.shape}")
    texts = [item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item) for item in array.tolist()]
    seen: set[str] = set()
    for text in texts:
        if not text:
            faults.add("travel.place_id", "a name must not be empty", field=name)
        elif text in seen:
            faults.add("travel.place_twice", "the name stands twice", field=name, value=text)
        seen.add(text)
    faults.check()
    return tuple(texts)


def _cube(array: npt.NDArray[Any], name: str, shape: tuple[int, ...], faults: FileFaults) -> FloatArray:
    """Values of one array as floats, of the shape that ids and profiles ask for."""
    if array.dtype.kind not in "iuf":
        faults.stop("number.format", "an array of numbers is needed", field=name, value=array.dtype)
    if array.shape != shape:
        faults.stop("travel.not_square", f"expected the shape {shape}", field=name, value=array.shape)
    return array.astype(np.float64)
