"""Engine ``search``: several annealing chains in threads that exchange what they find."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from dispatch.feasibility import check_routes
from dispatch.objective import cost_terms
from dispatch.plan import RouteSteps
from dispatch.ports import EngineAnswer, EngineRequest, Feature, Progress
from dispatch.schedule import schedule_plan
from solver.search.chain import Chain, World
from solver.search.warm import warm

HOT, COLD = 0.67, 0.022
"""First and last temperature, in mean costs of driving to a ticket; see ``docs/kernel.md``."""
EPOCH_S = 0.1
"""Length of an epoch when time is the limit: stop, progress and temperature are looked at in between."""
EPOCH_STEPS = 200
"""Most steps of an epoch when iterations are the limit: few, so that a request to stop is heard."""
EXCHANGE_EVERY = 10
"""Epochs after which the dearest chain goes on from the cheapest."""


class SearchEngine:
    """Ruin and recreate with simulated annealing; `limits.iterations` counts steps of each chain."""

    name = "search"
    version = "1"
    features = frozenset(Feature) - {Feature.CREWS, Feature.AFTER}

    def solve(self, request: EngineRequest) -> EngineAnswer:
        """Anneal until a limit; the answer never costs more than a feasible warm start."""
        warm()  # not counted: only the first run on a machine compiles
        begun = time.monotonic()
        if not request.problem.tickets or not request.problem.shifts:
            return EngineAnswer(routes=(), iterations=0)
        world = World.of(request.problem, request.travel)
        chains = [Chain(world, request.seed, stream) for stream in range(request.workers)]
        for chain in chains:
            chain.load(request.warm_start)
            chain.fill()
        clock = _Clock(request, begun)
        first = min(chains, key=lambda chain: chain.best_cents)
        scale = world.temperature_scale(first.state.best_seq, first.state.best_lengths)
        clock.report(first)
        best, best_cents = first.best_routes(), first.best_cents
        epoch = 0
        with ThreadPoolExecutor(max_workers=len(chains)) as pool:
            while (steps := clock.steps()) > 0:
                hot = scale * HOT * (COLD / HOT) ** clock.progress()
                list(pool.map(lambda chain: chain.run(steps, hot, hot), chains))  # noqa: B023 - used at once
                clock.done(steps)
                epoch += 1
                leader = min(chains, key=lambda chain: chain.best_cents)
                if leader.best_cents < best_cents:
                    best, best_cents = leader.best_routes(), leader.best_cents
                    clock.report(leader)
                if epoch % EXCHANGE_EVERY == 0:
                    _exchange(chains)
        return EngineAnswer(
            routes=_not_worse(request, best), iterations=clock.iterations, parameters={"hot": HOT, "cold": COLD}
        )


def _exchange(chains: list[Chain]) -> None:
    """Let the dearest chain go on from the best routes of the cheapest."""
    giver = min(chains, key=lambda chain: chain.current_cents)
    taker = max(chains, key=lambda chain: chain.current_cents)
    if giver is not taker:
        taker.adopt(giver.state.seq, giver.state.lengths)


def _not_worse(request: EngineRequest, found: tuple[RouteSteps, ...]) -> tuple[RouteSteps, ...]:
    """The warm start itself, where its breaks lie better than the search would put them."""
    if not request.warm_start:
        return found
    start = schedule_plan(request.problem, request.travel, request.warm_start)
    if check_routes(request.problem, request.travel, start):
        return found
    routes = schedule_plan(request.problem, request.travel, found)
    cheaper = sum(cost_terms(request.problem, start).values()) < sum(cost_terms(request.problem, routes).values())
    return request.warm_start if cheaper else found


class _Clock:
    """Limits of a search: how many steps the next epoch has, and how far the search has come."""

    def __init__(self, request: EngineRequest, begun: float) -> None:
        self._request, self._begun = request, begun
        self._limits = request.limits
        self.iterations = 0
        self._rate = 0.0  # steps a second
        self._mark = time.monotonic()

    def elapsed_s(self) -> float:
        return time.monotonic() - self._begun

    def progress(self) -> float:
        """Share of the search that is over, 0..1."""
        shares = [0.0]
        if self._limits.seconds is not None:
            shares.append(self.elapsed_s() / self._limits.seconds)
        if self._limits.iterations is not None:
            shares.append(self.iterations / self._limits.iterations)
        return min(1.0, max(shares))

    def steps(self) -> int:
        """Steps of the next epoch; 0 ends the search."""
        if self._request.should_stop():
            return 0
        steps = 2**31
        if self._limits.iterations is not None:
            steps = min(self._limits.iterations - self.iterations, EPOCH_STEPS)
        if self._limits.seconds is not None:
            left_s = self._limits.seconds - self.elapsed_s()
            if left_s <= 0:
                return 0
            steps = min(steps, max(1, int(self._rate * min(EPOCH_S, left_s))))
        return steps

    def done(self, steps: int) -> None:
        """Count the steps of an epoch and measure the speed."""
        now = time.monotonic()
        self.iterations += steps
        self._rate = (
            steps / max(1e-6, now - self._mark)
            if self._rate == 0.0
            else (0.7 * self._rate + 0.3 * steps / max(1e-6, now - self._mark))
        )
        self._mark = now

    def report(self, leader: Chain) -> None:
        """Tell the caller about a better plan."""
        served = len(self._request.problem.tickets) - int((leader.state.route_of < 0).sum())
        self._request.on_progress(
            Progress(
                elapsed_s=self.elapsed_s(), iterations=self.iterations, cost_cents=leader.best_cents, served=served
            )
        )
