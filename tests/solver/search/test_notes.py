"""A chain notes every route that it takes on, once while it remembers it, and never a wrong one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from solver.search.chain import Chain
from solver.search.evaluate import INFEASIBLE
from solver.search.notes import HEAD, read
from solver.search.pool import RoutePool
from solver.search.world import encode


@pytest.fixture(params=[False, True], ids=["walked", "plain"])
def chain(request, road, make_day, make_plain):
    """Thirty tickets, the first four of which only `a` may serve."""
    chance = random.Random(5)
    draw = lambda: (chance.randrange(60), chance.randrange(60))  # noqa: E731
    only = [frozenset({"a"} if k < 4 else ()) for k in range(30)]
    tickets = [road.ticket(f"t{k}", *draw(), required=only[k], unserved_cents=10**6) for k in range(30)]
    people = [road.technician(name) for name in "abcd"]
    problem = road.problem(tickets, people)
    drawn = problem, road.travel(problem)
    day = make_day(*(make_plain(drawn) if request.param else drawn))
    made = Chain(day.world, 1, 0)
    made.load(*encode(day.world.names, day.world.instance, (), day.world.longest))
    made.fill()
    return made


def _sets(chain, seq, lengths, rows):
    """Kind of shift and tickets of each route: between equal shifts the pool doesn't distinguish."""
    twin = chain.world.instance.twin
    return {(int(twin[row]), frozenset(seq[k, : lengths[k]].tolist())) for k, row in enumerate(rows) if lengths[k]}


def test_the_pool_gets_what_every_look_at_the_chain_would_have_shown(chain):
    shown = set()
    for _ in range(300):
        shown |= _sets(chain, chain.state.seq, chain.state.lengths, range(len(chain.state.lengths)))
        chain.run(1, 3000.0, 3000.0)
    noted = read(chain.state.log, int(chain.state.log_used[0]), chain.world.longest)
    assert shown <= _sets(chain, *noted[:2], noted[3])
    assert len(shown) > 50


def test_costs_are_those_of_a_recount(chain):
    chain.run(500, 3000.0, 3000.0)
    seq, lengths, cents, rows = read(chain.state.log, int(chain.state.log_used[0]), chain.world.longest)
    judge = Chain(chain.world, 1, 1)
    for k in range(0, len(rows), 7):
        one, length = np.zeros_like(judge.state.seq), np.zeros_like(judge.state.lengths)
        one[rows[k]], length[rows[k]] = seq[k], lengths[k]
        judge.adopt(one, length)
        assert judge.state.costs[rows[k]] == cents[k] < INFEASIBLE


def test_what_stays_is_noted_once(chain):
    chain.run(2000, 1e-9, 1e-9)  # cools at once: nearly every step leads back to the same routes
    seq, lengths, _, rows = read(chain.state.log, int(chain.state.log_used[0]), chain.world.longest)
    orders = [(int(row), *seq[k, : lengths[k]].tolist()) for k, row in enumerate(rows)]
    assert len(orders) < 1.1 * len(set(orders))


def test_a_full_log_keeps_what_it_has(chain):
    chain.run(200, 3000.0, 3000.0)
    log, used = chain.state.log, chain.state.log_used
    before = log[: used[0]].copy()
    gap = log.shape[0] - HEAD  # room for the head, not for a stop
    used[0] = gap
    log[gap:] = -7
    chain.run(200, 3000.0, 3000.0)
    assert used[0] == gap
    assert (log[gap:] == -7).all()
    assert (log[: len(before)] == before).all()


def test_telling_empties_the_log(chain):
    pool = RoutePool(chain.world.instance)
    chain.run(200, 3000.0, 3000.0)
    chain.tell(pool)
    held = len(pool)
    assert held > 0
    assert chain.state.log_used[0] == 0
    chain.tell(pool)
    assert len(pool) == held
    entries = pool.entries(chain.state.seq, chain.state.lengths)
    assert (entries[chain.state.lengths > 0] >= 0).all()
