"""Tables by class of technician: filled by signature, they hold what asking the domain ticket by ticket gives."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.objective import visit_cents
from dispatch.places import Place
from dispatch.technicians import ServiceCentre
from solver.search.arrays import FAR_S, build, build_tables
from solver.search.classes import ClassTables


def _crowded(problem, chance):
    """Each technician once more under another name, by which some tickets call for them; many differ in one thing."""
    doubles = []
    for one in problem.technicians:
        changes = [
            {}, {}, {}, {"stock": {"fuse": 7}}, {"tools": frozenset({"saw"})}, {"profile": "van"}, {"max_leg_s": 777},
            {"max_leg_m": 777}, {"duration_percent": {"gas": 90}}, {"skills": {**one.skills, "gas": 5}},
            *([{"max_drive_s": 1500}, {"max_distance_m": 9000}] * 2 if one.base is not None else []),
        ]  # fmt: skip
        doubles.append(dataclasses.replace(one, id=one.id + "2", **chance.choice(changes)))
    turns = tuple(
        dataclasses.replace(one, id=one.id + "2", technician_id=one.technician_id + "2") for one in problem.shifts
    )
    tickets = []
    for ticket in problem.tickets:
        names = {"required": set(ticket.required), "preferred": set(ticket.preferred), "excluded": set(ticket.excluded)}
        for one in doubles:
            kind = chance.choice(["", "", "", "", *names])
            if kind and not (kind == "required" and ticket.pin):
                names[kind].add(one.id)
        tickets.append(dataclasses.replace(ticket, **{kind: frozenset(own) for kind, own in names.items()}))
    return problem.replace(
        tickets=tuple(tickets), technicians=(*problem.technicians, *doubles), shifts=problem.shifts + turns
    )


def _in_reach(problem, travel, technician, ticket):
    limits = [(technician.base, technician.max_drive_s, technician.max_distance_m)]
    if technician.centre_id is not None:
        centre = problem.centre_by_id[technician.centre_id]
        limits.append((centre.place, centre.coverage_s, centre.coverage_m))
    for origin, limit_s, limit_m in limits:
        if limit_s is None and limit_m is None:
            continue
        travel_s, distance_m = travel.leg(technician.profile, origin, ticket.place)
        if travel_s < 0 or (limit_s is not None and travel_s > limit_s):
            return False
        if limit_m is not None and distance_m > limit_m:
            return False
    return True


def _may_serve(problem, travel, technician, ticket):
    return (
        not ticket.crew
        and not ticket.after
        and technician.id not in ticket.excluded
        and (not ticket.required or technician.id in ticket.required)
        and (ticket.pin is None or ticket.pin.technician_ids[0] == technician.id)
        and technician.has_skills(ticket.skills)
        and _in_reach(problem, travel, technician, ticket)
    )


def _one_by_one(problem, travel):
    """Rows of all technicians, each number asked of the domain; then the first of equal rows, and who has which."""
    parts = sorted({part for ticket in problem.tickets for part in ticket.parts})
    tools = sorted({tool for ticket in problem.tickets for tool in ticket.tools})
    profiles = sorted({one.profile for one in problem.technicians})
    rows = []
    for one in problem.technicians:
        service = [one.service_s(ticket) for ticket in problem.tickets] + [spot.restock_s for spot in problem.centres]
        rows.append(
            {
                "service_of": service,
                "allowed": [int(_may_serve(problem, travel, one, ticket)) for ticket in problem.tickets],
                "fixed_cents": [sum(visit_cents(problem, ticket, 0, one.id)) for ticket in problem.tickets],
                "stock": [one.stock.get(part, 0) for part in parts],
                "tool_have": sum(2**bit for bit, tool in enumerate(tools) if tool in one.tools),
                "profile_of": profiles.index(one.profile),
                "max_leg_s": FAR_S if one.max_leg_s is None else one.max_leg_s,
                "max_leg_m": FAR_S if one.max_leg_m is None else one.max_leg_m,
            }
        )
    classes = [row for number, row in enumerate(rows) if row not in rows[:number]]
    return classes, {one.id: classes.index(row) for one, row in zip(problem.technicians, rows, strict=True)}


def test_tables_hold_what_the_domain_says_of_each_technician(days):
    seen: Counter[str] = Counter()

    @settings(max_examples=120, suppress_health_check=list(HealthCheck))
    @given(drawn=st.booleans().flatmap(days), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        problem, travel = drawn
        problem = _crowded(problem, random.Random(seed))
        instance = build(problem, travel)
        classes, class_of = _one_by_one(problem, travel)
        for name in ClassTables._fields:
            table = getattr(instance, name)
            assert table.tolist() == [row[name] for row in classes], name
            assert table.flags.c_contiguous, name
        assert instance.class_of.tolist() == [class_of[shift.technician_id] for shift in problem.shifts]
        n = len(problem.tickets)
        seen.update(
            merged=len(problem.technicians) - len(classes),
            apart=len(classes),
            out_of_reach=sum(
                not _in_reach(problem, travel, one, ticket) for one in problem.technicians for ticket in problem.tickets
            ),
            dear=int((instance.fixed_cents > 0).sum()),
            slow=int((instance.service_of[:, :n] != [t.duration_s for t in problem.tickets]).sum()),
        )

    run()
    assert min(seen[what] for what in ("merged", "apart", "out_of_reach", "dear", "slow")) >= 20, seen


class Lazy:
    """Travel that answers block by block and holds no matrix."""

    def __init__(self, travel):
        self.places, self.index, self._travel, self.asked = travel.places, travel.index, travel, []

    def block(self, profile, rows, columns):
        self.asked.append((len(rows), len(columns)))
        return self._travel.block(profile, rows, columns)


def test_tables_ask_for_blocks_only(days):
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(drawn=days(False))
    def run(drawn):
        problem, travel = drawn
        lazy = Lazy(travel)
        found, expected = build_tables(problem, lazy), build_tables(problem, travel)
        for name, one, other in zip(found._fields, found, expected, strict=True):
            assert np.array_equal(one, other), name
        assert found.legs.size == 0
        stops, origins = len({ticket.place.id for ticket in problem.tickets}), 2 * len(problem.technicians)
        assert all(rows <= origins and columns == stops for rows, columns in lazy.asked)

    run()


def test_a_block_is_a_cut_of_the_matrix(road):
    problem = road.problem([road.ticket(f"t{k}", k) for k in (1, 5, 7)], [road.technician("a")])
    travel = road.travel(problem)
    at = np.array([travel.index[name] for name in ("m5", "m0")], dtype=np.int64)
    legs = travel.block("car", at, np.array([travel.index["m7"]], dtype=np.int64))
    assert legs.travel_s.tolist() == [[120], [420]]
    assert legs.distance_m.tolist() == [[2000], [7000]]


def test_bases_that_are_asked_for_in_several_blocks(road, monkeypatch):
    """Technician k stands at minute 2k and drives 3 minutes at most: of tickets at 0, 3, 6 … those within 3."""
    monkeypatch.setattr("solver.search.classes.ORIGINS", 4)
    people = [road.technician(f"a{k}", base=road.at(2 * k), max_drive_s=180) for k in range(11)]
    problem = road.problem([road.ticket(f"t{k}", 3 * k) for k in range(8)], people)
    instance = build(problem, road.travel(problem))
    assert instance.allowed[instance.class_of].tolist() == [
        [int(abs(2 * k - 3 * t) <= 3) for t in range(8)] for k in range(11)
    ]


@pytest.mark.parametrize("limit", [2**40 + 1, 10**30])
def test_a_limit_beyond_any_leg_is_none(limit, road):
    far = Place(id="m600")
    centre = ServiceCentre(id="c", place=far, coverage_m=limit, coverage_s=limit)
    person = road.technician(
        "a", base=far, centre_id="c", max_drive_s=limit, max_distance_m=limit, max_leg_s=limit, max_leg_m=limit
    )
    problem = road.problem([road.ticket("t", 10)], [person], centres=(centre,))
    instance = build(problem, road.travel(problem))
    assert instance.allowed.tolist() == [[1]]
    assert (instance.max_leg_s.tolist(), instance.max_leg_m.tolist()) == ([FAR_S], [FAR_S])


def test_many_equal_vehicles_are_one_class_and_twins(road):
    people = [road.technician(f"a{k}") for k in range(50)]
    problem = road.problem([road.ticket("t", 1, preferred=frozenset({"a7"}))], people)
    instance = build(problem, road.travel(problem))
    assert instance.class_of.tolist() == [int(k == 7) for k in range(50)]
    assert instance.twin.tolist() == [7 if k == 7 else 0 for k in range(50)]
    assert instance.fixed_cents.tolist() == [[problem.weights.preference_cents], [0]]


def test_legs_between_all_places_are_asked_for_once(road):
    problem = road.problem([road.ticket("t", 1), road.ticket("u", 4)], [road.technician("a")])
    lazy = Lazy(road.travel(problem))
    instance = build(problem, lazy)
    assert lazy.asked == [(3, 3)]
    assert instance.legs[0, :, :, 0].tolist() == road.travel(problem).legs("car").travel_s.tolist()
