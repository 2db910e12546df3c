"""Arrays handed to compiled code as one header of addresses and shapes.

Passing tuples of forty arrays costs a microsecond a call and minutes of compilation. Here each group of arrays is
packed into one ``int64`` header; a compiled function opens the few arrays that it uses as views, which costs a load.
The header holds addresses: the arrays must outlive it, and must not be replaced (change their contents only).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import carray, njit, types  # type: ignore[attr-defined]
from numba.extending import intrinsic

Header = npt.NDArray[np.int64]
_WORDS = 5  # address and up to four extents


class Packed(NamedTuple):
    """A header with the arrays that it points to."""

    header: Header
    arrays: tuple[npt.NDArray[Any], ...]


def pack(arrays: tuple[npt.NDArray[Any], ...]) -> Packed:
    """Build the header of C-contiguous arrays, in their order."""
    header = np.zeros(_WORDS * len(arrays), dtype=np.int64)
    for number, array in enumerate(arrays):
        if not array.flags.c_contiguous:
            raise ValueError(f"array {number} is not contiguous")
        header[_WORDS * number] = array.ctypes.data
        header[_WORDS * number + 1 : _WORDS * number + 1 + array.ndim] = array.shape
    return Packed(header, arrays)


def _address_to_pointer(typingctx: Any, address: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), codegen


_pointer: Any = intrinsic(_address_to_pointer)


@njit(cache=True, nogil=True)
def borrowed(h: Header) -> Header:
    """View a header without ownership: each call that takes an owned array counts references, in locked memory."""
    return carray(_pointer(h.ctypes.data), (h.shape[0],), np.int64)


@njit(cache=True, nogil=True)
def i32_1(h: Header, k: int) -> npt.NDArray[np.int32]:
    """View field `k` as a vector of int32."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1],), np.int32)


@njit(cache=True, nogil=True)
def i32_2(h: Header, k: int) -> npt.NDArray[np.int32]:
    """View field `k` as a matrix of int32."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1], h[5 * k + 2]), np.int32)


@njit(cache=True, nogil=True)
def i32_4(h: Header, k: int) -> npt.NDArray[np.int32]:
    """View field `k` as a four-dimensional array of int32."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1], h[5 * k + 2], h[5 * k + 3], h[5 * k + 4]), np.int32)


@njit(cache=True, nogil=True)
def i64_1(h: Header, k: int) -> npt.NDArray[np.int64]:
    """View field `k` as a vector of int64."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1],), np.int64)


@njit(cache=True, nogil=True)
def i64_2(h: Header, k: int) -> npt.NDArray[np.int64]:
    """View field `k` as a matrix of int64."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1], h[5 * k + 2]), np.int64)


@njit(cache=True, nogil=True)
def i64_3(h: Header, k: int) -> npt.NDArray[np.int64]:
    """View field `k` as a three-dimensional array of int64."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1], h[5 * k + 2], h[5 * k + 3]), np.int64)


@njit(cache=True, nogil=True)
def u64_1(h: Header, k: int) -> npt.NDArray[np.uint64]:
    """View field `k` as a vector of uint64."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1],), np.uint64)


@njit(cache=True, nogil=True)
def u8_1(h: Header, k: int) -> npt.NDArray[np.uint8]:
    """View field `k` as a vector of uint8."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1],), np.uint8)


@njit(cache=True, nogil=True)
def u8_2(h: Header, k: int) -> npt.NDArray[np.uint8]:
    """View field `k` as a matrix of uint8."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1], h[5 * k + 2]), np.uint8)


@njit(cache=True, nogil=True)
def f64_1(h: Header, k: int) -> npt.NDArray[np.float64]:
    """View field `k` as a vector of float64."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1],), np.float64)


@njit(cache=True, nogil=True)
def f64_2(h: Header, k: int) -> npt.NDArray[np.float64]:
    """View field `k` as a matrix of float64."""
    return carray(_pointer(h[5 * k]), (h[5 * k + 1], h[5 * k + 2]), np.float64)
