"""The pool keeps the cheapest order of each set of tickets, within its bounds."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from solver.search.evaluate import INFEASIBLE
from solver.search.pool import RoutePool

TICKETS = 6


def instance(twin: Sequence[int]) -> Any:
    """What a pool reads of an instance: 6 tickets, restock stops from number 6 on, shifts and their kinds."""
    return SimpleNamespace(drop_cents=np.full(TICKETS, 1000, dtype=np.int64), twin=np.array(twin, dtype=np.int64))


def rows(*routes: Sequence[int]) -> tuple[Any, Any]:
    """Routes as the kernel holds them, with rubbish behind each length."""
    seq = np.full((len(routes), 8), 3, dtype=np.int64)
    for row, route in enumerate(routes):
        seq[row, : len(route)] = route
    return seq, np.array([len(route) for route in routes], dtype=np.int64)


def cents(*values: int) -> Any:
    return np.array(values, dtype=np.int64)


def held(pool: RoutePool) -> dict[tuple[int, tuple[int, ...]], int]:
    """Contents of a pool: (kind of shift, stops) and cost."""
    columns = pool.columns()
    return {
        (int(twin), tuple(columns.nodes[start : start + length].tolist())): int(cost)
        for twin, cost, start, length in zip(columns.twins, columns.costs, columns.starts, columns.lengths, strict=True)
    }


def test_keeps_the_cheapest_order_of_a_set_of_tickets_on_a_kind_of_shift() -> None:
    pool = RoutePool(instance([0, 0, 2]))

    first = pool.add(*rows([0, 1, 2], [2, 1, 0], [1, 2, 0]), cents(30, 20, 50))
    again = pool.add(*rows([1, 0, 2], [], [1, 2, 0]), cents(25, 0, 50))

    assert first == 3  # new, cheaper, new on another kind
    assert again == 0
    assert held(pool) == {(0, (2, 1, 0)): 20, (2, (1, 2, 0)): 50}


def test_restock_stops_do_not_make_another_set() -> None:
    pool = RoutePool(instance([0, 1]))
    pool.add(*rows([0, 1], []), cents(30, 0))

    pool.add(*rows([0, 6, 1], [7]), cents(10, 5))
    assert held(pool) == {(0, (0, 6, 1)): 10}  # longer, so it moved; a route without tickets is none

    pool.add(*rows([1, 0], []), cents(9, 0))
    assert held(pool) == {(0, (1, 0)): 9}


def test_passes_over_infeasible_routes() -> None:
    pool = RoutePool(instance([0, 1]))

    assert pool.add(*rows([0], [1]), cents(INFEASIBLE, 7)) == 1
    assert held(pool) == {(1, (1,)): 7}


def test_finds_the_entries_of_given_routes_in_any_order() -> None:
    pool = RoutePool(instance([0, 0, 2]))
    pool.add(*rows([0, 1], [3], [4]), cents(1, 1, 1))

    assert pool.entries(*rows([3], [1, 0], [5])).tolist() == [1, 0, -1]
    assert pool.entries(*rows([], [4], [4])).tolist() == [-1, -1, 2]


def test_takes_rows_of_given_shifts() -> None:
    pool = RoutePool(instance([0, 1]))

    pool.add(*rows([0], [1], [2]), cents(5, 6, 7), cents(1, 1, 0))

    assert held(pool) == {(1, (0,)): 5, (1, (1,)): 6, (0, (2,)): 7}


def test_a_full_pool_forgets_what_was_not_seen_for_longest() -> None:
    pool = RoutePool(instance([0]), most_routes=4)
    for ticket in range(4):
        pool.add(*rows([ticket]), cents(ticket))
    pool.add(*rows([0]), cents(9))  # known, and seen again

    pool.add(*rows([4]), cents(4))

    assert held(pool) == {(0, (0,)): 0, (0, (3,)): 3, (0, (4,)): 4}
    assert pool.entries(*rows([0])).tolist() == [0]
    assert pool.entries(*rows([1])).tolist() == [-1]


def test_stops_are_bounded_too() -> None:
    pool = RoutePool(instance([0]), most_nodes=6)

    pool.add(*rows([0, 1, 2]), cents(1))
    pool.add(*rows([2, 3, 4]), cents(1))
    pool.add(*rows([3, 4, 5]), cents(1))
    pool.add(*rows([0, 2, 3, 4]), cents(1))  # longer than half of the room: passed over

    assert held(pool) == {(0, (2, 3, 4)): 1, (0, (3, 4, 5)): 1}


def test_agrees_with_a_dictionary_on_random_routes() -> None:
    rng = np.random.default_rng(5)
    twin = [0, 0, 2]
    pool, expected = RoutePool(instance(twin)), dict[tuple[int, frozenset[int]], int]()

    for _ in range(200):
        routes = [rng.permutation(TICKETS)[: rng.integers(0, TICKETS)].tolist() for _ in twin]
        prices = rng.integers(1, 1000, len(twin))
        pool.add(*rows(*routes), prices)
        for kind, route, price in zip(twin, routes, prices.tolist(), strict=True):
            if route:
                key = (kind, frozenset(route))
                expected[key] = min(price, expected.get(key, price))

    assert {(kind, frozenset(stops)): cost for (kind, stops), cost in held(pool).items()} == expected
