"""Named arrays in one file, opened without being read: each array is a view of the memory-mapped file.

Layout: 8 bytes `MAGIC`, the length of the header (8 bytes, little endian), its CRC-32 (4 bytes), the header as JSON,
and the arrays, each at a multiple of 64 bytes. The header has facts of the writer, and of each array its type, shape,
place and CRC-32. A file is written beside its final name, flushed to the disk, and renamed when it is whole.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MAGIC = b"CALLOUT1"
_ALIGN = 64  # a cache line, and what vector instructions like
_PREFIX = len(MAGIC) + 8 + 4

Arrays = Mapping[str, npt.NDArray[Any]]
Facts = Mapping[str, Any]


class DamagedError(Exception):
    """The file is not what was written: cut off, overwritten or of another kind. Its arrays must not be used."""


def write_arrays(path: Path, arrays: Arrays, facts: Facts) -> None:
    """Write a file that is there whole or not at all, whatever happens meanwhile.

    Parameters
    ----------
    path : Path
        An older file of this name is replaced.
    arrays : mapping of str to ndarray
        Of plain numbers.
    facts : mapping
        What JSON can hold.

    Raises
    ------
    OSError
        When the disk is full or may not be written; nothing is left behind then.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    ordered = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    try:
        with unfinished.open("wb") as stream:
            header, places = _header(ordered, facts)
            stream.write(MAGIC + len(header).to_bytes(8, "little") + zlib.crc32(header).to_bytes(4, "little") + header)
            for name, array in ordered.items():
                stream.write(bytes(places[name] - stream.tell()))
                stream.write(array.data if array.size else b"")
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def remove_unfinished(path: Path) -> None:
    """Remove what writers of `path` that were killed have left; to be called by the one who may write it."""
    for left in path.parent.glob(f".{path.name}.*.unfinished"):
        left.unlink(missing_ok=True)


def read_arrays(path: Path) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Open a file: its arrays and its facts. Writing into an array does not reach the file.

    All checksums are looked at, which is one pass over the file at the speed of memory (about 1 GB/s).

    Raises
    ------
    DamagedError
        When it is not a whole file of this kind.
    OSError
        FileNotFoundError and others when it can't be opened.
    """
    with path.open("rb") as stream:
        prefix = stream.read(_PREFIX)
        length = int.from_bytes(prefix[8:16], "little")
        size = os.fstat(stream.fileno()).st_size
        if len(prefix) < _PREFIX or prefix[:8] != MAGIC or length > size:
            raise DamagedError(f"{path.name}: no header")
        text = stream.read(length)
        if len(text) < length or zlib.crc32(text) != int.from_bytes(prefix[16:], "little"):
            raise DamagedError(f"{path.name}: the header is damaged")
        header = json.loads(text)
        # Copy on write: what is written stays in this process, and compiled code sees the arrays that it was made for.
        whole = np.memmap(stream, dtype=np.uint8, mode="c")
    if header["size"] != size:
        raise DamagedError(f"{path.name}: {size} of {header['size']} bytes")
    arrays = {}
    for name, entry in header["arrays"].items():
        dtype = np.dtype(entry["type"])
        data = whole[entry["at"] : entry["at"] + dtype.itemsize * int(np.prod(entry["shape"], dtype=np.int64))]
        if zlib.crc32(data) != entry["crc"]:
            raise DamagedError(f"{path.name}: array {name} is damaged")
        # A plain array over the mapping: numba compiles once for it, and subclasses of arrays slow numpy down.
        arrays[name] = np.asarray(data).view(dtype).reshape(entry["shape"])
    return arrays, header["facts"]


def _header(arrays: Arrays, facts: Facts) -> tuple[bytes, dict[str, int]]:
    """The header, padded so that the arrays can be placed before its own length is known, and their places."""
    entries = {
        name: {"type": array.dtype.str, "shape": array.shape, "crc": zlib.crc32(array.data if array.size else b"")}
        for name, array in arrays.items()
    }
    room = len(json.dumps({"arrays": entries, "facts": dict(facts)})) + 64 * (len(arrays) + 1)
    places, at = {}, _PREFIX + room
    for name, array in arrays.items():
        at = -(-at // _ALIGN) * _ALIGN
        places[name] = at
        at += array.nbytes
    whole = {name: {**entry, "at": places[name]} for name, entry in entries.items()}
    text = json.dumps({"size": at, "arrays": whole, "facts": dict(facts)}).encode()
    return text.ljust(room), places
