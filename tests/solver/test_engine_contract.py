"""What every engine of the registry keeps: one tiny problem for each constraint, in which breaking it would be cheaper.

Each case is a function in `contract`. The independent checker judges every answer; the case's check then says what the
one good answer looks like. An engine that lacks the feature must refuse the problem.
"""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.errors import UnsupportedError
from dispatch.features import USERS, require_support
from dispatch.ports import Feature, RoutingEngine
from tests.solver.contract import costs, technicians, ties, times, vans, ways  # noqa: F401  (each registers its cases)
from tests.solver.contract.case import CASES


@pytest.mark.parametrize("name", list(CASES))
def test_a_constraint_is_kept(name: str, engine: RoutingEngine, road: Any) -> None:
    feature, build = CASES[name]
    problem, good, travel = build(road)
    used = {one for one, users in USERS.items() if users(problem)}
    assert feature is None or feature in used, "the case does not use its feature"
    if not used <= engine.features | {Feature.RESTOCK}:
        with pytest.raises(UnsupportedError) as caught:
            require_support(problem, engine)
        assert {fault.field for fault in caught.value.faults} == {
            one.value for one in used - engine.features - {Feature.RESTOCK}
        }
        return
    require_support(problem, engine)
    _, routes = road.plan(engine, road.request(problem, travel=travel, iterations=10))
    assert good(routes), [route.steps for route in routes]


def test_every_feature_has_a_case() -> None:
    assert {feature for feature, _ in CASES.values() if feature} == set(Feature)
