"""Hand-checked times of crews and orders across routes; minutes on the line."""

from __future__ import annotations

import pytest

from dispatch.feasibility import check_routes
from dispatch.schedule import schedule_plan
from dispatch.tickets import After, Pin
from dispatch.tiers import Point

MIN_S = 60


@pytest.fixture(scope="module")
def team(line):
    """A problem with ann, bob and cat, each 480..1020 from and to m0; shifts may be given."""

    def make(*tickets, **first):
        names = ("ann", "bob", "cat")
        shifts = [line.shift(name, first.get(name, 480)) for name in names]
        return line.problem(tickets, [line.technician(name) for name in names], shifts)

    return make


@pytest.fixture(scope="module")
def times(line):
    """(departure, [start of each visit], return) of each route, and the codes of the checker."""

    def run(problem, **routes):
        travel = line.travel(problem)
        planned = schedule_plan(problem, travel, [line.steps(f"{name}1", *words) for name, words in routes.items()])
        shown = [
            (
                route.departure_s // MIN_S,
                [visit.start_s // MIN_S for visit in route.visits],
                route.return_s // MIN_S,
            )
            for route in planned
        ]
        return shown, {violation.code for violation in check_routes(problem, travel, planned)}

    return run


def _after(first, low=0, high=None, point=Point.FINISH):
    gap = None if high is None else high * MIN_S
    return (After(ticket_id=first, min_gap_s=low * MIN_S, max_gap_s=gap, point=point),)


def test_a_crew_waits_for_the_later(line, team, times):
    # ann could start at 500, bob comes at 540 + 20: both start at 560, and ann leaves late enough not to wait
    problem = team(line.ticket("a", 20, crew=({},)), bob=540)
    assert times(problem, ann=["a"], bob=["a/1"]) == ([(540, [560], 610), (540, [560], 610)], set())


def test_the_later_of_a_crew_is_held_up_by_its_own_work(line, team, times):
    # bob serves b at m10 first: 490..520, then 10 min to a: 530
    problem = team(line.ticket("a", 20, crew=({},)), line.ticket("b", 10))
    assert times(problem, ann=["a"], bob=["b", "a/1"]) == ([(510, [530], 580), (480, [490, 530], 580)], set())


def test_crew_members_need_their_own_time(line, team, times):
    problem = team(line.ticket("a", 20, 60, crew=({},)))
    slow = line.technician("bob", duration_percent={"*": 150})
    problem = problem.replace(technicians=(problem.technicians[0], slow, problem.technicians[2]))
    # start together at 500; ann is done after 60 min, bob after 90
    assert times(problem, ann=["a"], bob=["a/1"]) == ([(480, [500], 580), (480, [500], 610)], set())


def test_minimum_gap_from_the_finish(line, team, times):
    # a 500..530; b may start at 545, 30 min from bob's home: he leaves at 515
    problem = team(line.ticket("a", 20), line.ticket("b", 30, after=_after("a", 15)))
    assert times(problem, ann=["a"], bob=["b"]) == ([(480, [500], 550), (515, [545], 605)], set())


def test_minimum_gap_from_the_start(line, team, times):
    # a starts at 500; b at 515, while a goes on
    problem = team(line.ticket("a", 20), line.ticket("b", 30, after=_after("a", 15, point=Point.START)))
    assert times(problem, ann=["a"], bob=["b"]) == ([(480, [500], 550), (485, [515], 575)], set())


def test_maximum_gap_holds_the_first_back(line, team, times):
    # b is pinned to 700 and must start within 60 min of a's end: a ends at 640 or later, so it starts at 610
    pin = Pin(technician_ids=("bob",), start_s=700 * MIN_S)
    problem = team(line.ticket("a", 20), line.ticket("b", 30, after=_after("a", 0, 60), pin=pin))
    assert times(problem, ann=["a"], bob=["b"]) == ([(590, [610], 660), (670, [700], 760)], set())


def test_maximum_gap_that_cannot_be_kept_is_reported(line, team, times):
    # a is pinned to 500..530 and b to 700: 170 min apart
    first = line.ticket("a", 20, pin=Pin(technician_ids=("ann",), start_s=500 * MIN_S))
    pin = Pin(technician_ids=("bob",), start_s=700 * MIN_S)
    problem = team(first, line.ticket("b", 30, after=_after("a", 0, 60), pin=pin))
    _, codes = times(problem, ann=["a"], bob=["b"])
    assert codes & {"after_too_late", "pin_start"}


def test_a_chain_through_three_routes(line, team, times):
    # 480..510, 510..540, 540..570, all at m0
    problem = team(line.ticket("a", 0), line.ticket("b", 0, after=_after("a")), line.ticket("c", 0, after=_after("b")))
    expected = [(480, [480], 510), (510, [510], 540), (540, [540], 570)]
    assert times(problem, ann=["a"], bob=["b"], cat=["c"]) == (expected, set())
    # whoever serves whom: the order of the routes does not matter
    assert times(problem, ann=["c"], bob=["b"], cat=["a"]) == (list(reversed(expected)), set())


def test_a_chain_in_one_route(line, team, times):
    problem = team(line.ticket("a", 0), line.ticket("b", 0, after=_after("a", 20)))
    assert times(problem, ann=["a", "b"]) == ([(480, [480, 530], 560)], set())


def test_after_a_crew_counts_its_last_finish(line, team, times):
    problem = team(line.ticket("a", 20, 60, crew=({},)), line.ticket("b", 0, after=_after("a")))
    slow = line.technician("bob", duration_percent={"*": 150})
    problem = problem.replace(technicians=(problem.technicians[0], slow, problem.technicians[2]))
    # a starts at 500, bob is done at 590
    shown, codes = times(problem, ann=["a"], bob=["a/1"], cat=["b"])
    assert (shown[2], codes) == ((590, [590], 620), set())


def test_work_before_a_tied_visit_may_move(line, team, times):
    # a and b of ann come before c, which waits for bob's d, 560..590: she leaves late, but c stays at 590
    problem = team(line.ticket("b", 0), line.ticket("c", 0, after=_after("d")), line.ticket("d", 0), bob=560)
    assert times(problem, ann=["b", "c"], bob=["d"]) == ([(560, [560, 590], 620), (560, [560], 590)], set())


def test_an_impossible_tie_ends_and_is_reported(line, team, times):
    # ann has c before b, bob has d before a; b must come before d and a before c: a circle through two routes
    problem = team(
        line.ticket("a", 0),
        line.ticket("b", 0),
        line.ticket("c", 0, after=_after("a")),
        line.ticket("d", 0, after=_after("b")),
    )
    _, codes = times(problem, ann=["c", "b"], bob=["d", "a"])
    assert "after_too_soon" in codes
