"""``plan.json``: whatever a plan holds comes back unchanged."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.plan_file import dumps, from_json, head_differences, read, to_json
from dispatch.errors import InputError
from dispatch.plan import (
    Lateness,
    LateReason,
    Obstacle,
    Plan,
    Provenance,
    Reason,
    Remedy,
    Rest,
    Restock,
    Route,
    Unserved,
    Visit,
)
from dispatch.problem import Problem
from dispatch.weights import Weights

# Clocks that go forward and back, an odd offset, and one that never changes.
STARTS = [
    datetime(2026, 3, 28, tzinfo=ZoneInfo("Europe/Berlin")),
    datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
    datetime(2026, 4, 4, 22, tzinfo=ZoneInfo("Australia/Lord_Howe")),
    datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Kathmandu")),
    datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai")),
]

names = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
seconds = st.integers(-400 * 86_400, 800 * 86_400)
counts = st.integers(0, 2**40)
facts = st.dictionaries(names, st.integers(-(2**60), 2**60) | names, max_size=3)
reasons = st.builds(Reason, code=names, facts=facts)


def _some(strategy, most=3):
    return st.lists(strategy, max_size=most).map(tuple)


stops = st.one_of(
    st.builds(
        Visit,
        ticket_id=names,
        role=st.integers(-3, 3),
        travel_s=counts,
        distance_m=counts,
        arrival_s=seconds,
        start_s=seconds,
        finish_s=seconds,
        late=_some(st.builds(Lateness, target=names, due_s=seconds, late_s=counts)),
    ),
    st.builds(
        Restock,
        centre_id=names,
        travel_s=counts,
        distance_m=counts,
        arrival_s=seconds,
        start_s=seconds,
        finish_s=seconds,
    ),
    st.builds(Rest, index=st.integers(-3, 3), start_s=seconds, finish_s=seconds),
)
weights = st.sampled_from(
    [Weights(), Weights(unserved_cents=0, change_tolerance_s=10**9), Weights(imbalance_cents_per_h=10**9)]
)
plans = st.builds(
    Plan,
    routes=_some(
        st.builds(
            Route,
            shift_id=names,
            technician_id=names,
            departure_s=seconds,
            return_s=seconds,
            end_travel_s=counts,
            end_distance_m=counts,
            stops=_some(stops, 5),
        )
    ),
    unserved=_some(
        st.builds(
            Unserved,
            ticket_id=names,
            deferred=st.booleans(),
            reason=reasons,
            obstacles=_some(st.builds(Obstacle, technician_id=names, shift_id=names, reason=reasons)),
            remedies=_some(
                st.builds(
                    Remedy, change=reasons, technician_id=names, shift_id=names, cost_cents=st.integers(-(2**50), 2**50)
                )
            ),
        )
    ),
    late=_some(st.builds(LateReason, ticket_id=names, target=names, late_s=counts, reason=reasons)),
    cost=st.dictionaries(names, counts, max_size=4),
    kpis=st.dictionaries(names, st.integers(-(2**60), 2**60) | st.floats(-1e9, 1e9), max_size=4),
    provenance=st.builds(
        Provenance,
        problem_hash=names,
        engine=names,
        engine_version=names,
        callout_version=names,
        travel_source=names,
        seed=counts,
        workers=counts,
        seconds=st.none() | st.floats(0.001, 1e6) | st.integers(1, 100),
        iterations=st.none() | counts,
        iterations_done=counts,
        weights=weights.map(dataclasses.asdict),
        warnings=_some(reasons),
        parameters=st.dictionaries(names, counts | st.floats(-1e9, 1e9) | names | st.booleans(), max_size=4),
    ),
)
problems = st.builds(
    Problem, start=st.sampled_from(STARTS), end_s=st.integers(1, 9 * 86_400),
    tickets=st.just(()), technicians=st.just(()), shifts=st.just(()),
)  # fmt: skip


@settings(max_examples=300)
@given(problem=problems, plan=plans)
def test_a_plan_comes_back_as_it_was(problem, plan):
    assert from_json(to_json(problem, plan), problem) == plan
    text = dumps(problem, plan)
    document = json.loads(text)
    assert from_json(document, problem) == plan
    assert dumps(problem, from_json(document, problem)) == text
    assert head_differences(document, problem, plan) == []


@settings(max_examples=50)
@given(problem=problems, plan=plans)
def test_times_are_local_with_an_offset(problem, plan):
    for route in to_json(problem, plan)["routes"]:
        moment = datetime.fromisoformat(route["departure"])
        assert moment.utcoffset() == moment.astimezone(problem.start.tzinfo).utcoffset()


def _plan(problem):
    provenance = Provenance(
        problem_hash="h", engine="e", engine_version="1", callout_version="1", travel_source="t", seed=1, workers=1,
        seconds=None, iterations=1, iterations_done=1, weights=dataclasses.asdict(Weights()),
    )  # fmt: skip
    return Plan(routes=(), unserved=(), late=(), cost={"unserved": 5}, kpis={}, provenance=provenance)


@pytest.fixture
def problem():
    return Problem(start=STARTS[-1], end_s=86_400, tickets=(), technicians=(), shifts=())


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("format",), "callout-plan/9", "format"),
        (("routes",), {}, "routes"),
        (("routes",), [1], "routes[0]"),
        (("cost_cents", "unserved"), 1.0, "cost_cents.unserved"),
        (("cost_cents", "unserved"), True, "cost_cents.unserved"),
        (("cost_cents", "unserved"), 2**63, "cost_cents.unserved"),
        (("provenance", "seed"), "1", "provenance.seed"),
        (("provenance", "seconds"), "1", "provenance.seconds"),
        (("provenance", "parameters"), {"x": None}, "provenance.parameters.x"),
        (("provenance", "weights", "unserved_cents"), -1, "provenance.weights.unserved_cents"),
        (("provenance", "weights", "nonsense"), 1, "provenance.weights.nonsense"),
    ],
)
def test_what_does_not_fit_is_named(problem, path, value, field):
    document = to_json(problem, _plan(problem))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError) as caught:
        from_json(document, problem, file="day.json")
    assert caught.value.code == "plan.format"
    (fault,) = caught.value.faults
    assert (fault.rule, fault.file, fault.field) == ("plan.format", "day.json", field)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-03-02T08:00:00", "offset"),
        ("8 o'clock", "offset"),
        ("2026-13-02T08:00:00+08:00", "offset"),
        ("2026-03-02T08:00:00.5+08:00", "whole seconds"),
        ("1999-03-02T08:00:00+08:00", "years away"),
        ("0001-01-01T00:00:00+08:00", "offset"),
        (28_800, "text"),
    ],
)
def test_a_time_that_does_not_fit_is_named(problem, value, message):
    rest = {"kind": "rest", "index": 0, "start": "2026-03-02T08:00:00+08:00", "finish": value}
    route = {
        "shift": "s", "technician": "t", "departure": "2026-03-02T08:00:00Z", "return": "2026-03-02T09:00:00Z",
        "end_travel_s": 0, "end_distance_m": 0, "stops": [rest],
    }  # fmt: skip
    document = {**to_json(problem, _plan(problem)), "routes": [route]}
    with pytest.raises(InputError, match=message) as caught:
        from_json(document, problem)
    assert caught.value.faults[0].field == "routes[0].stops[0].finish"


def test_the_same_instant_in_another_zone_is_the_same(problem):
    document = {**to_json(problem, _plan(problem)), "start": "2026-03-01T16:00:00Z"}
    assert head_differences(document, problem, _plan(problem)) == []


def test_a_byte_order_mark_is_no_fault(problem, tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(dumps(problem, _plan(problem)), encoding="utf-8-sig")
    assert read(path, problem) == _plan(problem)
