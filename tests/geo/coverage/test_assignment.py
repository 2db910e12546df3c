"""Who should own which ticket: River Town by hand, and every assignment of small cases tried."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dispatch.errors import InputError
from geo.coverage.assignment import Capacity, Spare, assign, spare
from geo.coverage.legs import CentreLegs
from geo.coverage.report import coverage
from geo.coverage.tables import moved_rows, owner_rows


def test_without_limits_the_nearest_owns(legs: CentreLegs) -> None:
    owned = assign(legs)

    assert [one.centre_id for one in owned.tickets] == ["A", "B", "A", "B", "B"]
    assert owned.travel_s == owned.nearest_travel_s == 60 + 300 + 60 + 60 + 120
    assert moved_rows(owned) == []


def test_a_full_centre_gives_away_what_costs_least(legs: CentreLegs) -> None:
    """B has room for two. T2 would take A 240 s more, T4 360, T5 120: T5 moves."""
    owned = assign(legs, {"B": Capacity(tickets=2)})

    assert [one.centre_id for one in owned.tickets] == ["A", "B", "A", "B", "A"]
    assert moved_rows(owned) == [{"ticket": "T5", "owner": "A", "nearest": "B", "travel_s": 240, "extra_s": 120}]
    assert owned.travel_s - owned.nearest_travel_s == 120
    assert [(row["tickets"], row["nearest_tickets"]) for row in owner_rows(owned)] == [(3, 2), (2, 3)]
    assert owned.gap_s == 0


def test_hours_as_the_limit(legs: CentreLegs) -> None:
    """B: 3,000 s of work. T5 (3,000) alone fills it, T2 and T4 (1,200 + 1,800) do too: A then takes T5 for 120 s."""
    owned = assign(legs, {"B": Capacity(work_s=3000)})

    assert [one.centre_id for one in owned.tickets] == ["A", "B", "A", "B", "A"]
    assert [load.work_s for load in owned.centres] == [4200, 3000]


def test_too_little_room_owns_as_many_as_it_can(legs: CentreLegs) -> None:
    """Room for three in all: the three shortest drives whose owners fit. A (one): T1 or T3; B (two): T4 and T5."""
    owned = assign(legs, {"A": Capacity(tickets=1), "B": Capacity(tickets=2)})

    assert owned.owned == 3
    assert owned.travel_s == 60 + 60 + 120
    left = [one for one in owned.tickets if one.centre_id is None]
    assert {one.nearest_id for one in left} == {"A", "B"}
    assert all(one.travel_s is None and one.extra_s == 0 for one in left)


def test_no_room_at_all(legs: CentreLegs) -> None:
    owned = assign(legs, {"A": Capacity(tickets=0), "B": Capacity(work_s=0)})

    assert (owned.owned, owned.travel_s) == (0, 0)


def test_only_covered_tickets(legs: CentreLegs) -> None:
    """T2 is covered by nobody: it has neither owner nor nearest."""
    owned = assign(legs, allowed=coverage(legs).covers)

    assert [one.centre_id for one in owned.tickets] == ["A", None, "A", "B", "B"]
    assert owned.tickets[1].nearest_id is None


def test_a_new_ticket_goes_to_the_nearest_with_room(legs: CentreLegs) -> None:
    """A new ticket at T5's place: B is nearer, but full; with an hour left it takes the ticket's 50 minutes."""
    full = assign(legs, {"A": Capacity(tickets=5, work_s=9000), "B": Capacity(tickets=3)})
    roomy = assign(legs, {"B": Capacity(work_s=9600)})

    assert spare(legs, full, "T5") == (
        Spare(centre_id="A", travel_s=240, distance_m=4000, tickets_left=3, work_left_s=9000 - 1200),
    )
    assert [(one.centre_id, one.work_left_s) for one in spare(legs, roomy, "T5")] == [("B", 3600), ("A", None)]


def test_bad_input(legs: CentreLegs) -> None:
    for call, code in (
        (lambda: assign(legs, {"X": Capacity()}), "coverage.unknown_centre"),
        (lambda: Capacity(tickets=-1), "coverage.capacity"),
        (lambda: spare(legs, assign(legs), "X"), "coverage.unknown_ticket"),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.faults[0].rule == code


def brute_force(
    legs: CentreLegs, rooms: list[int | None], rooms_s: list[int | None], demand: list[int]
) -> tuple[int, int]:
    """Least cost, all assignments tried, and the most tickets that any of them owns."""
    alone = (len(rooms) + 1) * max(0, int(legs.travel_s.max())) + 1
    best, most = len(demand) * alone, 0
    for owner in product(range(-1, len(rooms)), repeat=len(demand)):
        pairs = [(row, column) for column, row in enumerate(owner) if row >= 0]
        if any(legs.travel_s[pair] < 0 for pair in pairs):
            continue
        for row, (room, room_s) in enumerate(zip(rooms, rooms_s, strict=True)):
            mine = [column for own, column in pairs if own == row]
            if room is not None and len(mine) > room:
                break
            if room_s is not None and sum(demand[column] for column in mine) > room_s:
                break
        else:
            left = len(demand) - len(pairs)
            best = min(best, left * alone + sum(int(legs.travel_s[pair]) for pair in pairs))
            most = max(most, len(pairs))
    return best, most


room = st.one_of(st.none(), st.integers(0, 3))
room_s = st.one_of(st.none(), st.integers(0, 12))


@settings(max_examples=100, deadline=None)
@given(
    table=st.integers(1, 5).flatmap(
        lambda size: st.lists(st.lists(st.integers(-1, 20), min_size=size, max_size=size), min_size=3, max_size=3)
    ),
    rooms=st.lists(room, min_size=3, max_size=3),
    rooms_s=st.one_of(st.just([None] * 3), st.lists(room_s, min_size=3, max_size=3)),
    demand=st.lists(st.integers(0, 6), min_size=5, max_size=5),
)
@example(table=[[1, 1, 1]] * 3, rooms=[1, 1, 0], rooms_s=[None, 3, None], demand=[4, 4, 4, 0, 0])
def test_nothing_better_exists(
    made_up: Callable[..., CentreLegs],
    table: list[list[int]],
    rooms: list[int | None],
    rooms_s: list[int | None],
    demand: list[int],
) -> None:
    demand = demand[: len(table[0])]
    legs = made_up(table, np.abs(table).tolist(), demand)
    capacities = {
        f"C{row}": Capacity(tickets=one, work_s=other)
        for row, (one, other) in enumerate(zip(rooms, rooms_s, strict=True))
    }

    owned = assign(legs, capacities)

    alone = (len(rooms) + 1) * max(0, int(legs.travel_s.max())) + 1
    least, most = brute_force(legs, rooms, rooms_s, demand)
    assert owned.travel_s + (len(demand) - owned.owned) * alone == least
    if rooms_s == [None] * len(rooms):
        assert owned.owned == most
    assert owned.gap_s == 0
    for load in owned.centres:
        assert load.capacity.tickets is None or load.tickets <= load.capacity.tickets
        assert load.capacity.work_s is None or load.work_s <= load.capacity.work_s
    assert owned.travel_s - owned.nearest_travel_s == sum(one.extra_s for one in owned.tickets) >= 0
