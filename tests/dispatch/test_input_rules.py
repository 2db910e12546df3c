"""Every rule on the input: one bad value alone gives an InputError whose only fault has the rule's code."""

from __future__ import annotations

import ast
from datetime import datetime, time
from pathlib import Path

import pytest

import dispatch
from dispatch.clock import Calendar
from dispatch.errors import InputError
from dispatch.places import Place
from dispatch.problem import MAX_HORIZON_S
from dispatch.technicians import Break, ServiceCentre, Shift
from dispatch.tickets import After, Pin, Window
from dispatch.tiers import Point, Target, Tier
from dispatch.weights import Weights

SOURCE = Path(dispatch.__file__).parent
MIN_S = 60
CLOCK_TESTS = {"calendar.zone", "calendar.weekday", "calendar.hours", "calendar.never_open"}  # test_clock.py
ENGINE_TESTS = {"engine.unsupported"}  # test_service.py
LIVE_TESTS = {
    "budget.negative",
    "change.position",
    "change.role",
    "change.shift",
    "change.ticket",
    "change.unserved",
    "report.order",
    "risk.draws",
    "risk.seed",
    "slots.length",
    "slots.ticket",
    "spread.range",
}  # replan/, test_adjust.py, test_risk.py, test_slots.py


def _pin(*names, start=None):
    return Pin(technician_ids=names, start_s=None if start is None else start * MIN_S)


def _after(name, **gaps):
    return (After(ticket_id=name, **gaps),)


def _shift(**changes):
    fields = {"id": "s", "technician_id": "ann", "start_s": 100, "regular_end_s": 200, "end_s": 300, **changes}
    return Shift(**fields)


def _rest(first, last, length=10):
    return Break(earliest_s=first, latest_s=last, duration_s=length)


# What makes each object wrong; `line` is the builder of line.py.
ALONE = [
    ("place.latitude", "lat", lambda line: Place(id="p", lat=90.01, lon=0.0)),
    ("place.latitude", "lat", lambda line: Place(id="p", lat=-90.01, lon=0.0)),
    ("place.latitude", "lat", lambda line: Place(id="p", lat=float("nan"), lon=0.0)),
    ("place.latitude", "lat", lambda line: Place(id="p", lat=1.0)),
    ("place.latitude", "lat", lambda line: Place(id="p", lon=1.0)),
    ("place.longitude", "lon", lambda line: Place(id="p", lat=0.0, lon=180.01)),
    ("place.longitude", "lon", lambda line: Place(id="p", lat=0.0, lon=float("inf"))),
    ("skill.level", "skills", lambda line: line.ticket("x", 0, skills={"gas": 0})),
    ("skill.level", "skills", lambda line: line.ticket("x", 0, skills={"gas": 6})),
    ("skill.level", "skills", lambda line: line.ticket("x", 0, crew=({"gas": 6},))),
    ("skill.level", "skills", lambda line: line.technician("ann", skills={"gas": 6})),
    ("window.order", "window", lambda line: Window(start_s=2, end_s=1)),
    ("after.gap", "after", lambda line: After(ticket_id="y", min_gap_s=2, max_gap_s=1)),
    ("after.self", "after", lambda line: line.ticket("x", 0, after=_after("x"))),
    ("ticket.id", "id", lambda line: line.ticket("", 0)),
    ("ticket.duration", "duration", lambda line: line.ticket("x", 0, -1)),
    ("part.quantity", "parts", lambda line: line.ticket("x", 0, parts={"fuse": -1})),
    ("part.quantity", "stock", lambda line: line.technician("ann", stock={"fuse": -1})),
    (
        "technician.contradiction",
        "excluded",
        lambda line: line.ticket("x", 0, required=frozenset({"a"}), excluded=frozenset({"a"})),
    ),
    (
        "technician.contradiction",
        "excluded",
        lambda line: line.ticket("x", 0, preferred=frozenset({"a"}), excluded=frozenset({"a"})),
    ),
    ("pin.crew", "pin", lambda line: line.ticket("x", 0, pin=_pin())),
    ("pin.crew", "pin", lambda line: line.ticket("x", 0, pin=_pin("ann", "bob"))),
    ("pin.crew", "pin", lambda line: line.ticket("x", 0, crew=({},), pin=_pin("ann"))),
    ("pin.crew", "pin", lambda line: line.ticket("x", 0, crew=({},), pin=_pin("ann", "ann"))),
    ("ticket.unserved_cost", "unserved_cents", lambda line: line.ticket("x", 0, unserved_cents=-1)),
    ("break.order", "breaks", lambda line: _rest(2, 1)),
    ("break.duration", "breaks", lambda line: _rest(1, 2, 0)),
    ("shift.order", "shift", lambda line: _shift(start_s=201)),
    ("shift.order", "shift", lambda line: _shift(regular_end_s=301)),
    ("shift.empty", "shift", lambda line: _shift(start_s=100, regular_end_s=100, end_s=100)),
    ("break.overlap", "breaks", lambda line: _shift(breaks=(_rest(110, 120), _rest(129, 140)))),
    ("break.overlap", "breaks", lambda line: _shift(breaks=(_rest(150, 160), _rest(110, 120)))),
    ("technician.id", "id", lambda line: line.technician("")),
    ("technician.duration_percent", "duration_percent", lambda line: line.technician("a", duration_percent={"*": 0})),
    (
        "technician.duration_percent",
        "duration_percent",
        lambda line: line.technician("a", duration_percent={"gas": 1001}),
    ),
    ("technician.reach", "max_leg_s", lambda line: line.technician("a", max_leg_s=-1)),
    ("technician.reach", "max_leg_m", lambda line: line.technician("a", max_leg_m=-1)),
    ("technician.reach", "max_drive_s", lambda line: line.technician("a", max_drive_s=-1)),
    ("technician.reach", "max_distance_m", lambda line: line.technician("a", max_distance_m=-1)),
    ("technician.base", "base", lambda line: line.technician("a", base=None, max_distance_m=1)),
    ("technician.base", "base", lambda line: line.technician("a", base=None, max_drive_s=1)),
    ("centre.negative", "restock_s", lambda line: ServiceCentre(id="c", place=line.at(0), restock_s=-1)),
    ("centre.negative", "coverage_m", lambda line: ServiceCentre(id="c", place=line.at(0), coverage_m=-1)),
    ("centre.negative", "coverage_s", lambda line: ServiceCentre(id="c", place=line.at(0), coverage_s=-1)),
    ("target.within", "within", lambda line: Target(name="t", within_s=0, point=Point.START)),
    ("tier.weight", "weight", lambda line: Tier(name="t", level=1, weight=0)),
    (
        "tier.target_twice",
        "targets",
        lambda line: line.tier("t", ("respond", 1, Point.START), ("respond", 2, Point.FINISH)),
    ),
    ("weight.range", "breach_cents", lambda line: Weights(breach_cents=-1)),
    ("weight.range", "change_tolerance_s", lambda line: Weights(change_tolerance_s=10**9 + 1)),
]


@pytest.mark.parametrize(("rule", "field", "make"), ALONE)
def test_an_object_refuses_a_bad_value(line, rule, field, make):
    with pytest.raises(InputError) as caught:
        make(line)
    (fault,) = caught.value.faults
    assert (fault.rule, fault.field) == (rule, field)
    assert fault.message
    assert caught.value.code == "input.invalid"
    assert caught.value.exit_code == 3
    assert rule in str(caught.value)


def _small(line, *, x=None, shift=None, **other):
    """ann and bob, tickets x and y: right unless something is changed."""
    fields = {
        "tickets": (line.ticket("x", 20, **(x or {})), line.ticket("y", 30)),
        "technicians": (line.technician("ann", skills={"gas": 2}), line.technician("bob")),
        "shifts": (line.shift("ann", **(shift or {})), line.shift("bob")),
        **other,
    }
    return line.problem(fields.pop("tickets"), fields.pop("technicians"), fields.pop("shifts"), **fields)


def _hub(**changes):
    return ServiceCentre(**{"id": "hub", "place": Place(id="m0"), **changes})


WEEK = {0: ((time(9), time(17)),)}

TOGETHER = [
    ("horizon.naive", "start", "2026-03-02 00:00:00", lambda line: {"start": datetime(2026, 3, 2)}),  # noqa: DTZ001
    ("horizon.length", "end", "0", lambda line: {"end_s": 0, "shifts": ()}),
    ("horizon.length", "end", str(MAX_HORIZON_S + 1), lambda line: {"end_s": MAX_HORIZON_S + 1}),
    ("ticket.duplicate", "id", "x", lambda line: {"tickets": (line.ticket("x", 20), line.ticket("x", 20))}),
    (
        "technician.duplicate",
        "id",
        "ann",
        lambda line: {"technicians": [line.technician(n) for n in ("ann", "bob", "ann")]},
    ),
    ("shift.duplicate", "id", "s", lambda line: {"shifts": (line.shift("ann", name="s"), line.shift("bob", name="s"))}),
    ("centre.duplicate", "id", "hub", lambda line: {"centres": (_hub(), _hub())}),
    ("tier.duplicate", "id", "plain", lambda line: {"tiers": (line.plain, line.plain)}),
    (
        "calendar.duplicate",
        "id",
        "c",
        lambda line: {"calendars": [Calendar(name="c", zone="Asia/Shanghai", hours=WEEK)] * 2},
    ),
    ("shift.horizon", "shift", "-60..61200", lambda line: {"shift": {"first": -1}}),
    ("shift.horizon", "shift", "28800..86460", lambda line: {"shift": {"last": 1441}}),
    (
        "ticket.time_range",
        "opened",
        str(-3 * MAX_HORIZON_S),
        lambda line: {"x": {"opened": -3 * MAX_HORIZON_S // MIN_S}},
    ),
    ("ticket.time_range", "opened", "0", lambda line: {"x": {"windows": [(0, 3 * MAX_HORIZON_S)]}}),
    (
        "calendar.unknown",
        "clock",
        "office",
        lambda line: {
            "tiers": (
                line.plain,
                Tier(
                    name="t",
                    level=1,
                    weight=1,
                    targets=(Target(name="t", within_s=1, point=Point.START, clock="office"),),
                ),
            )
        },
    ),
    ("technician.unknown", "technician", "cat", lambda line: {"shifts": (line.shift("cat"),)}),
    (
        "centre.unknown",
        "centre",
        "hub",
        lambda line: {"technicians": (line.technician("ann", centre_id="hub"), line.technician("bob"))},
    ),
    ("tier.unknown", "tier", "gold", lambda line: {"x": {"tier": "gold"}}),
    ("technician.unknown", "required", "cat", lambda line: {"x": {"required": frozenset({"cat"})}}),
    ("technician.unknown", "preferred", "cat", lambda line: {"x": {"preferred": frozenset({"cat"})}}),
    ("technician.unknown", "excluded", "cat", lambda line: {"x": {"excluded": frozenset({"cat"})}}),
    ("technician.unknown", "pin", "cat", lambda line: {"x": {"pin": _pin("cat")}}),
    ("ticket.unknown", "after", "z", lambda line: {"x": {"after": _after("z")}}),
    (
        "after.cycle",
        "after",
        "x",
        lambda line: {"tickets": (line.ticket("x", 20, after=_after("y")), line.ticket("y", 30, after=_after("x")))},
    ),
    (
        "after.cycle",
        "after",
        "x",
        lambda line: {
            "tickets": (
                line.ticket("x", 20, after=_after("y")),
                line.ticket("y", 30, after=_after("z")),
                line.ticket("z", 30, after=_after("x")),
            )
        },
    ),
    ("pin.skill", "pin", "bob", lambda line: {"x": {"skills": {"gas": 1}, "pin": _pin("bob")}}),
    ("pin.skill", "pin", "bob", lambda line: {"x": {"crew": ({"gas": 1},), "pin": _pin("ann", "bob")}}),
    ("pin.excluded", "pin", "bob", lambda line: {"x": {"excluded": frozenset({"bob"}), "pin": _pin("bob")}}),
    ("pin.excluded", "pin", "bob", lambda line: {"x": {"required": frozenset({"ann"}), "pin": _pin("bob")}}),
    ("pin.no_shift", "pin", "ann", lambda line: {"x": {"pin": _pin("ann")}, "shifts": (line.shift("bob"),)}),
    ("pin.outside_shift", "pin", "28740", lambda line: {"x": {"pin": _pin("ann", start=479)}}),
    ("pin.outside_shift", "pin", "59460", lambda line: {"x": {"pin": _pin("ann", start=991)}}),  # 30 min, until 1020
    (
        "pin.overlap",
        "pin",
        "37740",
        lambda line: {
            "tickets": (
                line.ticket("x", 20, pin=_pin("ann", start=600)),
                line.ticket("y", 20, pin=_pin("ann", start=629)),
            )
        },
    ),
    (
        "shift.overlap",
        "shift",
        "b",
        lambda line: {"shifts": (line.shift("ann", 480, 700, name="a"), line.shift("ann", 699, 900, name="b"))},
    ),
    (
        "place.twice",
        "place",
        "m0",
        lambda line: {"centres": (_hub(place=Place(id="m0", lat=1.0, lon=1.0)),)},
    ),
]


@pytest.mark.parametrize(("rule", "field", "value", "changes"), TOGETHER)
def test_a_problem_refuses_what_does_not_go_together(line, rule, field, value, changes):
    with pytest.raises(InputError) as caught:
        _small(line, **changes(line))
    assert [(fault.rule, fault.field, fault.value) for fault in caught.value.faults] == [(rule, field, value)]
    assert caught.value.faults[0].message


def test_the_small_problem_is_right(line):
    assert _small(line).ticket_by_id["y"].duration_s == 30 * MIN_S


@pytest.mark.parametrize(
    "changes",
    [
        lambda line: {"x": {"pin": _pin("ann", start=480)}},
        lambda line: {"x": {"pin": _pin("ann", start=990)}},
        lambda line: {"end_s": MAX_HORIZON_S},
        lambda line: {"shifts": (line.shift("ann", 480, 700, name="a"), line.shift("ann", 700, 900, name="b"))},
        lambda line: {
            "tickets": (
                line.ticket("x", 20, pin=_pin("ann", start=600)),
                line.ticket("y", 20, pin=_pin("ann", start=630)),
            )
        },
        lambda line: {"x": {"windows": [(500, 500)], "skills": {"gas": 5}}},
        lambda line: {"shift": {"breaks": [(500, 510, 10), (520, 530, 10)]}},
        lambda line: {"x": {"after": (*_after("y"), *_after("y", min_gap_s=60, max_gap_s=60))}},
    ],
)
def test_the_last_right_value_is_taken(line, changes):
    _small(line, **changes(line))


def test_all_faults_come_at_once(line):
    with pytest.raises(InputError) as caught:
        _small(line, x={"tier": "gold", "after": _after("z"), "pin": _pin("cat")}, end_s=0)
    rules = [fault.rule for fault in caught.value.faults]
    assert sorted(rules) == [
        "horizon.length", "shift.horizon", "shift.horizon", "technician.unknown", "ticket.unknown", "tier.unknown",
    ]  # fmt: skip
    assert "and 5 more" in caught.value.message


def test_a_diamond_of_orders_is_no_cycle(line):
    tickets = (
        line.ticket("x", 0),
        line.ticket("y", 0, after=_after("x")),
        line.ticket("z", 0, after=_after("x")),
        line.ticket("w", 0, after=(*_after("y"), *_after("z"))),
    )
    assert len(_small(line, tickets=tickets).tickets) == 4


def test_a_long_chain_needs_no_recursion(line):
    tickets = [line.ticket("t0", 0)]
    tickets += [line.ticket(f"t{number}", 0, after=_after(f"t{number - 1}")) for number in range(1, 3000)]
    assert len(_small(line, tickets=tuple(reversed(tickets))).tickets) == 3000


def test_every_rule_of_the_domain_is_tested():
    """Rule codes are read from the source: the first argument of ``reject``, and ``rule=`` of a Fault."""
    codes = set()
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reject":
                codes.add(node.args[0].value)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fault":
                (rule,) = [keyword.value for keyword in node.keywords if keyword.arg == "rule"]
                if isinstance(rule, ast.Constant):
                    codes.add(rule.value)
    codes |= {f"{kind}.duplicate" for kind in ("ticket", "technician", "shift", "centre", "tier", "calendar")}
    tested = {case[0] for case in (*ALONE, *TOGETHER)} | CLOCK_TESTS | ENGINE_TESTS | LIVE_TESTS
    assert codes == tested
