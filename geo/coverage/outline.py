"""Outlines of the cells of a raster as polygons with holes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import label
from shapely.geometry import MultiPolygon, Polygon

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

_EAST, _NORTH, _WEST, _SOUTH = range(4)  # a turn to the left adds one


def outline(raster: U8) -> Polygon | MultiPolygon:
    """Union of the cells that are 1, in units of cells: column is x, row is y.

    The outline consists of straight runs, each followed with the cells on its left. Where two cells touch by a corner
    alone, the walk keeps to its own cell, so that a part is what hangs together by sides. A walk that comes to a
    corner for the second time has closed a ring: rings touch, but none touches itself. Rings against the clock are
    shells, the others holes of the part that their cells belong to.

    Parameters
    ----------
    raster : uint8, (rows, columns)
        At least one cell is 1.
    """
    padded = np.pad(raster, 1).astype(np.int8)
    row, first, last, up = _runs(padded[1:, 1:-1] - padded[:-1, 1:-1])
    column, low, high, right = _runs((padded[1:-1, 1:] - padded[1:-1, :-1]).T)
    # A run with its cells above leads east, with its cells below west; with its cells to the right south, else north.
    heading = np.concatenate((np.where(up, _EAST, _WEST), np.where(right, _SOUTH, _NORTH)))
    from_x = np.concatenate((np.where(up, first, last), column))
    from_y = np.concatenate((row, np.where(right, high, low)))
    to_x = np.concatenate((np.where(up, last, first), column))
    to_y = np.concatenate((row, np.where(right, low, high)))
    part = label(raster)[0][
        np.concatenate((np.where(up, row, row - 1), low)), np.concatenate((first, np.where(right, column, column - 1)))
    ]
    width = raster.shape[1] + 1
    begin, end = from_y * width + from_x, to_y * width + to_x
    follows = _follows(begin, end, heading)

    shells: dict[int, list[I64]] = {}
    holes: dict[int, list[I64]] = {}
    for ring, own in _rings(begin.tolist(), follows.tolist(), part.tolist()):
        corners = np.array([*ring, ring[0]], dtype=np.int64)
        x, y = corners % width, corners // width
        twice_area = int((x[:-1] * y[1:] - y[:-1] * x[1:]).sum())
        (shells if twice_area > 0 else holes).setdefault(own, []).append(np.column_stack((x, y)))
    polygons = [Polygon(rings[0], holes.get(own, ())) for own, rings in sorted(shells.items())]
    return MultiPolygon(polygons) if len(polygons) > 1 else polygons[0]


def _runs(step: npt.NDArray[np.int8]) -> tuple[I64, I64, I64, npt.NDArray[np.bool_]]:
    """Runs of equal values other than 0 in each row: row, first entry, the one behind the last, and whether of 1."""
    padded = np.pad(step, ((0, 0), (1, 1)))
    change = padded[:, 1:] != padded[:, :-1]
    row, first = np.nonzero(change & (padded[:, 1:] != 0))
    last = np.nonzero(change & (padded[:, :-1] != 0))[1]
    return row, first, last, np.asarray(step[row, first] == 1)


def _follows(begin: I64, end: I64, heading: I64) -> I64:
    """The run that goes on where each ends: the one to the left where there are two."""
    key = begin * 4 + heading
    order = np.argsort(key)
    left, right = end * 4 + (heading + 1) % 4, end * 4 + (heading + 3) % 4
    at = np.minimum(np.searchsorted(key[order], left), len(key) - 1)
    turns_left = key[order[at]] == left
    other = np.searchsorted(key[order], np.where(turns_left, key[order[at]], right))
    found: I64 = order[other]
    return found


def _rings(begin: list[int], follows: list[int], part: list[int]) -> list[tuple[list[int], int]]:
    """Closed walks as corners, each corner once, with their part."""
    rings: list[tuple[list[int], int]] = []
    seen = [False] * len(begin)
    for start in range(len(begin)):
        path: list[int] = []
        position: dict[int, int] = {}
        run = start
        while not seen[run]:
            seen[run] = True
            corner = begin[run]
            if corner in position:
                back = position[corner]
                rings.append((path[back:], part[run]))
                for left in path[back + 1 :]:
                    del position[left]
                del path[back + 1 :]
            else:
                position[corner] = len(path)
                path.append(corner)
            run = follows[run]
        if path:
            rings.append((path, part[start]))
    return rings
