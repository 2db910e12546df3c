"""What holds on every day, however unlucky: read from the log alone, with sums made again."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.technicians import Technician
from scenarios.simulation import Chances, Kind, play_day

SHARE = st.sampled_from([0.0, 0.2, 0.6])
SPREAD = st.sampled_from([0.0, 0.3, 1.0])


@st.composite
def worlds(draw, days):
    tickets = []
    for number in range(draw(st.integers(0, 12))):
        opened = draw(st.sampled_from([0, 100, 470, 500, 601, 800, 1300]))
        first = draw(st.integers(max(opened, 480), 1400))
        tickets.append(
            days.ticket(
                f"t{number:02}",
                draw(st.integers(0, 60)),
                draw(st.integers(0, 90)),
                opened=opened,
                tier=draw(st.sampled_from(["plain", "gold"])),
                windows=[(first, first + draw(st.integers(0, 200)))] if draw(st.booleans()) else (),
                skills={"lift": 2} if draw(st.booleans()) else {},
            )
        )
    owners = "ABC"[: draw(st.integers(1, 3))]
    shifts = [
        days.shift(owner, draw(st.integers(420, 600)), 1020, breaks=[(690, 750, 30)] if draw(st.booleans()) else ())
        for owner in owners
    ]
    chances = Chances(
        service_spread=draw(SPREAD),
        leg_spread=draw(SPREAD),
        traffic_spread=draw(SPREAD),
        ill_share=draw(SHARE),
        falls_ill_share=draw(SHARE),
        absent_share=draw(SHARE),
        window_grace_s=draw(st.sampled_from([0, 900])),
    )
    return days.world(
        tickets,
        shifts,
        technicians=[Technician(id=owner, skills={"lift": 3} if owner != "B" else {}) for owner in owners],
        chances=chances,
        replan_iterations=draw(st.sampled_from([0, 10])),
        replan_s=draw(st.sampled_from([600, 3600])),
    )


@settings(max_examples=60, deadline=None)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_every_day_is_possible_and_its_figures_are_those_of_the_log(days, data, seed):
    world = data.draw(worlds(days))

    ledger = play_day(world, day=0, seed=seed)

    tickets = {ticket.id: ticket for ticket in world.demand.day(0, None)}
    shifts = {shift.id: shift for shift in world.template.shifts}
    times = [event.at_s for event in ledger.events]
    assert times == sorted(times)
    _each_ticket_ends_once(ledger, tickets)
    for shift in shifts.values():
        _nobody_is_in_two_places(world, ledger, shift, tickets)
    _rules_are_kept_or_told(world, ledger, tickets)
    _figures_are_counted_again(ledger, tickets, shifts)


def _of(ledger, kind):
    return [event for event in ledger.events if event.kind is kind]


def _each_ticket_ends_once(ledger, tickets):
    opened = Counter(event.ticket_id for event in _of(ledger, Kind.OPENED))
    ended = Counter(event.ticket_id for event in [*_of(ledger, Kind.FINISH), *_of(ledger, Kind.LEFT)])

    assert opened == ended == Counter(dict.fromkeys(tickets, 1))
    assert len(_of(ledger, Kind.START)) == len(_of(ledger, Kind.FINISH)), "who begins a service ends it"
    tried = [event for event in ledger.events if event.kind in {Kind.FINISH, Kind.FAILED}]
    assert len(_of(ledger, Kind.ARRIVE)) == len(tried)


def _nobody_is_in_two_places(world, ledger, shift, tickets):
    """Follow a technician by the log: place and time fit, and breaks take their time."""
    position, busy_until, rested, driving = 0, shift.start_s, 0, None
    ill_s = min([event.at_s for event in _of(ledger, Kind.ILL) if event.shift_id == shift.id], default=10**9)
    for event in [one for one in ledger.events if one.shift_id == shift.id]:
        match event.kind:
            case Kind.DEPART:
                assert driving is None
                assert event.at_s >= busy_until
                if event.ticket_id:
                    assert event.at_s <= ill_s
                    assert tickets[event.ticket_id].opened_s <= event.at_s
                target = int(str(event.facts["to"])[1:])
                assert event.facts["planned_s"] == abs(target - position) * 60
                assert event.facts["distance_m"] == abs(target - position) * 1000
                driving, rested = (event.at_s, int(event.facts["travel_s"]), target), 0
            case Kind.REST:
                assert driving is not None
                rested += int(event.facts["finish_s"]) - event.at_s
            case Kind.ARRIVE | Kind.HOME:
                if driving is not None:
                    begun_s, travel_s, position = driving
                    # A break may have to wait for its window on the road, so only a bound holds with one.
                    assert event.at_s == begun_s + travel_s + rested or (rested and event.at_s > begun_s + travel_s)
                    driving = None
                busy_until = event.at_s
            case Kind.START:
                assert event.at_s >= busy_until
            case Kind.FINISH | Kind.FAILED:
                assert driving is None
                busy_until = event.at_s
    assert driving is None


def _rules_are_kept_or_told(world, ledger, tickets):
    told = {(event.at_s, event.ticket_id) for event in _of(ledger, Kind.VIOLATION) if event.facts["rule"] == "window"}
    known_back = {}
    for event in ledger.events:
        if event.kind is Kind.FAILED and event.facts["reason"] == "absent":
            known_back[event.ticket_id] = event.at_s + world.chances.absent_return_s
        if event.kind is not Kind.START:
            continue
        ticket = tickets[event.ticket_id]
        technician = world.template.technician_by_id[event.shift_id.removesuffix("-day")]
        assert technician.has_skills(ticket.skills)
        inside = any(one.start_s <= event.at_s <= one.end_s for one in ticket.windows)
        assert inside or not ticket.windows or (event.at_s, ticket.id) in told
        assert event.at_s >= known_back.get(ticket.id, 0)
    for shift in world.template.shifts:
        last_s = max([e.at_s for e in _of(ledger, Kind.HOME) if e.shift_id == shift.id], default=0)
        over = [e for e in _of(ledger, Kind.VIOLATION) if e.shift_id == shift.id and e.facts["rule"] == "shift_end"]
        assert bool(over) == (last_s > shift.end_s) or _ill(ledger, shift)


def _ill(ledger, shift):
    return any(event.shift_id == shift.id for event in _of(ledger, Kind.ILL))


def _figures_are_counted_again(ledger, tickets, shifts):
    kpis = ledger.kpis
    done = {event.ticket_id: event.at_s for event in _of(ledger, Kind.FINISH)}
    begun = {event.ticket_id: event.at_s for event in _of(ledger, Kind.START)}
    drives = _of(ledger, Kind.DEPART)
    assert kpis["tickets"] == len(tickets)
    assert kpis["served"] == len(done)
    assert kpis["unserved"] == len(tickets) - len(done)
    assert kpis["travel_s"] == sum(int(event.facts["travel_s"]) for event in drives)
    assert kpis["distance_m"] == sum(int(event.facts["distance_m"]) for event in drives)
    assert kpis["service_s"] == sum(done[name] - begun[name] for name in done)
    assert kpis["failed_visits"] == len(_of(ledger, Kind.FAILED))
    ends, starts = defaultdict(int), {}
    for event in ledger.events:
        if event.kind is Kind.DEPART:
            starts.setdefault(event.shift_id, event.at_s)
        elif event.kind is Kind.HOME:
            ends[event.shift_id] = event.at_s
    assert starts.keys() == ends.keys()
    assert kpis["work_s"] == sum(ends[name] - starts[name] for name in ends)
    late = {name: max(0, ends[name] - max(shifts[name].regular_end_s, starts[name])) for name in ends}
    assert kpis["overtime_s"] == sum(late.values())
    gold = [ticket for ticket in tickets.values() if ticket.tier == "gold"]
    due = [ticket for ticket in gold if ticket.id in done or ticket.opened_s + 7200 <= 86_400]
    kept = [ticket for ticket in due if ticket.id in done and begun[ticket.id] <= ticket.opened_s + 7200]
    if gold:
        assert kpis["kept_share.gold"] == (round(len(kept) / len(due), 4) if due else 1.0)


@settings(max_examples=20, deadline=None)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_events_of_one_shift_alternate(days, data, seed):
    ledger = play_day(data.draw(worlds(days)), day=1, seed=seed)

    allowed = {
        Kind.DEPART: {Kind.ARRIVE, Kind.HOME},
        Kind.ARRIVE: {Kind.START, Kind.FAILED},
        Kind.START: {Kind.FINISH},
        Kind.FINISH: {Kind.DEPART, Kind.HOME},
        Kind.FAILED: {Kind.DEPART, Kind.HOME},
        Kind.HOME: {Kind.DEPART},
    }
    for shift_id in {event.shift_id for event in ledger.events if event.shift_id}:
        own = [event.kind for event in ledger.events if event.shift_id == shift_id and event.kind in allowed]
        assert not own or (own[0] is Kind.DEPART and own[-1] is Kind.HOME)
        assert all(after in allowed[before] for before, after in pairwise(own))
