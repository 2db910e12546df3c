"""The rest of a day, planned again within a budget: two lanes on the line."""

from __future__ import annotations

import pytest

from dispatch.errors import InputError, UsageError
from dispatch.objective import served_ids
from dispatch.ports import Limits
from dispatch.replan import Budget, Report, State, moves, remaining, replan_day
from dispatch.replan.standing import standing
from dispatch.schedule import schedule_plan
from dispatch.weights import Weights
from solver.registry import engine as make_engine
from tests.dispatch.line import MIN_S
from tests.dispatch.replan.part_days import FEW


def _two_lanes(line, *more, reports=(), now=480, engine=None, **options):
    """``ann`` serves near on 0..10, ``bob`` far on 40..50; then come more tickets."""
    tickets = [line.ticket("a1", 5), line.ticket("a2", 10), line.ticket("b1", 40), line.ticket("b2", 50)]
    day = line.problem(
        tickets, [line.technician("ann"), line.technician("bob")], [line.shift("ann"), line.shift("bob")]
    )
    routes = schedule_plan(day, line.travel(day), [line.steps("ann1", "a1", "a2"), line.steps("bob1", "b1", "b2")])
    today = day.replace(tickets=(*tickets, *more))
    told = {"in_force": routes, "reports": reports, "now_s": now * MIN_S}
    return today, routes, replan_day(today, line.travel(today), engine, **told, **options)


def test_an_emergency_is_put_where_nobody_is_moved(line):
    _, routes, done = _two_lanes(line, line.ticket("new", 12), budget=Budget(most_moved=0))
    assert done.moves == ()
    assert done.plan.unserved == ()
    (ann, bob) = done.plan.routes
    assert ann == routes[0]
    assert [visit.ticket_id for visit in bob.visits] == ["b1", "b2", "new"]  # on the way home: no detour
    assert bob.visits[:2] == routes[1].visits


def _urgent(line):
    """Must start by 490 at m5, where ann is to be at 485 anyway: a1 and a2 are then half an hour late."""
    return line.ticket("new", 5, windows=[(480, 490)])


@pytest.mark.parametrize(("most", "moved", "served"), [(0, 0, False), (1, 0, False), (2, 2, True), (None, 2, True)])
def test_an_emergency_moves_as_many_as_it_may(line, most, moved, served):
    _, routes, done = _two_lanes(line, _urgent(line), budget=Budget(most_moved=most))
    assert [visit.start_s // MIN_S for visit in routes[0].visits] == [485, 520]
    assert len(done.moves) == moved
    assert ("new" in served_ids(done.plan.routes)) == served
    assert [(one.ticket_id, one.reason.code) for one in done.plan.unserved] == (
        [] if served else [("new", "kept_stable")]
    )


def test_a_move_says_what_was_promised_and_what_is_planned_now(line):
    _, _, done = _two_lanes(line, _urgent(line))
    found = [(one.key, one.technician_id, one.start_s, one.to_technician_id, one.to_start_s) for one in done.moves]
    assert found == [
        (("a1", 0), "ann", 485 * MIN_S, "ann", 515 * MIN_S),
        (("a2", 0), "ann", 520 * MIN_S, "ann", 550 * MIN_S),
    ]


@pytest.mark.parametrize(("tolerance", "moved"), [(29, 2), (30, 0)])
def test_a_start_moves_when_it_moves_by_more_than_the_tolerance(line, tolerance, moved):
    _, _, done = _two_lanes(line, _urgent(line), budget=Budget(tolerance_s=tolerance * MIN_S))
    assert len(done.moves) == moved
    assert "new" in served_ids(done.plan.routes)


def test_times_are_kept_whoever_comes(line):
    _, _, done = _two_lanes(line, _urgent(line), budget=Budget(keep_times=True))
    assert [one.ticket_id for one in done.plan.unserved] == ["new"]
    assert done.moves == ()


def test_who_is_early_waits_when_times_are_kept(line):
    """a1 fell out: ann could be at a2 at once, but the customer was told 520."""
    for keep, start in ((False, 490), (True, 505)):
        day, routes, _ = _two_lanes(line)
        fewer = day.replace(tickets=day.tickets[1:])
        done = replan_day(
            fewer,
            line.travel(day),
            None,
            in_force=routes,
            reports=(),
            now_s=480 * MIN_S,
            budget=Budget(keep_times=keep),
        )
        assert done.plan.routes[0].visits[0].start_s == start * MIN_S
        assert len(done.moves) == (not keep)


def test_the_visits_of_who_is_ill_are_forced(line):
    day, routes, _ = _two_lanes(line)
    ill = day.replace(shifts=day.shifts[:1])
    done = replan_day(
        ill, line.travel(day), None, in_force=routes, reports=(), now_s=480 * MIN_S, budget=Budget(most_moved=0)
    )
    assert done.forced == {("b1", 0), ("b2", 0)}
    assert {one.key for one in done.moves} == done.forced  # ann takes both behind her own
    assert done.plan.unserved == ()
    assert [visit.ticket_id for visit in done.plan.routes[0].visits][:2] == ["a1", "a2"]


def test_who_is_late_forces_those_behind(line):
    late = Report(ticket_id="a1", shift_id="ann1", state=State.UNDER_WAY, start_s=485 * MIN_S, finish_s=600 * MIN_S)
    _, _, done = _two_lanes(line, reports=(late,), now=490, budget=Budget(most_moved=0, keep_times=True))
    assert done.forced == {("a2", 0)}
    assert done.plan.routes[0].visits[0].start_s == 605 * MIN_S


def test_what_the_budget_costs(line):
    """The emergency is worth a great deal: with no move allowed it stays out, and the price says what that costs."""
    _, _, done = _two_lanes(
        line, _urgent(line), engine=make_engine("greedy"), limits=FEW["greedy"], budget=Budget(most_moved=0)
    )
    assert [(one.moved, one.unserved) for one in done.options] == [(0, 1), (2, 0)]
    assert done.price_cents == done.options[0].cost_cents - done.options[1].cost_cents > 100_000


def test_moves_go_by_the_weight_when_no_tolerance_is_given(line):
    day = line.solo([line.ticket("t", 10)], world={"weights": Weights(change_tolerance_s=300)})
    routes = schedule_plan(day, line.travel(day), [line.steps("ann1", "t")])
    for late_s, count in ((300, 0), (301, 1)):
        rest = remaining(day, routes, [], now_s=480 * MIN_S + late_s)
        assert len(moves(rest.problem, standing(rest.problem, line.travel(day), rest.steps))) == count


def test_no_engine_is_named_when_none_ran(line):
    _, _, done = _two_lanes(line, line.ticket("new", 12))
    assert (done.plan.provenance.engine, done.plan.provenance.iterations_done) == ("insertion", 0)
    _, _, done = _two_lanes(line, engine=make_engine("greedy"), limits=FEW["greedy"], budget=Budget(most_moved=1))
    assert done.plan.provenance.engine == "greedy"
    assert done.plan.provenance.parameters["most_moved"] == 1


def test_nothing_left_is_a_plan_too(line):
    day, _, _ = _two_lanes(line)
    done = replan_day(
        day,
        line.travel(day),
        make_engine("greedy"),
        in_force=(),
        reports=(),
        now_s=1020 * MIN_S,
        limits=FEW["greedy"],
    )
    assert done.plan.routes == ()
    assert len(done.plan.unserved) == 4


@pytest.mark.parametrize(("field", "value"), [("most_moved", -1), ("tolerance_s", -1)])
def test_a_budget_is_not_negative(field, value):
    with pytest.raises(InputError) as caught:
        Budget(**{field: value})
    assert [(fault.rule, fault.field) for fault in caught.value.faults] == [("budget.negative", field)]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"limits": None}, "plan.limits"),
        ({"limits": Limits(iterations=0)}, "plan.limits"),
        ({"seed": -1}, "plan.seed"),
        ({"workers": 0}, "plan.workers"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(line, bad, code):
    with pytest.raises(UsageError) as caught:
        _two_lanes(line, engine=make_engine("greedy"), **{"limits": FEW["greedy"], **bad})
    assert caught.value.code == code
