"""Equal problems have one fingerprint; a change in any field of any object gives another."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time
from types import MappingProxyType

import pytest

from dispatch.clock import Calendar
from dispatch.fingerprint import plain, problem_hash
from dispatch.places import Place
from dispatch.problem import Assignment, Problem
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import After, Pin, Ticket, Window
from dispatch.tiers import Point, Target, Tier
from dispatch.weights import Weights

CLOCK = Calendar(name="office", zone="Asia/Shanghai", hours={0: ((time(9), time(17)),)})
PROMISE = Target(name="respond", within_s=3600, point=Point.START)

# For each kind of object another right value of every field.
CHANGES = {
    Ticket: {
        "id": "x2",
        "place": Place(id="m99"),
        "duration_s": 1,
        "tier": "basic",
        "opened_s": 1,
        "windows": (Window(start_s=30_000, end_s=40_000),),
        "skills": {"gas": 1},
        "parts": {"fuse": 2},
        "tools": frozenset({"drill"}),
        "required": frozenset({"ann"}),
        "preferred": frozenset({"ann"}),
        "excluded": frozenset({"bob"}),
        "crew": ({},),
        "after": (After(ticket_id="y"),),
        "pin": Pin(technician_ids=("ann",)),
        "unserved_cents": 1,
    },
    Technician: {
        "id": "ann2",
        "name": "Ann",
        "skills": {"gas": 5},
        "duration_percent": {"*": 90},
        "base": Place(id="m99"),
        "centre_id": "hub",
        "profile": "bike",
        "stock": {"fuse": 1},
        "tools": frozenset({"drill"}),
        "max_distance_m": 1,
        "max_drive_s": 1,
        "max_leg_m": 1,
        "max_leg_s": 1,
    },
    Shift: {
        "id": "ann2",
        "technician_id": "cat",
        "start_s": 1,
        "regular_end_s": 50_000,
        "end_s": 80_000,
        "start_place": None,
        "end_place": None,
        "breaks": (Break(earliest_s=40_000, latest_s=41_000, duration_s=600),),
    },
    ServiceCentre: {
        "id": "hub2",
        "place": Place(id="m99"),
        "restock_s": 1,
        "parts": frozenset({"fuse"}),
        "tools": frozenset(),
        "coverage_m": 1,
        "coverage_s": 1,
    },
    Tier: {"name": "plain2", "level": 5, "weight": 2, "targets": (PROMISE,)},
    Calendar: {
        "name": "shop",
        "zone": "Europe/Berlin",
        "hours": {1: ((time(9), time(17)),)},
        "holidays": frozenset({date(2026, 3, 3)}),
    },
    Window: {"start_s": 30_000, "end_s": 50_000},
    Break: {"earliest_s": 40_001, "latest_s": 41_001, "duration_s": 601},
    Pin: {"technician_ids": ("ann",), "start_s": 36_000},
    After: {"ticket_id": "z", "min_gap_s": 1, "max_gap_s": 9_999, "point": Point.START},
    Target: {"name": "solve", "within_s": 3601, "point": Point.FINISH, "clock": "office"},
    Assignment: {"ticket_id": "z", "role": 1, "technician_id": "bob", "start_s": 1},
    Place: {"id": "m98", "lat": 1.5, "lon": 2.5},
    Weights: {item.name: getattr(Weights(), item.name) + 1 for item in dataclasses.fields(Weights)},
}


@pytest.fixture(scope="module")
def world(line):
    """A problem in which one object, of any kind, can be put in: ``world(Ticket(...))``."""

    def make(*objects, **fields):
        """Build the problem again, with other objects, or other fields of the problem itself."""
        by_kind = {type(item): item for item in objects}
        window = by_kind.get(Window, Window(start_s=35_000, end_s=45_000))
        pin = by_kind.get(Pin, Pin(technician_ids=("bob",)))
        after = by_kind.get(After, After(ticket_id="x", min_gap_s=0, max_gap_s=10_000))
        place = by_kind.get(Place, Place(id="m77", lat=1.0, lon=2.0))
        ann = by_kind.get(Technician, line.technician("ann"))
        owners = [ann, line.technician("bob"), line.technician("cat")]
        if ann.id != "ann":
            owners.append(line.technician("ann"))
        return Problem(
            **{
                "start": line.start,
                "end_s": 86_400,
                "tickets": (
                    by_kind.get(Ticket, line.ticket("x", 20)),
                    *([line.ticket("x", 20)] if by_kind.get(Ticket, line.ticket("x", 20)).id != "x" else []),
                    line.ticket("y", 30),
                    line.ticket("z", 30),
                    dataclasses.replace(line.ticket("w", 30), windows=(window,)),
                    line.ticket("v", 30, pin=pin),
                    line.ticket("u", 30, after=(after,)),
                    dataclasses.replace(line.ticket("t", 30), place=place),
                ),
                "technicians": tuple(owners),
                "shifts": (
                    by_kind.get(Shift, line.shift("ann")),
                    dataclasses.replace(
                        line.shift("bob"),
                        breaks=(by_kind.get(Break, Break(earliest_s=40_000, latest_s=41_000, duration_s=600)),),
                    ),
                ),
                "centres": tuple(
                    {
                        centre.id: centre
                        for centre in (
                            ServiceCentre(id="hub", place=line.at(0)),
                            by_kind.get(ServiceCentre, ServiceCentre(id="hub", place=line.at(0))),
                        )
                    }.values()
                ),
                "tiers": (
                    line.plain,
                    Tier(name="basic", level=1, weight=1, targets=(by_kind.get(Target, PROMISE),)),
                    by_kind.get(Tier, Tier(name="extra", level=4, weight=1)),
                ),
                "calendars": (
                    CLOCK,
                    by_kind.get(Calendar, dataclasses.replace(CLOCK, name="desk")),
                ),
                "weights": by_kind.get(Weights, Weights()),
                "baseline": (
                    by_kind.get(Assignment, Assignment(ticket_id="x", role=0, technician_id="ann", start_s=0)),
                ),
                **fields,
            }
        )

    return make


def _original(kind, line):
    return {
        Ticket: line.ticket("x", 20),
        Technician: line.technician("ann"),
        Shift: line.shift("ann"),
        ServiceCentre: ServiceCentre(id="hub", place=line.at(0)),
        Tier: Tier(name="extra", level=4, weight=1),
        Calendar: dataclasses.replace(CLOCK, name="desk"),
        Window: Window(start_s=35_000, end_s=45_000),
        Break: Break(earliest_s=40_000, latest_s=41_000, duration_s=600),
        Pin: Pin(technician_ids=("bob",)),
        After: After(ticket_id="x", min_gap_s=0, max_gap_s=10_000),
        Target: PROMISE,
        Assignment: Assignment(ticket_id="x", role=0, technician_id="ann", start_s=0),
        Place: Place(id="m77", lat=1.0, lon=2.0),
        Weights: Weights(),
    }[kind]


def test_equal_problems_have_one_fingerprint(world):
    assert world() == world()
    assert problem_hash(world()) == problem_hash(world())
    assert len(problem_hash(world())) == 64
    int(problem_hash(world()), 16)


@pytest.mark.parametrize(
    ("kind", "name"),
    [pytest.param(kind, name, id=f"{kind.__name__}.{name}") for kind, names in CHANGES.items() for name in names],
)
def test_every_field_counts(line, world, kind, name):
    before = _original(kind, line)
    after = dataclasses.replace(before, **{name: CHANGES[kind][name]})
    assert after != before
    assert problem_hash(world(after)) != problem_hash(world(before))
    assert problem_hash(world(before)) == problem_hash(world())


@pytest.mark.parametrize(("one", "two"), [(23.0, 23), (0.0, -0.0)])
def test_equal_coordinates_have_one_fingerprint(world, one, two):
    first, second = (world(Place(id="m77", lat=lat, lon=2.0)) for lat in (one, two))
    assert first == second
    assert problem_hash(first) == problem_hash(second)


def test_every_field_of_every_kind_is_changed():
    for kind, names in CHANGES.items():
        assert set(names) == {item.name for item in dataclasses.fields(kind) if item.init}, kind


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start", datetime(2026, 3, 2, 0, 0, 1, tzinfo=UTC)),
        ("end_s", 86_399),
        ("baseline", ()),
        ("weights", Weights(breach_cents=1)),
    ],
)
def test_fields_of_the_problem_count(world, name, value):
    assert problem_hash(world(**{name: value})) != problem_hash(world())


def test_the_order_of_tickets_counts(world):
    # plans list by the order of the problem, so another order is another input
    assert problem_hash(world(tickets=tuple(reversed(world().tickets)))) != problem_hash(world())


def test_what_has_no_order_has_one_fingerprint(line):
    # mappings and sets by content, whatever order they were made in
    one = line.solo([line.ticket("x", 20, parts={"a": 1, "b": 2}, tools=frozenset(["p", "q", "r"]))])
    two = line.solo([line.ticket("x", 20, parts={"b": 2, "a": 1}, tools=frozenset(["r", "q", "p"]))])
    assert problem_hash(one) == problem_hash(two)


def test_one_instant_in_two_zones_is_one_start(line, world):
    assert problem_hash(world(start=line.start.astimezone(UTC))) == problem_hash(world())


def test_the_value_is_pinned(line):
    """A plan stores it: a new value makes every stored plan belong to another input, so change it knowingly."""
    assert problem_hash(line.solo([line.ticket("x", 20)])) == PINNED


PINNED = "3141038c0399a3db2b9555864c9f220efc25eab9dc46d65f532838ef6351eac6"


def test_plain_forms():
    assert (plain(time(9, 30)), plain(date(2026, 3, 2))) == ("09:30:00", "2026-03-02")
    assert plain(MappingProxyType({1: 2})) == {1: 2}
    assert plain(frozenset({"b", "a"})) == ["a", "b"]
    assert plain(datetime(2026, 3, 2, 8, tzinfo=UTC)) == "2026-03-02T08:00:00+00:00"
    with pytest.raises(TypeError):
        plain(object())
