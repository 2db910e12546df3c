"""The rest of a day: which tickets are open, and what is left of their order and pins.

``ann`` drives the line: m10 at 540 (30 minutes), m20 at 580, m30 at 620, if nothing else is said.
"""

from __future__ import annotations

import pytest

from dispatch.errors import InputError
from dispatch.problem import Assignment
from dispatch.replan import State
from dispatch.replan.standing import standing
from dispatch.tickets import After, Pin, Window
from dispatch.tiers import Point
from tests.dispatch.line import MIN_S
from tests.dispatch.replan.part_days import drive, rest_of, three, told

# What is open


def test_done_and_under_way_are_out_and_failed_is_open_again(line):
    problem = three(line)
    routes = drive(line, problem, ann1=("t1", "t2", "t3"))
    rest = rest_of(
        line, problem, routes, told("t1", 540, 550, State.FAILED), told("t2", 560, 590, State.UNDER_WAY), now=570
    )
    assert [ticket.id for ticket in rest.problem.tickets] == ["t1", "t3"]
    assert rest.steps == (line.steps("ann1", "t3"),)  # the failed one has no visit any more
    assert rest.problem.baseline == (
        Assignment(ticket_id="t3", role=0, technician_id="ann", start_s=routes[0].visits[2].start_s),
    )


@pytest.mark.parametrize(("state", "known"), [(State.DONE, []), (State.UNDER_WAY, []), (State.FAILED, ["both"])])
def test_a_crew_of_which_one_is_there_is_out_for_all(line, state, known):
    problem = line.problem(
        [line.ticket("both", 10, crew=({},))],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann"), line.shift("bob")],
    )
    routes = drive(line, problem, ann1=("both",), bob1=("both/1",))
    rest = rest_of(line, problem, routes, told("both", 490, 520, state, "bob1", role=1), now=525)
    assert [ticket.id for ticket in rest.problem.tickets] == known
    assert rest.steps == ()
    assert rest.problem.baseline == ()


def test_new_and_cancelled_tickets_and_shifts(line):
    problem = three(line)
    routes = drive(line, problem, ann1=("t1", "t2", "t3"))
    _, second, third = problem.tickets
    now = problem.replace(tickets=(second, line.ticket("new", 5)))
    rest = rest_of(line, now, routes, told("t1", 540, 570), now=575)
    assert [ticket.id for ticket in rest.problem.tickets] == ["t2", "new"]
    assert rest.steps == (line.steps("ann1", "t2"),)
    assert [old.ticket_id for old in rest.problem.baseline] == ["t2"]
    ill = problem.replace(shifts=(), tickets=(third,))
    rest = rest_of(line, ill, routes, told("t1", 540, 570), now=575)
    assert rest.steps == ()
    assert [(old.ticket_id, old.technician_id) for old in rest.problem.baseline] == [("t3", "ann")]


def test_reports_end_after_they_start():
    with pytest.raises(InputError) as caught:
        told("t1", 541, 540)
    assert [fault.rule for fault in caught.value.faults] == ["report.order"]


# Order


@pytest.mark.parametrize(
    ("tie", "windows", "left"),
    [
        ({"min_gap_s": 600, "max_gap_s": 3600}, (), [(580, 630)]),  # from the finish at 570
        ({"min_gap_s": 600, "max_gap_s": 3600, "point": Point.START}, (), [(550, 600)]),  # from the start at 540
        ({"min_gap_s": 600, "max_gap_s": 3600}, [(500, 590), (620, 700)], [(580, 590), (620, 630)]),
        ({"min_gap_s": 1800}, [(500, 590), (620, 700)], [(620, 700)]),
    ],
)
def test_what_was_to_come_after_a_visit_gets_a_window(line, tie, windows, left):
    problem = line.solo(
        [line.ticket("t1", 10), line.ticket("t2", 20, windows=windows, after=(After(ticket_id="t1", **tie),))]
    )
    routes = drive(line, problem, ann1=("t1", "t2"))
    (second,) = rest_of(line, problem, routes, told("t1", 540, 570), now=571).problem.tickets
    assert second.windows == tuple(line.window(*one) for one in left)
    assert second.after == ()


def test_an_order_without_an_end_bounds_only_the_beginning(line):
    problem = line.solo([line.ticket("t1", 10), line.ticket("t2", 20, after=(After(ticket_id="t1", min_gap_s=1800),))])
    routes = drive(line, problem, ann1=("t1", "t2"))
    rest = rest_of(line, problem, routes, told("t1", 540, 570), now=571)
    (window,) = rest.problem.tickets[0].windows
    assert window.start_s == 600 * MIN_S
    assert window.end_s > problem.end_s
    assert standing(rest.problem, line.travel(problem), rest.steps)[0].visits[0].start_s == 600 * MIN_S


def test_who_comes_too_late_behind_another_ticket_can_not_be_served(line):
    tie = After(ticket_id="t1", max_gap_s=600)
    problem = line.solo([line.ticket("t1", 10), line.ticket("t2", 20, windows=[(590, 700)], after=(tie,))])
    routes = drive(line, problem, ann1=("t1", "t2"))
    rest = rest_of(line, problem, routes, told("t1", 540, 570), now=571)  # until 580, but not before 590
    (second,) = rest.problem.tickets
    assert [window.end_s < 0 for window in second.windows] == [True]
    assert standing(rest.problem, line.travel(problem), rest.steps) == ()


def test_an_order_behind_a_failed_or_open_ticket_stays(line):
    tie = After(ticket_id="t1", min_gap_s=600)
    problem = line.solo([line.ticket("t1", 10), line.ticket("t2", 20, after=(tie,))])
    routes = drive(line, problem, ann1=("t1", "t2"))
    for reports in ((), (told("t1", 540, 545, State.FAILED),)):
        second = rest_of(line, problem, routes, *reports, now=546).problem.ticket_by_id["t2"]
        assert (second.after, second.windows) == ((tie,), ())


def test_windows_are_cut_not_widened():
    from dispatch.replan.remaining import both

    two = (Window(start_s=0, end_s=10), Window(start_s=20, end_s=30))
    assert both(two, 5, 25) == [Window(start_s=5, end_s=10), Window(start_s=20, end_s=25)]
    assert both(two, 10, 10) == [Window(start_s=10, end_s=10)]
    assert both((), 5, 25) == [Window(start_s=5, end_s=25)]
    assert all(window.end_s < 0 for window in both(two, 12, 18))


# Pins


@pytest.mark.parametrize(
    ("pin", "now", "busy_until", "left"),
    [
        (600, 590, 570, 600),
        (600, 601, 570, None),  # passed: who stays, when does not
        (600, 590, 605, None),  # the technician is busy then
        (None, 601, 605, None),
    ],
)
def test_a_pinned_start_that_can_not_be_kept_becomes_a_lock(line, pin, now, busy_until, left):
    pinned = Pin(technician_ids=("ann",), start_s=None if pin is None else pin * MIN_S)
    problem = line.solo([line.ticket("t1", 10), line.ticket("t2", 20, pin=pinned)])
    routes = drive(line, problem, ann1=("t1", "t2"))
    state = State.UNDER_WAY if busy_until > now else State.DONE
    (second,) = rest_of(line, problem, routes, told("t1", 540, busy_until, state), now=now).problem.tickets
    assert second.pin == Pin(technician_ids=("ann",), start_s=None if left is None else left * MIN_S)


def test_a_pinned_start_before_the_end_of_what_it_comes_after_becomes_a_lock(line):
    pin = Pin(technician_ids=("bob",), start_s=600 * MIN_S)
    second = line.ticket("t2", 20, pin=pin, after=(After(ticket_id="t1", min_gap_s=600),))
    problem = line.problem(
        [line.ticket("t1", 10), second],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann"), line.shift("bob")],
    )
    routes = drive(line, problem, ann1=("t1",), bob1=("t2",))
    for finish, start_s in ((590, 600 * MIN_S), (591, None)):
        (left,) = rest_of(line, problem, routes, told("t1", 540, finish), now=595).problem.tickets
        assert left.pin == Pin(technician_ids=("bob",), start_s=start_s)
        assert left.windows[0].start_s == (finish + 10) * MIN_S


def test_a_pin_to_somebody_whose_shift_is_over_goes(line):
    problem = line.problem(
        [line.ticket("t1", 10, pin=Pin(technician_ids=("ann",))), line.ticket("t2", 10)],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann", 480, 600), line.shift("bob")],
    )
    routes = drive(line, problem, ann1=("t1",), bob1=("t2",))
    assert rest_of(line, problem, routes, now=599).problem.ticket_by_id["t1"].pin == Pin(technician_ids=("ann",))
    assert rest_of(line, problem, routes, now=600).problem.ticket_by_id["t1"].pin is None
