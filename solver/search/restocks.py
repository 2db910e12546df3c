"""Restock stops that a route does not need."""

from __future__ import annotations

from numba import njit

from solver.search import fields as f
from solver.search.evaluate import carries
from solver.search.views import Header, i32_2, i64_1, i64_2


@njit(cache=True, nogil=True)
def drop_idle_restocks(d: Header, s: Header, row: int) -> None:
    """Take out restock stops that nothing needs any more."""
    need = i32_2(d, f.I_NEED)
    seq = i64_2(s, f.S_SEQ)
    lengths = i64_1(s, f.S_LENGTHS)
    scratch = i64_2(s, f.S_SCRATCH)
    class_of = i64_1(d, f.I_CLASS_OF)
    n = need.shape[0]
    nodes = seq[row]
    length = lengths[row]
    i = length - 1
    while i >= 0:
        if nodes[i] >= n:
            buffer = scratch[0]
            for k in range(i):
                buffer[k] = nodes[k]
            for k in range(i + 1, length):
                buffer[k - 1] = nodes[k]
            if carries(d, class_of[row], buffer, length - 1, scratch[7]) == length - 1:
                length -= 1
                for k in range(length):
                    nodes[k] = buffer[k]
        i -= 1
    lengths[row] = length
