"""Who may serve: skills, lists of technicians, how long one takes, how far one goes."""

from __future__ import annotations

from typing import Any

from dispatch.ports import Feature
from dispatch.technicians import ServiceCentre
from tests.solver.contract.case import Case, case


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
