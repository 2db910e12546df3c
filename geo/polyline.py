"""Lines as short texts: the encoded polyline algorithm format.

https://developers.google.com/maps/documentation/utilities/polylinealgorithm; with precision 6 it is what OSRM calls
``polyline6`` and what Valhalla writes.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from dispatch.errors import reject

F64 = npt.NDArray[np.float64]


def encode(lat: npt.ArrayLike, lon: npt.ArrayLike, *, precision: int = 5) -> str:
    """Text of a line.

    Parameters
    ----------
    lat, lon : float, (points,)
        Degrees.
    precision : int
        Decimals that are kept: 5 (about a metre) or 6.
    """
    scaled = np.rint(np.column_stack([lat, lon]) * 10**precision).astype(np.int64)
    steps = np.diff(scaled, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel()
    # The sign goes to the lowest bit; then come groups of five bits, lowest first, a 32 where more follow.
    return "".join(_groups(step << 1 if step >= 0 else ~(step << 1) for step in steps.tolist()))


def _groups(values: Iterable[int]) -> Iterable[str]:
    for value in values:
        while value >= 32:
            yield chr((32 | value & 31) + 63)
            value >>= 5
        yield chr(value + 63)


def decode(text: str, *, precision: int = 5) -> tuple[F64, F64]:
    """Latitudes and longitudes of an encoded line.

    Raises
    ------
    InputError
        ``polyline.character`` or ``polyline.end`` when `text` is not an encoded line.
    """
    numbers, value, shift = [], 0, 0
    for at, character in enumerate(text):
        group = ord(character) - 63
        if not 0 <= group < 64:
            raise reject("polyline.character", f"character {at} can't stand in an encoded line", value=character)
        value |= (group & 31) << shift
        shift += 5
        if group < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    if shift or len(numbers) % 2:
        raise reject("polyline.end", "the encoded line is cut off")
    try:
        points = np.cumsum(np.array(numbers, dtype=np.int64).reshape(-1, 2), axis=0) / 10**precision
    except OverflowError:
        raise reject("polyline.character", "a step of the encoded line is longer than the earth") from None
    return points[:, 0].copy(), points[:, 1].copy()
