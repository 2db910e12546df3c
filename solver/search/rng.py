"""A small random generator for compiled code: its state is one array, so a chain is reproducible in any thread.

SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

U64Array = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def new_state(seed: int, stream: int) -> U64Array:
    """State of stream number `stream` of a seed; streams of one seed are independent."""
    words = np.random.SeedSequence(entropy=seed, spawn_key=(stream,)).generate_state(1, np.uint64)
    return words.astype(np.uint64)


@njit(cache=True, nogil=True)
def next_u64(state: U64Array) -> np.uint64:
    """64 random bits."""
    state[0] += _GOLDEN
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True)
def uniform(state: U64Array) -> float:
    """A number in [0, 1)."""
    return (next_u64(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def below(state: U64Array, bound: int) -> int:
    """A whole number in 0..bound-1."""
    return int(uniform(state) * bound)
