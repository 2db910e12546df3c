"""Prices of insertions against the evaluation of the whole route, in every state of random days."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.search import bound
from solver.search.bound import screen
from solver.search.chain import Chain
from solver.search.evaluate import INFEASIBLE
from solver.search.walking import walk


def _random_days(examples):
    return settings(max_examples=examples, suppress_health_check=list(HealthCheck))


def _chain(day, row, nodes):
    """A chain that holds one route."""
    chain = Chain(day.world, 1, 0)
    seq, lengths = np.zeros_like(chain.state.seq), np.zeros_like(chain.state.lengths)
    seq[row, : len(nodes)], lengths[row] = nodes, len(nodes)
    chain.adopt(seq, lengths)
    return chain


def _places(day, seed, count):
    """Feasible routes with a ticket that is not in them: chain, shift, stops, ticket, price of each place."""
    n = len(day.problem.tickets)
    for row, nodes in day.sequences(seed, count):
        nodes = nodes[: day.world.longest - 2]
        for given_nodes in (nodes, nodes[:1], []):
            if given_nodes and day.kernel(row, given_nodes)[0] is None:
                continue
            chain = _chain(day, row, given_nodes)
            route = chain.state.seq[row, : chain.state.lengths[row]].tolist()  # without idle restocks
            for node in [one for one in range(n) if one not in route][:4]:
                changes = []
                for at in range(len(route) + 1):
                    cents = day.kernel(row, [*route[:at], node, *route[at:]])[0]
                    changes.append(None if cents is None else cents - int(chain.state.costs[row]))
                yield chain, row, route, node, changes


def test_the_bound_is_not_above_the_price(days, make_day):
    seen: Counter[str] = Counter()

    @_random_days(90)
    @given(drawn=days(False), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        day = make_day(*drawn)
        for chain, row, route, node, changes in _places(day, seed, 8):
            header = chain.packed.header
            least = screen(day.world.packed.header, header, row, node)
            bounds = chain.state.scratch[0, : len(route) + 1].tolist()
            assert least == min(bounds)
            for low, change in zip(bounds, changes, strict=True):
                if low == INFEASIBLE:
                    assert change is None
                    seen["refused"] += 1
                elif change is not None and low > change:
                    # A break that an earlier stop draws to an earlier leg may make the rest cheaper than without it.
                    assert day.problem.shifts[row].breaks
                    seen["above"] += 1
                elif change is not None:
                    seen["unknown"] += low == bound.WALK
                    seen["known"] += low > bound.WALK
                    seen["tight"] += change - low < 20
                else:
                    seen["missed"] += 1

    run()
    assert min(seen["refused"], seen["known"], seen["tight"]) >= 500, seen
    assert seen["unknown"] >= 50, seen
    assert seen["above"] <= seen["known"] // 200, seen


def test_a_walk_from_the_gap_gives_the_price_of_the_whole_route(days, make_day):
    seen: Counter[str] = Counter()

    @_random_days(90)
    @given(drawn=days(False), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        day = make_day(*drawn)
        for chain, row, _, node, changes in _places(day, seed, 8):
            old = int(chain.state.costs[row])
            for at, change in enumerate(changes):
                cents = walk(day.world.packed.header, chain.packed.header, row, at, node, INFEASIBLE)
                assert (None if cents >= INFEASIBLE else cents - old) == change
                seen["infeasible" if change is None else "feasible"] += 1
                if change is not None:
                    below = walk(day.world.packed.header, chain.packed.header, row, at, node, old + change)
                    assert below >= old + change

    run()
    assert min(seen.values()) >= 500, seen
