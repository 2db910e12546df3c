"""What binds a visit to people, a start or other visits: pins, crews, order."""

from __future__ import annotations

from typing import Any

from dispatch.ports import Feature
from dispatch.tickets import After, Pin
from tests.solver.contract.case import Case, case


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
