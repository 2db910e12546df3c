"""Route selection against every combination of routes, on pools small enough for that."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from solver.search import selection
from solver.search.arrays import PINNED_CENTS
from solver.search.pool import RoutePool
from solver.search.selection import Selection, select

Route = tuple[int, Sequence[int], int]  # shift, stops, cents


def instance(drop_cents: Sequence[int], twin: Sequence[int]) -> Any:
    """What selection reads of an instance."""
    return SimpleNamespace(drop_cents=np.array(drop_cents, dtype=np.int64), twin=np.array(twin, dtype=np.int64))


def filled(one: Any, routes: Sequence[Route]) -> RoutePool:
    pool = RoutePool(one)
    seq, lengths = np.zeros((len(routes), 8), dtype=np.int64), np.zeros(len(routes), dtype=np.int64)
    for number, (_, stops, _) in enumerate(routes):
        seq[number, : len(stops)], lengths[number] = stops, len(stops)
    prices, rows = (np.array([route[column] for route in routes], dtype=np.int64) for column in (2, 0))
    pool.add(seq, lengths, prices, rows)
    return pool


def chosen(
    one: Any, pool: RoutePool, incumbent: Sequence[Route] = (), *, seed: int = 0, work: float = 5.0
) -> Selection | None:
    m = len(one.twin)
    seq, lengths, costs = np.zeros((m, 8), dtype=np.int64), np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
    for row, stops, price in incumbent:
        seq[row, : len(stops)], lengths[row], costs[row] = stops, len(stops), price
    return select(pool, one, seq, lengths, costs, seconds=None, work=work, workers=1, seed=seed)


def driven(found: Selection) -> dict[int, list[int]]:
    return {int(row): found.seq[row, : found.lengths[row]].tolist() for row in np.flatnonzero(found.lengths)}


def cheapest(one: Any, routes: Sequence[Route]) -> int:
    """Least cost of all subsets of routes that fit together."""
    n, kinds = len(one.drop_cents), one.twin.tolist()
    best = int(one.drop_cents.sum())
    for size in range(1, len(kinds) + 1):
        for some in itertools.combinations(routes, size):
            visits = [stop for _, stops, _ in some for stop in stops if stop < n]
            used = [kinds[row] for row, _, _ in some]
            if len(set(visits)) == len(visits) and all(used.count(kind) <= kinds.count(kind) for kind in set(used)):
                left = int(one.drop_cents.sum()) - int(one.drop_cents[visits].sum())
                best = min(best, left + sum(price for _, _, price in some))
    return best


@pytest.mark.parametrize("most_columns", [selection.MOST_COLUMNS, 8])
@pytest.mark.parametrize("seed", range(8))
def test_finds_the_best_of_all_subsets(seed: int, most_columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when Lagrangian prices choose what the solver sees: each ticket's best routes are enough here."""
    monkeypatch.setattr(selection, "MOST_COLUMNS", most_columns)
    monkeypatch.setattr(selection, "EACH_TICKET", 8)
    rng = np.random.default_rng(seed)
    drop = rng.integers(50, 400, 7)
    drop[rng.integers(7)] += PINNED_CENTS
    one = instance(drop.tolist(), [0, 0, 2, 3])
    routes: list[Route] = []
    for _ in range(25):
        stops = rng.permutation(7)[: rng.integers(1, 5)].tolist()
        routes.append((int(rng.integers(4)), stops, int(rng.integers(60, 120)) * len(stops)))

    found = chosen(one, filled(one, routes))

    assert found is not None
    assert found.cost_cents == cheapest(one, routes)
    rows = driven(found)
    priced = {(one.twin[row], frozenset(stops)): price for row, stops, price in sorted(routes, key=lambda r: -r[2])}
    visits = [stop for stops in rows.values() for stop in stops]
    assert len(set(visits)) == len(visits)
    left = int(drop.sum()) - int(drop[visits].sum())
    assert left + sum(priced[one.twin[row], frozenset(stops)] for row, stops in rows.items()) == found.cost_cents


def test_a_pinned_ticket_comes_before_any_cost() -> None:
    """Both can't be served; to leave out ticket 0 would be cheaper by far if it had no pin."""
    one = instance([PINNED_CENTS + 10, 900_000_000], [0])
    routes = [(0, [0], 500_000_000), (0, [1], 10)]

    found = chosen(one, filled(one, routes), [(0, [1], 10)])

    assert found is not None
    assert driven(found) == {0: [0]}
    assert found.cost_cents == 1_400_000_000


def test_of_two_pinned_tickets_the_dearer_is_served() -> None:
    one = instance([PINNED_CENTS + 10, PINNED_CENTS + 12], [0])

    found = chosen(one, filled(one, [(0, [0], 5), (0, [1], 6)]))

    assert found is not None
    assert driven(found) == {0: [1]}
    assert found.cost_cents == PINNED_CENTS + 16


def test_twins_share_their_routes_and_no_more_are_driven_than_there_are() -> None:
    one = instance([100, 100, 100], [0, 1, 1])
    routes = [(1, [0], 1), (2, [1], 2), (1, [2], 3)]

    found = chosen(one, filled(one, routes))

    assert found is not None
    assert driven(found) == {1: [0], 2: [1]}
    assert found.cost_cents == 103


def test_a_route_of_the_incumbent_stays_on_its_shift() -> None:
    one = instance([100, 100, 100], [0, 0, 0])

    found = chosen(one, filled(one, [(0, [2], 1)]), [(2, [0], 5), (1, [1], 7)])

    assert found is not None
    assert driven(found) == {0: [2], 1: [1], 2: [0]}


def test_restock_stops_are_no_tickets_and_come_along() -> None:
    one = instance([100, 100, 100, 100], [0, 1])
    routes = [(0, [0, 4, 1], 5), (1, [2, 4, 3], 5)]

    found = chosen(one, filled(one, routes))

    assert found is not None
    assert driven(found) == {0: [0, 4, 1], 1: [2, 4, 3]}


def test_the_incumbent_with_a_better_order_of_one_route() -> None:
    one = instance([100, 100], [0])

    found = chosen(one, filled(one, [(0, [1, 0], 4)]), [(0, [0, 1], 6)])

    assert found is not None
    assert driven(found) == {0: [1, 0]}
    assert found.cost_cents == 4


def test_nothing_cheaper_is_no_answer() -> None:
    one = instance([100, 100], [0])
    incumbent = [(0, [0, 1], 6)]

    assert chosen(one, filled(one, [(0, [0], 3)]), incumbent) is None
    assert chosen(one, filled(one, []), incumbent) is None
    assert chosen(one, filled(one, [])) is None


def test_no_time_is_no_answer_or_a_better_one() -> None:
    one, routes = _crowd()

    found = chosen(one, filled(one, routes), routes[:6], work=1e-6)

    assert found is None or found.cost_cents < sum(price for _, _, price in routes[:6]) + 24 * 500


def test_the_same_input_gives_the_same_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MOST_COLUMNS", 60)
    one, routes = _crowd()

    first, again = (chosen(one, filled(one, routes), work=0.5, seed=3) for _ in range(2))

    assert first is not None
    assert again is not None
    assert first.cost_cents == again.cost_cents
    assert first.seq.tobytes() == again.seq.tobytes()
    assert first.lengths.tobytes() == again.lengths.tobytes()


def _crowd() -> tuple[Any, list[Route]]:
    """150 routes of 30 tickets; six shifts of two kinds."""
    rng = np.random.default_rng(1)
    one = instance([500] * 30, [0, 0, 0, 3, 3, 3])
    routes: list[Route] = [(row, [row], 300) for row in range(6)]
    for _ in range(150):
        stops = rng.permutation(30)[: rng.integers(2, 8)].tolist()
        routes.append((int(rng.integers(6)), stops, int(rng.integers(150, 300)) * len(stops)))
    return one, routes
