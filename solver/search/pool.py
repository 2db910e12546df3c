"""Pool of the routes that the chains have seen: what route selection chooses from.

Routes are keyed by their kind of shift (`Instance.twin`) and their set of tickets: of all orders of one set only the
cheapest matters. The key is a sum of random 64-bit words (Zobrist 1970, "A New Hashing Method with Application for
Game Playing"). Two sets with one key would cost a route, never correctness; in 200,000 routes the chance is 10^-9.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from solver.search.arrays import I32, I64, U64, Instance
from solver.search.evaluate import INFEASIBLE

MOST_ROUTES = 200_000
"""Routes that a pool holds; in a full one the half that was not seen for longest goes."""
MOST_NODES = 4_000_000
"""Stops of all routes together (16 MB)."""

_FREE = -1
_COUNT, _USED, _STAMP = range(3)


class Columns(NamedTuple):
    """Routes of a pool, in the order in which they were first seen; views that the next `add` may change."""

    twins: I64  # (k,) kind of shift, as in `Instance.twin`
    costs: I64  # (k,) cents
    starts: I64  # (k,) where the route begins in `nodes`
    lengths: I64  # (k,)
    nodes: I32  # stops of all routes


def route_words(instance: Instance) -> U64:
    """64 random bits for each ticket, then for each shift: the key of a route is the sum of its own."""
    count = len(instance.drop_cents) + len(instance.twin)
    return np.random.SeedSequence(entropy=count).generate_state(count, np.uint64).astype(np.uint64)


def shift_words(instance: Instance) -> U64:
    """The words of `route_words` for each ticket, then for each shift by its kind."""
    words, n = route_words(instance), len(instance.drop_cents)
    return np.concatenate([words[:n], words[n:][instance.twin]])


class RoutePool:
    """Cheapest order of each set of tickets on each kind of shift; used by one thread.

    Parameters
    ----------
    instance : Instance
        Whose routes these are.
    most_routes, most_nodes : int
        Bounds of memory: about 100 bytes a route and 4 bytes a stop. When one is reached, the half of the routes
        that was not seen for longest is forgotten: chains cool down, so old routes are dear ones.
    """

    def __init__(self, instance: Instance, *, most_routes: int = MOST_ROUTES, most_nodes: int = MOST_NODES) -> None:
        self._tickets = len(instance.drop_cents)
        self._twin = instance.twin
        self._words = route_words(instance)
        self._most_nodes = most_nodes
        self._keys = np.zeros(most_routes, dtype=np.uint64)
        self._twins, self._costs, self._starts, self._lengths, self._seen = (
            np.zeros(most_routes, dtype=np.int64) for _ in range(5)
        )
        self._nodes: I32 = np.zeros(most_nodes, dtype=np.int32)
        self._slots = np.full(1 << (2 * most_routes - 1).bit_length(), _FREE, dtype=np.int32)
        self._counts = np.zeros(3, dtype=np.int64)

    def __len__(self) -> int:
        return int(self._counts[_COUNT])

    def add(self, seq: I64, lengths: I64, costs: I64, rows: I64 | None = None) -> int:
        """Take up routes; empty and infeasible ones are passed over.

        Parameters
        ----------
        seq : I64
            Stops of the routes, shape (r, L).
        lengths, costs : I64
            Number of stops and cents of each, shape (r,).
        rows : I64, optional
            Shift of each route; without it route i is that of shift i.

        Returns
        -------
        int
            Number of routes that are new or cheaper than before.
        """
        rows = np.arange(len(lengths), dtype=np.int64) if rows is None else rows
        first = gained = 0
        self._counts[_STAMP] += 1
        while first < len(lengths):
            first, more = _absorb(
                seq, lengths, costs, rows, first, self._twin, self._words, self._tickets, self._keys, self._twins,
                self._costs, self._starts, self._lengths, self._seen, self._nodes, self._slots, self._counts,
            )  # fmt: skip
            gained += more
            if first < len(lengths):
                if lengths[first] > self._most_nodes // 2:
                    first += 1  # would not even fit after forgetting the others
                else:
                    self._forget()
        return gained

    def entries(self, seq: I64, lengths: I64) -> I64:
        """Number in `columns` of each shift's route (its set of tickets, in whatever order); -1 = not in the pool."""
        found = np.full(len(lengths), _FREE, dtype=np.int64)
        _look_up(seq, lengths, self._twin, self._words, self._tickets, self._keys, self._slots, found)
        return found

    def columns(self) -> Columns:
        """Everything that the pool holds."""
        k = len(self)
        return Columns(self._twins[:k], self._costs[:k], self._starts[:k], self._lengths[:k], self._nodes)

    def _forget(self) -> None:
        """Keep the half of the routes that was seen last, in their order, and close the gaps."""
        k = len(self)
        order = np.argsort(-self._seen[:k], kind="stable")[: k // 2]
        keep = np.sort(order[np.cumsum(self._lengths[order]) <= self._most_nodes // 2])
        lengths = self._lengths[keep]
        ends = np.cumsum(lengths)
        used = int(ends[-1]) if len(keep) else 0
        flat = np.repeat(self._starts[keep] - (ends - lengths), lengths) + np.arange(used)
        self._nodes[:used] = self._nodes[flat]
        for column in (self._keys, self._twins, self._costs, self._lengths, self._seen):
            column[: len(keep)] = column[keep]
        self._starts[: len(keep)] = ends - lengths
        self._counts[:2] = len(keep), used
        self._slots[:] = _FREE
        _rehash(self._keys, self._slots, len(keep))


@njit(cache=True, nogil=True)
def _slot_of(keys: U64, slots: I32, key: np.uint64) -> int:
    """Where a key stands in the open-addressed table, or where it would."""
    mask = slots.shape[0] - 1
    slot: int = np.int64(key & np.uint64(mask))  # type: ignore[assignment]
    while slots[slot] != -1 and keys[slots[slot]] != key:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def _key_of(seq: I64, row: int, length: int, kind: int, words: U64, tickets: int) -> tuple[np.uint64, int]:
    """Key of a route, and how many tickets it visits."""
    key = words[tickets + kind]
    visits = 0
    for i in range(length):
        if seq[row, i] < tickets:
            key += words[seq[row, i]]
            visits += 1
    return key, visits


@njit(cache=True, nogil=True)
def _look_up(
    seq: I64, lengths: I64, twin: I64, words: U64, tickets: int, keys: U64, slots: I32, found: I64
) -> None:  # fmt: skip
    for row in range(lengths.shape[0]):
        key, visits = _key_of(seq, row, lengths[row], twin[row], words, tickets)
        if visits > 0:
            found[row] = slots[_slot_of(keys, slots, key)]


@njit(cache=True, nogil=True)
def _rehash(keys: U64, slots: I32, count: int) -> None:
    for entry in range(count):
        slots[_slot_of(keys, slots, keys[entry])] = entry


@njit(cache=True, nogil=True)
def _absorb(
    seq: I64, lengths: I64, costs: I64, rows: I64, first: int, twin: I64, words: U64, tickets: int, keys: U64,
    twins: I64, held_costs: I64, starts: I64, held_lengths: I64, seen: I64, nodes: I32, slots: I32, counts: I64,
) -> tuple[int, int]:  # fmt: skip
    """Take up routes from number `first` on; returns the first that found no room, and how many changed the pool."""
    gained = 0
    for r in range(first, lengths.shape[0]):
        length = lengths[r]
        if length == 0 or costs[r] >= INFEASIBLE:
            continue
        kind = twin[rows[r]]
        key, visits = _key_of(seq, r, length, kind, words, tickets)
        if visits == 0:
            continue
        slot = _slot_of(keys, slots, key)
        entry = slots[slot]
        if entry >= 0:
            seen[entry] = counts[2]
            if held_costs[entry] <= costs[r]:
                continue
        elif counts[0] == keys.shape[0]:
            return r, gained
        if entry < 0 or held_lengths[entry] < length:  # a longer order (more restock stops) needs a place of its own
            if counts[1] + length > nodes.shape[0]:
                return r, gained
            if entry < 0:
                entry = counts[0]
                counts[0] += 1
                slots[slot] = entry
                keys[entry] = key
                twins[entry] = kind
                seen[entry] = counts[2]
            starts[entry] = counts[1]
            counts[1] += length
        held_lengths[entry] = length
        held_costs[entry] = costs[r]
        for i in range(length):
            nodes[starts[entry] + i] = seq[r, i]
        gained += 1
    return lengths.shape[0], gained
