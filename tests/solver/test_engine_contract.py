"""What every engine of the registry keeps: one tiny problem for each constraint, in which breaking it would be cheaper.

Each case is a function of the road that returns a problem, a check of the timed routes, and travel where it is not
plain. The independent checker judges every answer; the check then says what the one good answer looks like. An engine
that lacks the feature must refuse the problem.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch.errors import UnsupportedError
from dispatch.features import USERS, require_support
from dispatch.plan import Rest, RestockStep, Route
from dispatch.ports import Feature, RoutingEngine
from dispatch.problem import Problem
from dispatch.technicians import ServiceCentre
from dispatch.tickets import After, Pin
from dispatch.tiers import Point, Target, Tier
from dispatch.travel import Legs, TravelMatrix
from dispatch.weights import Weights

Case = tuple[Problem, Callable[[tuple[Route, ...]], object], TravelMatrix | None]
CASES: dict[str, tuple[Feature | None, Callable[[Any], Case]]] = {}


def case(feature: Feature | None = None) -> Callable[[Callable[[Any], Case]], Callable[[Any], Case]]:
    """Register a case under its name; `feature` is what it must use."""

    def register(build: Callable[[Any], Case]) -> Callable[[Any], Case]:
        CASES[build.__name__] = feature, build
        return build

    return register


@case(Feature.SKILLS)
def skill_level(road: Any) -> Case:
    # The near technician knows the skill, but not well enough.
    low, high = road.technician("near", skills={"gas": 2}), road.technician("far", skills={"gas": 3})
    shifts = [road.shift("near", start=10, end=10), road.shift("far", start=30, end=30)]
    problem = road.problem([road.ticket("t", 10, skills={"gas": 3})], [low, high], shifts)
    return problem, lambda routes: road.who(routes) == {"t": ("far",)}, None


@case(Feature.SKILLS)
def skill_nobody_has(road: Any) -> Case:
    problem = road.problem([road.ticket("t", 10, skills={"gas": 3}), road.ticket("u", 10)], [road.technician("a")])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case()
def shift_end(road: Any) -> Case:
    # There and back and one of them take 70 or 100 min of 120; both take 130.
    tickets = [road.ticket("t", 20), road.ticket("u", 20, 60, unserved_cents=50_000)]
    problem = road.problem(tickets, [road.technician("a")], [road.shift("a", 480, 600)])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case(Feature.OVERTIME)
def overtime_is_dear(road: Any) -> Case:
    # Together 16 min of overtime at 1 cent a second; a second technician costs 20 min of driving at 70 cents a minute.
    weights = Weights(overtime_cents_per_h=360_000, imbalance_cents_per_h=0)
    shifts = [road.shift("a", 480, 800, regular=552), road.shift("b", 480, 800, regular=552)]
    tickets = [road.ticket("t", 10), road.ticket("u", 10, 38)]
    problem = road.problem(tickets, [road.technician("a"), road.technician("b")], shifts, weights=weights)
    return problem, lambda routes: len(set(road.who(routes).values())) == 2, None


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


@case()
def too_dear_to_serve(road: Any) -> Case:
    # 200 km and 400 min cost far more than the 10 cents that it is worth.
    tickets = [road.ticket("t", 200, unserved_cents=10), road.ticket("u", 5)]
    problem = road.problem(tickets, [road.technician("a")])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


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


@case(Feature.PLACES)
def end_elsewhere(road: Any) -> Case:
    # From 0 to 100: t before u in driving order, though u is nearer to the start of the list.
    problem = road.problem(
        [road.ticket("u", 70), road.ticket("t", 30)], [road.technician("a")], [road.shift("a", end=100)]
    )
    return problem, lambda routes: routes[0].travel_s == 6000, None


@case(Feature.PLACES)
def nowhere_to_start_or_end(road: Any) -> Case:
    problem = road.problem(
        [road.ticket("u", 70), road.ticket("t", 30)],
        [road.technician("a")],
        [road.shift("a", 480, 580, start=None, end=None)],
    )
    return problem, lambda routes: (routes[0].travel_s, len(routes[0].visits)) == (2400, 2), None


@case(Feature.TECHNICIAN_SETS)
def required_technician(road: Any) -> Case:
    shifts = [road.shift("near", start=10, end=10), road.shift("far", start=30, end=30)]
    problem = road.problem(
        [road.ticket("t", 10, required=frozenset({"far"}))], [road.technician("near"), road.technician("far")], shifts
    )
    return problem, lambda routes: road.who(routes) == {"t": ("far",)}, None


@case(Feature.TECHNICIAN_SETS)
def excluded_technician(road: Any) -> Case:
    shifts = [road.shift("near", start=10, end=10), road.shift("far", start=30, end=30)]
    problem = road.problem(
        [road.ticket("t", 10, excluded=frozenset({"near"}))], [road.technician("near"), road.technician("far")], shifts
    )
    return problem, lambda routes: road.who(routes) == {"t": ("far",)}, None


@case(Feature.TECHNICIAN_SETS)
def preferred_technician(road: Any) -> Case:
    # 4 min more driving cost less than 500 cents.
    shifts = [road.shift("near", start=10, end=10), road.shift("wished", start=12, end=12)]
    problem = road.problem(
        [road.ticket("t", 10, preferred=frozenset({"wished"}))],
        [road.technician("near"), road.technician("wished")],
        shifts,
    )
    return problem, lambda routes: road.who(routes) == {"t": ("wished",)}, None


@case(Feature.SKILLS)
def overqualified_technician(road: Any) -> Case:
    weights = Weights(overqualified_cents=500)
    shifts = [road.shift("master", start=10, end=10), road.shift("enough", start=12, end=12)]
    problem = road.problem(
        [road.ticket("t", 10, skills={"gas": 1})],
        [road.technician("master", skills={"gas": 5}), road.technician("enough", skills={"gas": 1})],
        shifts,
        weights=weights,
    )
    return problem, lambda routes: road.who(routes) == {"t": ("enough",)}, None


@case(Feature.DURATION_FACTORS)
def slow_technician(road: Any) -> Case:
    # The slow one needs 120 min and would be back at 10:20, after the end.
    shifts = [road.shift("slow", 480, 600, start=10, end=10), road.shift("plain", 480, 600, start=30, end=30)]
    problem = road.problem(
        [road.ticket("t", 20, 60)],
        [road.technician("slow", duration_percent={"*": 200}), road.technician("plain")],
        shifts,
    )
    return problem, lambda routes: road.who(routes) == {"t": ("plain",)}, None


@case(Feature.REACH)
def reach_from_base(road: Any) -> Case:
    near = road.technician("near", base=road.at(0), max_distance_m=9_999)
    problem = road.problem([road.ticket("t", 10), road.ticket("u", 9)], [near])
    return problem, lambda routes: road.who(routes) == {"u": ("near",)}, None


@case(Feature.REACH)
def reach_by_drive(road: Any) -> Case:
    near = road.technician("near", base=road.at(0), max_drive_s=599)
    problem = road.problem([road.ticket("t", 10), road.ticket("u", 9)], [near])
    return problem, lambda routes: road.who(routes) == {"u": ("near",)}, None


@case(Feature.REACH)
def longest_leg(road: Any) -> Case:
    # From u to t it is a minute too far; the way back may be longer than a leg.
    problem = road.problem(
        [road.ticket("t", 40), road.ticket("u", 19)], [road.technician("a", max_leg_s=1200)], [road.shift("a", end=60)]
    )
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case(Feature.REACH)
def longest_leg_in_metres(road: Any) -> Case:
    problem = road.problem([road.ticket("t", 40), road.ticket("u", 15)], [road.technician("a", max_leg_m=20_000)])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case(Feature.REACH)
def coverage_of_the_centre(road: Any) -> Case:
    centre = ServiceCentre(id="c", place=road.at(50), coverage_m=30_000)
    problem = road.problem(
        [road.ticket("t", 10), road.ticket("u", 60)], [road.technician("a", centre_id="c")], centres=(centre,)
    )
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case(Feature.REACH)
def coverage_in_drive_time(road: Any) -> Case:
    centre = ServiceCentre(id="c", place=road.at(50), coverage_s=1800)
    problem = road.problem(
        [road.ticket("t", 10), road.ticket("u", 60)], [road.technician("a", centre_id="c")], centres=(centre,)
    )
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case()
def no_way(road: Any) -> Case:
    # From t no way leads to u, so u comes first although the route is longer.
    problem = road.problem(
        [road.ticket("t", 10), road.ticket("u", 20), road.ticket("v", 30)],
        [road.technician("a")],
        [road.shift("a", end=40)],
    )
    travel = road.travel(problem, no_way=[("m10", "m20"), ("m10", "m30"), ("m0", "m30")])
    return problem, lambda routes: road.who(routes).keys() == {"t", "u", "v"}, travel


@case()
def island(road: Any) -> Case:
    problem = road.problem([road.ticket("t", 10), road.ticket("u", 20)], [road.technician("a")])
    travel = road.travel(problem, no_way=[("m0", "m10"), ("m20", "m10")])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, travel


@case(Feature.PARTS)
def parts_in_the_van(road: Any) -> Case:
    # Two fuses in the van, two tickets that take one and two.
    tickets = [road.ticket("t", 10, parts={"fuse": 1}), road.ticket("u", 10, parts={"fuse": 2}, unserved_cents=300_000)]
    problem = road.problem(tickets, [road.technician("a", stock={"fuse": 2})])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case(Feature.PARTS)
def tool_in_the_van(road: Any) -> Case:
    shifts = [road.shift("near", start=10, end=10), road.shift("far", start=30, end=30)]
    problem = road.problem(
        [road.ticket("t", 10, tools=frozenset({"crane"}))],
        [road.technician("near"), road.technician("far", tools=frozenset({"crane"}))],
        shifts,
    )
    return problem, lambda routes: road.who(routes) == {"t": ("far",)}, None


@case(Feature.RESTOCK)
def restock_on_the_way(road: Any) -> Case:
    centre = ServiceCentre(id="c", place=road.at(20), parts=frozenset({"fuse"}), tools=frozenset({"crane"}))
    tickets = [
        road.ticket("t", 10, parts={"fuse": 2}),
        road.ticket("u", 30, parts={"fuse": 5}, tools=frozenset({"crane"})),
    ]
    problem = road.problem(tickets, [road.technician("a", stock={"fuse": 2})], centres=(centre,))

    def check(routes: tuple[Route, ...]) -> bool:
        stops = [step for route in routes for step in route.steps.steps]
        return road.who(routes).keys() == {"t", "u"} and RestockStep(centre_id="c") in stops

    return problem, check, None


@case(Feature.RESTOCK)
def centre_without_the_part(road: Any) -> Case:
    centre = ServiceCentre(id="c", place=road.at(20), parts=frozenset({"lamp"}))
    tickets = [road.ticket("t", 10, parts={"fuse": 1}), road.ticket("u", 30, parts={"lamp": 1})]
    problem = road.problem(tickets, [road.technician("a")], centres=(centre,))
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case(Feature.PINS)
def pinned_start(road: Any) -> Case:
    ticket = road.ticket("t", 10, windows=(road.window(480, 500),), pin=Pin(technician_ids=("far",), start_s=700 * 60))
    shifts = [road.shift("near", start=10, end=10), road.shift("far", start=30, end=30)]
    problem = road.problem([ticket, road.ticket("u", 10)], [road.technician("near"), road.technician("far")], shifts)
    return problem, lambda routes: road.who(routes)["t"] == ("far",) and road.starts(routes)["t"] == 700, None


@case(Feature.PINS)
def locked_technician(road: Any) -> Case:
    shifts = [road.shift("near", start=10, end=10), road.shift("far", start=30, end=30)]
    problem = road.problem(
        [road.ticket("t", 10, pin=Pin(technician_ids=("far",)))],
        [road.technician("near"), road.technician("far")],
        shifts,
    )
    return problem, lambda routes: road.who(routes) == {"t": ("far",)}, None


@case(Feature.PINS)
def pin_outweighs_a_dearer_ticket(road: Any) -> Case:
    # Only one fits; u is worth ten times as much, but a dispatcher pinned t.
    tickets = [
        road.ticket("t", 0, 60, pin=Pin(technician_ids=("a",), start_s=500 * 60), unserved_cents=100_000),
        road.ticket("u", 0, 60, unserved_cents=1_000_000),
    ]
    problem = road.problem(tickets, [road.technician("a")], [road.shift("a", 480, 570)])
    return problem, lambda routes: set(road.who(routes)) == {"t"}, None


@case(Feature.PINS)
def pin_that_cannot_be_kept(road: Any) -> Case:
    # The pinned start leaves no time to drive there.
    tickets = [road.ticket("t", 100, pin=Pin(technician_ids=("a",), start_s=490 * 60)), road.ticket("u", 5)]
    problem = road.problem(tickets, [road.technician("a")])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


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


@case(Feature.MULTI_DAY)
def locked_technician_with_two_shifts(road: Any) -> Case:
    shifts = [
        road.shift("a", 480, 490, name="mon"),
        road.shift("a", 1920, 2000, name="tue"),
        road.shift("b", name="other"),
    ]
    problem = road.problem(
        [road.ticket("t", 10, 40, pin=Pin(technician_ids=("a",)))],
        [road.technician("a"), road.technician("b")],
        shifts,
        days=2,
    )
    return problem, lambda routes: [route.shift_id for route in routes] == ["tue"], None


@case()
def workload_is_shared(road: Any) -> Case:
    # One technician could do both without a second drive; the fair share of 30 min makes two cheaper.
    weights = Weights(imbalance_cents_per_h=100_000)
    shifts = [road.shift("a", start=0, end=0), road.shift("b", start=0, end=0)]
    problem = road.problem(
        [road.ticket("t", 1), road.ticket("u", 1)],
        [road.technician("a"), road.technician("b")],
        shifts,
        weights=weights,
    )
    return problem, lambda routes: len(routes) == 2, None


@case(Feature.PROFILES)
def travel_profiles(road: Any) -> Case:
    # The truck is nearer, but takes three times as long and would be late.
    shifts = [road.shift("truck", 480, 560, start=10, end=10), road.shift("car", 480, 560, start=0, end=0)]
    problem = road.problem(
        [road.ticket("t", 25)], [road.technician("truck", profile="truck"), road.technician("car")], shifts
    )
    plain = road.travel(problem).legs("car")
    slow = Legs(travel_s=plain.travel_s * 3, distance_m=plain.distance_m)
    travel = TravelMatrix(places=problem.places, profiles={"car": plain, "truck": slow}, source="road")
    return problem, lambda routes: road.who(routes) == {"t": ("car",)}, travel


@case(Feature.CREWS)
def crew_starts_together(road: Any) -> Case:
    # The helper is held by u until 10:00, so the lead waits.
    shifts = [road.shift("lead"), road.shift("help")]
    tickets = [
        road.ticket("t", 10, skills={"gas": 3}, crew=({"rope": 1},)),
        road.ticket("u", 10, 60, skills={"rope": 1}, windows=(road.window(540, 540),), unserved_cents=500_000),
    ]
    problem = road.problem(
        tickets, [road.technician("lead", skills={"gas": 3}), road.technician("help", skills={"rope": 2})], shifts
    )
    return problem, lambda routes: road.who(routes)["t"] == ("lead", "help") and "u" in road.who(routes), None


@case(Feature.CREWS)
def crew_needs_two_people(road: Any) -> Case:
    # One technician with two shifts is not a crew of two.
    shifts = [road.shift("a", 480, 560, name="early"), road.shift("a", 560, 700, name="late")]
    tickets = [road.ticket("t", 0, 0, crew=({},), windows=(road.window(560, 560),)), road.ticket("u", 0)]
    problem = road.problem(tickets, [road.technician("a")], shifts)
    return problem, lambda routes: road.who(routes).keys() == {"u"}, None


@case(Feature.AFTER)
def after_with_a_gap(road: Any) -> Case:
    # Going out, second would come first; it needs 60 min after the end of first, whoever serves them.
    second = road.ticket("second", 10, after=(After(ticket_id="first", min_gap_s=3600),))
    problem = road.problem([second, road.ticket("first", 20)], [road.technician("a"), road.technician("b")])
    return problem, lambda routes: road.starts(routes)["second"] >= road.starts(routes)["first"] + 90, None


@case(Feature.AFTER)
def after_with_a_maximum(road: Any) -> Case:
    # first is held early by its window, second may not start before 11:00 and at most 30 min after first ends.
    first = road.ticket("first", 10, windows=(road.window(480, 520), road.window(620, 700)))
    second = road.ticket(
        "second", 10, windows=(road.window(660, 720),), after=(After(ticket_id="first", max_gap_s=1800),)
    )
    problem = road.problem([second, first], [road.technician("a"), road.technician("b")])
    return problem, lambda routes: 0 <= road.starts(routes)["second"] - road.starts(routes)["first"] - 30 <= 30, None


@case(Feature.AFTER)
def after_one_that_nobody_serves(road: Any) -> Case:
    second = road.ticket("second", 10, after=(After(ticket_id="first"),))
    problem = road.problem(
        [second, road.ticket("first", 20, skills={"gas": 5}), road.ticket("u", 5)], [road.technician("a")]
    )
    return problem, lambda routes: road.who(routes).keys() == {"u"}, None


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
