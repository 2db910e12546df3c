"""The pieces of the time bars are the route, no more and no less."""

import pytest

from api.report.segments import segments
from dispatch.plan import Rest, Route, Visit


def visit(**times):
    return Visit(ticket_id="T", role=0, distance_m=0, **times)


def route(*stops, departure_s, return_s, end_travel_s):
    return Route(
        shift_id="S",
        technician_id="E",
        departure_s=departure_s,
        return_s=return_s,
        end_travel_s=end_travel_s,
        end_distance_m=0,
        stops=stops,
    )


def test_drive_wait_serve():
    # leave 0, drive 100, wait 50 for the window, serve 200, drive 80 home
    one = route(
        visit(travel_s=100, arrival_s=100, start_s=150, finish_s=350), departure_s=0, return_s=430, end_travel_s=80
    )
    assert segments(one) == [("drive", 0, 100), ("wait", 100, 150), ("service", 150, 350), ("drive", 350, 430)]


def test_a_break_interrupts_the_drive():
    # 100 of driving: 60 before the break that starts at 60, 40 after it ends at 90
    one = route(
        Rest(index=0, start_s=60, finish_s=90),
        visit(travel_s=100, arrival_s=130, start_s=130, finish_s=140),
        departure_s=0,
        return_s=140,
        end_travel_s=0,
    )
    assert segments(one) == [("drive", 0, 60), ("break", 60, 90), ("drive", 90, 130), ("service", 130, 140)]


def test_waiting_for_a_break():
    # the drive of 20 is over before the break may start at 60
    one = route(
        Rest(index=0, start_s=60, finish_s=90),
        visit(travel_s=20, arrival_s=90, start_s=90, finish_s=100),
        departure_s=0,
        return_s=100,
        end_travel_s=0,
    )
    assert segments(one) == [("drive", 0, 20), ("wait", 20, 60), ("break", 60, 90), ("service", 90, 100)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pieces_add_up_to_the_route(make_plan, seed):
    _, plan = make_plan(seed=seed)
    seen = set()
    for one in plan.routes:
        pieces = segments(one)
        assert [piece.start_s for piece in pieces] == [one.departure_s, *(piece.finish_s for piece in pieces[:-1])]
        assert pieces[-1].finish_s == one.return_s
        total = {"drive": one.travel_s, "wait": one.waiting_s, "service": one.service_s}
        for kind, expected_s in total.items():
            assert sum(piece.finish_s - piece.start_s for piece in pieces if piece.kind == kind) == expected_s
        seen |= {piece.kind for piece in pieces}
    assert {"drive", "break", "restock", "service"} <= seen
