"""Hand-checked times on the line (line.py): all numbers are minutes since midnight."""

from __future__ import annotations

import pytest

from dispatch.plan import Rest
from dispatch.schedule import schedule_plan, schedule_route
from dispatch.technicians import ServiceCentre
from dispatch.tickets import Pin
from dispatch.tiers import Point

MIN_S = 60


@pytest.fixture(scope="module")
def times(line):
    """Schedule one route given in words; answer (departure, return, [(start, finish) of each stop])."""

    def run(problem, *words):
        (route,) = schedule_plan(problem, line.travel(problem), [line.steps("ann1", *words)])
        stops = [(stop.start_s / MIN_S, stop.finish_s / MIN_S) for stop in route.stops]
        return route.departure_s / MIN_S, route.return_s / MIN_S, stops

    return run


class TestDeparture:
    def test_without_waiting_it_is_the_start_of_the_shift(self, line, times):
        assert times(line.solo([line.ticket("a", 20)]), "a") == (480, 550, [(500, 530)])

    def test_waiting_at_the_first_stop_is_removed(self, line, times):
        # the window opens at 600, 20 min away
        problem = line.solo([line.ticket("a", 20, windows=[(600, 660)])])
        assert times(problem, "a") == (580, 650, [(600, 630)])

    def test_waiting_between_stops_is_moved_before_it(self, line, times):
        # b at m30 opens at 700: a at m20 may end at 690, so it starts at 660 in place of 500
        problem = line.solo([line.ticket("a", 20), line.ticket("b", 30, windows=[(700, 720)])])
        assert times(problem, "a", "b") == (640, 760, [(660, 690), (700, 730)])

    def test_waiting_stays_behind_an_early_window(self, line, times):
        # a starts by 520 at the latest: departure 500; b, 10 min on, is reached at 560 and opens at 700
        problem = line.solo([line.ticket("a", 20, windows=[(480, 520)]), line.ticket("b", 30, windows=[(700, 720)])])
        assert times(problem, "a", "b") == (500, 760, [(520, 550), (700, 730)])

    @pytest.mark.parametrize(
        ("target", "start"),
        [
            (("respond", 510, Point.START), 510),  # due in between: no later than that
            (("solve", 535, Point.FINISH), 505),  # finish by 535 = start by 505
            (("respond", 490, Point.START), 500),  # late anyway: not a second more
            (("respond", 9_999, Point.START), 660),  # no bound: up to b
        ],
    )
    def test_it_adds_no_lateness(self, line, times, target, start):
        tickets = [line.ticket("a", 20, tier="quick"), line.ticket("b", 30, windows=[(700, 720)])]
        problem = line.solo(tickets, world={"tiers": (line.plain, line.tier("quick", target))})
        assert times(problem, "a", "b") == (start - 20, 760, [(start, start + 30), (700, 730)])

    def test_it_never_makes_the_return_later(self, line, times):
        # a could start at 700, but the route would end later: it starts at 500
        problem = line.solo([line.ticket("a", 20, windows=[(490, 700)])])
        assert times(problem, "a") == (480, 550, [(500, 530)])


class TestWindows:
    def test_jump_to_the_next_window(self, line, times):
        # reached at 500 at the earliest, the first window ended at 490
        problem = line.solo([line.ticket("a", 20, windows=[(600, 610), (480, 490)])])
        assert times(problem, "a") == (580, 650, [(600, 630)])

    def test_the_ends_belong_to_the_window(self, line, times):
        problem = line.solo([line.ticket("a", 20, windows=[(480, 500)])])
        assert times(problem, "a") == (480, 550, [(500, 530)])

    def test_a_late_departure_uses_a_later_window(self, line, times):
        # b starts at 700 exactly, so a may start up to 660: the last such start in a window is 650. At b 10 min of
        # waiting remain: 650 + 30 + 10 = 690.
        windows = [(500, 520), (640, 650)]
        problem = line.solo([line.ticket("a", 20, windows=windows), line.ticket("b", 30, windows=[(700, 700)])])
        assert times(problem, "a", "b") == (630, 760, [(650, 680), (700, 730)])

    def test_overlapping_windows_count_as_one(self, line, times):
        # 490..560 holds 500..540: with b at 700 exactly, a may start as late as 560
        windows = [(490, 560), (500, 540)]
        problem = line.solo([line.ticket("a", 20, windows=windows), line.ticket("b", 30, windows=[(700, 700)])])
        assert times(problem, "a", "b") == (540, 760, [(560, 590), (700, 730)])

    def test_when_all_have_passed_the_real_time_stands(self, line, times):
        problem = line.solo([line.ticket("a", 20, windows=[(480, 490)])])
        assert times(problem, "a") == (480, 550, [(500, 530)])

    def test_a_pinned_start_stands_in_their_place(self, line, times):
        pin = Pin(technician_ids=("ann",), start_s=620 * MIN_S)
        problem = line.solo([line.ticket("a", 20, windows=[(500, 510)], pin=pin)])
        assert times(problem, "a") == (600, 670, [(620, 650)])


class TestEnds:
    def test_no_start_place(self, line, times):
        # the route starts at its first stop
        assert times(line.solo([line.ticket("a", 20)], begin=None), "a") == (480, 530, [(480, 510)])

    def test_no_end_place(self, line, times):
        # the route ends at its last stop
        assert times(line.solo([line.ticket("a", 20)], end=None), "a") == (480, 530, [(500, 530)])

    def test_another_end_place(self, line, times):
        assert times(line.solo([line.ticket("a", 20)], end=50), "a") == (480, 560, [(500, 530)])

    def test_a_route_into_overtime_is_not_cut(self, line, times):
        problem = line.solo([line.ticket("a", 20, 600)], last=1020, regular=1000)
        assert times(problem, "a") == (480, 1120, [(500, 1100)])


class TestStops:
    def test_restock(self, line, times):
        # 20 min to a, 30 of service, 5 to the hub at m15, 12 there, 10 to b at m25, 30, 25 home
        hub = ServiceCentre(id="hub", place=line.at(15), restock_s=12 * MIN_S)
        problem = line.solo([line.ticket("a", 20), line.ticket("b", 25)], world={"centres": (hub,)})
        assert times(problem, "a", "@hub", "b") == (480, 612, [(500, 530), (535, 547), (557, 587)])

    def test_duration_of_this_technician(self, line, times):
        # 80 % of 30 min; a second skill at 120 % counts when the ticket needs it
        ann = {"skills": {"gas": 1, "electric": 1}, "duration_percent": {"*": 200, "gas": 80, "electric": 120}}
        tickets = [
            line.ticket("a", 0, skills={"gas": 1}),
            line.ticket("b", 0, skills={"gas": 1, "electric": 1}),
            line.ticket("c", 0),
        ]
        assert times(line.solo(tickets, ann=ann), "a", "b", "c") == (480, 600, [(480, 504), (504, 540), (540, 600)])

    def test_distances_and_waiting_of_a_route(self, line):
        problem = line.solo([line.ticket("a", 20, windows=[(480, 520)]), line.ticket("b", 30, windows=[(700, 720)])])
        (route,) = schedule_plan(problem, line.travel(problem), [line.steps("ann1", "a", "b")])
        assert (route.travel_s, route.distance_m) == (60 * MIN_S, 60_000)  # 20 + 10 + 30
        assert route.service_s == 60 * MIN_S
        assert route.waiting_s == 140 * MIN_S  # at b from 560 to 700
        assert route.work_s == 260 * MIN_S  # 500 to 760

    def test_missed_targets(self, line):
        tiers = (line.plain, line.tier("quick", ("respond", 499, Point.START), ("solve", 530, Point.FINISH)))
        problem = line.solo([line.ticket("a", 20, tier="quick")], world={"tiers": tiers})
        (route,) = schedule_plan(problem, line.travel(problem), [line.steps("ann1", "a")])
        (late,) = route.visits[0].late  # starts at 500; finishes at 530, which is in time
        assert (late.target, late.due_s, late.late_s) == ("respond", 499 * MIN_S, 1 * MIN_S)


class TestBreakSteps:
    def test_on_the_drive(self, line, times):
        # 40 min driven, break 520..540, 20 min more
        problem = line.solo([line.ticket("a", 60)], breaks=[(520, 530, 20)])
        assert times(problem, "#0", "a") == (480, 650, [(520, 540), (560, 590)])

    def test_while_waiting(self, line, times):
        # a 490..520, at b by 530, break 530..560, b opens at 600
        tickets = [line.ticket("a", 10, windows=[(490, 490)]), line.ticket("b", 20, windows=[(600, 600)])]
        problem = line.solo(tickets, breaks=[(530, 550, 30)])
        assert times(problem, "a", "#0", "b") == (480, 650, [(490, 520), (530, 560), (600, 630)])

    def test_it_starts_later_when_that_lets_the_route_depart_later(self, line, times):
        # a opens at 600: the break, due 520..700, and 20 min of driving fill 560..600
        problem = line.solo([line.ticket("a", 20, windows=[(600, 600)])], breaks=[(520, 700, 20)])
        assert times(problem, "#0", "a") == (560, 650, [(560, 580), (600, 630)])

    def test_an_early_break_holds_the_departure(self, line, times):
        # a ends by 520, the latest start of the break, though b opens at 700 only
        tickets = [line.ticket("a", 10), line.ticket("b", 10, windows=[(700, 700)])]
        problem = line.solo(tickets, breaks=[(500, 520, 30)])
        assert times(problem, "a", "#0", "b") == (480, 740, [(490, 520), (520, 550), (700, 730)])

    def test_before_the_way_home(self, line, times):
        # a ends at 530; the break 530..560 comes before the 20 min home
        problem = line.solo([line.ticket("a", 20)], breaks=[(500, 540, 30)])
        assert times(problem, "a", "#0") == (480, 580, [(500, 530), (530, 560)])

    def test_two_on_one_leg(self, line, times):
        # 480..490 driving, break 490..500, 20 min of driving, break 520..530, 30 min: at m60 by 560
        problem = line.solo([line.ticket("a", 60)], breaks=[(490, 490, 10), (520, 520, 10)])
        assert times(problem, "#0", "#1", "a") == (480, 650, [(490, 500), (520, 530), (560, 590)])


class TestPlan:
    def test_routes_come_in_the_order_of_the_shifts_and_only_with_visits(self, line):
        shifts = [line.shift("ann", 480, 700, name="s1"), line.shift("ann", 720, 1020, name="s2")]
        shifts.append(line.shift("bob", name="s3"))
        problem = line.problem(
            [line.ticket("a", 20), line.ticket("b", 30)], [line.technician("ann"), line.technician("bob")], shifts
        )
        hub = ServiceCentre(id="hub", place=line.at(0))
        problem = problem.replace(centres=(hub,))
        decided = [line.steps("s3", "@hub"), line.steps("s2", "a"), line.steps("s1", "b")]
        planned = schedule_plan(problem, line.travel(problem), decided)
        assert [(route.shift_id, route.technician_id) for route in planned] == [("s1", "ann"), ("s2", "ann")]
        assert planned[1].departure_s == 720 * MIN_S

    def test_nothing_decided(self, line):
        problem = line.solo([line.ticket("a", 20)])
        assert schedule_plan(problem, line.travel(problem), []) == ()

    def test_one_route_alone_is_the_same(self, line):
        tickets = [line.ticket("a", 20, windows=[(480, 520)]), line.ticket("b", 30, windows=[(700, 720)])]
        problem = line.solo(tickets, breaks=[(540, 600, 30)])
        steps = line.steps("ann1", "a", "#0", "b")
        travel = line.travel(problem)
        assert schedule_plan(problem, travel, [steps]) == (schedule_route(problem, travel, steps),)

    def test_replay_is_idempotent(self, day):
        again = schedule_plan(day.problem, day.travel, [route.steps for route in day.plan.routes])
        assert again == day.plan.routes
        assert any(isinstance(stop, Rest) for route in again for stop in route.stops)
