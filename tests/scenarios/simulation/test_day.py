"""Days whose course can be followed in the head."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from dispatch.errors import InputError
from dispatch.ports import Limits
from dispatch.service import plan_day, travel_of
from dispatch.tickets import After
from scenarios.demand import ReplayedDemand
from scenarios.simulation import CERTAIN, Chances, DayLedger, Kind, play_day
from scenarios.simulation.figures import driven_routes
from solver.registry import engine


def test_a_certain_day_goes_as_planned(days):
    world = days.world([days.ticket("a", 10, windows=[(490, 490)]), days.ticket("b", 20, 60)], [days.shift("T")])

    ledger = play_day(world, day=0, seed=1)

    assert days.story(ledger) == [
        (480, "depart", "a"),
        (490, "arrive", "a"),
        (490, "start", "a"),
        (520, "finish", "a"),
        (520, "depart", "b"),
        (530, "arrive", "b"),
        (530, "start", "b"),
        (590, "finish", "b"),
        (590, "depart", ""),
        (610, "home", ""),
    ]
    assert ledger.kpis["travel_s"] == 40 * 60
    assert ledger.kpis["work_s"] == 130 * 60
    assert ledger.kpis["distance_m"] == 40_000
    assert ledger.kpis["replans"] == 0


@pytest.mark.parametrize("name", ["greedy", "search"])
def test_without_chances_and_with_all_known_it_is_the_plan_of_plan_day(days, name):
    tickets = [
        days.ticket(f"t{n:02}", 3 + 7 * n % 50, 20 + n % 4 * 10, tier="gold" if n % 3 else "plain", opened=400 + n,
                    windows=[(600, 700), (800, 860)] if n % 5 == 0 else ())
        for n in range(24)
    ]  # fmt: skip
    shifts = [days.shift(owner, breaks=[(690, 780, 30)]) for owner in "ABC"]
    world = days.world(tickets, shifts, engine=name, morning_iterations=300)
    problem = world.template.replace(tickets=world.demand.day(0, None))
    travel = travel_of(problem, world.travel)

    ledger = play_day(world, day=0, seed=5)

    seed = int(_streams(5).uniform("engine") * 2**31)
    plan = plan_day(problem, travel, engine(name), limits=Limits(iterations=300), seed=seed)
    assert plan.routes
    assert driven_routes(problem, ledger.events) == plan.routes
    assert {key: ledger.kpis[key] for key in plan.kpis} == plan.kpis
    assert ledger.kpis["cost_cents"] == plan.total_cents


def _streams(seed):
    from scenarios.streams import Streams

    return Streams(seed=seed, day=0)


def test_an_urgent_ticket_turns_a_technician_round_at_once(days):
    world = days.world(
        [
            days.ticket("far", 100, 60),
            days.ticket("late", 60, 60),
            days.ticket("urgent", 30, 10, tier="gold", opened=600),
        ],
        [days.shift("T")],
    )

    told = days.story(play_day(world, day=0, seed=1))

    first = next((at, name) for at, kind, name in told if kind == "start")
    assert first[1] in {"far", "late"}, "what is under way is finished"
    begun = {name: at for at, kind, name in told if kind == "start"}
    assert begun["urgent"] <= 600 + 120, "its target is kept"


def test_an_ordinary_ticket_waits_for_the_next_look(days):
    world = days.world(
        [days.ticket("first", 10, 10), days.ticket("new", 10, 10, opened=605)], [days.shift("T")], replan_s=3600
    )

    told = days.story(play_day(world, day=0, seed=1))

    assert (500, "finish", "first") in told
    assert (510, "home", "") in told
    assert (660, "depart", "new") in told, "looks are at 9:00, 10:00, 11:00"


def test_nobody_is_in_and_a_second_visit_finds_somebody(days):
    chances = dataclasses.replace(CERTAIN, absent_share=0.5)
    world = days.world([days.ticket("a", 10)], [days.shift("T")], chances=chances)
    seed = next(s for s in range(99) if _absent(s, 1) < 0.5 <= _absent(s, 2))

    ledger = play_day(world, day=0, seed=seed)

    told = days.story(ledger)
    assert told[:3] == [(480, "depart", "a"), (490, "arrive", "a"), (500, "failed", "a")]
    second = [(at, kind) for at, kind, name in told if name == "a"][3:]
    assert second[1:] == [(620, "arrive"), (620, "start"), (650, "finish")], "back two hours after 500"
    assert ledger.kpis["failed_visits"] == 1
    assert ledger.kpis["travel_s"] == 40 * 60, "out and home twice"
    assert ledger.kpis["served"] == 1


def _absent(seed, attempt):
    return _streams(seed).uniform("absent", "a", str(attempt))


@pytest.mark.parametrize(("grace_min", "ending"), [(0, "failed"), (200, "finish")])
def test_an_overrun_misses_an_appointment(days, grace_min, ending):
    chances = dataclasses.replace(CERTAIN, service_spread=2.0, window_grace_s=grace_min * 60)
    tickets = [days.ticket("long", 10, 60), days.ticket("promised", 20, 10, windows=[(560, 561)])]
    world = days.world(tickets, [days.shift("T")], chances=chances, replan_s=86_400)
    seed = next(s for s in range(999) if 1.02 < _streams(s).factor(2.0, "service", "long") < 1.1)

    ledger = play_day(world, day=0, seed=seed)

    told = days.story(ledger)
    assert [kind for _, kind, name in told if name == "promised"] == ["depart", "arrive", "violation"] + (
        ["failed", "left"] if ending == "failed" else ["start", "finish"]
    ) or (grace_min == 0 and ("skipped", "promised") in {(kind, name) for _, kind, name in told})


def test_work_that_no_longer_fits_is_not_begun(days):
    chances = dataclasses.replace(CERTAIN, service_spread=2.0)
    tickets = [days.ticket("long", 10, 200), days.ticket("last", 20, 200)]
    shift = days.shift("T", 480, 480 + 440)
    world = days.world(tickets, [shift], chances=chances, replan_s=86_400)
    seed = next(
        s for s in range(999)
        if _streams(s).factor(2.0, "service", "long") > 1.2 and _streams(s).factor(2.0, "service", "last") > 1.2
    )  # fmt: skip

    ledger = play_day(world, day=0, seed=seed)

    kinds = [event.kind for event in ledger.events]
    assert kinds.count(Kind.SKIPPED) == 1
    assert kinds.count(Kind.FINISH) == 1
    assert kinds.count(Kind.LEFT) == 1


def test_the_work_of_an_ill_technician_goes_to_others(days):
    chances = dataclasses.replace(CERTAIN, falls_ill_share=0.5)
    tickets = [days.ticket(f"t{n}", 10 + n, 60) for n in range(6)]
    seed = next(
        s for s in range(99)
        if _streams(s).uniform("falls ill", "A") < 0.5 <= _streams(s).uniform("falls ill", "B")
        and 0.1 < _streams(s).uniform("falls ill at", "A") < 0.2
    )  # fmt: skip
    ledger = play_day(days.world(tickets, [days.shift("A"), days.shift("B")], chances=chances), day=0, seed=seed)

    ill_s = next(event.at_s for event in ledger.events if event.kind is Kind.ILL)
    assert not [e for e in ledger.events if e.shift_id == "A-day" and e.kind is Kind.DEPART and e.at_s > ill_s]
    assert ledger.kpis["served"] == 6
    assert ledger.kpis["ill_technicians"] == 1
    assert ledger.kpis["replans"] >= 1


def test_a_break_is_taken_on_the_way(days):
    shift = days.shift("T", breaks=[(500, 510, 30)])
    world = days.world([days.ticket("a", 40, 300)], [shift])

    ledger = play_day(world, day=0, seed=1)

    (rest,) = [event for event in ledger.events if event.kind is Kind.REST]
    assert (rest.at_s, rest.facts["finish_s"]) == (500 * 60, 530 * 60)
    assert (550, "start", "a") in days.story(ledger)


def test_ties_are_refused_all_at_once(days):
    tickets = (days.ticket("a", 1, crew=({},)), days.ticket("b", 2, after=(After(ticket_id="a"),)), days.ticket("c", 3))
    world = dataclasses.replace(days.world([], [days.shift("T")]), demand=ReplayedDemand(days=(tickets,)))

    with pytest.raises(InputError) as caught:
        play_day(world, day=0, seed=1)

    assert [(fault.rule, fault.field) for fault in caught.value.faults] == [
        ("simulation.ties", "crew"),
        ("simulation.ties", "after"),
    ]


def test_a_day_without_tickets_or_with_everybody_ill_is_a_day(days):
    nobody = days.world([days.ticket("a", 1)], [days.shift("T")], chances=dataclasses.replace(CERTAIN, ill_share=1.0))

    assert play_day(days.world([], [days.shift("T")]), day=0, seed=1).kpis["tickets"] == 0
    assert play_day(nobody, day=3, seed=1).kpis["unserved"] == 1


def test_a_template_without_shifts_today_is_refused(days):
    world = days.world([], [days.shift("T")])
    tomorrow = world.template.replace(end_s=2 * 86_400, shifts=(days.shift("T", 1500, 1600),))

    with pytest.raises(InputError, match=r"world\.no_shift"):
        play_day(dataclasses.replace(world, template=tomorrow), day=0, seed=1)


@pytest.mark.parametrize(
    ("field", "value"), [("service_spread", 4), ("ill_share", 1.5), ("absent_wait_s", -1), ("window_grace_s", 10**6)]
)
def test_chances_out_of_range_are_refused(field, value):
    with pytest.raises(InputError, match=field):
        Chances(**{field: value})


def test_ledgers_go_through_json(days):
    ledger = play_day(days.world([days.ticket("ä", 10)], [days.shift("T")]), day=0, seed=1)

    assert DayLedger.from_json(ledger.to_json()) == ledger
    with pytest.raises(InputError, match=r"ledger\.format"):
        DayLedger.from_json(b'{"day": 1}')


def test_worlds_can_be_pickled(days):
    world = days.world([days.ticket("a", 10)], [days.shift("T")])

    assert play_day(pickle.loads(pickle.dumps(world)), day=0, seed=1) == play_day(world, day=0, seed=1)
