"""Planted faults: a plan that talks about other things than the input, or about one thing twice."""

from __future__ import annotations

import dataclasses

from dispatch.plan import Route


def _without(plan, *ids):
    return dataclasses.replace(plan, unserved=tuple(entry for entry in plan.unserved if entry.ticket_id not in ids))


def test_unknown_shift(day):
    plan = day.with_route("ann1", shift_id="ann9")
    assert day.one(plan, "unknown_shift").shift_id == "ann9"


def test_unknown_ticket(day):
    plan = day.with_stop("ann1", 0, ticket_id="t99")
    found = day.one(plan, "unknown_ticket")
    assert (found.shift_id, found.ticket_id) == ("ann1", "t99")
    assert day.codes(plan) == {"unknown_ticket", "missing_ticket"}  # t1 is now nowhere
    listed = dataclasses.replace(day.plan.unserved[0], ticket_id="t98")
    plan = dataclasses.replace(day.plan, unserved=(*day.plan.unserved, listed))
    assert day.one(plan, "unknown_ticket").ticket_id == "t98"


def test_unknown_centre(day):
    plan = day.with_stop("ann1", 3, centre_id="hub9")
    assert day.codes(plan) == {"unknown_centre"}
    assert day.one(plan, "unknown_centre").facts == {"centre": "hub9"}


def test_unknown_break(day):
    plan = day.with_stop("ann1", 2, index=1)
    assert day.codes(plan) == {"unknown_break"}
    assert day.one(plan, "unknown_break").facts == {"index": 1}
    assert day.codes(day.with_stop("ann1", 2, index=-1)) == {"unknown_break"}


def test_unknown_role(day):
    plan = day.with_stop("cat1", 0, role=2)
    found = day.one(plan, "unknown_role")
    assert (found.shift_id, found.ticket_id, found.facts) == ("cat1", "t6", {"role": 2})
    assert day.codes(day.with_stop("ann1", 0, role=1)) == {"unknown_role"}  # t1 needs one technician only


def test_duplicate_route(day):
    plan = dataclasses.replace(day.plan, routes=(*day.plan.routes, day.route("ann1")))
    assert day.one(plan, "duplicate_route").shift_id == "ann1"


def test_duplicate_visit(day):
    plan = day.with_stop("cat1", 0, role=0)  # bob has role 0 of t6 already
    found = day.one(plan, "duplicate_visit")
    assert (found.ticket_id, found.facts) == ("t6", {"role": 0})


def test_empty_route(day):
    route = day.route("ann1")
    rested: Route = dataclasses.replace(route, stops=tuple(stop for stop in route.stops if stop not in route.visits))
    routes = tuple(rested if one.shift_id == "ann1" else one for one in day.plan.routes)
    plan = dataclasses.replace(day.plan, routes=routes)
    assert day.codes(plan) == {"empty_route", "missing_ticket"}


def test_wrong_technician(day):
    plan = day.with_route("ann1", technician_id="bob")
    assert day.codes(plan) == {"wrong_technician"}
    assert day.one(plan, "wrong_technician").facts == {"technician": "bob"}


def test_missing_ticket(day):
    plan = _without(day.plan, "t10")
    assert day.codes(plan) == {"missing_ticket"}
    assert day.one(plan, "missing_ticket").ticket_id == "t10"


def test_served_and_unserved(day):
    extra = dataclasses.replace(day.plan.unserved[0], ticket_id="t1")
    plan = dataclasses.replace(day.plan, unserved=(*day.plan.unserved, extra))
    assert day.one(plan, "served_and_unserved").ticket_id == "t1"


def test_unserved_twice(day):
    plan = dataclasses.replace(day.plan, unserved=(*day.plan.unserved, day.plan.unserved[1]))
    assert day.codes(plan) == {"unserved_twice"}
    assert day.one(plan, "unserved_twice").ticket_id == "t10"
