"""A day planned region by region."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest

from api.inputs import read_day
from dispatch.errors import InputError
from dispatch.feasibility import check_routes
from dispatch.places import Place
from dispatch.ports import Limits
from dispatch.service import route_day, travel_of
from dispatch.tickets import After
from geo.registry import travel_source
from scenarios.regions.engine import RegionEngine
from scenarios.regions.split import part_of, split
from scenarios.tasks.pools import Machines

DEMO = read_day(Path(__file__).parents[3] / "examples" / "pearl_river_delta")


@pytest.fixture(scope="module")
def problem():
    plain = tuple(one for one in DEMO.problem.tickets if not (one.crew or one.after))
    return DEMO.problem.replace(tickets=plain, baseline=())


def test_every_ticket_and_technician_is_in_one_region(problem):
    regions = split(problem, most=60)
    assert len(regions) > 2
    for name, all_ids in (("ticket_ids", problem.ticket_by_id), ("technician_ids", problem.technician_by_id)):
        ids = [one for region in regions for one in getattr(region, name)]
        assert sorted(ids) == sorted(all_ids)


def test_a_small_day_is_one_region(problem):
    (region,) = split(problem, most=10_000)
    assert part_of(problem, region).tickets == problem.tickets


def test_a_ticket_goes_to_the_nearest_base_with_its_skills(problem):
    """Brute force over all technicians."""
    regions = split(problem, most=60)
    where = {one: number for number, region in enumerate(regions) for one in region.technician_ids}
    tickets = {one: number for number, region in enumerate(regions) for one in region.ticket_ids}
    middle = math.cos(math.radians(23))
    agree = judged = 0
    for ticket in problem.tickets:
        able = [
            one
            for one in problem.technicians
            if one.has_skills(ticket.skills)
            and one.id not in ticket.excluded
            and (not ticket.required or one.id in ticket.required)
        ]
        if not able or ticket.pin is not None:
            continue
        place = ticket.place

        def away(one, place=place):
            base = one.base or problem.shifts_by_technician[one.id][0].start_place
            return math.hypot((base.lon - place.lon) * middle, base.lat - place.lat)

        judged += 1
        agree += where[min(able, key=away).id] == tickets[ticket.id]
    assert agree >= 0.97 * judged > 0.9 * len(problem.tickets)  # the plane of the brute force is another one


def test_regions_make_one_plan_that_keeps_every_rule(problem):
    """Checked after what is left over has been inserted over borders."""
    source = travel_source(DEMO.travel.source, settings=DEMO.travel)
    small = problem.replace(tickets=problem.tickets[::8])
    travel = travel_of(small, source)
    chosen = RegionEngine(inner="greedy", source=source, machines=Machines(workers=1), most=10)
    routes = route_day(small, travel, chosen, limits=Limits(iterations=1), seed=1)
    assert not list(check_routes(small, travel, routes))
    assert sum(len(route.visits) for route in routes) > 0.9 * len(small.tickets)


def test_orders_of_tickets_are_refused(problem):
    first, second, *others = problem.tickets
    tied = dataclasses.replace(second, after=(After(ticket_id=first.id),), pin=None)
    with pytest.raises(InputError, match="plan this input whole"):
        split(problem.replace(tickets=(first, tied, *others)))


def test_places_without_coordinates_are_refused(problem):
    first, *others = problem.tickets
    unknown = dataclasses.replace(first, place=Place(id="only in a matrix"))
    with pytest.raises(InputError, match="only in a matrix has no coordinates"):
        split(problem.replace(tickets=(unknown, *others)))
