"""A binary heap of 64-bit keys with a node each, in two arrays; a node may be in it more than once (lazy deletion)."""

from __future__ import annotations

import numpy as np

from geo.compiled import compiled
from geo.paths.links import I32, I64


@compiled
def with_room(keys: I64, items: I32, size: int, more: int) -> tuple[I64, I32]:
    """Arrays with room for `more` items. (Asked for once for many pushes: handing arrays back is what costs.)"""
    if size + more <= len(keys):
        return keys, items
    longer, longer_items = np.empty(2 * (size + more), dtype=np.int64), np.empty(2 * (size + more), dtype=np.int32)
    longer[:size], longer_items[:size] = keys[:size], items[:size]
    return longer, longer_items


@compiled
def push(keys: I64, items: I32, size: int, key: int, item: int) -> int:
    """Put in one more item, for which there is room; gives back the new size."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at], items[at] = keys[above], items[above]
        at = above
    keys[at], items[at] = key, item
    return size + 1


@compiled
def pop(keys: I64, items: I32, size: int) -> tuple[int, int, int]:
    """Take out the item with the least key: key, item, new size."""
    key, item = keys[0], items[0]
    size -= 1
    last_key, last_item = keys[size], items[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= last_key:
            break
        keys[at], items[at] = keys[below], items[below]
        at = below
    if size > 0:
        keys[at], items[at] = last_key, last_item
    return key, item, size
