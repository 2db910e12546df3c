"""When it is served: shifts, overtime, windows, targets, breaks, days."""

from __future__ import annotations

from typing import Any

from dispatch.plan import Rest
from dispatch.ports import Feature
from dispatch.tiers import Point, Target, Tier
from dispatch.weights import Weights
from tests.solver.contract.case import Case, case


@case()
def shift_end(road: Any) -> Case:
    # There and back and one of them take 70 or 100 min of 120; both take 130.
    tickets = [road.ticket("t", 20), road.ticket("u", 20, 60, unserved_cents=50_000)]
    problem = road.problem(tickets, [road.technician("a")], [road.shift("a", 480, 600)])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case(Feature.OVERTIME)
def overtime_is_allowed(road: Any) -> Case:
    problem = road.problem([road.ticket("t", 10, 60)], [road.technician("a")], [road.shift("a", 480, 580, regular=500)])
    return problem, lambda routes: road.who(routes) == {"t": ("a",)}, None


@case(Feature.WINDOWS)
def window_makes_a_detour(road: Any) -> Case:
    # The window of t opens at 10:00: u comes first, for behind t there is no time left.
    tickets = [road.ticket("t", 10, windows=(road.window(600, 630),)), road.ticket("u", 50)]
    problem = road.problem(tickets, [road.technician("a")], [road.shift("a", 480, 700)])
    return problem, lambda routes: road.starts(routes)["u"] < 600 <= road.starts(routes)["t"] <= 630, None


@case(Feature.WINDOWS)
def hole_between_windows(road: Any) -> Case:
    # u holds the technician until 9:30, in the hole; the first window of t is too early for both.
    tickets = [
        road.ticket("t", 0, windows=(road.window(480, 500), road.window(660, 690))),
        road.ticket("u", 0, 60, windows=(road.window(490, 510),)),
    ]
    problem = road.problem(tickets, [road.technician("a")], weights=Weights(waiting_cents_per_h=0))
    return problem, lambda routes: len(road.starts(routes)) == 2 and 480 <= road.starts(routes)["t"] <= 690, None


@case(Feature.WINDOWS)
def window_before_the_day(road: Any) -> Case:
    problem = road.problem(
        [road.ticket("t", 0, windows=(road.window(-60, 470),)), road.ticket("u", 5)], [road.technician("a")]
    )
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case(Feature.TARGETS)
def target_on_start(road: Any) -> Case:
    # Shortest way: t then u. But u must start within 60 min, 8:00 + 60 there; t has no promise.
    gold = Tier(name="gold", level=1, weight=4, targets=(Target(name="respond", within_s=3600, point=Point.START),))
    tickets = [road.ticket("t", 20), road.ticket("u", 60, tier="gold", opened_s=480 * 60)]
    problem = road.problem(tickets, [road.technician("a")], tiers=(road.plain, gold))
    return problem, lambda routes: road.starts(routes)["u"] == 540, None


@case(Feature.TARGETS)
def target_on_finish(road: Any) -> Case:
    gold = Tier(name="gold", level=1, weight=4, targets=(Target(name="solve", within_s=5400, point=Point.FINISH),))
    tickets = [road.ticket("t", 20), road.ticket("u", 60, tier="gold", opened_s=480 * 60)]
    problem = road.problem(tickets, [road.technician("a")], tiers=(road.plain, gold))
    return problem, lambda routes: road.starts(routes)["u"] == 540, None


@case(Feature.TARGETS)
def second_target_counts_too(road: Any) -> Case:
    # Both tickets miss the first target whatever happens; only u's second one can still be kept, by going there first.
    gold = Tier(
        name="gold",
        level=1,
        weight=1,
        targets=(
            Target(name="respond", within_s=600, point=Point.START),
            Target(name="solve", within_s=6000, point=Point.FINISH),
        ),
    )
    tickets = [
        road.ticket("t", 40, 60, tier="gold", opened_s=440 * 60),
        road.ticket("u", 60, 40, tier="gold", opened_s=480 * 60),
    ]
    problem = road.problem(tickets, [road.technician("a")], tiers=(road.plain, gold))
    return problem, lambda routes: road.starts(routes)["u"] == 540, None


@case(Feature.TARGETS)
def late_is_better_than_never(road: Any) -> Case:
    gold = Tier(name="gold", level=1, weight=16, targets=(Target(name="respond", within_s=60, point=Point.START),))
    problem = road.problem(
        [road.ticket("t", 200, tier="gold", opened_s=0)], [road.technician("a")], tiers=(road.plain, gold)
    )
    return problem, lambda routes: road.who(routes) == {"t": ("a",)}, None


@case(Feature.BREAKS)
def break_between_services(road: Any) -> Case:
    # Without the break u would start at 9:30 and end at 10:40, ten minutes after the break's latest start.
    shift = road.shift("a", breaks=[road.rest(600, 630, 30)])
    tickets = [
        road.ticket("t", 0, 90, windows=(road.window(480, 480),)),
        road.ticket("u", 0, 70, windows=(road.window(560, 700),)),
    ]
    problem = road.problem(tickets, [road.technician("a")], [shift])
    return (
        problem,
        lambda routes: road.starts(routes)["u"] == 630 and any(isinstance(s, Rest) for s in routes[0].stops),
        None,
    )


@case(Feature.BREAKS)
def break_interrupts_a_drive(road: Any) -> Case:
    # 8:00 .. 10:00 drive; the break 9:00..9:10 falls into it: arrival 10:30.
    shift = road.shift("a", breaks=[road.rest(540, 550, 30)])
    problem = road.problem([road.ticket("t", 120, windows=(road.window(480, 640),))], [road.technician("a")], [shift])
    return problem, lambda routes: road.starts(routes) == {"t": 630}, None


@case(Feature.BREAKS)
def break_makes_it_impossible(road: Any) -> Case:
    shift = road.shift("a", 480, 700, breaks=[road.rest(540, 550, 60)])
    problem = road.problem([road.ticket("t", 10, 180)], [road.technician("a")], [shift])
    return problem, lambda routes: road.who(routes) == {}, None


@case(Feature.MULTI_DAY)
def second_day(road: Any) -> Case:
    # Each day has room for one; u is promised for the second.
    shifts = [road.shift("a", 480, 560, name="mon"), road.shift("a", 1920, 2000, name="tue")]
    tickets = [road.ticket("t", 10, 40), road.ticket("u", 10, 40, windows=(road.window(1920, 1960),))]
    problem = road.problem(tickets, [road.technician("a")], shifts, days=2)
    return (
        problem,
        lambda routes: (road.starts(routes)["t"] < 1440 < road.starts(routes)["u"]) and len(routes) == 2,
        None,
    )
