"""Simulated annealing of maximal covering: open one site, close one of those whose points it takes over.

One pass over the points of a new site tells what a swap with any of the open sites nearby is worth, and one of them is
drawn by what it is worth at the present heat (annealing: Kirkpatrick, Gelatt & Vecchi 1983,
https://doi.org/10.1126/science.220.4598.671).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from scenarios.location.exact.outcome import Flags, Floats, Ints

Codes = npt.NDArray[np.int32]
"""By point: 65,536 times how many open sites cover it, plus the places of those sites, joined by exclusive or."""

MOST_PLACES = 32_000
"""Most open sites that the codes have room for."""

_U = np.uint64
_NEXT, _LOW = _U(0x9E3779B97F4A7C15), _U(0xFFFFFFFF)
_ONE, _TWO = 65_536, 131_072


@njit(cache=True, nogil=True, inline="always")
def _mixed(state: np.uint64) -> np.uint64:
    """Random bits of a counter (SplitMix64)."""
    bits = state
    bits = (bits ^ (bits >> _U(30))) * _U(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> _U(27))) * _U(0x94D049BB133111EB)
    return bits ^ (bits >> _U(31))


@njit(cache=True, nogil=True)
def _open(first: Ints, points: Ints, weight: Floats, code: Codes, loss: Floats, site: int, place: np.int32) -> None:
    for entry in range(first[site], first[site + 1]):
        point = points[entry]
        old = code[point]
        if old == 0:
            loss[place] += weight[point]
        elif old < _TWO:
            loss[old - _ONE] -= weight[point]
        code[point] = (old ^ place) + _ONE


@njit(cache=True, nogil=True)
def _close(first: Ints, points: Ints, weight: Floats, code: Codes, loss: Floats, site: int, place: np.int32) -> None:
    for entry in range(first[site], first[site + 1]):
        point = points[entry]
        new = (code[point] ^ place) - _ONE
        code[point] = new
        if new == 0:
            loss[place] -= weight[point]
        elif new < _TWO:
            loss[new - _ONE] += weight[point]


@njit(cache=True, nogil=True)
def anneal(
    first: Ints,
    points: Ints,
    weight: Floats,
    chosen: Ints,
    best: Ints,
    pinned: Flags,
    free: Ints,
    moves: int,
    heat: float,
    cool: float,
    seed: int,
) -> float:
    """Do `moves` moves; each multiplies `heat`, a weight, by `cool`. Returns the heat at the end.

    `chosen` is where it stands, `best` the best choice so far: both are changed. `free` are the sites that may be
    opened. The result depends on the arguments alone.
    """
    sites, count = first.shape[0] - 1, chosen.shape[0]
    places = np.full(sites, -1, np.int32)
    code = np.zeros(weight.shape[0], np.int32)
    loss, shared = np.zeros(count), np.zeros(count)
    touched = np.empty(count, np.int64)
    seen = np.zeros(weight.shape[0], np.bool_)
    most, total = 0.0, 0.0
    for number in range(count):
        places[chosen[number]] = number
        _open(first, points, weight, code, loss, chosen[number], np.int32(number))
        for entry in range(first[best[number]], first[best[number] + 1]):
            seen[points[entry]] = True
    for point in range(weight.shape[0]):
        if code[point] != 0:
            total += weight[point]
        if seen[point]:
            most += weight[point]
    state = _mixed(_mixed(_U(seed) * _NEXT + _U(1)) ^ _NEXT)
    many = _U(free.shape[0])
    for _ in range(moves):
        heat *= cool
        state += _NEXT
        bits = _mixed(state)
        site = free[np.int64(((bits >> _U(32)) * many) >> _U(32))]
        if places[site] >= 0:
            continue
        new, near = 0.0, 0
        for entry in range(first[site], first[site + 1]):
            point = points[entry]
            old = code[point]
            if old == 0:
                new += weight[point]
            elif old < _TWO:
                owner = old - _ONE
                if shared[owner] == 0.0:
                    touched[near] = owner
                    near += 1
                shared[owner] += weight[point] + 1e-300
        out, top, gain = -1, -1e300, 0.0
        for number in range(near):
            owner = touched[number]
            worth = new - loss[owner] + shared[owner]
            shared[owner] = 0.0
            if worth > -16.0 * heat and not pinned[chosen[owner]]:
                state += _NEXT
                chance = (np.float64(_mixed(state) >> _U(12)) + 0.5) * 2.0**-52
                drawn = worth - heat * np.log(-np.log(chance))
                if drawn > top:
                    out, top, gain = owner, drawn, worth
        if out < 0 or (gain < 0.0 and gain < heat * np.log((np.float64(bits & _LOW) + 0.5) * 2.0**-32)):
            continue
        _close(first, points, weight, code, loss, chosen[out], np.int32(out))
        _open(first, points, weight, code, loss, site, np.int32(out))
        places[chosen[out]], places[site] = -1, out
        chosen[out] = site
        total += gain
        if total > most + 1e-9 * (1.0 + most):
            most = total
            best[:] = chosen
    return heat
